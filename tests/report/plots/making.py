"""Drawings for the report's tests, measured by the engine from small real files."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.measure.plan import measure
from promoter.measure.request import Drift, GroupRates, Quality, Request, Table
from promoter.measure.requests_drawing import Distribution, PredictionBins, ScoreCurve
from tests.measure.predictions import binary_columns, table_of, write

Shapes = Sequence[tuple[str, Request]]


def binary(folder: Path, *, attribute: str = "race", groups: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the curves and groups of a binary candidate and champion; `groups` renames them."""
    columns = binary_columns(600)
    renamed = np.array([(groups or {}).get(group, group) for group in columns.pop("race")])
    files = {}
    for side, seed in (("candidate", 7), ("champion", 8)):
        score = np.clip(columns["score"] + np.random.default_rng(seed).normal(0, 0.05, 600), 0.01, 0.99)
        files[f"local:{side}"] = write(folder / f"{side}.parquet", columns | {"score": score, attribute: renamed})
    asked: list[tuple[str, bool, Request]] = []
    for side in ("candidate", "champion"):
        table, is_champion = table_of(f"local:{side}"), side == "champion"
        asked.append(("curve", is_champion, ScoreCurve(table=table, threshold=0.5)))
        asked.append(("groups", is_champion, GroupRates(table=table, threshold=0.5, attributes=((attribute,),))))
    return drawings([*_answered(asked, files)])


def features(folder: Path, *, number: str = "income", category: str = "region", shift: float = 0.5) -> dict[str, Any]:
    """Return drift and distributions of a numeric and a categorical feature."""
    generator = np.random.default_rng(9)
    files = {}
    for side, moved, weights in (("reference", 0.0, (0.5, 0.3, 0.2)), ("current", shift, (0.2, 0.3, 0.5))):
        columns = {
            number: generator.normal(moved, 1, 500),
            category: generator.choice(["north", "south", "east"], 500, p=weights),
        }
        files[f"local:{side}"] = write(folder / f"{side}.parquet", columns)
    reference, current = (Table(content=key, format="parquet") for key in files)
    sides: dict[str, Any] = {"reference": reference, "current": current}
    named = ((number, "numeric"), (category, "categorical"))
    asked = [
        ("drift", False, Drift(**sides, columns=named)),
        ("distribution", False, Distribution(**sides, columns=named)),
    ]
    return drawings([*_answered(asked, files)])


def classes(folder: Path) -> dict[str, Any]:
    """Return the confusion of a model of three classes."""
    generator = np.random.default_rng(10)
    label = generator.choice(["cat", "dog", "owl"], 300)
    taken = np.where(generator.random(300) < 0.8, label, "cat")
    path = write(folder / "classes.parquet", {"y": label, "p": taken})
    table = table_of("local:c", id=None, score=None, prediction="p")
    return drawings([*_answered([("confusion", False, Quality(table=table, task="multiclass"))], {"local:c": path})])


def quantities(folder: Path) -> dict[str, Any]:
    """Return the bins of a regression."""
    generator = np.random.default_rng(11)
    predicted = generator.normal(100, 20, 300)
    path = write(folder / "q.parquet", {"y": predicted + generator.normal(0, 10, 300), "p": predicted})
    table = table_of("local:q", id=None, score=None, prediction="p")
    return drawings([*_answered([("bins", False, PredictionBins(table=table))], {"local:q": path})])


def drawings(drawn: Sequence[dict[str, Any]], *, left_out: str | None = None) -> dict[str, Any]:
    """Return the form promoter.drawings/1 of the promotion that the report's tests are about."""
    change = {"model": "lending/mortgage", "version": "2.1.0", "stage": "production", "drawings": [*drawn]}
    return {"schema": "promoter.drawings/1", "left_out": left_out, "changes": [change]}


def _answered(asked: Sequence[tuple[str, bool, Request]], files: Mapping[str, Path]) -> list[dict[str, Any]]:
    answers = measure([request for _, _, request in asked], files, DuckDBEngine(threads=1))
    return [
        {
            "shape": shape,
            "version": "2.0.0" if is_champion else "2.1.0",
            "is_champion": is_champion,
            "evidence": "evidence",
            "request": request.as_json(),
            "measured": answers[request].as_json(),
        }
        for shape, is_champion, request in asked
    ]
