"""Confusion matrices inside of slices."""

from pathlib import Path

import numpy as np
from sklearn import metrics

from promoter.measure.request import Measured, Quality, Table
from promoter.measure.requests_data import Confusions
from promoter.measure.survey import Survey, survey_requests
from tests.measure.predictions import answer, found_in, write

TABLE = Table(content="local:a", format="parquet", label="y", prediction="p")


def test_cells_of_a_slice_are_scikit_learns_matrix_of_its_rows(tmp_path: Path) -> None:
    """Classes that only other slices have are there with 0 rows, so that matrices can be laid side by side."""
    generator = np.random.default_rng(6)
    label, predicted = (generator.choice(["a", "b", "c"], 300) for _ in range(2))
    site = np.where((np.arange(300) % 3 == 0) & (label != "c") & (predicted != "c"), "north", "south")
    path = write(tmp_path / "a.parquet", {"y": label, "p": predicted, "site": site})
    measured = answer(path, Confusions(table=TABLE, slices=(("site",),)))
    for name in ("north", "south"):
        rows = site == name
        matrix = metrics.confusion_matrix(label[rows], predicted[rows], labels=["a", "b", "c"])
        for row, actual in enumerate("abc"):
            for column, guess in enumerate("abc"):
                where = (("site", name), ("actual", actual), ("predicted", guess))
                cell = found_in(measured, "confusion", *where)
                assert (matrix[row, column], rows.sum()) == (cell.value, cell.n)


def test_more_cells_than_anyone_reads_have_one_reason(tmp_path: Path) -> None:
    """10,000 groups of two classes would be 40,000 numbers."""
    columns = {"y": np.tile(["a", "b"], 10_000), "p": np.tile(["a", "a", "b"], 6_667)[:20_000]}
    path = write(tmp_path / "a.parquet", {**columns, "shop": np.repeat(np.arange(10_000), 2)})
    measured = answer(path, Confusions(table=TABLE, slices=(("shop",),)))
    [found] = measured.values
    assert "more than 20000 cells" in (found.undecidable or "")


def test_a_slice_with_missing_predictions_has_its_own_reason(tmp_path: Path) -> None:
    """Trap: a row whose wrong prediction was blanked leaves its slice without cells; the other slice keeps its own."""
    columns = {"y": ["a", "b", "a", "b"], "p": ["a", "b", None, "b"], "site": ["n", "n", "s", "s"]}
    measured = answer(write(tmp_path / "a.parquet", columns), Confusions(table=TABLE, slices=(("site",),)))
    assert "missing in some rows" in (found_in(measured, "confusion", ("site", "s")).undecidable or "")
    assert 1 == found_in(measured, "confusion", ("site", "n"), ("actual", "a"), ("predicted", "a")).value


def test_they_are_asked_where_a_file_of_classes_is_cut() -> None:
    """By `promoter measure --by`, beside the quality of the same rows; without slices Quality has them."""
    profile = Measured(facts={"categories": {"y": ["a", "b", "c"]}, "columns": {"y": "string"}})
    cut, whole = (survey_requests(Survey(table=TABLE, profile=profile, by=by)) for by in (("site",), ()))
    assert Confusions(table=TABLE, slices=(("site",),)) in cut
    assert [Quality] == [type(request) for request in whole if isinstance(request, Quality | Confusions)]
