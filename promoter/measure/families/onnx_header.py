"""What an ONNX file says of itself, read without the weights and without running anything.

Field numbers: onnx/onnx.proto of the ONNX repository (ModelProto and below).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from promoter.measure.families.protobuf import Budget, Buffer, Message

ELEMENT_TYPES = {
    1: "float",
    2: "uint8",
    3: "int8",
    4: "uint16",
    5: "int16",
    6: "int32",
    7: "int64",
    8: "string",
    9: "bool",
    10: "float16",
    11: "double",
    12: "uint32",
    13: "uint64",
    14: "complex64",
    15: "complex128",
    16: "bfloat16",
}

_MODEL, _GRAPH, _NODE, _ATTRIBUTE = "model", "graph", "node", "attribute"
_TENSOR, _SPARSE, _FUNCTION, _TRAINING = "tensor", "sparse", "function", "training"
_NESTED: Mapping[str, Mapping[int, str]] = {
    _MODEL: {7: _GRAPH, 20: _TRAINING, 25: _FUNCTION},
    _GRAPH: {1: _NODE, 5: _TENSOR, 15: _SPARSE},
    _NODE: {5: _ATTRIBUTE},
    _ATTRIBUTE: {5: _TENSOR, 6: _GRAPH, 10: _TENSOR, 11: _GRAPH, 22: _SPARSE, 23: _SPARSE},
    _SPARSE: {1: _TENSOR, 2: _TENSOR},
    _FUNCTION: {7: _NODE, 11: _ATTRIBUTE},
    _TRAINING: {1: _GRAPH, 2: _GRAPH},
    _TENSOR: {},
}
"""Where a tensor, and so the name of an external file, can hide."""


@dataclass(slots=True)
class OnnxHeader:
    """A model's inputs and outputs, the files that it names, its operators' domains and its metadata."""

    ir_version: int = 0
    has_graph: bool = False
    inputs: list[dict[str, Any]] = field(default_factory=list)
    outputs: list[dict[str, Any]] = field(default_factory=list)
    external_data: set[str] = field(default_factory=set)
    domains: set[str] = field(default_factory=set)
    opsets: dict[str, int] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)


def read_onnx_header(buffer: Buffer) -> OnnxHeader:
    """Return what the file says of itself. Raises Undecidable on bytes that are no protobuf message."""
    model = Message(buffer, 0, len(buffer), Budget())
    header = OnnxHeader()
    for number, value in model.fields():
        if isinstance(value, int):
            header.ir_version = value if number == 1 else header.ir_version
        elif number == 7:
            header.has_graph = True
            _read_signature(value, header)
        elif number in (2, 3):
            header.metadata["producer_name" if number == 2 else "producer_version"] = value.text(longest=256)
        elif number == 8:
            entry = dict(value.fields())
            domain, version = entry.get(1), entry.get(2, 0)
            name = domain.text() if isinstance(domain, Message) else ""
            header.opsets[name] = version if isinstance(version, int) else 0
        elif number == 14:
            key, text = _pair(value)
            header.metadata[key] = text
    _search(model, _MODEL, header)
    return header


def _read_signature(graph: Message, header: OnnxHeader) -> None:
    """Add inputs and outputs; a weight that old files list among the inputs is none."""
    weights: set[str] = set()
    inputs: list[dict[str, Any]] = []
    for number, value in graph.fields():
        if isinstance(value, int):
            continue
        if number == 5:
            weights.update(part.text() for key, part in value.fields() if key == 8 and isinstance(part, Message))
        elif number == 11:
            inputs.append(_value_info(value))
        elif number == 12:
            header.outputs.append(_value_info(value))
    header.inputs += [entry for entry in inputs if entry["name"] not in weights]


def _value_info(message: Message) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": "", "type": None, "shape": None}
    for number, value in message.fields():
        if isinstance(value, Message) and number == 1:
            entry["name"] = value.text()
        elif isinstance(value, Message) and number == 2:
            entry["type"], entry["shape"] = _type(value)
    return entry


def _type(message: Message) -> tuple[str | None, list[int | str | None] | None]:
    """Return a type's word and its shape; sequences and maps are named, and have no shape."""
    for number, value in message.fields():
        if not isinstance(value, Message):
            continue
        if number in (1, 8):
            parts = dict(value.fields())
            shape, element = parts.get(2), parts.get(1)
            word = ELEMENT_TYPES.get(element) if isinstance(element, int) else None
            return word, _shape(shape) if isinstance(shape, Message) else None
        if number in (4, 5, 9):
            return {4: "sequence", 5: "map", 9: "optional"}[number], None
    return None, None


def _shape(message: Message) -> list[int | str | None]:
    """Return each dimension as its size, its name, or None where it is open."""
    shape: list[int | str | None] = []
    for number, value in message.fields():
        if number == 1 and isinstance(value, Message):
            parts = dict(value.fields())
            size, name = parts.get(1), parts.get(2)
            shape.append(size if isinstance(size, int) else name.text() if isinstance(name, Message) else None)
    return shape


def _search(message: Message, kind: str, header: OnnxHeader) -> None:
    """Collect the external files of every tensor and the domain of every node, however deep."""
    for number, value in message.fields():
        if not isinstance(value, Message):
            continue
        if kind == _TENSOR and number == 13:
            header.external_data.update(text for key, text in [_pair(value)] if key == "location")
        elif kind == _NODE and number == 7:
            header.domains.add(value.text(longest=256))
        elif number in _NESTED[kind]:
            _search(value, _NESTED[kind][number], header)


def _pair(message: Message) -> tuple[str, str]:
    """Return a key and its value, both text."""
    key = text = ""
    for number, part in message.fields():
        if isinstance(part, Message):
            key, text = (part.text(), text) if number == 1 else (key, part.text())
    return key, text
