"""The files of a proposal: digests, sizes, formats and columns, as their bytes tell them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from promoter.commands.measure_files import format_of
from promoter.digest import sha256_chunks
from promoter.document.nearest import did_you_mean
from promoter.document.reader import read_yaml
from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.errors import Location, Problem, ProposalError
from promoter.measure.plan import measure
from promoter.measure.request import ArtifactFacts, Measured, Table, TableProfile
from promoter.registry.draft.given import ARTIFACT, GivenFile, TableShape
from promoter.registry.evidence import EvidenceFormat, EvidenceKind
from promoter.registry.manifest import Artifact, DocumentFile, Manifest

_TABLES = frozenset((EvidenceFormat.PARQUET.value, EvidenceFormat.CSV.value))
_TOLD = ("schema", "model", "version")
_CHUNK = 1 << 20
_MOST_BYTES = 100 * 1024**2
"""GitHub blocks larger files when they are pushed. Source: docs.github.com, "About large files on GitHub"."""


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file as the command line names it: its part, its format ("" where its bytes tell it), its path."""

    part: str
    format: str
    path: Path


def table_file(kind: EvidenceKind, path: Path) -> NamedFile:
    """Return a file of rows. Raises ProposalError where it is neither Parquet nor CSV."""
    return NamedFile(kind.value, format_of(path), path)


def parse_evidence(text: str) -> NamedFile:
    """Read `kind:format=FILE`. Raises ProposalError with the nearest known word."""
    what, _, path = text.partition("=")
    kind, _, format_ = what.partition(":")
    if not path or not format_:
        hint = "write it as --evidence test-results:junit=report.xml"
        raise ProposalError(Problem(Location("--evidence"), f"{text!r} names no kind, format and file", hint))
    _known("--evidence", kind, [member.value for member in EvidenceKind])
    _known("--evidence", format_, [member.value for member in EvidenceFormat])
    return NamedFile(kind, format_, Path(path))


def parse_document(text: str) -> NamedFile:
    """Read `kind=FILE`. Raises ProposalError with the nearest known kind."""
    kind, _, path = text.partition("=")
    if not path:
        hint = "write it as --document model-card=card.md"
        raise ProposalError(Problem(Location("--document"), f"{text!r} names no kind and file", hint))
    _known("--document", kind, get_args(DocumentFile.model_fields["kind"].annotation))
    return NamedFile(kind, "", Path(path))


def read_given(files: Sequence[NamedFile]) -> tuple[GivenFile, ...]:
    """Return the files as their bytes tell them, in the order given. Raises ProposalError for unusable ones."""
    refused = [problem for file in files for problem in _unreadable(file.path)]
    if refused:
        raise ProposalError(*refused)
    questions = {file: question for file in files if (question := _question(file)) is not None}
    sources = {str(file.path): file.path for file in files}
    answers = measure(questions.values(), sources, DuckDBEngine())
    return tuple(_given(file, answers[questions[file]] if file in questions else None) for file in files)


def read_fill(path: Path | None) -> Mapping[str, Any]:
    """Return the parts of the manifest that a YAML file holds. Raises ProposalError for keys that are none."""
    if path is None:
        return {}
    problems = _unreadable(path)
    if problems:
        raise ProposalError(*problems)
    document = read_yaml(path.read_bytes(), path=str(path))
    if not isinstance(document.value, dict):
        hint = "write keys of the manifest, such as datasets or monitoring"
        raise ProposalError(Problem(document.location(), "this is no mapping", hint))
    known = [field.alias or name for name, field in Manifest.model_fields.items()]
    wrong = [key for key in document.value if key not in known or key in _TOLD]
    if wrong:
        raise ProposalError(
            *(
                Problem(
                    document.key_location((key,)),
                    f"{key!r} is not to be filled in",
                    f"{did_you_mean(key, known)}use {', '.join(name for name in known if name not in _TOLD)}",
                )
                for key in wrong
            )
        )
    empty = [
        Problem(document.key_location((key,)), f"{key!r} has no value", "give it one, or leave the key out")
        for key, value in document.value.items()
        if value is None
    ]
    if empty:
        raise ProposalError(*empty)
    datasets = document.value.get("datasets", [])
    if not isinstance(datasets, list) or not all(isinstance(entry, dict) for entry in datasets):
        hint = "write one entry a data set, each with id, role and uri"
        raise ProposalError(Problem(document.key_location(("datasets",)), "this is no list of mappings", hint))
    return document.value


def merge_fill(told: Mapping[str, Any], filled: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a file's author filled in over what a training run tells, key by key in what both say."""
    both = {key: {**told[key], **filled[key]} for key in told.keys() & filled.keys() if isinstance(filled[key], dict)}
    return {**told, **filled, **both}


def _known(option: str, word: str, known: Iterable[str]) -> None:
    names = list(known)
    if word not in names:
        hint = f"{did_you_mean(word, names)}use one of {', '.join(names)}"
        raise ProposalError(Problem(Location(option), f"{word!r} is not known", hint))


def _unreadable(path: Path) -> list[Problem]:
    if not path.is_file():
        return [Problem(Location(str(path)), "is no file", "correct the name")]
    try:
        path.open("rb").close()
    except OSError as error:
        return [Problem(Location(str(path)), f"cannot be read: {error.strerror}", "see who may read it: `ls -l`")]
    if not path.stat().st_size:
        return [Problem(Location(str(path)), "the file is empty", "name the one that was meant")]
    if path.stat().st_size > _MOST_BYTES:
        message = f"it has {path.stat().st_size:,} bytes, and GitHub takes no file above {_MOST_BYTES:,}"
        hint = "put it into a store that policies/registry.yaml allows; name its uri, digest and size with --fill"
        return [Problem(Location(str(path)), message, hint)]
    return []


def _question(file: NamedFile) -> ArtifactFacts | TableProfile | None:
    if file.part == ARTIFACT:
        return ArtifactFacts(content=str(file.path))
    if file.format in _TABLES:
        return TableProfile(table=Table(content=str(file.path), format=file.format))
    return None


def _given(file: NamedFile, answer: Measured | None) -> GivenFile:
    if answer is not None and answer.failure is not None:
        message, _, hint = answer.failure.removeprefix(f"{file.path}: ").rpartition("; ")
        raise ProposalError(Problem(Location(str(file.path)), message or hint, hint if message else "check the file"))
    with file.path.open("rb") as stream:
        digest = sha256_chunks(iter(lambda: stream.read(_CHUNK), b""))
    return GivenFile(
        part=file.part,
        source=str(file.path),
        format=_artifact_format(file, answer) if file.part == ARTIFACT else file.format,
        digest=digest,
        size_bytes=file.path.stat().st_size,
        table=TableShape.of(answer) if answer is not None and file.part != ARTIFACT else None,
        inputs=tuple(answer.facts["inputs"] or ()) or None if answer is not None and file.part == ARTIFACT else None,
    )


def _artifact_format(file: NamedFile, answer: Measured | None) -> str:
    """Return the artifact's format. Raises ProposalError where it is none that only holds data."""
    found = answer.facts["format"] if answer is not None else None
    formats = get_args(Artifact.model_fields["format"].annotation)
    if found not in formats:
        message = f"its bytes are {found or 'of no format that is known'}"
        hint = f"export the model as one of {', '.join(formats)}: they cannot run code when they are loaded"
        raise ProposalError(Problem(Location(str(file.path)), message, hint))
    return str(found)
