"""Candidate minus champion on the same rows: the tests of one slice, by task."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from promoter.errors import Undecidable
from promoter.measure.families.family import attempt, measurement, number, settled
from promoter.measure.measurement import Measurement, Slice
from promoter.measure.statistics import paired, probability, ranking
from promoter.measure.statistics.arrays import Bits, Counts, Floats
from promoter.measure.statistics.delong import PairedAuc, delong_paired
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.mcnemar import McNemar, mcnemar
from promoter.measure.statistics.paired import PairedMean
from promoter.measure.statistics.sufficient import Discordance

LossTest = Callable[[Any, Floats, Floats], PairedMean]
"""Tests candidate minus champion from label or target, and the champion's and candidate's scores or predictions."""

_SQUARES = partial(paired.paired_error_difference, size=np.square)
_SIZES = partial(paired.paired_error_difference, size=np.abs)

BINARY_LOSSES: tuple[tuple[str, LossTest], ...] = (
    ("log_loss_difference", paired.paired_log_loss_difference),
    ("brier_difference", _SQUARES),
)
QUANTITY_LOSSES: tuple[tuple[str, LossTest], ...] = (
    ("mae_difference", _SIZES),
    ("squared_error_difference", _SQUARES),
)

RANKINGS: tuple[tuple[str, Callable[..., tuple[Floats, int]]], ...] = (
    ("ndcg_at_5_difference", partial(ranking.ndcg_by_query, k=5)),
    ("ndcg_at_10_difference", partial(ranking.ndcg_by_query, k=10)),
    ("ndcg_difference", ranking.ndcg_by_query),
    ("mrr_difference", ranking.reciprocal_rank_by_query),
)


@dataclass(frozen=True, slots=True)
class Scores:
    """Labels or targets and both models' scores or predictions, (n,), rows aligned."""

    label: Bits | Floats
    candidate: Floats
    champion: Floats


@dataclass(frozen=True, slots=True)
class Rightness:
    """Whether each model is right on a row, (n,), rows aligned."""

    candidate: Bits
    champion: Bits


def of_scores(scores: Scores | Undecidable, *, n: int, slice_: Slice) -> Iterator[Measurement]:
    """Yield the difference of the AUCs by DeLong's test, both areas, and the differences of the losses."""
    areas = attempt(lambda: _areas(settled(scores)))
    yield measurement("roc_auc_difference", lambda a: _estimate_of_areas(a), areas, n=n, slice_=slice_)
    yield measurement("roc_auc_candidate", lambda a: a.auc_candidate, areas, n=n, slice_=slice_)
    yield measurement("roc_auc_champion", lambda a: a.auc_champion, areas, n=n, slice_=slice_)
    for measure, value in (
        ("delong_z", lambda a: a.z),
        ("delong_p", lambda a: a.p),
    ):
        yield measurement(measure, _plain(value, n), areas, n=n, slice_=slice_)
    yield from _losses(BINARY_LOSSES, scores, n=n, slice_=slice_)


def of_decisions(rightness: Rightness | Undecidable, *, n: int, slice_: Slice) -> Iterator[Measurement]:
    """Yield the difference of the accuracies, McNemar's exact p, and the rows on which just one is right."""
    counts = attempt(lambda: _discordance(settled(rightness)))
    test = attempt(lambda: mcnemar(settled(counts)))
    yield measurement("accuracy_difference", lambda t: t.difference, test, n=n, slice_=slice_, unit="fraction")
    yield measurement("mcnemar_p", _plain(_mcnemar_p, n), test, n=n, slice_=slice_)
    if not isinstance(counts, Undecidable):
        yield number("candidate_only_right", counts.candidate_only, n=n, slice_=slice_, unit="rows")
        yield number("champion_only_right", counts.champion_only, n=n, slice_=slice_, unit="rows")


def of_mean(measure: str, sides: Sequence[Floats] | Undecidable, *, n: int, slice_: Slice) -> Iterator[Measurement]:
    """Yield the difference of the means of the champion's and the candidate's values of each row, and its p."""
    test = attempt(lambda: paired.paired_mean_difference(*settled(sides)))
    yield measurement(measure, _difference, test, n=n, slice_=slice_)
    yield measurement(f"{measure}_p", _plain(_mean_p, n), test, n=n, slice_=slice_)


def of_quantities(scores: Scores, *, n: int, slice_: Slice) -> Iterator[Measurement]:
    """Yield the differences of root mean squared, mean absolute and squared errors."""
    yield measurement("rmse_difference", _rmse_difference, scores, n=n, slice_=slice_)
    yield from _losses(QUANTITY_LOSSES, scores, n=n, slice_=slice_)


def of_rankings(scores: Scores, query: Counts, *, slice_: Slice) -> Iterator[Measurement]:
    """Yield the differences of the rankings' means over queries, paired by query; the label is the relevance."""
    for measure, of_queries in RANKINGS:
        test = attempt(partial(_of_queries, of_queries, scores, query))
        n = 0 if isinstance(test, Undecidable) else test.difference.n
        yield measurement(measure, _difference, test, n=n, slice_=slice_)
        yield measurement(f"{measure}_p", _plain(_mean_p, n), test, n=n, slice_=slice_)


def _of_queries(of_queries: Callable[..., tuple[Floats, int]], scores: Scores, query: Counts) -> PairedMean:
    """Test a ranking's value of each query: those that have one are the same on both sides, by their relevance."""
    (champion, queries), (candidate, _) = (
        of_queries(query, scores.label, side) for side in (scores.champion, scores.candidate)
    )
    if not champion.size:
        raise Undecidable(f"none of {queries} queries has a relevant document")
    return paired.paired_mean_difference(champion, candidate)


def _losses(
    losses: tuple[tuple[str, LossTest], ...], scores: Scores | Undecidable, *, n: int, slice_: Slice
) -> Iterator[Measurement]:
    for measure, tested in losses:
        test = attempt(partial(_of_losses, scores, tested))
        yield measurement(measure, _difference, test, n=n, slice_=slice_)
        yield measurement(f"{measure}_p", _plain(_mean_p, n), test, n=n, slice_=slice_)


def _plain(value: Callable[..., float], n: int) -> Callable[..., Estimate]:
    return lambda basis: Estimate(value(basis), None, n)


def _areas(scores: Scores) -> PairedAuc:
    return delong_paired(scores.label, scores.champion, scores.candidate)


def _estimate_of_areas(areas: PairedAuc) -> Estimate:
    return Estimate(areas.difference, areas.interval, areas.n_pos + areas.n_neg)


def _of_losses(basis: Scores | Undecidable, tested: LossTest) -> PairedMean:
    scores = settled(basis)
    return tested(scores.label, scores.champion, scores.candidate)


def _difference(test: PairedMean) -> Estimate:
    return test.difference


def _mean_p(test: PairedMean) -> float:
    return test.p


def _mcnemar_p(test: McNemar) -> float:
    return test.p


def _rmse_difference(scores: Scores) -> Estimate:
    squares = (probability.squared_errors(scores.label, side) for side in (scores.champion, scores.candidate))
    return paired.paired_rmse_difference(*squares).difference


def _discordance(rightness: Rightness) -> Discordance:
    candidate, champion = rightness.candidate, rightness.champion
    return Discordance(
        n=candidate.size,
        champion_only=int(np.count_nonzero(champion & ~candidate)),
        candidate_only=int(np.count_nonzero(candidate & ~champion)),
    )
