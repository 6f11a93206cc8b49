from typing import Any

import pytest

from promoter.gates.contract.ancestry import End, climb
from promoter.gates.contract.finding import Finding
from promoter.gates.lineage import GATE
from promoter.measure.request import Measured
from tests.support.candidates import (
    MANIFEST,
    bind_parameters,
    digest_of,
    judge_with,
    make_context,
    make_release,
    measured,
)

REGISTRY = {
    "id": "feast",
    "kind": "feature-registry",
    "format": "json",
    "uri": "evidence/feast.json",
    "digest": digest_of("8"),
    "size_bytes": 10,
}
CREDIT = {"kind": "featureViews", "features": {"due": "INT64"}, "sources": ["credit"], "views": []}


def views(**named: Any) -> Measured:
    """Return what an exported registry says, with the view credit and others."""
    return measured(views={"credit": CREDIT, **named}, ambiguous=[])


def judged(
    answer: Measured | None, *, origin: str = "credit:due", dtype: str = "int", **parameters: str
) -> list[Finding]:
    """Return the findings on a model with one feature of this origin; without an answer no registry is exported."""
    evidence = [*MANIFEST["evidence"], *([REGISTRY] if answer else [])]
    signature = {**MANIFEST["signature"], "features": [{"name": "due", "dtype": dtype, "origin": origin}]}
    context = make_context(make_release(evidence=evidence, signature=signature))
    found = judge_with(GATE, answer or [], context, **parameters)
    return [finding for finding in found if finding.measure in ("feature_origin", "evidence")]


def test_feature_that_the_store_has_passes() -> None:
    """View and feature are there, the type fits, and a source lies below."""
    [finding] = judged(views())
    assert (True, "feature due comes from credit:due") == (finding.satisfied, finding.message)


def test_whole_number_may_feed_a_float_feature() -> None:
    """Nothing else is converted."""
    assert [True, False] == [judged(views(), dtype=dtype)[0].satisfied for dtype in ("float", "string")]
    assert judged(views(), dtype="string")[0].message == "feature due is a string, credit:due is a INT64"


@pytest.mark.parametrize(
    ("origin", "problem"),
    [
        ("debit:due", "names view debit, which no exported registry holds"),
        ("credit:paid", "names credit:paid, and view credit has no such feature"),
    ],
)
def test_reference_that_does_not_resolve_fails_at_the_origin(origin: str, problem: str) -> None:
    """The hop that is missing is named."""
    [finding] = judged(views(), origin=origin)
    assert (False, f"feature due {problem}") == (finding.satisfied, finding.message)
    assert finding.location.line is not None


@pytest.mark.parametrize(
    ("others", "problem"),
    [
        ({"large": {**CREDIT, "views": ["large"]}}, "a view that is computed from itself: large <- large"),
        ({"large": {**CREDIT, "views": ["gone"]}}, "a view that the exported registry does not hold: large <- gone"),
        (
            {"large": {**CREDIT, "views": ["credit", "bare"]}, "bare": {**CREDIT, "sources": []}},
            "a view without a data source: large <- bare",
        ),
    ],
)
def test_gap_above_a_view_is_named_with_its_way(others: dict[str, Any], problem: str) -> None:
    """A feature is worth as much as what its view rests on."""
    [finding] = judged(views(**others), origin="large:due")
    assert (False, f"feature due comes from {problem}") == (finding.satisfied, finding.message)


def test_view_that_stands_twice_fails() -> None:
    """Nobody knows which was meant."""
    [finding] = judged(measured(views={"credit": CREDIT}, ambiguous=["credit"]))
    assert (False, True) == (finding.satisfied, "stands more than once" in finding.message)


def test_missing_registry_fails() -> None:
    """A reference that nobody can look up is a gap."""
    [finding] = judged(None)
    assert (False, "evidence") == (finding.satisfied, finding.measure)
    assert "no evidence of kind feature-registry" in finding.message


@pytest.mark.parametrize("origin", ["raw.income", "max(loan:rate - 36, 0)", "bmi, kg/m2", "a:b:c"])
def test_other_origins_are_words_for_people(origin: str) -> None:
    """Only view:feature is looked up."""
    assert [] == judged(None, origin=origin)


def test_store_may_be_ignored() -> None:
    """Nothing is asked then."""
    assert [] == judged(None, feature_store="ignore")
    assert () == GATE.measures(bind_parameters(GATE), make_context().candidate)


def test_graph_whose_ways_join_is_climbed_in_linear_time() -> None:
    """Sixty layers of two have 2 to the 60 ways up, and 120 things."""
    parents = {f"{side}{layer}": [f"a{layer + 1}", f"b{layer + 1}"] for layer in range(60) for side in "ab"}
    ends = list(climb("a0", parents_of=lambda name: parents.get(name, [])))
    assert [End.ROOT, End.ROOT] == [way.end for way in ends]
