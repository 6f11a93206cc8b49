"""Whether the default branch takes only what the gate passed and people reviewed."""

from collections.abc import Iterator

from promoter.github.doctor.finding import Finding, Standing, Subject
from promoter.github.doctor.guards import Guards

GITHUB_ACTIONS_APP = 15368
"""Id of the app that all workflows report as. Source: api.github.com/apps/github-actions."""

_RULESET = "import the ruleset that `promoter doctor --print-ruleset` prints (Settings > Rules > Rulesets > Import)"

PULL_REQUEST = Subject(
    id="pull-request",
    why="without it anybody with write access pushes a pointer to the branch, and nothing judges it",
    mend=f"rule `pull_request`: {_RULESET}",
)
APPROVALS = Subject(
    id="approvals",
    why="with none, the author merges alone; Promoter's roles ask about models, this asks about everything else",
    mend="rule `pull_request`, required_approving_review_count: 1",
)
CODE_OWNERS = Subject(
    id="code-owners",
    why="policies, engine and workflows are guarded by CODEOWNERS alone, and it binds nobody without this rule",
    mend="rule `pull_request`, require_code_owner_review: true",
)
STALE = Subject(
    id="stale-reviews",
    why="an owner's approval outlives what is pushed after it, and GitHub does not ask the owner again",
    mend="rule `pull_request`, dismiss_stale_reviews_on_push: true",
)
LAST_PUSH = Subject(
    id="last-push",
    why="the last one to push may approve the own push where somebody else opened the pull request",
    mend="rule `pull_request`, require_last_push_approval: true",
)
REQUIRED_CHECK = Subject(
    id="required-check",
    why="a verdict that is not required is advice: what it holds is merged all the same",
    mend=f"rule `required_status_checks`: {_RULESET}",
)
CHECK_SOURCE = Subject(
    id="check-source",
    why="a required check is a name: whoever may report under that name says `passed` in the gate's place",
    mend="report with a GitHub App of your own and name its id: `promoter doctor --print-ruleset --app-id ID`",
)
UP_TO_DATE = Subject(
    id="up-to-date",
    why="two pull requests that pass alone can fail together, and a verdict outlives the policies that gave it",
    mend="rule `required_status_checks`, strict_required_status_checks_policy: true; or a merge queue",
)
FORCE_PUSH = Subject(
    id="force-push",
    why="the merge history is the audit trail: a force-push rewrites it",
    mend="rule `non_fast_forward`",
)
DELETION = Subject(
    id="deletion",
    why="a branch that is deleted and made anew has another history",
    mend="rule `deletion`",
)


def examine_branch(guards: Guards, *, check_name: str) -> Iterator[Finding]:
    """Yield a finding for each claim; `check_name` is the check that the gate reports."""
    claims = (
        (PULL_REQUEST, guards.needs_pull_request, "changes need a pull request", "direct pushes are allowed"),
        (APPROVALS, guards.approvals >= 1, f"approvals needed: {guards.approvals}", "no approval is needed"),
        (CODE_OWNERS, guards.needs_code_owners, "owners must review", "the review of owners is not required"),
        (STALE, guards.dismisses_stale, "a push dismisses approvals", "approvals outlive a push"),
        (
            LAST_PUSH,
            guards.needs_last_push_approval,
            "somebody else than the last one to push must approve",
            "the last one to push may be the only one to approve",
        ),
        (
            UP_TO_DATE,
            guards.is_strict or guards.has_merge_queue,
            "a merge queue judges what will be merged" if guards.has_merge_queue else "branches must be up to date",
            "a verdict against an older base is enough",
        ),
        (FORCE_PUSH, guards.refuses_force_push, "force-pushes are refused", "force-pushes are allowed"),
        (DELETION, guards.refuses_deletion, "deletion is refused", "deletion is allowed"),
    )
    for subject, holds, found, otherwise in claims:
        yield _claim(subject, guards, holds=holds, found=found if holds else otherwise)
    yield from _examine_check(guards, check_name)


def _claim(subject: Subject, guards: Guards, *, holds: bool, found: str) -> Finding:
    """Return the finding; what is absent from the half that was read may stand in the other."""
    if not holds and guards.unread is not None:
        return subject.unread(guards.unread)
    return subject.hold(holds=holds, found=found)


def _examine_check(guards: Guards, check_name: str) -> Iterator[Finding]:
    required = [check for check in guards.checks if check.name == check_name]
    names = ", ".join(sorted({check.name for check in guards.checks})) or "none"
    if not required:
        found = f"{check_name!r} is not required; required are: {names}"
        yield _claim(REQUIRED_CHECK, guards, holds=False, found=found)
        return
    yield REQUIRED_CHECK.say(Standing.HOLDS, f"{check_name!r} is required")
    apps = {check.app for check in required if check.app is not None}
    if not apps:
        yield _claim(CHECK_SOURCE, guards, holds=False, found=f"any app and any workflow may report {check_name!r}")
    elif apps == {GITHUB_ACTIONS_APP}:
        standing = Standing.HOLDS if guards.has_required_workflow else Standing.WEAK
        yield CHECK_SOURCE.say(standing, f"any workflow of this repository may report {check_name!r}")
    else:
        yield CHECK_SOURCE.say(
            Standing.HOLDS, f"only app {', '.join(map(str, sorted(apps)))} may report {check_name!r}"
        )
