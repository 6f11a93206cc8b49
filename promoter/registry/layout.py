"""What may lie where: each path of the registry is one kind of file, or it is refused."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from promoter.errors import Location, Problem
from promoter.registry.address import ID_PATTERN, MODEL_PATTERN, VERSION_PATTERN

MODELS = "models"
POLICIES = "policies"
RECORDS = "reports"


class FileKind(StrEnum):
    """What a file is, by its path alone."""

    MODEL = "model"
    MANIFEST = "manifest"
    VERSION_FILE = "version file"
    STAGE = "stage pointer"
    WITHDRAWN = "withdrawn versions"
    INCIDENT = "incident"
    OBSERVATION = "observation"
    OBSERVED_ROWS = "observed rows"
    SETTINGS = "registry settings"
    PIPELINE = "pipeline"
    ROLES = "roles"
    POLICY = "policy"
    PACK = "regulation pack"
    OVERLAY = "overlay"
    WAIVER = "waiver"
    CHANGE = "change record"
    POLICY_TEST = "policy test"
    TRUST = "trusted root"
    SIGNERS = "allowed signers of commits"
    REVOKED = "revoked signers of commits"
    OPENPGP = "OpenPGP keys of commits"
    RECORD = "decision record"
    RULES = "engine or settings of the repository"
    PROSE = "documentation"


RULES_KINDS = frozenset(
    {
        FileKind.SETTINGS,
        FileKind.PIPELINE,
        FileKind.ROLES,
        FileKind.POLICY,
        FileKind.PACK,
        FileKind.OVERLAY,
        FileKind.WAIVER,
        FileKind.POLICY_TEST,
        FileKind.TRUST,
        FileKind.SIGNERS,
        FileKind.REVOKED,
        FileKind.OPENPGP,
        FileKind.RULES,
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """A path that the layout knows, and the names in it."""

    path: str
    kind: FileKind
    model: str | None = None
    version: str | None = None
    name: str | None = None
    """The stage, or the id that the file's content must repeat."""
    folder: str | None = None
    """Category, pack, namespace or tested policy."""


_MODEL = rf"models/(?P<model>{MODEL_PATTERN})"
_NAME = rf"(?P<name>{ID_PATTERN})\.yaml"
_FOLDER = rf"(?P<folder>{ID_PATTERN})"
_PATTERNS: tuple[tuple[FileKind, str], ...] = (
    (FileKind.MANIFEST, rf"{_MODEL}/versions/(?P<version>{VERSION_PATTERN})/manifest\.yaml"),
    (FileKind.VERSION_FILE, rf"{_MODEL}/versions/(?P<version>{VERSION_PATTERN})/.+"),
    (FileKind.STAGE, rf"{_MODEL}/stages/{_NAME}"),
    (FileKind.INCIDENT, rf"{_MODEL}/incidents/{_NAME}"),
    (FileKind.OBSERVATION, rf"{_MODEL}/observations/{_NAME}"),
    (FileKind.OBSERVED_ROWS, rf"{_MODEL}/observations/(?P<name>{ID_PATTERN})\.(?:parquet|csv)"),
    (FileKind.MODEL, rf"{_MODEL}/model\.yaml"),
    (FileKind.WITHDRAWN, rf"{_MODEL}/withdrawn\.yaml"),
    (FileKind.SETTINGS, r"policies/registry\.yaml"),
    (FileKind.PIPELINE, r"policies/pipeline\.yaml"),
    (FileKind.ROLES, r"policies/roles\.yaml"),
    (FileKind.POLICY, rf"policies/catalog/{_FOLDER}/{_NAME}"),
    (FileKind.PACK, rf"policies/packs/{_FOLDER}/{_NAME}"),
    (FileKind.OVERLAY, rf"policies/overlays/{_FOLDER}/{_NAME}"),
    (FileKind.WAIVER, rf"policies/waivers/{_NAME}"),
    (FileKind.CHANGE, r"policies/changes/(?P<name>[A-Za-z0-9][A-Za-z0-9-]{0,62})\.yaml"),
    (FileKind.POLICY_TEST, rf"policies/tests/{_FOLDER}/{_NAME}"),
    (FileKind.TRUST, rf"policies/trust/(?P<name>{ID_PATTERN})\.json"),
    (FileKind.SIGNERS, r"policies/trust/allowed_signers"),
    (FileKind.REVOKED, r"policies/trust/revoked_signers"),
    (FileKind.OPENPGP, r"policies/trust/openpgp\.asc"),
    (FileKind.RECORD, rf"reports/decisions/(?P<model>{MODEL_PATTERN})/(?P<folder>{ID_PATTERN})/(?P<name>[^/]+)\.json"),
)
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in _PATTERNS)
_RESERVED = {"versions", "stages", "incidents", "observations"}
_PROSE = re.compile(
    r"(?!docs/CODEOWNERS$)(docs|examples)/.+|[A-Z]+\.md|LICENSE|policies/.*README\.md|(models|reports)/README\.md"
)


def place_of(path: str) -> Place | Problem:
    """Return what a path is, or the problem that the layout does not know it.

    Whatever lies outside of models/, policies/ and reports/ and is not plain documentation counts as rules: it can
    change what the engine does.
    """
    if _PROSE.fullmatch(path):
        return Place(path, FileKind.PROSE)
    for kind, pattern in _COMPILED:
        match = pattern.fullmatch(path)
        if match and not _uses_reserved_name(match.groupdict().get("model")):
            return Place(path, kind, **{key: value for key, value in match.groupdict().items() if value is not None})
    if path.split("/", 1)[0] in (MODELS, POLICIES, RECORDS):
        return _unknown(path)
    return Place(path, FileKind.RULES)


def _uses_reserved_name(model: str | None) -> bool:
    return model is not None and bool(_RESERVED & set(model.split("/")))


def _unknown(path: str) -> Problem:
    """Return the refusal of a path, with the nearest name that the layout knows."""
    known = (*_RESERVED, "model.yaml", "withdrawn.yaml", "manifest.yaml", "catalog", "packs", "overlays", "waivers")
    known += (
        "changes",
        "tests",
        "trust",
        "registry.yaml",
        "pipeline.yaml",
        "roles.yaml",
        "decisions",
        "models",
        "policies",
    )
    for part in path.split("/")[1:]:
        near = get_close_matches(part, known, n=1, cutoff=0.75)
        if near and near[0] != part:
            return Problem(
                Location(path),
                f"the registry's layout knows no such file; {part!r} may be meant as {near[0]!r}",
                f"rename {part!r} to {near[0]!r}, or move the file out of {path.split('/', 1)[0]}/",
            )
    hint = "names are lower-case a-z, 0-9 and -; see docs/registry.md for the layout, or move the file elsewhere"
    return Problem(Location(path), "the registry's layout knows no such file", hint)
