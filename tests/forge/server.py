"""The forge's HTTP side: tokens, GitHub's contract, pages, faults on demand, and git, over ssh too."""

import json
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.forge import git_backend, ssh_backend
from tests.forge.apps import app_of
from tests.forge.contract import Request, Response, request_violation, response_violation
from tests.forge.routes import FORK, FORK_ROUTES, ORGANISATION_ROUTES, ROUTES
from tests.forge.routing import Answer, Call, RefusedError, Route
from tests.forge.ssh_backend import Ssh
from tests.forge.state import FULL_NAME, State, Token

_REPO = f"/repos/{FULL_NAME}"
_TABLES = ((_REPO, ROUTES), (f"/repos/{FORK}", FORK_ROUTES), ("", ORGANISATION_ROUTES))
_UNDOCUMENTED = (401, 403, 404)
"""GitHub gives these everywhere, and describes them at a few routes."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """What the server answers in place of the truth, to the next `times` requests that fit."""

    method: str
    path: str
    status: int
    times: int = 1
    headers: dict[str, str] = field(default_factory=dict)
    is_carried_out: bool = False
    delay_seconds: float = 0.0
    body: bytes | None = None

    def fits(self, method: str, path: str) -> bool:
        """Say whether a request meets it."""
        return self.times > 0 and self.method == method and re.search(self.path, path) is not None


@dataclass(slots=True)
class Forge:
    """A running forge. `seen` lists requests as "METHOD path status"; `violations` must stay empty."""

    state: State
    url: str = ""
    seen: list[str] = field(default_factory=list)
    git_seen: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    hooks: list[tuple[str, str, Callable[[], None]]] = field(default_factory=list)
    ssh: Ssh = field(default_factory=Ssh)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def fail(self, method: str, path: str, status: int, **options: Any) -> None:
        """Let the next requests fail."""
        self.faults.append(Fault(method=method, path=path, status=status, **options))

    def on(self, method: str, path: str, hook: Callable[[], None]) -> None:
        """Let something happen when a request comes in, before it is answered."""
        self.hooks.append((method, path, hook))

    def answer(self, method: str, target: str, body: bytes, authorization: str) -> tuple[Answer, dict[str, str]]:
        """Return the answer to a request, and its headers beside the usual ones."""
        parts = urlsplit(target)
        path = parts.path.removeprefix("/api/v3")
        query = dict(parse_qsl(parts.query))
        for wanted, pattern, hook in self.hooks:
            if wanted == method and re.search(pattern, path):
                hook()
        fault = next((fault for fault in self.faults if fault.fits(method, target)), None)
        if fault is not None:
            fault.times -= 1
            time.sleep(fault.delay_seconds)
            if fault.is_carried_out:
                self._carry_out(method, path, query, body, authorization)
            return Answer(fault.status, fault.body or {"message": f"a fault ({fault.status})"}), fault.headers
        return self._carry_out(method, path, query, body, authorization)

    def _carry_out(
        self, method: str, path: str, query: dict[str, str], body: bytes, authorization: str
    ) -> tuple[Answer, dict[str, str]]:
        request = Request(method.lower(), path, query, body or None)
        headers: dict[str, str] = {}
        try:
            token = self._token(authorization)
            route, groups = _find(method, path)
            self._note(request_violation(request), f"{method} {path}")
            route.check(token)
            answer = self._handled(route, Call(self.state, token, groups, query, json.loads(body or b"{}")))
        except RefusedError as refused:
            answer, headers = refused.answer, refused.headers
        if isinstance(answer.body, list):
            answer, headers = self._page(answer, path, query)
        content = b"" if answer.body is None else json.dumps(answer.body).encode()
        if answer.status not in _UNDOCUMENTED:
            self._note(response_violation(request, Response(answer.status, content)), f"{method} {path} answer")
        return answer, headers

    def _token(self, authorization: str) -> Token:
        kind, _, given = authorization.partition(" ")
        token = app_of(self.state, given) if kind == "Bearer" else self.state.tokens.get(given)
        if token is None:
            raise RefusedError(401, "Bad credentials")
        return token

    def _handled(self, route: Route, call: Call) -> Answer:
        with self.lock:
            return route.handler(call)

    def _page(self, answer: Answer, path: str, query: dict[str, str]) -> tuple[Answer, dict[str, str]]:
        size, page = int(query.get("per_page", 30)), int(query.get("page", 1))
        shown = answer.body[(page - 1) * size : page * size]
        headers = {}
        if page * size < len(answer.body):
            headers["Link"] = f'<{self.url}{path}?per_page={size}&page={page + 1}>; rel="next"'
        body = {"total_count": len(answer.body), answer.list_key: shown} if answer.list_key else shown
        return Answer(answer.status, body), headers

    def _note(self, violation: str | None, what: str) -> None:
        if violation is not None:
            self.violations.append(f"{what}: {violation}")


def _find(method: str, path: str) -> tuple[Route, tuple[str, ...]]:
    for prefix, routes in _TABLES:
        if path.startswith(prefix):
            for route in routes:
                match = route.pattern.fullmatch(path.removeprefix(prefix))
                if route.method == method and match is not None:
                    return route, match.groups()
    raise RefusedError(404, "Not Found")


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, forge: Forge) -> None:
        super().__init__(("127.0.0.1", 0), _handler(forge))
        self.forge = forge
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer a connection in a thread of its own, and know it until then."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """End a connection."""
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End the connections that clients keep alive, and with each its thread."""
        for request in list(self._open):
            with suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Speak what the client speaks: ssh's first word is its own."""
        if request.recv(len(ssh_backend.GREETING), socket.MSG_PEEK) == ssh_backend.GREETING:
            ssh_backend.serve(request.dup(), state=self.forge.state, ssh=self.forge.ssh)
        else:
            super().finish_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell every failure but that of a client that went away, as one does whose time is up."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def running_forge(bare: Path) -> Iterator[Forge]:
    """Yield a forge over a bare repository, on a free port of loopback."""
    forge = Forge(State(bare))
    server = _Server(forge)
    forge.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield forge
    finally:
        server.shutdown()
        server.hang_up()
        server.server_close()
        thread.join()


def _handler(forge: Forge) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _respond(self) -> None:
            body = git_backend.read_body(self)
            if self.path.startswith(f"/{FULL_NAME}"):
                token = forge.state.tokens.get(git_backend.token_of(self.headers.get("Authorization", "")))
                forge.git_seen.append(f"{self.command} {self.path}")
                level = "write" if git_backend.is_push(self.path) else "read"
                if token is None or not token.allows("contents", level):
                    git_backend.refuse(self, login=token.login if token else None)
                    return
                actor = f"Integration:{token.app}" if token.app else f"User:{token.login}"
                if self.command == "POST" and git_backend.is_push(self.path):
                    forge.state.pushers.append(actor)
                    if forge.state.settings.pop("next_push_fails", False):
                        self.send_error(502)
                        return
                said = git_backend.run_git(self, body, project=forge.state.bare, name=FULL_NAME, actor=actor)
                if git_backend.is_push(self.path):
                    forge.state.follow_branches()  # before the answer: who hears of the push sees what it moved
                git_backend.send(self, said)
                return
            answer, headers = forge.answer(self.command, self.path, body, self.headers.get("Authorization", ""))
            forge.seen.append(f"{self.command} {self.path} {answer.status}")
            raw = isinstance(answer.body, bytes)
            content = answer.body if raw else b"" if answer.body is None else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            for name, value in {"Content-Type": "application/json; charset=utf-8", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _respond  # noqa: N815 - http.server's names

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's signature
            """Say nothing: what was asked stands in `seen`."""

    return Handler
