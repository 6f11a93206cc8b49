"""promoter measure predictions and promoter measure latency: what an artifact says of rows, and how fast."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from promoter.commands.measure import command
from promoter.digest import sha256_bytes
from promoter.engines.onnx import process
from promoter.errors import ProposalError, ServiceError
from tests.engines.onnx.models import logistic
from tests.measure.predictions import write

ROWS = 40


def rows(folder: Path, name: str = "rows.parquet") -> Path:
    """Write rows with an id, a label, a group and two features."""
    generator = np.random.default_rng(3)
    a, b = generator.normal(size=ROWS), generator.normal(size=ROWS)
    ids = [f"r{place}" for place in range(ROWS)]
    columns = {"id": ids, "y_true": (a > b).astype(int), "sex": ["f", "m"] * (ROWS // 2), "a": a, "b": b}
    return write(folder / name, columns)


def run(*arguments: object) -> str:
    """Return what the command prints."""
    result = CliRunner().invoke(command, [*map(str, arguments)], catch_exceptions=False)
    assert 0 == result.exit_code, result.output
    return result.stdout


def problems_of(*arguments: object) -> list[str]:
    """Return the problems that the command ends with."""
    with pytest.raises(ProposalError) as error:
        CliRunner().invoke(command, [*map(str, arguments)], catch_exceptions=False)
    return [str(problem) for problem in error.value.problems]


@pytest.mark.parametrize("name", ["rows.parquet", "rows.csv"])
def test_predictions_are_the_artifacts_and_carry_what_is_asked(tmp_path: Path, name: str) -> None:
    """Score, decision at the threshold, id, label and groups stand in the file that is written."""
    model = logistic(tmp_path / "m.onnx", [2.0, -2.0])
    out = tmp_path / "predictions.parquet"
    run("predictions", model, rows(tmp_path, name), "--out", out, "--carry", "sex", "--threshold", 0.5)
    table = pq.read_table(out)
    assert ["id", "y_true", "sex", "y_score", "y_pred"] == table.column_names
    scores = table["y_score"].to_numpy()
    assert ((scores >= 0.5) == table["y_pred"].to_numpy()).all()
    assert (table["y_pred"].to_numpy() == table["y_true"].to_numpy()).all()


def test_what_is_written_is_measured_like_any_file(tmp_path: Path) -> None:
    """`measure FILE` still works beside its subcommands."""
    out = tmp_path / "predictions.csv"
    run("predictions", logistic(tmp_path / "m.onnx", [2.0, -2.0]), rows(tmp_path), "--out", out, "--carry", "sex")
    found: list[dict[str, Any]] = json.loads(run(out, "--json"))
    [area] = [entry["value"] for entry in found if (entry["measure"], entry["slice"]) == ("roc_auc", {})]
    assert 1.0 == area


def test_class_scores_are_written_by_class(tmp_path: Path) -> None:
    """The predicted class is that of the largest score."""
    model, out = logistic(tmp_path / "m.onnx", [2.0, -2.0]), tmp_path / "p.parquet"
    run("predictions", model, rows(tmp_path), "--out", out, "--features", "a,b", "--classes", "no,yes")
    table = pq.read_table(out)
    assert ["id", "y_true", "y_pred", "score_no", "score_yes"] == table.column_names
    assert {"no", "yes"} == set(table["y_pred"].to_pylist())


def test_writing_twice_gives_the_same_bytes_and_never_over(tmp_path: Path) -> None:
    """Evidence is deterministic, and what is there is not replaced."""
    model, source = logistic(tmp_path / "m.onnx", [2.0, -2.0]), rows(tmp_path)
    arguments = ["predictions", model, source, "--features", "a,b", "--out"]
    for name in ("one.parquet", "two.parquet"):
        run(*arguments, tmp_path / name)
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()
    assert "is there already" in problems_of(*arguments, tmp_path / "one.parquet")[0]


@pytest.mark.parametrize(
    ("name", "message"), [("a.xyz", "end it in .parquet or .csv"), ("no/a.csv", "there is no folder")]
)
@pytest.mark.parametrize("task", ["predictions", "latency"])
def test_a_place_that_cannot_be_written_is_told_before_the_work(
    tmp_path: Path, task: str, name: str, message: str
) -> None:
    """A file of no format or in no folder is refused, even where the model could not be read either."""
    (problem,) = problems_of(task, tmp_path / "no.onnx", rows(tmp_path), "--out", tmp_path / name)
    assert message in problem


def test_a_place_that_refuses_is_no_failure_of_promoter(tmp_path: Path) -> None:
    """What the system says of the place stands behind it."""
    model, out = logistic(tmp_path / "m.onnx", [2.0, -2.0]), tmp_path / "out.csv"
    out.symlink_to(tmp_path / "no" / "out.csv")
    (problem,) = problems_of("predictions", model, rows(tmp_path), "--features", "a,b", "--out", out)
    assert f"{out}: cannot be written: " in problem


@pytest.mark.parametrize("options", [("--threshold", "nan"), ("--regression", "--classes", "a,b")])
def test_options_that_decide_nothing_are_refused(tmp_path: Path, options: tuple[str, ...]) -> None:
    """A threshold that nothing reaches, and two tasks at once."""
    model = logistic(tmp_path / "m.onnx", [2.0, -2.0])
    words = ("predictions", model, rows(tmp_path), "--features", "a,b", "--out", tmp_path / "out.csv", *options)
    assert 2 == CliRunner().invoke(command, [*map(str, words)]).exit_code
    assert not (tmp_path / "out.csv").exists()


def test_misfits_say_what_to_do(tmp_path: Path) -> None:
    """A wrong column names the nearest; a column that is no feature is the model's misfit."""
    model, source, out = logistic(tmp_path / "m.onnx", [2.0, -2.0]), rows(tmp_path), tmp_path / "p.csv"
    [unknown] = problems_of("predictions", model, source, "--out", out, "--features", "a,bb")
    assert "did you mean 'b'?" in unknown
    [misfit] = problems_of("predictions", model, source, "--out", out)
    assert "--features" in misfit
    [no_file] = problems_of("predictions", tmp_path / "none.onnx", source, "--out", out)
    assert "is no file" in no_file


def test_latency_evidence_is_of_both_artifacts_by_digest(tmp_path: Path) -> None:
    """Both artifacts are timed as often, and the ratio of their percentiles is printed."""
    new, old = logistic(tmp_path / "new.onnx", [2.0, -2.0]), logistic(tmp_path / "old.onnx", [1.0], intercept=0.5)
    out = tmp_path / "latency.csv"
    printed = run(
        *("latency", new, rows(tmp_path), "--out", out, "--features", "a,b", "--champion", old),
        *("--champion-features", "a", "--requests", 120, "--warm-up", 5, "--json"),
    )
    found = {entry["measure"]: entry for entry in json.loads(printed)}
    assert (120, 240) == (found["latency_p95"]["n"], found["latency_p95_ratio"]["n"])
    assert {"ms"} == {found[f"latency_{name}"]["unit"] for name in ("p50", "p95", "p99")}
    assert all(out.read_text().count(sha256_bytes(path.read_bytes())) == 120 for path in (new, old))


def test_missing_runtime_is_the_operators(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without onnxruntime there is no evidence, and the error says what to install."""
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n')
    bare.chmod(0o755)
    monkeypatch.setattr(process.sys, "executable", str(bare))
    model, out = logistic(tmp_path / "m.onnx", [2.0, -2.0]), tmp_path / "p.csv"
    with pytest.raises(ServiceError, match="onnxruntime"):
        run("predictions", model, rows(tmp_path), "--out", out, "--features", "a,b")
    assert not out.exists()


def test_help_lists_the_subcommands() -> None:
    """A reader of the help finds all three."""
    shown = run("--help")
    assert all(name in shown for name in ("file", "latency", "predictions"))
