"""Findings at the manifest's lines."""

from promoter.decision.types import Outcome, Verdict
from promoter.report.annotations import Annotation, Level, annotations_of, workflow_commands
from promoter.report.view import build_view
from tests.report import decisions as make
from tests.report.stories import STORIES


def told(story: str) -> list[tuple[str, int, Level]]:
    """Return the place and level of each annotation of a story."""
    found = annotations_of(build_view(STORIES[story]().as_json()))
    return [(entry.path, entry.line, entry.level) for entry in found]


def test_what_blocks_is_an_error_at_its_line() -> None:
    """Open comparisons stand at their lines, errors first; a narrow pass and an audit are notices."""
    expected = [
        (make.MANIFEST, 73, Level.ERROR),
        (make.MANIFEST, 61, Level.ERROR),
        (make.MANIFEST, 58, Level.NOTICE),
        (make.MANIFEST, 61, Level.NOTICE),
    ]
    assert expected == told("held")


def test_a_waived_failure_and_a_warning_are_warnings() -> None:
    """Neither blocks, neither is silent."""
    assert {Level.WARNING} == {level for _, _, level in told("waived")}


def test_a_problem_is_an_error_with_its_hint() -> None:
    """A file without a line is annotated at line 1."""
    found = annotations_of(build_view(STORIES["problems"]().as_json()))
    assert [1, 14] == [entry.line for entry in found]
    assert found[1].message.endswith("sha256 has 64; recompute with `sha256sum model.onnx`")


def test_a_policy_that_errored_is_annotated_at_its_own_file() -> None:
    """It compared nothing, so there is no line of the manifest."""
    assert ("policies/catalog/performance/credit-discrimination.yaml", 1, Level.ERROR) == told("errored")[0]


def test_a_command_cannot_be_forged_by_a_message() -> None:
    """Each annotation is one line, whatever its text holds."""
    forged = make.result("x\n::error::y", Outcome.ERRORED, reason="100%\r\n::set-output name=verdict::passed")
    view = build_view(make.decision(make.change(Verdict.ERRORED, [forged], measurements={})).as_json())
    text = workflow_commands(annotations_of(view))
    assert 1 == text.count("\n")
    assert text.startswith("::error file=policies/")
    assert "::100%25 ::set-output" in text


def test_properties_are_encoded() -> None:
    """A comma or a colon in a path does not end the property."""
    entry = Annotation("a,b:c.yaml", 3, Level.NOTICE, "t", "m")
    assert "::notice file=a%2Cb%3Ac.yaml,line=3,title=t::m\n" == workflow_commands([entry])


def test_the_checks_api_calls_an_error_a_failure() -> None:
    """The two interfaces of GitHub have different words."""
    assert ["failure", "warning", "notice"] == [level.check_level for level in Level]
