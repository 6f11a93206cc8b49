"""What a gate may ask of the measurement plane: wanted numbers, never how to get them, never a threshold.

A request names content by key (`sha256:<hex>` of a pinned file, `git:<object id>` of a file of the registry),
so it is the same wherever the bytes lie, and its digest with theirs is the key of the cache.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, is_dataclass
from typing import Any

from promoter.digest import Formed, Settled, sha256_value
from promoter.measure.measurement import Measurement


class Request:
    """Base of all requests; a subclass is frozen and holds plain values, tuples and frozen dataclasses of these only.

    What is derived is kept with the object, not by its value: 0 and 0.0 are equal and not the same JSON.
    """

    __slots__ = ("_contents", "_digest", "_json")
    _json: dict[str, Any]
    _contents: frozenset[str]
    _digest: str

    def as_json(self) -> dict[str, Any]:
        """Return the request as plain JSON, its family first; it is made once, and is not to be changed."""
        if not hasattr(self, "_json"):
            object.__setattr__(self, "_json", {"family": type(self).__name__, **_fields(self)})
        return self._json

    @property
    def digest(self) -> str:
        """Return the request's identity."""
        if not hasattr(self, "_digest"):
            object.__setattr__(self, "_digest", sha256_value(self.as_json()))
        return self._digest

    @property
    def contents(self) -> frozenset[str]:
        """Return the content keys that its JSON names under `content`, however deep."""
        if not hasattr(self, "_contents"):
            object.__setattr__(self, "_contents", frozenset(_contents(self.as_json())))
        return self._contents


_SCALARS = frozenset({str, int, float, bool, type(None)})
"""What most values are, and what holds no other."""


def _fields(value: Any) -> dict[str, Any]:
    return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}


def _plain(value: Any) -> Any:
    """Return what `dataclasses.asdict` makes of a value, without copying what never changes."""
    if type(value) in _SCALARS:
        return value
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return _fields(value) if is_dataclass(value) else value


def _in_order(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _in_order(value[key]) for key in sorted(value)}
    if isinstance(value, list) and not _SCALARS.issuperset(map(type, value)):
        return [_in_order(below) for below in value]
    return value


def _contents(request: Any) -> Iterator[str]:
    if isinstance(request, dict):
        if isinstance(request.get("content"), str):
            yield request["content"]
        request = tuple(request.values())
    if isinstance(request, tuple):
        for value in request:
            if type(value) not in _SCALARS:
                yield from _contents(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table by its content, and which of its columns plays which part."""

    content: str
    format: str
    id: str | None = None
    label: str | None = None
    score: str | None = None
    prediction: str | None = None
    class_scores: tuple[tuple[str, str], ...] = ()
    timestamp: str | None = None
    weight: str | None = None
    query: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality(Request):
    """How good predictions are, over all rows and per combination of slice columns.

    Measures: binary roc_auc, average_precision, log_loss, brier, ks, accuracy, balanced_accuracy, precision, recall,
    specificity, fpr, fnr, f1, mcc, selection_rate; the other tasks their own (promoter.measure.families); multi-class
    also `confusion` over all rows, the rows per ("actual", class), ("predicted", class), up to 20 classes.
    `threshold` turns a binary score into a decision.
    """

    table: Table
    task: str
    threshold: float | None = None
    slices: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedQuality(Request):
    """Candidate minus champion on the same rows, paired by id; ids that differ are a failure, never a join.

    Measures: binary roc_auc_difference (with facts delong_z, delong_p), accuracy_difference (mcnemar_p),
    log_loss_difference, brier_difference; multi-class the last three; regression rmse_difference, mae_difference,
    squared_error_difference; ranking ndcg_difference, ndcg_at_5_difference, ndcg_at_10_difference, mrr_difference,
    paired by query.
    """

    candidate: Table
    champion: Table
    task: str
    threshold: float | None = None
    champion_threshold: float | None = None
    slices: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration(Request):
    """Whether binary scores are probabilities, over all rows and per combination of slice columns.

    Measures: ece, ece_debiased, mce (equal-mass bins), calibration_intercept, calibration_slope, spiegelhalter_z,
    spiegelhalter_p, brier_reliability, brier_resolution, brier_uncertainty, and of the order gain_at_10, lift_at_10.
    """

    table: Table
    bins: int = 10
    slices: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Disparity(Request):
    """How far apart groups are treated, per ("attribute", "a x b"): the two extreme groups of at least `min_n` rows.

    Measures: selection_rate_ratio, selection_rate_difference, tpr_difference, fpr_difference,
    equalized_odds_difference, predictive_parity_difference. Over all rows, whatever their groups: generalized_entropy
    (alpha 2) and theil, of the benefit prediction - label + 1. Facts: "extremes" by attribute.
    """

    table: Table
    threshold: float | None
    attributes: tuple[tuple[str, ...], ...]
    min_n: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRates(Request):
    """Confusion counts per group: measures tp, fp, fn, tn (values are counts) for each combination of attributes."""

    table: Table
    threshold: float | None
    attributes: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift(Request):
    """How far the columns of one table have moved from the other's, bins pinned on the reference.

    Measures per ("feature", name): numeric psi, ks, wasserstein, jensen_shannon; categorical psi, total_variation,
    jensen_shannon, new_categories, vanished_categories; vector embedding_drift (squared maximum mean discrepancy),
    embedding_drift_p; all missing_rate_difference. Facts: psi_null_95 per feature.
    `columns` holds (name, "numeric" | "categorical" | "vector").
    """

    reference: Table
    current: Table
    columns: tuple[tuple[str, str], ...]
    bins: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TableProfile(Request):
    """What a table holds: measures rows, duplicate_ids, and per ("column", name) missing, minimum, maximum, distinct.

    Facts: "columns" name -> type word of DType; "categories" name -> up to 200 values as text, or null when there are
    more; "latest", "earliest" of the timestamp column as ISO 8601 text.
    """

    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactFacts(Request):
    """What an artifact is, read without running it.

    Facts: "digest", "size_bytes", "format" (detected from the bytes), "inputs" and "outputs" (ONNX: name, type, shape),
    "external_data" (locations named by the file), "metadata".
    """

    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentText(Request):
    """A Markdown document, its code blocks left out.

    Facts: "sections" (heading, level, words, line, text_digest), "words", "links", "images", "placeholders" (text,
    line), "text_digest" (of the words alone, so that new line breaks are no new text), "sketch" (for resemblance),
    "tables" (header, rows: cells and line).
    """

    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured(Formed):
    """The answer to a request: numbers, facts as plain JSON, or the reason why there are neither."""

    values: tuple[Measurement, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    failure: str | None = None

    def __post_init__(self) -> None:
        """Put facts in the order of their keys: an answer is the same bytes, made now or read from a cache."""
        object.__setattr__(self, "facts", _in_order(self.facts))

    def find(self, measure: str, slice_: tuple[tuple[str, str], ...] = ()) -> Measurement | None:
        """Return the measurement of that name and slice, or None where it was not made."""
        for value in self.values:
            if value.measure == measure and value.slice == slice_:
                return value
        return None

    def as_json(self) -> dict[str, Any]:
        """Return the answer as plain JSON; it is made once, and is not to be changed."""
        if not hasattr(self, "_form"):
            values = [value.as_json() for value in self.values]
            form = Settled({"values": values, "facts": dict(self.facts), "failure": self.failure})
            object.__setattr__(self, "_form", form)
        return self._form


Measurements = Mapping[Request, Measured]
