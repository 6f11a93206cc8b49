"""What the forge holds: accounts, pull requests over real refs, comments, reviews, checks, tokens."""

import itertools
import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.forge.shapes import shape, user

BOT = "github-actions[bot]"
FULL_NAME = "acme/registry"
GITHUB_ACTIONS = "15368"
MOMENT = "2026-01-31T09:00:00Z"
_KNOWN_IDS = {BOT: 41898282, "rita": 101, "leo": 102}
"""Numeric ids that tests name; everybody else gets the next free one."""


@dataclass(slots=True, kw_only=True)
class Pull:
    """A pull request. `is_fork` says that its head lies in another repository."""

    number: int
    branch: str
    author: str
    title: str
    base: str
    is_fork: bool
    body: str = ""
    state: str = "open"
    merged_by: str | None = None
    merged: tuple[str, ...] = ()
    """The commits of the default branch that it became, oldest first."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a token may do: scope to read or write."""

    permissions: Mapping[str, str]
    login: str
    kind: str
    app: str = ""
    """The id of the app that it belongs to; a person's has none."""

    def allows(self, scope: str, level: str) -> bool:
        """Say whether the token has a scope at a level, or above."""
        given = self.permissions.get(scope, "none")
        return given == "write" or given == level


@dataclass(frozen=True, slots=True)
class DeployKey:
    """A key that may read the repository over ssh, and write to it; `public` is a line as OpenSSH writes it."""

    title: str
    public: str
    is_read_only: bool


@dataclass(slots=True)
class State:
    """The forge's memory; `bare` is the repository that git serves."""

    bare: Path
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    emails: dict[str, str] = field(default_factory=lambda: {"ada@example.org": "ada"})
    teams: dict[str, list[str]] = field(default_factory=dict)
    permissions: dict[str, str] = field(default_factory=dict)
    pulls: dict[int, Pull] = field(default_factory=dict)
    comments: dict[int, dict[str, Any]] = field(default_factory=dict)
    comments_of: dict[int, int] = field(default_factory=dict)
    reviews: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    check_runs: dict[int, dict[str, Any]] = field(default_factory=dict)
    annotations: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    statuses: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    deployments: dict[int, dict[str, Any]] = field(default_factory=dict)
    deployment_statuses: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    dispatches: list[dict[str, Any]] = field(default_factory=list)
    tokens: dict[str, Token] = field(default_factory=dict)
    deploy_keys: list[DeployKey] = field(default_factory=list)
    pushers: list[str] = field(default_factory=list)
    """Who pushed, or tried to, as rulesets name them: "Integration:15368" is GitHub Actions."""
    settings: dict[str, Any] = field(default_factory=dict)
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def git(self, *arguments: str) -> str:
        """Return what git prints in the bare repository."""
        return self.git_as({}, *arguments)

    def git_as(self, person: Mapping[str, str], *arguments: str) -> str:
        """Return what git prints; `person` are git's variables of author and committer."""
        environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        environment |= person
        command = ["git", "-C", str(self.bare), *arguments]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def mint(self, login: str = BOT, *, kind: str = "Bot", app: str = GITHUB_ACTIONS, **permissions: str) -> str:
        """Return a token with these permissions, such as issues="write"; it is long, so that masks hide only it."""
        token = f"ghs_{'x' * 28}{next(self.ids):08d}"
        scopes = {scope.replace("_", "-"): level for scope, level in permissions.items()}
        self.tokens[token] = Token(scopes, login, kind, app if kind == "Bot" else "")
        return token

    def account(self, login: str, *, kind: str = "User") -> dict[str, Any]:
        """Return an account, made when it is first named."""
        if login not in self.accounts:
            number = _KNOWN_IDS.get(login) or 1000 + next(self.ids)
            self.accounts[login] = user(login, number=number, kind="Bot" if login.endswith("[bot]") else kind)
        return self.accounts[login]

    def open_pull(
        self,
        branch: str,
        *,
        author: str = "ada",
        title: str = "A version",
        body: str = "",
        base: str = "main",
        is_fork: bool = False,
    ) -> Pull:
        """Return a new pull request of a branch, with GitHub's refs for it."""
        number = len(self.pulls) + 7
        pull = Pull(number=number, branch=branch, author=author, title=title, base=base, is_fork=is_fork, body=body)
        self.pulls[number] = pull
        self.move_head(pull)
        return pull

    def move_head(self, pull: Pull) -> str:
        """Point the pull request's head at its branch's tip, as a push does."""
        tip = self.git("rev-parse", f"refs/heads/{pull.branch}")
        self.git("update-ref", f"refs/pull/{pull.number}/head", tip)
        return tip

    def follow_branches(self) -> None:
        """Let each open pull request propose what its branch holds now."""
        for pull in self.pulls.values():
            if pull.state == "open" and not pull.is_fork:
                self.move_head(pull)

    def head_of(self, pull: Pull) -> str:
        """Return the commit that a pull request proposes."""
        return self.git("rev-parse", f"refs/pull/{pull.number}/head")

    def add_comment(self, number: int, login: str, body: str) -> dict[str, Any]:
        """Return a new comment."""
        comment_id = next(self.ids)
        comment = shape(
            "issue-comment",
            id=comment_id,
            user=self.account(login),
            body=body,
            created_at=MOMENT,
            updated_at=MOMENT,
        )
        self.comments[comment_id] = comment
        self.comments_of[comment_id] = number
        return comment

    def comments_on(self, number: int) -> list[dict[str, Any]]:
        """Return a pull request's comments, oldest first."""
        return [comment for key, comment in sorted(self.comments.items()) if self.comments_of[key] == number]

    def add_review(
        self, pull: Pull, login: str, state: str = "APPROVED", *, commit: str | None = None
    ) -> dict[str, Any]:
        """Return a new review of the head, or of another commit."""
        review = shape(
            "pull-request-review",
            id=next(self.ids),
            user=self.account(login),
            state=state,
            body="",
            commit_id=commit or self.head_of(pull),
            submitted_at=MOMENT,
        )
        self.reviews.setdefault(pull.number, []).append(review)
        return review

    def runs_on(self, sha: str) -> list[dict[str, Any]]:
        """Return the check runs of a commit, oldest first."""
        return [run for _, run in sorted(self.check_runs.items()) if run["head_sha"] == sha]
