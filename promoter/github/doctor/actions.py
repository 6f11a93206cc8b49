"""What GitHub Actions may do in the repository, and whether the gate's event runs at all."""

from collections.abc import Iterator

from promoter.github.client import Json
from promoter.github.doctor.finding import Finding, Standing, Subject
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
GATE_RUNS = Subject(
    id="gate-event",
    why="since 2026-11-02 GitHub blocks pull_request_target in public repositories unless an Actions policy allows it",
    mend="Settings > Actions > Policies: allow pull_request_target for the gate's workflow; see docs/doctor.md",
)
_ALL_STRANGERS = "all_external_contributors"


def examine_actions(settings: GuardSettings) -> Iterator[Finding]:
    """Yield a finding for each setting of Actions."""
    yield from _permissions(settings.actions)
    yield from _token(settings.workflow_token)
    if isinstance(settings.fork_approval, Unread):
        yield FORKS.unread(settings.fork_approval)
    elif settings.fork_approval is not None:
        policy = str(settings.fork_approval["approval_policy"])
        yield FORKS.hold(
            holds=policy == _ALL_STRANGERS, found=f"approval is asked of {policy}", otherwise=Standing.WEAK
        )
    yield _gate_event(settings)


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


def _token(token: Json | Unread) -> Iterator[Finding]:
    if isinstance(token, Unread):
        yield TOKEN.unread(token)
        yield APPROVE.unread(token)
        return
    default = str(token["default_workflow_permissions"])
    yield TOKEN.hold(holds=default == "read", found=f"the default is {default}")
    may_approve = bool(token["can_approve_pull_request_reviews"])
    yield APPROVE.hold(holds=not may_approve, found=f"Actions may {'' if may_approve else 'not '}approve")


def _gate_event(settings: GuardSettings) -> Finding:
    """Return whether the gate's event runs, by what ran: GitHub's REST description does not hold the policy itself."""
    if isinstance(settings.gate_runs, Unread):
        return GATE_RUNS.unread(settings.gate_runs)
    succeeded = [run for run in settings.gate_runs if run.get("conclusion") == "success"]
    if succeeded:
        return GATE_RUNS.say(Standing.HOLDS, f"it ran, last on {succeeded[0]['created_at']}")
    if not settings.is_public:
        return GATE_RUNS.say(Standing.HOLDS, "the repository is not public")
    found = f"no run of it succeeded ({len(settings.gate_runs)} were looked at)"
    return GATE_RUNS.say(Standing.WEAK, found)
