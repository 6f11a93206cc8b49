"""What an engine is asked to count: frozen, hashable, plain JSON, and a GROUP BY away in any SQL engine.

Every question about a table is the joint distribution of a few keys (`Counts`), of the keys of two tables whose rows
are paired by id (`PairedCounts`), or a description of the table (`Profile`). The engine decides how.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.measurement import Slice
from promoter.measure.statistics.drift_embedding import FeatureSums

MISSING = "(missing)"
"""The text of a null, or of a NaN in a column of numbers, as a group."""

OTHER_LABEL = -1
MISSING_LABEL = -2


@dataclass(frozen=True, slots=True)
class Source:
    """A table by the key of its content, and how its bytes are read ("parquet" or "csv")."""

    content: str
    format: str


@dataclass(frozen=True, slots=True)
class Group:
    """A column's values as text, coded: whole numbers without a fraction part, true/false, null as MISSING."""

    column: str


@dataclass(frozen=True, slots=True)
class Label:
    """A binary column as int8: 1 for 1, true, "1"; 0 for 0, false, "0"; OTHER_LABEL, MISSING_LABEL otherwise."""

    column: str


@dataclass(frozen=True, slots=True)
class Number:
    """A column as float64; null is NaN; text that is no number is NaN and counted by `Profile` only."""

    column: str


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Whether a number is at or above a threshold, as int8: 1, 0, or MISSING_LABEL for null, NaN and infinities."""

    column: str
    threshold: float


Key = Group | Label | Number | AtLeast


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Base of the questions; a subclass holds plain values and tuples only."""

    def as_json(self) -> dict[str, Any]:
        """Return the question as plain JSON, its kind first."""
        return {"aggregate": type(self).__name__, **asdict(self)}


@dataclass(frozen=True, slots=True)
class Counts(Aggregate):
    """How often each combination of keys occurs: answered by `Cells`.

    Cells come in ascending order of `order`, one of the keys, NaN last, so that what needs the rows sorted is sorted
    once for all who ask; without one, rows of numbers come in file order.
    """

    source: Source
    keys: tuple[Key, ...]
    order: Number | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedCounts(Aggregate):
    """The joint distribution of keys of two tables over rows with the same id: answered by `Cells`.

    `left_keys` are of the left table, `right_keys` of the right. Ids that are missing, that stand twice, or that
    only one side has make it `Unavailable`, with counts and examples: never a silent inner join. `sides` is what the
    two tables are called there. Rows come in ascending order of `order`, one of the left keys, where there is one.
    """

    left: Source
    right: Source
    left_id: str
    right_id: str
    left_keys: tuple[Key, ...]
    right_keys: tuple[Key, ...]
    sides: tuple[str, str] = ("candidate", "champion")
    order: Number | None = None


@dataclass(frozen=True, slots=True)
class Profile(Aggregate):
    """Rows, columns and what each holds: answered by `TableFacts`."""

    source: Source
    id: str | None = None
    timestamp: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedIds(Aggregate):
    """Which ids stand in both tables, as text without surrounding space and without ".0": answered by `Shared`."""

    left: Source
    right: Source
    left_id: str
    right_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedRows(Aggregate):
    """Which rows of both tables agree in all of these columns, numbers to float32: answered by `Shared`."""

    left: Source
    right: Source
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescored(Aggregate):
    """What an ONNX artifact says of the rows of a features table, beside what a predictions file says of them.

    Rows are paired by id as in `PairedCounts`. `inputs` holds (column, "numeric" | "categorical") in the artifact's
    order, `committed` the columns of the predictions that its outputs should equal. Answered by `Cells`: the committed
    columns, then as many of the artifact's, float64, a row each.
    """

    artifact: str
    features: Source
    predictions: Source
    features_id: str
    predictions_id: str
    inputs: tuple[tuple[str, str], ...]
    committed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorSums(Aggregate):
    """What random Fourier features of a vector column come to on both sides: answered by `Embedded`.

    The features are those of the vectors at `evenly_spaced` places of both sides, so of the content and not of how it
    is named or read.
    """

    reference: Source
    current: Source
    column: str


@dataclass(frozen=True, slots=True)
class SuspectTexts(Aggregate):
    """The distinct texts of every column, and whole numbers of 13 or more digits, that match a regular expression.

    The pattern is of RE2's syntax. Answered by `Suspects`.
    """

    source: Source
    pattern: str


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A text column as codes (n,) into its values."""

    values: tuple[str, ...]
    codes: npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """A joint distribution: one column a key, and how many rows each cell has; a cell may stand more than once.

    `columns` in the order of the keys: Coded for Group, else arrays (k,). `rows` (k,) int64, or None where each cell
    is one row. The order is the same for the same evidence, whatever the threads.
    """

    columns: tuple[Any, ...]
    rows: npt.NDArray[np.int64] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnFacts:
    """What a column holds. `missing` counts nulls and NaN. `distinct` is None where there were too many to count.

    `minimum` and `maximum` are of finite numbers, None for other columns. `categories` are the distinct values as
    text, None where there are more than 200. `dtype` is a word of promoter.registry.signature.DType or the engine's.
    """

    dtype: str
    missing: int
    infinite: int
    minimum: float | None
    maximum: float | None
    distinct: int | None
    categories: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFacts:
    """A table's profile. Of ids and times only where the question names their columns; times as ISO 8601."""

    rows: int
    columns: Mapping[str, ColumnFacts]
    duplicate_ids: int | None
    missing_ids: int | None
    earliest: str | None
    latest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What two tables share by a key. Rows without an id have none and are counted as missing.

    `singles` are keys that the left table holds once; `shared` the distinct keys of the right that the left holds
    too, `shared_rows` their rows on the right; `examples` the first of them in text order, none for whole rows.
    """

    left_rows: int
    right_rows: int
    left_distinct: int
    right_distinct: int
    left_missing: int
    right_missing: int
    singles: int
    shared: int
    shared_rows: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspects:
    """By column (text, rows, first row from 0) in text order; `overfull` columns had too many to list."""

    columns: Mapping[str, tuple[tuple[str, int, int], ...]]
    overfull: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Embedded:
    """Rows, rows without a vector, and the sums of both sides, reference first; or why vectors have no sums."""

    rows: tuple[int, int]
    missing: tuple[int, int]
    sums: tuple[FeatureSums, FeatureSums] | Undecidable


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Why a question has no answer: where, what, what to do next."""

    reason: str


Result = Cells | TableFacts | Shared | Suspects | Embedded | Unavailable


def slice_of(columns: tuple[str, ...], values: tuple[str, ...]) -> Slice:
    """Return the slice with these values, its columns in the order given."""
    return tuple(zip(columns, values, strict=True))
