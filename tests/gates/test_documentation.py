from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from promoter.errors import ProposalError
from promoter.gates.contract.candidate import Earlier
from promoter.gates.contract.finding import Finding
from promoter.gates.documentation import GATE
from promoter.measure.request import Measured
from promoter.policy.policy import NearMiss
from tests.support.candidates import bind_parameters, judge_with, make_context, make_release, measured
from tests.support.texts import CARD, of, section, text


def judge_card(answer: Measured) -> list[Finding]:
    """Return the findings on one model card."""
    return judge_with(GATE, [answer, measured()], documents=[CARD])


def test_written_card_passes() -> None:
    """Words, section and placeholders are satisfied; equality with the word counts passes."""
    findings = judge_card(text())
    expected = ["words", "section", "placeholders", "boilerplate", "links"]
    assert [(measure, True) for measure in expected] == [(finding.measure, finding.satisfied) for finding in findings]


@pytest.mark.parametrize("heading", ["INTENDED USE", "2. Intended use", "Intended Uses and users", "3.1 Intended use:"])
def test_headings_count_without_case_numbers_and_punctuation(heading: str) -> None:
    """A heading begins with the required words."""
    assert judge_card(text(heading=heading))[1].satisfied is True


def test_missing_section_fails_with_its_name() -> None:
    """The finding stands at the document, and says which heading to add."""
    finding = judge_card(text(heading="Metrics"))[1]
    assert finding.satisfied is False
    assert finding.message == "section 'Intended use' is missing"
    assert finding.location.path == "models/lending/mortgage/versions/2.0.0/model-card.md"


def test_empty_section_fails_at_its_line() -> None:
    """A heading without a sentence hides that nobody thought about it."""
    finding = judge_card(text(section_words=9))[1]
    assert (False, 7) == (finding.satisfied, finding.location.line)


def test_too_few_words_fail() -> None:
    """49 of 50 words are one short."""
    finding = judge_card(text(words=49))[0]
    assert (False, -1.0) == (finding.satisfied, finding.margin)


def test_placeholders_fail_each_at_its_line() -> None:
    """TODO is named with its line."""
    finding = judge_card(text(placeholders=[{"text": "TODO", "line": 12}]))[2]
    assert (False, 12, "placeholder 'TODO' stands in the text") == (
        finding.satisfied,
        finding.location.line,
        finding.message,
    )


def test_text_that_was_not_searched_is_undecided() -> None:
    """An engine that tells no placeholders has not looked."""
    assert judge_card(text(placeholders=None))[2].satisfied is None


def judge_beside_champion(champion: Measured, own: Measured | None = None, **parameters: Any) -> list[Finding]:
    """Return the findings on a card beside the champion's."""
    context = make_context(
        champion=make_release(version="1.0.0", files={"model-card.md": "git:champion"}),
        near_miss=NearMiss(absolute=0.1),
    )
    answers = [own or text(), champion]
    return judge_with(GATE, answers, context, documents=[CARD], numbers="ignore", **parameters)


@pytest.mark.parametrize(("digest", "satisfied"), [("own", False), ("other", True), (None, None)])
def test_copy_of_the_champions_text_fails(digest: str | None, satisfied: bool | None) -> None:
    """The same text cannot describe two versions."""
    [finding] = of("text_digest", judge_beside_champion(text(digest=digest)))  # type: ignore[arg-type]
    assert finding.satisfied is satisfied


@pytest.mark.parametrize(
    ("bound", "satisfied", "is_near"), [(0.6, True, True), (0.9, True, False), (0.55, False, True), (0.3, False, False)]
)
def test_text_that_is_nearly_the_champions_fails(bound: float, satisfied: bool, is_near: bool) -> None:
    """Three of five runs in common are 0.6: equality passes."""
    champion = text(digest="other", sketch=[1, 2, 3, 9])
    [finding] = of("resemblance", judge_beside_champion(champion, max_resemblance=bound))
    assert (0.6, satisfied, is_near) == (finding.value, finding.satisfied, finding.is_near)


def test_text_too_short_to_compare_is_undecided() -> None:
    """Fewer than five words make no run."""
    [finding] = of("resemblance", judge_beside_champion(text(digest="other", sketch=[])))
    assert finding.satisfied is None


def test_copies_may_be_allowed() -> None:
    """Where the policy takes the champion's text, nothing is compared."""
    assert not of("text_digest", judge_beside_champion(text(), copies="allow"))


def test_section_that_repeats_another_is_boilerplate() -> None:
    """Both headings are named; empty ones and those of another level do not count."""
    same = [
        section("Use", digest="x"),
        section("Limits", digest="x", line=9),
        section("Part", digest="x", level=3),
        section("Empty", words=0, digest="x"),
    ]
    [finding] = of("boilerplate", judge_card(text(sections=same)))
    assert (False, 9, "section 'Limits' says word for word what section 'Use' says") == (
        finding.satisfied,
        finding.location.line,
        finding.message,
    )
    assert not of("boilerplate", judge_with(GATE, text(sections=same), documents=[CARD], boilerplate="allow"))


def test_sections_that_were_not_digested_are_undecided() -> None:
    """An older engine has not compared them."""
    sections = [{"heading": "Use", "level": 2, "words": 3, "line": 1}]
    [finding] = of("boilerplate", judge_card(text(sections=sections)))
    assert finding.satisfied is None


@pytest.mark.parametrize(
    "target",
    ["model.onnx", "./model.onnx#x", "https://example.org/a", "mailto:a@example.org", "#intended-use", "model%2Eonnx"],
)
def test_links_that_lead_somewhere_pass(target: str) -> None:
    """A file of the folder, an address, a heading."""
    [finding] = of("links", judge_card(text(links=[target])))
    assert (True, "all 1 links and 0 figures resolve") == (finding.satisfied, finding.message)


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("missing.md", "leads to no file of the version's folder"),
        ("../1.0.0/model-card.md", "leads out of the version's folder"),
        ("/etc/passwd", "leads out of the version's folder"),
        ("%2e%2e/x", "leads out of the version's folder"),
        ("#no-such-heading", "leads to no heading of the text"),
        ("", "leads to no heading of the text"),
        ("javascript:alert(1)", "leads to a javascript address, which no reader can follow"),
        ("//evil.example.org/x", "leads to a nameless address, which no reader can follow"),
        ("https://[x", "is no address"),
    ],
)
def test_links_that_lead_nowhere_fail(target: str, why: str) -> None:
    """Each is named with the reason."""
    [finding] = of("links", judge_card(text(links=[target])))
    assert (False, f"link {target!r} {why}") == (finding.satisfied, finding.message)


def test_figure_elsewhere_fails() -> None:
    """What a reviewer saw must be what stays."""
    [finding] = of("links", judge_card(text(images=["https://example.org/roc.png"])))
    message = "figure 'https://example.org/roc.png' lies elsewhere, where it may change after the review"
    assert (False, message) == (finding.satisfied, finding.message)


def test_links_are_held_against_the_texts_own_folder() -> None:
    """A text in docs/ points from there."""
    release = make_release(
        documents=[{"kind": "model-card", "path": "docs/card.md"}],
        files={"docs/card.md": "git:c", "docs/roc.png": "git:r"},
    )
    found = judge_with(
        GATE, text(images=["roc.png"], links=["../docs/roc.png"]), make_context(release), documents=[CARD]
    )
    assert [True] == [finding.satisfied for finding in of("links", found)]


def test_links_that_were_not_listed_are_undecided() -> None:
    """Unless the policy does not ask."""
    assert [None] == [finding.satisfied for finding in of("links", judge_card(text(links=None)))]
    assert not of("links", judge_with(GATE, text(links=None), documents=[CARD], links="ignore"))


def test_document_that_is_not_listed_fails() -> None:
    """The manifest names each document."""
    [finding] = judge_with(GATE, [], make_context(make_release(documents=[])), documents=[CARD])
    assert finding.satisfied is False
    assert "kind: model-card" in (finding.hint or "")


def test_document_that_is_not_in_the_folder_fails() -> None:
    """A name without a file is no document."""
    [finding] = judge_with(GATE, [], make_context(make_release(files={})), documents=[CARD])
    assert finding.message == "model-card.md is listed as model-card but is not in the version's folder"


def test_unknown_parameters_are_refused() -> None:
    """A misspelt kind and an unknown key are refused."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, documents=[{**CARD, "kind": "modelcard"}])
    with pytest.raises(ProposalError):
        bind_parameters(GATE, documents=[CARD], min_word=3)


@pytest.mark.parametrize(("words", "is_near"), [(49, True), (46, True), (44, False), (52, True), (80, False)])
def test_word_counts_are_near_within_the_policys_band(words: int, is_near: bool) -> None:
    """Five words on either side of fifty, each with its margin."""
    context = make_context(near_miss=NearMiss(absolute=5))
    finding = judge_with(GATE, text(words=words), context, documents=[{"kind": "model-card", "min_words": 50}])[0]
    assert (words >= 50, is_near, words - 50) == (finding.satisfied, finding.is_near, finding.margin)


def judge_at_registration(*earlier: Earlier, own: str = "git:own", others: Sequence[Measured] = ()) -> list[Finding]:
    """Return the findings on a card that is registered beside versions with these files."""
    context = make_context(make_release(files={"model-card.md": own}))
    context = replace(context, candidate=replace(context.candidate, earlier=earlier))
    parameters = bind_parameters(GATE, documents=[CARD], numbers="ignore")
    requests = GATE.measures(parameters, context.candidate)
    assert len(requests) == 1 + len(others)
    return list(GATE.judge(parameters, dict(zip(requests, (text(), *others), strict=True)), context))


def test_copy_of_any_earlier_text_fails_at_registration() -> None:
    """However old the version is; the finding names it."""
    newer = [Earlier(f"1.{minor}.0", {}) for minor in range(9, 0, -1)]
    found = judge_at_registration(*newer, Earlier("1.0.0", {"model-card.md": "git:own"}))
    [finding] = of("text_digest", found)
    assert (False, "the text is word for word that of 1.0.0") == (finding.satisfied, finding.message)


def test_text_is_measured_against_the_three_newest_versions() -> None:
    """The fourth is not read; a text of its own passes beside each."""
    earlier = [Earlier(f"1.{minor}.0", {"model-card.md": f"git:{minor}"}) for minor in (4, 3, 2, 1)]
    others = [text(digest=f"other-{minor}", sketch=[7, 8]) for minor in (4, 3, 2)]
    found = judge_at_registration(*earlier, others=others)
    assert [True] * 3 == [finding.satisfied for finding in of("text_digest", found)]
    assert [True] * 3 == [finding.satisfied for finding in of("resemblance", found)]
