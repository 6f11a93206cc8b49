"""status --check: what holds a proposal, and who has agreed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.commands.recorded import Registry
from tests.forge.server import Forge, running_forge
from tests.support.clones import clone_of
from tests.support.command import run_promoter
from tests.support.registry import FOLDER, MODEL, registry_files, rule_files, stage_files, version_files
from tests.support.repositories import RepositoryBuilder

AT = "2026-02-01T09:00:00Z"
"""The day after the forge's reviews."""

BRANCH = f"promoter/{MODEL}/production"


def pending_check(folder: Path) -> dict[str, Any]:
    """Return what is said of the one proposal for production."""
    rows = json.loads(run_promoter("status", "--json", "--check", "--at", AT, "--repo", str(folder)).out)
    (pending,) = next(row["pending"] for row in rows if row["stage"] == "production")
    return dict(pending["check"])


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[Forge]:
    """Yield a forge with 1.0.0 in production, and a pull request that proposes 2.0.0."""
    builder = RepositoryBuilder.create(tmp_path / "registry.git")
    tip = builder.commit({**registry_files(production="1.0.0"), **rule_files(), **version_files("2.0.0")})
    builder.commit(stage_files(production="2.0.0"), branch=BRANCH, onto=[tip])
    with running_forge(builder.path) as forge:
        yield forge
        assert [] == forge.violations


def test_who_has_agreed_is_read_from_github(forge: Forge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody at first; then the role that is asked, and nothing is missing any more."""
    pull = forge.state.open_pull(BRANCH)
    clone = clone_of(forge, tmp_path / "clone", login="olu", patch=monkeypatch, contents="read", pull_requests="read")
    before = pending_check(clone)
    assert (None, "passed", []) == (before["reviews_unread"], before["verdict"], before["approvals"]["given"])
    assert ["risk"] == [missing["role"] for missing in before["approvals"]["missing"]]
    forge.state.add_review(pull, "rita")
    after = pending_check(clone)["approvals"]
    assert ([{"role": "risk", "login": "rita"}], []) == (after["given"], after["missing"])
    assert "rita agreed as risk" in run_promoter("status", "--check", "--at", AT, "--repo", str(clone)).out


def test_what_holds_a_proposal_is_named(tmp_path: Path) -> None:
    """The policies by id; without a remote nobody is asked, and it says so."""
    registry = Registry.create(tmp_path / "registry")
    tip = registry.commit(version_files("3.0.0", shift=1.0))
    registry.builder.commit(stage_files(production="3.0.0"), branch=BRANCH, onto=[tip])
    found = pending_check(registry.builder.path)
    assert ("failed", "this clone has no remote origin") == (found["verdict"], found["reviews_unread"])
    assert [{"policy": "auc", "outcome": "failed"}] == found["held_by"]
    assert "    check: failed; held by auc (failed)" in registry.run("status", "--check").stdout


def test_a_proposal_that_cannot_be_judged_says_why(tmp_path: Path) -> None:
    """It does not merge any more."""
    registry = Registry.create(tmp_path / "registry")
    tip = registry.builder.git("rev-parse", "main")
    registry.builder.commit(stage_files(production="1.0.0"), branch=BRANCH, onto=[tip])
    registry.commit({f"{FOLDER}/stages/production.yaml": 'version: "2.0.0"\nreason: again\n'})
    found = pending_check(registry.builder.path)
    assert (None, []) == (found["verdict"], found["held_by"])
    assert "in ways that do not merge" in found["problems"][0]


def test_without_check_nothing_is_judged_and_it_says_so(tmp_path: Path) -> None:
    """The answer leaves open what it does not know."""
    registry = Registry.create(tmp_path / "registry")
    tip = registry.builder.git("rev-parse", "main")
    registry.builder.commit(stage_files(production="1.0.0"), branch=BRANCH, onto=[tip])
    run = registry.run("status")
    assert "--check judges what is pending, and asks GitHub who has agreed\n" == run.stderr
    assert "check:" not in run.stdout
