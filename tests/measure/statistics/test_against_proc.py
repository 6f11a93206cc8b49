"""AUCs and DeLong's test against the numbers that R's pROC expects of itself, on its aSAH patients.

tests/data/asah_ranks.csv holds, for each of the 113 patients of Turck et al. 2010 (41 with a poor outcome), where the
patient stands in the order of three markers: the orders that pROC's published placement values determine, all that an
AUC depends on. The markers' values, which pROC distributes under GPL-3, are not part of it.
Expected values: tests/testthat/test-roc.test.R, test-var.R and test-ci.auc.R of github.com/xrobin/pROC.
"""

import csv
import math
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from scipy import special

from promoter.measure.statistics.curve import roc_auc
from promoter.measure.statistics.delong import delong_paired
from promoter.measure.statistics.multiclass_scores import macro_auc
from promoter.measure.statistics.sufficient import ScoreCounts

RANKS = Path(__file__).parents[2] / "data" / "asah_ranks.csv"
EXACT = {"rel": 1e-9}


def column(name: str) -> npt.NDArray[np.float64]:
    """Return one column of the patients."""
    with RANKS.open(newline="") as file:
        return np.array([float(row[name]) for row in csv.DictReader(file)])


@pytest.mark.parametrize(
    ("marker", "area", "variance"),
    [
        ("wfns", 0.823678861788618, 0.00146991470882363),
        ("ndka", 0.611957994579946, 0.0031908105493913),
        ("s100b", 0.731368563685637, 0.00266868245717244),
    ],
)
def test_areas_and_their_variances_are_procs(marker: str, area: float, variance: float) -> None:
    """auc(roc) and var(roc); the logit interval's width gives the variance back."""
    found = roc_auc(ScoreCounts.from_rows(column("poor"), column(marker)))
    assert area == pytest.approx(found.value, **EXACT)
    assert found.interval is not None
    ends = special.logit([found.interval.lower, found.interval.upper])
    error = (ends[1] - ends[0]) / (2.0 * special.ndtri(0.975)) * area * (1.0 - area)
    assert variance == pytest.approx(error**2, **EXACT)


@pytest.mark.parametrize(
    ("champion", "candidate", "z", "p", "lower", "upper"),
    [
        ("s100b", "wfns", 2.20898359144091, 0.0271757822291882, 0.0104061769564846, 0.174214419249478),
        ("ndka", "wfns", 2.79777591868904, 0.00514557970691098, 0.0634011709339876, 0.3600405634833566),
        ("s100b", "ndka", -1.39077002573558, 0.164295175223054, -0.2876917446341914, 0.0488706064228094),
    ],
)
def test_the_paired_test_is_procs(
    champion: str, candidate: str, z: float, p: float, lower: float, upper: float
) -> None:
    """roc.test(method = "delong", paired = TRUE): statistic, p and interval of the difference."""
    found = delong_paired(column("poor"), column(champion), column(candidate))
    assert z == pytest.approx(found.z, **EXACT)
    assert p == pytest.approx(found.p, **EXACT)
    assert lower == pytest.approx(found.interval.lower, **EXACT)
    assert upper == pytest.approx(found.interval.upper, **EXACT)


def test_a_two_class_macro_auc_has_procs_interval() -> None:
    """ci.auc(ndka) is area -+ 1.96 sqrt(var); the one-vs-rest form uses divisor n - 1 over all rows, so to 1 %."""
    score = column("ndka")
    found = macro_auc(column("poor").astype(np.int64), np.column_stack([-score, score]))
    assert 0.611957994579946 == pytest.approx(found.value, **EXACT)
    assert found.interval is not None
    half_width = 0.722670989888189 - 0.611957994579946
    assert half_width == pytest.approx(found.interval.upper - found.value, rel=0.01)
    assert math.isclose(0.611957994579946 - 0.501244999271703, half_width, rel_tol=1e-12)
