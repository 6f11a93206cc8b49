"""Moves that are proposed and not merged: read from branches and fetched pull requests, without GitHub."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from promoter.commands.past import Past
from promoter.document.bind import bind
from promoter.document.reader import read_yaml
from promoter.errors import PromoterError
from promoter.history.pointer import read_version
from promoter.history.walk import changed_files
from promoter.registry.address import StageAddress
from promoter.registry.layout import FileKind, Place, place_of
from promoter.registry.stage import StagePointer

BRANCHES = ("refs/heads/promoter/", "refs/remotes/", "refs/pull/")
"""Where proposals lie: Promoter's own branches, here or on a remote, and the heads of pull requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A move that a reference proposes; `version` is None where it would empty the stage."""

    address: StageAddress
    version: str | None
    reference: str
    commit: str
    change: str | None = None
    """The ticket that the pointer names."""


def find_pending(past: Past, serving: Mapping[StageAddress, str | None]) -> tuple[Pending, ...]:
    """Return the moves that references propose against what the default branch serves, each commit's once.

    A reference whose commits are all merged proposes nothing, nor does a pointer that is there already: it came in
    by a squash. A reference that cannot be compared is left out; it has no merge base, or a clone lacks its objects.
    """
    found: dict[tuple[StageAddress, str], Pending] = {}
    for name, commit in past.repository.references(BRANCHES):
        if _is_proposal(name) and commit != past.tip:
            try:
                moves = list(_moves(past, commit))
            except PromoterError:
                continue
            for address, version, change in moves:
                if serving.get(address) != version:
                    pending = Pending(address=address, version=version, reference=name, commit=commit, change=change)
                    found.setdefault((address, commit), pending)
    return tuple(sorted(found.values(), key=lambda item: (item.address, item.reference)))


def _is_proposal(name: str) -> bool:
    _, kind, *rest = name.split("/")
    match kind:
        case "remotes":
            return rest[1:2] == ["promoter"] or rest[1:2] == ["pull"]
        case "pull":
            return rest[-1] == "head"
        case _:
            return True


def _moves(past: Past, commit: str) -> Iterator[tuple[StageAddress, str | None, str | None]]:
    """Yield the pointers that a commit moves since it left the default branch: stage, version, ticket."""
    base = past.repository.merge_base(past.tip, commit)
    before, after = (bytes.fromhex(past.repository.commit(name).tree_id) for name in (base, commit))
    for change in changed_files(past.reader, before, after):
        place = place_of(change.path)
        if isinstance(place, Place) and place.kind is FileKind.STAGE:
            address = StageAddress(place.model or "", place.name or "")
            content = past.reader.blob(change.after) if change.after is not None else None
            if content is None or (version := read_version(content)) is None:
                yield address, None, None
            else:
                yield address, version, bind(read_yaml(content, path=change.path), StagePointer).change
