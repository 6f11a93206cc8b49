"""Models run in a process of their own: what they say, what they may not do, and whose fault a failure is."""

import sys
from pathlib import Path

import numpy as np
import pytest
from onnx import helper

from promoter.engines.onnx import process
from promoter.engines.onnx.process import Limits, score, time_requests
from promoter.errors import ServiceError, Undecidable
from tests.engines.onnx.models import FLOATS, logistic, model, named

SMALL = {"a": np.array([0.0, 1.0, -2.0]), "b": np.array([0.0, 0.5, 4.0])}


def test_positive_probability_is_scored(tmp_path: Path) -> None:
    """Of a binary model's two probabilities the second is the score, for features in the order given."""
    found = score(logistic(tmp_path / "m.onnx", [1.0, -2.0], intercept=0.5), SMALL, width=1)
    expected = 1 / (1 + np.exp(-(SMALL["a"] - 2 * SMALL["b"] + 0.5)))
    np.testing.assert_allclose(found[:, 0], expected, atol=1e-6)


def test_class_scores_are_as_many_as_asked(tmp_path: Path) -> None:
    """Where two numbers a row are wanted, both are given."""
    found = score(logistic(tmp_path / "m.onnx", [1.0, -2.0]), SMALL, width=2)
    np.testing.assert_allclose(found.sum(axis=1), 1.0, rtol=1e-6)


def test_inputs_by_name_take_texts_and_numbers(tmp_path: Path) -> None:
    """A model with an input for each feature gets each by its name."""
    columns = {"age": np.array([1.0, 2.0]), "town": np.array(["Bath", "York"])}
    assert [[2.0], [4.0]] == score(named(tmp_path / "m.onnx"), columns, width=1).tolist()


def test_model_with_a_fixed_batch_is_run_row_by_row(tmp_path: Path) -> None:
    """A model exported for one row scores many."""
    path = logistic(tmp_path / "m.onnx", [1.0, 1.0], batch=1)
    assert (3, 1) == score(path, SMALL, width=1).shape


def test_latencies_are_positive_and_by_turns(tmp_path: Path) -> None:
    """Two models are timed on the same requests, each with its memory."""
    models = [logistic(tmp_path / f"{name}.onnx", [1.0, 1.0]) for name in "ab"]
    timed = time_requests([(path, SMALL) for path in models], requests=20, warm_up=3)
    assert ((20, 2), 2) == (timed.milliseconds.shape, len(timed.memory_bytes))
    assert (timed.milliseconds > 0).all()


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        ({"a": np.zeros(2)}, "cannot be run"),
        ({"a": np.zeros(2), "b": np.array(["x", "y"])}, "the column is <U1"),
    ],
)
def test_columns_that_the_model_does_not_take_are_told(
    tmp_path: Path, columns: dict[str, np.ndarray], problem: str
) -> None:
    """A wrong width or type is the model's misfit, not the operator's fault."""
    with pytest.raises(Undecidable, match=problem):
        score(logistic(tmp_path / "m.onnx", [1.0, -2.0]), columns, width=1)


def test_output_of_another_width_is_told(tmp_path: Path) -> None:
    """A multi-class signature of a binary model is refused with the shapes."""
    with pytest.raises(Undecidable, match="no output has 5 floats a row"):
        score(logistic(tmp_path / "m.onnx", [1.0, -2.0]), SMALL, width=5)


@pytest.mark.parametrize("content", [b"", b"not a model at all", b"\x08\x09" * 50])
def test_file_that_is_no_model_is_undecidable(tmp_path: Path, content: bytes) -> None:
    """Bytes that are no ONNX model are never loaded by this process."""
    path = tmp_path / "m.onnx"
    path.write_bytes(content)
    with pytest.raises(Undecidable):
        score(path, SMALL, width=1)


def test_weights_in_other_files_are_refused(tmp_path: Path) -> None:
    """A model that names /etc/passwd as its weights reads nothing."""
    path = logistic(tmp_path / "m.onnx", [1.0, 1.0])
    from onnx import TensorProto, load, save

    loaded = load(path)
    weight = loaded.graph.initializer[0]
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    entry = weight.external_data.add()
    entry.key, entry.value = "location", "../../etc/passwd"
    save(loaded, path)
    with pytest.raises(Undecidable, match="etc/passwd"):
        score(path, SMALL, width=1)


def test_model_that_wants_too_much_memory_is_stopped(tmp_path: Path) -> None:
    """A graph that grows a row into gigabytes ends with its own limit, and this process goes on."""
    big = np.array([1, 40_000, 40_000], np.int64)
    nodes = [
        helper.make_node("ReduceSum", ["x"], ["s"], keepdims=1),
        helper.make_node("Expand", ["s", "shape"], ["grown"]),
        helper.make_node("ReduceMax", ["grown"], ["y"], keepdims=1),
    ]
    value = helper.make_tensor_value_info
    path = model(tmp_path / "m.onnx", nodes, [value("x", FLOATS, ["n", 2])], [value("y", FLOATS, None)], {"shape": big})
    with pytest.raises(Undecidable):
        score(path, SMALL, width=1, limits=Limits(memory_bytes=2 * 1024**3, cpu_seconds=60))


def test_operator_of_another_domain_is_refused(tmp_path: Path) -> None:
    """No library of a model's own is loaded."""
    value = helper.make_tensor_value_info
    nodes = [helper.make_node("Shell", ["x"], ["y"], domain="evil.example")]
    path = model(tmp_path / "m.onnx", nodes, [value("x", FLOATS, ["n", 2])], [value("y", FLOATS, ["n", 1])], {})
    with pytest.raises(Undecidable, match="cannot be run"):
        score(path, SMALL, width=1)


def test_missing_onnxruntime_is_the_operators_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python without onnxruntime ends in an error that says what to install, never in a pass."""
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n')
    bare.chmod(0o755)
    monkeypatch.setattr(process.sys, "executable", str(bare))
    with pytest.raises(ServiceError, match="pip install onnxruntime"):
        score(logistic(tmp_path / "m.onnx", [1.0, -2.0]), SMALL, width=1)


def test_process_sees_no_environment_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token in our environment is not in the worker's."""
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    spy = tmp_path / "python"
    spy.write_text(f"#!/bin/sh\nenv > {tmp_path}/seen\n")
    spy.chmod(0o755)
    monkeypatch.setattr(process.sys, "executable", str(spy))
    with pytest.raises(ServiceError, match="said nothing"):
        score(logistic(tmp_path / "m.onnx", [1.0, -2.0]), SMALL, width=1)
    assert "hunter2" not in (tmp_path / "seen").read_text()
