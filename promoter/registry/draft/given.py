"""What a proposal is made from: files by their digests and columns, the version before, and what was typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from promoter.measure.request import Measured
from promoter.registry.evidence import Evidence, EvidenceKind
from promoter.registry.manifest import Manifest
from promoter.registry.model import Model

ARTIFACT = "artifact"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableShape:
    """A table's columns in file order: type words, whole category lists of few values, ranges, what is missing."""

    rows: int
    dtypes: Mapping[str, str]
    categories: Mapping[str, tuple[str, ...] | None]
    ranges: Mapping[str, tuple[float, float]]
    with_missing: frozenset[str]

    @classmethod
    def of(cls, profile: Measured) -> "TableShape":
        """Return the shape that a TableProfile measured.

        Facts stand in the order of their keys, so the order of the columns is that of the numbers about them.
        """
        values = {(value.measure, value.slice): value.value for value in profile.values}
        in_file = [dict(slice_)["column"] for measure, slice_ in values if measure == "missing"]
        dtypes: Mapping[str, str] = {name: profile.facts["columns"][name] for name in in_file}
        ranges = {}
        for name in dtypes:
            low, high = (values.get((measure, (("column", name),))) for measure in ("minimum", "maximum"))
            if low is not None and high is not None:
                ranges[name] = (low, high)
        return cls(
            rows=int(values.get(("rows", ())) or 0),
            dtypes=dtypes,
            categories={
                name: None if found is None else tuple(found) for name, found in profile.facts["categories"].items()
            },
            ranges=ranges,
            with_missing=frozenset(name for name in dtypes if values.get(("missing", (("column", name),)))),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenFile:
    """A file of the proposal. `part` is `artifact`, an evidence kind or a document kind; `source` is its own path.

    `inputs` are those of an ONNX header: name, type and shape each; None where the format tells none.
    """

    part: str
    source: str
    format: str
    digest: str
    size_bytes: int
    table: TableShape | None = None
    inputs: tuple[Mapping[str, Any], ...] | None = None

    @property
    def name(self) -> str:
        """The file's own name, without folders."""
        return self.source.rsplit("/", 1)[-1]

    @property
    def suffix(self) -> str:
        """The ending of the file's name, with its dot, or the empty string."""
        return f".{self.name.rsplit('.', 1)[1].lower()}" if "." in self.name.strip(".") else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which version is wanted, and all that is known of it.

    `columns` maps a part (id, label, score, ...) to the column that was named for it. `fill` holds parts of the
    manifest that no file tells, as its author wrote them. `serving` is what the last stage serves now.
    """

    model: Model
    version: str
    artifact: GivenFile | None = None
    evidence: tuple[GivenFile, ...] = ()
    documents: tuple[GivenFile, ...] = ()
    previous: Manifest | None = None
    summary: str | None = None
    threshold: float | None = None
    commit: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    fill: Mapping[str, Any] = field(default_factory=dict)
    serving: str | None = None

    def tables_of(self, *kinds: EvidenceKind) -> tuple[TableShape, ...]:
        """Return the tables of some kinds, in the order of the kinds."""
        files = (file for kind in kinds for file in self.evidence if file.part == kind)
        return tuple(file.table for file in files if file.table is not None)

    def entry_before(self, file: GivenFile) -> Evidence | None:
        """Return the entry of the version before that a file takes the place of: the one of its kind.

        Of several, the one whose file has the same name; None where no one is it.
        """
        of_kind = [entry for entry in self.previous.evidence if entry.kind == file.part] if self.previous else []
        if len(of_kind) > 1:
            of_kind = [entry for entry in of_kind if entry.uri.rsplit("/", 1)[-1] == file.name]
        return of_kind[0] if len(of_kind) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A part of the manifest that nothing tells: its key, what is missing, and how to say it."""

    key: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A drafted part of the manifest, what was taken over for it, and what is missing."""

    value: Any = None
    notes: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
