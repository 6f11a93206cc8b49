import json
from typing import Any

import pytest

from promoter.measure.request import Measured
from promoter.measure.requests_licences import PackageLicences
from tests.measure.reports.reading import REPORTS, answer


def licences_of(measured: Measured) -> dict[str, str | None]:
    """Return package name to licence."""
    return {package["name"]: package["licence"] for package in measured.facts["packages"]}


def bill(*components: dict[str, Any]) -> bytes:
    """Return a bill of materials of these components."""
    return json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": list(components)}).encode()


def test_bill_of_cyclonedx_py_is_read() -> None:
    """Ids and expressions are taken; a classifier beside an id says nothing more."""
    found = answer(PackageLicences, (REPORTS / "cyclonedx/environment.json").read_bytes())
    assert {
        "PyYAML": "MIT",
        "certifi": "MPL-2.0",
        "numpy": "BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0",
        "packaging": "Apache-2.0 OR BSD-2-Clause",
        "python-dateutil": "BSD-3-Clause",
        "tzdata": "Apache-2.0",
    } == licences_of(found)
    assert 6 == found.values[0].value


def test_several_licences_all_apply() -> None:
    """The reading that permits least; each expression keeps to itself."""
    licences = [{"license": {"id": "MIT"}}, {"expression": "X OR Y"}]
    assert {"a": "(MIT) AND (X OR Y)"} == licences_of(
        answer(PackageLicences, bill({"name": "a", "licenses": licences}))
    )


def test_licence_in_words_is_no_expression() -> None:
    """The words are kept for the reader."""
    [package] = answer(PackageLicences, bill({"name": "a", "licenses": [{"license": {"name": "Ours"}}]})).facts[
        "packages"
    ]
    assert {"name": "a", "version": None, "licence": None, "names": ["Ours"]} == package


def test_packages_inside_of_packages_count() -> None:
    """What a component bundles is deployed too."""
    inner = {"name": "inner", "licenses": [{"license": {"id": "MIT"}}]}
    assert {"outer": None, "inner": "MIT"} == licences_of(
        answer(PackageLicences, bill({"name": "outer", "components": [inner]}))
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"version": "2.1.0", "runs": []}', "is no CycloneDX bill of materials: $ has no 'bomFormat'"),
        (b'{"bomFormat": "SPDX", "components": []}', "bomFormat is 'SPDX', not CycloneDX"),
        (b'{"bomFormat": "CycloneDX", "components": [{"name": 3}]}', "$.components[0].name: expected a text"),
        (b'{"bomFormat": "CycloneDX", "components": [', "is not JSON or is cut off"),
        (bill(*({"name": f"p{number}"} for number in range(10_001))), "more than 10,000 packages"),
        (b'{"bomFormat": "CycloneDX", "components": ' + b"[" * 5_000, "nests deeper"),
        ("{}".encode("utf-16"), "is not UTF-8"),
    ],
)
def test_what_is_no_bill_fails_with_its_reason(content: bytes, reason: str) -> None:
    """Another tool's report, a file cut off, and one that would exhaust a reader end alike: with a reason."""
    assert reason in (answer(PackageLicences, content).failure or "")
