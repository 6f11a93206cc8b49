import pytest

from promoter.errors import ProposalError
from promoter.gates.artifact_integrity import GATE
from promoter.gates.contract.finding import Finding
from promoter.measure.request import Measured
from tests.support.candidates import bind_parameters, digest_of, judge_with, make_context, make_release, measured

ONNX = {"digest": digest_of("f"), "size_bytes": 100, "format": "onnx", "external_data": []}


def by_measure(answer: Measured, **parameters: object) -> dict[str, Finding]:
    """Return the findings by what they compared."""
    return {finding.measure: finding for finding in judge_with(GATE, answer, **parameters)}


def test_artifact_that_is_what_it_claims_passes() -> None:
    """Digest, size, format, allow-list, limit and external data are all satisfied."""
    findings = judge_with(GATE, measured(**ONNX))
    assert [True] * 6 == [finding.satisfied for finding in findings]


@pytest.mark.parametrize(("fact", "found"), [("digest", digest_of("0")), ("size_bytes", 101), ("format", "pickle")])
def test_fact_that_differs_from_its_claim_fails(fact: str, found: object) -> None:
    """The finding names what was found and what was claimed."""
    finding = by_measure(measured(**{**ONNX, fact: found}))[fact]
    assert finding.satisfied is False
    assert str(found) in finding.message
    assert finding.hint is not None


def test_format_that_is_not_recognised_is_undecided() -> None:
    """Bytes that are no known format are not what the manifest says, nor anything else."""
    assert by_measure(measured(**{**ONNX, "format": None}))["format"].satisfied is None


def test_format_off_the_allow_list_fails() -> None:
    """The policy's formats decide over the registry's."""
    finding = by_measure(measured(**ONNX), formats=["safetensors"])["allowed_format"]
    assert finding.satisfied is False
    assert finding.hint == "export the model as safetensors"


@pytest.mark.parametrize(("size", "satisfied"), [(10_737_418_240, True), (10_737_418_241, False)])
def test_equality_with_the_size_limit_passes(size: int, satisfied: bool) -> None:
    """The registry's limit itself is allowed."""
    assert by_measure(measured(**{**ONNX, "size_bytes": size}))["size_limit"].satisfied is satisfied


def test_external_data_is_refused() -> None:
    """One digest covers one file."""
    finding = by_measure(measured(**{**ONNX, "external_data": ["weights.bin"]}))["external_data"]
    assert finding.satisfied is False
    assert "'weights.bin' is refused" in finding.message


@pytest.mark.parametrize(
    ("path", "satisfied"),
    [("weights.bin", True), ("other.bin", False), ("../weights.bin", False), ("/etc/passwd", False), ("C:\\w", False)],
)
def test_contained_external_data_lies_in_the_versions_folder(path: str, satisfied: bool) -> None:
    """A path that is not pinned, or leads elsewhere, fails."""
    context = make_context(make_release(files={"model.onnx": "git:model", "weights.bin": "git:weights"}))
    answer = measured(**{**ONNX, "external_data": [path]})
    findings = judge_with(GATE, answer, context, external_data="contained")
    assert findings[-1].satisfied is satisfied


def test_artifact_that_was_not_searched_for_external_data_is_undecided() -> None:
    """Not looked is not clean."""
    assert by_measure(measured(**{**ONNX, "external_data": None}))["external_data"].satisfied is None


def test_unknown_parameters_are_refused() -> None:
    """A misspelt key is refused."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, format=["onnx"])
