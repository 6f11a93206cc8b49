"""A clone's remote, through git itself: the user's own addresses, keys and credential helpers are what holds."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from promoter.errors import Location, Problem, ServiceError
from promoter.report.plain import PROSE_LENGTH, plain, without_credentials

_HEADS = "refs/heads/"
_MOVED = ("stale info", "fetch first", "reference already exists", "cannot lock ref", "failed to update ref")
"""How git says that a branch is not what the push expects."""

_NOISE = ("To ", "Done", "error: failed to push some refs", "hint: ", "@@@", "remove with:", "ssh-keygen ")
_TAIL = (
    "fatal: Could not read from remote repository.",
    "Please make sure you have the correct access rights",
    "and the repository exists.",
)
"""What git adds to every failure of ssh: the reason stands above it."""

_AGAIN = "run this again, it takes up what is there now"
_HINTS = (
    (_MOVED, f"somebody moved the branch meanwhile: {_AGAIN}"),
    (
        ("Host key verification failed",),
        "compare the host's key with the one that it publishes: only if they are equal put its key in known_hosts",
    ),
    (
        ("Permission denied", "marked as read only", "Authentication failed", " denied to ", "error: 403"),
        "give git a key or a token that may {verb} there",
    ),
    (
        ("hung up", "disconnect", "Connection ", "early EOF", "timed out", "Could not resolve", "Failed to connect"),
        f"the connection failed: {_AGAIN}",
    ),
)
"""What to do about what git says, the first that fits. The words are git's, OpenSSH's and GitHub's."""


@dataclass(frozen=True, slots=True)
class Remote:
    """One remote of the clone at `folder`. Only `push` and `delete` write to it."""

    folder: Path
    name: str = "origin"

    def url(self) -> str | None:
        """Return where a push would go, or None where the clone has no such remote."""
        done = self._git("remote", "get-url", "--push", self.name)
        return done.stdout.strip() if done.returncode == 0 else None

    def tips(self, *branches: str) -> dict[str, str | None]:
        """Return the commit of each branch as the remote has it now, None where it has none.

        Raises ServiceError where the remote cannot be asked.
        """
        done = self._git("ls-remote", "--quiet", self.name, *(_HEADS + branch for branch in branches))
        if done.returncode != 0:
            raise ServiceError(self._failed("ls-remote", done.stderr, "check the network and who you are to git"))
        lines = (line.split("\t", 1) for line in done.stdout.splitlines() if "\t" in line)
        found = {name: commit for commit, name in lines}
        return {branch: found.get(_HEADS + branch) for branch in branches}

    def fetch_below(self, prefix: str, *, into: str) -> None:
        """Bring the remote's branches below a prefix into the clone, below `into`; what is gone there goes here too.

        Raises ServiceError where the remote cannot be asked.
        """
        kept = f"+{_HEADS}{prefix}*:{into}*"
        done = self._git("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--prune", self.name, kept)
        if done.returncode != 0:
            raise ServiceError(self._failed("fetch", done.stderr, "check the network and who you are to git"))

    def push(self, commit: str, branch: str, *, expected: str | None) -> None:
        """Make a branch of the remote point at a commit, only where it still points at `expected`, None being nowhere.

        Raises ServiceError where it has moved, or git or the remote refuses; the branch is then as it was.
        """
        self._push(commit, branch, expected=expected or "")

    def delete(self, branch: str, *, expected: str) -> None:
        """Take a branch away, only where it still points at `expected`. Raises ServiceError as `push` does."""
        self._push("", branch, expected=expected)

    def _push(self, commit: str, branch: str, *, expected: str) -> None:
        lease = f"--force-with-lease={_HEADS}{branch}:{expected}"
        done = self._git("push", "--porcelain", lease, self.name, f"{commit}:{_HEADS}{branch}")
        if done.returncode != 0:
            hint = "what is committed stays on the local branch: mend what git names, run again"
            raise ServiceError(self._failed("push", done.stdout + done.stderr, hint))

    def _git(self, *words: str) -> subprocess.CompletedProcess[str]:
        quiet = {"LC_ALL": "C"} | ({} if sys.stdin is not None and sys.stdin.isatty() else {"GIT_TERMINAL_PROMPT": "0"})
        command = ["git", "-C", str(self.folder), *words]
        try:
            return subprocess.run(  # noqa: S603 - no shell; branches and ids of our own making
                command, env=os.environ | quiet, capture_output=True, text=True, errors="replace", check=False
            )
        except OSError as error:
            problem = Problem(Location("git"), f"git cannot be run: {error.strerror}", "install git")
            raise ServiceError(problem) from error

    def _failed(self, what: str, told: str, otherwise: str) -> Problem:
        verb = "write" if what == "push" else "read"
        fitting = (hint.format(verb=verb) for words, hint in _HINTS if any(word in told for word in words))
        lines = [line for line in map(str.strip, told.splitlines()) if line and not line.startswith(_NOISE)]
        lines = [line for line in lines if line not in _TAIL] or lines
        words = without_credentials("; ".join(lines[-3:])) or "git does not say why"
        return Problem(Location(f"git {what} {self.name}"), plain(words, limit=PROSE_LENGTH), next(fitting, otherwise))
