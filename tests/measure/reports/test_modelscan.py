import json

import pytest

from promoter.measure.reports.request import ModelScanReport
from tests.measure.reports.reading import REPORTS, answer, by_slice

MODELSCAN = REPORTS / "modelscan"


def test_modelscans_report_of_a_pickle_names_the_call() -> None:
    """One critical issue: os.system in the stream."""
    found = answer(ModelScanReport, (MODELSCAN / "bad.json").read_bytes())
    assert by_slice(found, "issues") == {"critical": 1, "high": 0, "medium": 0, "low": 0, "unknown": 0}
    assert found.facts["issues"][0]["description"] == "Use of unsafe operator 'system' from module 'posix'"
    assert (found.facts["version"], found.facts["scanned"]) == ("0.8.8", ["bad.pkl"])


def test_clean_report_has_no_issue() -> None:
    """A pickle of plain values."""
    found = answer(ModelScanReport, (MODELSCAN / "good.json").read_bytes())
    assert set(by_slice(found, "issues").values()) == {0}


@pytest.mark.parametrize(("name", "file"), [("skipped-onnx", "model.onnx"), ("archive", "archive.zip:model.onnx")])
def test_what_modelscan_did_not_read_is_told(name: str, file: str) -> None:
    """An ONNX file is skipped without an error, alone and inside of an archive."""
    found = answer(ModelScanReport, (MODELSCAN / f"{name}.json").read_bytes())
    assert found.facts["skipped"] == [{"file": file, "reason": "SCAN_NOT_SUPPORTED"}]


def test_report_with_its_skipped_files_taken_out_is_refused() -> None:
    """The totals still say that there were some."""
    document = json.loads((MODELSCAN / "skipped-onnx.json").read_bytes())
    document["summary"]["skipped"]["skipped_files"] = []
    assert "totals are not what it lists" in (answer(ModelScanReport, json.dumps(document).encode()).failure or "")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'{"summary": {}, "issues": [], "errors": []}', "no modelscan report"),
        (b'{"version": "2.1.0", "runs": []}', "no modelscan report"),
        (b'{"summary"', "cut off"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[" * 100_000, "deeper than"),
    ],
)
def test_hostile_or_foreign_report_is_a_failure(content: bytes, why: str) -> None:
    """Another tool's file is no clean scan."""
    assert why in (answer(ModelScanReport, content).failure or "")
