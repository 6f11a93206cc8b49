"""Moves that are proposed and not merged: read from branches and fetched pull requests, without GitHub."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from promoter.commands.overtaken import came_in, is_recorders, why_outdated, why_overtaken
from promoter.commands.past import Past
from promoter.document.bind import bind
from promoter.document.reader import read_yaml
from promoter.errors import PromoterError
from promoter.history.pointer import read_version
from promoter.history.walk import changed_files
from promoter.policy.pipeline import Pipeline
from promoter.registry.address import StageAddress
from promoter.registry.layout import FileKind, Place, place_of
from promoter.registry.stage import StagePointer

BRANCHES = ("refs/heads/promoter/", "refs/remotes/", "refs/pull/")
"""Where proposals lie: Promoter's own branches, here or on a remote, and the heads of pull requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A move of a pointer in a commit; `version` is None where it would empty the stage, `change` is its ticket.

    `is_unreadable`: the pointer names no version, and is there.
    """

    address: StageAddress
    version: str | None
    change: str | None = None
    is_unreadable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A move that a reference proposes; `version` is None where it would empty the stage, or cannot be read."""

    address: StageAddress
    version: str | None
    reference: str
    commit: str
    change: str | None = None
    """The ticket that the pointer names."""
    is_unreadable: bool = False
    overtaken: str | None = None
    """Why it does not wait any more: the default branch has gone past it, and it was not taken back yet."""


def find_pending(past: Past, serving: Mapping[StageAddress, str | None], pipeline: Pipeline) -> tuple[Pending, ...]:
    """Return the moves that references propose against what the default branch serves, each commit's once.

    `serving` lacks the stages of which nobody knows what they serve: whatever is proposed for those is a move.
    A reference whose commits are all merged proposes nothing, nor does a pointer that is there already or was since the
    reference left: it came in by a squash. A reference that cannot be compared is left out; it has no merge base, or a
    clone lacks its objects.
    """
    found: dict[tuple[StageAddress, str], Pending] = {}
    for name, commit in past.repository.references(BRANCHES):
        if _is_proposal(name) and commit != past.tip:
            try:
                waiting = list(_waiting(past, pipeline, name, commit))
            except PromoterError:
                continue
            for pending in waiting:
                is_there = pending.address in serving and serving[pending.address] == pending.version
                if pending.is_unreadable or not is_there:
                    found.setdefault((pending.address, commit), pending)
    return tuple(sorted(found.values(), key=lambda item: (item.address, item.reference)))


def _waiting(past: Past, pipeline: Pipeline, name: str, commit: str) -> Iterator[Pending]:
    base = past.repository.merge_base(past.tip, commit)
    for move in proposed_moves(past, commit, base=base):
        if move.is_unreadable or came_in(past, move.address, move.version, base=base) is None:
            overtaken = why_outdated(past, move.address, base=base)
            if overtaken is None and move.version is not None and is_recorders(past, commit, base=base):
                overtaken = why_overtaken(past, pipeline, move.address, move.version)
            yield Pending(
                address=move.address,
                version=move.version,
                reference=name,
                commit=commit,
                change=move.change,
                is_unreadable=move.is_unreadable,
                overtaken=overtaken,
            )


def _is_proposal(name: str) -> bool:
    _, kind, *rest = name.split("/")
    match kind:
        case "remotes":
            return rest[1:2] == ["promoter"] or rest[1:2] == ["pull"]
        case "pull":
            return rest[-1] == "head"
        case _:
            return True


def proposed_moves(past: Past, commit: str, *, base: str) -> Iterator[Proposed]:
    """Yield the pointers that a commit moves since it left the default branch at `base`."""
    before, after = (bytes.fromhex(past.repository.commit(name).tree_id) for name in (base, commit))
    for change in changed_files(past.reader, before, after):
        place = place_of(change.path)
        if isinstance(place, Place) and place.kind is FileKind.STAGE:
            address = StageAddress(place.model or "", place.name or "")
            content = past.reader.blob(change.after) if change.after is not None else None
            if content is None or (version := read_version(content)) is None:
                yield Proposed(address=address, version=None, is_unreadable=content is not None)
            else:
                ticket = bind(read_yaml(content, path=change.path), StagePointer).change
                yield Proposed(address=address, version=version, change=ticket)
