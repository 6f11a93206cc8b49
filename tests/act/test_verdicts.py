"""Each kind of answer, from the event to comment and check."""

import re
from pathlib import Path

from tests.act.harness import Scene, scene
from tests.support.registry import FOLDER, policy_yaml, registry_files, rule_files, stage_files, version_files

ALL_GREEN = {"evidence": "success", "evaluate": "success", "report": "success"}
BAD = version_files("2.0.0", shift=1.0)


def test_a_good_version_passes(stage: Scene) -> None:
    """One comment says so and links to the full report, the check succeeds, and three jobs are green."""
    pull = stage.propose(version_files("2.0.0"))
    outcome = stage.gate(pull)
    assert ALL_GREEN == outcome.jobs
    (comment,) = stage.comments()
    assert re.search(r"\[The full report, with plots\]\(http://\S+/actions/runs/\d+/artifacts/\d+\)", comment)
    assert "candidate 2.0.0" in (outcome.artifacts / "report.html" / "report.html").read_text(encoding="utf-8")
    assert "## ✅ Passed: registration of `lending/mortgage@2.0.0`" in comment
    assert "```mermaid" in comment
    assert [("completed", "success")] == stage.checks(pull)


def test_a_bad_version_is_held(stage: Scene) -> None:
    """The comment says what to do, the check fails and annotates the manifest; the jobs did their work."""
    pull = stage.propose(BAD)
    outcome = stage.gate(pull)
    assert ALL_GREEN == outcome.jobs
    (comment,) = stage.comments()
    assert "## ⛔ Held" in comment
    assert "What to do next" in comment
    assert [("completed", "failure")] == stage.checks(pull)
    (notes,) = stage.forge.state.annotations.values()
    assert {f"{FOLDER}/versions/2.0.0/manifest.yaml"} == {note["path"] for note in notes}
    assert '"command":"summary"' in outcome.log


def test_a_near_miss_is_called_one(tmp_path: Path) -> None:
    """Inside of the policy's band the answer is still no."""
    near = policy_yaml(
        "auc", "performance", "{bounds: [{measure: log_loss, at_most: 0.30}]}", near_miss="{absolute: 0.1}"
    )
    with scene(tmp_path, {**registry_files(), **rule_files({"catalog/performance/auc.yaml": near})}) as stage:
        pull = stage.propose(version_files("2.0.0"))
        stage.gate(pull)
        assert "near miss" in stage.comments()[0]
        assert [("completed", "failure")] == stage.checks(pull)


def test_a_waived_policy_is_never_shown_as_passed(tmp_path: Path) -> None:
    """The check succeeds, and comment and title say under what."""
    waiver = (
        "schema: promoter.waiver/1\nid: w-1\npolicy: auc\nmodel: lending/mortgage\nversion: '2.0.0'\nreason: known\n"
        "requester: leo\napprover: rita\nticket: T-1\nnot_before: 2026-01-30T00:00:00Z\nexpires: 2026-02-10T00:00:00Z\n"
    )
    with scene(tmp_path, {**registry_files(), "policies/waivers/w-1.yaml": waiver}) as stage:
        pull = stage.propose(BAD)
        stage.gate(pull)
        assert "Passed under a waiver" in stage.comments()[0]
        (run,) = stage.forge.state.runs_on(stage.forge.state.head_of(pull))
        assert ("success", True) == (run["conclusion"], run["output"]["title"].startswith("Passed under a waiver"))


def test_evidence_that_is_gone_is_no_verdict(stage: Scene) -> None:
    """A manifest whose evidence is missing blocks, and says which file."""
    files = {path: text for path, text in version_files("2.0.0").items() if not path.endswith("predictions.csv")}
    pull = stage.propose(files)
    stage.gate(pull)
    (comment,) = stage.comments()
    assert "No verdict" in comment
    assert "predictions.csv" in comment
    assert [("completed", "failure")] == stage.checks(pull)


def test_an_unreadable_manifest_is_told_at_its_line(stage: Scene) -> None:
    """The problem stands in the comment and at the line of the file."""
    path = f"{FOLDER}/versions/2.0.0/manifest.yaml"
    pull = stage.propose({**version_files("2.0.0"), path: "schema: promoter.manifest/1\nmodel: &a [*a]\n"})
    assert ALL_GREEN == stage.gate(pull).jobs
    assert "What to mend first" in stage.comments()[0]
    (notes,) = stage.forge.state.annotations.values()
    assert (path, 2) == (notes[0]["path"], notes[0]["start_line"])
    assert [("completed", "failure")] == stage.checks(pull)


def test_a_conflict_with_main_is_told_with_its_path(stage: Scene) -> None:
    """What cannot be merged cannot be judged: there is no decision, and the answer names the file."""
    pull = stage.propose(stage_files(staging="1.0.0"))
    stage.builder.commit({f"{FOLDER}/stages/staging.yaml": "version: '9.9.9'\n"})
    assert ALL_GREEN == stage.gate(pull).jobs
    (comment,) = stage.comments()
    assert f"{FOLDER}/stages/staging.yaml" in comment
    assert "ways that do not merge" in comment
    assert [("completed", "failure")] == stage.checks(pull)


def test_a_promotion_is_compared_with_the_champion(tmp_path: Path) -> None:
    """Moving the pointer is judged as such, and the check binds it."""
    with scene(tmp_path, {**registry_files(production="1.0.0"), **version_files("2.0.0")}) as stage:
        pull = stage.propose(stage_files(production="2.0.0"))
        stage.gate(pull)
        assert "promotion of `lending/mortgage@2.0.0` to `production`" in stage.comments()[0]


def test_row_3_a_mixed_change_is_refused_and_judged_by_the_old_rules(stage: Scene) -> None:
    """Lowering the bound beside the version that needs it gets neither."""
    lowered = policy_yaml("auc", "performance", "{bounds: [{measure: roc_auc, at_least: 0.1}]}")
    pull = stage.propose({**BAD, "policies/catalog/performance/auc.yaml": lowered})
    stage.gate(pull)
    (comment,) = stage.comments()
    assert "split it" in comment
    assert "≥\xa00.8" in comment
    assert [("completed", "failure")] == stage.checks(pull)


def test_row_1_a_governance_change_is_judged_by_the_bases_gate(stage: Scene) -> None:
    """A gate.yml that always passes is data: main's own gate ran, and calls it a change of the rules."""
    pull = stage.propose({".github/workflows/gate.yml": "name: gate\non: pull_request_target\njobs: {}\n"})
    assert ALL_GREEN == stage.gate(pull).jobs
    assert "change of the registry's rules" in stage.comments()[0]


def test_the_code_owners_of_the_base_are_told_and_nobody_is_mentioned(stage: Scene) -> None:
    """From the job that judges to the comment: whose review GitHub needs beside the roles, in code."""
    stage.builder.commit({"CODEOWNERS": "/models/ @acme/models @leo\n"})
    pull = stage.propose({**version_files("2.0.0"), "CODEOWNERS": "* @mallory\n"})
    stage.gate(pull)
    (comment,) = stage.comments()
    assert "| `@acme/models`, `@leo` | 3 |" in comment
    assert "mallory" not in comment
