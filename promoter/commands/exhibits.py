"""What an auditor is shown of a decision, and what is wrong with it: read from git alone, alike at any place."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from promoter.commands.past import Past
from promoter.commands.verifying import Finding, judge_again
from promoter.digest import sha256_bytes
from promoter.errors import Location, Problem, ProposalError
from promoter.git.snapshot import Snapshot
from promoter.history.event import OF_VERSIONS, OF_WITHDRAWALS, Event
from promoter.history.landing import Landing, landing_of
from promoter.history.record import DECISIONS, MAX_BYTES, Record, read_record, record_names
from promoter.registry.address import StageAddress
from promoter.registry.layout import POLICIES, FileKind, Place, place_of
from promoter.registry.reading import YAML_LIMIT_BYTES
from promoter.registry.stock import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """A file as it stood in a commit of the line."""

    commit: str
    path: str
    blob: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """One decision: its record, the tree that it left, the files that it rests on, and what is wrong with it."""

    record: Record
    tree: Snapshot
    exhibits: tuple[Exhibit, ...]
    findings: tuple[Finding, ...]


def examine(past: Past, path: str) -> Examined:
    """Return what there is to see of the record at a path of the tip.

    The record is made again from its own measurements, and must name the digest of the one before it. Raises
    ProposalError where there is no such record, or no commit of the line that it is about.
    """
    if not path.startswith(f"{DECISIONS}/"):
        hint = f"name one of {DECISIONS}/, as `promoter record` lists them"
        raise ProposalError(Problem(Location(path), "this is no path of a decision record", hint))
    record = read_record(past.tree, path)
    position = past.timeline.positions.get(str(record.value.get("commit")))
    event = None if position is None else _event(past, record, position)
    if position is None or event is None:
        message = "no change of the history is what this record describes"
        raise ProposalError(Problem(Location(path), message, "see `promoter audit verify`"))
    findings = [*_chain(past, record), *judge_again(past, event, record, None)]
    try:
        people = record.people
        landing = landing_of(past.timeline, event.commit, people.merged if people else None)
    except ValueError:  # a finding already
        landing = Landing(position, position)
    return Examined(
        record=record,
        tree=past.tree_at(landing.last),
        exhibits=tuple(_exhibits(past, record, landing)),
        findings=tuple(findings),
    )


def _event(past: Past, record: Record, position: int) -> Event | None:
    """Return the change of the history that a record is about, or None where there is none."""
    found = events_about(past, record.value.get("model"), record.value.get("stage"), position)
    return next((event for event in found if record.is_about(event)), None)


def events_about(past: Past, model: object, stage: object, position: int) -> Sequence[Event]:
    """Return what happened to a stage, or without one to a model's versions, up to a position; read along its path."""
    if isinstance(model, str) and isinstance(stage, str):
        return past.timeline.moves(StageAddress(model, stage), until=position)
    if isinstance(model, str):
        return past.timeline.of_model(model, OF_VERSIONS | OF_WITHDRAWALS, until=position)
    return ()


def _chain(past: Past, record: Record) -> Iterator[Finding]:
    folder, _, name = record.path.rpartition("/")
    names = record_names(past.tree, folder)
    place = names.index(name)
    before = past.tree.read(f"{folder}/{names[place - 1]}", limit_bytes=MAX_BYTES) if place else None
    expected = None if before is None else sha256_bytes(before)
    if record.sequence != place + 1 or record.value.get("previous") != expected:
        message = "it does not follow the record before it: one of the two was changed, or one is missing"
        yield Finding(subject=record.path, message=message, is_unverified=False)
    if place + 1 < len(names) and _names_another(past, f"{folder}/{names[place + 1]}", record.digest):
        message = "the record after it names another digest: it was changed after it was written"
        yield Finding(subject=record.path, message=message, is_unverified=False)


def _names_another(past: Past, path: str, digest: str) -> bool:
    """Say whether a record says that the one before it has another digest; what is no record says nothing."""
    with suppress(ProposalError):
        return bool(read_record(past.tree, path, is_whole=False).value.get("previous") != digest)
    return False


def _exhibits(past: Past, record: Record, landing: Landing) -> Iterator[Exhibit]:
    """Yield the record, the rules of the base, and the manifests, documents and pointers after the merge."""
    line = past.timeline.line
    yield _exhibit(past.tree, past.tip, record.path, MAX_BYTES)
    if landing.first:
        base = past.tree_at(landing.first - 1)
        for path in _rules(base):
            yield _exhibit(base, line.commit_id(landing.first - 1), path, YAML_LIMIT_BYTES)
    merged = past.tree_at(landing.last)
    for path in _model_files(merged, record):
        yield _exhibit(merged, line.commit_id(landing.last), path, MAX_BYTES)


def _rules(base: Snapshot) -> Iterator[str]:
    """Yield the paths of the rules; the cases that test them decide nothing, and are three files of four."""
    for entry in base.walk(POLICIES):
        place = place_of(entry.path)
        if not (isinstance(place, Place) and place.kind is FileKind.POLICY_TEST):
            yield entry.path


def _model_files(tree: Snapshot, record: Record) -> list[str]:
    shelf = Shelf(tree, str(record.value["model"]))
    champions = [change.get("champion") for change in record.decision["changes"]]
    versions = {version for version in (record.value.get("version"), *champions) if isinstance(version, str)}
    paths = [f"{shelf.folder}/model.yaml", f"{shelf.folder}/withdrawn.yaml"]
    paths += [entry.path for entry in tree.walk(f"{shelf.folder}/stages")]
    for version in versions:
        if shelf.has_version(version):
            folder = f"{shelf.folder}/versions/{version}"
            paths.append(f"{folder}/manifest.yaml")
            with suppress(ProposalError):  # a manifest that nobody can read names nothing, and is shown as it is
                paths += [f"{folder}/{document.path}" for document in shelf.read_manifest(version).value.documents]
    return sorted(path for path in set(paths) if tree.entry(path) is not None)


def _exhibit(tree: Snapshot, commit: str, path: str, limit_bytes: int) -> Exhibit:
    content = tree.read(path, limit_bytes=limit_bytes)
    entry = tree.entry(path)
    return Exhibit(commit=commit, path=path, blob=entry.object_id if entry else "", content=content)
