"""Cuts the operations that Promoter uses out of GitHub's own OpenAPI description; run it to renew the copy here.

npm pack @octokit/openapi@23.0.2 && tar xzf octokit-openapi-*.tgz
python -m tests.forge.schema.slim package/generated/api.github.com.json
"""

import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SLIM, SLIM_EVENTS = HERE / "github.json.gz", HERE / "events.json.gz"
SOURCE, SOURCE_EVENTS = "@octokit/openapi 23.0.2", "@octokit/openapi-webhooks 12.1.0"

_REPO = "/repos/{owner}/{repo}"
OPERATIONS = {
    _REPO: ("get",),
    f"{_REPO}/activity": ("get",),
    f"{_REPO}/deployments": ("get", "post"),
    f"{_REPO}/deployments/{{deployment_id}}/statuses": ("get", "post"),
    f"{_REPO}/environments/{{environment_name}}": ("get",),
    f"{_REPO}/environments/{{environment_name}}/deployment-branch-policies": ("get",),
    f"{_REPO}/keys": ("get",),
    f"{_REPO}/pulls": ("get", "post"),
    f"{_REPO}/pulls/{{pull_number}}": ("get", "patch"),
    f"{_REPO}/pulls/{{pull_number}}/commits": ("get",),
    f"{_REPO}/pulls/{{pull_number}}/files": ("get",),
    f"{_REPO}/pulls/{{pull_number}}/reviews": ("get", "post"),
    f"{_REPO}/pulls/{{pull_number}}/reviews/{{review_id}}/dismissals": ("put",),
    f"{_REPO}/issues/{{issue_number}}/comments": ("get", "post"),
    f"{_REPO}/issues/comments/{{comment_id}}": ("get", "patch", "delete"),
    f"{_REPO}/check-runs": ("post",),
    f"{_REPO}/check-runs/{{check_run_id}}": ("get", "patch"),
    f"{_REPO}/check-runs/{{check_run_id}}/annotations": ("get",),
    f"{_REPO}/commits/{{ref}}/check-runs": ("get",),
    f"{_REPO}/commits/{{ref}}/status": ("get",),
    f"{_REPO}/commits/{{commit_sha}}/pulls": ("get",),
    f"{_REPO}/compare/{{basehead}}": ("get",),
    f"{_REPO}/statuses/{{sha}}": ("post",),
    f"{_REPO}/collaborators/{{username}}/permission": ("get",),
    f"{_REPO}/contents/{{path}}": ("get",),
    f"{_REPO}/installation": ("get",),
    f"{_REPO}/rulesets": ("get", "post"),
    f"{_REPO}/rulesets/{{ruleset_id}}": ("get",),
    f"{_REPO}/rules/branches/{{branch}}": ("get",),
    f"{_REPO}/branches/{{branch}}/protection": ("get",),
    f"{_REPO}/codeowners/errors": ("get",),
    f"{_REPO}/actions/permissions": ("get", "put"),
    f"{_REPO}/actions/permissions/fork-pr-contributor-approval": ("get", "put"),
    f"{_REPO}/actions/permissions/selected-actions": ("get", "put"),
    f"{_REPO}/actions/permissions/workflow": ("get", "put"),
    f"{_REPO}/actions/runs": ("get",),
    f"{_REPO}/actions/workflows/{{workflow_id}}/dispatches": ("post",),
    "/app/installations/{installation_id}/access_tokens": ("post",),
    "/orgs/{org}/teams/{team_slug}/members": ("get",),
    "/orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}": ("get",),
    "/user/{account_id}": ("get",),
    "/orgs/{org}/teams/{team_slug}/memberships/{username}": ("get",),
}
EVENTS = (
    "issue-comment-created",
    "merge-group-checks-requested",
    "pull-request-synchronize",
    "push",
    "workflow-run-completed",
)
_PROSE = {"description", "externalDocs", "summary", "example", "examples", "tags", "x-github"}


def slim(whole: dict[str, Any]) -> dict[str, Any]:
    """Return the named operations with all components that they reach, without prose and examples."""
    paths = {path: _kept(whole["paths"][path], methods) for path, methods in OPERATIONS.items()}
    return {
        "openapi": whole["openapi"],
        "info": {"title": "GitHub v3 REST API, cut", "version": SOURCE, "license": whole["info"]["license"]},
        "servers": [{"url": "https://api.github.com"}],
        "paths": paths,
        "components": _reached(paths, whole),
    }


def slim_events(whole: dict[str, Any]) -> dict[str, Any]:
    """Return the named events' payloads, event to schema, with all components that they reach."""
    bodies = {name: whole["webhooks"][name]["post"]["requestBody"]["content"]["application/json"] for name in EVENTS}
    events = {name: _without_prose(body["schema"]) for name, body in bodies.items()}
    return {"source": SOURCE_EVENTS, "events": events, "components": _reached(events, whole)}


def _reached(start: Any, whole: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {}
    pending = list(_references(start))
    while pending:
        kind, name = pending.pop()
        if name not in found.setdefault(kind, {}):
            found[kind][name] = _without_prose(whole["components"][kind][name])
            pending += _references(found[kind][name])
    return {kind: dict(sorted(entries.items())) for kind, entries in sorted(found.items())}


def _kept(path: dict[str, Any], methods: tuple[str, ...]) -> dict[str, Any]:
    return {key: _without_prose(value) for key, value in path.items() if key in methods or key == "parameters"}


def _without_prose(value: Any, *, is_names: bool = False) -> Any:
    """Return a value without prose; below `properties` a key is a name, so `description` stays there."""
    if isinstance(value, list):
        return [_without_prose(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    kept = {key: entry for key, entry in value.items() if is_names or key not in _PROSE}
    cut = {key: _without_prose(entry, is_names=key == "properties" and not is_names) for key, entry in kept.items()}
    if not is_names and cut.get("nullable") is True and None not in cut.get("enum", [None]):
        cut["enum"] = [*cut["enum"], None]  # GitHub answers null here, and its description means to allow it
    return cut


def _references(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for entry in value:
            yield from _references(entry)
    elif isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            _, _, kind, name = value["$ref"].split("/")
            yield kind, name
        for entry in value.values():
            yield from _references(entry)


def _write(path: Path, value: dict[str, Any]) -> None:
    path.write_bytes(gzip.compress(json.dumps(value, separators=(",", ":")).encode(), mtime=0))


if __name__ == "__main__":
    api, events = (json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:3])
    _write(SLIM, slim(api))
    _write(SLIM_EVENTS, slim_events(events))
