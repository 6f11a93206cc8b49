"""`promoter policy` on real repositories: what it prints, and with which code it ends."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from promoter import cli
from tests.support.registry import policy_yaml, registry_files
from tests.support.repositories import RepositoryBuilder

CASE = "policies/tests/auc/low.yaml"
LOW = (
    "schema: promoter.policy-test/1\ntitle: A low AUC is held.\ncandidate: {model: {domain: credit}}\n"
    "measurements: [{measure: roc_auc, value: 0.7}]\nexpect: {outcome: failed, near_miss: false,"
    " findings: [{measure: roc_auc, satisfied: false}]}\n"
)
NEAR = LOW.replace("0.7}", "0.79}").replace("near_miss: false", "near_miss: true")
NOT = LOW.replace("expect: {outcome: failed, near_miss: false,", "expect: {outcome: passed,").replace("low", "high")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Return a function: arguments, and files over the smallest registry -> exit code, stdout, stderr."""

    def call(*arguments: str, files: Mapping[str, str] | None = None) -> tuple[int, str, str]:
        RepositoryBuilder.create(tmp_path).commit({**registry_files(production="1.0.0"), **(files or {})})
        command = ["promoter", "policy", *arguments, "--repo", str(tmp_path), "--rev", "HEAD"]
        monkeypatch.setattr(sys, "argv", command)
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def document(printed: str) -> dict[str, Any]:
    """Return what --json printed."""
    found: dict[str, Any] = json.loads(printed)
    return found


def test_lint_ends_with_0_where_nothing_is_wrong(run) -> None:
    """The count goes to people, on stderr."""
    assert (0, "", "1 policies, 0 problems\n") == run("lint", "--at", "2026-06-01")


def test_lint_prints_path_line_reason_and_remedy(run) -> None:
    """One line a problem, exit code 2."""
    path = "policies/catalog/performance/auc.yaml"
    text = policy_yaml("auc", "performance", "{bounds: [{measure: roc_auc, at_least: 80}]}")
    code, out, _ = run("lint", files={path: text})
    assert 2 == code
    assert f"{path}:8:23: roc_auc lies in [0, 1], and the bound is 80; write 0.8: rates are fractions\n" == out


def test_lint_tells_rules_that_cannot_be_read(run) -> None:
    """An unknown gate is a problem of the policy's line, not a failure of the command."""
    path = "policies/catalog/performance/auc.yaml"
    code, out, _ = run("lint", "--json", files={path: policy_yaml("auc", "performence", "{}")})
    [problem] = document(out)["problems"]
    assert (2, path, 7) == (code, problem["path"], problem["line"])
    assert "did you mean 'performance'?" in problem["hint"]


@pytest.mark.parametrize("case", [LOW, NEAR])
def test_a_case_that_holds_passes(run, case: str) -> None:
    """The policy says of the described candidate what the case expects."""
    _, out, _ = run("test", "auc", "--json", files={CASE: case})
    assert [("failed", True)] == [(c["outcome"], c["passed"]) for c in document(out)["cases"]]


def test_a_case_that_does_not_hold_is_told_at_its_line(run) -> None:
    """Exit code 1, the line of the expectation, and what the policy said."""
    code, out, err = run("test", files={CASE: NOT})
    assert 1 == code
    assert f"{CASE}:5:" in out
    assert "expected passed, the outcome is failed" in out
    assert "roc_auc is 0.7, needs >= 0.8" in out
    assert "1 cases, 1 do not hold" in err


def test_the_outcomes_that_no_case_shows_are_named(run) -> None:
    """A policy needs a passing, a failing and a not-applicable case: without them the command does not succeed."""
    code, out, _ = run("test", "--json", files={CASE: LOW})
    assert (1, {"auc": ["passed", "not_applicable"]}) == (code, document(out)["without_case"])


def test_a_missing_case_is_told_in_words(run) -> None:
    """Where it would lie, and what it would show."""
    code, out, err = run("test", files={CASE: LOW})
    assert (1, "policies/tests/auc: no case shows what is passed, or what is not_applicable") == (
        code,
        out.split(";")[0],
    )
    assert "1 cases, 0 do not hold, 1 policies lack a case" in err


def test_a_policy_with_all_of_its_cases_ends_with_0(run) -> None:
    """One that passes, one that fails, and one that it does not judge."""
    high = LOW.replace("0.7}", "0.9}").replace(
        "expect: {outcome: failed, near_miss: false,", "expect: {outcome: passed,"
    )
    rollback = "schema: promoter.policy-test/1\ntitle: None.\nkind: rollback\nexpect: {outcome: not_applicable}\n"
    high = high.replace("satisfied: false", "satisfied: true")
    files = {CASE: LOW, CASE.replace("low", "high"): high, CASE.replace("low", "rollback"): rollback}
    code, out, err = run("test", files=files)
    assert (0, "") == (code, out)
    assert "3 cases, 0 do not hold\n" == err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (LOW.replace("outcome: failed", "outcome: fails"), "expect.outcome: expected"),
        (LOW.replace("measurements", "measurments"), "did you mean 'measurements'?"),
        (LOW.replace("value: 0.7", "value: 0.7, undecidable: none made"), "exactly one of value and undecidable"),
        (LOW.replace("{domain: credit}", "{task: binry}"), "the case describes an unusable candidate"),
    ],
)
def test_a_case_that_cannot_be_read_ends_with_2(run, text: str, message: str) -> None:
    """Its line is named, and nothing passes by it."""
    code, out, err = run("test", files={CASE: text})
    assert 2 == code
    assert CASE in out + err
    assert message in out + err


def test_a_case_of_no_policy_is_refused(run) -> None:
    """The folder's name is the policy that the case tests."""
    code, _, err = run("test", files={"policies/tests/acu/low.yaml": LOW})
    assert 2 == code
    assert "no policy has the id 'acu'; did you mean 'auc'?" in err


def test_an_unknown_policy_cannot_be_tested(run) -> None:
    """A misspelt name is not an empty success."""
    code, _, err = run("test", "acu")
    assert 2 == code
    assert "did you mean 'auc'?" in err


def test_explain_says_what_applies_and_why_not(run) -> None:
    """Each limit has its line; what does not apply has its reason; nothing is measured."""
    other = policy_yaml(
        "card", "performance", "{bounds: [{measure: recall, at_least: 0.5}]}", applies_to="{tags: [card]}"
    )
    files = {"policies/catalog/performance/card.yaml": other}
    code, out, _ = run("explain", "lending/mortgage@1.0.0", "--stage", "production", "--json", files=files)
    said = document(out)
    assert 0 == code
    [applies] = said["applies"]
    assert ("auc", ["kind is promotion"], ["Quality"]) == (applies["policy"], applies["because"], applies["measures"])
    assert [{"line": 8, "text": "roc_auc >= 0.8"}] == applies["limits"]
    assert [("card", 12, "no tag is card")] == [
        (row["policy"], row["line"], row["reason"]) for row in said["does_not_apply"]
    ]


def test_explain_prints_lines_that_an_editor_opens(run) -> None:
    """path:line of each limit."""
    _, out, _ = run("explain", "lending/mortgage@1.0.0", "--stage", "staging")
    assert "policies/catalog/performance/auc.yaml:8: roc_auc >= 0.8" in out


def test_explain_tells_bounds_that_the_policy_leaves_to_gate_and_pipeline(run) -> None:
    """Those of the gate at the line that names it, those of the pipeline at theirs."""
    soaked = policy_yaml("soaked", "soak", "{}", category="lifecycle")
    files = {"policies/catalog/lifecycle/soaked.yaml": soaked}
    _, out, _ = run("explain", "lending/mortgage@1.0.0", "--stage", "production", files=files)
    assert "policies/catalog/lifecycle/soaked.yaml:7: by default min_days: 0.0, incidents: model" in out
    assert "policies/pipeline.yaml:4: review_interval_days: 180" in out
    _, out, _ = run("explain", "lending/mortgage@1.0.0", "--stage", "production", "--json", files=files)
    assert {"policies/pipeline.yaml"} == {row["path"] for row in document(out)["pipeline"]}


@pytest.mark.parametrize(
    ("address", "stage", "message"),
    [
        ("lending/mortgage", "production", "write it as lending/mortgage@2.1.0"),
        ("lending/mortgage@9.0.0", "production", "version '9.0.0' is not registered; registered versions"),
        ("lending/mortgage@1.0.0", "prod", "the pipeline has no stage 'prod'; use one of staging, production"),
    ],
)
def test_explain_refuses_what_does_not_exist(run, address: str, stage: str, message: str) -> None:
    """Exit code 2, and what would be right."""
    code, _, err = run("explain", address, "--stage", stage)
    assert 2 == code
    assert message in err


def test_a_case_is_not_paid_for_by_a_check(run) -> None:
    """Broken cases concern those who test the rules; judging reads none of them."""
    assert 0 == run("explain", "lending/mortgage@1.0.0", "--stage", "staging", files={CASE: "x"})[0]
