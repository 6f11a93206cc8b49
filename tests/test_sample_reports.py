"""The numbers of the sample reports, recomputed by scikit-learn and fairlearn from the same files."""

import json
import shutil
from pathlib import Path
from typing import Any

import fairlearn.metrics
import pandas as pd
import pytest
import sklearn.metrics

from promoter.digest import sha256_bytes
from tests.support.command import run_promoter
from tests.support.repositories import RepositoryBuilder

ROOT = Path(__file__).parents[1]
PREDICTIONS = "evidence/predictions.parquet"


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry with this project's rules and models, committed."""
    folder = tmp_path_factory.mktemp("registry")
    for name in ("models", "policies"):
        shutil.copytree(ROOT / name, folder / name)
    builder = RepositoryBuilder.create(folder)
    builder.git("add", "-A")
    builder.git("commit", "-qm", "registry")
    return folder


def check(registry: Path, model: str, version: str) -> dict[str, Any]:
    """Return the change of moving a model's staging pointer to a version, judged from the working tree."""
    pointer = registry / "models" / model / "stages" / "staging.yaml"
    before = pointer.read_text()
    pointer.write_text(f'version: "{version}"\n')
    try:
        run = run_promoter("check", "--repo", str(registry), "--worktree", "--json", "--at", "2026-06-01T00:00:00Z")
    finally:
        pointer.write_text(before)
    assert run.out, run.err
    (change,) = json.loads(run.out)["changes"]
    found: dict[str, Any] = change
    return found


def values(change: dict[str, Any], content: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Return (measure, slice) to value of the quality that was measured on a predictions file."""
    found = {}
    for entry in change["measurements"].values():
        if entry["request"]["family"] == "Quality" and entry["request"]["table"]["content"] == content:
            for value in entry["measured"]["values"]:
                if value["value"] is not None:
                    found[value["measure"], tuple(sorted(value["slice"].items()))] = value["value"]
    return found


def digest_of(registry: Path, model: str, version: str) -> str:
    """Return the content key of a version's predictions."""
    return sha256_bytes((registry / "models" / model / "versions" / version / PREDICTIONS).read_bytes())


def frame(registry: Path, model: str, version: str) -> pd.DataFrame:
    """Return a version's predictions."""
    return pd.read_parquet(registry / "models" / model / "versions" / version / PREDICTIONS)


@pytest.mark.parametrize(
    ("model", "version", "threshold"),
    [("lending/mortgage", "2.1.0", 0.7), ("labour/employment", "2.1.0", 0.5)],
)
def test_binary_numbers_are_scikit_learns(registry: Path, model: str, version: str, threshold: float) -> None:
    """Overall quality of the two binary samples agrees to 1e-9."""
    rows = frame(registry, model, version)
    decided = rows.y_score >= threshold
    found = values(check(registry, model, version), digest_of(registry, model, version))
    expected = {
        "roc_auc": sklearn.metrics.roc_auc_score(rows.y_true, rows.y_score),
        "average_precision": sklearn.metrics.average_precision_score(rows.y_true, rows.y_score),
        "log_loss": sklearn.metrics.log_loss(rows.y_true, rows.y_score),
        "brier": sklearn.metrics.brier_score_loss(rows.y_true, rows.y_score),
        "accuracy": sklearn.metrics.accuracy_score(rows.y_true, decided),
        "recall": sklearn.metrics.recall_score(rows.y_true, decided),
        "precision": sklearn.metrics.precision_score(rows.y_true, decided),
        "f1": sklearn.metrics.f1_score(rows.y_true, decided),
        "mcc": sklearn.metrics.matthews_corrcoef(rows.y_true, decided),
    }
    compared = {name: value for name, value in expected.items() if (name, ()) in found}
    assert {"roc_auc", "recall", "accuracy"} <= set(compared)
    assert {name: pytest.approx(value, rel=1e-9) for name, value in compared.items()} == {
        name: found[name, ()] for name in compared
    }


@pytest.mark.parametrize("version", ["2.0.0", "2.1.0"])
def test_fairness_numbers_are_fairlearns(registry: Path, version: str) -> None:
    """The selection-rate ratio and the recall difference by race of the mortgage sample agree to 1e-9."""
    rows = frame(registry, "lending/mortgage", version)
    decided = rows.y_score >= 0.7
    assessed = rows.race.isin(rows.race.value_counts().loc[lambda counts: counts >= 50].index)
    change = check(registry, "lending/mortgage", version)
    findings = [
        finding
        for result in change["results"]
        for finding in result["findings"]
        if finding["slice"] == {"attribute": "race"}
    ]
    ratio = fairlearn.metrics.demographic_parity_ratio(
        rows.y_true[assessed], decided[assessed], sensitive_features=rows.race[assessed]
    )
    shown = {finding["measure"]: finding["value"] for finding in findings}
    assert pytest.approx(ratio, rel=1e-9) == shown["selection_rate_ratio"]
    recall = fairlearn.metrics.MetricFrame(
        metrics=sklearn.metrics.recall_score, y_true=rows.y_true, y_pred=decided, sensitive_features=rows.race
    )
    positives = rows[rows.y_true == 1].race.value_counts()
    spread = recall.by_group[positives.loc[lambda counts: counts >= 30].index]
    assert pytest.approx(spread.max() - spread.min(), rel=1e-9) == shown["tpr_difference"]


def test_regression_numbers_are_scikit_learns(registry: Path) -> None:
    """The errors of the diabetes sample agree to 1e-9."""
    rows = frame(registry, "health/diabetes-progression", "2.1.0")
    change = check(registry, "health/diabetes-progression", "2.1.0")
    found = values(change, digest_of(registry, "health/diabetes-progression", "2.1.0"))
    expected = {
        "mae": sklearn.metrics.mean_absolute_error(rows.y_true, rows.y_pred),
        "rmse": sklearn.metrics.root_mean_squared_error(rows.y_true, rows.y_pred),
        "r2": sklearn.metrics.r2_score(rows.y_true, rows.y_pred),
    }
    compared = {name: value for name, value in expected.items() if (name, ()) in found}
    assert "mae" in compared
    assert {name: pytest.approx(value, rel=1e-9) for name, value in compared.items()} == {
        name: found[name, ()] for name in compared
    }
