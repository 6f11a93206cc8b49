"""What a gate may ask of the requests that a stage has served."""

from dataclasses import dataclass

from promoter.measure.request import Request, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedTraffic(Request):
    """What a stage has answered: a row a request, without an answer where the version erred.

    `answer` names the column of answers, `harm` one that is 1 where an answer did harm, 0 where it did none, and empty
    where nobody knows yet. Measures, all counts of rows: requests, duplicate_ids (undecidable without an id column),
    errors (rows without an answer), judged and harmed (of `harm`; undecidable where it is not named). Facts:
    "earliest", "latest" of the timestamp column as ISO 8601 text.
    """

    table: Table
    answer: str
    harm: str | None = None
