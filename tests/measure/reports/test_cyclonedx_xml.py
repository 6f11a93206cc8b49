import json
import tracemalloc
from typing import Any
from xml.sax.saxutils import escape

import pytest

from promoter.measure.reports.request import VulnerabilityReport
from promoter.measure.request import Measured
from promoter.measure.requests_licences import PackageLicences
from tests.measure.reports.reading import REPORTS, answer, by_slice
from tests.measure.reports.scans import CYCLONEDX, VEX

FOLDER = REPORTS / "cyclonedx"
ITEMS = {
    "components": "component",
    "vulnerabilities": "vulnerability",
    "ratings": "rating",
    "references": "reference",
    "affects": "target",
}
ATTRIBUTES = ("type", "bom-ref")


def as_xml(document: dict[str, Any], version: str = "1.6") -> bytes:
    """Return a JSON document in its XML form."""
    members = {key: value for key, value in document.items() if key not in ("bomFormat", "specVersion")}
    inner = "".join(_element(key, value) for key, value in members.items())
    return f'<?xml version="1.0"?>\n<bom xmlns="http://cyclonedx.org/schema/bom/{version}">{inner}</bom>'.encode()


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return f"<{name}>" + "".join(_element(ITEMS[name], item) for item in value) + f"</{name}>"
    if not isinstance(value, dict):
        return f"<{name}>{escape(str(value))}</{name}>"
    attributes = "".join(f' {key}="{value[key]}"' for key in ATTRIBUTES if key in value)
    inner = "".join(_element(key, item) for key, item in value.items() if key not in ATTRIBUTES)
    return f"<{name}{attributes}>{inner}</{name}>"


def scan(content: bytes) -> Measured:
    """Return what a report is measured as."""
    return answer(VulnerabilityReport, content, format="cyclonedx")


@pytest.mark.parametrize("document", [CYCLONEDX, VEX])
@pytest.mark.parametrize("version", ["1.4", "1.6"])
def test_both_forms_of_a_document_say_the_same(document: dict[str, Any], version: str) -> None:
    """A scan and a VEX: tool, subject, moment, packages, severities, states."""
    assert scan(json.dumps(document).encode()) == scan(as_xml(document, version))


def test_formats_own_example_is_read() -> None:
    """One critical vulnerability with an alias, analysed as not affecting; cwe and version may repeat."""
    found = scan((FOLDER / "vulnerability-1.4.xml").read_bytes())
    assert 1 == by_slice(found, "vulnerabilities")["critical"]
    [entry] = found.facts["vulnerabilities"]
    assert ("com.fasterxml.jackson.core/jackson-databind", "2.9.4") == (entry["package"], entry["version"])
    assert ("CVE-2018-7489", "not_affected", "code_not_reachable") == (
        entry["aliases"][0],
        entry["state"],
        entry["justification"],
    )


@pytest.mark.parametrize("name", ["requirements", "environment"])
def test_bill_of_cyclonedx_py_is_the_same_in_both_forms(name: str) -> None:
    """Packages with their licences; and it is no scan in either."""
    forms = [(FOLDER / f"{name}.{form}").read_bytes() for form in ("json", "xml")]
    found = [answer(PackageLicences, content) for content in forms]
    assert found[0].facts == found[1].facts
    assert found[0].facts["packages"]
    assert "it is an SBOM, not a scan" in (scan(forms[1]).failure or "")


def test_digest_of_the_image_is_read_from_a_hash() -> None:
    """An attribute names the algorithm, the text is the digest."""
    image = "d" * 64
    component = f'<component type="container"><name>m</name><hashes><hash alg="SHA-256">{image}</hash></hashes>'
    body = f"<metadata>{component}</component></metadata><vulnerabilities/>"
    found = scan(f'<bom xmlns="http://cyclonedx.org/schema/bom/1.5">{body}</bom>'.encode())
    assert ([f"sha256:{image}"], None) == (found.facts["subjects"], found.failure)


def test_extension_of_another_namespace_says_nothing() -> None:
    """Not even where it uses the format's own names."""
    extra = '<x:vulnerabilities xmlns:x="https://example.org"><x:vulnerability/></x:vulnerabilities>'
    content = as_xml(CYCLONEDX).replace(b"<vulnerabilities>", extra.encode() + b"<vulnerabilities>")
    assert scan(json.dumps(CYCLONEDX).encode()) == scan(content)


BOM = '<bom xmlns="http://cyclonedx.org/schema/bom/1.6">'
LAUGHS = '<!DOCTYPE bom [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {after} "{f"&{before};" * 10}">' for before, after in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (f"{LAUGHS}]>{BOM}<components>&i;</components></bom>", "declares a document type"),
        (f'<!DOCTYPE bom SYSTEM "file:///etc/passwd">{BOM}</bom>', "declares a document type"),
        (f'<!DOCTYPE bom [<!ENTITY x SYSTEM "https://example.org/x">]>{BOM}&x;</bom>', "declares a document type"),
        (f"{BOM}&undefined;</bom>", "not XML or is cut off"),
        (f"{BOM}<vulnerabilities>", "not XML or is cut off"),
        (f"{BOM}</bom><bom/>", "not XML or is cut off"),
        ("<bom/>", "its root is <bom>"),
        ('<bom xmlns="http://cyclonedx.org/schema/bom/2.0"/>', "no CycloneDX document"),
        ('<bom xmlns="https://example.org/schema/bom/1.6"/>', "no CycloneDX document"),
        ("<testsuites/>", "its root is <testsuites>"),
        (BOM + "<components>" * 200 + "</components>" * 200 + "</bom>", "or 128 levels"),
        (BOM + "<a>" + "<b/>" * 1_000_001 + "</a></bom>", "more than 1,000,000 elements"),
        (f"{BOM}<vulnerabilities/><vulnerabilities/></bom>", "<bom> has <vulnerabilities> twice"),
        (
            f"{BOM}<vulnerabilities><vulnerability><id>a</id><id>b</id></vulnerability></vulnerabilities></bom>",
            "<vulnerability> has <id> twice",
        ),
        (
            as_xml(CYCLONEDX).decode().replace("<score>7.5<", "<score>high<"),
            "<score> is 'high', no number",
        ),
        (f"{BOM}<vulnerabilities><vulnerability/></vulnerabilities></bom>", "expected an object"),
        (f"{BOM}<vulnerabilities><id>x</id></vulnerabilities></bom>", "expected a list"),
        (f"{BOM}<vulnerabilities><vulnerability><id>x</id></vulnerability><id/></vulnerabilities></bom>", "mixes list"),
        (f'<?xml version="1.0" encoding="klingon"?>{BOM}</bom>', "encoding"),
        (f"{BOM}</bom>", "it is an SBOM, not a scan"),
    ],
)
def test_hostile_xml_is_a_failure_with_its_reason(content: str, why: str) -> None:
    """Entities, other roots, depth, size, doubled members, wrong types, unknown encodings."""
    assert why in (scan(content.encode()).failure or "")


def test_utf_16_is_read_as_it_says() -> None:
    """XML names its encoding; JSON has one."""
    content = as_xml(CYCLONEDX).decode().replace('"1.0"', '"1.0" encoding="utf-16"', 1).encode("utf-16")
    assert scan(json.dumps(CYCLONEDX).encode()) == scan(content)


def test_xml_of_fifty_megabytes_is_refused_in_bounded_memory() -> None:
    """Reading ends at the limit."""
    content = f"{BOM}<vulnerabilities><vulnerability><description>".encode() + b"x" * 50_000_000
    tracemalloc.start()
    found = scan(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "larger than 33,554,432 bytes" in (found.failure or "")
    assert peak < 200_000_000
