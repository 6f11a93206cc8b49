"""The recorder's own proposals that the registry has overtaken: which it takes back, and what it says there.

1. The pull request is told why. 2. It is closed. 3. Its branch goes. A run that ends in between leaves a branch without
an open pull request, and the next one takes that away.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from promoter.commands.overtaken import RECORDER, came_in, is_recorders, why_overtaken
from promoter.commands.past import Past
from promoter.commands.pending import proposed_moves
from promoter.commands.rules_of_base import rules_of
from promoter.errors import PolicyError, PromoterError
from promoter.git.remote import Remote
from promoter.github.client import Client
from promoter.github.comment import Sticky, upsert_comment
from promoter.github.pulls import branches_below, close
from promoter.policy.pipeline import Pipeline
from promoter.registry.address import StageAddress

BRANCHES = "promoter/"
FETCHED = "refs/promoter/branches/"
"""Where the remote's branches lie while they are looked at; no proposal is looked for there."""

_MARKER = "<!-- promoter: overtaken -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtaken:
    """A branch that must not be merged any more, and why; `number` is its open pull request's, where it has one."""

    branch: str
    head: str
    number: int | None
    address: StageAddress
    version: str
    reason: str

    @property
    def told(self) -> str:
        """What is done about it, for the log."""
        what = "a branch without an open pull request, is deleted" if self.number is None else f"#{self.number}, closed"
        return f"{self.branch}: {what}: {self.reason}"

    @property
    def comment(self) -> str:
        """What the pull request is told before it is closed."""
        return (
            f"{_MARKER}\n**Closed: {self.reason}.** It proposed `{self.version}` for `{self.address}`, "
            "as the pipeline asks after a promotion.\n\nTo promote it all the same, run "
            f"`promoter promote {self.address.model}@{self.version} --stage {self.address.stage}`.\n"
        )


def find_overtaken(client: Client, past: Past, *, base: str) -> Iterator[Overtaken]:
    """Yield the recorder's branches on the remote, with or without an open pull request, that were overtaken.

    Of GitHub the open pull requests are asked; all else is read from the branches, which are fetched.
    """
    try:
        pipeline = rules_of(past.tree).pipeline
    except PolicyError:
        return
    numbers = {(pull.name, pull.head): pull.number for pull in branches_below(client, BRANCHES, base=base)}
    open_names = {name for name, _ in numbers}
    Remote(past.repository.folder).fetch_below(BRANCHES, into=FETCHED)
    for reference, head in past.repository.references((FETCHED,)):
        name = BRANCHES + reference.removeprefix(FETCHED)
        number = numbers.get((name, head))
        if number is None and name in open_names:
            continue  # it moved between the two answers: the next run looks again
        try:
            found = _overtaken(past, pipeline, name, head)
        except PromoterError:
            continue  # what cannot be read is not the recorder's work
        if found is not None:
            address, version, reason = found
            yield Overtaken(branch=name, head=head, number=number, address=address, version=version, reason=reason)


def _overtaken(past: Past, pipeline: Pipeline, name: str, head: str) -> tuple[StageAddress, str, str] | None:
    """Return stage, version and reason of a branch that moves its stage, is the recorder's alone, and was overtaken."""
    base = past.repository.merge_base(past.tip, head)
    for move in proposed_moves(past, head, base=base):
        if f"{BRANCHES}{move.address.model}/{move.address.stage}" != name or move.version is None:
            continue
        reason = why_overtaken(past, pipeline, move.address, move.version)
        came = came_in(past, move.address, move.version, base=base)
        if came is not None:
            reason = f"{move.address} got {move.version} by commit {came.commit[:10]}"
        if reason is not None and is_recorders(past, head, base=base):
            return move.address, move.version, reason
    return None


def take_back(client: Client, past: Past, overtaken: Overtaken) -> None:
    """Say why, then close, then delete: a run that ends in between says nothing twice."""
    if overtaken.number is not None:
        sticky = Sticky(marker=_MARKER, author=RECORDER.name)
        upsert_comment(client, overtaken.number, overtaken.comment, sticky=sticky)
        close(client, overtaken.number)
    Remote(past.repository.folder).delete(overtaken.branch, expected=overtaken.head)
