"""A drafted version on its way to a branch: its files, who asks for what it lacks, the commit and its verdict."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import click

from promoter.commands.committing import commit
from promoter.commands.delivering import Delivered, Delivery, Desk, deliver, tell_dry_run
from promoter.commands.past import Past
from promoter.commands.patch import patch
from promoter.decision.asking import STAND_IN_FILES, asks_of, complete, policies_asking
from promoter.decision.docket import Item, build_docket
from promoter.decision.trees import Trees
from promoter.document.writing import Quoted, yaml_text
from promoter.errors import Location, Problem, ProposalError
from promoter.gates.table import find_gate
from promoter.git.writing import Writer
from promoter.policy.rulebook import read_rules
from promoter.registry.address import version_order
from promoter.registry.changes import Change, ChangeKind
from promoter.registry.draft.datasets import option_of
from promoter.registry.draft.manifest import Draft
from promoter.registry.evidence import EvidenceKind
from promoter.registry.layout import MODELS
from promoter.registry.manifest import Manifest
from promoter.registry.memory import MemoryTree
from promoter.registry.reading import YAML_LIMIT_BYTES
from promoter.registry.stock import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A draft and where it goes; `model_file` is the text of a new model's model.yaml, or None."""

    model: str
    version: str
    stage: str | None
    draft: Draft
    previous: str | None
    model_file: bytes | None

    @property
    def folder(self) -> str:
        """The version's folder."""
        return f"{MODELS}/{self.model}/versions/{self.version}"

    @property
    def branch(self) -> str:
        """The branch of the version."""
        return version_branch(self.model, self.version)

    @property
    def pointer(self) -> str | None:
        """The stage's pointer that would move with it."""
        return None if self.stage is None else f"{MODELS}/{self.model}/stages/{self.stage}.yaml"

    def manifest(self, document: Mapping[str, object] | None = None) -> str:
        """Return the manifest's text, or that of another document in its place."""
        return yaml_text(document or self.draft.document, schema=_schema(f"{self.folder}/manifest.yaml", "manifest"))

    def texts(self) -> dict[str, str]:
        """Return the YAML files that the proposal writes, by path."""
        found = {f"{self.folder}/manifest.yaml": self.manifest()}
        if self.model_file is not None:
            found[f"{MODELS}/{self.model}/model.yaml"] = self.model_file.decode()
        if self.pointer is not None:
            text = yaml_text({"version": Quoted(self.version)}, schema=_schema(self.pointer, "stage"))
            found[self.pointer] = text
        return found


def version_branch(model: str, version: str) -> str:
    """Return the one branch of a version: proposing it again replaces what is not merged."""
    return f"promoter/{model}/{version}"


def newest(versions: tuple[str, ...]) -> str | None:
    """Return the last version by the numbers in the names, 1.10.0 after 1.9.0; None where there is none."""
    return max(versions, key=version_order, default=None)


def refuse_gaps(proposal: Proposal, past: Past) -> None:
    """Print who asks for what is not there. Raises ProposalError for what the format needs, with who else needs it."""
    gaps = {gap.key: gap for gap in proposal.draft.gaps}
    item, path = _item(proposal, past, frozenset(gaps)), f"{proposal.folder}/manifest.yaml"
    for ask in asks_of(item, path=path):
        way = ask.hint if ask.kind is None else f"name it with {_option_of(ask.kind)}"
        click.echo(f"missing: {replace(ask, hint=way)}", err=True)
    asking = policies_asking(item, frozenset(gaps))
    problems = []
    for gap in proposal.draft.gaps:
        meaning = (Manifest.model_fields[gap.key].description or "").rstrip(".")
        others = f", and so do the policies {', '.join(asking[gap.key])}" if gap.key in asking else ""
        message = f"{gap.key} is missing ({meaning}): {gap.message}; the format asks for it{others}"
        problems.append(Problem(Location(path), message, gap.hint))
    if problems:
        raise ProposalError(*problems)


def print_draft(proposal: Proposal, past: Past) -> None:
    """Print the manifest, what it changes against the version that it was drafted from, and the other new files."""
    texts = proposal.texts()
    path = f"{proposal.folder}/manifest.yaml"
    click.echo(texts.pop(path), nl=False)
    if proposal.previous is not None:
        before = f"{MODELS}/{proposal.model}/versions/{proposal.previous}/manifest.yaml"
        click.echo(patch(_text_at(past, before), proposal.manifest(), path=path, path_before=before), nl=False)
    for name, text in texts.items():
        click.echo(patch(_text_at(past, name), text, path=name), nl=False)
    for name, file in proposal.draft.files.items():
        click.echo(f"new file {proposal.folder}/{name}: {file.size_bytes:,} bytes, from {file.source}")


def carry_out(proposal: Proposal, past: Past, *, desk: Desk, delivery: Delivery) -> None:
    """Commit the version on its branch and deliver it; a dry run only says what would be written."""
    if delivery.is_dry_run:
        tell_dry_run(proposal.branch, desk)
        return
    writer = Writer.open(past.repository.folder)
    at = datetime.now(UTC).replace(microsecond=0)
    title, summary = f"Propose {proposal.model}@{proposal.version}", str(proposal.draft.document["summary"])
    files = {path: text.encode() for path, text in proposal.texts().items()}
    files |= {
        f"{proposal.folder}/{path}": Path(file.source).read_bytes() for path, file in proposal.draft.files.items()
    }
    message = f"{title}\n\n{summary}\n"
    head = commit(writer, proposal.branch, files, message, past=past, expected=desk.expected, at=at)
    facts = [("model", f"`{proposal.model}`"), ("version", f"`{proposal.version}`"), ("what is new", summary)]
    facts += [("is to serve in", f"`{proposal.stage}`")] if proposal.stage else []
    what = Delivered(branch=proposal.branch, title=title, facts=facts)
    deliver(what, head, past, desk=desk, delivery=delivery, at=at)


def _item(proposal: Proposal, past: Past, gaps: frozenset[str]) -> Item:
    """Return the draft on the docket, with stand-ins for its gaps. Raises ProposalError where it does not read."""
    shelf = Shelf(past.tree, proposal.model)
    files = dict(_model_files(past, shelf))
    files |= {path: text.encode() for path, text in proposal.texts().items()}
    files[f"{proposal.folder}/manifest.yaml"] = proposal.manifest(complete(proposal.draft.document, gaps)).encode()
    stand_ins = [path for key, path in STAND_IN_FILES.items() if key in gaps]
    files |= {f"{proposal.folder}/{path}": b"" for path in (*proposal.draft.files, *stand_ins)}
    serving = shelf.serving().get(proposal.stage) if proposal.stage else None
    change = Change(
        kind=ChangeKind.PROMOTION if proposal.stage else ChangeKind.REGISTRATION,
        model=proposal.model,
        version=proposal.version,
        stage=proposal.stage,
        replaced=serving,
        paths=(proposal.pointer or f"{proposal.folder}/manifest.yaml",),
    )
    trees = Trees(base=past.tree, merged=MemoryTree(files), last_served=lambda _model, _stage: serving)
    items, problems = build_docket([change], trees, read_rules(past.tree), find_gate=find_gate, at=datetime.now(UTC))
    if problems:
        click.echo("note: lines of the manifest are those of the draft, which --dry-run prints", err=True)
        raise ProposalError(*problems)
    return items[0]


def _option_of(kind: str) -> str:
    """Return the option that names a file of an evidence or document kind."""
    return option_of(kind) if kind in list(EvidenceKind) else f"--document {kind}=FILE"


def _model_files(past: Past, shelf: Shelf) -> Iterator[tuple[str, bytes]]:
    """Yield the model's own files and the versions that its stages serve; of those only the manifests have content."""
    serving = {f"{shelf.folder}/versions/{version}" for version in shelf.serving().values()}
    for entry in past.tree.walk(shelf.folder):
        is_version = entry.path.startswith(f"{shelf.folder}/versions/")
        if is_version and not any(entry.path.startswith(f"{folder}/") for folder in serving):
            continue
        is_read = not is_version or entry.path.endswith("/manifest.yaml")
        yield entry.path, past.tree.read(entry.path, limit_bytes=YAML_LIMIT_BYTES) if is_read else b""


def _schema(path: str, name: str) -> str:
    return f"{'../' * path.count('/')}schemas/{name}.schema.json"


def _text_at(past: Past, path: str) -> str | None:
    return past.tree.read(path, limit_bytes=YAML_LIMIT_BYTES).decode() if past.tree.entry(path) else None
