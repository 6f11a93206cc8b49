"""What a report draws: curves, bins and distributions. No gate asks for them, and no verdict rests on them."""

from dataclasses import dataclass

from promoter.measure.request import Request, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreCurve(Request):
    """How a binary score orders rows, and what becomes of rows with about the same score.

    Measures, over all rows and by ("bin", number from 1) in rising order of score: positive_rate with Wilson's
    interval, mean_score. Facts: "roc" (points [fpr, tpr], see promoter.measure.statistics.roc), "operating" ([fpr,
    tpr] at the threshold, or null), "positives".
    """

    table: Table
    threshold: float | None = None
    bins: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionBins(Request):
    """What becomes of rows with about the same predicted quantity.

    Measures by ("bin", number from 1), in bins of equal mass and rising prediction: mean_label with Student's
    interval, mean_prediction.
    """

    table: Table
    bins: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution(Request):
    """How the rows of each column are spread on both sides, in the bins in which Drift counts them.

    Fact "columns": name to {"edges": cut points or null, "categories": texts or null, "reference", "current": rows a
    bin or category, "missing": rows without a value on both sides, "others": categories beyond the first, whose rows
    stand together at the end}; "undecided", name to the reason where a column has none. `columns` holds (name,
    "numeric" | "categorical").
    """

    reference: Table
    current: Table
    columns: tuple[tuple[str, str], ...]
    bins: int = 10
