"""The published form of a decision: what the engine writes, what the schema says, and what the report reads agree."""

import json
from importlib.resources import files

import jsonschema
import pytest

from promoter.digest import canonical_json
from promoter.errors import ProposalError
from promoter.report.record import decision_schema, parse_record
from tests.report.stories import STORIES

PUBLISHED = json.loads(files("promoter.report").joinpath("decision.schema.json").read_text(encoding="utf-8"))


def test_the_published_schema_is_the_types_schema() -> None:
    """The committed file says what the types say; write decision_schema() to it after a change."""
    assert decision_schema() == PUBLISHED


@pytest.mark.parametrize("story", STORIES)
def test_every_decision_is_valid_under_the_published_schema(story: str) -> None:
    """What the engine writes is what was promised."""
    jsonschema.Draft202012Validator(PUBLISHED).validate(STORIES[story]().as_json())


@pytest.mark.parametrize("story", STORIES)
def test_the_types_know_every_key_that_the_engine_writes(story: str) -> None:
    """Read and written again, a decision is the same: no key of it is undocumented."""
    decision = json.loads(canonical_json(STORIES[story]().as_json()))
    assert decision == json.loads(parse_record(decision).model_dump_json(by_alias=True))


def test_a_key_of_a_later_engine_is_left_aside() -> None:
    """Additions do not make old readers fail."""
    assert "failed" == parse_record(STORIES["held"]().as_json() | {"annotations": []}).verdict


def test_another_form_is_refused_with_its_key() -> None:
    """The answer names the file, the key and what to do."""
    decision = STORIES["held"]().as_json() | {"schema": "promoter.decision/2"}
    with pytest.raises(ProposalError) as caught:
        parse_record(decision, path="reports/1.json")
    (problem,) = caught.value.problems
    assert "reports/1.json" == problem.location.path
    assert "schema: Input should be 'promoter.decision/1'" == problem.message
    assert "render it with the engine that wrote it" in problem.hint


def test_a_number_that_is_not_finite_is_refused() -> None:
    """NaN has no JSON form, so it is in no record."""
    decision = STORIES["held"]().as_json()
    decision["changes"][0]["results"][0]["findings"][0]["value"] = float("nan")
    with pytest.raises(ProposalError, match="it is not JSON"):
        parse_record(decision)
