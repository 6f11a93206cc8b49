"""Pull requests that the recorder opened and the registry has overtaken: which it closes, and what it says there."""

from collections.abc import Iterator
from dataclasses import dataclass

from promoter.commands.case import rules_of
from promoter.commands.past import Past
from promoter.errors import PolicyError, ProposalError
from promoter.github.client import Client
from promoter.github.comment import Sticky, upsert_comment
from promoter.github.content import read_content
from promoter.github.pulls import Branch, authors_of, branches_below, close
from promoter.history.event import MOVES, Event, EventKind
from promoter.history.pointer import read_version
from promoter.policy.pipeline import Pipeline
from promoter.registry.address import StageAddress
from promoter.registry.layout import FileKind, Place, place_of
from promoter.registry.stock import Shelf

BRANCHES = "promoter/"
_MARKER = "<!-- promoter: overtaken -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtaken:
    """A proposal that must not be merged any more, and why."""

    branch: Branch
    address: StageAddress
    version: str
    reason: str

    @property
    def comment(self) -> str:
        """What the pull request is told before it is closed."""
        return (
            f"{_MARKER}\n**Closed: {self.reason}.** It proposed `{self.version}` for `{self.address}`, "
            "as the pipeline asks after a promotion.\n\nTo promote it all the same, run "
            f"`promoter promote {self.address.model}@{self.version} --stage {self.address.stage}`.\n"
        )


def find_overtaken(client: Client, past: Past, *, base: str, recorder: str) -> Iterator[Overtaken]:
    """Yield the open proposals whose every commit is the recorder's and that the default branch's tip has overtaken.

    Asked of GitHub are the open pull requests and, of those on a stage's branch, the pointer and the authors.
    """
    try:
        pipeline = rules_of(past.tree).pipeline
    except PolicyError:
        return
    for branch in branches_below(client, BRANCHES, base=base):
        model, _, stage = branch.name.removeprefix(BRANCHES).rpartition("/")
        path = f"models/{model}/stages/{stage}.yaml"
        place = place_of(path)
        if not isinstance(place, Place) or place.kind is not FileKind.STAGE:
            continue
        content = read_content(client, path, ref=branch.head)
        version = read_version(content) if content is not None else None
        if version is None:
            continue
        address = StageAddress(model, stage)
        reason = why_overtaken(past, pipeline, address, version)
        if reason is not None and authors_of(client, branch.number) == {recorder}:
            yield Overtaken(branch=branch, address=address, version=version, reason=reason)


def why_overtaken(past: Past, pipeline: Pipeline, address: StageAddress, version: str) -> str | None:
    """Return why a version is not what comes next to a stage, or None where it is still what the stage before serves.

    A stage without one before it is nobody's next.
    """
    shelf = Shelf(past.tree, address.model)
    try:
        withdrawn = {entry.version: entry.reason for entry in shelf.withdrawn()}
    except ProposalError:
        return None  # what cannot be read overtakes nothing: the gate refuses the merge, and the audit names the file
    if version in withdrawn:
        return f"{version} is withdrawn"
    before = pipeline.stage_before(address.stage)
    if before is None:
        return None
    last = _last_move(past, StageAddress(address.model, before))
    if last is None or last.version == version or last.kind is EventKind.UNREADABLE:
        return None
    source, at = StageAddress(address.model, before), f"since commit {last.commit[:10]}"
    if last.version is None:
        return f"{source} serves nothing {at}"
    if last.kind is EventKind.ROLLBACK:
        return f"{source} was rolled back to {last.version} {at}"
    return f"{source} serves {last.version} {at}"


def _last_move(past: Past, address: StageAddress) -> Event | None:
    moves = (event for event in reversed(past.timeline.events) if event.kind in MOVES)
    return next((event for event in moves if (event.model, event.stage) == (address.model, address.stage)), None)


def close_overtaken(client: Client, overtaken: Overtaken, *, recorder: str) -> None:
    """Say why, then close: a run that ends in between says nothing twice."""
    sticky = Sticky(marker=_MARKER, author=recorder)
    upsert_comment(client, overtaken.branch.number, overtaken.comment, sticky=sticky)
    close(client, overtaken.branch.number)
