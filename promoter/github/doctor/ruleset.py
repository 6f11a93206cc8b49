"""The rulesets that make the doctor content, as JSON to import."""

from promoter.github.client import Json
from promoter.github.doctor.branch import GITHUB_ACTIONS_APP

DEPLOY_KEY = "DeployKey"
"""The actor that stands for every deploy key that may write. Source: docs.github.com, REST API, repository rules."""

APP = "Integration"
"""The actor that is a GitHub App, by its id. Source: as above."""

_DEFAULT_BRANCH = {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}}


def history_ruleset() -> Json:
    """Return the ruleset that nobody bypasses, the recorder neither: the default branch only ever grows."""
    return {
        "name": "promoter-history",
        "target": "branch",
        "enforcement": "active",
        "conditions": _DEFAULT_BRANCH,
        "bypass_actors": [],
        "rules": [{"type": "deletion"}, {"type": "non_fast_forward"}],
    }


def recommended_ruleset(*, check_name: str, app_id: int | None = None, recorder_app: int | None = None) -> Json:
    """Return the ruleset of the default branch, in the form that GitHub exports, imports and takes by REST.

    `app_id` is the only app that may report the check; without one it is GitHub Actions, that is any workflow.
    The recorder bypasses it, by its deploy key or as `recorder_app`, and nobody else. Approvals fall with every push,
    because the owners that CODEOWNERS names are GitHub's to ask.
    Merge commits only: each is one event of the history, and its revert a rollback.
    """
    return {
        "name": "promoter",
        "target": "branch",
        "enforcement": "active",
        "conditions": _DEFAULT_BRANCH,
        "bypass_actors": [_recorder(recorder_app)],
        "rules": [
            {
                "type": "pull_request",
                "parameters": {
                    "required_approving_review_count": 1,
                    "dismiss_stale_reviews_on_push": True,
                    "require_code_owner_review": True,
                    "require_last_push_approval": True,
                    "required_review_thread_resolution": False,
                    "allowed_merge_methods": ["merge"],
                },
            },
            {
                "type": "required_status_checks",
                "parameters": {
                    "strict_required_status_checks_policy": True,
                    "do_not_enforce_on_create": False,
                    "required_status_checks": [
                        {"context": check_name, "integration_id": app_id or GITHUB_ACTIONS_APP},
                    ],
                },
            },
        ],
    }


def _recorder(app: int | None) -> Json:
    return {"actor_id": app, "actor_type": DEPLOY_KEY if app is None else APP, "bypass_mode": "always"}
