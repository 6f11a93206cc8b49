"""promoter propose: files that changed their columns, names that are none, files that no push would take."""

import os
from pathlib import Path

import pandas as pd
import pytest

from tests.commands.proposed import EVIDENCE, MODEL, manifest_at, propose, sample_registry, with_table
from tests.support.repositories import RepositoryBuilder


@pytest.fixture
def samples(tmp_path: Path) -> RepositoryBuilder:
    """Return the sample registry."""
    return sample_registry(tmp_path / "registry")


def test_a_column_that_became_text_is_told_and_judged(samples: RepositoryBuilder, tmp_path: Path) -> None:
    """The signature takes the type that the rows hold, says so, and the artifact is held against it."""
    frame = pd.read_parquet(EVIDENCE / "features_reference.parquet")
    frame["loan_to_value"] = frame["loan_to_value"].astype(str)
    frame.to_parquet(tmp_path / "rows.parquet")
    run = propose(samples, "2.2.0", *with_table("--reference", tmp_path / "rows.parquet"), "--summary", "Text.")
    assert "signature: loan_to_value was float, the rows hold string" in run.err
    assert "committed" in run.err
    features = {one.name: one for one in manifest_at(samples, f"promoter/{MODEL}/2.2.0", "2.2.0").signature.features}
    assert "string" == features["loan_to_value"].dtype


def test_columns_that_play_no_known_part_are_told(samples: RepositoryBuilder, tmp_path: Path) -> None:
    """Before anything is measured, with the option that names them; and what the prediction was before."""
    frame = pd.read_parquet(EVIDENCE / "predictions.parquet").drop(columns=["id", "y_true", "y_score"])
    frame.to_parquet(tmp_path / "rows.parquet")
    run = propose(
        samples, "2.2.0", *with_table("--predictions", tmp_path / "rows.parquet"), "--summary", "s", "--dry-run"
    )
    assert "predictions: no column is known as id or label among y_pred, race" in run.err
    assert "name its id with --id, its label with --label" in run.err
    assert "the prediction was y_score, which these have not: it is y_pred" in run.err


def test_a_file_that_github_would_block_is_refused(samples: RepositoryBuilder, tmp_path: Path) -> None:
    """Before it is read: a push of it would fail at the very end."""
    huge = tmp_path / "rows.csv"
    with huge.open("wb") as file:
        file.truncate(100 * 1024**2 + 1)
    run = propose(samples, "2.2.0", *with_table("--predictions", huge), "--summary", "Large.")
    assert 2 == run.code
    assert "it has 104,857,601 bytes, and GitHub takes no file above 104,857,600; put it into a store" in run.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_told(samples: RepositoryBuilder, tmp_path: Path) -> None:
    """As what it is, and not as a failure of ours."""
    rows = tmp_path / "rows.csv"
    rows.write_text("id\n1\n", encoding="ascii")
    rows.chmod(0)
    run = propose(samples, "2.2.0", *with_table("--predictions", rows), "--summary", "Secret.")
    assert 2 == run.code
    assert f"{rows}: cannot be read: Permission denied" in run.err


@pytest.mark.parametrize(
    ("fill", "words"),
    [
        ("datasets: {a: 1}", ":1:1: this is no list of mappings; write one entry a data set"),
        ("datasets: [1]", ":1:1: this is no list of mappings; write one entry a data set"),
        ("decision: null", ":1:1: 'decision' has no value; give it one, or leave the key out"),
    ],
)
def test_what_is_filled_in_is_never_passed_over(
    samples: RepositoryBuilder, tmp_path: Path, fill: str, words: str
) -> None:
    """What is of another form is told at its line: the version before spoke in its place."""
    (tmp_path / "fill.yaml").write_text(f"{fill}\n", encoding="utf-8")
    run = propose(samples, "2.2.0", *with_table("--fill", tmp_path / "fill.yaml"), "--summary", "Filled.")
    assert 2 == run.code
    assert words in run.err


def test_a_name_that_is_none_is_told_where_it_stands(samples: RepositoryBuilder) -> None:
    """The model or the version, whichever is wrong; a model that is not there, with the nearest that is."""
    assert "--version: 'A.1' is no version's name" in propose(samples, "A.1").err
    assert "MODEL: 'Mortgage' is no model's id" in propose(samples, "1.0.0", model="Mortgage").err
    told = propose(samples, "1.0.0", model="lending/mortgag").err
    assert "lending/mortgag is not registered: did you mean 'lending/mortgage'?" in told
