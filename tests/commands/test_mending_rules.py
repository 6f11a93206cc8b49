"""Rules that somebody pushed broken past the gate: what judges their mending, and what cannot ride along."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands.recorded import Registry
from tests.support.command import run_promoter
from tests.support.registry import AUC_POLICY, FOLDER, MODEL, model_yaml, policy_yaml, rule_files, stage_files
from tests.support.registry import version_files as version_of

Files = dict[str, bytes | str | None]
AUC = "policies/catalog/performance/auc.yaml"
MODEL_FILE = f"{FOLDER}/model.yaml"
RULES = rule_files()
STRICT = "approvals: {governance: [{role: risk}]}\n"
"""What the pipeline of these tests asks of a change of the rules."""

BROKEN: list[Files] = [
    {AUC: b"id: [\n"},
    {AUC: "id: auc\n"},
    {AUC: AUC_POLICY.replace("gate: performance", "gate: no_such_gate")},
    {AUC: AUC_POLICY.replace("at_least: 0.8", "at_leest: 0.8")},
    {"policies/catalog/performance/other.yaml": AUC_POLICY},
    {"policies/pipeline.yaml": None},
    {"policies/roles.yaml": '{"roles":'},
    {"policies/registry.yaml": b"\xff\xfe\x00"},
    {"policies/changes/PROM-1.yaml": "ticket: PROM-2\n"},
    {"policies/polices/auc.yaml": AUC_POLICY},
    {"policies/trust/allowed_signers": "nobody knows\n"},
    {**dict.fromkeys(RULES), "policies": "a file in place of the folder\n"},
]


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Return a registry whose governance asks for one of the role risk, with 1.0.0 and 2.0.0 registered."""
    registry = Registry.create(tmp_path / "registry")
    pipeline = registry.builder.git("show", "main:policies/pipeline.yaml")
    registry.commit({"policies/pipeline.yaml": f"{pipeline}\n{STRICT}"})
    return registry


def files_at(registry: Registry, commit: str, folder: str = "policies") -> Files:
    """Return the files of a folder in a commit."""
    return {path: content for path, content in registry.builder.files(commit).items() if path.startswith(f"{folder}/")}


def undone(registry: Registry, commit: str, files: Files) -> Files:
    """Return what brings back each of some files as a commit had it."""
    before = registry.builder.files(commit)
    return {path: before.get(path) for path in files}


def propose(registry: Registry, files: Files) -> tuple[int, dict[str, Any]]:
    """Judge files on a branch of the tip: exit code and decision."""
    tip = registry.builder.git("rev-parse", "main")
    registry.builder.commit(files, branch="work", onto=[tip])
    run = run_promoter("check", "--base", "main", "--head", "work", "--json", "--repo", str(registry.builder.path))
    return run.code, json.loads(run.out) if run.out else {"refused": run.err}


def required(change: dict[str, Any]) -> list[str]:
    """Return the roles that are asked."""
    return [entry["role"] for entry in change["approvals"]["required"]]


@pytest.mark.parametrize("files", BROKEN, ids=[next(iter(files)) + f"-{n}" for n, files in enumerate(BROKEN)])
def test_broken_rules_are_mended_under_the_last_that_could_be_applied(registry: Registry, files: Files) -> None:
    """Whatever file broke them: the change is governance, asks whom those rules ask, and names their commit."""
    good = registry.builder.git("rev-parse", "main")
    registry.commit(files)
    code, decision = propose(registry, undone(registry, good, files))
    (change,) = decision["changes"]
    assert (0, [], "governance", "passed") == (code, decision["problems"], change["kind"], change["verdict"])
    assert ["risk"] == required(change)
    assert f"cannot be applied, so those of commit {good[:10]}, the last that can be, stand in" in change["reason"]
    assert decision["bound_to"]["policy_tree"] == registry.builder.git("rev-parse", f"{good}:policies")


def test_the_approvals_of_a_roles_file_that_was_pushed_with_the_break_count_for_nothing(registry: Registry) -> None:
    """Who breaks a policy and seats himself beside it is asked as if he had not."""
    good = registry.builder.git("rev-parse", "main")
    seats = str(RULES["policies/roles.yaml"]).replace("rita", "eve")
    lax = str(RULES["policies/pipeline.yaml"]).replace("{role: risk}", "") + "approvals: {governance: []}\n"
    registry.commit({AUC: "id: [", "policies/roles.yaml": seats, "policies/pipeline.yaml": lax})
    code, decision = propose(registry, {AUC: AUC_POLICY})
    (change,) = decision["changes"]
    assert (0, ["risk"]) == (code, required(change))
    assert [["rita"]] == [entry["people"] for entry in change["approvals"]["awaited"]]
    assert decision["bound_to"]["policy_tree"] == registry.builder.git("rev-parse", f"{good}:policies")


LINTLESS: list[Files] = [
    {"policies/roles.yaml": str(RULES["policies/roles.yaml"]).replace("{login: rita, id: 101}", "")},
    {AUC: AUC_POLICY.replace("owner: risk", "owner: nobody")},
    {"policies/pipeline.yaml": str(RULES["policies/pipeline.yaml"]) + "approvals: {governance: [{role: ghost}]}\n"},
]


@pytest.mark.parametrize("files", LINTLESS, ids=["role emptied", "owner made up", "approver made up"])
def test_rules_that_ask_nobody_do_not_say_who_agrees_to_others(registry: Registry, files: Files) -> None:
    """They can be read, and the gate never let them in: neither does their author agree alone, nor nobody ever."""
    good = registry.builder.git("rev-parse", "main")
    registry.commit(files)
    for proposal in (undone(registry, good, files), {".github/workflows/other.yml": "on: push\n"}):
        code, decision = propose(registry, proposal)
        (change,) = decision["changes"]
        assert (0, [], ["risk"]) == (code, decision["problems"], required(change))
        assert [["rita"]] == [entry["people"] for entry in change["approvals"]["awaited"]]
        assert (
            f"ask roles that nobody holds, so those of commit {good[:10]}, the last that do not, stand"
            in change["reason"]
        )


def test_a_role_that_is_emptied_before_the_break_is_asked_all_the_same(registry: Registry) -> None:
    """Two pushes are no way around what one is none."""
    good = registry.builder.git("rev-parse", "main")
    registry.commit(LINTLESS[0])
    registry.commit({AUC: "id: ["})
    code, decision = propose(registry, undone(registry, good, {AUC: None, **LINTLESS[0]}))
    (change,) = decision["changes"]
    assert (0, [], ["risk"]) == (code, decision["problems"], required(change))
    assert f"those of commit {good[:10]}, the last that can be and ask somebody, stand in ({AUC}:" in change["reason"]


def test_rules_that_never_had_anybody_name_their_first_people(tmp_path: Path) -> None:
    """A registry that is laid out is no broken one."""
    registry = Registry.create(tmp_path / "registry")
    empty = str(RULES["policies/roles.yaml"]).replace("{login: rita, id: 101}", "")
    files = {**registry.builder.files(registry.builder.git("rev-parse", "main")), "policies/roles.yaml": empty}
    first = registry.builder.commit(files, branch="bare", onto=[])
    registry.builder.git("update-ref", "refs/heads/main", first)
    code, decision = propose(registry, {"policies/roles.yaml": RULES["policies/roles.yaml"]})
    (change,) = decision["changes"]
    assert (0, [], None) == (code, required(change), change["reason"])


def test_what_was_pushed_beside_the_break_is_named_and_asked_for(registry: Registry) -> None:
    """A policy that was loosened in the same push is merged for good with the mending: its owner has to agree."""
    other = "policies/catalog/fairness/parity.yaml"
    text = policy_yaml("parity", "performance", "{bounds: [{measure: roc_auc, at_least: 0.9}]}", category="fairness")
    registry.commit({other: text.replace("owner: risk", "owner: lending-models")})
    registry.commit({AUC: "id: [", other: text.replace("0.9", "0.1").replace("owner: risk", "owner: lending-models")})
    code, decision = propose(registry, {AUC: AUC_POLICY})
    (change,) = decision["changes"]
    assert (0, ["lending-models", "risk"]) == (code, sorted(required(change)))
    assert f"with it is merged what was pushed beside the break: {other}" in change["reason"]


def test_a_mending_that_leaves_something_broken_gets_no_verdict(registry: Registry) -> None:
    """What it merges has to be sound throughout."""
    registry.commit({AUC: "id: [", "policies/roles.yaml": "roles: ["})
    code, decision = propose(registry, {AUC: AUC_POLICY})
    assert (2, "errored") == (code, decision["verdict"])
    assert "policies/roles.yaml" in {problem["location"]["path"] for problem in decision["problems"]}


def test_a_mending_brings_no_model_along(registry: Registry) -> None:
    """Not even with a change record alone, which may stand beside models under rules that can be applied."""
    registry.commit({"policies/changes/PROM-1.yaml": "ticket: ["})
    code, decision = propose(registry, {"policies/changes/PROM-1.yaml": None, **stage_files(production="1.0.0")})
    assert 2 == code
    assert any("split it" in problem["hint"] for problem in decision["problems"])


@pytest.mark.parametrize("files", [stage_files(production="1.0.0"), {"docs/note.md": "x"}, {"CODEOWNERS": "* @ada\n"}])
def test_while_rules_are_broken_nothing_but_their_mending_is_judged(registry: Registry, files: Files) -> None:
    """The refusal names the commit whose rules would judge that."""
    good = registry.builder.git("rev-parse", "main")
    registry.commit({AUC: "id: ["})
    code, decision = propose(registry, files)
    assert 2 == code
    assert AUC in decision["refused"]
    assert f"the rules of commit {good[:10]} judge it" in decision["refused"]


def test_several_broken_pushes_lead_back_to_the_last_sound_state(registry: Registry) -> None:
    """Not to the first: what was tightened since is kept."""
    registry.commit({AUC: AUC_POLICY.replace("0.8", "0.85")})
    good = registry.builder.git("rev-parse", "main")
    registry.commit({AUC: "id: ["})
    registry.commit({"policies/roles.yaml": None})
    registry.commit({"docs/note.md": "unrelated"})
    code, decision = propose(registry, {**files_at(registry, good)})
    assert (0, True) == (code, f"commit {good[:10]}" in decision["changes"][0]["reason"])


def test_a_registry_that_never_had_rules_is_judged_by_none(tmp_path: Path) -> None:
    """There is nothing that could stand in."""
    registry = Registry.create(tmp_path / "registry")
    first = registry.builder.commit({"policies/roles.yaml": "x"}, branch="bare", onto=[])
    registry.builder.git("update-ref", "refs/heads/main", first)
    code, decision = propose(registry, dict(RULES))
    assert 2 == code
    assert "policies/roles.yaml" in decision["refused"]


def test_after_the_mending_the_registry_goes_on(registry: Registry) -> None:
    """The next promotion is judged by the rules that were agreed to."""
    registry.commit({AUC: "id: ["})
    registry.commit({AUC: AUC_POLICY})
    code, decision = propose(registry, {**version_of("3.0.0"), **stage_files(staging="3.0.0")})
    assert (0, ["promotion", "registration"]) == (code, [change["kind"] for change in decision["changes"]])


@pytest.mark.parametrize("broken", [b"model: [", None])
def test_a_model_file_is_mended_beside_what_the_last_readable_one_said(
    registry: Registry, broken: bytes | None
) -> None:
    """A tier that falls on the way is told, though the difference of the files shows none."""
    good = registry.builder.git("rev-list", "-1", "main", "--", MODEL_FILE)
    registry.commit({MODEL_FILE: broken})
    code, decision = propose(registry, {MODEL_FILE: model_yaml(risk_tier="low", title="Other")})
    (change,) = decision["changes"]
    assert (0, "governance", ["risk"]) == (code, change["kind"], required(change))
    told = f"of commit {good[:10]}: title differs, risk_tier was high and is low"
    assert told in change["reason"]


def test_a_model_file_that_comes_back_as_it_was_says_so(registry: Registry) -> None:
    """Its approvers have nothing to compare."""
    registry.commit({MODEL_FILE: b"model: ["})
    _, decision = propose(registry, {MODEL_FILE: model_yaml()})
    assert "and says the same" in decision["changes"][0]["reason"]


def test_a_model_that_lost_its_file_is_no_new_model(registry: Registry) -> None:
    """Neither with its versions still there nor with the whole folder gone does a promotion choose its tier."""
    folder = files_at(registry, registry.builder.git("rev-parse", "main"), FOLDER)
    for gone in ([MODEL_FILE], [path for path in folder if path != MODEL_FILE]):
        registry.commit(dict.fromkeys(gone))
        code, decision = propose(registry, {MODEL_FILE: model_yaml(risk_tier="low"), **version_of("3.0.0")})
        assert 2 == code
        assert any("split it" in problem["hint"] for problem in decision["problems"])


OWNED = "* @ada\n/policies/ @lending/risk\n/CODEOWNERS @lending/risk\n"


@pytest.mark.parametrize("broken", [OWNED.replace("/CODEOWNERS @", "/CODEOWNERS @@"), b"\xff\xfe* @eve"])
def test_the_mending_of_code_owners_names_whom_the_last_sound_file_would_ask(
    registry: Registry, broken: bytes | str
) -> None:
    """GitHub asks by the broken file, and nobody can make it ask them."""
    good = registry.commit({"CODEOWNERS": OWNED})
    registry.commit({"CODEOWNERS": broken})
    code, decision = propose(registry, {"CODEOWNERS": OWNED})
    (change,) = decision["changes"]
    assert (0, "governance", ["risk"]) == (code, change["kind"], required(change))
    assert f"by the last sound one, of commit {good[:10]}, @lending/risk own what changes" in change["reason"]


def test_code_owners_that_github_would_skip_are_not_merged(registry: Registry) -> None:
    """A line that asks nobody though it was written for somebody is refused at its place."""
    code, decision = propose(registry, {"CODEOWNERS": "* @ada\n/policies/ ada\n"})
    assert (2, ["CODEOWNERS"]) == (code, [problem["location"]["path"] for problem in decision["problems"]])


def test_code_owners_below_docs_are_rules_too(registry: Registry) -> None:
    """GitHub reads them where no other file is."""
    code, decision = propose(registry, {"docs/CODEOWNERS": "* @ada\n"})
    assert (0, "governance") == (code, decision["changes"][0]["kind"])
    assert MODEL not in str(decision["changes"][0]["model"])
