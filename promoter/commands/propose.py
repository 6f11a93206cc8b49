"""`promoter propose`: a version's manifest from its files, on a branch, judged before it is pushed."""

import re
import tempfile
from pathlib import Path
from typing import Any

import click

from promoter.commands.addressing import nearest_model
from promoter.commands.delivering import Delivery, delivery_options, open_desk
from promoter.commands.past import Past, open_past
from promoter.commands.proposal_files import (
    NamedFile,
    merge_fill,
    parse_document,
    parse_evidence,
    read_fill,
    read_given,
    table_file,
)
from promoter.commands.proposal_run import take_run
from promoter.commands.proposing import Proposal, carry_out, newest, print_draft, refuse_gaps, version_branch
from promoter.errors import Location, Problem, ProposalError
from promoter.policy.rulebook import read_rules
from promoter.registry.address import MODEL_PATTERN, VERSION_PATTERN, VersionAddress
from promoter.registry.draft.given import ARTIFACT, GivenFile, Wish
from promoter.registry.draft.manifest import draft_manifest
from promoter.registry.evidence import EvidenceKind
from promoter.registry.layout import MODELS, FileKind, Place
from promoter.registry.memory import MemoryTree
from promoter.registry.model import Model
from promoter.registry.reading import read_file
from promoter.registry.stock import Shelf

_FILE = click.Path(path_type=Path)
_PARTS = ("id", "label", "score", "prediction", "timestamp", "query")
_TABLES = {
    "predictions": EvidenceKind.PREDICTIONS,
    "reference": EvidenceKind.FEATURES_REFERENCE,
    "current": EvidenceKind.FEATURES_CURRENT,
}


@click.command(help="Draft MODEL's next version from its files, say what is missing and who asks, commit and judge it.")
@click.argument("model")
@click.option("--version", required=True, help="Name of the new version.")
@click.option("--stage", default=None, help="Stage that is to serve it, in the same pull request.")
@click.option("--artifact", type=_FILE, help="The model's file.")
@click.option("--mlflow-run", metavar="ID|FOLDER", help="Run of MLflow that logged the model: artifact and code.")
@click.option("--tracking-uri", help="Where MLflow tracks; default: MLFLOW_TRACKING_URI.")
@click.option("--predictions", type=_FILE, help="Rows scored by it: Parquet or CSV.")
@click.option("--reference", type=_FILE, help="Features of training: Parquet or CSV.")
@click.option("--current", type=_FILE, help="Features of now: Parquet or CSV.")
@click.option("--document", "documents", multiple=True, metavar="KIND=FILE", help="A text, such as model-card=card.md.")
@click.option("--evidence", multiple=True, metavar="KIND:FORMAT=FILE", help="Other evidence, such as sbom:cyclonedx=F.")
@click.option("--fill", type=_FILE, help="YAML with parts of the manifest that no file tells, such as datasets.")
@click.option("--from", "previous", default=None, help="Version to copy terms and plans from; default: the newest.")
@click.option("--model-file", type=_FILE, help="model.yaml of a new model.")
@click.option("--summary", default=None, help="What is new against the version before.")
@click.option("--threshold", type=float, default=None, help="A score at or above it is a positive decision.")
@click.option("--source-commit", default=None, help="Full id of the commit that trained it.")
@click.option("--id", "id_", metavar="C", help="Column of row ids; guessed like the following.")
@click.option("--label", metavar="C", help="Column of what truly happened.")
@click.option("--score", metavar="C", help="Column of the positive class's probability.")
@click.option("--prediction", metavar="C", help="Column of the predicted class or quantity.")
@click.option("--timestamp", metavar="C", help="Column of when a row was observed.")
@click.option("--query", metavar="C", help="Ranking: column of the query that a row answers.")
@delivery_options
@click.option("--repo", type=_FILE, default=Path(), help="A folder of the registry.")
def command(*, model: str, version: str, delivery: Delivery, repo: Path, **options: Any) -> None:
    """Exit as `promoter check` does; 2 where the format needs what nobody gave."""
    past = open_past(repo)
    _require_new(past, model, version)
    desk = open_desk(past, version_branch(model, version), delivery)
    folder = Path(click.get_current_context().with_resource(tempfile.TemporaryDirectory(prefix="promoter-run-")))
    has_versions = bool(Shelf(past.tree, model).versions())
    options, told = take_run(options, folder, has_version_before=has_versions)
    files = read_given(_named_files(options))
    wish, model_file = _wish(past, model, version, files, options | {"told": told})
    proposal = Proposal(
        model=model,
        version=version,
        stage=options["stage"],
        draft=draft_manifest(wish),
        previous=wish.previous.version if wish.previous else None,
        model_file=model_file,
    )
    for note in proposal.draft.notes:
        click.echo(f"note: {note}", err=True)
    if delivery.is_dry_run:
        print_draft(proposal, past)
    refuse_gaps(proposal, past)
    carry_out(proposal, past, desk=desk, delivery=delivery)


def _require_new(past: Past, model: str, version: str) -> None:
    """Raise ProposalError for names that are none, and for a version that is registered."""
    if re.fullmatch(MODEL_PATTERN, model) is None:
        hint = "write it as lending/mortgage; run `promoter status` to see the models"
        raise ProposalError(Problem(Location("MODEL"), f"{model!r} is no model's id", hint))
    if re.fullmatch(VERSION_PATTERN, version) is None:
        hint = "use small letters, digits, dots and dashes, such as 2.1.0"
        raise ProposalError(Problem(Location("--version"), f"{version!r} is no version's name", hint))
    address, shelf = VersionAddress(model, version), Shelf(past.tree, model)
    if shelf.has_version(version):
        place = Location(f"{shelf.folder}/versions/{version}")
        hint = f"propose another version; {newest(shelf.versions())} is the newest"
        raise ProposalError(Problem(place, f"{address} is registered, and no version changes after that", hint))


def _named_files(options: dict[str, Any]) -> list[NamedFile]:
    artifact = options["artifact"]
    tables = [table_file(kind, options[name]) for name, kind in _TABLES.items() if options[name] is not None]
    return [
        *([NamedFile(ARTIFACT, "", artifact)] if artifact else []),
        *tables,
        *map(parse_evidence, options["evidence"]),
        *map(parse_document, options["documents"]),
    ]


def _wish(
    past: Past, model: str, version: str, files: tuple[GivenFile, ...], options: dict[str, Any]
) -> tuple[Wish, bytes | None]:
    """Return all that is known of the wanted version, and the text of a new model's file."""
    shelf = Shelf(past.tree, model)
    described, model_file = _described(past, shelf, options["model_file"])
    previous = options["previous"] or newest(shelf.versions())
    if previous is not None and not shelf.has_version(previous):
        known = ", ".join(shelf.versions()[-5:]) or "none"
        raise ProposalError(Problem(Location("--from"), f"{previous} is not registered", f"use one of {known}"))
    stages = read_rules(past.tree).pipeline.stages
    evidence = tuple(file for file in files if file.part in list(EvidenceKind))
    wish = Wish(
        model=described,
        version=version,
        artifact=next((file for file in files if file.part == ARTIFACT), None),
        evidence=evidence,
        documents=tuple(file for file in files if file.part != ARTIFACT and file not in evidence),
        previous=shelf.read_manifest(previous).value if previous else None,
        summary=options["summary"],
        threshold=options["threshold"],
        commit=options["source_commit"],
        columns={part: name for part in _PARTS if (name := options["id_" if part == "id" else part]) is not None},
        fill=merge_fill(options["told"], read_fill(options["fill"])),
        serving=shelf.serving().get(stages[-1].id),
    )
    return wish, model_file


def _described(past: Past, shelf: Shelf, given: Path | None) -> tuple[Model, bytes | None]:
    """Return the model, and the text of its new file. Raises ProposalError where there is none, or a second."""
    path = f"{MODELS}/{shelf.model}/model.yaml"
    if shelf.tree.entry(path) is not None:
        if given is not None:
            hint = "leave --model-file out; change model.yaml in a pull request of its own"
            raise ProposalError(Problem(Location(path), "the model has this file already", hint))
        return shelf.read_model().value, None
    if given is None:
        needed = ((field.alias or name, field) for name, field in Model.model_fields.items() if field.is_required())
        problems = [
            Problem(
                Location(path),
                f"{name} is needed of a new model: {(field.description or '').rstrip('.')}",
                "write it to a file and name that with --model-file",
            )
            for name, field in needed
        ]
        likely = nearest_model(past, shelf.model)
        click.echo(f"note: {shelf.model} is not registered: {likely}a new model brings its model.yaml", err=True)
        raise ProposalError(*problems)
    if not given.is_file():
        raise ProposalError(Problem(Location(str(given)), "is no file", "name a model.yaml with --model-file"))
    text = given.read_bytes()
    return read_file(MemoryTree({path: text}), Place(path, FileKind.MODEL, model=shelf.model), Model).value, text
