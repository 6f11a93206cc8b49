"""What the audit says of files that a push left unreadable: by whom, why, and until when."""

import json
from pathlib import Path

import pytest

from tests.commands.recorded import Registry
from tests.support.command import run_promoter
from tests.support.registry import AUC_POLICY, FOLDER, MODEL, model_yaml, stage_files, version_files

Files = dict[str, bytes | str | None]
POINTER = f"{FOLDER}/stages/production.yaml"
WITHDRAWN = f"{FOLDER}/withdrawn.yaml"
MODEL_FILE = f"{FOLDER}/model.yaml"
AUC = "policies/catalog/performance/auc.yaml"
ENTRY = 'schema: promoter.withdrawn/1\nwithdrawn: [{version: "1.0.0", reason: leaked labels}]\n'
CASES: dict[str, tuple[str, Files, Files]] = {
    "pointer": (POINTER, {POINTER: "version: ["}, dict(stage_files(production="2.0.0"))),
    "withdrawn": (WITHDRAWN, {WITHDRAWN: b"withdrawn: ["}, {WITHDRAWN: ENTRY}),
    "withdrawn without an entry": (WITHDRAWN, {WITHDRAWN: b"withdrawn: ["}, {WITHDRAWN: None}),
    "model": (MODEL_FILE, {MODEL_FILE: b"\xff\xfe"}, {MODEL_FILE: model_yaml()}),
    "model gone": (MODEL_FILE, {MODEL_FILE: None}, {MODEL_FILE: model_yaml()}),
    "policy": ("policies", {AUC: "id: ["}, {AUC: AUC_POLICY}),
    "pipeline gone": ("policies", {"policies/pipeline.yaml": None}, {}),
    "code owners": ("CODEOWNERS", {"CODEOWNERS": "* ada\n"}, {"CODEOWNERS": "* @ada\n"}),
    "code owners of GitHub": (".github", {".github/CODEOWNERS": b"\xff"}, {".github/CODEOWNERS": None}),
    "change record": ("policies", {"policies/changes/PROM-1.yaml": "x"}, {"policies/changes/PROM-1.yaml": None}),
}


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Return a recorded registry of which the audit finds nothing."""
    registry = Registry.create(tmp_path / "registry")
    recorded(registry)
    return registry


def recorded(registry: Registry) -> None:
    """Let the recorder catch up."""
    run_promoter("record", "--commit", "--repo", str(registry.builder.path))
    registry.check_out()


def breaks(registry: Registry, *arguments: str) -> list[tuple[str, str, str, str]]:
    """Return commit, author, subject and message of what the audit calls broken."""
    run = run_promoter("audit", "verify", "--json", "--repo", str(registry.builder.path), *arguments)
    found = json.loads(run.out)["findings"]
    broken = [item for item in found if "broken" in item["message"]]
    assert all(item["unverified"] for item in broken)
    return [(item["commit"], item["author"], item["subject"], item["message"]) for item in broken]


@pytest.mark.parametrize(("path", "broken", "mended"), CASES.values(), ids=CASES)
def test_who_broke_a_file_is_named_before_and_after_it_was_mended(
    registry: Registry, path: str, broken: Files, mended: Files
) -> None:
    """From the commit that broke it to the one that mended it, however much comes in between and after."""
    assert [] == breaks(registry)
    before = registry.builder.files(registry.builder.git("rev-parse", "main"))
    bad = registry.commit(broken)
    registry.commit({"docs/note.md": "in between"})
    ((commit, author, subject, message),) = breaks(registry)
    assert (bad, path) == (commit, subject)
    assert author == registry.builder.git("log", "-1", "--format=%an <%ae>", bad)
    assert message.endswith("nobody has mended it yet")
    mend = registry.commit(mended or {name: before[name] for name in broken})
    recorded(registry)
    ((commit, _, _, message),) = breaks(registry)
    assert (bad, True) == (commit, f"mended by commit {mend[:10]} of " in message)
    assert [] == breaks(registry, "--since", mend)


def test_the_place_of_the_fault_is_told(registry: Registry) -> None:
    """Whoever asks the author can name the line."""
    registry.commit({WITHDRAWN: "schema: promoter.withdrawn/1\nwithdrawn: [{version: 3}]\n"})
    ((_, _, _, message),) = breaks(registry)
    assert f"broken past the gate ({WITHDRAWN}:2:" in message


def test_a_withdrawal_that_is_taken_back_is_a_finding(registry: Registry) -> None:
    """By an entry or the whole file, by a sound file or by way of a broken one."""
    registry.commit({WITHDRAWN: ENTRY})
    recorded(registry)
    bad = [registry.commit({WITHDRAWN: None})]
    registry.commit({WITHDRAWN: ENTRY})
    registry.commit({WITHDRAWN: "withdrawn: ["})
    bad.append(registry.commit({WITHDRAWN: ENTRY.replace("1.0.0", "2.0.0")}))
    run = run_promoter("audit", "verify", "--json", "--repo", str(registry.builder.path))
    found = [item for item in json.loads(run.out)["findings"] if "taken back" in item["message"]]
    assert bad == [item["commit"] for item in found]
    assert {f"reinstatement {MODEL}@1.0.0"} == {item["subject"] for item in found}


def test_history_shows_a_withdrawn_file_that_nobody_can_read(registry: Registry) -> None:
    """It is an event of its own, and so is every entry that is stated anew."""
    registry.commit({WITHDRAWN: ENTRY})
    registry.commit({WITHDRAWN: "withdrawn: ["})
    registry.commit({WITHDRAWN: ENTRY})
    rows = json.loads(run_promoter("history", MODEL, "--json", "--repo", str(registry.builder.path)).out)
    assert ["withdrawal", "broken", "withdrawal"] == [row["kind"] for row in rows[-3:]]


def test_a_model_file_without_a_version_may_go(registry: Registry) -> None:
    """Nothing stood under it."""
    other = MODEL_FILE.replace(MODEL, "lending/other")
    registry.commit({other: model_yaml().replace(MODEL, "lending/other")})
    registry.commit({other: None})
    assert [] == breaks(registry)


def test_a_registration_under_broken_rules_is_its_own_finding(registry: Registry) -> None:
    """Nothing could judge it, and the break before it stays one finding."""
    bad = registry.commit({AUC: "id: ["})
    registry.commit(dict(version_files("3.0.0")))
    recorded(registry)
    assert [bad] == [commit for commit, *_ in breaks(registry)]
