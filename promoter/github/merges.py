"""How a commit of the default branch came to be: its pull request, who merged that, and who reviewed it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from promoter.github.client import Client, Json
from promoter.github.patience import Patience
from promoter.github.people import account_of, read_people
from promoter.history.people import Merged

_MOST_COMMITS = 250
"""Of one pull request: more GitHub does not list, and rebases no more than 100."""
_LISTED_AFTER_SECONDS = 120.0
"""From when on a commit that GitHub lists no pull request of was pushed."""
_ASKED_EVERY_SECONDS = 15.0
_BY_THE_CLOCK = Patience()
_MOST_LISTED = 200
"""Closed pull requests, newest first; a commit that GitHub does not list yet is seconds old."""


def read_merged(client: Client, commit: str, *, branch: str, claimed: int | None, teams: Iterable[str]) -> Merged:
    """Return how a commit came to a branch; without a merged pull request it was pushed.

    `claimed` is the number that its message names: it is looked at where GitHub lists nothing for the commit, as it
    may for some seconds after the merge, and it counts only where GitHub names this commit as its merge.
    """
    found = list(_merged_with(client, commit, branch))
    exact = [pull for pull in found if pull.get("merge_commit_sha") == commit]
    numbers = sorted(int(pull["number"]) for pull in exact or found)
    if not numbers and claimed is not None and _is_merge_of(client, claimed, commit, branch):
        numbers = [claimed]
    if not numbers:
        return Merged(pull_request=None)
    pull = client.get(f"pulls/{numbers[0]}")
    return Merged.model_validate(
        {
            "pull_request": numbers[0],
            "head": str(pull["head"]["sha"]),
            "merged_by": account_of(pull.get("merged_by")),
            "reviews": read_people(client, numbers[0], teams=teams),
        }
    )


def read_settled(
    client: Client,
    commit: str,
    *,
    committed_at: datetime,
    branch: str,
    claimed: int | None,
    teams: Sequence[str],
    patience: Patience = _BY_THE_CLOCK,
) -> Merged:
    """Return how a commit came to a branch, as `read_merged` does, once GitHub had the time to list it.

    The commits of a rebase name no number to look for. Asked for too early they would be recorded as pushed, for good.
    """
    while True:
        merged = read_merged(client, commit, branch=branch, claimed=claimed, teams=teams)
        age_seconds = patience.now() - committed_at.timestamp()
        if merged.pull_request is not None or not 0 <= age_seconds < _LISTED_AFTER_SECONDS:
            return merged
        patience.sleep(_ASKED_EVERY_SECONDS)


def read_rebased(client: Client, commits: Sequence[str], position: int, *, number: int, branch: str) -> tuple[str, str]:
    """Return the first and the last commit that one pull request was rebased onto a branch as.

    `commits` is the line, oldest first; the one at `position` came with the pull request. Its neighbours are asked for
    until one did not.
    """

    def is_of_it(place: int) -> bool:
        if not 0 <= place < len(commits) or abs(place - position) > _MOST_COMMITS:
            return False
        return any(int(pull["number"]) == number for pull in _merged_with(client, commits[place], branch))

    first = last = position
    while is_of_it(first - 1):
        first -= 1
    while is_of_it(last + 1):
        last += 1
    return commits[first], commits[last]


def _merged_with(client: Client, commit: str, branch: str) -> Iterator[Json]:
    """Yield the merged pull requests that brought a commit to a branch: several after a rebase of stacked ones."""
    for pull in client.pages(f"commits/{commit}/pulls"):
        if pull.get("merged_at") and pull["base"]["ref"] == branch and _is_here(client, pull):
            yield pull


def _is_here(client: Client, pull: Json) -> bool:
    place = (pull["base"].get("repo") or {}).get("full_name", client.repository)
    return str(place).casefold() == client.repository.casefold()


def _is_merge_of(client: Client, number: int, commit: str, branch: str) -> bool:
    """Say whether a pull request was merged as a commit; a message can name any number, and one that is not there."""
    listed = (pull for pull in client.pages("pulls", state="closed", base=branch, sort="updated", direction="desc"))
    for seen, pull in enumerate(listed):
        if int(pull["number"]) == number:
            return bool(pull.get("merged_at")) and pull.get("merge_commit_sha") == commit
        if seen >= _MOST_LISTED:
            break
    return False
