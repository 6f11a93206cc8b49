"""More of what a gate may ask: rates against the champion, and what the data itself gives away."""

from dataclasses import dataclass

from promoter.measure.request import Request, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedRates(Request):
    """Candidate minus champion in rates of binary decisions, on the same rows, paired by id.

    Measures, each over all rows and per slice: recall_difference (rows with label 1), specificity_difference (label
    0), accuracy_difference and selection_rate_difference (all rows), `n` being those rows; with each difference its
    exact McNemar p as `<measure>_p`, and the rows that it won and lost as `<measure>_won`, `<measure>_lost`.
    """

    candidate: Table
    champion: Table
    threshold: float | None = None
    champion_threshold: float | None = None
    slices: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusions(Request):
    """How many rows of each class are called what, per slice; over all rows the same is part of Quality.

    Measure confusion (rows) per slice with ("actual", class), ("predicted", class), up to 20 classes of the
    whole table and 20,000 cells.
    """

    table: Table
    slices: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap(Request):
    """What the rows of one table share with those of another, such as training with evaluation.

    Measures, where both tables name an id: id_overlap (share of the current table's distinct ids that the reference
    holds too), shared_ids, missing_ids, repeated_ids (rows of the current table beyond the first of their id). Where
    `columns` are named: row_overlap (share of the current rows that are, in all of these columns, the same as a
    reference row), row_coincidence (share of the reference rows that are the same as another reference row: what
    chance gives disjoint samples of these columns), row_overlap_excess (the first less the second) and repeated_rows
    (share of the current rows beyond the first of their kind). Fact: "shared_ids", the first of them.
    """

    reference: Table
    current: Table
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Association(Request):
    """How strongly each column tells a target: the label (leakage), or a sensitive attribute (proxy).

    Measure `strength` in [0, 1] per ("feature", name), ("target", column). Numeric columns: the strongest of rank
    order (0/1 targets), quantile bins and missing or not; a categorical one: Cramer's V; with a numeric target the
    correlation ratio eta over categories or quantile bins. Facts: "views", feature to the view that told
    most; "constant", the features of one value, which tell nothing and whose strength is undecidable. `columns` holds
    (name, "numeric" | "categorical"). Where `target_table` is another table, rows are paired by id.
    """

    table: Table
    target_table: Table
    target: str
    target_kind: str
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalTexts(Request):
    """Patterns of personal data in every text of a table, whole numbers of 13 or more digits included.

    Measure personal_data (rows) per ("column", name), ("kind", kind) where any was found, and over all rows the count
    of columns looked at as columns_searched. Fact: "first_rows", "column kind" to row numbers from 0; never a value.
    """

    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Anonymity(Request):
    """How many rows share each combination of quasi-identifiers.

    Measures smallest_group, rows_below and groups_below: the fewest rows of a combination, and the rows and
    combinations below k.
    """

    table: Table
    quasi_identifiers: tuple[str, ...]
    k: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduction(Request):
    """The committed predictions against the artifact's own scoring of the same rows, paired by id.

    Measures: max_absolute_difference over rows and outputs, differing_rows (share of rows in which an output differs
    by more than `tolerance`), decision_changes (share of rows that the threshold decides otherwise; binary models with
    a threshold). `inputs` holds (feature, "numeric" | "categorical") in the artifact's order. Fact: "first_rows",
    places of the first differing rows in the features file, from 0.
    """

    artifact: str
    features: Table
    predictions: Table
    inputs: tuple[tuple[str, str], ...]
    task: str
    tolerance: float
    threshold: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency(Request):
    """How long requests take, beside the champion's of the same file, which is of one machine and one run.

    Measures latency_p50, latency_p95, latency_p99 (ms) of the rows whose `artifact_column` holds `artifact`, of all
    rows where it is None; latency_p50_ratio, ... of those to the rows of `champion`, where it is given; memory_bytes,
    the most that `memory_column` says of the artifact, and memory_ratio, where that column is given.
    """

    table: Table
    column: str
    artifact: str
    champion: str | None = None
    artifact_column: str | None = None
    memory_column: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedScores(Request):
    """Candidate minus champion on the same examples, paired by id, over all of them and per slice.

    Measures: mean_score_difference (Student's interval), mean_score_difference_p, pass_rate_difference (Tango's
    interval), pass_rate_difference_p (exact McNemar), pass_rate_difference_won and _lost. A score at or above `passes`
    is a pass; None where scores are 0 or 1.
    """

    candidate: Table
    champion: Table
    passes: float | None = None
    slices: tuple[tuple[str, ...], ...] = ()
