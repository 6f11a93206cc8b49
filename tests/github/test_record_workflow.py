"""The recorder's workflow as a file: who may do what, and where the one secret is."""

import base64
import hashlib
from pathlib import Path
from typing import Any

import yaml

PATH = Path(__file__).parents[2] / ".github/workflows/record.yml"
TEXT = PATH.read_text(encoding="utf-8")
WORKFLOW: dict[Any, Any] = yaml.safe_load(TEXT)
JOBS = WORKFLOW["jobs"]


def test_each_job_has_what_it_needs_and_no_more() -> None:
    """No token may write to the default branch: the ruleset keeps `follow` off it, and `push` has a key."""
    expected = {
        "evidence": {"contents": "read", "pull-requests": "read"},
        "evaluate": {"contents": "read"},
        "push": {"contents": "read"},
        "follow": {"contents": "write", "deployments": "write", "pull-requests": "write", "actions": "write"},
    }
    assert expected == {name: job["permissions"] for name, job in JOBS.items()}


def test_the_key_is_in_one_step_of_the_job_that_has_its_environment() -> None:
    """Not in the job that reads what was merged."""
    assert 1 == TEXT.count("secrets.")
    assert ["push"] == [name for name, job in JOBS.items() if "environment" in job]
    assert "recorder" == JOBS["push"]["environment"]
    assert [1] == [sum("secrets." in str(step) for step in JOBS["push"]["steps"])]


def test_what_judges_has_no_environment_and_no_network() -> None:
    """As in the gate."""
    (step,) = (step for step in JOBS["evaluate"]["steps"] if "promoter" in step.get("run", ""))
    assert "env" not in step
    assert step["run"].startswith("bash .github/steps/offline.sh ")


def test_runs_follow_one_another_and_none_is_cut_short() -> None:
    """Records are numbered in the order of the merges."""
    assert {"group": "record", "cancel-in-progress": False} == WORKFLOW["concurrency"]


def test_the_records_own_commit_starts_no_run() -> None:
    """YAML 1.1 reads the key `on` as true; the folder is the recorder's alone."""
    assert {"branches": ["main"], "paths-ignore": ["reports/decisions/**"]} == WORKFLOW[True]["push"]


def test_nothing_is_pushed_with_force_or_to_an_unknown_host() -> None:
    """Neither the history nor the key may be lost to a mistake."""
    script = (PATH.parents[1] / "steps/record-push.sh").read_text(encoding="utf-8")
    assert "StrictHostKeyChecking=yes" in script
    assert not {"--force", "+$1", "-f "} & set(script.split())


def test_the_pinned_host_key_is_githubs() -> None:
    """The fingerprint that docs.github.com publishes ("GitHub's SSH key fingerprints", Ed25519)."""
    host, kind, blob = (PATH.parents[1] / "steps/known_hosts.txt").read_text(encoding="ascii").split()
    assert ("github.com", "ssh-ed25519") == (host, kind)
    fingerprint = base64.b64encode(hashlib.sha256(base64.b64decode(blob)).digest()).decode().rstrip("=")
    assert "+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU" == fingerprint
