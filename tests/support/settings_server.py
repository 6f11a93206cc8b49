"""A repository's settings behind a real socket: GitHub's answers, held against GitHub's own description."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from promoter.github.doctor.ruleset import recommended_ruleset
from tests.forge.contract import Request, Response, description, response_violation
from tests.forge.shapes import shape

REPOSITORY = "acme/registry"
ROOT = f"/repos/{REPOSITORY}"
Json = dict[str, Any]

APP = 4711
NOT_FOUND = (404, {"message": "Not Found", "documentation_url": "https://docs.github.com/rest", "status": "404"})
UNPROTECTED = (404, {**NOT_FOUND[1], "message": "Branch not protected"})
FORBIDDEN = (403, {**NOT_FOUND[1], "message": "Resource not accessible by personal access token", "status": "403"})
_OPERATIONS = {
    "/rules/branches/main": "/rules/branches/{branch}",
    "/rulesets/7": "/rulesets/{ruleset_id}",
    "/rulesets/8": "/rulesets/{ruleset_id}",
    "/branches/main/protection": "/branches/{branch}/protection",
    "/pulls/7": "/pulls/{pull_number}",
    "/pulls/7/commits": "/pulls/{pull_number}/commits",
    "/pulls/7/reviews": "/pulls/{pull_number}/reviews",
}
"""Paths below the repository that hold a parameter, as GitHub's description writes them."""


def rules_of(ruleset: Json, *, number: int = 7) -> list[Json]:
    """Return what GitHub lists as in force on a branch because of a ruleset."""
    source = {"ruleset_source_type": "Repository", "ruleset_source": REPOSITORY, "ruleset_id": number}
    return [{**rule, **source} for rule in ruleset["rules"]]


def sound_settings() -> dict[str, tuple[int, Any]]:
    """Return path to answer of a public repository in which everything holds."""
    ruleset = recommended_ruleset(check_name="promoter", app_id=APP)
    run = {"conclusion": "success", "created_at": "2026-06-01T12:00:00Z", "path": ".github/workflows/gate.yml"}
    return {
        "": (200, shape("full-repository", full_name=REPOSITORY, default_branch="main", private=False)),
        "/rules/branches/main": (200, rules_of(ruleset)),
        "/rulesets/7": (200, {**ruleset, "id": 7, "source_type": "Repository", "source": REPOSITORY}),
        "/branches/main/protection": UNPROTECTED,
        "/codeowners/errors": (200, {"errors": []}),
        "/actions/permissions": (200, {"enabled": True, "allowed_actions": "all", "sha_pinning_required": True}),
        "/actions/permissions/workflow": (
            200,
            {"default_workflow_permissions": "read", "can_approve_pull_request_reviews": False},
        ),
        "/actions/permissions/fork-pr-contributor-approval": (200, {"approval_policy": "all_external_contributors"}),
        "/actions/runs": (200, {"total_count": 1, "workflow_runs": [run]}),
    }


@dataclass(slots=True)
class SettingsServer:
    """A running server. `answers` may be changed at any time; `violations` must stay empty."""

    answers: dict[str, tuple[int, Any]] = field(default_factory=sound_settings)
    violations: list[str] = field(default_factory=list)
    url: str = ""

    def answer(self, target: str) -> tuple[int, bytes]:
        """Return status and body for a GET, noting where they break GitHub's description."""
        path = urlsplit(target).path.removeprefix(ROOT)
        status, body = self.answers.get(path, NOT_FOUND)
        content = json.dumps(body).encode()
        violation = _violation(path, status, content)
        if violation is not None:
            self.violations.append(f"{path}: {violation}")
        return status, content


@cache
def _violation(path: str, status: int, content: bytes) -> str | None:
    """Return how an answer breaks the description; operations and statuses that the cut lacks break nothing."""
    operation = description()["paths"].get("/repos/{owner}/{repo}" + _OPERATIONS.get(path, path), {}).get("get", {})
    if str(status) not in operation.get("responses", {}):
        return None
    return response_violation(Request("get", ROOT + path, {}, None), Response(status, content))


@contextmanager
def serving(server: SettingsServer) -> Iterator[SettingsServer]:
    """Serve on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            status, content = server.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{listener.server_address[1]}"
    thread = threading.Thread(target=listener.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()
