import json
from pathlib import Path

import pytest

from tests.commands.recorded import Registry
from tests.support.registry import FOLDER, stage_files

AT = "2023-11-15T22:13:20Z"


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Return a registry with 1.0.0 and 2.0.0 registered and 2.0.0 in production, a day before AT."""
    return Registry.create(tmp_path / "registry")


def test_each_stage_says_what_it_serves_and_for_how_long(registry: Registry) -> None:
    """Stages stand in the pipeline's order, served or not."""
    staging, production = json.loads(registry.run("status", "--json", "--at", AT).stdout)
    assert ("staging", None, None) == (staging["stage"], staging["version"], staging["age_days"])
    assert ("production", "2.0.0", "2023-11-14T22:17:20Z") == tuple(
        production[k] for k in ("stage", "version", "since")
    )
    assert 0.997 == round(production["age_days"], 3)


def test_the_newest_version_waits_for_the_first_stage(registry: Registry) -> None:
    """What is registered may enter the pipeline."""
    staging, production = json.loads(registry.run("status", "--json", "--at", AT).stdout)
    assert ("2.0.0", False, []) == tuple(staging["waiting"][k] for k in ("version", "is_soaking", "approvals"))
    assert production["waiting"] is None


def test_what_has_served_a_stage_does_not_wait_for_it_again(registry: Registry) -> None:
    """A version that was rolled back comes back by a person's decision alone."""
    registry.commit(stage_files(staging="2.0.0", production="1.0.0"))
    registry.commit({f"{FOLDER}/stages/production.yaml": None})
    text = registry.run("status", "--at", AT).stdout
    assert "lending/mortgage#staging 2.0.0 for 0 days\nlending/mortgage#production nothing\n" == text


def test_a_version_that_never_served_waits_for_the_end_of_its_soak(registry: Registry) -> None:
    """Seven days after it entered the stage before."""
    pipeline = (
        "schema: promoter.pipeline/1\n"
        "stages: [{id: staging, title: Staging}, {id: production, title: Production}, {id: edge, title: Edge}]\n"
        "tiers: {high: {review_interval_days: 180, stages: {edge: {soak_days: 7, approvals: [{role: risk}]}}}}\n"
    )
    registry.commit({"policies/pipeline.yaml": pipeline})
    text = registry.run("status", "--at", AT).stdout
    assert "  waits: 2.0.0; soaks until 2023-11-21T22:17:20Z; next: 1 x risk\n" in text


def pending(registry: Registry) -> dict[str, list[tuple[str | None, str]]]:
    """Return stage to the versions that are proposed for it, each with the reference that proposes it."""
    rows = json.loads(registry.run("status", "--json", "--at", AT).stdout)
    return {row["stage"]: [(item["version"], item["reference"]) for item in row["pending"]] for row in rows}


def test_what_branches_and_pull_requests_propose_is_pending(registry: Registry) -> None:
    """Promoter's own branches, a remote's, the head of a pull request; other branches are nobody's proposal."""
    tip = registry.builder.git("rev-parse", "main")
    staging = registry.builder.commit(stage_files(staging="2.0.0"), branch="promoter/lending/mortgage/s", onto=[tip])
    back = registry.builder.commit(stage_files(production="1.0.0"), branch="work", onto=[tip])
    gone = registry.builder.commit({f"{FOLDER}/stages/production.yaml": None}, branch="scrap", onto=[tip])
    registry.builder.git("update-ref", "refs/pull/7/head", back)
    registry.builder.git("update-ref", "refs/pull/7/merge", staging)
    registry.builder.git("update-ref", "refs/remotes/origin/promoter/lending/mortgage/production", gone)
    expected = [(None, "refs/remotes/origin/promoter/lending/mortgage/production"), ("1.0.0", "refs/pull/7/head")]
    found = pending(registry)
    assert [("2.0.0", "refs/heads/promoter/lending/mortgage/s")] == found["staging"]
    assert sorted(expected, key=str) == sorted(found["production"], key=str)
    text = registry.run("status", "--at", AT).stdout
    assert f"  pending: 1.0.0; proposed by refs/pull/7/head, commit {back[:10]}\n" in text


def test_what_is_merged_is_not_pending(registry: Registry) -> None:
    """A merged branch, and one whose pointer came in by a squash."""
    tip = registry.builder.git("rev-parse", "main")
    registry.builder.git("update-ref", "refs/heads/promoter/lending/mortgage/production", tip)
    registry.builder.commit(stage_files(staging="2.0.0"), branch="promoter/lending/mortgage/staging", onto=[tip])
    registry.commit(stage_files(staging="2.0.0"), message="Promote (#9)")
    assert {"staging": [], "production": []} == pending(registry)


def test_a_reference_that_cannot_be_compared_is_left_out(registry: Registry) -> None:
    """It shares no history with the registry."""
    registry.builder.commit(stage_files(staging="2.0.0"), branch="promoter/stray", onto=[])
    assert {"staging": [], "production": []} == pending(registry)
