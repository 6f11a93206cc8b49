"""Artifacts and documents, read as bytes."""

import json
import pickle
import struct
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from promoter.digest import sha256_bytes
from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.measure.plan import measure
from promoter.measure.request import ArtifactFacts, DocumentText, Measured


def facts_of(content: bytes) -> Measured:
    """Return the facts of an artifact's bytes."""
    request = ArtifactFacts(content=sha256_bytes(content))
    return measure([request], {request.content: lambda: content}, DuckDBEngine())[request]


def onnx_model() -> onnx.ModelProto:
    """Return a model of one product, its weight an initializer that is also listed as an input."""
    weight = numpy_helper.from_array(np.ones((3, 1), dtype=np.float32), name="w")
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 3])
    w = helper.make_tensor_value_info("w", TensorProto.FLOAT, [3, 1])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 1])
    graph = helper.make_graph([helper.make_node("MatMul", ["x", "w"], ["y"])], "g", [x, w], [y], [weight])
    return helper.make_model(graph, producer_name="test", opset_imports=[helper.make_opsetid("", 21)])


def test_an_onnx_signature_is_read_without_its_weights() -> None:
    """Inputs and outputs with type and shape; a weight is no input."""
    found = facts_of(onnx_model().SerializeToString()).facts
    assert found["format"] == "onnx"
    assert found["inputs"] == [{"name": "x", "type": "float", "shape": ["batch", 3]}]
    assert found["outputs"] == [{"name": "y", "type": "float", "shape": [None, 1]}]
    assert found["external_data"] == []
    assert found["metadata"]["opset:ai.onnx"] == "21"


@pytest.mark.parametrize("place", ["initializer", "node attribute"])
def test_external_data_is_found_wherever_it_hides(place: str) -> None:
    """A tensor that points to ../../etc/passwd is named, in the graph or in an attribute."""
    model = onnx_model()
    tensor = model.graph.initializer[0]
    if place == "node attribute":
        attribute = model.graph.node[0].attribute.add(name="value", type=onnx.AttributeProto.TENSOR)
        attribute.t.CopyFrom(tensor)
        tensor = attribute.t
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../etc/passwd")
    assert facts_of(model.SerializeToString()).facts["external_data"] == ["../../etc/passwd"]


def test_a_truncated_onnx_file_has_no_format() -> None:
    """What does not read to its end is not called ONNX."""
    content = onnx_model().SerializeToString()
    assert facts_of(content[:-5]).facts["format"] is None


def test_safetensors_is_told_from_its_header() -> None:
    """Header length, JSON, and tensors that reach the last byte."""
    header = json.dumps(
        {"__metadata__": {"by": "t"}, "w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}
    ).encode()
    found = facts_of(struct.pack("<Q", len(header)) + header + b"\0" * 4).facts
    assert (found["format"], found["metadata"]) == ("safetensors", {"by": "t"})


@pytest.mark.parametrize(
    ("expected", "content"),
    [
        ("pickle", pickle.dumps({"a": 1})),
        ("zip", b"PK\x03\x04 and more"),
        ("hdf5", b"\x89HDF\r\n\x1a\n and more"),
        ("npy", b"\x93NUMPY and more"),
        ("lightgbm-text", b"tree\nversion=v4\n"),
        ("xgboost-json", b'{"learner": {}, "version": [2, 0, 0]}'),
        ("pmml", b'<?xml version="1.0"?><PMML version="4.4"/>'),
        (None, b"nothing known"),
        (None, b""),
        (None, b"[" * 100_000),
    ],
)
def test_formats_are_told_by_their_bytes(expected: str | None, content: bytes) -> None:
    """A format that runs code on load is named, never opened; the unknown has no name."""
    found = facts_of(content).facts
    assert (expected, len(content)) == (found["format"], found["size_bytes"])
    assert found["digest"] == sha256_bytes(content)


def text_of(content: bytes) -> Measured:
    """Return the facts of a document's bytes."""
    request = DocumentText(content="local:doc")
    return measure([request], {"local:doc": lambda: content}, DuckDBEngine())[request]


def test_sections_hold_their_words_and_those_of_their_parts() -> None:
    """A section ends at the next heading of its level; headings inside of code are none."""
    text = "# Card\n\none two\n\n## Use\n\nthree *four* `five`\n\n```\n# not a heading\n```\n\n# Next\n\nsix\n"
    found = text_of(text.encode()).facts
    assert [{key: value for key, value in entry.items() if key != "text_digest"} for entry in found["sections"]] == [
        {"heading": "Card", "level": 1, "words": 5, "line": 1},
        {"heading": "Use", "level": 2, "words": 3, "line": 5},
        {"heading": "Next", "level": 1, "words": 1, "line": 13},
    ]


def test_links_images_and_placeholders_are_found_with_their_lines() -> None:
    """A template's leftovers are named where they stand."""
    found = text_of(b"see [a](b.md)\n![c](d.png)\n\nlimits: TODO\n").facts
    assert (found["links"], found["images"]) == (["b.md"], ["d.png"])
    assert found["placeholders"] == [{"text": "TODO", "line": 4}]


def test_a_document_that_is_not_utf8_fails_with_its_byte() -> None:
    """Where, what, what next."""
    assert text_of(b"ab\xff").failure == "local:doc: the document is not UTF-8 (byte 2); save it as UTF-8"


def test_a_new_line_break_is_no_new_text(tmp_path: Path) -> None:
    """The text digest is of the words."""
    assert text_of(b"a b\n").facts["text_digest"] == text_of(b"a\nb\n").facts["text_digest"]


def test_tables_are_read_as_plain_cells_with_their_lines() -> None:
    """Emphasis is no part of a number; a list beside it is no table."""
    found = text_of(b"| m | 1.0 |\n|---|---|\n| **AUC** (n = 5) | `0.8` |\n\n- a\n  - b\n").facts
    assert found["tables"] == [{"header": ["m", "1.0"], "rows": [{"cells": ["AUC (n = 5)", "0.8"], "line": 3}]}]


def test_tables_are_read_within_limits() -> None:
    """A table of a thousand rows and a cell of a thousand characters are cut."""
    wide = "| " + "x" * 1000 + " |\n"
    [table] = text_of(("| a |\n|---|\n" + wide * 1000).encode()).facts["tables"]
    assert (200, 200) == (len(table["rows"]), len(table["rows"][0]["cells"][0]))


def test_sections_with_the_same_words_share_a_digest() -> None:
    """Line breaks and case are no other words."""
    first, second, third = text_of(b"# A\n\nsee above\n\n# B\n\nSee\nabove\n\n# C\n\nelse\n").facts["sections"]
    assert first["text_digest"] == second["text_digest"]
    assert first["text_digest"] != third["text_digest"]
