"""What somebody pushed broken past the gate, and how it is mended through the gate."""

import json
from pathlib import Path

import pytest

from tests.commands.recorded import Registry
from tests.support.command import Run, run_promoter
from tests.support.registry import AUC_POLICY, FOLDER, MODEL, model_yaml, rule_files, stage_files, version_files

POINTER = f"{FOLDER}/stages/production.yaml"
WITHDRAWN = f"{FOLDER}/withdrawn.yaml"
ALL_KINDS = AUC_POLICY + "applies_to: {kinds: [registration, promotion, rollback]}\n"
BROKEN = ['version: "2.0.0"\n'.encode("utf-16"), b"version: [", b'versoin: "2.0.0"\n', b'version: "9.9.9"\n']


def withdrawn(*versions: str) -> dict[str, bytes | str | None]:
    """Return withdrawn.yaml with entries."""
    entries = ", ".join(f'{{version: "{version}", reason: leaked labels}}' for version in versions)
    return {WITHDRAWN: f"schema: promoter.withdrawn/1\nwithdrawn: [{entries}]\n"}


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Return a recorded registry whose production went from 1.0.0 to 2.0.0, with 3.0.0 registered and 4.0.0 failing."""
    registry = Registry.create(tmp_path / "registry")
    path = "policies/catalog/performance/auc.yaml"
    registry.commit({path: rule_files({"catalog/performance/auc.yaml": ALL_KINDS})[path]})
    registry.commit(version_files("3.0.0"))
    registry.commit(version_files("4.0.0", shift=1.0))
    registry.run("record", "--commit")
    return registry


def propose(registry: Registry, files: dict[str, bytes | str | None]) -> tuple[int, dict[str, object]]:
    """Judge files on a branch of the tip: exit code and decision."""
    tip = registry.builder.git("rev-parse", "main")
    registry.builder.commit(files, branch="work", onto=[tip])
    run = registry.run("check", "--base", "main", "--head", "work", "--json")
    return run.exit_code, json.loads(run.stdout)


def move(registry: Registry, *arguments: str) -> Run:
    """Run a command that moves production."""
    return run_promoter(*arguments, "--repo", str(registry.builder.path))


@pytest.mark.parametrize("content", BROKEN)
def test_a_good_pointer_in_place_of_a_broken_one_is_a_promotion_against_what_served_last(
    registry: Registry, content: bytes
) -> None:
    """The report says what it stands on, and who has to be found."""
    registry.commit({POINTER: content})
    code, decision = propose(registry, stage_files(production="3.0.0"))
    (change,) = decision["changes"]
    assert (0, [], "promotion", "passed") == (code, decision["problems"], change["kind"], change["verdict"])
    assert f"the base's file cannot be read, so the last version on record stands for it ({POINTER}" in change["reason"]
    assert "2.0.0" == change["champion"]


def test_a_version_that_fails_is_held_over_a_broken_pointer_too(registry: Registry) -> None:
    """A broken pointer opens no way around a policy."""
    registry.commit({POINTER: BROKEN[0]})
    code, decision = propose(registry, stage_files(production="4.0.0"))
    assert (1, "promotion", "failed") == (code, decision["changes"][0]["kind"], decision["verdict"])


def test_a_broken_pointer_is_not_mended_by_another(registry: Registry) -> None:
    """What the change brings has to be sound."""
    registry.commit({POINTER: BROKEN[0]})
    code, decision = propose(registry, {POINTER: BROKEN[1]})
    assert (2, "errored") == (code, decision["verdict"])


@pytest.mark.parametrize(("version", "kind"), [("2.0.0", "rollback"), ("1.0.0", "rollback"), ("3.0.0", "promotion")])
def test_only_what_history_proves_to_have_served_comes_back_as_a_rollback(
    registry: Registry, version: str, kind: str
) -> None:
    """Proposal and history say the same of the revert of a bad push, of a step further back, and of a new version."""
    registry.commit({POINTER: BROKEN[0]})
    code, decision = propose(registry, stage_files(production=version))
    assert (0, kind) == (code, decision["changes"][0]["kind"])
    registry.commit(stage_files(production=version))
    last = json.loads(registry.run("history", f"{MODEL}#production", "--json").stdout)[-1]
    assert (kind, version, None) == (last["kind"], last["version"], last["replaced"])


@pytest.mark.parametrize("content", BROKEN)
def test_the_rollback_command_restores_what_served_last(registry: Registry, content: bytes) -> None:
    """On call needs no git for it; the branch is judged."""
    registry.commit({POINTER: content})
    run = move(registry, "rollback", f"{MODEL}#production", "--reason", "the pointer is broken")
    assert 0 == run.code, run.err
    assert "what lending/mortgage#production serves is unknown" in run.err
    assert 'version: "2.0.0"' in registry.builder.git("show", f"promoter/{MODEL}/production:{POINTER}")


def test_the_promote_command_moves_a_broken_pointer(registry: Registry) -> None:
    """It says what it found, and is judged as any promotion."""
    registry.commit({POINTER: BROKEN[0]})
    run = move(registry, "promote", f"{MODEL}@3.0.0", "--stage", "production")
    assert 0 == run.code, run.err
    assert "what lending/mortgage#production serves is unknown" in run.err


def test_a_stage_with_a_broken_pointer_can_be_retired(registry: Registry) -> None:
    """Taking the file away gets a verdict."""
    registry.commit({POINTER: BROKEN[0]})
    code, decision = propose(registry, {POINTER: None})
    assert (0, [], "retirement") == (code, decision["problems"], decision["changes"][0]["kind"])
    assert "the base's file cannot be read" in str(decision["changes"][0]["reason"])


def test_a_broken_pointer_holds_up_no_other_stage(registry: Registry) -> None:
    """Staging moves on while production is unreadable."""
    registry.commit({POINTER: BROKEN[0]})
    code, decision = propose(registry, stage_files(staging="3.0.0"))
    assert (0, "promotion", None) == (code, decision["changes"][0]["kind"], decision["changes"][0]["reason"])


def test_the_bad_push_stays_unverified_and_the_mend_is_recorded(registry: Registry) -> None:
    """Audit names the commit; after the mend and its record, resolve answers again."""
    bad = registry.commit({POINTER: BROKEN[0]})
    told = move(registry, "resolve", f"{MODEL}#production")
    assert 2 == told.code
    assert f"UNVERIFIED: commit {bad[:10]}" in told.err
    assert bad == json.loads(registry.run("history", f"{MODEL}#production", "--json").stdout)[-1]["commit"]
    registry.commit(stage_files(production="2.0.0"))
    registry.run("record", "--commit")
    assert "2.0.0" == registry.run("resolve", f"{MODEL}#production").stdout.split()[0]
    audit = registry.run("audit", "verify", "--json")
    assert 1 == audit.exit_code
    findings = json.loads(audit.stdout)["findings"]
    assert bad in {finding["commit"] for finding in findings if finding["unverified"]}


def test_a_broken_withdrawn_file_holds_every_promotion_of_its_model(registry: Registry) -> None:
    """Nobody knows what may not come back."""
    registry.commit({WITHDRAWN: b"withdrawn: ["})
    code, decision = propose(registry, stage_files(production="3.0.0"))
    assert 2 == code
    assert WITHDRAWN in {problem["location"]["path"] for problem in decision["problems"]}


def test_a_broken_withdrawn_file_is_mended_with_all_that_was_ever_withdrawn(registry: Registry) -> None:
    """Every entry is stated anew; one that history knows cannot get lost on the way."""
    registry.commit(withdrawn("1.0.0"))
    registry.commit({WITHDRAWN: b"withdrawn: ["})
    code, decision = propose(registry, withdrawn("1.0.0", "3.0.0"))
    found = [(change["kind"], change["version"]) for change in decision["changes"]]
    assert (0, [("withdrawal", "1.0.0"), ("withdrawal", "3.0.0")]) == (code, found)
    for files in (withdrawn("3.0.0"), {WITHDRAWN: None}):
        code, decision = propose(registry, files)
        assert 2 == code
        assert "version 1.0.0 is no longer withdrawn" in decision["problems"][0]["message"]


def test_a_broken_model_file_is_mended_as_a_change_of_the_rules(registry: Registry) -> None:
    """It decides which rules apply, before and after."""
    registry.commit({f"{FOLDER}/model.yaml": b"model: ["})
    code, decision = propose(registry, {f"{FOLDER}/model.yaml": model_yaml()})
    assert ([], "governance") == (decision["problems"], decision["changes"][0]["kind"])
    assert code in (0, 1)


@pytest.mark.parametrize("path", [f"{FOLDER}/model.yaml", WITHDRAWN])
def test_status_names_the_broken_file_and_goes_on(registry: Registry, path: str) -> None:
    """Every stage is told, of this model and of others; the exit code says that something is wrong."""
    other = {name.replace(MODEL, "lending/other"): text for name, text in version_files().items()}
    registry.commit({**other, "models/lending/other/model.yaml": model_yaml().replace(MODEL, "lending/other")})
    registry.commit({path: b"x: ["})
    run = registry.run("status")
    assert 2 == run.exit_code
    assert f"{MODEL}#production 2.0.0 for" in run.stdout
    assert "lending/other#staging nothing\n  waits: 1.0.0; promotion" in run.stdout
    assert path in run.stderr
