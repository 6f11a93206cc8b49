"""ShadowAgreement: two models' answers to the same live requests, and which of them was right where that is known."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.aggregate import (
    MISSING,
    MISSING_LABEL,
    Aggregate,
    AtLeast,
    Coded,
    Counts,
    Group,
    Key,
    Label,
    Number,
    Profile,
    Source,
    TableFacts,
)
from promoter.measure.families.family import Results, TableFamily, cells_of, facts_of, measurement, number
from promoter.measure.families.labels import checked
from promoter.measure.measurement import Measurement
from promoter.measure.reports.request import ShadowAgreement
from promoter.measure.request import Measured
from promoter.measure.statistics.arrays import Bits
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.intervals import clopper_pearson

_DAY_SECONDS = 86_400.0
_MOST_CHAMPIONS = 20


@dataclass(frozen=True, slots=True)
class _Answers:
    """Cells of requests, all (k,): agreement, whether the candidate answered, who was right where that is known."""

    agrees: Bits
    is_answered: Bits
    is_labelled: Bits
    candidate_is_right: Bits
    champion_is_right: Bits
    rows: npt.NDArray[np.int64]

    def count(self, chosen: Bits) -> int:
        """Return how many requests the chosen cells hold."""
        return int(self.rows[chosen].sum())


def aggregates(request: ShadowAgreement) -> tuple[Aggregate, ...]:
    """Return the joint distribution of both answers and the label, the table's profile, the versions that served."""
    served = _served(request)
    return (_question(request), _profile(request), *([served] if served else []))


def derive(request: ShadowAgreement, results: Results) -> Measured:
    """Return how much traffic there was, how often both agreed, and who was right."""
    cells = cells_of(results, _question(request))
    candidate, champion, *labels = cells.columns
    label = labels[0] if labels else None
    size = candidate.codes.size if isinstance(candidate, Coded) else candidate.size
    rows = np.ones(size, dtype=np.int64) if cells.rows is None else cells.rows
    by_task = {"binary": _binary, "multiclass": _classes, "regression": _quantities}
    answers = by_task[request.task](request, candidate, champion, label, rows)
    facts = facts_of(results, _profile(request))
    moments = {"earliest": facts.earliest, "latest": facts.latest}
    return Measured(values=tuple(_values(answers, facts)), facts={**moments, **_champions(request, results)})


def _question(request: ShadowAgreement) -> Counts:
    table = request.table
    by_score = request.threshold is not None and table.score is not None
    answer = table.score if by_score else table.prediction
    if answer is None:
        raise Undecidable("neither a threshold for the score nor a prediction column says what is decided; name one")
    keys: list[Key]
    if request.task == "binary":
        own: Key = AtLeast(answer, request.threshold) if by_score and request.threshold is not None else Label(answer)
        limit = request.champion_threshold
        other: Key = Label(request.champion) if limit is None else AtLeast(request.champion, limit)
        keys = [own, other, *([Label(table.label)] if table.label else [])]
    elif request.task in ("multiclass", "regression"):
        form = Group if request.task == "multiclass" else Number
        keys = [form(column) for column in (answer, request.champion, table.label) if column is not None]
    else:
        raise Undecidable(f"answers of a {request.task} model are not compared one by one")
    return Counts(Source(table.content, table.format), tuple(keys))


def _served(request: ShadowAgreement) -> Counts | None:
    if request.champion_version is None:
        return None
    return Counts(Source(request.table.content, request.table.format), (Group(request.champion_version),))


def _champions(request: ShadowAgreement, results: Results) -> dict[str, Any]:
    """Return how many requests each version served, most first; a row that names none counts for MISSING."""
    question = _served(request)
    if question is None:
        return {}
    cells = cells_of(results, question)
    [column] = cells.columns
    sizes = np.bincount(column.codes, weights=cells.rows, minlength=len(column.values))
    counted = sorted(zip(sizes.astype(int).tolist(), map(str, column.values), strict=True), key=lambda entry: -entry[0])
    return {"champions": {version: rows for rows, version in counted[:_MOST_CHAMPIONS] if rows}}


def _profile(request: ShadowAgreement) -> Profile:
    table = request.table
    return Profile(Source(table.content, table.format), table.id, table.timestamp)


def _binary(request: ShadowAgreement, candidate: Any, champion: Any, label: Any, rows: Any) -> _Answers:
    is_answered = candidate != MISSING_LABEL
    checked(candidate[is_answered], column=request.table.score or request.table.prediction or "", seen=None)
    checked(champion, column=request.champion, seen=None)
    truth = np.full(rows.size, MISSING_LABEL) if label is None else label
    is_labelled = truth != MISSING_LABEL
    checked(truth[is_labelled], column=request.table.label or "", seen=None)
    return _Answers(candidate == champion, is_answered, is_labelled, candidate == truth, champion == truth, rows)


def _classes(request: ShadowAgreement, candidate: Coded, champion: Coded, label: Coded | None, rows: Any) -> _Answers:
    own, other = _texts(candidate), _texts(champion)
    if np.any(other == MISSING):
        raise Undecidable(f"column {request.champion!r} is missing in some rows: the champion served every request")
    truth = np.full(rows.size, MISSING, dtype=object) if label is None else _texts(label)
    return _Answers(own == other, own != MISSING, truth != MISSING, own == truth, other == truth, rows)


def _quantities(request: ShadowAgreement, candidate: Any, champion: Any, label: Any, rows: Any) -> _Answers:
    """An answer is right where it lies within `within` of what truly happened."""
    if request.within is None:
        raise Undecidable("the policy does not say within which difference two quantities agree")
    if not np.all(np.isfinite(champion)):
        raise Undecidable(f"column {request.champion!r} is missing or not finite in some rows")
    truth = np.full(rows.size, np.nan) if label is None else label
    close = partial(_is_close, within=request.within)
    return _Answers(
        close(candidate, champion),
        np.isfinite(candidate),
        np.isfinite(truth),
        close(candidate, truth),
        close(champion, truth),
        rows,
    )


def _is_close(one: Any, other: Any, *, within: float) -> Bits:
    """A difference of NaN is no agreement."""
    return np.asarray(np.abs(one - other) <= within, dtype=np.bool_)


def _texts(coded: Coded) -> npt.NDArray[np.object_]:
    return np.asarray(np.array(coded.values, dtype=object)[coded.codes], dtype=object)


def _values(answers: _Answers, facts: TableFacts) -> Iterator[Measurement]:
    n = facts.rows
    yield number("requests", n, n=n, unit="rows")
    if facts.duplicate_ids is not None:
        yield number("duplicate_ids", facts.duplicate_ids, n=n, unit="rows")
    yield _days(facts)
    everything = np.ones(answers.rows.size, dtype=np.bool_)
    yield _rate("agreement", answers, answers.agrees & answers.is_answered, everything)
    yield _rate("unanswered_rate", answers, ~answers.is_answered, everything)
    own = answers.candidate_is_right & answers.is_answered
    yield _rate("harm_rate", answers, ~own & answers.champion_is_right, answers.is_labelled)
    yield _rate("gain_rate", answers, own & ~answers.champion_is_right, answers.is_labelled)


def _rate(measure: str, answers: _Answers, chosen: Bits, among: Bits) -> Measurement:
    """Return the fraction of some requests that are chosen, with its exact interval."""
    n, count = answers.count(among), answers.count(chosen & among)

    def estimate(_: int) -> Estimate:
        interval = clopper_pearson(count, n)
        return Estimate(count / n, interval, n)

    return measurement(measure, estimate, n, n=n, unit="fraction")


def _days(facts: TableFacts) -> Measurement:
    """Return the days from the first request to the last."""
    if facts.earliest is None or facts.latest is None:
        reason = "the evidence names no timestamp column that holds moments"
        return Measurement(measure="days", n=facts.rows, unit="days", undecidable=reason)
    span = datetime.fromisoformat(facts.latest) - datetime.fromisoformat(facts.earliest)
    return number("days", span.total_seconds() / _DAY_SECONDS, n=facts.rows, unit="days")


FAMILY = TableFamily(contents=lambda request: (request.table.content,), aggregates=aggregates, derive=derive)
