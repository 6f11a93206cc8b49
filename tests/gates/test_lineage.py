from typing import Any

import pytest

from promoter.errors import ProposalError
from promoter.gates.contract.finding import Finding
from promoter.gates.lineage import GATE
from tests.support.candidates import (
    EVALUATION,
    MANIFEST,
    PREDICTIONS,
    RAW,
    TRAINING,
    bind_parameters,
    digest_of,
    judge_with,
    make_context,
    make_release,
)


def failures(*, evidence: list[dict[str, Any]] | None = None, **changed: Any) -> list[Finding]:
    """Return the unsatisfied findings of a manifest with some parts changed."""
    parameters = changed.pop("parameters", {})
    release = make_release(evidence=evidence or MANIFEST["evidence"], **changed)
    return [entry for entry in judge_with(GATE, [], make_context(release), **parameters) if entry.satisfied is not True]


def test_complete_lineage_passes() -> None:
    """Every evidence file, data set, split and the source has a satisfied finding."""
    findings = judge_with(GATE, [])
    assert {True} == {finding.satisfied for finding in findings}
    assert {
        "evidence_dataset",
        "dataset_pinned",
        "dataset_chain",
        "evaluation_held_out",
        "training_data",
        "source_pinned",
    } == {finding.measure for finding in findings}


def test_evidence_without_a_data_set_fails_at_its_line() -> None:
    """The finding says which evidence, and where."""
    [finding] = failures(evidence=[{key: value for key, value in PREDICTIONS.items() if key != "dataset"}])
    assert finding.message == "evidence predictions names no data set"
    assert finding.location.line is not None


def test_predictions_on_training_rows_fail() -> None:
    """A model is flattered by rows that it has seen."""
    [finding] = failures(evidence=[{**PREDICTIONS, "dataset": "training"}])
    assert finding.message == "evidence predictions scores rows of training data training"


def test_data_set_without_a_pin_fails() -> None:
    """A version in its store would do as well."""
    loose = {**RAW, "digest": None}
    [finding] = failures(datasets=[loose, TRAINING, EVALUATION])
    assert finding.message == "data set raw is pinned by neither digest nor version"
    assert [] == failures(datasets=[{**loose, "version": "v3"}, TRAINING, EVALUATION])


def test_gap_is_named_with_the_way_to_it() -> None:
    """A parent that is not listed breaks the chain."""
    [finding] = failures(datasets=[RAW, TRAINING, {**EVALUATION, "parents": ["cleaned"]}])
    assert "has parent cleaned, which datasets does not list: evaluation <- cleaned" in finding.message


def test_chain_that_ends_before_raw_data_fails() -> None:
    """Training data that comes from nowhere has no origin."""
    [finding] = failures(datasets=[RAW, {**TRAINING, "parents": []}, EVALUATION])
    assert "data set training ends at training, of role training: training" == finding.message


def test_cycle_is_named() -> None:
    """A data set cannot be made from itself, through however many hops."""
    first = {**RAW, "id": "first", "role": "validation", "digest": digest_of("d"), "parents": ["second"]}
    second = {**first, "id": "second", "digest": digest_of("e"), "parents": ["first"]}
    findings = failures(datasets=[RAW, TRAINING, EVALUATION, first, second])
    assert "data set first is made from itself: first <- second <- first" == findings[0].message


@pytest.mark.parametrize(
    ("training", "evaluation", "words"),
    [
        ({}, {"digest": digest_of("b")}, "is the same file as training data training"),
        ({}, {"parents": ["training"]}, "is made from training data training"),
        ({"parents": ["evaluation"]}, {}, "was used to make training data training"),
    ],
)
def test_evaluation_data_that_touches_training_data_fails(
    training: dict[str, Any], evaluation: dict[str, Any], words: str
) -> None:
    """Same bytes, child or parent: none is held out."""
    [finding] = failures(datasets=[RAW, {**TRAINING, **training}, {**EVALUATION, **evaluation}])
    assert finding.measure == "evaluation_held_out"
    assert words in finding.message


def test_model_without_training_data_fails() -> None:
    """It was trained on something."""
    [finding] = failures(datasets=[RAW, EVALUATION], evidence=[PREDICTIONS])
    assert finding.measure == "training_data"


def test_training_run_is_required_where_the_policy_says_so() -> None:
    """A commit alone does not do then."""
    [finding] = failures(parameters={"requires_training_run": True})
    assert "no training run is named" in finding.message


def test_unknown_parameters_are_refused() -> None:
    """A misspelt role is refused."""
    with pytest.raises(ProposalError, match="raw"):
        bind_parameters(GATE, roots=["rwa"])


def test_hostile_graphs_are_walked_once() -> None:
    """Forty layers of two parents each hold 2**40 ways, and no call may nest for a thousand hops in a row."""
    hop = {"role": "validation", "uri": "x", "version": "1", "personal_data": False}
    pairs = [
        {**hop, "id": f"{side}{layer}", "parents": [f"a{layer + 1}", f"b{layer + 1}"]}
        for layer in range(40)
        for side in "ab"
    ]
    ends = [{**RAW, "id": "a40"}, {**RAW, "id": "b40"}]
    chain = [{**hop, "id": f"c{place}", "parents": [f"c{place + 1}"]} for place in range(1100)]
    datasets = [*pairs, *ends, *chain, {**RAW, "id": "c1100"}, RAW, TRAINING, EVALUATION]
    assert [] == failures(datasets=datasets)


def test_long_way_is_shortened() -> None:
    """A message names both ends of a long chain."""
    chain = [{**RAW, "id": f"c{hop}", "role": "validation", "parents": [f"c{hop + 1}"]} for hop in range(30)]
    [first, *_] = failures(datasets=[*chain, RAW, TRAINING, EVALUATION])
    assert first.message.endswith("c0 <- ... <- c23 <- c24 <- c25 <- c26 <- c27 <- c28 <- c29 <- c30")
