import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from promoter.digest import sha256_bytes
from tests.support.command import Run, run_promoter
from tests.support.registry import (
    AUC_POLICY,
    FOLDER,
    manifest_yaml,
    policy_yaml,
    predictions_csv,
    registry_files,
    rule_files,
    stage_files,
    version_files,
)
from tests.support.repositories import RepositoryBuilder

Files = Mapping[str, bytes | str | None]
AT = ("--at", "2026-05-01T00:00:00Z")
Check = Callable[..., Run]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Return a function that commits a base and a head and runs `promoter check --json` on them."""

    def run(base: Files, head: Files, *arguments: str) -> Run:
        builder = RepositoryBuilder.create(tmp_path)
        tip = builder.commit(base)
        builder.commit(head, branch="candidate", onto=[tip])
        return run_promoter("check", "--repo", str(tmp_path), "--head", "candidate", *AT, *arguments)

    return run


def decision_of(run: Run) -> dict[str, Any]:
    """Return the decision that a run printed."""
    decision: dict[str, Any] = json.loads(run.out)
    return decision


def only_result(run: Run) -> dict[str, Any]:
    """Return the only result of the only change."""
    (change,) = decision_of(run)["changes"]
    (result,) = change["results"]
    found: dict[str, Any] = result
    return found


def test_a_good_version_passes(check: Check) -> None:
    """Exit 0, and the finding carries value, interval, n, bound and the manifest's line."""
    run = check(registry_files(), version_files("2.0.0"), "--json")
    assert 0 == run.code
    finding = only_result(run)["findings"][0]
    assert ("roc_auc", 1.0, 200, 0.8, True) == tuple(
        finding[key] for key in ("measure", "value", "n", "bound", "satisfied")
    )
    assert f"{FOLDER}/versions/2.0.0/manifest.yaml" == finding["location"]["path"]


def test_a_bad_version_is_held_with_its_numbers_in_the_remedy(check: Check) -> None:
    """Exit 1, and the remediation says what was measured and what is needed."""
    run = check(registry_files(), version_files("2.0.0", shift=1.0), "--json")
    assert 1 == run.code
    result = only_result(run)
    assert "failed" == result["outcome"]
    assert result["remediation"].startswith("Raise roc_auc from 0.")
    assert result["remediation"].endswith("to 0.8.")


def test_the_same_inputs_give_the_same_bytes(check: Check, tmp_path: Path) -> None:
    """Two runs at the same moment write the same decision.json, from a cold and from a warm cache."""
    for folder in ("first", "second"):
        out = ("--out", str(tmp_path / folder))
        run_one = check(registry_files(), version_files("2.0.0"), *out) if folder == "first" else None
        if run_one is None:
            run_promoter("check", "--repo", str(tmp_path), "--head", "candidate", *AT, *out)
    first, second = ((tmp_path / folder / "decision.json").read_bytes() for folder in ("first", "second"))
    assert first == second
    assert (tmp_path / "first" / "report.md").read_text().startswith("<!-- promoter:report -->")


def test_rules_are_the_bases(check: Check) -> None:
    """Row 3: a head that lowers the bound and registers a bad version gets neither."""
    lowered = policy_yaml("auc", "performance", "{bounds: [{measure: roc_auc, at_least: 0.1}]}")
    head = {**version_files("2.0.0", shift=1.0), "policies/catalog/performance/auc.yaml": lowered}
    run = check(registry_files(), head, "--json")
    assert 2 == run.code
    decision = decision_of(run)
    assert "errored" == decision["verdict"]
    assert "split it" in decision["problems"][0]["hint"]
    registration = next(change for change in decision["changes"] if change["kind"] == "registration")
    assert 0.8 == registration["results"][0]["findings"][0]["bound"]


def test_an_empty_policy_set_is_no_verdict(check: Check) -> None:
    """Nothing judged it, so nothing passes it: exit 3."""
    base = {**registry_files(), "policies/catalog/performance/auc.yaml": None}
    base = {path: text for path, text in base.items() if text is not None}
    run = check(base, version_files("2.0.0"), "--json")
    assert 3 == run.code
    assert "no policy judges this registration" in decision_of(run)["changes"][0]["reason"]


def test_a_measure_that_nothing_measures_never_passes(check: Check) -> None:
    """A bound on an unknown measure blocks."""
    policy = policy_yaml("auc", "performance", "{bounds: [{measure: roc_aucc, at_least: 0.1}]}")
    base = {**registry_files(), **rule_files({"catalog/performance/auc.yaml": policy})}
    assert check(base, version_files("2.0.0"), "--json").code in (1, 2, 3)


def with_predictions(content: bytes) -> dict[str, bytes | str]:
    """Return version 2.0.0 with these bytes as its predictions, pinned truly."""
    folder = f"{FOLDER}/versions/2.0.0"
    return {
        **version_files("2.0.0"),
        f"{folder}/manifest.yaml": manifest_yaml("2.0.0", content),
        f"{folder}/evidence/predictions.csv": content,
    }


@pytest.mark.parametrize("value", ["nan", "inf", "", "high"])
def test_a_score_that_is_no_number_never_passes(check: Check, value: str) -> None:
    """NaN, infinity, a gap and text in the scores each block, and nothing crashes."""
    content = predictions_csv().decode().splitlines()
    content[5] = f"r4,0,{value},a"
    run = check(registry_files(), with_predictions(("\n".join(content) + "\n").encode()), "--json")
    assert run.code in (1, 3)
    assert only_result(run)["outcome"] in ("inconclusive", "errored", "failed")


@pytest.mark.parametrize("content", [b"", b"id,y_true,y_score\n", b"\x00\xff\xfe", b"a,b\n1\n2,3,4\n"])
def test_a_broken_evidence_file_blocks_with_a_reason(check: Check, content: bytes) -> None:
    """Empty, header only, binary and ragged files end in a verdict that does not pass."""
    if not content:
        content = b"\n"
    run = check(registry_files(), with_predictions(content), "--json")
    assert run.code in (1, 3)
    result = only_result(run)
    assert result["outcome"] in ("inconclusive", "errored", "failed")
    assert result["reason"] or result["findings"][0]["message"]


def test_evidence_of_another_digest_blocks_at_the_manifests_line(check: Check) -> None:
    """Row 43: the file is not the one that the manifest pins."""
    head = {**version_files("2.0.0"), f"{FOLDER}/versions/2.0.0/evidence/predictions.csv": predictions_csv(shift=0.1)}
    run = check(registry_files(), head, "--json")
    assert 3 == run.code
    reason = only_result(run)["reason"]
    assert f"{FOLDER}/versions/2.0.0/manifest.yaml:10" in reason
    assert sha256_bytes(predictions_csv()) in reason


def test_a_withdrawn_version_is_never_promoted(check: Check) -> None:
    """Promoting it is refused with the reason of its withdrawal."""
    text = 'schema: promoter.withdrawn/1\nwithdrawn: [{version: "1.0.0", reason: leaked labels}]\n'
    run = check({**registry_files(), f"{FOLDER}/withdrawn.yaml": text}, stage_files(production="1.0.0"), "--json")
    assert 2 == run.code
    assert "leaked labels" in decision_of(run)["problems"][0]["message"]


def test_a_stage_that_the_pipeline_lacks_is_refused(check: Check) -> None:
    """The known stages are named."""
    run = check(registry_files(), stage_files(prod="1.0.0"), "--json")
    assert 2 == run.code
    assert "staging, production" in decision_of(run)["problems"][0]["hint"]


def test_a_return_through_git_revert_is_a_rollback(tmp_path: Path) -> None:
    """The history of the base tells a rollback from a promotion."""
    builder = RepositoryBuilder.create(tmp_path)
    builder.commit({**registry_files(production="1.0.0"), **version_files("2.0.0")})
    tip = builder.commit(stage_files(production="2.0.0"))
    builder.commit(stage_files(production="1.0.0"), branch="revert", onto=[tip])
    run = run_promoter("check", "--repo", str(tmp_path), "--head", "revert", "--json", *AT)
    assert ["rollback"] == [change["kind"] for change in decision_of(run)["changes"]]


def test_a_retired_stage_still_has_its_champion(tmp_path: Path) -> None:
    """Removing the pointer first does not get a version past the comparison with what served last."""
    builder = RepositoryBuilder.create(tmp_path)
    builder.commit({**registry_files(production="1.0.0"), **version_files("2.0.0")})
    tip = builder.commit({f"{FOLDER}/stages/production.yaml": None})
    builder.commit(stage_files(production="2.0.0"), branch="candidate", onto=[tip])
    run = run_promoter("check", "--repo", str(tmp_path), "--head", "candidate", "--json", *AT)
    assert "1.0.0" == decision_of(run)["changes"][0]["champion"]


def test_uncommitted_files_are_judged_without_being_committed(tmp_path: Path) -> None:
    """--worktree gives the verdict that the commit would get, and leaves the repository as it was."""
    builder = RepositoryBuilder.create(tmp_path)
    builder.commit(registry_files())
    builder.git("checkout", "-q", "-f", "main")
    for path, content in version_files("2.0.0", shift=1.0).items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
    before = builder.git("status", "--porcelain")
    run = run_promoter("check", "--repo", str(tmp_path), "--worktree", "--json", *AT)
    assert 1 == run.code
    assert "worktree" == decision_of(run)["bound_to"]["head"]
    assert before == builder.git("status", "--porcelain")


def test_nothing_changed_is_a_pass_that_says_so(check: Check) -> None:
    """A pull request that touches documentation alone has nothing to judge."""
    run = check(registry_files(), {"docs/x.md": "words"}, "--json")
    assert 0 == run.code
    assert [] == decision_of(run)["changes"]


def test_a_conflict_is_a_problem_with_its_path(tmp_path: Path) -> None:
    """What would be merged cannot be made, so there is nothing to judge."""
    builder = RepositoryBuilder.create(tmp_path)
    first = builder.commit({**registry_files(production="1.0.0"), **version_files("2.0.0"), **version_files("3.0.0")})
    builder.commit(stage_files(production="2.0.0"))
    builder.commit(stage_files(production="3.0.0"), branch="candidate", onto=[first])
    run = run_promoter("check", "--repo", str(tmp_path), "--base", "main", "--head", "candidate", "--json", *AT)
    assert 2 == run.code
    assert f"{FOLDER}/stages/production.yaml" in run.out + run.err


def test_broken_rules_of_the_base_are_told_at_their_line(check: Check) -> None:
    """Exit 2, with the file, the line and the nearest valid key."""
    broken = AUC_POLICY.replace("severity", "severty")
    base = {**registry_files(), **rule_files({"catalog/performance/auc.yaml": broken})}
    run = check(base, version_files("2.0.0"), "--json")
    assert 2 == run.code
    assert "policies/catalog/performance/auc.yaml:" in run.err
    assert "severity" in run.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--head", "nowhere"), "'nowhere' is no commit"),
        (("--at", "yesterday"), "'yesterday' is no moment"),
    ],
)
def test_unusable_arguments_say_what_to_do(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    """Exit 2 and one line, never a traceback."""
    RepositoryBuilder.create(tmp_path).commit(registry_files())
    run = run_promoter("check", "--repo", str(tmp_path), *arguments)
    assert 2 == run.code
    assert words in run.err
    assert 1 == len(run.err.strip().splitlines())


def test_a_folder_without_a_repository_says_what_to_do(tmp_path: Path) -> None:
    """Exit 2 with a hint."""
    run = run_promoter("check", "--repo", str(tmp_path))
    assert 2 == run.code
    assert "--repo" in run.err


def test_a_check_that_takes_too_long_is_no_verdict(tmp_path: Path) -> None:
    """The process ends with exit 3 and one line; it runs on its own, because it ends the process."""
    builder = RepositoryBuilder.create(tmp_path)
    tip = builder.commit(registry_files())
    builder.commit(version_files("2.0.0"), branch="candidate", onto=[tip])
    command = [sys.executable, "-m", "promoter", "check", "--repo", str(tmp_path), "--head", "candidate"]
    done = subprocess.run([*command, "--timeout", "0.01"], capture_output=True, text=True, check=False)
    assert 3 == done.returncode
    assert "took longer than 0.01 s: there is no verdict" in done.stderr


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (f"{FOLDER}/model.yaml", "schema: promoter.model/1\nmodel: lending/mortgage\n"),
        (f"{FOLDER}/incidents/inc-1.yaml", "id: inc-1\n"),
        (f"{FOLDER}/observations/2026-05-01.yaml", "schema: nonsense\n"),
        ("policies/changes/T-1.yaml", "ticket: T-1\n"),
        ("policies/catalog/performance/f1.yaml", "id: f1\n"),
    ],
)
def test_every_file_that_a_change_brings_is_read(check: Check, path: str, text: str) -> None:
    """A file that nobody judges is still held against its format."""
    run = check(registry_files(), {path: text}, "--json")
    assert 2 == run.code
    assert path in {problem["location"]["path"] for problem in decision_of(run)["problems"]}


@pytest.mark.parametrize(("enforcement", "roles"), [("block", ["lending-models", "risk"]), ("warn", ["risk"])])
def test_only_a_blocking_policy_makes_a_role_approve(check: Check, enforcement: str, roles: list[str]) -> None:
    """An undecided result of a warning may be looked at; it adds nobody to those who must agree."""
    undecided = policy_yaml(
        "auc",
        "performance",
        "{bounds: [{measure: roc_auc, at_least: 0.999, decide_on: interval}]}",
        enforcement=enforcement,
        on_inconclusive="{action: ask, role: lending-models}",
    )
    base = {**registry_files(), **rule_files({"catalog/performance/auc.yaml": undecided})}
    run = check(base, stage_files(production="1.0.0"), "--json")
    [change] = decision_of(run)["changes"]
    assert "inconclusive" == change["results"][0]["outcome"]
    assert roles == [entry["role"] for entry in change["approvals"]["required"]]
