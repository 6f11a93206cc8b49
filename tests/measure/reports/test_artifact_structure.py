import io
import json
import pickle
import struct
import zipfile
from typing import Any

import pytest

from promoter.measure.reports.request import ArtifactStructure
from tests.measure.reports.reading import answer

TENSOR = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}


def safetensors(header: Any, data: bytes = b"\0" * 8) -> bytes:
    """Return a file with this header, as an object or as its own bytes."""
    content = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(content)) + content + data


def archive(*members: tuple[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """Return a zip archive; names may stand twice."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as packed:
        for name, content in members:
            packed.writestr(zipfile.ZipInfo(name), content, compression)
    return stream.getvalue()


def faults(content: bytes) -> list[str]:
    """Return the faults of a file."""
    found = answer(ArtifactStructure, content)
    assert found.failure is None
    return list(found.facts["faults"])


def test_sound_safetensors_file_has_no_fault() -> None:
    """Header length and number of tensors are told."""
    content = safetensors({"__metadata__": {"by": "t"}, "w": TENSOR})
    facts = answer(ArtifactStructure, content).facts
    assert ([], 1, len(content) - 16) == (facts["faults"], facts["tensors"], facts["header_bytes"])


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (safetensors({"w": TENSOR}, b"\0" * 12), "4 bytes after the last tensor belong to none"),
        (safetensors({"w": TENSOR}, b"\0" * 4), "ends beyond the file"),
        (safetensors({"w": {**TENSOR, "data_offsets": [4, 12]}}, b"\0" * 12), "4 bytes before tensor 'w'"),
        (safetensors({"w": TENSOR, "v": TENSOR}), "overlaps another"),
        (safetensors({"w": {**TENSOR, "shape": [3]}}), "not as large as its data"),
        (safetensors({"w": {**TENSOR, "shape": [2**62, 2**62]}}), "not as large as its data"),
        (safetensors({"w": {**TENSOR, "dtype": "PICKLE"}}), 'unknown dtype "PICKLE"'),
        (safetensors({"w": {**TENSOR, "data_offsets": [0, -8]}}), "no usable data_offsets"),
        (safetensors({"w": [1]}), "is no object"),
        (safetensors({"__metadata__": {"a": 1}}, b""), "not a map of texts"),
        (safetensors(b'{"w": {}, "w": {}}'), "stands twice"),
        (safetensors(b'{"w": '), "not JSON or is cut off"),
        (safetensors(b"{" * 2_000_001), "more than 2,000,000 parts"),
        (struct.pack("<Q", 50_000_000) + b"{}", "is cut off"),
    ],
)
def test_fault_of_a_safetensors_header_is_named(content: bytes, fault: str) -> None:
    """Holes, overlaps, wrong sizes, doubled keys: whatever two readers could take differently."""
    assert any(fault in found for found in faults(content))


def test_archive_is_listed_and_not_unpacked() -> None:
    """Members by the kind of their first bytes, else by their ending."""
    content = archive(("data.pkl", pickle.dumps({"a": 1}, protocol=4)), ("weights.bin", b"abc"), ("folder/", b""))
    facts = answer(ArtifactStructure, content).facts
    assert [] == facts["faults"]
    assert ["pickle", "bin", "folder"] == [member["kind"] for member in facts["members"]]


def flip_flag(content: bytes) -> bytes:
    """Return an archive whose directory says that its member is encrypted."""
    place = content.rindex(b"PK\x01\x02") + 8
    return content[:place] + b"\x01" + content[place + 1 :]


def symbolic_link() -> bytes:
    """Return an archive with a link to a file of the machine."""
    info = zipfile.ZipInfo("link")
    info.external_attr = 0o120777 << 16
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr(info, "/etc/passwd")
    return stream.getvalue()


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (lambda: archive(("../../etc/cron.d/x", b"a")), "leads out of the archive"),
        (lambda: archive(("/etc/passwd", b"a")), "leads out of the archive"),
        (lambda: archive(("a", b"1"), ("a", b"2")), "stands 2 times"),
        (lambda: archive(("a", b"\0" * 1_000_000), compression=zipfile.ZIP_DEFLATED), "more than 200 times"),
        (lambda: archive(("a", b"0" * 99), compression=zipfile.ZIP_BZIP2), "other than deflate"),
        (lambda: flip_flag(archive(("a", b"1"))), "is encrypted"),
        (symbolic_link, "is a symbolic link"),
        (lambda: archive(("config.p", b"1")).replace(b"config.p", b"config.q", 1), "cannot be read"),
        (lambda: archive(("config.p", b"1")).replace(b"config.p", b"config.q", 1), "called otherwise"),
        (lambda: archive(("a", b"1"))[:-4], "no directory at its end"),
        (lambda: b"PK\x03\x04 and nothing more", "no directory at its end"),
        (lambda: archive(*((f"m{index}", b"") for index in range(10_001))), "more than 10,000 members"),
    ],
)
def test_fault_of_an_archive_is_named(make: Any, fault: str) -> None:
    """Flags, names, links, ratios, and a directory that disagrees with its members."""
    assert any(fault in found for found in faults(make()))


@pytest.mark.parametrize("front", [safetensors({"w": TENSOR}), b"tree\nversion=v4\n", b'{"learner": {}}'])
def test_model_file_that_is_also_an_archive_is_a_fault(front: bytes) -> None:
    """A zip file is read from its end, so one can be hidden behind any other format."""
    assert any("ends as a zip archive" in found for found in faults(front + archive(("a", b"1"))))


def test_xml_with_a_document_type_is_a_fault() -> None:
    """PMML needs no entities."""
    assert ["the XML declares a document type, which could hide entities"] == faults(
        b'<?xml version="1.0"?><!DOCTYPE PMML [<!ENTITY a "b">]><PMML/>'
    )


def test_empty_file_has_no_container() -> None:
    """What it is, and that it is nothing, is told by its format."""
    assert [] == faults(b"")
