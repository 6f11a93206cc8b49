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
