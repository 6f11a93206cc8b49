"""Waivers as `check` applies them: what they set aside, what the report says of them, and when one use is spent."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import run_promoter
from tests.support.registry import FOLDER, policy_yaml, registry_files, stage_files, version_files
from tests.support.repositories import FIRST_COMMIT_AT, RepositoryBuilder

AUC = policy_yaml("auc", "performance", "{bounds: [{measure: roc_auc, at_least: 0.9999}]}")
BEGAN = datetime.fromtimestamp(FIRST_COMMIT_AT, UTC)
AT = BEGAN + timedelta(days=5)


def waiver(**changed: str) -> str:
    """Return a waiver of `auc` for 2.0.0, with some lines replaced or added."""
    lines = {
        "schema": "promoter.waiver/1",
        "id": "small-sample",
        "policy": "auc",
        "model": "lending/mortgage",
        "version": '"2.0.0"',
        "reason": "The sample is small",
        "requester": "leo",
        "approver": "rita",
        "ticket": "T-1",
        "not_before": f"{BEGAN:%Y-%m-%dT%H:%M:%SZ}",
        "expires": f"{BEGAN + timedelta(days=20):%Y-%m-%dT%H:%M:%SZ}",
    }
    return "".join(f"{key}: {value}\n" for key, value in {**lines, **changed}.items())


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    """Return an empty repository."""
    return RepositoryBuilder.create(tmp_path)


def lay_out(builder: RepositoryBuilder, text: str) -> None:
    """Commit a registry whose AUC policy holds 2.0.0 back, and a waiver."""
    files = {**registry_files(production="1.0.0"), "policies/catalog/performance/auc.yaml": AUC}
    builder.commit({**files, "policies/waivers/small-sample.yaml": text, **version_files("2.0.0", shift=0.8)})


def result_of(builder: RepositoryBuilder, stage: str = "production", *, version: str = "2.0.0") -> dict[str, Any]:
    """Return what the AUC policy says of moving a stage to a version now."""
    head = [builder.git("rev-parse", "main")]
    builder.commit(stage_files(**{stage: version}), branch="candidate", onto=head)
    at = AT.isoformat()
    run = run_promoter("check", "--repo", str(builder.path), "--head", "candidate", "--json", "--at", at)
    change = next(change for change in json.loads(run.out)["changes"] if change["kind"] == "promotion")
    [result] = change["results"]
    found: dict[str, Any] = result
    return found


def test_a_waiver_that_holds_says_who_why_and_until_when(builder: RepositoryBuilder) -> None:
    """The outcome is waived, never passed; the controls that must hold are told."""
    controls = "[{measure: recall, at_least: 0.1}]"
    lay_out(builder, waiver(compensating_controls=controls))
    result = result_of(builder)
    until = f"{BEGAN + timedelta(days=20):%Y-%m-%dT%H:%M}+00:00"
    expected = f"waived until {until}, while recall >= 0.1: The sample is small (asked by leo, accepted by rita, T-1)"
    assert ("waived", "small-sample", expected) == (result["outcome"], result["waiver"], result["reason"])


@pytest.mark.parametrize("surface", [["--markdown"], []])
def test_every_surface_tells_the_waivers_words(builder: RepositoryBuilder, surface: list[str]) -> None:
    """In the comment as on the terminal."""
    lay_out(builder, waiver())
    result_of(builder)
    at = ["--at", AT.isoformat(), *surface]
    told = run_promoter("check", "--repo", str(builder.path), "--head", "candidate", *at).out
    plain = " ".join(told.split())
    assert "small-sample" in plain
    assert "asked by leo, accepted by rita, T-1" in plain


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"expires": f"{BEGAN + timedelta(days=40):%Y-%m-%dT%H:%M:%SZ}"}, "longer than the 30 days"),
        ({"approver": "leo2"}, "leo2 is not in role risk"),
        ({"compensating_controls": "[{measure: recall, at_least: 1.0}]"}, "its control recall >= 1 does not hold"),
        ({"compensating_controls": "[{measure: rmse, at_most: 1.0}]"}, "has no measured value"),
        ({"not_before": f"{BEGAN + timedelta(days=6):%Y-%m-%dT%H:%M:%SZ}"}, "it holds only from"),
    ],
)
def test_a_waiver_that_does_not_hold_leaves_the_failure_and_says_why(
    builder: RepositoryBuilder, changed: dict[str, str], why: str
) -> None:
    """One condition at a time."""
    lay_out(builder, waiver(**changed))
    result = result_of(builder)
    assert ("failed", None) == (result["outcome"], result["waiver"])
    assert why in result["reason"]


def test_a_waiver_of_another_version_is_not_meant(builder: RepositoryBuilder) -> None:
    """2.0.0 is held, whatever was accepted of 2.0.1."""
    lay_out(builder, waiver(version='"2.0.1"'))
    result = result_of(builder)
    assert ("failed", None) == (result["outcome"], result["reason"])


def test_a_single_use_serves_one_promotion(builder: RepositoryBuilder) -> None:
    """The first move is waived; after its merge the next is held, since the history shows the use."""
    lay_out(builder, waiver(single_use="true"))
    assert "waived" == result_of(builder, "staging")["outcome"]
    builder.commit(stage_files(staging="2.0.0"))
    result = result_of(builder, "production")
    assert "failed" == result["outcome"]
    assert "it was for one promotion and has been used" in result["reason"]


def test_a_single_use_for_one_stage_is_not_spent_by_another(builder: RepositoryBuilder) -> None:
    """It names production; staging took the version in without it."""
    lay_out(builder, waiver(single_use="true", stage="production"))
    builder.commit(stage_files(staging="2.0.0"))
    assert "waived" == result_of(builder, "production")["outcome"]


def test_a_promotion_before_the_waiver_began_spent_nothing(builder: RepositoryBuilder) -> None:
    """What came in and went out again earlier was not under it."""
    later = f"{BEGAN + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
    lay_out(builder, waiver(single_use="true", not_before=later))
    builder.commit(stage_files(production="2.0.0"))
    builder.commit(stage_files(production="1.0.0"))
    assert FOLDER in builder.git("ls-tree", "-r", "--name-only", "main")
    assert "waived" == result_of(builder, "production")["outcome"]
