import pytest

from promoter.errors import ProposalError
from promoter.gates.contract.finding import Finding
from promoter.gates.schema import GATE
from promoter.measure.request import Measured
from tests.support.candidates import (
    PREDICTIONS,
    bind_parameters,
    judge_with,
    make_context,
    make_release,
    measured,
    number,
)

INCOME = (("column", "income"),)
ARTIFACT = measured(inputs=[{"name": "income", "type": "float", "shape": [None, 1]}])


def signature(**income: object) -> dict[str, object]:
    """Return a signature of one feature with some values changed."""
    return {
        "features": [{"name": "income", "dtype": "float", "origin": "raw.income", **income}],
        "prediction": {"name": "y_score", "dtype": "float"},
    }


def table(dtype: str | None = "float", *, missing: float = 0, low: float = 1.0, high: float = 9.0) -> Measured:
    """Return the profile of a table with the one column income."""
    columns = {} if dtype is None else {"income": dtype}
    return measured(
        number("missing", missing, slice_=INCOME),
        number("minimum", low, slice_=INCOME),
        number("maximum", high, slice_=INCOME),
        columns=columns,
        categories={"income": ["a", "b"]},
    )


def judge_table(profile: Measured, *, signed: dict[str, object] | None = None) -> list[Finding]:
    """Return the findings of holding both feature tables against the signature."""
    context = make_context(make_release(signature=signed or signature()))
    return judge_with(GATE, profile, context, artifact="ignore")


def test_table_that_follows_the_signature_passes() -> None:
    """Both feature tables have the column with its type."""
    assert [True, True] == [finding.satisfied for finding in judge_table(table())]


def test_whole_numbers_may_feed_a_float() -> None:
    """Nothing is lost in that direction."""
    assert [True, True] == [finding.satisfied for finding in judge_table(table("int"))]


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        (table(None), "is missing"),
        (table("string"), "has type string, the signature says float"),
        (table(missing=3), "misses 3 of 1000 values"),
    ],
)
def test_column_that_departs_from_the_signature_fails(profile: Measured, words: str) -> None:
    """A missing, retyped or incomplete column is named with what it is."""
    findings = judge_table(profile)
    assert [False, False] == [finding.satisfied for finding in findings]
    assert words in findings[0].message
    assert findings[0].hint is not None


def test_nullable_features_may_be_missing() -> None:
    """The signature allows it."""
    findings = judge_table(table(missing=3), signed=signature(nullable=True))
    assert [True, True] == [finding.satisfied for finding in findings]


@pytest.mark.parametrize(("low", "high", "satisfied"), [(0.0, 10.0, True), (-0.1, 10.0, False), (0.0, 10.1, False)])
def test_equality_with_a_range_end_passes(low: float, high: float, satisfied: bool) -> None:
    """Values at the range's ends are inside."""
    findings = judge_table(table(low=low, high=high), signed=signature(minimum=0, maximum=10))
    assert [satisfied] * 2 == [finding.satisfied for finding in findings]


def test_range_of_a_column_without_numbers_is_undecided() -> None:
    """A column of nothing but missing values has no smallest one."""
    profile = measured(number("missing", 0, slice_=INCOME), columns={"income": "float"}, categories={})
    findings = judge_table(profile, signed=signature(minimum=0))
    assert [None, None] == [finding.satisfied for finding in findings]


def test_unknown_categories_fail() -> None:
    """A value that the signature does not list is named."""
    findings = judge_table(table("string"), signed=signature(dtype="string", categories=["a"]))
    assert "categories that the signature does not list: b" in findings[0].message


def test_too_many_categories_are_undecided() -> None:
    """A list that was cut off cannot be compared."""
    profile = measured(columns={"income": "string"}, categories={"income": None})
    findings = judge_table(profile, signed=signature(dtype="string", categories=["a"]))
    assert [None, None] == [finding.satisfied for finding in findings]


def test_extra_columns_fail_where_they_are_refused() -> None:
    """A column that no feature names is listed; ids are no extra column."""
    profile = measured(columns={"income": "float", "id": "int", "leak": "float"}, categories={})
    findings = judge_with(GATE, profile, artifact="ignore", extra_columns="refuse")
    assert "current has columns that no feature names: leak" == findings[-1].message


def test_missing_tables_fail() -> None:
    """A manifest without feature tables cannot show that they follow the signature."""
    context = make_context(make_release(evidence=[PREDICTIONS]))
    findings = judge_with(GATE, ARTIFACT, context)
    assert [False, False, True] == [finding.satisfied for finding in findings]


@pytest.mark.parametrize(
    ("inputs", "satisfied"),
    [
        ([{"name": "income", "shape": [None, 1]}], True),
        ([{"name": "X", "shape": [None, 1]}], True),
        ([{"name": "X", "shape": [None, 2]}], False),
        ([{"name": "X", "shape": [None, None]}], None),
        ([{"name": "X", "shape": [1]}, {"name": "Y", "shape": [1]}], False),
        ([], None),
    ],
)
def test_artifact_takes_the_features(inputs: list[dict[str, object]], satisfied: bool | None) -> None:
    """One input a feature by name, or one tensor as wide as there are features; unknown is undecided."""
    findings = judge_with(GATE, [table(), table(), measured(inputs=inputs)])
    assert findings[-1].satisfied is satisfied


def compared(before: dict[str, object], after: dict[str, object], version: str = "1.1.0") -> list[Finding]:
    """Return the findings of the step from a champion 1.0.0."""
    champion = make_release(version="1.0.0", signature=before)
    context = make_context(make_release(version=version, signature=after), champion=champion)
    findings = judge_with(GATE, table("float"), context, artifact="ignore")
    return [finding for finding in findings if finding.measure == "compatible"]


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ({"name": "age", "origin": "raw.age"}, "feature income was removed"),
        ({"name": "earnings"}, "feature income was renamed to earnings"),
        ({"dtype": "int"}, "feature income has type int, had float"),
        ({"minimum": 5}, "feature income must be at least 5, was without limit"),
        ({"maximum": 5}, "feature income must be at most 5, was without limit"),
    ],
)
def test_breaking_changes_are_named_and_refused(after: dict[str, object], words: str) -> None:
    """A caller of the champion would break under the same first number."""
    findings = compared(signature(), signature(**after))
    assert findings[0].satisfied is False
    assert words in findings[0].message


def test_new_required_feature_breaks_callers() -> None:
    """A caller does not send it yet."""
    after = signature()
    after["features"] = [*after["features"], {"name": "age", "dtype": "int"}]  # type: ignore[misc]
    assert "feature age is new and may not be missing" in compared(signature(), after)[0].message


def test_major_version_accepts_breaking_changes() -> None:
    """The first number tells callers."""
    [finding] = compared(signature(), signature(name="earnings"), version="2.0.0")
    assert finding.satisfied is True
    assert "accepted with the step from 1.0.0 to 2.0.0" in finding.message


def test_wider_range_is_compatible() -> None:
    """Whoever called the champion can call this version."""
    [finding] = compared(signature(minimum=5), signature(minimum=0))
    assert finding.satisfied is True


def test_unknown_parameters_are_refused() -> None:
    """A misspelt key is refused."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, extra_column="refuse")
