"""Rankings and several classes before the champion gate, from the files to the finding."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.gates.champion_regression import GATE
from promoter.gates.contract.finding import Finding
from promoter.measure.plan import measure
from promoter.policy.policy import NearMiss
from tests.measure.predictions import write
from tests.support.candidates import PREDICTIONS, bind_parameters, make_context, make_release

QUERIES, DOCUMENTS = 80, 5
ROWS = QUERIES * DOCUMENTS


def ranking(noise: float) -> dict[str, Any]:
    """Return 80 queries of five documents; the score follows relevance less, the more noise."""
    generator = np.random.default_rng(2)
    relevance = generator.integers(0, 3, ROWS)
    score = relevance + noise * generator.normal(size=ROWS)
    return {"id": np.arange(ROWS), "query": np.arange(ROWS) // DOCUMENTS, "relevance": relevance, "score": score}


def classes(noise: float) -> dict[str, Any]:
    """Return rows of two kinds of fruit and a nut with their probabilities."""
    generator = np.random.default_rng(2)
    code = generator.integers(0, 3, ROWS)
    scores = np.exp(3.0 * np.eye(3)[code] + noise * generator.normal(size=(ROWS, 3)))
    scores /= scores.sum(axis=1, keepdims=True)
    names = np.array(["apple", "nut", "pear"])
    columns = {f"p_{name}": scores[:, place] for place, name in enumerate(names)}
    return {"id": np.arange(ROWS), "fruit": names[code], "called": names[scores.argmax(axis=1)], **columns}


PARTS: dict[str, dict[str, Any]] = {
    "ranking": {"label": "relevance", "score": "score", "query": "query"},
    "multiclass": {
        "label": "fruit",
        "prediction": "called",
        "class_scores": {name: f"p_{name}" for name in ("apple", "nut", "pear")},
    },
}


def judged(folder: Path, task: str, candidate: dict[str, Any], champion: dict[str, Any], **rule: Any) -> list[Finding]:
    """Return what the gate finds of two files with one comparison."""
    sources, releases = {}, []
    for version, rows in (("2.0.0", candidate), ("1.0.0", champion)):
        path = write(folder / f"{version}.parquet", rows)
        digest = f"sha256:{sha256(path.read_bytes()).hexdigest()}"
        sources[digest] = path
        entry = {**PREDICTIONS, "digest": digest, "columns": {"id": "id", **PARTS[task]}}
        releases.append(make_release(model={"task": task}, version=version, evidence=[entry], decision=None))
    context = make_context(releases[0], champion=releases[1], near_miss=NearMiss(absolute=0.001))
    parameters = bind_parameters(GATE, comparisons=[rule])
    assert GATE.why_not(parameters, context.candidate) is None
    answers = measure(GATE.measures(parameters, context.candidate), sources, DuckDBEngine(threads=1))
    return list(GATE.judge(parameters, answers, context))


@pytest.mark.parametrize("measure_name", ["ndcg", "ndcg_at_5", "ndcg_at_10", "mrr"])
@pytest.mark.parametrize(("mine", "satisfied"), [(0.5, True), (20.0, False)])
def test_rankings_are_compared_by_query(tmp_path: Path, measure_name: str, mine: float, satisfied: bool) -> None:
    """A ranking as good as the champion's passes, and one at random fails; n counts the queries with an answer."""
    rows = ranking(mine)
    [finding] = judged(tmp_path, "ranking", rows, ranking(0.5), measure=measure_name, margin=0.02)
    relevant = np.unique(rows["query"][rows["relevance"] > 0]).size
    assert (satisfied, f"{measure_name}_difference", relevant) == (finding.satisfied, finding.measure, finding.n)


@pytest.mark.parametrize("measure_name", ["accuracy", "log_loss", "brier"])
@pytest.mark.parametrize(("mine", "satisfied"), [(1.0, True), (6.0, False)])
def test_classes_are_compared_by_row(tmp_path: Path, measure_name: str, mine: float, satisfied: bool) -> None:
    """Class scores as good as the champion's pass, and noisy ones fail, whichever way the measure is good."""
    [finding] = judged(tmp_path, "multiclass", classes(mine), classes(1.0), measure=measure_name, margin=0.02)
    assert (satisfied, f"{measure_name}_difference", ROWS) == (finding.satisfied, finding.measure, finding.n)


@pytest.mark.parametrize(
    ("task", "make", "measure_name"), [("ranking", ranking, "rmse"), ("multiclass", classes, "mrr")]
)
def test_a_measure_of_another_task_decides_nothing(tmp_path: Path, task: str, make: Any, measure_name: str) -> None:
    """It is not made, and what is not made never passes."""
    [finding] = judged(tmp_path, task, make(1.0), make(1.0), measure=measure_name, margin=0.02)
    assert finding.satisfied is None
