"""The one open pull request of a branch: found, opened, or brought up to date, and never doubled."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from github3.exceptions import GitHubError

from promoter.errors import Location, Problem, ServiceError
from promoter.github.client import Client, Json

_FORBIDDEN, _REFUSED = 403, 422
_SETTING = "not permitted to create or approve pull requests"
"""How GitHub refuses GITHUB_TOKEN where the setting is off, under the code 403."""


class MayNotOpenError(ServiceError):
    """A setting of the repository keeps GitHub Actions from opening pull requests; a person may open it by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """An open pull request. `is_new` says that this call opened it, `title_before` what another title it had."""

    number: int
    url: str
    is_new: bool
    title_before: str | None = None


def open_or_update(client: Client, *, head: str, base: str, title: str, body: str) -> PullRequest:
    """Make the one open pull request from `head` to `base`, branches of this repository, say title and body.

    GitHub keeps at most one open from a branch to another, so a request that failed and was carried out all the same,
    or another run that was faster, ends in an update. Raises ServiceError where GitHub refuses it, as it does for a
    branch that adds no commit; MayNotOpenError where the token may not open any.
    """
    found = _find(client, head=head, base=base)
    if found is None:
        try:
            made = client.post("pulls", {"title": title, "head": head, "base": base, "body": body})
        except ServiceError as error:
            found = _find(client, head=head, base=base) if _code(error) == _REFUSED else None
            if found is None:
                raise _told(error) from error.__cause__
        else:
            return PullRequest(number=int(made["number"]), url=str(made["html_url"]), is_new=True)
    number = int(found["number"])
    if not _says(found, title=title, body=body):
        client.patch(f"pulls/{number}", {"title": title, "body": body})
    before = str(found["title"])
    return PullRequest(
        number=number, url=str(found["html_url"]), is_new=False, title_before=before if before != title else None
    )


def find_number(client: Client, *, head: str, base: str) -> int | None:
    """Return the number of the open pull request of a branch, or None where there is none."""
    found = _find(client, head=head, base=base)
    return None if found is None else int(found["number"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """The branch of an open pull request, and the commit that it points at."""

    number: int
    name: str
    head: str


def branches_below(client: Client, prefix: str, *, base: str) -> Iterator[Branch]:
    """Yield the branches of this repository below a prefix that have an open pull request to `base`."""
    for pull in client.pages("pulls", state="open", base=base):
        name = str(pull["head"]["ref"])
        if name.startswith(prefix) and _is_here(client, pull):
            yield Branch(number=int(pull["number"]), name=name, head=str(pull["head"]["sha"]))


def close(client: Client, number: int) -> None:
    """Close a pull request, unmerged; whoever may can open it again."""
    client.patch(f"pulls/{number}", {"state": "closed"})


def _is_here(client: Client, pull: Json) -> bool:
    """Say whether the pull request's branch lies in this repository, and not in a fork."""
    source: Mapping[str, Any] = pull["head"]["repo"] or {}
    return str(source.get("full_name")).casefold() == client.repository.casefold()


def _find(client: Client, *, head: str, base: str) -> Json | None:
    """Return the open pull request of a branch; a fork's branch of the same name is another one."""
    owner = client.repository.partition("/")[0]
    for pull in client.pages("pulls", state="open", head=f"{owner}:{head}", base=base):
        if _is_here(client, pull) and (pull["head"]["ref"], pull["base"]["ref"]) == (head, base):
            return pull
    return None


def _says(pull: Json, *, title: str, body: str) -> bool:
    """Say whether nothing is to be written; GitHub may answer with other line ends and without those at the end."""
    stored = str(pull.get("body") or "").replace("\r\n", "\n").rstrip()
    return pull["title"] == title and stored == body.replace("\r\n", "\n").rstrip()


def _code(error: ServiceError) -> int | None:
    return error.__cause__.code if isinstance(error.__cause__, GitHubError) else None


def _told(error: ServiceError) -> ServiceError:
    """Return the error with its remedy, where a setting keeps GitHub Actions from opening pull requests."""
    problem = error.problems[0]
    if _code(error) != _FORBIDDEN or _SETTING not in problem.message:
        return error
    hint = (
        "allow it under Settings > Actions > General > Workflow permissions, or pass the token of a GitHub App; "
        "the branch is pushed, so the pull request can be opened by hand as well"
    )
    return MayNotOpenError(Problem(Location(problem.location.path), problem.message, hint))
