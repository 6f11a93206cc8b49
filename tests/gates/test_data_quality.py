from typing import Any

import pytest

from promoter.errors import ProposalError
from promoter.gates.contract.finding import Finding
from promoter.gates.data_quality import GATE
from promoter.measure.request import Measured
from promoter.measure.requests_data import Overlap
from promoter.policy.policy import NearMiss
from tests.support.candidates import (
    CURRENT,
    PREDICTIONS,
    REFERENCE,
    bind_parameters,
    judge_with,
    make_context,
    make_release,
    measured,
    number,
)

ONLY = ["features-reference"]
COLUMN = (("column", "income"),)
ROWS = {"measure": "rows", "at_least": 200}
MISSING = {"measure": "missing_rate", "at_most": 0.05}


def judged(answer: Measured, **parameters: Any) -> list[Finding]:
    """Return the findings on the training table alone."""
    return judge_with(GATE, answer, evidence=ONLY, **parameters)


def test_enough_rows_pass_and_equality_too() -> None:
    """The bound itself is allowed; the table is named."""
    [finding] = judged(measured(number("rows", 200, n=200)), bounds=[ROWS])
    assert (True, "reference: rows is 200, meets >= 200") == (finding.satisfied, finding.message)


def test_too_few_rows_fail() -> None:
    """A table below its floor is not satisfied, with the gap."""
    [finding] = judged(measured(number("rows", 150, n=150)), bounds=[ROWS])
    assert (False, -50.0) == (finding.satisfied, finding.margin)


@pytest.mark.parametrize(("value", "satisfied"), [(49, True), (51, False)])
def test_missing_values_are_a_rate_of_each_feature(value: int, satisfied: bool) -> None:
    """The count of the profile is divided by the rows; a value in the band is near on both sides."""
    context = make_context(near_miss=NearMiss(absolute=0.002))
    answer = measured(number("missing", value, n=1000, slice_=COLUMN))
    [finding] = judge_with(GATE, answer, context, evidence=ONLY, bounds=[MISSING])
    assert (satisfied, True, (("feature", "income"),)) == (finding.satisfied, finding.is_near, finding.slice)


def test_constant_feature_fails_a_floor_of_two_values() -> None:
    """A column that says the same of everybody is a broken join."""
    bound = {"measure": "distinct", "at_least": 2}
    [finding] = judged(measured(number("distinct", 1, slice_=COLUMN)), bounds=[bound])
    assert finding.satisfied is False


def test_exempt_feature_is_listed_with_its_reason() -> None:
    """An exemption is in every report."""
    [finding] = judged(
        measured(number("missing", 900, slice_=COLUMN)),
        bounds=[MISSING],
        exempt=[{"feature": "income", "reason": "Asked of homeowners only."}],
    )
    assert finding.satisfied is True
    assert "Asked of homeowners only." in finding.message


def test_text_is_never_infinite() -> None:
    """A column of texts meets a bound on infinite values, although none were counted."""
    answer = measured(number("missing", 3, slice_=COLUMN), columns={"income": "string"})
    [finding] = judged(answer, bounds=[{"measure": "infinite_rate", "at_most": 0}])
    assert (True, 0.0) == (finding.satisfied, finding.value)


def test_count_that_was_not_made_is_undecided() -> None:
    """A table without the column, or without an id, never passes a bound on it."""
    findings = judged(measured(), bounds=[MISSING, {"measure": "repeated_ids", "at_most": 0}])
    assert [None, None] == [finding.satisfied for finding in findings]


def test_number_that_is_undecidable_is_undecided() -> None:
    """Too many distinct values to count is no count."""
    bound = {"measure": "distinct", "at_least": 2}
    [finding] = judged(measured(number("distinct", None, slice_=COLUMN, undecidable="too many")), bounds=[bound])
    assert finding.satisfied is None


def test_repeated_rows_are_asked_of_feature_tables_alone() -> None:
    """Predictions of the same score are no repetition."""
    parameters = bind_parameters(GATE, bounds=[{"measure": "repeated_rows", "at_most": 0.1}])
    requests = GATE.measures(parameters, make_context().candidate)
    overlaps = [request.current.content for request in requests if isinstance(request, Overlap)]
    assert [REFERENCE["digest"], CURRENT["digest"]] == overlaps


@pytest.mark.parametrize(
    ("rule", "satisfied"),
    [
        ({"minimum": 0, "maximum": 10}, True),
        ({"minimum": 2}, False),
        ({"maximum": 8}, False),
        ({"max_missing_rate": 0.01}, True),
        ({"max_missing_rate": 0.001}, False),
        ({"categories": ["a", "b"]}, True),
        ({"categories": ["a"]}, False),
    ],
)
def test_column_rule_holds_range_missing_values_and_categories(rule: dict[str, Any], satisfied: bool) -> None:
    """Each part of a rule is held; equality is inside."""
    answer = measured(
        number("minimum", 0, slice_=COLUMN),
        number("maximum", 10, slice_=COLUMN),
        number("missing", 10, slice_=COLUMN),
        columns={"income": "float"},
        categories={"income": ["a", "b"]},
    )
    [finding] = judged(answer, columns=[{"column": "income", **rule}])
    assert finding.satisfied is satisfied


def test_column_rule_that_cannot_be_checked_is_undecided() -> None:
    """A range of a column without numbers, and a rule whose column no table has, never pass."""
    answer = measured(columns={"income": "string"})
    rules = [{"column": "income", "minimum": 0}, {"column": "incme", "minimum": 0}]
    findings = judged(answer, columns=rules)
    assert [None, None] == [finding.satisfied for finding in findings]
    assert "no table has a column incme" in findings[1].message


PERSONAL = number("personal_data", 3, n=3, slice_=(("column", "note"), ("kind", "email")))


def test_personal_data_fails_with_rows_and_what_to_do() -> None:
    """A pattern in an undeclared column fails; the value itself is nowhere."""
    answer = measured(PERSONAL, first_rows={"note email": [4, 7]})
    [finding] = judged(answer, personal_data={"evidence": ONLY})
    assert finding.satisfied is False
    assert "3 rows hold what looks like email, first in rows [4, 7]" in finding.message
    assert "purged from the history" in (finding.hint or "")


def test_clean_texts_pass_with_how_many_were_searched() -> None:
    """Nothing found passes only where something was searched."""
    clean, unsearched = (
        judged(answer, personal_data={"evidence": ONLY})[0]
        for answer in (measured(number("columns_searched", 4)), measured())
    )
    assert (True, None) == (clean.satisfied, unsearched.satisfied)
    assert "4 columns" in clean.message


def test_exempt_column_is_listed() -> None:
    """An exemption for one column is in the report with its reason."""
    rule = {"evidence": ONLY, "exempt": [{"column": "note", "reason": "The office's own address."}]}
    [finding] = judged(measured(PERSONAL), personal_data=rule)
    assert finding.satisfied is True
    assert "The office's own address." in finding.message


def test_texts_that_could_not_be_read_are_undecided() -> None:
    """Burying an address among very many texts does not pass."""
    hit = number("personal_data", None, n=0, slice_=PERSONAL.slice, undecidable="too many different texts")
    [finding] = judged(measured(hit), personal_data={"evidence": ONLY})
    assert finding.satisfied is None


@pytest.mark.parametrize(("smallest", "satisfied"), [(5, True), (4, False)])
def test_smallest_group_is_held_against_k(smallest: int, satisfied: bool) -> None:
    """Exactly k rows are enough."""
    answer = measured(number("smallest_group", smallest), number("rows_below", 8), k=5)
    rule = {"evidence": ["predictions"], "quasi_identifiers": ["sex"], "k": 5}
    [finding] = judged(answer, anonymity=rule)
    assert finding.satisfied is satisfied


def test_missing_evidence_fails() -> None:
    """A kind of table that the policy names has to be there."""
    context = make_context(make_release(evidence=[PREDICTIONS]))
    findings = judge_with(GATE, [], context, evidence=ONLY, bounds=[ROWS])
    assert [False] == [finding.satisfied for finding in findings]


@pytest.mark.parametrize("wrong", [{}, {"columns": [{"column": "x"}]}, {"bound": [ROWS]}])
def test_parameters_that_ask_nothing_are_refused(wrong: dict[str, Any]) -> None:
    """A policy that would pass everything, and a misspelt key, are errors."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, **wrong)
