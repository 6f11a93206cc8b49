"""Tables that break statistics, and every question that a gate or a reader may ask of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from promoter.measure.request import (
    Calibration,
    Disparity,
    Drift,
    GroupRates,
    PairedQuality,
    Quality,
    Request,
    Table,
    TableProfile,
)
from promoter.measure.requests_data import (
    Anonymity,
    Association,
    Confusions,
    Latency,
    Overlap,
    PairedRates,
    PairedScores,
    PersonalTexts,
)
from promoter.measure.requests_drawing import Distribution, PredictionBins, ScoreCurve

Columns = dict[str, list[Any]]
NUMBERS = (
    0.0,
    1.0,
    0.5,
    0.5,
    0.25,
    -0.0,
    -1.0,
    7.0,
    1e6,
    1e308,
    -1e308,
    5e-324,
    float("inf"),
    float("-inf"),
    float("nan"),
)
PROBABILITIES = (0.0, 1.0, 0.5, 0.5, 0.25, 0.75, 0.1, 0.9)
TEXTS = ("a", "b", "1", "1.0", "01", "", " ", "nan", "inf", "true", "NULL", "é", None)
LABELS: tuple[tuple[Any, ...], ...] = (
    (0, 1),
    (0,),
    (1,),
    (0, 1, None),
    ("0", "1"),
    (False, True),
    (0, 1, 2),
    (0.0, 1.0),
)


def tables(*, largest: int = 12) -> st.SearchStrategy[Columns]:
    """Return columns of 1 to `largest` rows: ids, a label of one kind, scores, numbers, texts and times."""
    return st.integers(1, largest).flatmap(
        lambda n: st.sampled_from(LABELS).flatmap(
            lambda labels: st.fixed_dictionaries(
                {
                    "id": st.just(list(range(n))),
                    "y": _column(st.sampled_from(labels), n),
                    "score": _column(st.sampled_from(PROBABILITIES) | st.sampled_from(NUMBERS), n),
                    "p": _column(st.sampled_from(labels), n),
                    "g": _column(st.sampled_from(TEXTS), n),
                    "x": _column(st.sampled_from(NUMBERS) | st.floats(), n),
                    "ms": _column(st.sampled_from((0.1, 5.0, 5.0, 40.0, 0.0, -1.0, float("inf"))), n),
                }
            )
        )
    )


def _column(values: st.SearchStrategy[Any], n: int) -> st.SearchStrategy[list[Any]]:
    return st.lists(values, min_size=n, max_size=n)


def arrow(columns: Mapping[str, Sequence[Any]], *, ids: str = "int", order: Sequence[int] | None = None) -> pa.Table:
    """Return the rows as a table, in another order and with ids as text where that is asked for."""
    places = list(range(len(columns["id"]))) if order is None else list(order)
    rows = {name: [values[place] for place in places] for name, values in columns.items()}
    if ids == "text":
        rows["id"] = [str(value) for value in rows["id"]]
    typed = {name: pa.array(values, from_pandas=False) for name, values in rows.items()}
    nulls = {name: pa.array(values, type=pa.string()) for name, values in rows.items() if set(values) == {None}}
    return pa.table({**typed, **nulls})


MINE = Table(content="local:mine", format="parquet", id="id", label="y", score="score", prediction="p", query="g")
THEIRS = replace(MINE, content="local:theirs")
G = (("g",),)


def questions() -> tuple[Request, ...]:
    """Return a request of each family over tables that needs no artifact and no log, all their tasks."""
    tasks = ("binary", "multiclass", "regression", "ranking", "scores")
    kinds = (("x", "numeric"), ("g", "categorical"))
    return (
        *(Quality(table=MINE, task=task, threshold=0.5, slices=G) for task in tasks),
        *(PairedQuality(candidate=MINE, champion=THEIRS, task=task, threshold=0.5, slices=G) for task in tasks),
        Calibration(table=MINE, slices=G),
        Confusions(table=MINE, slices=G),
        GroupRates(table=MINE, threshold=0.5, attributes=G),
        Disparity(table=MINE, threshold=0.5, attributes=G),
        PairedRates(candidate=MINE, champion=THEIRS, threshold=0.5, champion_threshold=0.5, slices=G),
        PairedScores(candidate=MINE, champion=THEIRS, passes=0.5, slices=G),
        Drift(reference=THEIRS, current=MINE, columns=kinds),
        TableProfile(table=MINE),
        Overlap(reference=THEIRS, current=MINE, columns=("x", "g")),
        Association(table=MINE, target_table=MINE, target="y", target_kind="categorical", columns=kinds),
        Association(table=MINE, target_table=THEIRS, target="score", target_kind="numeric", columns=kinds),
        PersonalTexts(table=MINE),
        Anonymity(table=MINE, quasi_identifiers=("g", "y"), k=2),
        Latency(table=MINE, column="ms", artifact="a", champion="b", artifact_column="g"),
        ScoreCurve(table=MINE),
        PredictionBins(table=MINE),
        Distribution(reference=THEIRS, current=MINE, columns=kinds),
    )


def shuffled(n: int) -> list[int]:
    """Return places of rows in another order."""
    return np.random.default_rng(n).permutation(n).tolist()
