# ruff: noqa: S101, SIM300
import numpy as np
import pandas as pd
import pytest
import yaml

from examples.common import digest, split, write_parquet
from examples.facts import binary_facts, multiclass_facts, regression_facts
from examples.spec import FeatureColumn
from examples.yaml_text import Quoted, yaml_text

STRATA = ["a"] * 60 + ["b"] * 40


def test_a_split_repeats() -> None:
    """The same seed gives the same halves."""
    for first, second in zip(
        split(STRATA, holdout_share=0.5, seed=1), split(STRATA, holdout_share=0.5, seed=1), strict=True
    ):
        assert first.tolist() == second.tolist()


def test_a_split_takes_every_row_once() -> None:
    """No row is trained on and judged by, and none is lost."""
    training, holdout = split(STRATA, holdout_share=0.5, seed=1)
    assert list(range(100)) == sorted([*training, *holdout])


def test_a_split_keeps_the_strata() -> None:
    """Each half holds half of each stratum."""
    _, holdout = split(STRATA, holdout_share=0.5, seed=1)
    assert 20 == sum(STRATA[row] == "b" for row in holdout)


def test_equal_tables_give_equal_files(tmp_path) -> None:
    """A table written twice has one digest."""
    table = pd.DataFrame({"id": [1, 2], "value": [0.5, 0.25]})
    paths = [tmp_path / name for name in ("first.parquet", "second.parquet")]
    for path in paths:
        write_parquet(path, table)
    assert digest(paths[0]) == digest(paths[1])


def test_a_version_stays_text_in_yaml() -> None:
    """A version that looks like a number is quoted; what is None is left out."""
    text = yaml_text({"version": Quoted("1.0"), "absent": None}, schema="x.json")
    assert {"version": "1.0"} == yaml.safe_load(text)


def test_binary_facts_are_those_by_hand() -> None:
    """Of 100 + 100 rows, 80 and 40 are selected: a ratio of one half."""
    groups = np.repeat(["a", "b"], 100)
    selected = np.concatenate([np.arange(100) < 80, np.arange(100) < 40]).astype(int)
    table = pd.DataFrame({"y_true": selected, "y_pred": selected, "y_score": selected * 0.5 + 0.25, "group": groups})
    facts = binary_facts(table, attributes=("group",), slices=())
    assert (200, 120, 1.0, 0.6) == (facts["n"], facts["positives"], facts["accuracy"], facts["selection"])
    assert 0.5 == pytest.approx(facts["ratio"]["group"])


def test_regression_facts_are_those_by_hand() -> None:
    """Errors of +1 and -3: mean absolute error 2, bias -1, root of mean square sqrt(5)."""
    table = pd.DataFrame({"y_true": [1.0, 5.0], "y_pred": [2.0, 2.0]})
    facts = regression_facts(table, slices=())
    assert [2.0, -1.0, 5**0.5] == pytest.approx([facts["mae"], facts["bias"], facts["rmse"]])


def test_multiclass_facts_name_the_worst_class() -> None:
    """Class b is found once of two times."""
    table = pd.DataFrame(
        {"y_true": ["a", "a", "b", "b"], "y_pred": ["a", "a", "a", "b"], "score_a": 0.5, "score_b": 0.5}
    )
    facts = multiclass_facts(table)
    assert ("b", 0.5, 0.75) == (facts["worst"], facts["worst_recall"], facts["accuracy"])


def test_each_row_has_an_id_of_its_own(rows: pd.DataFrame) -> None:
    """Versions are compared row by row, so ids repeat never."""
    assert rows["id"].is_unique


def test_each_row_has_a_label(rows: pd.DataFrame) -> None:
    """No label is missing."""
    assert rows["y_true"].notna().all()


def test_a_column_keeps_its_declared_range(column: FeatureColumn, rows: pd.DataFrame) -> None:
    """Every row's value lies between the signature's bounds, and none is missing."""
    assert rows[column.name].between(column.minimum, column.maximum).all()
