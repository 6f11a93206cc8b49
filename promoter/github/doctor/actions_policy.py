"""The settings of GitHub Actions that make the doctor content, as requests of GitHub's REST interface to send."""

from promoter.github.client import Json
from promoter.github.recheck import GATE_WORKFLOW

GATE_PATH = f".github/workflows/{GATE_WORKFLOW}"
GATE_EVENT = "pull_request_target"
GATE_EVENTS = ("merge_group", GATE_EVENT, "workflow_dispatch")
"""What starts the gate, and nothing else may: the policy's allow list is for this one file."""

PERMISSIONS: Json = {"enabled": True, "allowed_actions": "selected", "sha_pinning_required": True}
SELECTED: Json = {"github_owned_allowed": True, "verified_allowed": False, "patterns_allowed": []}
"""The shipped workflows use GitHub's own actions alone; a store's login action is a pattern to add."""

TOKEN: Json = {"default_workflow_permissions": "read", "can_approve_pull_request_reviews": False}
FORK_APPROVAL: Json = {"approval_policy": "all_external_contributors"}


def recommended_actions() -> list[Json]:
    """Return the requests in the order in which GitHub takes them; `path` is below repos/{owner}/{repo}/."""
    return [
        {"method": "PUT", "path": "actions/permissions", "body": PERMISSIONS},
        {"method": "PUT", "path": "actions/permissions/selected-actions", "body": SELECTED},
        {"method": "PUT", "path": "actions/permissions/workflow", "body": TOKEN},
        {"method": "PUT", "path": "actions/permissions/fork-pr-contributor-approval", "body": FORK_APPROVAL},
        {"method": "POST", "path": "actions/policies", "body": _gate_policy()},
    ]


def _gate_policy() -> Json:
    """Return the policy that lets the gate's event run. Source: docs.github.com, /rest/actions/policies."""
    return {
        "name": "promoter",
        "enforcement": "active",
        "conditions": {"workflow_path": {"include": [GATE_PATH], "exclude": []}},
        "rules": [{"type": "restrict_action_events", "parameters": {"allowed_events": list(GATE_EVENTS)}}],
    }
