"""What starts each shipped workflow, decided by GitHub's own parser: act looks at neither types nor branches."""

from pathlib import Path
from typing import Any

import pytest

from tests.parser import evaluate, parse, require_parser, starts

ROOT = Path(__file__).parents[2] / ".github"
WORKFLOWS = sorted((ROOT / "workflows").glob("*.yml"))
FALLBACK = ROOT / "promoter/fallback.yml"
GATE, RECHECK = ROOT / "workflows/gate.yml", ROOT / "workflows/recheck.yml"


@pytest.fixture(scope="module")
def parsed() -> dict[Path, Any]:
    """Return what GitHub reads in all workflows and the fallback."""
    require_parser()
    return parse([*WORKFLOWS, FALLBACK])


def test_github_reads_each_without_an_error(parsed: dict[Path, Any]) -> None:
    """Syntax, keys, permissions, activities, contexts and functions."""
    assert {} == {path.name: found["errors"] for path, found in parsed.items() if found["errors"]}


@pytest.mark.parametrize(
    ("sound", "broken"),
    [
        ("synchronize", "syncronize"),
        ("checks: write", "check: write"),
        ("needs: evidence", "needs: evidense"),
        ("github.event.merge_group.base_sha", "githup.event.merge_group.base_sha"),
    ],
)
def test_what_is_misspelt_is_an_error(tmp_path: Path, sound: str, broken: str) -> None:
    """So the test before can fail."""
    require_parser()
    text = GATE.read_text(encoding="utf-8")
    assert sound in text
    spoilt = tmp_path / "gate.yml"
    spoilt.write_text(text.replace(sound, broken), encoding="utf-8")
    assert parse([spoilt])[spoilt]["errors"]


@pytest.mark.parametrize(
    ("event", "activity", "branch", "started"),
    [
        ("pull_request_target", "opened", "main", {"gate"}),
        ("pull_request_target", "synchronize", "main", {"gate"}),
        ("pull_request_target", "reopened", "main", {"gate"}),
        ("pull_request_target", "edited", "main", {"gate"}),
        ("pull_request_target", "ready_for_review", "main", {"gate"}),
        ("pull_request_target", "synchronize", "release", {"gate"}),
        ("pull_request_target", "labeled", "main", set()),
        ("pull_request_target", "closed", "main", set()),
        ("pull_request_review", "submitted", "main", {"reviews"}),
        ("pull_request_review", "dismissed", "main", {"reviews"}),
        ("pull_request_review", "edited", "main", set()),
        ("merge_group", "checks_requested", "main", {"gate"}),
        ("merge_group", "destroyed", "main", set()),
        ("workflow_run", "completed", "main", {"recheck"}),
        ("workflow_run", "requested", "main", set()),
        ("issue_comment", "created", None, {"recheck"}),
        ("issue_comment", "edited", None, set()),
        ("push", None, "main", {"recheck", "record", "ci"}),
        ("push", None, "candidate", set()),
        ("pull_request", "opened", "main", {"ci"}),
        ("schedule", None, None, {"record"}),
    ],
)
def test_each_event_starts_what_it_must_and_nothing_else(
    parsed: dict[Path, Any], event: str, activity: str | None, branch: str | None, started: set[str]
) -> None:
    """An approval whose text is edited later, a label or a closed pull request judges nothing again."""
    found = {path.stem for path in WORKFLOWS if starts(parsed[path]["events"], event, activity=activity, branch=branch)}
    assert started == found


def test_the_records_own_commit_starts_no_record(parsed: dict[Path, Any]) -> None:
    """It changes nothing else; a merge that changes more does."""
    events = parsed[ROOT / "workflows/record.yml"]["events"]
    record = "reports/decisions/lending/mortgage/production/0001-1.0.0.json"
    assert not starts(events, "push", branch="main", path=record)
    assert starts(events, "push", branch="main", path="models/lending/mortgage/stages/production.yaml")


def test_what_is_asked_for_by_hand(parsed: dict[Path, Any]) -> None:
    """The gate for one pull request, the forms, and the record."""
    asked = {path.stem for path in WORKFLOWS if "workflow_dispatch" in parsed[path]["events"]}
    assert {"gate", "promote", "rollback", "record"} == asked


def test_the_fallback_starts_on_the_same_activities_as_the_gate(parsed: dict[Path, Any]) -> None:
    """Whoever copies it over the gate loses no event but the request to judge again."""
    gate, fallback = parsed[GATE]["events"], parsed[FALLBACK]["events"]
    assert gate["pull_request_target"] == fallback["pull_request"]
    assert gate["merge_group"] == fallback["merge_group"]


def test_a_push_and_a_request_to_judge_again_share_a_group(parsed: dict[Path, Any]) -> None:
    """By GitHub's own evaluation: the newer run ends the older of the same pull request, and no other's."""
    settings = {entry["Key"]: entry["Value"] for entry in parsed[GATE]["concurrency"]["map"]}
    assert settings["cancel-in-progress"] is True
    expression = settings["group"]["expr"]
    pushed = {"github": {"event": {"pull_request": {"number": 7}}, "ref": "refs/heads/main"}, "inputs": {}}
    asked = {"github": {"event": {}, "ref": "refs/heads/main"}, "inputs": {"pull": "7"}}
    queued = {"github": {"event": {}, "ref": "refs/heads/gh-readonly-queue/main/pr-7-a"}, "inputs": {}}
    groups = [evaluate(expression, contexts) for contexts in (pushed, asked, queued)]
    assert ["gate-7", "gate-7", "gate-refs/heads/gh-readonly-queue/main/pr-7-a"] == groups


@pytest.mark.parametrize(
    ("event_name", "event", "is_run"),
    [
        ("push", {}, "true"),
        ("workflow_run", {}, "true"),
        ("issue_comment", {"issue": {"pull_request": {}}, "comment": {"body": "/promoter recheck"}}, "true"),
        ("issue_comment", {"issue": {"pull_request": {}}, "comment": {"body": "see /promoter recheck"}}, "false"),
        ("issue_comment", {"issue": {}, "comment": {"body": "/promoter recheck"}}, "false"),
    ],
)
def test_a_comment_without_the_words_costs_no_job(
    parsed: dict[Path, Any], event_name: str, event: dict[str, Any], is_run: str
) -> None:
    """The job's condition, by GitHub's own evaluation."""
    contexts = {"github": {"event_name": event_name, "event": event}}
    value = evaluate(f"({parsed[RECHECK]['jobs']['recheck']}) && true || false", contexts)
    assert is_run == value


def test_the_answer_is_posted_though_the_evaluation_failed(parsed: dict[Path, Any]) -> None:
    """A job that is skipped would count as a success, and the comment would stay as it was."""
    assert "!cancelled()" == parsed[GATE]["jobs"]["report"]
