"""Files of the registry as typed values: read from a tree, bound, and held against their path."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from promoter.document.bind import bind
from promoter.document.reader import Document, read_yaml
from promoter.document.strict import Strict
from promoter.errors import Problem, ProposalError
from promoter.registry.layout import FileKind, Place
from promoter.registry.manifest import Manifest
from promoter.registry.model import Model
from promoter.registry.stage import Incident, Observation, StagePointer, Withdrawals
from promoter.registry.tree import Tree

YAML_LIMIT_BYTES = 262_144
"""A YAML file above it is refused unread: hostile input, row 25 of the threat table in docs/threat-model.md."""

V = TypeVar("V", bound=Strict)

FORMATS: dict[FileKind, type[Strict]] = {
    FileKind.MODEL: Model,
    FileKind.MANIFEST: Manifest,
    FileKind.STAGE: StagePointer,
    FileKind.WITHDRAWN: Withdrawals,
    FileKind.INCIDENT: Incident,
    FileKind.OBSERVATION: Observation,
}
"""The formats of the files below models/."""

_IDENTITY: dict[FileKind, tuple[tuple[str, str], ...]] = {
    FileKind.MODEL: (("model", "model"),),
    FileKind.MANIFEST: (("model", "model"), ("version", "version")),
    FileKind.INCIDENT: (("id", "name"),),
    FileKind.POLICY: (("id", "name"), ("category", "folder")),
    FileKind.PACK: (("id", "name"),),
    FileKind.OVERLAY: (("id", "name"),),
    FileKind.WAIVER: (("id", "name"),),
    FileKind.CHANGE: (("ticket", "name"),),
}
"""Per kind: the key in the file, and the part of the path that it must repeat."""


@dataclass(frozen=True, slots=True)
class Read(Generic[V]):
    """A file's value, and the document that knows the place of each part of it."""

    value: V
    document: Document


def read_file(tree: Tree, place: Place, form: type[V]) -> Read[V]:
    """Return a file of the registry as a typed value.

    Raises ProposalError with every problem of the file: of its text, its types, and a content that contradicts its
    path.
    """
    return _parse(tree.read(place.path, limit_bytes=YAML_LIMIT_BYTES), place, form)


@lru_cache(maxsize=256)
def _parse(content: bytes, place: Place, form: type[V]) -> Read[V]:
    """Return the value of a file's bytes; a file that a case reads again, or an audit meets again, is parsed once."""
    document = read_yaml(content, path=place.path)
    value = bind(document, form)
    problems = tuple(_identity_problems(value, document, place))
    if problems:
        raise ProposalError(*problems)
    return Read(value, document)


def _identity_problems(value: Strict, document: Document, place: Place) -> list[Problem]:
    """Return where the file says another name than its path."""
    problems = []
    for key, part in _IDENTITY.get(place.kind, ()):
        inside, outside = getattr(value, key), getattr(place, part)
        if inside != outside:
            message = f"{key} is {str(inside)!r}, but the path says {outside!r}"
            hint = f"write {key}: {_quoted(outside)}, or move the file to where {str(inside)!r} belongs"
            problems.append(Problem(document.location((key,)), message, hint))
    return problems


def _quoted(text: str) -> str:
    return text if text.replace("-", "").replace("/", "").isalpha() else f'"{text}"'
