"""promoter measure: every statistic of a file, without policy or registry."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from sklearn import metrics

from promoter.commands.measure import command
from promoter.errors import ProposalError
from tests.measure.predictions import binary_columns, write


def run(*arguments: object) -> list[dict[str, Any]]:
    """Return the JSON list that the command prints."""
    result = CliRunner().invoke(command, [*map(str, arguments), "--json"], catch_exceptions=False)
    assert 0 == result.exit_code
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def value_of(found: list[dict[str, Any]], measure: str, **where: str) -> Any:
    """Return the one value of a measure on a slice."""
    (value,) = [entry["value"] for entry in found if entry["measure"] == measure and entry["slice"] == where]
    return value


def problems_of(*arguments: object) -> list[str]:
    """Return the problems that the command ends with."""
    with pytest.raises(ProposalError) as error:
        CliRunner().invoke(command, [*map(str, arguments)], catch_exceptions=False)
    assert 2 == error.value.exit_code
    return [str(problem) for problem in error.value.problems]


def test_a_file_with_usual_names_needs_no_option(tmp_path: Path) -> None:
    """y_true and y_score are found, the task is told from the label, and entries have the seven keys."""
    columns = binary_columns()
    path = write(tmp_path / "a.parquet", {"y_true": columns["y"], "y_score": columns["score"]})
    found = run(path)
    assert {"measure", "slice", "value", "interval", "n", "unit", "undecidable"} == set(found[0])
    assert value_of(found, "roc_auc") == pytest.approx(metrics.roc_auc_score(columns["y"], columns["score"]), rel=1e-9)
    assert value_of(found, "rows") == 400
    (accuracy,) = [entry for entry in found if entry["measure"] == "accuracy"]
    assert "neither a threshold for the score nor a prediction column says what is decided" == accuracy["undecidable"]


def test_all_the_fields_names_are_printed(tmp_path: Path) -> None:
    """With threshold, groups, champion and reference, under the names that the field uses."""
    columns = binary_columns()
    worse = columns | {"score": np.round(0.7 * columns["score"] + 0.1, 2)}
    new, old = write(tmp_path / "new.csv", columns), write(tmp_path / "old.parquet", worse)
    options = (
        "--threshold",
        0.5,
        "--by",
        "race,sex",
        "--champion",
        old,
        "--reference",
        old,
        "--features",
        "score,race",
    )
    names = {entry["measure"] for entry in run(new, *options)}
    wanted = (
        "roc_auc average_precision log_loss brier ece accuracy precision recall specificity f1 fpr fnr selection_rate"
        " selection_rate_ratio delong_z delong_p mcnemar_p psi ks wasserstein jensen_shannon mcc tp calibration_slope"
    )
    assert set() == set(wanted.split()) - names


def test_slices_are_each_column_and_all_together(tmp_path: Path) -> None:
    """--by a,b cuts by a, by b, and by both."""
    path = write(tmp_path / "a.parquet", binary_columns())
    slices = {tuple(entry["slice"]) for entry in run(path, "--by", "race,sex") if entry["measure"] == "roc_auc"}
    assert {(), ("race",), ("sex",), ("race", "sex")} == slices


def test_other_tasks_are_told_from_the_label(tmp_path: Path) -> None:
    """Texts are classes; many numbers are quantities."""
    classes = write(tmp_path / "c.parquet", {"y_true": ["a", "b", "c", "a"], "y_pred": ["a", "b", "c", "b"]})
    target = np.arange(30.0)
    quantities = write(tmp_path / "q.parquet", {"y_true": target, "y_pred": target + 1})
    assert value_of(run(classes), "accuracy") == 0.75
    assert value_of(run(quantities), "mae") == 1.0


def test_examples_and_rankings_are_measured_when_asked(tmp_path: Path) -> None:
    """--task scores and --task ranking."""
    scores = write(tmp_path / "s.parquet", {"id": [1, 2, 3], "score": [1, 0, 1], "suite": ["a", "a", "b"]})
    ranked = {"query": ["q", "q", "r", "r"], "label": [1, 0, 0, 1], "score": [0.9, 0.1, 0.8, 0.2]}
    found = run(scores, "--task", "scores", "--by", "suite", "--champion", scores)
    assert value_of(found, "pass_rate", suite="b") == 1.0
    assert value_of(found, "mean_score_difference") == 0.0
    assert value_of(run(write(tmp_path / "r.parquet", ranked), "--task", "ranking"), "mrr") == 0.75


def test_vectors_are_compared_with_the_references_unasked(tmp_path: Path) -> None:
    """A column of lists is found among all columns, and by its name."""
    generator = np.random.default_rng(2)
    new, old = (
        write(
            tmp_path / f"{name}.parquet",
            {"x": np.arange(200.0), "embedding": generator.normal(0, 1, (200, 3)).tolist()},
        )
        for name in ("new", "old")
    )
    for options in ((), ("--features", "embedding")):
        found = run(new, "--reference", old, *options)
        assert abs(value_of(found, "embedding_drift", feature="embedding")) < 0.05
        assert value_of(found, "embedding_drift_p", feature="embedding") > 0.001


def test_an_absent_column_ends_with_the_nearest_name(tmp_path: Path) -> None:
    """One line for each column that is not there."""
    path = write(tmp_path / "a.parquet", binary_columns())
    assert [
        f"{path}: there is no column 'scor' for --score; did you mean 'score'?",
        f"{path}: there is no column 'rce' for --by; did you mean 'race'?",
    ] == problems_of(path, "--score", "scor", "--by", "rce")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("gone.parquet", None, "cannot be read: No such file or directory; name a Parquet or CSV file"),
        ("a.bin", b"\0\1\2", "neither starts as Parquet does nor is named .csv; save it as Parquet"),
        ("a.parquet", b"PAR1 and no more", "check the file and its format"),
        ("a.csv", b"", "the file has no header line; write the column names first"),
    ],
)
def test_an_unusable_file_ends_with_one_line(tmp_path: Path, name: str, content: bytes | None, message: str) -> None:
    """Where, what, what next, and no traceback."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    (problem,) = problems_of(path)
    assert problem.startswith(f"{path}: ")
    assert message in problem


def test_ids_that_do_not_match_the_champions_end_with_examples(tmp_path: Path) -> None:
    """Never a silent inner join."""
    columns = binary_columns()
    new = write(tmp_path / "new.parquet", columns)
    old = write(tmp_path / "old.parquet", columns | {"id": columns["id"] + 1})
    (problem,) = problems_of(new, "--champion", old, "--threshold", 0.5)
    assert "1 ids of the candidate (such as 0) are not the champion's" in problem


def test_the_table_shows_reasons_in_place_of_numbers(tmp_path: Path) -> None:
    """Text for people, with the label's absence said on the side."""
    path = write(tmp_path / "a.parquet", {"y_true": [1, 1], "y_score": [0.5, 0.6], "[bold]": ["x", "y"]})
    result = CliRunner().invoke(command, [str(path)], catch_exceptions=False)
    assert "one class only: all 2 rows are positives" in result.stdout
    assert "column=[bold]" in result.stdout
    bare = CliRunner().invoke(command, [str(write(tmp_path / "b.parquet", {"x": [1.0]}))], catch_exceptions=False)
    assert "no column is known as the label, so no quality is measured; name it with --label" in bare.stderr


@pytest.mark.parametrize("threshold", ["nan", "inf", "-1e999"])
def test_a_threshold_that_no_score_reaches_is_refused(tmp_path: Path, threshold: str) -> None:
    """A score compared with NaN is quietly no decision for anybody."""
    path = write(tmp_path / "a.parquet", binary_columns())
    result = CliRunner().invoke(command, [str(path), "--threshold", threshold])
    assert 2 == result.exit_code
    assert "name a finite one" in result.stderr


def test_features_without_a_reference_are_refused(tmp_path: Path) -> None:
    """What was asked for is never left out in silence."""
    path = write(tmp_path / "a.parquet", binary_columns())
    result = CliRunner().invoke(command, [str(path), "--features", "score"])
    assert 2 == result.exit_code
    assert "--reference" in result.stderr


def test_a_feature_asked_for_by_name_is_measured_or_told(tmp_path: Path) -> None:
    """A row id is no feature until it is named as one; the drift of a time is refused with the reason."""
    columns = {"id": np.arange(40), "timestamp": np.arange(40).astype("datetime64[D]"), "x": np.arange(40) / 40.0}
    path = write(tmp_path / "a.parquet", columns)
    asked = {entry["slice"].get("feature") for entry in run(path, "--reference", path, "--features", "id,x")}
    assert {"id", "x"} <= asked
    (problem,) = problems_of(path, "--reference", path, "--features", "timestamp")
    assert f"{path}: column 'timestamp' is timestamp; drift knows numeric, categorical, vector columns" == problem


def test_a_failure_without_a_place_is_told_of_the_file(tmp_path: Path) -> None:
    """The reason stands whole behind the file's name."""
    path = write(tmp_path / "a.parquet", binary_columns())
    (problem,) = problems_of(path, "--task", "ranking")
    wanted = "a ranking needs a query, a label and a score column; name them in the evidence's columns"
    assert f"{path}: {wanted}" == problem
