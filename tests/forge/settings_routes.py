"""What the forge says of a repository's settings: sound ones, of which a test changes what it is about."""

import base64
from collections.abc import Callable
from typing import Any

from promoter.github.doctor.actions_policy import recommended_actions
from promoter.github.doctor.ruleset import history_ruleset, recommended_ruleset
from tests.forge.routing import Answer, Call, RefusedError, route
from tests.forge.shapes import shape
from tests.forge.state import FULL_NAME

Json = dict[str, Any]
APP = 4711
NOT_FOUND = (404, {"message": "Not Found", "documentation_url": "https://docs.github.com/rest", "status": "404"})
UNPROTECTED = (404, {**NOT_FOUND[1], "message": "Branch not protected"})
FORBIDDEN = (403, {**NOT_FOUND[1], "message": "Resource not accessible by personal access token", "status": "403"})

RULES, PROTECTION, RULESET = "/rules/branches/main", "/branches/main/protection", "/rulesets/7"
HISTORY_RULESET, KEYS, RECORDER = "/rulesets/9", "/keys", "/environments/recorder"
RECORDER_BRANCHES = f"{RECORDER}/deployment-branch-policies"
ACTIONS, SELECTED, POLICIES = "/actions/permissions", "/actions/permissions/selected-actions", "/actions/policies"
TOKEN, FORK_APPROVAL = "/actions/permissions/workflow", "/actions/permissions/fork-pr-contributor-approval"
CODEOWNERS, RUNS = "/codeowners/errors", "/actions/runs"


def rules_of(ruleset: Json, *, number: int = 7) -> list[Json]:
    """Return what GitHub lists as in force on a branch because of a ruleset."""
    source = {"ruleset_source_type": "Repository", "ruleset_source": FULL_NAME, "ruleset_id": number}
    return [{**rule, **source} for rule in ruleset["rules"]]


def policy(number: int = 1, **values: Any) -> Json:
    """Return an Actions policy as GitHub answers it: the recommended one, with values put over it."""
    source = {"id": number, "target": "actions", "source_type": "Repository", "source": FULL_NAME}
    return {**recommended_actions()[-1]["body"], **source, **values}


def run(**values: Any) -> Json:
    """Return a run of a workflow."""
    repository = shape("minimal-repository", full_name=FULL_NAME)
    return shape("workflow-run", repository=repository, head_repository=repository, **values)


def key(title: str, *, is_read_only: bool) -> Json:
    """Return a deploy key."""
    return shape("deploy-key", title=title, read_only=is_read_only)


def environment(*, custom: bool) -> Json:
    """Return the recorder's environment, limited to branches that are named or to all that are protected."""
    limits = {"protected_branches": not custom, "custom_branch_policies": custom}
    return shape("environment", name="recorder", deployment_branch_policy=limits)


def sound_settings() -> dict[str, tuple[int, Any]]:
    """Return path to status and body of a public repository in which everything holds."""
    ruleset, history = recommended_ruleset(check_name="promoter", app_id=APP), history_ruleset()
    source = {"source_type": "Repository", "source": FULL_NAME}
    actions = {f"/{request['path']}": (200, dict(request["body"])) for request in recommended_actions()[:-1]}
    return {
        RULES: (200, rules_of(ruleset) + rules_of(history, number=9)),
        RULESET: (200, {**ruleset, "id": 7, **source}),
        HISTORY_RULESET: (200, {**history, "id": 9, **source}),
        KEYS: (200, [key("recorder", is_read_only=False), key("mirror", is_read_only=True)]),
        RECORDER: (200, environment(custom=True)),
        RECORDER_BRANCHES: (200, [shape("deployment-branch-policy", name="main")]),
        PROTECTION: UNPROTECTED,
        CODEOWNERS: (200, {"errors": []}),
        **actions,
        POLICIES: (200, [policy()]),
        RUNS: (200, [run(conclusion="success", created_at="2026-06-01T12:00:00Z")]),
    }


def _setting(path: str, *, list_key: str | None = None) -> Callable[[Call], Answer]:
    """Return a handler that answers what `State.settings` holds at a path, `{}` standing for the route's group."""

    def answer(call: Call) -> Answer:
        status, body = call.state.settings.get(path.format(*call.groups), NOT_FOUND)
        return Answer(status, body, list_key if isinstance(body, list) else None)

    return answer


def get_policy(call: Call) -> Answer:
    """Answer with one Actions policy."""
    _, policies = call.state.settings.get(POLICIES, (200, []))
    found = [entry for entry in policies if entry["id"] == call.number]
    if not found:
        raise RefusedError(404, "Not Found")
    return Answer(200, found[0])


def get_content(call: Call) -> Answer:
    """Answer with a file of a branch, in base64 as GitHub sends it."""
    names = call.state.git("ls-tree", "-r", "--name-only", call.query.get("ref", "main")).splitlines()
    if call.groups[0] not in names:
        raise RefusedError(404, "Not Found")
    content = call.state.git("show", f"{call.query.get('ref', 'main')}:{call.groups[0]}").encode()
    filled = shape("content-file", path=call.groups[0], size=len(content))
    filled |= {"type": "file", "encoding": "base64", "content": base64.encodebytes(content).decode()}
    return Answer(200, filled)


def get_account(call: Call) -> Answer:
    """Answer with the account of a numeric id."""
    for account in call.state.accounts.values():
        if account["id"] == call.number:
            public = shape("public-user", login=account["login"], id=account["id"], type=account["type"])
            return Answer(200, public | {"user_view_type": "public"})
    raise RefusedError(404, "Not Found")


def get_team_repository(call: Call) -> Answer:
    """Say whether a team may reach the repository: `State.settings` lists the teams that may, as org/slug."""
    if "/".join(call.groups[:2]) not in call.state.settings.get("team_grants", ()):
        raise RefusedError(404, "Not Found")
    return Answer(204, None)


SETTINGS_ROUTES = (
    route("GET", r"/rules/branches/([^/]+)", "metadata", _setting("/rules/branches/{}")),
    route("GET", r"/rulesets/(\d+)", "metadata", _setting("/rulesets/{}")),
    route("GET", r"/branches/([^/]+)/protection", "administration", _setting("/branches/{}/protection")),
    route("GET", KEYS, "administration", _setting(KEYS)),
    route("GET", RECORDER, "actions", _setting(RECORDER)),
    route("GET", RECORDER_BRANCHES, "actions", _setting(RECORDER_BRANCHES, list_key="branch_policies")),
    route("GET", CODEOWNERS, "contents", _setting(CODEOWNERS)),
    route("GET", r"/actions/permissions", "administration", _setting(ACTIONS)),
    route("GET", r"/actions/permissions/([a-z-]+)", "administration", _setting("/actions/permissions/{}")),
    route("GET", POLICIES, "administration", _setting(POLICIES, list_key="policies")),
    route("GET", r"/actions/policies/(\d+)", "administration", get_policy),
    route("GET", RUNS, "actions", _setting(RUNS, list_key="workflow_runs")),
    route("GET", r"/contents/(.+)", "contents", get_content),
)
ACCOUNT_ROUTES = (
    route("GET", r"/user/(\d+)", "metadata", get_account),
    route("GET", rf"/orgs/([^/]+)/teams/([^/]+)/repos/({FULL_NAME})", "members", get_team_repository),
)
