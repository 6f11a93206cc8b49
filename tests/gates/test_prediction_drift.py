from pathlib import Path
from typing import Any

import numpy as np
import pytest

from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.errors import ProposalError
from promoter.gates.prediction_drift import GATE
from promoter.measure.plan import measure
from promoter.measure.request import Drift
from promoter.policy.policy import NearMiss
from tests.measure.predictions import table_of, write
from tests.support.candidates import (
    CURRENT,
    PREDICTIONS,
    REFERENCE,
    bind_parameters,
    judge_with,
    make_context,
    make_release,
    measured,
    number,
)

PSI = {"measure": "psi", "at_most": 0.2}
LABEL = {"column": "label", "reference": "features-reference", "current": "features-current"}
SCORE = {"column": "prediction", "reference": "champion-predictions", "current": "predictions"}
Y, S = (("feature", "y_true"),), (("feature", "y_score"),)
LABELLED = [PREDICTIONS, *({**entry, "columns": {"id": "id", "label": "y_true"}} for entry in (REFERENCE, CURRENT))]
VERSION, CHAMPION = make_release(evidence=LABELLED), make_release(version="1.0.0")


def test_label_that_stood_still_passes_and_equality_too() -> None:
    """The bound itself is allowed; the finding says what was compared with what."""
    [finding] = judge_with(
        GATE, measured(number("psi", 0.2, slice_=Y)), make_context(VERSION), comparisons=[LABEL], bounds=[PSI]
    )
    assert (True, (("column", "label"),)) == (finding.satisfied, finding.slice)
    assert finding.message.startswith("label, features-reference to features-current: psi")


def test_moved_score_fails() -> None:
    """A score that moved beyond its bound and its null is not satisfied."""
    context = make_context(VERSION, champion=CHAMPION)
    answer = measured(number("psi", 0.6, slice_=S), psi_null_95={"y_score": 0.05})
    [finding] = judge_with(GATE, answer, context, comparisons=[SCORE], bounds=[PSI])
    assert finding.satisfied is False
    assert pytest.approx(-0.4) == finding.margin


@pytest.mark.parametrize(("value", "satisfied"), [(0.19, True), (0.21, False)])
def test_near_miss_holds_on_both_sides(value: float, satisfied: bool) -> None:
    """A distance in the band is near, whether it passes or fails."""
    context = make_context(VERSION, near_miss=NearMiss(relative=0.1))
    answer = measured(number("psi", value, slice_=Y))
    [finding] = judge_with(GATE, answer, context, comparisons=[LABEL], bounds=[PSI])
    assert (satisfied, True) == (finding.satisfied, finding.is_near)


@pytest.mark.parametrize(("within", "satisfied"), [("inconclusive", None), ("report", True)])
def test_drift_that_chance_explains_means_what_the_policy_says(within: str, satisfied: bool | None) -> None:
    """A PSI beyond its bound and within its null says nothing."""
    answer = measured(number("psi", 0.3, n=150, slice_=Y), psi_null_95={"y_true": 0.33})
    [finding] = judge_with(GATE, answer, make_context(VERSION), comparisons=[LABEL], bounds=[PSI], within_null=within)
    assert finding.satisfied is satisfied


def test_few_rows_and_missing_numbers_are_undecided() -> None:
    """Below min_n, without a value and without a bounded measure nothing is decided."""
    for answer in (
        measured(number("psi", 0.1, n=99, slice_=Y)),
        measured(number("psi", None, slice_=Y, undecidable="no rows")),
        measured(number("total_variation", 0.1, slice_=Y)),
    ):
        [finding] = judge_with(GATE, answer, make_context(VERSION), comparisons=[LABEL], bounds=[PSI])
        assert finding.satisfied is None


def test_side_without_the_column_is_undecided() -> None:
    """A table that names no label cannot be left out of the comparison unnoticed."""
    [finding] = judge_with(GATE, [], make_context(), comparisons=[LABEL], bounds=[PSI])
    assert finding.satisfied is None
    assert "reference names no column as its label" in finding.message


def test_sides_that_name_the_column_differently_are_undecided() -> None:
    """Columns of two names are not guessed to be one."""
    other = [LABELLED[0], LABELLED[1], {**LABELLED[2], "columns": {"label": "label"}}]
    [finding] = judge_with(GATE, [], make_context(make_release(evidence=other)), comparisons=[LABEL], bounds=[PSI])
    assert finding.satisfied is None
    assert "'y_true' in reference and 'label' in current" in finding.message


@pytest.mark.parametrize(
    ("task", "column", "kind"), [("binary", "y_score", "numeric"), ("multiclass", "y", "categorical")]
)
def test_prediction_is_what_the_task_says(task: str, column: str, kind: str) -> None:
    """A binary model's score is compared as numbers, a multi-class one's class as categories."""
    evidence = [{**PREDICTIONS, "columns": {**PREDICTIONS["columns"], "prediction": "y"}}]
    release, champion = (
        make_release(model={"task": task}, evidence=evidence, version=version) for version in ("2.0.0", "1.0.0")
    )
    parameters = bind_parameters(GATE, comparisons=[SCORE], bounds=[PSI])
    [request] = GATE.measures(parameters, make_context(release, champion=champion).candidate)
    assert isinstance(request, Drift)
    assert ((column, kind),) == request.columns


def test_stage_without_champion_is_left_out_or_undecided() -> None:
    """No prediction can have moved at a stage that serves nothing, unless the policy asks for a decision."""
    candidate = make_context(VERSION).candidate
    assert "serves nothing yet" in (
        GATE.why_not(bind_parameters(GATE, comparisons=[SCORE], bounds=[PSI]), candidate) or ""
    )
    [finding] = judge_with(
        GATE, [], make_context(VERSION), comparisons=[SCORE], bounds=[PSI], without_champion="inconclusive"
    )
    assert finding.satisfied is None


def test_missing_evidence_fails_with_its_kind() -> None:
    """A shadow run that the policy compares with has to be there."""
    shadow = {"column": "prediction", "reference": "predictions", "current": "shadow"}
    [finding] = judge_with(GATE, [], make_context(VERSION), comparisons=[shadow], bounds=[PSI])
    assert finding.satisfied is False
    assert "kind: shadow" in (finding.hint or "")


@pytest.mark.parametrize("wrong", [{"bound": [PSI]}, {"bounds": [PSI], "comparisons": [{**LABEL, "current": "x"}]}])
def test_unknown_keys_and_evidence_are_refused(wrong: dict[str, Any]) -> None:
    """A misspelt key or kind is an error where it stands."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, **wrong)


def test_sentinel_on_each_side_does_not_hide_a_moved_score(tmp_path: Path) -> None:
    """Trap: one score of 1e6 on both sides blinds distances over pooled bins; PSI and KS still see the shift."""
    generator = np.random.default_rng(4)
    before, after = np.append(generator.normal(size=4000), 1e6), np.append(generator.normal(1, 1, 4000), 1e6)
    sources = {
        "local:r": write(tmp_path / "r.parquet", {"y_score": before}),
        "local:c": write(tmp_path / "c.parquet", {"y_score": after}),
    }
    tables = (table_of(key, id=None, label=None, score="y_score") for key in sources)
    request = Drift(reference=next(tables), current=next(tables), columns=(("y_score", "numeric"),))
    answer = measure([request], sources, DuckDBEngine(threads=1))[request]
    bounds = [PSI, {"measure": "ks", "at_most": 0.15}]
    findings = judge_with(GATE, answer, make_context(VERSION, champion=CHAMPION), comparisons=[SCORE], bounds=bounds)
    assert [False, False] == [finding.satisfied for finding in findings]
