"""Every family over tables, on tables made to break it: a number or a reason, whatever order and form rows come in."""

import math
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings

from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.measure.families.family import TableFamily
from promoter.measure.families.table import FAMILIES
from promoter.measure.measurement import Measurement
from promoter.measure.plan import measure
from promoter.measure.reports.request import ShadowAgreement
from promoter.measure.request import Disparity, GroupRates, Measured, Request
from promoter.measure.requests_data import Reproduction
from promoter.measure.requests_traffic import ServedTraffic
from tests.measure.traps.hostile import MINE, Columns, G, arrow, questions, shuffled, tables

QUESTIONS = questions()
ELSEWHERE = {Reproduction, ServedTraffic, ShadowAgreement}
"""Families that need an artifact to run, or logs: their own files hold their traps."""

SEARCHED = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def answers(mine: pa.Table, theirs: pa.Table) -> Mapping[Request, Measured]:
    """Return what the engine and all families say of two tables."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {f"local:{name}": Path(folder) / f"{name}.parquet" for name in ("mine", "theirs")}
        for path, table in zip(paths.values(), (mine, theirs), strict=True):
            pq.write_table(table, path)
        return measure(QUESTIONS, paths, DuckDBEngine(threads=1))


def numbers(answered: Mapping[Request, Measured]) -> list[tuple[int, Measurement]]:
    """Return all measurements with the place of their question."""
    return [(place, value) for place, request in enumerate(QUESTIONS) for value in answered[request].values]


def alike(first: float | None, second: float | None) -> bool:
    """Say whether two values are the same to 1e-9, or both absent."""
    if first is None or second is None:
        return first is second
    return math.isclose(first, second, rel_tol=1e-9, abs_tol=1e-12)


def assert_same(first: Mapping[Request, Measured], second: Mapping[Request, Measured]) -> None:
    """Hold two answers to be equal: measures, slices, values and interval ends."""
    assert [first[request].failure for request in QUESTIONS] == [second[request].failure for request in QUESTIONS]
    before, after = ({(place, v.measure, v.slice): v for place, v in numbers(side)} for side in (first, second))
    assert set(before) == set(after)
    for key, value in before.items():
        other = after[key]
        assert alike(value.value, other.value), (key, value, other)
        assert (value.n, value.undecidable is None) == (other.n, other.undecidable is None), (key, value, other)
        if value.interval is not None and other.interval is not None:
            assert alike(value.interval.lower, other.interval.lower), (key, value, other)
            assert alike(value.interval.upper, other.interval.upper), (key, value, other)


def test_every_family_over_tables_is_asked() -> None:
    """A new family is asked here, or named with the reason why it is not."""
    over_tables = {kind for kind, family in FAMILIES.items() if isinstance(family, TableFamily)}
    assert over_tables == {type(request) for request in QUESTIONS} | ELSEWHERE


@SEARCHED
@given(mine=tables(), theirs=tables())
def test_each_answer_is_a_number_or_a_reason(mine: Columns, theirs: Columns) -> None:
    """One row, one class, constants, infinities, NaN, texts like numbers: no exception, no NaN, no crossed interval."""
    answered = answers(arrow(mine), arrow(theirs))
    for request in QUESTIONS:
        assert (answered[request].failure is None) or answered[request].failure.strip()
    for _, value in numbers(answered):
        assert value.value is not None or (value.undecidable or "").strip()
        if value.interval is not None:
            assert not math.isnan(value.interval.lower)
            assert not math.isnan(value.interval.upper)
            assert value.interval.lower <= value.interval.upper, value


@SEARCHED
@given(mine=tables(), theirs=tables())
def test_the_order_of_rows_says_nothing(mine: Columns, theirs: Columns) -> None:
    """The same rows in another order on either side give the same numbers."""
    moved = (arrow(side, order=shuffled(len(side["id"]))) for side in (mine, theirs))
    assert_same(answers(arrow(mine), arrow(theirs)), answers(*moved))


@SEARCHED
@given(mine=tables())
def test_ids_as_whole_numbers_and_as_text_pair_alike(mine: Columns) -> None:
    """The champion's file writes ids as text, the candidate's as int."""
    assert_same(answers(arrow(mine), arrow(mine)), answers(arrow(mine), arrow(mine, ids="text")))


@pytest.mark.slow
def test_ten_thousand_groups_are_measured_or_refused_in_bounded_time() -> None:
    """10,000 groups of two rows: each family gives numbers of them, or says that they are too many."""
    n = 20_000
    rows: Columns = {
        "id": list(range(n)),
        "y": [place % 2 for place in range(n)],
        "score": [(place * 7919 % 1000) / 1000 for place in range(n)],
        "p": [place // 3 % 2 for place in range(n)],
        "g": [f"group {place % 10_000}" for place in range(n)],
        "x": [float(place % 977) for place in range(n)],
        "ms": [1.0 + place % 13 for place in range(n)],
    }
    answered = answers(arrow(rows), arrow(rows))
    assert [None] * 2 == [answered[request].failure for request in QUESTIONS[:2]]
    slices = {value.slice for value in answered[QUESTIONS[0]].values}
    assert 10_001 == len(slices)


def test_ten_thousand_groups_have_numpys_rates() -> None:
    """The worst pair of 10,000 groups, and the counts of each, are those of a bincount."""
    generator = np.random.default_rng(8)
    group, label, score = (
        generator.integers(0, 10_000, 60_000),
        generator.integers(0, 2, 60_000),
        generator.random(60_000),
    )
    group[:10_000] = np.arange(10_000)
    table = pa.table({"g": group, "y": label, "score": score})
    rates, disparity = (
        family(table=replace(MINE, id=None, prediction=None), threshold=0.5, attributes=G)
        for family in (GroupRates, Disparity)
    )
    with tempfile.TemporaryDirectory() as folder:
        pq.write_table(table, Path(folder) / "mine.parquet")
        found = measure([rates, disparity], {"local:mine": Path(folder) / "mine.parquet"}, DuckDBEngine(threads=1))
    rows = np.bincount(group)
    selected = np.bincount(group, weights=score >= 0.5) / rows
    worst = found[disparity].find("selection_rate_difference", (("attribute", "g"),))
    assert worst is not None
    assert selected.max() - selected.min() == pytest.approx(worst.value, rel=1e-12)
    caught = np.bincount(group, weights=(score >= 0.5) & (label == 1))
    counted = {v.slice[0][1]: v.value for v in found[rates].values if v.measure == "tp"}
    assert {str(place): float(count) for place, count in enumerate(caught)} == counted


def test_texts_that_look_like_one_number_are_three_groups() -> None:
    """Texts 1, 1.0 and 01 are what their author calls them; joining them would mix people."""
    rows = {"id": [0, 1, 2, 3], "y": [0, 1, 0, 1], "score": [0.1, 0.9, 0.8, 0.2], "p": [0, 1, 1, 0], "x": [0.0] * 4}
    table = arrow({**rows, "g": ["1", "1.0", "01", "1"], "ms": [1.0] * 4})
    [request] = [request for request in QUESTIONS if isinstance(request, GroupRates)]
    counted = {value.slice: value.n for value in answers(table, table)[request].values}
    assert {(("g", "01"),): 1, (("g", "1"),): 2, (("g", "1.0"),): 1} == counted
