"""ArtifactFacts: what a model file is by its bytes; nothing is loaded, so nothing in it can run."""

import hashlib
import io
import json
import mmap
from typing import Any, BinaryIO

from promoter.errors import Undecidable
from promoter.measure.families.family import ContentFamily, number
from promoter.measure.families.onnx_header import read_onnx_header
from promoter.measure.families.protobuf import Buffer
from promoter.measure.request import ArtifactFacts, Measured

MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x80\x02", "pickle"),
    (0, b"\x80\x03", "pickle"),
    (0, b"\x80\x04", "pickle"),
    (0, b"\x80\x05", "pickle"),
    (0, b"PK\x03\x04", "zip"),
    (0, b"\x89HDF\r\n\x1a\n", "hdf5"),
    (0, b"\x93NUMPY", "npy"),
    (0, b"\x1f\x8b", "gzip"),
    (0, b"GGUF", "gguf"),
    (4, b"TFL3", "tflite"),
    (0, b"tree\nversion=", "lightgbm-text"),
)
"""Offset, bytes, format. Pickle, zip (PyTorch, Keras), hdf5 and npy can run code on load: named, never opened."""

_LARGEST_HEADER = 64 * 1024 * 1024
_XML_SEARCHED = 4096
_CHUNK = 1 << 20


def read(_request: ArtifactFacts, stream: BinaryIO) -> Measured:
    """Return digest, size, format, inputs, outputs, external data and metadata; what the bytes do not tell is null."""
    digest = hashlib.sha256()
    size = 0
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    facts: dict[str, Any] = {
        "digest": f"sha256:{digest.hexdigest()}",
        "size_bytes": size,
        "format": None,
        "inputs": None,
        "outputs": None,
        "external_data": None,
        "metadata": None,
    }
    if size:
        facts.update(_described(_buffer(stream)))
    return Measured(values=(number("size_bytes", size, n=1, unit="byte"),), facts=facts)


def _buffer(stream: BinaryIO) -> Buffer:
    """Return the bytes without reading them all: a map of the file, or the memory that they are already in."""
    if isinstance(stream, io.BytesIO):
        return stream.getvalue()
    return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)


def _described(buffer: Buffer) -> dict[str, Any]:
    start = bytes(buffer[0:_XML_SEARCHED])
    for offset, magic, name in MAGIC:
        if start[offset:].startswith(magic):
            return {"format": name, "external_data": [] if name == "lightgbm-text" else None}
    if b"<PMML" in start and start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return {"format": "pmml", "external_data": []}
    for described in (_safetensors(buffer), _xgboost(buffer, start), _onnx(buffer)):
        if described:
            return described
    return {}


def _safetensors(buffer: Buffer) -> dict[str, Any]:
    """Return the facts of a safetensors file: 8 bytes of header length, a JSON header, tensors to the last byte."""
    length = int.from_bytes(buffer[0:8], "little")
    if not 2 <= length <= min(_LARGEST_HEADER, len(buffer) - 8) or buffer[8:9] != b"{":
        return {}
    header = _json_object(bytes(buffer[8 : 8 + length]))
    if header is None:
        return {}
    metadata = header.pop("__metadata__", {})
    ends = [entry["data_offsets"][1] for entry in header.values() if _is_tensor(entry)]
    if len(ends) != len(header) or max(ends, default=0) != len(buffer) - 8 - length:
        return {}
    return {
        "format": "safetensors",
        "external_data": [],
        "metadata": metadata if isinstance(metadata, dict) else {},
    }


def _is_tensor(entry: Any) -> bool:
    offsets = entry.get("data_offsets") if isinstance(entry, dict) else None
    return isinstance(offsets, list) and len(offsets) == 2 and all(type(offset) is int for offset in offsets)


def _xgboost(buffer: Buffer, start: bytes) -> dict[str, Any]:
    if not start.lstrip().startswith(b"{") or len(buffer) > _LARGEST_HEADER:
        return {}
    model = _json_object(bytes(buffer[0 : len(buffer)]))
    return {"format": "xgboost-json", "external_data": []} if model and "learner" in model else {}


def _json_object(content: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _onnx(buffer: Buffer) -> dict[str, Any]:
    """Return the facts of an ONNX file: it has no magic, so it is one if it reads as one to the end."""
    try:
        header = read_onnx_header(buffer)
    except Undecidable:
        return {}
    if not (header.ir_version and header.has_graph):
        return {}
    opsets = {f"opset:{domain or 'ai.onnx'}": str(version) for domain, version in sorted(header.opsets.items())}
    return {
        "format": "onnx",
        "inputs": header.inputs,
        "outputs": header.outputs,
        "external_data": sorted(header.external_data),
        "operator_domains": sorted(domain or "ai.onnx" for domain in header.domains),
        "metadata": header.metadata | opsets,
    }


FAMILY = ContentFamily(content=lambda request: request.content, read=read)
