"""The shipped workflows as files: what they may do, and that nothing in them is somebody else's text."""

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from promoter.github.checks import CHECK_NAME
from promoter.github.recheck import GATE_WORKFLOW
from tests.forge.contract import Request, request_violation
from tests.forge.state import FULL_NAME

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
SHIPPED = sorted((ROOT / ".github/workflows").glob("*.yml"))
FALLBACK = ROOT / ".github/promoter/fallback.yml"
ALL = [*SHIPPED, FALLBACK]


def jobs_of(name: str) -> dict[str, Any]:
    """Return the jobs of a shipped workflow."""
    found: dict[str, Any] = yaml.safe_load((ROOT / ".github/workflows" / name).read_text(encoding="utf-8"))["jobs"]
    return found


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a linter at the root, without a token."""
    return subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True, check=False)


def test_actionlint_finds_nothing() -> None:
    """In the fallback too."""
    done = run(BIN / "actionlint", *ALL)
    assert (0, "") == (done.returncode, done.stdout)


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_each_is_a_workflow_by_its_schema(path: Path) -> None:
    """The schema that editors use."""
    done = run(BIN / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", path)
    assert 0 == done.returncode, done.stdout


def test_zizmor_finds_exactly_the_triggers_that_are_justified() -> None:
    """Without ignores: pull_request_target once, and the two that ask for a re-evaluation. Nothing else, anywhere."""
    done = run(
        BIN / "zizmor",
        *("--offline", "--no-progress", "--no-ignores", "--persona=auditor", "--format", "json"),
        *ALL,
    )
    found = Counter(
        (Path(entry["locations"][0]["symbolic"]["key"]["Local"]["verbatim_path"]).name, entry["ident"])
        for entry in json.loads(done.stdout)
    )
    assert {("gate.yml", "dangerous-triggers"): 1, ("recheck.yml", "dangerous-triggers"): 2} == dict(found)


def test_each_ignore_says_why() -> None:
    """An ignore without a reason is no justification."""
    for path in ALL:
        for line in path.read_text(encoding="utf-8").splitlines():
            if "zizmor: ignore" in line:
                assert re.search(r"zizmor: ignore\[dangerous-triggers\] \w.{30,}; docs/github\.md#trust$", line), line


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_every_action_is_githubs_and_pinned_by_commit(path: Path) -> None:
    """With its version beside it, and credentials that do not stay."""
    text = path.read_text(encoding="utf-8")
    for line in re.findall(r"uses: .*", text):
        assert re.fullmatch(r"uses: actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line
    assert text.count("uses: actions/checkout@") == text.count("persist-credentials: false")


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_no_script_holds_an_expression(path: Path) -> None:
    """Row 65: text reaches a script through its environment or not at all."""
    for job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values():
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_no_secret_and_no_cache(path: Path) -> None:
    """Row 67: nothing that another run left behind, and no secret beside the job's own token; the recorder has one."""
    text = path.read_text(encoding="utf-8").lower()
    assert (path.name == "record.yml") == ("secrets." in text)
    assert "actions/cache" not in text
    assert "cache:" not in text


def events_of(name: str) -> dict[str, Any]:
    """Return what starts a workflow; YAML 1.1 reads its key as true."""
    found: dict[str, Any] = yaml.safe_load((ROOT / ".github/workflows" / name).read_text(encoding="utf-8"))[True]
    return found


def test_the_gate_starts_on_what_changes_a_verdict_and_without_filters() -> None:
    """A filter by path or branch would leave the required check missing for ever."""
    events = events_of("gate.yml")
    assert {"pull_request_target", "merge_group", "workflow_dispatch"} == set(events)
    types = events["pull_request_target"].pop("types")
    assert {"opened", "synchronize", "reopened", "edited", "ready_for_review"} == set(types)
    assert {} == events["pull_request_target"]
    assert {"pull"} == set(events["workflow_dispatch"]["inputs"])


def test_a_newer_run_ends_the_older_of_the_same_pull_request() -> None:
    """A push and a re-evaluation share a group, by number; merge groups have their own reference each."""
    concurrency = yaml.safe_load((ROOT / ".github/workflows/gate.yml").read_text(encoding="utf-8"))["concurrency"]
    group = "gate-${{ github.event.pull_request.number || inputs.pull || github.ref }}"
    assert {"group": group, "cancel-in-progress": True} == concurrency


def test_the_chain_from_a_review_to_the_gate_is_named_right() -> None:
    """The name that is followed is the one that notes reviews, and the file that is asked for exists."""
    name = yaml.safe_load((ROOT / ".github/workflows/reviews.yml").read_text(encoding="utf-8"))["name"]
    assert [name] == events_of("recheck.yml")["workflow_run"]["workflows"]
    assert {"types": ["submitted", "dismissed"]} == events_of("reviews.yml")["pull_request_review"]
    assert (ROOT / ".github/workflows" / GATE_WORKFLOW).is_file()


def test_each_job_of_the_gate_has_what_it_needs_and_no_more() -> None:
    """Only `report` writes, and only to the pull request's comment and check; all else is read."""
    expected = {
        "evidence": {"contents": "read", "pull-requests": "read"},
        "evaluate": {"contents": "read"},
        "report": {"contents": "read", "pull-requests": "write", "checks": "write"},
    }
    assert expected == {name: job["permissions"] for name, job in jobs_of("gate.yml").items()}
    assert {"contents": "read", "pull-requests": "read", "actions": "write"} == jobs_of("recheck.yml")["recheck"][
        "permissions"
    ]


@pytest.mark.parametrize("name", ["promote", "rollback"])
def test_a_form_runs_on_the_default_branch_alone_and_may_open_a_pull_request(name: str) -> None:
    """What is typed reaches one step's environment, and the job may do what the move takes."""
    (job,) = jobs_of(f"{name}.yml").values()
    assert "github.ref_name == github.event.repository.default_branch" == job["if"]
    assert {"contents": "write", "pull-requests": "write", "actions": "write"} == job["permissions"]
    inputs = events_of(f"{name}.yml")["workflow_dispatch"]["inputs"]
    assert {key.upper() for key in inputs} | {"TOKEN", "SENDER", "SENDER_ID"} == set(job["steps"][-1]["env"])


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_nothing_is_granted_to_a_whole_workflow(path: Path) -> None:
    """A new job starts with nothing; and the job that runs as the pull request has it never gets more."""
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert {} == workflow["permissions"]
    assert all("timeout-minutes" in job for job in workflow["jobs"].values())
    if path.name == "reviews.yml":
        assert ["true"] == [step["run"] for step in workflow["jobs"]["note"]["steps"]]
        assert "permissions" not in workflow["jobs"]["note"]


def test_the_token_is_in_no_step_that_reads_evidence() -> None:
    """The step that judges has no environment of its own."""
    (step,) = (step for step in jobs_of("gate.yml")["evaluate"]["steps"] if "promoter" in step.get("run", ""))
    assert "env" not in step
    assert step["run"].startswith("bash .github/steps/offline.sh ")


def test_the_ruleset_is_one_that_github_takes() -> None:
    """By GitHub's own description; the check that it requires is the gate's, from Actions alone."""
    ruleset = json.loads((ROOT / ".github/promoter/ruleset.json").read_text(encoding="utf-8"))
    body = json.dumps(ruleset).encode()
    assert request_violation(Request("post", f"/repos/{FULL_NAME}/rulesets", {}, body)) is None
    (rule,) = (rule for rule in ruleset["rules"] if rule["type"] == "required_status_checks")
    assert [{"context": CHECK_NAME, "integration_id": 15368}] == rule["parameters"]["required_status_checks"]
    assert ["DeployKey"] == [actor["actor_type"] for actor in ruleset["bypass_actors"]]


def test_nobody_bypasses_the_ruleset_that_keeps_the_history() -> None:
    """The recorder neither: it adds commits, and removes none."""
    ruleset = json.loads((ROOT / ".github/promoter/history.json").read_text(encoding="utf-8"))
    body = json.dumps(ruleset).encode()
    assert request_violation(Request("post", f"/repos/{FULL_NAME}/rulesets", {}, body)) is None
    assert [] == ruleset["bypass_actors"]
    assert ["deletion", "non_fast_forward"] == [rule["type"] for rule in ruleset["rules"]]
