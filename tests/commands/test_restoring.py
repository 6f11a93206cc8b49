"""Merged versions that somebody altered or took away past the gate: what brings them back, and what does not."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands.recorded import VERSIONS, Registry
from tests.support.command import Run, run_promoter
from tests.support.registry import (
    FOLDER,
    MODEL,
    manifest_yaml,
    policy_yaml,
    predictions_csv,
    stage_files,
    version_files,
)

Files = dict[str, bytes | str | None]
V2 = f"{FOLDER}/versions/2.0.0"
MANIFEST = f"{V2}/manifest.yaml"
ALTERED = manifest_yaml("2.0.0", predictions_csv(), summary="Trust me.")
TAMPERINGS: dict[str, Files] = {
    "manifest": {MANIFEST: ALTERED},
    "unreadable": {MANIFEST: b"schema: ["},
    "evidence": {f"{V2}/evidence/predictions.csv": b"id\n"},
    "added": {f"{V2}/notes.md": "x"},
    "file removed": {f"{V2}/model.safetensors": None},
    "manifest removed": {MANIFEST: None},
    "removed": dict.fromkeys(version_files("2.0.0")),
}


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Return a recorded registry that serves 2.0.0 in production."""
    return Registry.create_recorded(tmp_path / "registry")


def promoter(registry: Registry, *arguments: str) -> Run:
    """Run a command as its user does."""
    return run_promoter(*arguments, "--repo", str(registry.builder.path))


def propose(registry: Registry, files: Files) -> tuple[int, dict[str, Any]]:
    """Judge files on a branch of the tip: exit code and decision."""
    tip = registry.builder.git("rev-parse", "main")
    registry.builder.commit(files, branch="work", onto=[tip])
    run = promoter(registry, "check", "--base", "main", "--head", "work", "--json")
    return run.code, json.loads(run.out)


def restoring(registry: Registry, tampering: Files) -> Files:
    """Return what undoes a tampering."""
    as_merged = version_files("2.0.0")
    return {path: as_merged.get(path) for path in tampering}


@pytest.mark.parametrize("tampering", TAMPERINGS.values(), ids=TAMPERINGS)
def test_what_a_registration_merged_comes_back_byte_for_byte(registry: Registry, tampering: Files) -> None:
    """Judged as a restoration, recorded as one, and found by the audit to the end of days."""
    registered = registry.builder.git("rev-list", "main", "--", MANIFEST).splitlines()[-1]
    bad = registry.commit(tampering)
    code, decision = propose(registry, restoring(registry, tampering))
    (change,) = decision["changes"]
    assert (0, [], "restoration", "passed") == (code, decision["problems"], change["kind"], change["verdict"])
    assert f"byte for byte, what commit {registered[:10]} merged" in change["reason"]
    registry.commit(restoring(registry, tampering), message="Restore (#7)")
    promoter(registry, "record", "--commit")
    registry.check_out()
    assert f"{VERSIONS}/0003-2.0.0.json" in registry.records()
    last = json.loads(registry.run("history", MODEL, "--json").stdout)[-1]
    assert ("restoration", "2.0.0") == (last["kind"], last["version"])
    findings = json.loads(promoter(registry, "audit", "verify", "--json").out)["findings"]
    assert {bad} == {finding["commit"] for finding in findings}


@pytest.mark.parametrize("tampering", TAMPERINGS.values(), ids=TAMPERINGS)
def test_anything_else_than_what_was_merged_is_refused(registry: Registry, tampering: Files) -> None:
    """One byte more, and the change is told which commit has the right ones."""
    registered = registry.builder.git("rev-list", "main", "--", MANIFEST).splitlines()[-1]
    registry.commit(tampering)
    code, decision = propose(registry, {**restoring(registry, tampering), f"{V2}/late.md": "x"})
    assert 2 == code
    assert f"commit {registered[:10]}" in " ".join(problem["hint"] for problem in decision["problems"])


def test_a_version_that_was_taken_away_is_no_new_one(registry: Registry) -> None:
    """Its name stands for what was merged: other bytes under it are refused though nothing stands in the way."""
    registry.commit(dict.fromkeys(version_files("2.0.0")))
    code, decision = propose(registry, version_files("2.0.0", shift=0.1))
    assert 2 == code
    assert "is not what was merged" in decision["problems"][0]["message"]


def test_the_first_registration_counts_whatever_was_pushed_since(registry: Registry) -> None:
    """Who takes a version away and pushes another under its name has registered nothing."""
    registry.commit(dict.fromkeys(version_files("2.0.0")))
    bad = registry.commit(version_files("2.0.0", shift=0.1))
    code, decision = propose(registry, dict(version_files("2.0.0")))
    assert (0, ["restoration"]) == (code, [change["kind"] for change in decision["changes"]])
    last = json.loads(registry.run("history", MODEL, "--json").stdout)[-1]
    assert ("alteration", bad) == (last["kind"], last["commit"])


def test_a_restoration_may_stand_beside_the_pointer_that_it_mends(registry: Registry) -> None:
    """A version that went with its pointer comes back with it."""
    pointer = stage_files(production="2.0.0")
    registry.commit({**dict.fromkeys(version_files("2.0.0")), **dict.fromkeys(pointer)})
    code, decision = propose(registry, {**version_files("2.0.0"), **pointer})
    assert (0, {"restoration", "promotion"}) == (code, {change["kind"] for change in decision["changes"]})


def test_resolve_refuses_an_altered_version_until_it_is_restored(registry: Registry) -> None:
    """The record of its promotion stands for other bytes."""
    assert 0 == promoter(registry, "resolve", f"{MODEL}#production").code
    bad = registry.commit({MANIFEST: ALTERED})
    told = promoter(registry, "resolve", f"{MODEL}#production")
    assert (1, True) == (told.code, f"commit {bad[:10]}" in told.err)
    registry.commit({MANIFEST: version_files("2.0.0")[MANIFEST]})
    assert 0 == promoter(registry, "resolve", f"{MODEL}#production").code


def test_no_stage_moves_to_a_version_that_was_altered(registry: Registry) -> None:
    """Neither forward nor back: it would be judged for what nobody registered."""
    bad = registry.commit({f"{FOLDER}/versions/1.0.0/notes.md": "x", MANIFEST: ALTERED})
    for files in (stage_files(production="1.0.0"), stage_files(staging="2.0.0")):
        code, decision = propose(registry, dict(files))
        assert 2 == code
        assert f"altered past the gate, last by commit {bad[:10]}" in decision["problems"][0]["message"]
    restored = {MANIFEST: version_files("2.0.0")[MANIFEST], **stage_files(staging="2.0.0")}
    code, decision = propose(registry, restored)
    assert (0, []) == (code, decision["problems"])


@pytest.mark.parametrize("name", ["manifest", "unreadable", "removed", "evidence"])
def test_a_champion_that_was_altered_frees_no_promotion(registry: Registry, name: str) -> None:
    """It is the champion as it was registered, or there is no verdict: a weaker one pushed in its place judges none."""
    policy = policy_yaml("better", "champion_regression", "{comparisons: [{measure: roc_auc, margin: 0.01}]}")
    registry.commit({"policies/catalog/performance/better.yaml": policy})
    registry.commit(dict(version_files("3.0.0", shift=0.4)))
    code, decision = propose(registry, dict(stage_files(production="3.0.0")))
    assert (1, "2.0.0") == (code, decision["changes"][0]["champion"])
    weak = dict(version_files("2.0.0", shift=0.9))
    registry.commit({**weak, **TAMPERINGS[name]})
    code, decision = propose(registry, dict(stage_files(production="3.0.0")))
    (change,) = decision["changes"]
    assert "2.0.0" == change["champion"]
    assert change["verdict"] in ("failed", "errored")


@pytest.mark.parametrize("name", ["manifest", "unreadable", "removed"])
def test_a_rollback_from_a_version_that_was_altered_is_judged(registry: Registry, name: str) -> None:
    """On call needs no restoration first: what is left behind is read as it was registered."""
    registry.commit(TAMPERINGS[name])
    code, decision = propose(registry, dict(stage_files(production="1.0.0")))
    (change,) = decision["changes"]
    assert ([], "rollback", "2.0.0") == (decision["problems"], change["kind"], change["champion"])
    assert 3 == code
    assert "no policy judges this rollback" in change["reason"]


def test_a_withdrawal_that_was_taken_back_past_the_gate_holds(registry: Registry) -> None:
    """Neither resolve nor a promotion nor a rollback follows the shorter file; the next change states it anew."""
    path = f"{FOLDER}/withdrawn.yaml"
    text = 'schema: promoter.withdrawn/1\nwithdrawn: [{version: "%s", reason: leaked labels}]\n'
    registry.commit({path: text % "2.0.0"})
    promoter(registry, "record", "--commit")
    registry.check_out()
    registry.commit({path: None})
    told = promoter(registry, "resolve", f"{MODEL}#production")
    assert (1, True) == (told.code, "says that it was withdrawn" in told.err)
    code, decision = propose(registry, dict(stage_files(staging="2.0.0")))
    assert 2 == code
    assert "version 2.0.0 was withdrawn, and its entry was taken back" in decision["problems"][0]["message"]
    code, decision = propose(registry, {path: text % "1.0.0"})
    assert 2 == code
    assert "version 2.0.0 is no longer withdrawn" in decision["problems"][0]["message"]
    code, decision = propose(registry, {path: text % "2.0.0"})
    assert (0, ["withdrawal"]) == (code, [change["kind"] for change in decision["changes"]])
    registry.commit({path: text % "2.0.0"})
    promoter(registry, "record", "--commit")
    registry.check_out()
    findings = json.loads(promoter(registry, "audit", "verify", "--json").out)["findings"]
    assert [f"reinstatement {MODEL}@2.0.0"] == [finding["subject"] for finding in findings]
