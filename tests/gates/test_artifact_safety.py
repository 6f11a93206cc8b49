from typing import Any

import pytest

from promoter.errors import ProposalError
from promoter.gates.artifact_safety import GATE
from promoter.gates.contract.candidate import Context
from promoter.gates.contract.finding import Finding
from promoter.measure.request import Measured
from promoter.policy.policy import NearMiss
from tests.support.candidates import (
    MANIFEST,
    bind_parameters,
    digest_of,
    judge_with,
    make_context,
    make_release,
    measured,
    number,
)

ONNX = measured(format="onnx", external_data=[], operator_domains=["ai.onnx"])
SOUND = {"header_bytes": None, "tensors": None, "members": None, "faults": []}
SCAN_ENTRY = {
    "id": "modelscan",
    "kind": "artifact-scan",
    "format": "json",
    "uri": "evidence/modelscan.json",
    "digest": digest_of("4"),
    "size_bytes": 10,
}


def scanned_context(near_miss: NearMiss | None = None) -> Context:
    """Return the context of a version with a modelscan report."""
    return make_context(make_release(evidence=[*MANIFEST["evidence"], SCAN_ENTRY]), near_miss=near_miss)


def scan(*, critical: int = 0, **facts: Any) -> Measured:
    """Return a clean report of the artifact, with some facts replaced."""
    issues = [{"severity": "critical", "description": "os.system", "file": "model.onnx"}] * critical
    known = {"version": "0.8.8", "scanned": ["model.onnx"], "skipped": [], "errors": [], "issues": issues}
    return Measured(values=(number("issues", critical, slice_=(("severity", "critical"),)),), facts={**known, **facts})


def failures(
    facts: Measured = ONNX, *more: Measured, structure: dict[str, Any] | None = None, **parameters: Any
) -> list[Finding]:
    """Return the findings that are not satisfied."""
    context = scanned_context() if more else make_context()
    answers = [facts, measured(**{**SOUND, **(structure or {})}), *more]
    found = judge_with(GATE, answers, context, **parameters)
    return [finding for finding in found if finding.satisfied is not True]


def test_sound_onnx_file_passes() -> None:
    """Standard operators, no external file, no fault, and no scan asked for."""
    assert [] == failures()


@pytest.mark.parametrize(("format_", "satisfied"), [("pickle", False), ("zip", False), (None, None)])
def test_format_is_judged_by_the_bytes(format_: str | None, satisfied: bool | None) -> None:
    """A pickle under any name fails; bytes that tell nothing decide nothing."""
    [finding] = failures(measured(format=format_, external_data=None))
    assert (finding.measure, finding.satisfied) == ("format", satisfied)
    assert "onnx or safetensors" in (finding.hint or "")


def test_policys_formats_decide_over_the_registrys() -> None:
    """A team may allow ONNX alone."""
    [finding] = failures(measured(format="safetensors"), formats=["onnx"])
    assert finding.measure == "format"


def test_operator_of_another_domain_fails() -> None:
    """A custom operator is a library that the runtime loads."""
    [finding] = failures(measured(format="onnx", external_data=[], operator_domains=["ai.onnx", "com.microsoft"]))
    assert finding.slice == (("domain", "com.microsoft"),)


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "C:\\w", "missing.bin"])
def test_external_data_outside_of_the_folder_fails(path: str) -> None:
    """Weights that nobody pinned."""
    [finding] = failures(measured(format="onnx", external_data=[path], operator_domains=[]))
    assert repr(path) in finding.message


@pytest.mark.parametrize(
    ("uri", "path", "passes"),
    [
        ("model.onnx", "weights.bin", True),
        ("model.onnx", "./weights.bin", True),
        ("onnx/model.onnx", "weights.bin", False),
        ("onnx/model.onnx", "deep.bin", True),
        ("model.onnx", "deep.bin", False),
        ("s3://store/model.onnx", "weights.bin", False),
    ],
)
def test_external_data_lies_where_a_runtime_looks_for_it(uri: str, path: str, passes: bool) -> None:
    """Beside the model: a file of the same name elsewhere is another, and in a store nothing pins it."""
    artifact = {**MANIFEST["artifact"], "uri": uri}
    files = {uri: "git:model", "weights.bin": "git:weights", "onnx/deep.bin": "git:deep"}
    context = make_context(make_release(artifact=artifact, files=files))
    facts = measured(format="onnx", external_data=[path], operator_domains=[])
    [finding] = [
        found for found in judge_with(GATE, [facts, measured(**SOUND)], context) if found.measure == "external_data"
    ]
    assert passes is finding.satisfied


def test_fault_of_the_container_fails() -> None:
    """The finding is the fault, with what to do."""
    [finding] = failures(structure={"faults": ["tensor 'w' overlaps another"]})
    assert (finding.measure, finding.message) == ("structure", "tensor 'w' overlaps another")
    assert finding.hint is not None


def test_header_at_its_limit_passes_and_one_byte_more_is_a_near_miss() -> None:
    """Equality passes; the band marks both."""
    found = []
    for size in (1000, 1001):
        answers = [measured(format="safetensors"), measured(**{**SOUND, "header_bytes": size, "tensors": 1})]
        context = make_context(near_miss=NearMiss(absolute=10))
        findings = judge_with(GATE, answers, context, max_header_bytes=1000)
        found += [(finding.satisfied, finding.is_near) for finding in findings if finding.measure == "header_bytes"]
    assert [(True, True), (False, True)] == found


def test_archive_members_are_allowed_by_kind() -> None:
    """A pickle in an archive is named; an archive of allowed kinds passes."""
    zip_ = measured(format="zip", external_data=None)
    members = [{"name": "data.pkl", "kind": "pickle"}, {"name": "w", "kind": "folder"}, {"name": "x", "kind": None}]
    allowed = {"formats": ["zip"], "archive_members": ["safetensors"]}
    [finding] = failures(zip_, structure={"members": members}, **allowed)
    assert finding.message.endswith(", data.pkl (pickle), x (unreadable)")
    assert [] == failures(zip_, structure={"members": [{"name": "a", "kind": "safetensors"}]}, **allowed)


def test_clean_scan_of_the_artifact_passes() -> None:
    """Seen, nothing skipped, nothing found."""
    assert [] == failures(ONNX, scan(), scan="required")


@pytest.mark.parametrize(
    ("report", "measure"),
    [
        (scan(scanned=["other.onnx"]), "scanned"),
        (scan(skipped=[{"file": "model.onnx:a.pkl", "reason": "SCAN_NOT_SUPPORTED"}]), "unread"),
        (scan(errors=["model.onnx: PATH"]), "unread"),
        (scan(critical=1), "issues"),
    ],
)
def test_scan_that_shows_or_misses_something_fails(report: Measured, measure: str) -> None:
    """Another file, a skipped or unreadable member, and an issue are each a failure."""
    [finding] = failures(ONNX, report)
    assert (finding.measure, finding.satisfied) == (measure, False)
    assert finding.hint is not None


def test_required_scan_that_is_absent_fails() -> None:
    """Missing evidence is a failure with its remedy."""
    [finding] = failures(scan="required")
    assert finding.measure == "evidence"


@pytest.mark.parametrize("parameters", [{"format": ["onnx"]}, {"max_header_bytes": 200_000_000}, {"scan": "never"}])
def test_parameters_that_would_disarm_the_gate_are_refused(parameters: dict[str, Any]) -> None:
    """A misspelt key, a limit above the format's own and an unknown word are errors of the policy."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, **parameters)
