from typing import Any

import pytest

from promoter.errors import ProposalError
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.spdx import Choice, Licence, parse_licence, refusals
from promoter.gates.licences import GATE
from tests.support.candidates import RAW, bind_parameters, judge_with, make_context, make_release, measured


def only(licence: str | None, **parameters: Any) -> Finding:
    """Return the finding on one data set with this licence."""
    release = make_release(datasets=[{**RAW, "licence": licence}], evidence=[_EVIDENCE])
    [finding] = judge_with(GATE, [], make_context(release), **{"allow": ["MIT", "CC0-1.0"], **parameters})
    return finding


_EVIDENCE = {
    "id": "latency",
    "kind": "latency",
    "format": "csv",
    "uri": "latency.csv",
    "digest": "sha256:" + "9" * 64,
    "size_bytes": 1,
}


def test_operators_bind_as_spdx_says() -> None:
    """WITH before AND before OR; parentheses turn it round."""
    mit, gpl, bsd = Licence("MIT"), Licence("GPL-2.0-only", "Classpath-exception-2.0"), Licence("BSD-3-Clause")
    text = "MIT OR GPL-2.0-only WITH Classpath-exception-2.0 AND BSD-3-Clause"
    assert Choice((mit, Choice((gpl, bsd), is_any=False)), is_any=True) == parse_licence(text)
    grouped = "(MIT or GPL-2.0-only with Classpath-exception-2.0) and BSD-3-Clause"
    assert Choice((Choice((mit, gpl), is_any=True), bsd), is_any=False) == parse_licence(grouped)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "a licence is missing at character 1"),
        ("MIT OR", "a licence is missing at character 7"),
        ("MIT AND AND", "a licence is missing at character 9"),
        ("(MIT", "a parenthesis is not closed at character 5"),
        ("MIT)", "')' at character 4 is one word too many"),
        ("MIT License", "'License' at character 5 is one word too many"),
        ("MIT / BSD", "'/' at character 5 is no part"),
        ("MIT WITH (X)", "an exception is missing at character 10"),
        ("(" * 21 + "MIT" + ")" * 21, "more than 20 deep at character 21"),
        ("MIT OR " * 200 + "MIT", "has 1,403 characters"),
    ],
)
def test_text_that_is_no_expression_is_told_with_its_place(text: str, problem: str) -> None:
    """What is wrong stands with the character at which it is."""
    with pytest.raises(ValueError, match=problem.replace("(", r"\(").replace(")", r"\)")):
        parse_licence(text)


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("MIT", ""),
        ("mit", ""),
        ("MIT AND CC0-1.0", ""),
        ("MIT AND CC-BY-NC-4.0", "CC-BY-NC-4.0"),
        ("MIT OR CC-BY-NC-4.0", ""),
        ("(GPL-3.0-only OR CC-BY-NC-4.0) AND MIT", "GPL-3.0-only"),
        ("LicenseRef-Ours", "LicenseRef-Ours"),
        ("MIT+", ""),
        ("MIT WITH Some-exception", ""),
        ("NONE", "NONE"),
    ],
)
def test_expressions_are_held_against_the_list(text: str, refused: str) -> None:
    """Of OR one part must be acceptable, of AND all."""
    found = refusals(parse_licence(text), allow=("MIT", "CC0-1.0"), deny=())
    assert refused == ", ".join(map(str, found))


def test_denied_licence_is_refused_whatever_else_is_allowed() -> None:
    """Deny wins, but for an exception that allow names whole."""
    text = "GPL-2.0-only WITH Classpath-exception-2.0"
    denied = ("GPL-2.0-only",)
    assert refusals(parse_licence(text), allow=("GPL-2.0-only",), deny=denied)
    assert not refusals(parse_licence(text), allow=(text,), deny=denied)
    assert not refusals(parse_licence("ISC"), allow=(), deny=denied)
    assert refusals(parse_licence("NOASSERTION"), allow=(), deny=())


def test_allowed_licence_passes() -> None:
    """The finding says which data set and which licence."""
    finding = only("MIT OR GPL-3.0-only")
    assert (True, "data set raw is licensed MIT OR GPL-3.0-only, which is acceptable", None) == (
        finding.satisfied,
        finding.message,
        finding.hint,
    )


def test_refused_licence_fails_at_its_line() -> None:
    """The licence that is not acceptable is named."""
    finding = only("MIT AND CC-BY-NC-4.0")
    assert (False, "data set raw is licensed MIT AND CC-BY-NC-4.0; not acceptable: CC-BY-NC-4.0") == (
        finding.satisfied,
        finding.message,
    )
    assert finding.location.line is not None
    assert finding.hint == "use other data, or ask the policy's owner to review CC-BY-NC-4.0"


def test_licence_that_cannot_be_read_fails() -> None:
    """A name in prose is no expression."""
    finding = only("as is")
    assert finding.satisfied is False
    assert "'is' at character 4 is one word too many" in finding.message


@pytest.mark.parametrize(("missing", "satisfied"), [("fail", False), ("inconclusive", None)])
def test_missing_licence_is_what_the_policy_says(missing: str, satisfied: bool | None) -> None:
    """Nothing stated never passes."""
    finding = only(None, missing=missing)
    assert (satisfied, "data set raw states no SPDX licence") == (finding.satisfied, finding.message)


def package(name: str, licence: str | None, *names: str) -> dict[str, Any]:
    """Return what a bill of materials says of a package."""
    return {"name": name, "version": "1.0", "licence": licence, "names": list(names)}


def judged(*packages: dict[str, Any], bill: bool = True, **parameters: Any) -> list[Finding]:
    """Return the findings on a bill of materials with these packages, or on a version without one."""
    entry = {**_EVIDENCE, "id": "sbom", "kind": "sbom", "format": "cyclonedx"}
    context = make_context(make_release(evidence=[entry if bill else _EVIDENCE], datasets=[RAW]))
    answers = [measured(packages=list(packages))] if bill else []
    return judge_with(GATE, answers, context, **{"allow": ["MIT"], "subjects": "packages", **parameters})


def test_acceptable_packages_pass_together() -> None:
    """One finding tells how many there are."""
    [finding] = judged(package("a", "MIT"), package("b", "(MIT) AND (MIT OR X)"))
    assert (True, "sbom lists 2 packages, all of them acceptable") == (finding.satisfied, finding.message)


def test_each_package_that_is_not_acceptable_is_named() -> None:
    """Denied, unreadable, or stated in words alone."""
    found = judged(package("a", "MIT"), package("b", "GPL-3.0-only"), package("c", None, "Our own terms"))
    assert [False, False] == [finding.satisfied for finding in found]
    assert "package b 1.0 is licensed GPL-3.0-only; not acceptable: GPL-3.0-only" == found[0].message
    assert "package c 1.0 states no SPDX licence, only 'Our own terms'" == found[1].message
    assert None is judged(package("c", None), missing="inconclusive")[0].satisfied


def test_bill_of_nothing_fails() -> None:
    """A version runs with something."""
    [finding] = judged()
    assert (False, "sbom lists no package") == (finding.satisfied, finding.message)


def test_missing_bill_fails_where_it_is_required() -> None:
    """Where nothing would be deployed, packages are not judged."""
    [finding] = judged(bill=False)
    assert (False, "evidence") == (finding.satisfied, finding.measure)
    candidate = make_context().candidate
    held = {"allow": [], "subjects": "packages"}
    reason = "the manifest has no deployment and lists no bill of materials"
    assert reason == GATE.why_not(bind_parameters(GATE, **held), candidate)
    assert GATE.why_not(bind_parameters(GATE, **held, require_sbom=True), candidate) is None


def test_data_sets_of_other_roles_are_not_judged() -> None:
    """A policy for reference data says nothing of a model without any."""
    reason = GATE.why_not(bind_parameters(GATE, allow=[], roles=["reference"]), make_context().candidate)
    assert reason == "no data set has a role of reference"


@pytest.mark.parametrize("names", [["MIT OR ISC"], ["MIT ISC"], [""]])
def test_lists_hold_single_licences_only(names: list[str]) -> None:
    """An expression in a list would mean something else than it shows."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, allow=names)
