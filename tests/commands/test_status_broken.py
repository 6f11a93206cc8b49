"""What `status` and `resolve` say where a push left something that nobody can read: all of it, and everything else."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands.recorded import Registry
from tests.support.command import Run, run_promoter
from tests.support.registry import AUC_POLICY, FOLDER, MODEL, model_yaml, stage_files, version_files

AT = "2023-11-15T22:13:20Z"
POINTER = f"{FOLDER}/stages/production.yaml"
AUC = "policies/catalog/performance/auc.yaml"
OTHER = "lending/other"


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Return a registry with 2.0.0 of one model in production, and 1.0.0 of another in staging."""
    registry = Registry.create(tmp_path / "registry")
    files = {**version_files(), **stage_files(staging="1.0.0")}
    other = {path.replace(MODEL, OTHER): text for path, text in files.items()}
    manifest = f"models/{OTHER}/versions/1.0.0/manifest.yaml"
    other[manifest] = str(other[manifest]).replace(MODEL, OTHER)
    registry.commit({**other, f"models/{OTHER}/model.yaml": model_yaml().replace(MODEL, OTHER)})
    return registry


def status(registry: Registry, *arguments: str) -> Run:
    """Run `promoter status` as its user does."""
    return run_promoter("status", "--at", AT, *arguments, "--repo", str(registry.builder.path))


def rows(registry: Registry) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the rows by model and stage."""
    return {(row["model"], row["stage"]): row for row in json.loads(status(registry, "--json").out)}


def test_a_sound_registry_exits_with_0(registry: Registry) -> None:
    """Nothing is broken, and no row says so."""
    assert (0, "") == (status(registry).code, status(registry).err)
    assert [[]] * 4 == [row["broken"] for row in rows(registry).values()]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"version: [", b'versoin: "2.0.0"\n'])
def test_a_pointer_that_cannot_be_read_is_an_error(registry: Registry, content: bytes) -> None:
    """The stage, its file and the commit are told; the other model is told as ever."""
    bad = registry.commit({POINTER: content})
    run = status(registry)
    assert 2 == run.code
    assert f"{MODEL}#production (unreadable since commit {bad[:10]})\n" in run.out
    assert f"error: {POINTER}" in run.err
    assert f"{OTHER}#staging 1.0.0 for 0 days\n" in run.out
    found = rows(registry)
    assert POINTER in found[MODEL, "production"]["broken"][0]
    assert [] == found[MODEL, "staging"]["broken"] == found[OTHER, "production"]["broken"]


def test_a_pointer_to_a_version_that_is_not_there_is_an_error(registry: Registry) -> None:
    """It can be read, and nobody can follow it."""
    registry.commit({POINTER: 'version: "9.9.9"\n'})
    run = status(registry)
    assert 2 == run.code
    assert f"{MODEL}#production 9.9.9 (cannot be followed) for 0 days\n" in run.out
    assert f"error: {POINTER}:1:10: version '9.9.9' is not registered" in run.err


def test_a_model_whose_files_are_gone_is_still_told(registry: Registry) -> None:
    """What was registered once is never taken away: leaving its row out would hide that it was."""
    everything = registry.builder.files(registry.builder.git("rev-parse", "main"))
    whole = [path for path in everything if path.startswith(f"{FOLDER}/") and not path.endswith("/model.yaml")]
    for gone in ([f"{FOLDER}/model.yaml"], whole):
        registry.commit(dict.fromkeys(gone))
        run = status(registry)
        assert 2 == run.code
        assert f"error: {FOLDER}/model.yaml: a file is needed here" in run.err
        assert {(MODEL, "staging"), (MODEL, "production"), (OTHER, "staging"), (OTHER, "production")} == set(
            rows(registry)
        )


@pytest.mark.parametrize(
    "files", [{AUC: "id: ["}, {AUC: AUC_POLICY.replace("at_least", "at_leest")}, {"policies/pipeline.yaml": None}]
)
def test_while_the_rules_are_broken_the_last_ones_tell_what_comes_next(
    registry: Registry, files: dict[str, bytes | str | None]
) -> None:
    """The stages do not vanish with the pipeline; the error says whose rules are followed."""
    good = registry.builder.git("rev-list", "-1", "main", "--", "policies")
    before = status(registry).out
    registry.commit(files)
    run = status(registry)
    assert (2, before) == (run.code, run.out)
    assert f"what is told here follows those of commit {good[:10]}" in run.err
    registry.commit({AUC: AUC_POLICY, "policies/pipeline.yaml": registry.builder.files(good)["policies/pipeline.yaml"]})
    assert 0 == status(registry).code


def test_a_proposal_that_nobody_can_read_is_not_one_to_empty_the_stage(registry: Registry) -> None:
    """It is listed as what it is; a proposal to empty a stage whose pointer is broken is listed too."""
    tip = registry.builder.git("rev-parse", "main")
    registry.builder.commit({POINTER: "version: ["}, branch="promoter/a", onto=[tip])
    assert "pending: (unreadable); proposed by refs/heads/promoter/a" in status(registry).out
    tip = registry.commit({POINTER: "version: ["})
    registry.builder.commit({POINTER: None}, branch="promoter/b", onto=[tip])
    assert "pending: nothing; proposed by refs/heads/promoter/b" in status(registry).out


def test_what_mends_a_broken_pointer_is_told_as_what_it_will_be(registry: Registry) -> None:
    """A return to what served last is a rollback, as the gate has it."""
    tip = registry.commit({POINTER: "version: ["})
    registry.builder.commit(dict(stage_files(production="2.0.0")), branch="promoter/p", onto=[tip])
    (found,) = rows(registry)[MODEL, "production"]["pending"]
    assert ("2.0.0", "rollback") == (found["version"], found["kind"])


def test_a_proposal_from_before_the_break_is_told_so(registry: Registry) -> None:
    """It was made against what nobody can read any more."""
    tip = registry.builder.git("rev-parse", "main")
    registry.builder.commit(dict(stage_files(production="1.0.0")), branch="promoter/p", onto=[tip])
    bad = registry.commit({POINTER: "version: ["})
    assert f"{MODEL}#production cannot be read since commit {bad[:10]}" in status(registry).out


def test_resolve_names_every_stage_that_has_a_pointer(registry: Registry) -> None:
    """One that cannot be followed is not left out of the answer."""
    registry.commit({POINTER: "version: [", **stage_files(staging="1.0.0")})
    run = run_promoter("resolve", f"{MODEL}#edge", "--repo", str(registry.builder.path))
    assert 2 == run.code
    assert f"served: {MODEL}#production (cannot be followed), {MODEL}#staging" in run.err


def test_resolve_answers_nothing_while_withdrawals_cannot_be_read(registry: Registry) -> None:
    """What it serves may be withdrawn."""
    registry.commit({f"{FOLDER}/withdrawn.yaml": "withdrawn: ["})
    run = run_promoter("resolve", f"{MODEL}#production", "--allow-unverified", "--repo", str(registry.builder.path))
    assert (2, "") == (run.code, run.out)
    assert f"{FOLDER}/withdrawn.yaml" in run.err


def test_history_tells_what_cannot_be_read(registry: Registry) -> None:
    """As an event, and as what the stage serves."""
    registry.commit({POINTER: "version: [", f"{FOLDER}/withdrawn.yaml": "withdrawn: ["})
    listed = run_promoter("history", MODEL, "--repo", str(registry.builder.path))
    assert ["unreadable", "broken"] == [line.split()[1] for line in listed.out.splitlines()[-2:]]
    standing = run_promoter("history", MODEL, "--as-of", "2030-01-01", "--repo", str(registry.builder.path))
    assert f"{MODEL}#production (unreadable)" in standing.out


def test_a_version_that_serves_and_was_altered_is_an_error(registry: Registry) -> None:
    """What is served is not what was agreed to; once restored, all is well."""
    manifest = f"{FOLDER}/versions/2.0.0/manifest.yaml"
    bad = registry.commit({manifest: "x: ["})
    run = status(registry)
    assert (2, True) == (run.code, f"{MODEL}#production 2.0.0 (altered) for 0 days\n" in run.out)
    assert f"versions/2.0.0: it was altered past the gate, last by commit {bad[:10]}" in run.err
    registry.commit({manifest: version_files("2.0.0")[manifest]})
    assert (0, "") == (status(registry).code, status(registry).err)
