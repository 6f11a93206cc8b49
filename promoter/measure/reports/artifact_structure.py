"""ArtifactStructure: faults of a model file's container, by its bytes alone; nothing is loaded or unpacked."""

import io
import mmap
from typing import Any, BinaryIO

from promoter.errors import Undecidable
from promoter.measure.families.family import ContentFamily
from promoter.measure.families.protobuf import Buffer
from promoter.measure.reports.archive import end_of_archive, inspect_archive
from promoter.measure.reports.request import ArtifactStructure
from promoter.measure.reports.safetensors import header_length, inspect_safetensors
from promoter.measure.request import Measured

_XML_SEARCHED = 65_536


def read(_request: ArtifactStructure, stream: BinaryIO) -> Measured:
    """Return the structure. What cannot be read is a fault, so that it is never taken for clean."""
    facts: dict[str, Any] = {"header_bytes": None, "tensors": None, "members": None, "faults": []}
    buffer = _buffer(stream)
    length = header_length(buffer)
    start = bytes(buffer[0:_XML_SEARCHED])
    try:
        if start.startswith(b"PK"):
            facts["members"], facts["faults"] = inspect_archive(stream, buffer)
        elif length is not None:
            facts["header_bytes"] = length
            facts["tensors"], facts["faults"] = inspect_safetensors(buffer, length)
        elif start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and b"<!DOCTYPE" in start:
            facts["faults"] = ["the XML declares a document type, which could hide entities"]
    except Undecidable as reason:
        facts["faults"] = [reason.reason]
    if not start.startswith(b"PK") and end_of_archive(buffer) is not None:
        facts["faults"] = [*facts["faults"], "the file ends as a zip archive: other readers see another file in it"]
    return Measured(facts=facts)


def _buffer(stream: BinaryIO) -> Buffer:
    """Return the bytes without reading them all: a map of the file, or the memory that they are already in."""
    if isinstance(stream, io.BytesIO):
        return stream.getvalue()
    if stream.seek(0, io.SEEK_END) == 0:
        return b""
    stream.seek(0)
    return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)


FAMILY = ContentFamily(content=lambda request: request.content, read=read)
