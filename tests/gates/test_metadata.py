from contextlib import nullcontext
from typing import Any

import pytest

from promoter.errors import ProposalError
from promoter.gates.contract.finding import Finding
from promoter.gates.metadata import GATE, matches_whole
from promoter.policy.policy import NearMiss
from tests.support.candidates import (
    EVALUATION,
    RAW,
    TRAINING,
    bind_parameters,
    judge_with,
    make_context,
    make_release,
)


def findings_on(field: str, *, near_miss: NearMiss | None = None, **rule: Any) -> list[Finding]:
    """Return the findings of one rule on a version whose data sets lie in us, us and nowhere."""
    datasets = [{**RAW, "region": "us", "retention_days": 30}, {**TRAINING, "region": "us"}, EVALUATION]
    release = make_release(datasets=datasets, model={"tags": ["sample"]})
    rules = [{"field": field, **rule}]
    return judge_with(GATE, [], make_context(release, near_miss=near_miss), rules=rules)


@pytest.mark.parametrize(
    ("field", "rule"),
    [
        ("model.risk_tier", {"equals": "high"}),
        ("model.tags.*", {"one_of": ["sample", "real"]}),
        ("model.domain", {"matches": "cr*t"}),
        ("manifest.schema", {"equals": "promoter.manifest/1"}),
        ("manifest.artifact.size_bytes", {"at_most": 100}),
        ("manifest.artifact.size_bytes", {"at_least": 100}),
        ("manifest.artifact.size_bytes", {"one_of": [99, 100]}),
        ("manifest.decision.threshold", {"equals": 0.5}),
        ("manifest.datasets.*.personal_data", {"equals": True}),
        ("manifest.datasets", {"present": True}),
        ("manifest.deployment", {"present": False}),
        ("manifest.deployment.image", {"present": False}),
        ("manifest.deployment.runtime.python", {"matches": "3.*", "missing": "pass"}),
    ],
)
def test_fields_that_meet_their_comparison_pass(field: str, rule: dict[str, Any]) -> None:
    """Equality with a bound passes."""
    found = findings_on(field, **rule)
    assert found
    assert all(finding.satisfied for finding in found)


def test_each_item_is_compared_at_its_own_place() -> None:
    """The third data set has no region."""
    found = findings_on("manifest.datasets.*.region", one_of=["us"])
    assert [True, True, False] == [finding.satisfied for finding in found]
    assert found[2].message == "manifest.datasets.2.region has no value; 'us' is asked"
    assert found[2].hint == "write manifest.datasets.2.region"
    lines = [finding.location.line for finding in found]
    assert len(set(lines)) == 3


def test_value_that_differs_fails_with_both() -> None:
    """The finding tells what is there and what is asked."""
    [finding] = findings_on("model.domain", one_of=["health", "vision"])
    assert (False, "model.domain is 'credit', 'health' or 'vision' is asked") == (finding.satisfied, finding.message)


def test_number_outside_fails_with_its_margin() -> None:
    """100 bytes miss 98 by two, narrowly under a band of three."""
    [finding] = findings_on("manifest.artifact.size_bytes", at_most=98, near_miss=NearMiss(absolute=3))
    assert (False, -2.0, True) == (finding.satisfied, finding.margin, finding.is_near)


@pytest.mark.parametrize(("missing", "satisfied"), [("fail", False), ("pass", True), ("inconclusive", None)])
def test_missing_value_is_what_the_rule_says(missing: str, satisfied: bool | None) -> None:
    """A part that is missing on the way is a missing value."""
    [finding] = findings_on("manifest.rollback.to_version", equals="1.0.0", missing=missing)
    assert satisfied is finding.satisfied


def test_empty_list_has_no_value() -> None:
    """A rule over no items passes nothing."""
    [finding] = findings_on("manifest.documents.*.path", matches="*.md")
    assert finding.satisfied is True
    release = make_release(documents=[])
    [finding] = judge_with(
        GATE, [], make_context(release), rules=[{"field": "manifest.documents.*.path", "matches": "*"}]
    )
    assert (False, "manifest.documents.*.path has no value; text like * is asked") == (
        finding.satisfied,
        finding.message,
    )


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("abc", "abc", True),
        ("abc", "ab", False),
        ("abc", "*", True),
        ("abc", "a*c", True),
        ("abcabc", "a*c", True),
        ("ac", "a*c", True),
        ("a", "a*a", False),
        ("abcd", "a*c", False),
        ("xaybzc", "*a*b*c", True),
        ("xbyazc", "*a*b*c", False),
        ("a.c", "a.c", True),
        ("abc", "a.c", False),
    ],
)
def test_pattern_is_the_whole_text(text: str, pattern: str, expected: bool) -> None:
    """Only the star means anything but itself."""
    assert matches_whole(text, pattern) is expected


def test_pattern_takes_linear_time() -> None:
    """What makes a regular expression hang is decided at once."""
    assert matches_whole("a" * 200_000, "*a" * 5_000 + "b") is False


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"field": "manifest.datasets.*.regoin", "present": True}, "no field is called 'regoin'"),
        ({"field": "manifets.version", "present": True}, "begins with 'manifets'"),
        ({"field": "manifest.datasets.0.region", "present": True}, "'0' stands where a list's items are"),
        ({"field": "manifest.version.major", "present": True}, "'major' stands below a plain value"),
        ({"field": "manifest.version"}, "0 comparisons stand in the rule"),
        ({"field": "manifest.version", "equals": "1", "present": True}, "2 comparisons stand in the rule"),
        ({"field": "manifest.version", "at_least": 2}, "manifest.version is a text"),
        ({"field": "manifest.artifact.size_bytes", "matches": "1*"}, "manifest.artifact.size_bytes is a number"),
        ({"field": "manifest.datasets", "equals": "x"}, "manifest.datasets is a group"),
        ({"field": "manifest.datasets.*.personal_data", "equals": 1}, "manifest.datasets.*.personal_data is a flag"),
        ({"field": "model.domain", "one_of": ["a", 1]}, "model.domain is a text"),
    ],
)
def test_rule_that_cannot_be_compared_is_refused_when_it_is_read(rule: dict[str, Any], message: str) -> None:
    """Paths that do not exist and comparisons that do not fit are the policy's fault, found before any change."""
    with pytest.raises(ProposalError) as refused:
        bind_parameters(GATE, rules=[rule])
    assert message in str(refused.value)


def test_misspelt_field_is_told_with_the_nearest() -> None:
    """The hint names the field that was meant."""
    with pytest.raises(ProposalError, match="did you mean 'region'"):
        bind_parameters(GATE, rules=[{"field": "manifest.datasets.*.regoin", "present": True}])


def test_every_version_is_judged() -> None:
    """Each version has a manifest."""
    rules = [{"field": "model.domain", "present": True}]
    assert GATE.why_not(bind_parameters(GATE, rules=rules), make_context().candidate) is None


@pytest.mark.parametrize(
    ("first", "second", "excluded"),
    [
        ({"present": True}, {"present": False}, True),
        ({"present": False}, {"matches": "a*"}, True),
        ({"present": False}, {"matches": "a*", "missing": "pass"}, False),
        ({"equals": "a"}, {"one_of": ["b", "c"]}, True),
        ({"equals": "b"}, {"one_of": ["b", "c"]}, False),
        ({"present": True}, {"matches": "a*"}, False),
    ],
)
def test_rules_that_exclude_each_other_are_refused(first: Any, second: Any, excluded: bool) -> None:
    """When the policy is read: no manifest could ever pass."""
    rules = [{"field": "manifest.source.training_run", **rule} for rule in (first, second)]
    with pytest.raises(ProposalError, match="exclude each other") if excluded else nullcontext():
        bind_parameters(GATE, rules=rules)


def test_a_range_that_is_empty_is_refused() -> None:
    """At least ten days and at most five."""
    field = "manifest.datasets.*.retention_days"
    with pytest.raises(ProposalError, match="exclude each other"):
        bind_parameters(GATE, rules=[{"field": field, "at_least": 10}, {"field": field, "at_most": 5}])
