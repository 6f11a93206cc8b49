"""The header of a safetensors file: what readers could take differently, without touching a tensor.

Source: README of huggingface/safetensors, "Format": an 8-byte little-endian header length of at most 100 MB, a JSON
object of tensors without duplicate keys, and a byte buffer that the tensors fill without holes.
"""

import json
from collections.abc import Iterator
from typing import Any

from promoter.errors import Undecidable
from promoter.measure.families.protobuf import Buffer
from promoter.measure.reports.json_node import parse_json

LARGEST_HEADER_BYTES = 100_000_000
_ELEMENT_BITS = {
    **dict.fromkeys(("F64", "I64", "U64", "C64"), 64),
    **dict.fromkeys(("F32", "I32", "U32"), 32),
    **dict.fromkeys(("F16", "BF16", "I16", "U16"), 16),
    **dict.fromkeys(("I8", "U8", "BOOL", "F8_E4M3", "F8_E5M2"), 8),
}


def header_length(buffer: Buffer) -> int | None:
    """Return the header's length in bytes, or None where the file does not begin as a safetensors file does."""
    if len(buffer) < 10 or buffer[8:9] != b"{":
        return None
    length = int.from_bytes(buffer[0:8], "little")
    return length if length <= LARGEST_HEADER_BYTES else None


def inspect_safetensors(buffer: Buffer, length: int) -> tuple[int, list[str]]:
    """Return the number of tensors and every fault of the header. Raises Undecidable where it cannot be read."""
    if 8 + length > len(buffer):
        raise Undecidable(f"the header of {length:,} bytes is longer than the file, which is cut off")
    content = bytes(buffer[8 : 8 + length])
    header = parse_json(content)
    if not isinstance(header, dict):
        raise Undecidable("the header is no JSON object; export the file again")
    metadata = header.pop("__metadata__", {})
    faults = [] if _is_text_map(metadata) else ["__metadata__ is not a map of texts"]
    spans: list[tuple[int, int, str]] = []
    for name, entry in header.items():
        found = _span(entry)
        if isinstance(found, str):
            faults.append(f"tensor {name[:60]!r} {found}")
        else:
            spans.append((*found, name))
    faults += _gaps(sorted(spans), len(buffer) - 8 - length)
    return len(header), faults


def _span(entry: Any) -> tuple[int, int] | str:
    """Return a tensor's place in the buffer, or what is wrong with its entry."""
    if not isinstance(entry, dict):
        return "is no object"
    offsets, shape, dtype = _sizes(entry.get("data_offsets")), _sizes(entry.get("shape")), entry.get("dtype")
    if offsets is None or len(offsets) != 2 or shape is None:
        return "has no usable data_offsets or shape"
    start, end = offsets
    bits = _ELEMENT_BITS.get(dtype) if isinstance(dtype, str) else None
    if bits is None:
        return f"has the unknown dtype {json.dumps(dtype)[:40]}"
    elements = 1
    for size in shape:
        elements *= size
    if elements * bits != (end - start) * 8:
        return "has a shape that is not as large as its data"
    return start, end


def _sizes(value: Any) -> list[int] | None:
    """Return a list of at most 16 sizes, or None where the value is something else."""
    is_list = isinstance(value, list) and len(value) <= 16
    return value if is_list and all(type(size) is int and 0 <= size < 2**63 for size in value) else None


def _is_text_map(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


def _gaps(spans: list[tuple[int, int, str]], size: int) -> Iterator[str]:
    """Yield overlaps and holes: bytes that two tensors share, or that none does, can hide another file."""
    place = 0
    for start, end, name in spans:
        if start < place:
            yield f"tensor {name[:60]!r} overlaps another"
        elif start > place:
            yield f"{start - place:,} bytes before tensor {name[:60]!r} belong to none"
        place = max(place, end)
    if place < size:
        yield f"{size - place:,} bytes after the last tensor belong to none"
    elif place > size:
        yield "the last tensor ends beyond the file, which is cut off"
