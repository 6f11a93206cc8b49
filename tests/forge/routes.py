"""What each route does, and the permission that it takes."""

from typing import Any

from tests.forge.apps import APP_ROUTES, TOKEN_ROUTES
from tests.forge.checking import (
    create_check_run,
    get_check_run,
    list_annotations,
    list_check_runs,
    update_check_run,
)
from tests.forge.deploying import DEPLOYING_ROUTES
from tests.forge.routing import Answer, Call, RefusedError, route
from tests.forge.settings_routes import ACCOUNT_ROUTES, SETTINGS_ROUTES
from tests.forge.shapes import shape
from tests.forge.state import BOT, FULL_NAME, MOMENT, Pull, State

FORK = "stranger/registry"
MOST_COMMENT_CHARS = 65_536
MOST_FILES, MOST_COMMITS = 3000, 250
"""What GitHub lists of a pull request, however many there are."""


def _repository(state: State) -> dict[str, Any]:
    is_private = state.settings.get("private", False)
    return shape(
        "full-repository", id=1, name="registry", full_name=FULL_NAME, default_branch="main", private=is_private
    )


def _branch(state: State, *, ref: str, sha: str, is_fork: bool = False) -> dict[str, Any]:
    full_name = FORK if is_fork else FULL_NAME
    repository = shape("repository", id=2 if is_fork else 1, name="registry", full_name=full_name)
    repository["default_branch"] = "main"
    return {
        "label": f"{full_name.partition('/')[0]}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": state.account("acme"),
        "repo": repository,
    }


def _pull(state: State, pull: Pull, *, schema: str = "pull-request") -> dict[str, Any]:
    filled = shape(
        schema,
        number=pull.number,
        state=pull.state,
        title=pull.title,
        body=pull.body or None,
        html_url=f"https://github.com/{FULL_NAME}/pull/{pull.number}",
        user=state.account(pull.author),
        head=_branch(state, ref=pull.branch, sha=state.head_of(pull), is_fork=pull.is_fork),
        base=_branch(state, ref=pull.base, sha=state.git("rev-parse", f"refs/heads/{pull.base}")),
        created_at="2026-01-30T08:00:00Z",
        updated_at=MOMENT,
    )
    filled["draft"] = False
    if pull.merged:
        filled |= {"merged_at": MOMENT, "merge_commit_sha": pull.merged[-1]}
        if "merged_by" in filled and pull.merged_by is not None:
            filled["merged_by"] = state.account(pull.merged_by)
    return filled


def _known_pull(call: Call) -> Pull:
    pull = call.state.pulls.get(call.number)
    if pull is None:
        raise RefusedError(404, "Not Found")
    return pull


def get_repository(call: Call) -> Answer:
    """Answer with the repository."""
    return Answer(200, _repository(call.state))


def list_pulls(call: Call) -> Answer:
    """Answer with pull requests, open ones unless asked otherwise; `head` is owner:branch, `base` a branch."""
    wanted = call.query.get("state", "open")
    found = [pull for pull in call.state.pulls.values() if wanted in ("all", pull.state)]
    listed = [_pull(call.state, pull, schema="pull-request-simple") for pull in found]
    head, base = call.query.get("head"), call.query.get("base")
    listed = [pull for pull in listed if head in (None, pull["head"]["label"]) and base in (None, pull["base"]["ref"])]
    return Answer(200, listed)


def _misfit(message: str) -> dict[str, str]:
    return {"resource": "PullRequest", "code": "custom", "message": message}


def create_pull(call: Call) -> Answer:
    """Open a pull request, once a branch; Actions may only where the repository's setting says so."""
    state, head, base = call.state, call.body["head"], call.body["base"]
    if call.token.login == BOT and not state.settings.get("actions_may_open_pulls", False):
        raise RefusedError(403, "GitHub Actions is not permitted to create or approve pull requests.")
    tips = dict(line.split() for line in state.git("for-each-ref", "--format=%(refname) %(objectname)").splitlines())
    if not {f"refs/heads/{head}", f"refs/heads/{base}"} <= tips.keys():
        raise RefusedError(422, "Validation Failed", errors=[_misfit("head or base is invalid")])
    if not state.git("rev-list", "--max-count=1", f"refs/heads/{base}..refs/heads/{head}"):
        raise RefusedError(422, "Validation Failed", errors=[_misfit(f"No commits between {base} and {head}")])
    same = [pull for pull in state.pulls.values() if (pull.branch, pull.base, pull.state) == (head, base, "open")]
    if any(not pull.is_fork for pull in same):
        raise RefusedError(
            422, "Validation Failed", errors=[_misfit(f"A pull request already exists for acme:{head}.")]
        )
    told = {"title": call.body["title"], "body": call.body.get("body", "")}
    return Answer(201, _pull(state, state.open_pull(head, author=call.token.login, base=base, **told)))


def update_pull(call: Call) -> Answer:
    """Change what a pull request says, or close it."""
    pull = _known_pull(call)
    for key in ("title", "body", "state"):
        setattr(pull, key, call.body.get(key, getattr(pull, key)))
    return Answer(200, _pull(call.state, pull))


def get_pull(call: Call) -> Answer:
    """Answer with one pull request."""
    return Answer(200, _pull(call.state, _known_pull(call)))


def list_files(call: Call) -> Answer:
    """Answer with the files that it changes, 3,000 at most as GitHub does; a renamed one bears both names."""
    pull = _known_pull(call)
    span = f"refs/heads/{pull.base}...refs/pull/{pull.number}/head"
    lines = call.state.git("diff", "--name-status", "--find-renames", span).splitlines()
    return Answer(200, [_file(*line.split("\t")) for line in lines[:MOST_FILES]])


def _file(_status: str, name: str, new_name: str | None = None) -> dict[str, Any]:
    """Return an entry of the files that a pull request changes."""
    if new_name is None:
        return shape("diff-entry", filename=name, status="modified")
    return shape("diff-entry", filename=new_name, previous_filename=name, status="renamed")


def list_reviews(call: Call) -> Answer:
    """Answer with its reviews."""
    return Answer(200, call.state.reviews.get(_known_pull(call).number, []))


def list_commits(call: Call) -> Answer:
    """Answer with the commits that it adds, 250 at most, with the accounts behind their addresses."""
    pull, state = _known_pull(call), call.state
    lines = state.git(
        "log", "--reverse", "--format=%H %ae %ce", f"refs/heads/{pull.base}..refs/pull/{pull.number}/head"
    ).splitlines()
    found = []
    for commit, *emails in map(str.split, lines[:MOST_COMMITS]):
        author, committer = (state.account(state.emails[email]) if email in state.emails else {} for email in emails)
        found.append(shape("commit", sha=commit, author=author, committer=committer))
    return Answer(200, found)


def list_activity(call: Call) -> Answer:
    """Answer with the pushes to a branch, newest first: `State.settings` lists them, or its author made it."""
    branch = call.query.get("ref", "").removeprefix("refs/heads/")
    authors = [pull.author for pull in call.state.pulls.values() if pull.branch == branch]
    made = [("branch_creation", login, "2026-01-30T08:00:00Z") for login in authors[:1]]
    return Answer(
        200,
        [
            shape(
                "activity",
                activity_type=kind,
                actor=call.state.account(login),
                timestamp=moment,
                ref=f"refs/heads/{branch}",
            )
            for kind, login, moment in call.state.settings.get("activity", made)
        ],
    )


def list_members(call: Call) -> Answer:
    """Answer with a team's members, which GITHUB_TOKEN never sees."""
    members = call.state.teams.get("/".join(call.groups))
    if members is None:
        raise RefusedError(404, "Not Found")
    return Answer(200, [call.state.account(login) for login in members])


def list_comments(call: Call) -> Answer:
    """Answer with its comments."""
    return Answer(200, call.state.comments_on(_known_pull(call).number))


def _checked_text(body: dict[str, Any]) -> str:
    text = str(body["body"])
    if len(text) > MOST_COMMENT_CHARS:
        misfit = {"resource": "IssueComment", "code": "unprocessable", "field": "data"}
        told = {**misfit, "message": f"Body is too long (maximum is {MOST_COMMENT_CHARS} characters)"}
        raise RefusedError(422, "Validation Failed", errors=[told])
    return text


def create_comment(call: Call) -> Answer:
    """Add a comment by the token's account."""
    pull = _known_pull(call)
    return Answer(201, call.state.add_comment(pull.number, call.token.login, _checked_text(call.body)))


def update_comment(call: Call) -> Answer:
    """Change a comment's text."""
    comment = call.state.comments.get(call.number)
    if comment is None:
        raise RefusedError(404, "Not Found")
    comment["body"] = _checked_text(call.body)
    return Answer(200, comment)


def delete_comment(call: Call) -> Answer:
    """Remove a comment."""
    if call.state.comments.pop(call.number, None) is None:
        raise RefusedError(404, "Not Found")
    return Answer(204, None)


def list_pulls_of_commit(call: Call) -> Answer:
    """Answer with the pull requests whose head it is, or that were merged as it."""
    pulls = call.state.pulls.values()
    found = [pull for pull in pulls if call.groups[0] in (call.state.head_of(pull), *pull.merged)]
    return Answer(200, [_pull(call.state, pull, schema="pull-request-simple") for pull in found])


def compare(call: Call) -> Answer:
    """Answer with what changed between two commits; files beyond 300 are left out, as GitHub does."""
    names = call.state.git("diff", "--name-only", f"{call.groups[0]}...{call.groups[1]}").splitlines()
    files = [shape("diff-entry", filename=name, status="modified") for name in names]
    person = call.state.account("ada")
    base = shape("commit", sha=call.groups[0], author=person, committer=person)
    return Answer(200, shape("commit-comparison", base_commit=base, merge_base_commit=base, files=files[:300]))


def get_permission(call: Call) -> Answer:
    """Answer with what an account may do."""
    level = call.state.permissions.get(call.groups[0], "read")
    kind = {"maintain": "write", "triage": "read"}.get(level, level)
    filled = shape("repository-collaborator-permission", permission=kind, role_name=level, user=None)
    return Answer(200, filled)


def dispatch(call: Call) -> Answer:
    """Note that a workflow was asked for."""
    call.state.dispatches.append({"workflow": call.groups[0], **call.body})
    return Answer(204, None)


_TALK = "issues|pull-requests"

ROUTES = (
    route("GET", r"", "metadata", get_repository),
    route("GET", r"/pulls", "pull-requests", list_pulls),
    route("POST", r"/pulls", "pull-requests", create_pull),
    route("GET", r"/pulls/(\d+)", "pull-requests", get_pull),
    route("PATCH", r"/pulls/(\d+)", "pull-requests", update_pull),
    route("GET", r"/pulls/(\d+)/files", "pull-requests", list_files),
    route("GET", r"/pulls/(\d+)/reviews", "pull-requests", list_reviews),
    route("GET", r"/pulls/(\d+)/commits", "pull-requests", list_commits),
    route("GET", r"/activity", "contents", list_activity),
    route("GET", r"/issues/(\d+)/comments", _TALK, list_comments),
    route("POST", r"/issues/(\d+)/comments", _TALK, create_comment),
    route("PATCH", r"/issues/comments/(\d+)", _TALK, update_comment),
    route("DELETE", r"/issues/comments/(\d+)", _TALK, delete_comment),
    route("POST", r"/check-runs", "checks", create_check_run),
    route("GET", r"/check-runs/(\d+)", "checks", get_check_run),
    route("PATCH", r"/check-runs/(\d+)", "checks", update_check_run),
    route("GET", r"/check-runs/(\d+)/annotations", "checks", list_annotations),
    route("GET", r"/commits/([0-9a-f]{40})/check-runs", "checks", list_check_runs),
    route("GET", r"/commits/([0-9a-f]{40})/pulls", "pull-requests", list_pulls_of_commit),
    route("GET", r"/compare/([0-9a-f]{40})\.\.\.([0-9a-f]{40})", "contents", compare),
    route("GET", r"/collaborators/([^/]+)/permission", "metadata", get_permission),
    route("POST", r"/actions/workflows/([^/]+)/dispatches", "actions", dispatch),
    *SETTINGS_ROUTES,
    *APP_ROUTES,
    *DEPLOYING_ROUTES,
)
FORK_ROUTES = (route("GET", r"/activity", "metadata", list_activity),)
"""Below a fork's own repository, which is public: every token may read them."""

ORGANISATION_ROUTES = (
    route("GET", r"/orgs/([^/]+)/teams/([^/]+)/members", "members", list_members),
    *ACCOUNT_ROUTES,
    *TOKEN_ROUTES,
)
