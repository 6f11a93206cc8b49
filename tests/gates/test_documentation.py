import pytest

from promoter.errors import ProposalError
from promoter.gates.contract.finding import Finding
from promoter.gates.documentation import GATE
from promoter.measure.request import Measured
from tests.support.candidates import bind_parameters, judge_with, make_context, make_release, measured

CARD = {"kind": "model-card", "sections": ["Intended use"], "min_words": 50}


def text(
    *, words: int = 50, heading: str = "Intended use", section_words: int = 10, digest: str = "own", **facts: object
) -> Measured:
    """Return the facts of a document with one section."""
    sections = [{"heading": heading, "level": 2, "words": section_words, "line": 7}]
    return measured(**{"words": words, "sections": sections, "placeholders": [], "text_digest": digest, **facts})


def judge_card(answer: Measured) -> list[Finding]:
    """Return the findings on one model card."""
    return judge_with(GATE, answer, documents=[CARD])


def test_written_card_passes() -> None:
    """Words, section and placeholders are satisfied; equality with the word counts passes."""
    findings = judge_card(text())
    assert [("words", True), ("section", True), ("placeholders", True)] == [
        (finding.measure, finding.satisfied) for finding in findings
    ]


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


@pytest.mark.parametrize(("digest", "satisfied"), [("own", False), ("other", True), (None, None)])
def test_copy_of_the_champions_text_fails(digest: str | None, satisfied: bool | None) -> None:
    """The same text cannot describe two versions."""
    champion = make_release(version="1.0.0", files={"model-card.md": "git:champion"})
    answers = [text(), text(digest=digest)]  # type: ignore[arg-type]
    findings = judge_with(GATE, answers, make_context(champion=champion), documents=[CARD])
    assert findings[-1].satisfied is satisfied


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
