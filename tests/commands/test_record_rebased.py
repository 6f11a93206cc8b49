"""A pull request of several commits that landed by a rebase: agreed to as one, judged as one, recorded at each."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from promoter.commands.attending import write_brought
from promoter.errors import ServiceError
from promoter.history.people import Merged
from tests.commands.recorded import PRODUCTION, VERSIONS, Registry
from tests.support.registry import FOLDER, stage_files, version_files

MANIFEST = f"{FOLDER}/versions/3.0.0/manifest.yaml"
REGISTERED, PROMOTED = f"{VERSIONS}/0003-3.0.0.json", f"{PRODUCTION}/0003-3.0.0.json"


@dataclass(frozen=True, slots=True)
class Rebased:
    """A registry to which 3.0.0 came in three commits: its manifest, its other files, the pointer."""

    registry: Registry
    commits: tuple[str, ...]
    brought: Path

    def record(self, *, rebased: tuple[str, str] | None) -> dict[str, dict[str, Any]]:
        """Record what GitHub says of the three commits; return the records by path."""
        merged = Merged.model_validate({"pull_request": 9, "rebased": rebased})
        tip = self.registry.builder.git("rev-parse", "main")
        write_brought(self.brought, tip=tip, commits=dict.fromkeys(self.commits, merged))
        assert 0 == self.registry.run("record", "--brought", str(self.brought), "--commit").exit_code
        self.registry.check_out()
        return {path: json.loads(content) for path, content in self.registry.records().items()}

    @property
    def span(self) -> tuple[str, str]:
        """The first and the last of the commits."""
        return self.commits[0], self.commits[-1]

    def findings(self) -> list[tuple[str, bool]]:
        """Return what an audit finds."""
        found = json.loads(self.registry.run("audit", "verify", "--json").stdout)["findings"]
        return [(finding["subject"], finding["unverified"]) for finding in found]


@pytest.fixture
def rebased(tmp_path: Path) -> Rebased:
    """Return the registry, recorded up to the three commits."""
    registry = Registry.create_recorded(tmp_path / "registry")
    files = version_files("3.0.0")
    steps = ({MANIFEST: files.pop(MANIFEST)}, files, stage_files(production="3.0.0"))
    commits = tuple(registry.commit(dict(step), message="a step") for step in steps)
    brought = tmp_path / "brought"
    brought.mkdir()
    return Rebased(registry, commits, brought)


def test_what_was_agreed_to_as_one_is_judged_as_one(rebased: Rebased) -> None:
    """The first commit alone lacks the version's files, and nobody proposed it alone."""
    records = rebased.record(rebased=rebased.span)
    before = rebased.registry.builder.git("rev-parse", f"{rebased.commits[0]}~1")
    for path, commit in ((REGISTERED, rebased.commits[0]), (PROMOTED, rebased.commits[2])):
        decision = records[path]["decision"]
        assert (commit, "passed") == (records[path]["commit"], decision["verdict"])
        assert (before, rebased.commits[2]) == (decision["bound_to"]["base"], decision["bound_to"]["head"])
    assert [] == rebased.findings()
    assert 0 == rebased.registry.run("audit", "verify", "--remeasure").exit_code
    assert 0 == rebased.registry.run("resolve", "lending/mortgage#production").exit_code


def test_without_a_word_of_github_each_commit_stands_for_itself(rebased: Rebased) -> None:
    """Then the first one merged half a version, the second altered it, and the third promoted what was altered."""
    rebased.record(rebased=None)
    kinds = [subject.partition(" ")[0] for subject, is_unverified in rebased.findings() if is_unverified]
    assert ["alteration", "promotion", "registration"] == sorted(kinds)


def test_what_alters_the_version_after_its_landing_is_found(rebased: Rebased) -> None:
    """Its registered form is what the last commit left, and no later one."""
    rebased.record(rebased=rebased.span)
    rebased.registry.commit({f"{FOLDER}/versions/3.0.0/evidence/predictions.csv": "id\n"})
    assert ("alteration lending/mortgage@3.0.0", True) in rebased.findings()


def test_the_version_can_be_promoted_further(rebased: Rebased) -> None:
    """A gate that took the second commit for an alteration would hold it back for ever."""
    rebased.record(rebased=rebased.span)
    tip = rebased.registry.builder.git("rev-parse", "main")
    rebased.registry.builder.commit(stage_files(staging="3.0.0"), branch="further", onto=[tip])
    assert 0 == rebased.registry.run("check", "--head", "further").exit_code


def test_a_pointer_that_landed_before_the_last_file_is_resolved(rebased: Rebased) -> None:
    """The order of the commits within one pull request is its author's."""
    builder = rebased.registry.builder
    builder.git("update-ref", "refs/heads/main", f"{rebased.commits[0]}~1")
    files = version_files("3.0.0")
    first = {MANIFEST: files.pop(MANIFEST), **stage_files(production="3.0.0")}
    commits = tuple(rebased.registry.commit(dict(step)) for step in (first, files))
    other = Rebased(rebased.registry, commits, rebased.brought)
    other.record(rebased=other.span)
    assert 0 == rebased.registry.run("resolve", "lending/mortgage#production").exit_code
    assert [] == other.findings()


def test_a_bundle_of_it_proves_itself(rebased: Rebased, tmp_path: Path) -> None:
    """Rules from before the first commit, files as the last one left them."""
    rebased.record(rebased=rebased.span)
    out = tmp_path / "evidence.zip"
    assert 0 == rebased.registry.run("audit", "pack", REGISTERED, "--out", str(out)).exit_code
    assert f"files/{rebased.commits[2][:12]}/{MANIFEST}".encode() in out.read_bytes()


@pytest.mark.parametrize("place", [0, 2])
def test_a_record_that_claims_other_commits_is_found(rebased: Rebased, place: int) -> None:
    """Its own commit must be among them, and what they hold must give the same bytes."""
    path = (REGISTERED, None, PROMOTED)[place] or ""
    record = rebased.record(rebased=rebased.span)[path]
    other = rebased.commits[2 - place]
    record["people"]["merged"]["rebased"] = [other, other]
    rebased.registry.commit({path: json.dumps(record)})
    assert any(is_unverified for _, is_unverified in rebased.findings())


def test_a_range_of_commits_that_are_elsewhere_is_no_record(rebased: Rebased) -> None:
    """What GitHub says must be of this branch."""
    with pytest.raises(ServiceError, match="of another branch"):
        rebased.record(rebased=("0" * 40, "0" * 40))


def test_what_the_last_commit_left_comes_back(rebased: Rebased) -> None:
    """Not what the first one did, which was half a version: that is an earlier state, and no registered one."""
    rebased.record(rebased=rebased.span)
    registry, late = rebased.registry, f"{FOLDER}/versions/3.0.0/late.md"
    bad = registry.commit({late: "x"})
    half = dict.fromkeys(path for path in version_files("3.0.0") if path != MANIFEST)
    for files, code in (({late: None}, 0), ({late: None, **half}, 2)):
        registry.builder.commit(files, branch="work", onto=[registry.builder.git("rev-parse", "main")])
        assert code == registry.run("check", "--head", "work").exit_code
    registry.commit({late: None})
    registry.run("record", "--commit")
    registry.check_out()
    assert [("alteration lending/mortgage@3.0.0", True)] == rebased.findings()
    last = json.loads(registry.run("history", "lending/mortgage", "--json").stdout)[-1]
    assert ("restoration", False) == (last["kind"], last["commit"] == bad)
    worse = registry.commit(half)
    registry.run("record", "--commit")
    registry.check_out()
    assert 2 == len(rebased.findings())
    registry.builder.commit(stage_files(staging="3.0.0"), branch="on", onto=[registry.builder.git("rev-parse", "main")])
    run = registry.run("check", "--head", "on", "--json")
    assert f"last by commit {worse[:10]}" in json.loads(run.stdout)["problems"][0]["message"]
