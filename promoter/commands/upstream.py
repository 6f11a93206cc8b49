"""The GitHub repository that a clone belongs to, as far as `promote`, `rollback` and `propose` write to it."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

import click

from promoter.commands.past import Past
from promoter.errors import Location, Problem, ProposalError, ServiceError
from promoter.git.remote import Remote
from promoter.github.client import Client, connect
from promoter.github.faults import is_refusal
from promoter.github.naming import GITHUB, api_of, repository_at
from promoter.github.patience import Patience
from promoter.github.pulls import MayNotOpenError, PullRequest, open_or_update
from promoter.github.recheck import request_gate

_TOKENS = ("GITHUB_TOKEN", "GH_TOKEN")
_HINTS = (
    ((401,), f"{' or '.join(_TOKENS)} must hold a token that GitHub knows, such as `gh auth token` prints"),
    ((403, 404), "use a token that may write pull requests in this repository"),
    ((422,), "GitHub names above what it misses"),
)
"""For people, by GitHub's answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """A repository on GitHub. `base` is its default branch, `page` its address for people."""

    remote: Remote
    client: Client
    base: str
    page: str

    def leased(self, branch: str, *, tip: str) -> str | None:
        """Return the commit of a branch there. Raises ProposalError where the default branch is not at `tip`."""
        found = self.remote.tips(self.base, branch)
        if found[self.base] != tip:
            message = f"{self.base} is at {found[self.base]} on GitHub, and at {tip} in this clone"
            hint = f"`git fetch {self.remote.name}`, bring {self.base} up to date, and run this again"
            raise ProposalError(Problem(Location(self.base), message, hint))
        return found[branch]

    def publish(self, branch: str, head: str, *, expected: str | None, title: str, body: str) -> PullRequest:
        """Push a commit to its branch, and open or update the branch's one pull request.

        A branch that is pushed and has no pull request yet, because GitHub failed, gets it from the next run.
        """
        if expected != head:
            self.remote.push(head, branch, expected=expected)
        try:
            return open_or_update(self.client, head=branch, base=self.base, title=title, body=body)
        except ServiceError as error:
            way = f"{branch} is pushed: run this again, or open its pull request at {self.form_of(branch)}"
            told = (Problem(one.location, one.message, f"{_hint(error, one)}; {way}") for one in error.problems)
            raise type(error)(*told) from error

    def start_gate(self, number: int) -> None:
        """Ask for the gate's verdict on a pull request: one that GITHUB_TOKEN opened starts no workflow."""
        request_gate(self.client, number, branch=self.base)

    def form_of(self, branch: str) -> str:
        """Return the address of GitHub's form that opens a branch's pull request."""
        return f"{self.page}/compare/{self.base}...{branch}?expand=1"


def _hint(error: ServiceError, problem: Problem) -> str:
    """Return what to do; who sits at a terminal has no job whose permissions could be mended."""
    if os.environ.get("GITHUB_ACTIONS") == "true" or isinstance(error, MayNotOpenError):
        return problem.hint
    hints = (hint for codes, hint in _HINTS if is_refusal(error, codes))
    return next(hints, "see githubstatus.com and your network")


def _wait(seconds: float) -> None:
    """Wait, and say so: whoever rolls back should not wonder at a silent terminal."""
    click.echo(f"GitHub does not answer, or asks to wait: trying again in {seconds:.0f} s", err=True)
    time.sleep(seconds)


def find_upstream(past: Past) -> Upstream | str:
    """Return where a clone's pull requests go, or why they cannot be opened from here."""
    server = os.environ.get("GITHUB_SERVER_URL", "").rstrip("/") or GITHUB
    remote = Remote(Path(past.repository.folder))
    url = remote.url()
    if url is None:
        return f"this clone has no remote {remote.name}"
    repository = repository_at(url, server=server)
    if repository is None:
        return f"{remote.name} is no repository on {server}"
    token = next((found for name in _TOKENS if (found := os.environ.get(name))), None)
    if token is None:
        return f"neither {' nor '.join(_TOKENS)} holds a token"
    api_url = os.environ.get("GITHUB_API_URL") or api_of(server)
    client = connect(repository, token=token, api_url=api_url, patience=Patience(sleep=_wait))
    base = past.repository.default_branch().split("/", 2)[2].removeprefix(f"{remote.name}/")
    return Upstream(remote=remote, client=client, base=base, page=f"{server}/{repository}")
