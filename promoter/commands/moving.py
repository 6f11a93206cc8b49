"""A stage pointer moved on a branch of its own: what `promote` and `rollback` share."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import click

from promoter.commands.delivering import Delivered, Delivery, Desk, deliver, tell_dry_run
from promoter.commands.past import Past
from promoter.errors import Location, Problem, ProposalError
from promoter.git.commit import Person
from promoter.git.snapshot import Snapshot
from promoter.git.writing import Stamp, Writer
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

    `revert` names the merge that is undone: the move is its true revert (`git revert -m 1`) where it moved the pointer
    and nothing else, and says so.
    """
    writer = Writer.open(past.repository.folder)
    content = content_before(past, writer, move, revert) if revert is not None else None
    if content is not None:
        title, _, trailers = move.message.partition("\n")
        message = f"{title}\n\nThis reverts commit {revert}.\n{trailers}"
        move = replace(move, files=dict.fromkeys(move.files, content), message=message)
    click.echo(difference(move, past), nl=False)
    if delivery.is_dry_run:
        tell_dry_run(move.branch, desk)
        return
    at = datetime.now(UTC).replace(microsecond=0)
    stamp = Stamp(author=author_of(writer), at=at, message=move.message)
    head = writer.commit_files(move.branch, move.files, stamp, onto=past.tip)
    what = Delivered(branch=move.branch, title=move.message.partition("\n")[0], facts=move.facts)
    deliver(what, head, past, desk=desk, delivery=delivery, at=at)


def content_before(past: Past, writer: Writer, move: Move, commit: str) -> bytes | None:
    """Return the pointer as it was before a merge: what reverting it brings back.

    None where that is no merge, where it did more than move this pointer, where the pointer was changed since, or
    where it did not serve the wanted version before.
    """
    (path,) = move.files
    parents = past.repository.commit(commit).parent_ids
    if len(parents) < 2 or writer.changed_paths(parents[0], commit) != (path,):
        return None
    before, after = (Snapshot(past.repository, past.repository.commit(one).tree_id) for one in (parents[0], commit))
    if after.entry(path) != past.tree.entry(path) or before.entry(path) is None:
        return None
    pointer = Shelf(before, move.address.model).read_stage(move.address.stage)
    is_wanted = pointer is not None and pointer.value.version == move.version
    return before.read(path, limit_bytes=YAML_LIMIT_BYTES) if is_wanted else None


def difference(move: Move, past: Past) -> str:
    """Return what the move changes, as a unified diff."""
    lines: list[str] = []
    for path, content in move.files.items():
        # What was pushed broken may be no text at all: it is shown all the same, as it is taken away.
        before = (
            past.tree.read(path, limit_bytes=YAML_LIMIT_BYTES).decode(errors="replace") if past.tree.entry(path) else ""
        )
        lines += difflib.unified_diff(
            before.splitlines(keepends=True), content.decode().splitlines(keepends=True), f"a/{path}", f"b/{path}"
        )
    return "".join(lines)


def author_of(writer: Writer) -> Person:
    """Return who git says is at work. Raises ProposalError where git does not know."""
    person = writer.configured_person()
    if person is None:
        hint = "git config user.name and user.email, then run it again"
        raise ProposalError(Problem(Location("git config"), "git does not know who you are", hint))
    return person


def parse_stage(text: str) -> StageAddress:
    """Return a stage's address. Raises ProposalError with the expected form."""
    try:
        return StageAddress.parse(text)
    except ValueError as error:
        raise ProposalError(Problem(Location(text), str(error), "run `promoter status` to see the stages")) from error


def _scalar(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
