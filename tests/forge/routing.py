"""What a route is: a pattern, the permission that it takes, and what it does with a call."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.forge.state import State, Token


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body; a list is paged by the server, `list_key` is what wraps it."""

    status: int
    body: Any
    list_key: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was understood."""

    state: State
    token: Token
    groups: tuple[str, ...]
    query: dict[str, str]
    body: dict[str, Any] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """The route's first group as a number."""
        return int(self.groups[0])


class RefusedError(Exception):
    """An answer that is an error."""

    def __init__(
        self, status: int, message: str, *, errors: Sequence[str | dict[str, str]] = (), accepted: str = ""
    ) -> None:
        self.answer = Answer(status, {"message": message, "documentation_url": "https://docs.github.com/rest"})
        self.headers = {"X-Accepted-GitHub-Permissions": accepted} if accepted else {}
        if errors:
            self.answer.body["errors"] = list(errors)
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Route:
    """A route, most of them below /repos/acme/registry, and the permission that it takes."""

    method: str
    pattern: re.Pattern[str]
    scopes: tuple[str, ...]
    level: str
    handler: Callable[[Call], Answer]

    def check(self, token: Token) -> None:
        """Raise 403 where the token lacks the permission; metadata needs none."""
        if not any(scope == "metadata" or token.allows(scope, self.level) for scope in self.scopes):
            accepted = "; ".join(f"{scope.replace('-', '_')}={self.level}" for scope in self.scopes)
            raise RefusedError(403, "Resource not accessible by integration", accepted=accepted)


def route(method: str, pattern: str, scope: str, handler: Callable[[Call], Answer]) -> Route:
    """Return a route; `scope` may name several that do: a comment on a pull request takes issues or pull-requests."""
    level = "read" if method == "GET" else "write"
    return Route(method, re.compile(pattern), tuple(scope.split("|")), level, handler)
