import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from promoter.commands.overtaken import RECORDER
from promoter.git.writing import Stamp, Writer
from tests.commands.recorded import Registry
from tests.support.registry import FOLDER, policy_yaml, stage_files, version_files

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
    until = "2023-11-21T22:17:20Z"
    assert f"  waits: 2.0.0; promotion, earliest {until} (soaks until {until}); next: 1 x risk (rita)\n" in text


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
    assert f"  pending: 1.0.0; proposed by refs/pull/7/head, commit {back[:10]}; rollback, free now; next: " in text


def test_what_is_merged_is_not_pending(registry: Registry) -> None:
    """A merged branch, and one whose pointer came in by a squash."""
    tip = registry.builder.git("rev-parse", "main")
    registry.builder.git("update-ref", "refs/heads/promoter/lending/mortgage/production", tip)
    registry.builder.commit(stage_files(staging="2.0.0"), branch="promoter/lending/mortgage/staging", onto=[tip])
    registry.commit(stage_files(staging="2.0.0"), message="Promote (#9)")
    assert {"staging": [], "production": []} == pending(registry)


def test_what_came_in_and_left_again_since_is_not_pending(registry: Registry) -> None:
    """Squashed, and rolled back later: its branch was left behind and brings nothing."""
    tip = registry.builder.git("rev-parse", "main")
    registry.builder.commit(stage_files(production="1.0.0"), branch="promoter/lending/mortgage/production", onto=[tip])
    registry.commit(stage_files(production="1.0.0"), message="Roll back (#9)")
    registry.commit(stage_files(production="2.0.0"), message="Promote (#10)")
    assert {"staging": [], "production": []} == pending(registry)


def overtaken(registry: Registry) -> list[tuple[str, str]]:
    """Return version and reason of what production's row says is overtaken."""
    rows = json.loads(registry.run("status", "--json", "--at", AT).stdout)
    return [(item["version"], item["reason"]) for row in rows for item in row["overtaken"]]


def test_a_move_of_a_stage_that_moved_since_does_not_wait(registry: Registry) -> None:
    """The latest wins: the pointer is in conflict, and status says with which commit; nothing is pending."""
    tip = registry.builder.git("rev-parse", "main")
    registry.builder.commit(stage_files(production="1.0.0"), branch="promoter/lending/mortgage/production", onto=[tip])
    commit = registry.commit({**version_files("3.0.0"), **stage_files(production="3.0.0")})
    assert {"staging": [], "production": []} == pending(registry)
    assert [("1.0.0", f"lending/mortgage#production serves 3.0.0 since commit {commit[:10]}")] == overtaken(registry)
    text = registry.run("status", "--at", AT).stdout
    assert "  overtaken: 1.0.0; proposed by refs/heads/promoter/lending/mortgage/production, commit " in text
    assert "pending" not in text


def test_a_proposal_of_the_recorder_that_the_stage_before_left_does_not_wait(registry: Registry) -> None:
    """It closed the pull request, and was ended before it deleted the branch; a person's proposal is that person's."""
    registry.commit({**version_files("3.0.0"), **stage_files(staging="3.0.0")})
    branch, tip = "promoter/lending/mortgage/production", registry.builder.git("rev-parse", "main")
    registry.builder.commit(stage_files(production="3.0.0"), branch=branch, onto=[tip])
    commit = registry.commit(stage_files(staging="2.0.0"))
    assert ["3.0.0"] == [version for version, _ in pending(registry)["production"]]
    pointer = {path: str(content).encode() for path, content in stage_files(production="3.0.0").items()}
    stamp = Stamp(author=RECORDER, at=datetime(2023, 11, 15, tzinfo=UTC), message="Promote")
    Writer.open(registry.builder.path).commit_files(branch, pointer, stamp, onto=tip)
    assert [] == pending(registry)["production"]
    told = f"lending/mortgage#staging serves 2.0.0 since commit {commit[:10]}"
    assert [("3.0.0", told)] == overtaken(registry)


def test_a_reference_that_cannot_be_compared_is_left_out(registry: Registry) -> None:
    """It shares no history with the registry."""
    registry.builder.commit(stage_files(staging="2.0.0"), branch="promoter/stray", onto=[])
    assert {"staging": [], "production": []} == pending(registry)


CALENDAR = policy_yaml(
    "calendar",
    "freeze_window",
    "{windows: [{kind: exclude, reason: yearly accounts, from_date: 2023-11-20, to_date: 2023-11-30}]}",
    category="lifecycle",
)
PIPELINE = """
schema: promoter.pipeline/1
stages: [{id: staging, title: Staging}, {id: production, title: Production}]
tiers:
  high:
    review_interval_days: 180
    stages: {production: {soak_days: 6, approvals: [{role: risk}], rollback_approvals: [{role: lending-models}]}}
windows: [{kind: exclude, reason: Fridays, weekdays: [fri]}]
"""
TICKET = """
schema: promoter.change/1
ticket: PROM-9
title: t
reason: r
risk: low
risk_assessment: none
rollback_plan: revert
requester: leo
effective_from: 2023-12-04
"""


@pytest.fixture
def calendar(registry: Registry) -> Registry:
    """Return the registry with a soak of six days, a calendar, a change record, and 3.0.0 in staging at 22:18:20."""
    registry.commit(
        {
            "policies/pipeline.yaml": PIPELINE,
            "policies/catalog/lifecycle/calendar.yaml": CALENDAR,
            "policies/changes/PROM-9.yaml": TICKET,
        }
    )
    registry.commit({**version_files("3.0.0"), **stage_files(staging="3.0.0")})
    return registry


def proposed(registry: Registry, **keys: str) -> dict[str, Any]:
    """Return what status says of a branch that moves production so."""
    text = "".join(f'{key}: "{value}"\n' for key, value in keys.items())
    tip = registry.builder.git("rev-parse", "main")
    registry.builder.commit({f"{FOLDER}/stages/production.yaml": text}, branch="promoter/p", onto=[tip])
    rows = json.loads(registry.run("status", "--json", "--at", AT).stdout)
    (found,) = rows[1]["pending"]
    return dict(found)


def test_the_calendar_moves_the_end_of_the_soak(calendar: Registry) -> None:
    """It soaks into the yearly accounts; the first of December is a Friday: the second is free."""
    waiting = json.loads(calendar.run("status", "--json", "--at", AT).stdout)[1]["waiting"]
    assert ("3.0.0", "2023-12-02T00:00:00Z") == (waiting["version"], waiting["earliest"])
    assert [
        "soaks until 2023-11-20T22:19:20Z",
        "closed at 2023-11-20T22:19:20Z: yearly accounts",
    ] == waiting["why_not_yet"]


def test_the_change_record_that_a_pointer_names_counts(calendar: Registry) -> None:
    """It takes effect later than the calendar opens; one that is not merged is named."""
    found = proposed(calendar, version="3.0.0", change="PROM-9")
    assert "2023-12-04T00:00:00Z" == found["earliest"]
    assert "PROM-9 takes effect on 2023-12-04" in found["why_not_yet"]
    assert (
        "change record PROM-7 is not merged yet" in proposed(calendar, version="3.0.0", change="PROM-7")["why_not_yet"]
    )


def test_a_rollback_waits_for_no_soak_and_no_calendar(calendar: Registry) -> None:
    """The calendar does not judge it, and its own lane says who is asked."""
    found = proposed(calendar, version="1.0.0")
    assert ("rollback", AT, []) == tuple(found[key] for key in ("kind", "earliest", "why_not_yet"))
    assert [{"role": "lending-models", "count": 1, "people": ["leo"]}] == found["approvals"]


def test_what_skips_a_stage_has_no_earliest_moment(calendar: Registry) -> None:
    """It is not where it would soak."""
    calendar.commit(version_files("4.0.0"))
    found = proposed(calendar, version="4.0.0")
    assert (None, ["it is not in the stage before"]) == (found["earliest"], found["why_not_yet"])


def test_a_pointer_that_cannot_be_read_is_not_nothing(registry: Registry) -> None:
    """The stage serves who knows what, and the commit that did it is named."""
    commit = registry.commit({f"{FOLDER}/stages/production.yaml": b"\xff\xfe\x00"})
    text = registry.run("status", "--at", AT).stdout
    assert f"lending/mortgage#production (unreadable since commit {commit[:10]})\n" in text
