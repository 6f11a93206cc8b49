"""What GitHub Actions may do in the repository, and whether the gate's event runs at all."""

from collections.abc import Iterator

from promoter.github.client import Json
from promoter.github.doctor.actions_policy import FORK_APPROVAL
from promoter.github.doctor.actions_policy import TOKEN as RECOMMENDED_TOKEN
from promoter.github.doctor.finding import Finding, Standing, Subject
from promoter.github.doctor.gate_event import examine_gate_event
from promoter.github.settings import GuardSettings, Unread

ENABLED = Subject(
    id="actions-enabled",
    why="the gate is a workflow: where Actions are off nothing judges, and a required check never comes",
    mend="Settings > Actions > General > Allow actions",
)
PINNED = Subject(
    id="actions-pinned",
    why="an action that is named by a tag runs whatever its owner, or who took the account, puts there tomorrow",
    mend="Settings > Actions > General > Require actions to be pinned to a full-length commit SHA",
)
TOKEN = Subject(
    id="workflow-token",
    why="a workflow that names no permissions could write contents and checks, the gate's own check among them",
    mend="Settings > Actions > General > Workflow permissions: read repository contents",
)
APPROVE = Subject(
    id="actions-approve",
    why="a workflow in a pull request could approve that pull request",
    mend="Settings > Actions > General: take back `Allow GitHub Actions to create and approve pull requests`",
)
FORKS = Subject(
    id="fork-workflows",
    why="a stranger's pull request runs its own workflows on your runners before anybody looked at it",
    mend="Settings > Actions > General > Approval for running fork pull request workflows: all external contributors",
)
ALLOWED = Subject(
    id="actions-allowed",
    why="an action of a stranger's repository runs with the rights of the job that names it",
    mend="Settings > Actions > General > Allow select actions: those by GitHub; `promoter doctor --print-actions`",
)


def examine_actions(settings: GuardSettings) -> Iterator[Finding]:
    """Yield a finding for each setting of Actions."""
    yield from _permissions(settings.actions)
    yield from _allowed(settings)
    yield from _token(settings.workflow_token)
    if isinstance(settings.fork_approval, Unread):
        yield FORKS.unread(settings.fork_approval)
    elif settings.fork_approval is not None:
        policy = str(settings.fork_approval["approval_policy"])
        yield FORKS.hold(
            holds=policy == FORK_APPROVAL["approval_policy"],
            found=f"approval is asked of {policy}",
            otherwise=Standing.WEAK,
        )
    yield examine_gate_event(settings)


def _permissions(actions: Json | Unread) -> Iterator[Finding]:
    if isinstance(actions, Unread):
        yield ENABLED.unread(actions)
        return
    is_enabled = bool(actions["enabled"])
    yield ENABLED.hold(holds=is_enabled, found=f"Actions are {'on' if is_enabled else 'off'}")
    if is_enabled:
        is_pinned = bool(actions.get("sha_pinning_required", False))
        found = "pinning is required" if is_pinned else "actions may be named by a tag"
        yield PINNED.hold(holds=is_pinned, found=found, otherwise=Standing.WEAK)


def _allowed(settings: GuardSettings) -> Iterator[Finding]:
    """Yield whose actions may be used, where Actions are on at all."""
    if isinstance(settings.actions, Unread) or not settings.actions["enabled"]:
        return
    if settings.actions.get("allowed_actions") == "local_only":
        yield ALLOWED.say(Standing.HOLE, "actions of this repository alone: the gate's checkout cannot run")
    elif settings.selected_actions is None:
        yield ALLOWED.say(Standing.WEAK, "any action of anybody may be used")
    elif isinstance(settings.selected_actions, Unread):
        yield ALLOWED.unread(settings.selected_actions)
    else:
        yield _of_selected(settings.selected_actions)


def _of_selected(selected: Json) -> Finding:
    """Return what the list of allowed actions lets in; a pattern counts where it names a whole owner or all."""
    if not selected.get("github_owned_allowed", False):
        return ALLOWED.say(Standing.HOLE, "GitHub's own actions are not allowed: the gate's checkout cannot run")
    patterns = [str(pattern) for pattern in selected.get("patterns_allowed") or ()]
    wide = [pattern for pattern in patterns if pattern.partition("@")[0].endswith("*")]
    if selected.get("verified_allowed", False):
        wide.append("verified creators")
    found = f"GitHub's, and {', '.join(sorted({*patterns, *wide}))}"
    return ALLOWED.hold(holds=not wide, found=found if patterns or wide else "GitHub's alone", otherwise=Standing.WEAK)


def _token(token: Json | Unread) -> Iterator[Finding]:
    if isinstance(token, Unread):
        yield TOKEN.unread(token)
        yield APPROVE.unread(token)
        return
    default = str(token["default_workflow_permissions"])
    yield TOKEN.hold(
        holds=default == RECOMMENDED_TOKEN["default_workflow_permissions"], found=f"the default is {default}"
    )
    may_approve = bool(token["can_approve_pull_request_reviews"])
    yield APPROVE.hold(holds=not may_approve, found=f"Actions may {'' if may_approve else 'not '}approve")
