"""Traffic in staging as `check` counts it: rows in the repository, pinned by an observation."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from promoter.digest import sha256_bytes
from tests.support.command import run_promoter
from tests.support.registry import FOLDER, policy_yaml, registry_files, rule_files, stage_files, version_files
from tests.support.repositories import FIRST_COMMIT_AT, RepositoryBuilder

TRAFFIC = "{traffic: {min_requests: 100, errors: {at_most: 0.05}, harm: {at_most: 0.02}, min_judged: 50}}"
POLICY = policy_yaml("served", "soak", TRAFFIC, category="lifecycle", applies_to="{stages: [production]}")
BEGAN = datetime.fromtimestamp(FIRST_COMMIT_AT + 600, UTC)
ENDED = BEGAN + timedelta(days=1)
AT = BEGAN + timedelta(days=2)


def rows(count: int, *, unanswered: int = 0, harmed: int = 0) -> bytes:
    """Return served rows as CSV, a minute apart; the first ones without an answer, the last ones harmful."""
    lines = ["request,at,answer,harm"]
    for row in range(count):
        moment = (BEGAN + timedelta(minutes=row + 1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        answer = "" if row < unanswered else "0.5"
        lines.append(f"r{row},{moment},{answer},{int(row >= count - harmed)}")
    return ("\n".join(lines) + "\n").encode()


def observation(content: bytes) -> str:
    """Return the file that pins these rows."""
    return (
        "schema: promoter.observation/1\nversion: '2.0.0'\nstage: staging\n"
        f"observed_from: {BEGAN:%Y-%m-%dT%H:%M:%SZ}\nobserved_to: {ENDED:%Y-%m-%dT%H:%M:%SZ}\n"
        f"uri: day.csv\nformat: csv\ndigest: '{sha256_bytes(content)}'\nsize_bytes: {len(content)}\n"
        "columns: {id: request, timestamp: at, score: answer}\nharm: harm\n"
    )


def result_of(folder: Path, files: dict[str, Any]) -> dict[str, Any]:
    """Return what the policy says of the move to production, where the base holds these files beside the model."""
    builder = RepositoryBuilder.create(folder)
    builder.commit({**registry_files(production="1.0.0"), **rule_files({"catalog/lifecycle/served.yaml": POLICY})})
    builder.commit(version_files("2.0.0"))
    builder.commit(stage_files(staging="2.0.0"))
    base = builder.commit({f"{FOLDER}/observations/{name}": content for name, content in files.items()})
    builder.commit(stage_files(production="2.0.0"), branch="candidate", onto=[base])
    run = run_promoter("check", "--repo", str(folder), "--head", "candidate", "--json", "--at", AT.isoformat())
    [change] = json.loads(run.out)["changes"]
    found: dict[str, Any] = next(result for result in change["results"] if result["policy"] == "served")
    return found


def files_of(content: bytes) -> dict[str, Any]:
    """Return an observation and its rows."""
    return {"day.yaml": observation(content), "day.csv": content}


@pytest.mark.parametrize(
    ("content", "outcome", "failing"),
    [
        (rows(200), "passed", set()),
        (rows(99), "failed", {"requests"}),
        (rows(200, unanswered=11), "failed", {"error_rate"}),
        (rows(200, harmed=5), "failed", {"harm_rate"}),
        (rows(1500), "failed", {"observation"}),
    ],
    ids=["enough", "too few", "errors", "harm", "rows after the period"],
)
def test_rows_are_counted_and_held(tmp_path: Path, content: bytes, outcome: str, failing: set[str]) -> None:
    """Of a file of the repository, measured by the engine."""
    result = result_of(tmp_path, files_of(content))
    assert outcome == result["outcome"]
    assert failing == {finding["measure"] for finding in result["findings"] if not finding["satisfied"]}


def test_other_bytes_than_the_observation_pins_are_no_traffic(tmp_path: Path) -> None:
    """The reason names digest and file."""
    result = result_of(tmp_path, {**files_of(rows(200)), "day.csv": rows(201)})
    assert "errored" == result["outcome"]
    assert "day.csv has digest" in result["reason"]


def test_rows_that_are_not_there_are_no_traffic(tmp_path: Path) -> None:
    """An observation alone shows nothing."""
    assert "errored" == result_of(tmp_path, {"day.yaml": observation(rows(200))})["outcome"]


def test_without_an_observation_the_traffic_is_undecided(tmp_path: Path) -> None:
    """Staging has served for two days, and nobody knows whom."""
    assert "inconclusive" == result_of(tmp_path, {})["outcome"]
