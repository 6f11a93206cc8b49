"""What the audit says of commits whose dates cannot be."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.commands.recorded import Registry
from tests.support.registry import FOLDER, stage_files

NOW = datetime.now(UTC)


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Return a registry in which production serves 2.0.0."""
    return Registry.create(tmp_path / "registry")


def push(registry: Registry, version: str, *, at: datetime) -> str:
    """Push a pointer past the gate with a commit of this date."""
    tip = registry.builder.git("rev-parse", "main")
    pointers = {path: content for path, content in stage_files(production=version).items() if content is not None}
    tree = registry.builder.tree({**registry.builder.files(tip), **pointers})
    commit = registry.builder.commit_tree(tree, parents=[tip], at=int(at.timestamp()))
    registry.builder.git("update-ref", "refs/heads/main", commit)
    return commit


def misdated(registry: Registry, *arguments: str) -> list[tuple[str, str]]:
    """Return commit and message of what the audit says of dates."""
    found = json.loads(registry.run("audit", "verify", "--json", *arguments).stdout)["findings"]
    return [(item["commit"], item["message"]) for item in found if "it is dated" in item["message"]]


def test_honest_dates_are_no_finding(registry: Registry) -> None:
    """Nor is a clock that is an hour off."""
    push(registry, "1.0.0", at=NOW)
    push(registry, "2.0.0", at=NOW - timedelta(hours=1))

    assert [] == misdated(registry)


def test_a_commit_that_is_dated_ahead_is_named_while_it_is(registry: Registry) -> None:
    """It would hold for every later moment."""
    commit = push(registry, "1.0.0", at=NOW + timedelta(days=400))

    [(named, message)] = misdated(registry)

    assert commit == named
    assert "which is still to come" in message


def test_dates_that_contradict_each_other_are_named_with_both_commits(registry: Registry) -> None:
    """Which of the two is wrong nobody can tell."""
    first = push(registry, "1.0.0", at=NOW - timedelta(days=10))
    second = push(registry, "2.0.0", at=NOW - timedelta(days=20))

    [(named, message)] = misdated(registry)

    assert first == named
    assert second[:10] in message


def test_what_was_audited_before_is_not_told_again(registry: Registry) -> None:
    """With --since the dates up to that commit are not looked at."""
    commit = push(registry, "1.0.0", at=NOW + timedelta(days=400))

    assert [] == misdated(registry, "--since", commit)


def test_history_answers_from_the_later_date(registry: Registry) -> None:
    """A commit dated back changes no answer about the past."""
    push(registry, "1.0.0", at=NOW - timedelta(days=10))
    push(registry, "2.0.0", at=NOW - timedelta(days=20))
    moment = (NOW - timedelta(days=15)).strftime("%Y-%m-%dT%H:%M:%SZ")

    run = registry.run("history", "--as-of", moment, "--json")

    assert "2.0.0" in run.stdout
    assert FOLDER.removeprefix("models/") in run.stdout
