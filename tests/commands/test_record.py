import json
import os
from pathlib import Path

import pytest

from promoter.digest import sha256_bytes
from promoter.errors import ServiceError
from tests.commands.recorded import PRODUCTION, VERSIONS, Registry
from tests.support.registry import FOLDER, stage_files
from tests.support.repositories import RepositoryBuilder

ALL = [
    f"{PRODUCTION}/0001-1.0.0.json",
    f"{PRODUCTION}/0002-2.0.0.json",
    f"{VERSIONS}/0001-1.0.0.json",
    f"{VERSIONS}/0002-2.0.0.json",
]


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Return a registry with four merges and no record."""
    return Registry.create(tmp_path / "registry")


def test_each_change_gets_its_record_in_one_commit(registry: Registry) -> None:
    """Numbered per stage, chained, with the decision, its numbers, pull request and merger; the tree stays clean."""
    assert 0 == registry.run("record", "--commit").exit_code
    records = registry.records()
    assert ALL == sorted(records)
    first, second = (json.loads(records[path]) for path in ALL[:2])
    assert (None, sha256_bytes(records[ALL[0]])) == (first["previous"], second["previous"])
    assert (2, 4, "promotion", "1.0.0") == tuple(second[k] for k in ("sequence", "pull_request", "kind", "replaced"))
    assert "Ada <ada@example.org>" == second["merger"]
    decision = second["decision"]
    assert ("passed", ["passed"]) == (decision["verdict"], [r["outcome"] for r in decision["changes"][0]["results"]])
    assert decision["changes"][0]["measurements"]
    assert "" == registry.builder.git("status", "--porcelain")
    assert "Promoter-Record: yes" in registry.builder.git("log", "-1", "--format=%B")


def test_a_second_run_adds_nothing(registry: Registry) -> None:
    """The record's own commit starts no further record."""
    registry.run("record", "--commit")
    before = registry.builder.git("rev-parse", "main")
    assert "" == registry.run("record", "--commit").stdout
    assert before == registry.builder.git("rev-parse", "main")


def test_records_follow_those_that_are_there(registry: Registry) -> None:
    """A rollback after the first run gets the next number and names the record before it."""
    registry.run("record", "--commit")
    registry.commit(stage_files(production="1.0.0"), message="Roll back (#5)")
    assert f"{PRODUCTION}/0003-1.0.0.json\n" == registry.run("record", "--commit").stdout
    records = registry.records()
    third = json.loads(records[f"{PRODUCTION}/0003-1.0.0.json"])
    assert ("rollback", sha256_bytes(records[ALL[1]])) == (third["kind"], third["previous"])


def test_a_retirement_is_recorded_under_the_version_that_left(registry: Registry) -> None:
    """Its file's name says which."""
    registry.commit({f"{FOLDER}/stages/production.yaml": None})
    assert f"{PRODUCTION}/0003-2.0.0.json" in registry.run("record", "--commit").stdout


def test_since_leaves_older_changes_alone(registry: Registry) -> None:
    """Records may begin after a registry has grown."""
    assert f"{PRODUCTION}/0001-2.0.0.json\n" == registry.run("record", "--since", "main~1").stdout


def test_what_no_rules_could_judge_is_recorded_as_errored(registry: Registry) -> None:
    """A broken rule book of the base lets nothing through, and the record says so."""
    registry.commit({"policies/roles.yaml": "{"})
    registry.commit(stage_files(production="1.0.0"))
    registry.run("record", "--commit")
    decision = json.loads(registry.records()[f"{PRODUCTION}/0003-1.0.0.json"])["decision"]
    assert ("errored", "policies/roles.yaml") == (decision["verdict"], decision["problems"][0]["location"]["path"])


def test_a_branch_that_moved_meanwhile_refuses_the_commit(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two merges close together: the later run records both."""
    replace, moved = os.replace, []

    def merge_meanwhile(source: Path, target: Path) -> None:
        replace(source, target)
        if "/reports/" in str(target) and not moved:
            moved.append(registry.builder.commit(stage_files(production="1.0.0")))

    monkeypatch.setattr(os, "replace", merge_meanwhile)
    with pytest.raises(ServiceError):
        registry.run("record", "--commit")
    monkeypatch.undo()
    assert {} == registry.records()
    registry.run("record", "--commit")
    assert [*ALL[:2], f"{PRODUCTION}/0003-1.0.0.json", *ALL[2:]] == sorted(registry.records())


def test_a_clone_counts_records_that_it_has_not_pushed(registry: Registry, tmp_path: Path) -> None:
    """The local branch is ahead of origin's, and a second run adds nothing."""
    registry.builder.git("clone", "-q", str(registry.builder.path), str(tmp_path / "clone"))
    clone = Registry(RepositoryBuilder.create(tmp_path / "clone"))
    clone.builder.git("config", "user.name", "Recorder")
    clone.builder.git("config", "user.email", "recorder@example.org")
    assert ALL == sorted(clone.run("record", "--commit").stdout.split())
    assert "" == clone.run("record", "--commit").stdout
    assert "1" == clone.builder.git("rev-list", "--count", "origin/main..main")


def test_a_merge_commit_is_judged_against_its_first_parent(registry: Registry) -> None:
    """Its branch may be of any age; what was merged is the difference to the line."""
    tip, old = registry.builder.git("rev-parse", "main", "main~3").split()
    files = stage_files(staging="1.0.0")
    head = registry.builder.commit(files, branch="staging", onto=[old])
    merge = registry.builder.commit(files, onto=[tip, head], message="Merge pull request #9 from acme/staging")
    registry.check_out()
    registry.run("record", "--commit")
    record = json.loads(registry.records()["reports/decisions/lending/mortgage/staging/0001-1.0.0.json"])
    bound = record["decision"]["bound_to"]
    assert (merge, 9, tip, merge) == (record["commit"], record["pull_request"], bound["base"], bound["head"])
    assert registry.builder.git("rev-parse", "main~1^{tree}") == bound["merge_tree"]
