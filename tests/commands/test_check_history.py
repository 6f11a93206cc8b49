import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.command import run_promoter
from tests.support.registry import policy_yaml, registry_files, rule_files, stage_files, version_files
from tests.support.repositories import FIRST_COMMIT_AT, RepositoryBuilder

POLICIES = {
    "catalog/lifecycle/soaked.yaml": policy_yaml(
        "soaked", "soak", "{min_days: 7}", category="lifecycle", applies_to="{stages: [production]}"
    ),
    "catalog/lifecycle/in-order.yaml": policy_yaml(
        "in-order", "stage_order", "{upstream: served}", category="lifecycle", applies_to="{stages: [production]}"
    ),
}
STAGED_AT = datetime.fromtimestamp(FIRST_COMMIT_AT + 120, UTC)


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    """Return a registry in which 2.0.0 entered staging at STAGED_AT, and a branch that moves production to it."""
    builder = RepositoryBuilder.create(tmp_path)
    builder.commit({**registry_files(production="1.0.0"), **rule_files(POLICIES)})
    builder.commit(version_files("2.0.0"))
    staged = builder.commit(stage_files(staging="2.0.0"))
    builder.commit(stage_files(production="2.0.0"), branch="candidate", onto=[staged])
    return builder


def outcomes(builder: RepositoryBuilder, *, days: float) -> dict[str, str]:
    """Return policy to outcome of the move to production, so many days after the version entered staging."""
    at = (STAGED_AT + timedelta(days=days)).isoformat()
    run = run_promoter("check", "--repo", str(builder.path), "--head", "candidate", "--json", "--at", at)
    [change] = json.loads(run.out)["changes"]
    return {result["policy"]: result["outcome"] for result in change["results"] if result["policy"] != "auc"}


@pytest.mark.parametrize(("days", "expected"), [(6.99, "failed"), (7, "passed"), (30, "passed")])
def test_time_in_staging_is_read_from_the_merge_history(builder: RepositoryBuilder, days: float, expected: str) -> None:
    """Seven days are asked; the moment is that of the commit that moved staging."""
    assert {"soaked": expected, "in-order": "passed"} == outcomes(builder, days=days)


def test_a_stay_that_was_broken_off_holds(builder: RepositoryBuilder) -> None:
    """Staging served it and serves another now: it came through the stage, and its time there is over."""
    builder.commit(stage_files(staging="1.0.0"))
    builder.commit(stage_files(production="2.0.0"), branch="candidate", onto=[builder.git("rev-parse", "main")])
    assert {"soaked": "failed", "in-order": "passed"} == outcomes(builder, days=30)


def test_a_version_that_skips_staging_is_held(builder: RepositoryBuilder) -> None:
    """The history was read, and staging is not in it."""
    builder.commit(version_files("3.0.0"))
    builder.commit(stage_files(production="3.0.0"), branch="candidate", onto=[builder.git("rev-parse", "main")])
    assert {"soaked": "failed", "in-order": "failed"} == outcomes(builder, days=30)
