"""Rules that load and cannot work: each is told at its line, with what to do."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from promoter.commands.policy_rules import open_rules, read_subjects
from promoter.errors import Problem
from promoter.measure.families import binary, multiclass, ranking, regression
from promoter.policy.lint import lint_rules
from promoter.policy.measures import QUALITY
from tests.support.registry import policy_yaml, registry_files
from tests.support.repositories import RepositoryBuilder

AT = datetime(2026, 6, 1, tzinfo=UTC)
PATH = "policies/catalog/performance/auc.yaml"
BOUND = "{bounds: [{measure: roc_auc, at_least: 0.8}]}"


@pytest.fixture
def lint(tmp_path: Path):
    """Return a function: files over the smallest registry -> problems of its rules."""

    def run(edits: Mapping[str, str]) -> tuple[Problem, ...]:
        builder = RepositoryBuilder.create(tmp_path)
        builder.commit({**registry_files(), **edits})
        opened = open_rules(tmp_path, "HEAD")
        parameters = {name: values for name, (_, _, values) in opened.bound.items()}
        subjects = read_subjects(opened.tree, opened.rules)
        return lint_rules(opened.rules, parameters, subjects, read_document=opened.read_document, at=AT)

    return run


def policy(parameters: str = BOUND, name: str = "auc", **changed: str) -> str:
    """Return a performance policy, with some lines changed."""
    return policy_yaml(name, "performance", parameters, **changed)


def test_the_smallest_registry_has_no_problem(lint) -> None:
    """What is valid is not complained of."""
    assert () == lint({})


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        (policy("{bounds: [{measure: roc_acu, at_least: 0.8}]}"), 8, "no measure is called 'roc_acu'", "'roc_auc'"),
        (policy("{bounds: [{measure: roc_auc, at_least: 80}]}"), 8, "roc_auc lies in [0, 1], and", "write 0.8: rates"),
        (policy("{bounds: [{measure: mcc, at_least: -2}]}"), 8, "mcc lies in [-1, 1]", "write a value in [-1, 1]"),
        (policy("{bounds: [{measure: recall, at_least: 0}]}"), 8, "can never fail", "tighten it"),
        (policy("{bounds: [{measure: rmse, at_most: 3}]}", applies_to="{tasks: [binary]}"), 8, "for regression", "tas"),
        (policy(applies_to="{domains: [health]}"), 12, "none of 1 models has domains health", "correct the selector"),
        (policy(applies_to="{models: ['lending/card*']}"), 12, "none of 1 models has models", "correct the selector"),
        (policy(applies_to="{regions: [eu]}"), 12, "none of 1 models has regions eu", "correct the selector"),
        (policy(applies_to="{stages: [prod]}"), 12, "the pipeline has no stage 'prod'", "staging, production"),
        (policy(applies_to="{kinds: [registration], stages: [staging]}"), 12, "moves no stage", "add promotion"),
        (policy(owner="rissk"), 5, "no role is called 'rissk'", "did you mean 'risk'?"),
        (policy(on_inconclusive="{action: ask, role: nobody}"), 12, "no role is called 'nobody'", "risk"),
        (policy(change="T-9"), 12, "ticket 'T-9' has no change record", "add policies/changes/T-9.yaml"),
        (policy(review_by="2026-05-31"), 12, "due by 2026-05-31, 1 days ago", "risk looks at it"),
        (policy(sunset="2026-06-01"), 12, "judges nothing since 2026-06-01", "remove the file"),
    ],
)
def test_a_policy_that_cannot_work_is_told_at_its_line(lint, text: str, line: int, message: str, hint: str) -> None:
    """Row 70: one thing wrong with a policy that loads, one problem."""
    [problem] = lint({PATH: text})
    assert (PATH, line) == (problem.location.path, problem.location.line)
    assert message in problem.message
    assert hint in problem.hint


def test_two_blocking_bounds_that_exclude_each_other_name_both_lines(lint) -> None:
    """Nothing is at least 0.9 and at most 0.85, wherever the two stand."""
    other = policy("{bounds: [{measure: roc_auc, at_most: 0.75}]}", name="other")
    [problem] = lint({"policies/catalog/performance/other.yaml": other})
    assert "cannot hold together with roc_auc >= 0.8 at policies/catalog/performance/auc.yaml:8" in problem.message


@pytest.mark.parametrize("apart", [{"enforcement": "audit"}, {"applies_to": "{kinds: [rollback]}"}])
def test_bounds_that_never_meet_do_not_contradict(lint, apart: dict[str, str]) -> None:
    """A bound that blocks nothing, or judges other changes, is left alone."""
    other = policy("{bounds: [{measure: roc_auc, at_most: 0.75}]}", name="other", **apart)
    assert () == lint({"policies/catalog/performance/other.yaml": other})


def test_a_bound_stated_twice_is_a_duplicate(lint) -> None:
    """The second of two equal bounds of one policy is told."""
    twice = "{bounds: [{measure: roc_auc, at_least: 0.8}, {measure: roc_auc, at_least: 0.8}]}"
    [problem] = lint({PATH: policy(twice)})
    assert "roc_auc >= 0.8 stands at" in problem.message


def test_a_policy_that_asks_the_same_is_a_duplicate(lint) -> None:
    """Same gate, parameters and selector under another id: one of them goes."""
    problems = lint({"policies/catalog/performance/twin.yaml": policy(name="twin")})
    assert ["asks the same of the same changes as auc (policies/catalog/performance/auc.yaml)"] == [
        problem.message for problem in problems
    ]


def test_the_same_rule_of_overlapping_changes_is_a_duplicate(lint) -> None:
    """High and medium against high alone: a change of a high tier would be judged twice."""
    twin = policy(name="twin", applies_to="{risk_tiers: [high, medium]}")
    [problem] = lint({PATH: policy(applies_to="{risk_tiers: [high]}"), PATH.replace("auc", "twin"): twin})
    assert ("policies/catalog/performance/twin.yaml", 7) == (problem.location.path, problem.location.line)


@pytest.mark.parametrize(
    "twin",
    [
        {PATH.replace("auc", "twin"): policy(name="twin", applies_to="{kinds: [rollback]}")},
        {"policies/packs/law/twin.yaml": policy(name="twin")},
        {"policies/overlays/lending/auc.yaml": policy(severity="critical")},
    ],
    ids=["other changes", "a pack", "an overlay"],
)
def test_what_repeats_a_rule_for_a_reason_is_no_duplicate(lint, twin: dict[str, str]) -> None:
    """Other changes, a regulation's own list, and a tenant's tightening."""
    assert () == lint(twin)


def test_a_role_that_only_the_pipeline_names_is_told_there(lint) -> None:
    """An approval that nobody can give would hold every promotion."""
    pipeline = (
        "schema: promoter.pipeline/1\nstages: [{id: staging, title: S}, {id: production, title: P}]\ntiers:\n"
        "  high:\n    review_interval_days: 180\n    stages:\n      production: {approvals: [{role: board}]}\n"
    )
    [problem] = lint({"policies/pipeline.yaml": pipeline})
    assert ("policies/pipeline.yaml", 7) == (problem.location.path, problem.location.line)
    assert "no role is called 'board'" in problem.message


def waiver(**changed: str) -> str:
    """Return a waiver that holds at AT, with some lines replaced or added."""
    lines = {
        "schema": "promoter.waiver/1",
        "id": "w-1",
        "policy": "auc",
        "model": "lending/mortgage",
        "version": '"1.0.0"',
        "reason": "r",
        "requester": "leo",
        "approver": "rita",
        "ticket": "T-1",
        "not_before": "2026-05-20T00:00:00Z",
        "expires": "2026-06-10T00:00:00Z",
    }
    return "".join(f"{key}: {value}\n" for key, value in {**lines, **changed}.items())


def test_a_waiver_that_holds_is_no_problem(lint) -> None:
    """With a control that is measured."""
    assert () == lint({"policies/waivers/w-1.yaml": waiver(compensating_controls="[{measure: recall, at_least: 0.6}]")})


@pytest.mark.parametrize(
    ("changed", "line", "message"),
    [
        ({"policy": "aux"}, 3, "no policy has the id 'aux'"),
        ({"expires": "2026-05-31T00:00:00Z"}, 11, "the waiver expired at 2026-05-31"),
        ({"model": "lending/mortgages"}, 4, "no model has the id 'lending/mortgages'"),
        ({"stage": "prod"}, 12, "the pipeline has no stage 'prod'"),
        ({"compensating_controls": "[{measure: recal, at_least: 0.6}]"}, 12, "no measure is called 'recal'"),
        (
            {"compensating_controls": "[{measure: recall, at_least: 60}]"},
            12,
            "recall lies in [0, 1], and the bound is 60",
        ),
        ({"compensating_controls": "[{measure: brier, at_most: 1}]"}, 12, "so the bound can never fail"),
        ({"expires": "2026-06-21T00:00:00Z"}, 1, "never holds: it runs longer than the 30 days that high severity"),
        ({"approver": "leo2"}, 1, "never holds: leo2 is not in role risk"),
    ],
)
def test_a_waiver_that_sets_nothing_aside_is_told(lint, changed: dict[str, str], line: int, message: str) -> None:
    """Noise that hides the waivers that hold, each at its line with what to do."""
    [problem] = lint({"policies/waivers/w-1.yaml": waiver(**changed)})
    assert message in problem.message
    assert ("policies/waivers/w-1.yaml", line) == (problem.location.path, problem.location.line)
    assert problem.hint


def test_every_measure_of_the_families_may_be_bounded() -> None:
    """The table of names agrees with what is measured: a new measure that it lacks fails here."""
    families = (
        *(binary.SCORE_MEASURES, binary.RATE_MEASURES, multiclass.MATRIX_MEASURES, multiclass.SCORE_MEASURES),
        *(regression.MEASURES, ranking.MEASURES),
    )
    measured = {entry[0] for family in families for entry in family} | {"mean_score", "pass_rate"}
    assert measured == set(QUALITY)
