"""A stage pointer moved on a branch of its own: what `promote` and `rollback` share."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import click

from promoter.commands.committing import commit
from promoter.commands.delivering import Delivered, Delivery, Desk, deliver, tell_dry_run
from promoter.commands.past import Past
from promoter.commands.patch import patch
from promoter.errors import Location, Problem, ProposalError
from promoter.git.snapshot import Snapshot
from promoter.git.writing import Writer
from promoter.registry.address import StageAddress
from promoter.registry.layout import MODELS
from promoter.registry.mending import served_before
from promoter.registry.reading import YAML_LIMIT_BYTES
from promoter.registry.stage import Withdrawal
from promoter.registry.stock import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A pointer that is to serve another version; `replaced` is None where the stage serves nothing."""

    address: StageAddress
    version: str
    replaced: str | None
    files: Mapping[str, bytes]
    message: str
    reasons: tuple[tuple[str, str], ...] = ()

    @property
    def branch(self) -> str:
        """The branch of the stage."""
        return branch_of(self.address)

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What the pull request says of it, as pairs (name, text)."""
        return (
            ("stage", f"`{self.address}`"),
            ("serves now", f"`{self.replaced}`" if self.replaced else "nothing"),
            ("is to serve", f"`{self.version}`"),
            *self.reasons,
        )


def branch_of(address: StageAddress) -> str:
    """Return the one branch of a stage: a later move replaces an earlier one that is not merged."""
    return f"promoter/{address.model}/{address.stage}"


def plan_move(
    past: Past,
    address: StageAddress,
    version: str,
    *,
    keys: Mapping[str, str | None],
    message: str,
    incident: str | None = None,
) -> Move:
    """Return the move of a stage to a version; `keys` go into its pointer. Raises ProposalError where it cannot be."""
    shelf = Shelf(past.tree, address.model)
    replaced, broken = served_before(past.tree, address)
    for problem in broken:
        click.echo(f"warning: what {address} serves is unknown: {problem.location}: {problem.message}", err=True)
    path = f"{MODELS}/{address.model}/stages/{address.stage}.yaml"
    if not broken and (pointer := shelf.read_stage(address.stage)) is not None and pointer.value.environment:
        told = f"its `environment` is left out: it says what the stage ran {replaced} in; add it where it still holds"
        click.echo(f"warning: {path}: {told}", err=True)
    if replaced == version:
        raise ProposalError(Problem(Location(path), f"{address} serves {version} already", "name another version"))
    if not shelf.has_version(version):
        known = ", ".join([name for name in shelf.versions() if shelf.has_version(name)][-5:]) or "none"
        is_there = version in shelf.versions()
        lack = "has lost its manifest.yaml" if is_there else "is not registered"
        hint = f"restore versions/{version}/manifest.yaml from history, or use" if is_there else "use"
        raise ProposalError(Problem(Location(path), f"{version} {lack}", f"{hint} one of {known}"))
    refuse_withdrawn(shelf.withdrawn(), version, path)
    text = f"# yaml-language-server: $schema={'../' * (address.model.count('/') + 3)}schemas/stage.schema.json\n"
    text += f'version: "{version}"\n'
    text += "".join(f"{key}: {_scalar(value)}\n" for key, value in keys.items() if value is not None)
    return Move(
        address=address,
        version=version,
        replaced=replaced,
        files={path: text.encode()},
        message=message,
        reasons=tuple((name, text) for name, text in {**keys, "incident": incident}.items() if text is not None),
    )


def refuse_withdrawn(withdrawn: tuple[Withdrawal, ...], version: str, path: str) -> None:
    """Raise ProposalError where a version is withdrawn."""
    for entry in withdrawn:
        if entry.version == version:
            message = f"{version} is withdrawn: {entry.reason}"
            raise ProposalError(Problem(Location(path), message, "name a version that is not withdrawn"))


def carry_out(move: Move, past: Past, *, desk: Desk, delivery: Delivery, revert: str | None) -> None:
    """Print the difference, commit the move on its branch, and deliver it; a dry run prints alone.

    `revert` names the commit of the line that is undone: the move is its true revert (`git revert`, of a merge with
    `-m 1`) where it moved the pointer and nothing else, and says so in git's own words.
    """
    writer = Writer.open(past.repository.folder)
    undone = undo(past, writer, move, revert) if revert is not None else None
    if undone is not None:
        content, told = undone
        title, _, trailers = move.message.partition("\n")
        move = replace(move, files=dict.fromkeys(move.files, content), message=f"{title}\n\n{told}\n{trailers}")
    click.echo(difference(move, past), nl=False)
    if delivery.is_dry_run:
        tell_dry_run(move.branch, desk)
        return
    at = datetime.now(UTC).replace(microsecond=0)
    head = commit(writer, move.branch, move.files, move.message, past=past, expected=desk.expected, at=at)
    what = Delivered(branch=move.branch, title=move.message.partition("\n")[0], facts=move.facts)
    deliver(what, head, past, desk=desk, delivery=delivery, at=at)


def undo(past: Past, writer: Writer, move: Move, revert: str) -> tuple[bytes, str] | None:
    """Return the pointer as it was before a commit of the line: what reverting that brings back, with git's words.

    None where the commit did more than move this pointer, where the pointer was changed since, or where it did not
    serve the wanted version before.
    """
    (path,) = move.files
    parents = past.repository.commit(revert).parent_ids
    if not parents or writer.changed_paths(parents[0], revert) != (path,):
        return None
    before, after = (Snapshot(past.repository, past.repository.commit(one).tree_id) for one in (parents[0], revert))
    if after.entry(path) != past.tree.entry(path) or before.entry(path) is None:
        return None
    pointer = Shelf(before, move.address.model).read_stage(move.address.stage)
    if pointer is None or pointer.value.version != move.version:
        return None
    told = f", reversing\nchanges made to {parents[0]}" if len(parents) > 1 else ""
    return before.read(path, limit_bytes=YAML_LIMIT_BYTES), f"This reverts commit {revert}{told}."


def difference(move: Move, past: Past) -> str:
    """Return what the move changes, as a unified diff."""
    # What was pushed broken may be no text at all: it is shown all the same, as it is taken away.
    return "".join(
        patch(
            past.tree.read(path, limit_bytes=YAML_LIMIT_BYTES).decode(errors="replace")
            if past.tree.entry(path)
            else None,
            content.decode(),
            path=path,
        )
        for path, content in move.files.items()
    )


def _scalar(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
