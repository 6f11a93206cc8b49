"""Small ONNX models for the tests."""

from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper, save

FLOATS = TensorProto.FLOAT


def model(path: Path, nodes: list[Any], inputs: list[Any], outputs: list[Any], weights: dict[str, Any]) -> Path:
    """Write a model of these nodes."""
    initializers = [numpy_helper.from_array(np.asarray(value), name) for name, value in weights.items()]
    graph = helper.make_graph(nodes, "g", inputs, outputs, initializer=initializers)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    save(made, path)
    return path


def logistic(path: Path, coefficients: list[float], *, intercept: float = 0.0, batch: Any = "n") -> Path:
    """Write a logistic regression on one tensor: the label, and the probabilities of both classes."""
    width = len(coefficients)
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["xw"]),
        helper.make_node("Add", ["xw", "b"], ["z"]),
        helper.make_node("Sigmoid", ["z"], ["p"]),
        helper.make_node("Sub", ["one", "p"], ["q"]),
        helper.make_node("Concat", ["q", "p"], ["probabilities"], axis=1),
        helper.make_node("ArgMax", ["probabilities"], ["label"], axis=1, keepdims=0),
    ]
    return model(
        path,
        nodes,
        [helper.make_tensor_value_info("x", FLOATS, [batch, width])],
        [
            helper.make_tensor_value_info("label", TensorProto.INT64, [batch]),
            helper.make_tensor_value_info("probabilities", FLOATS, [batch, 2]),
        ],
        {
            "w": np.array(coefficients, np.float32).reshape(width, 1),
            "b": np.array([intercept], np.float32),
            "one": np.array([1.0], np.float32),
        },
    )


def named(path: Path) -> Path:
    """Write a model with an input each: price = 2 age + the length of nothing, a text being passed by."""
    nodes = [
        helper.make_node("Mul", ["age", "two"], ["price"]),
        helper.make_node("Identity", ["town"], ["same_town"]),
    ]
    return model(
        path,
        nodes,
        [
            helper.make_tensor_value_info("town", TensorProto.STRING, ["n", 1]),
            helper.make_tensor_value_info("age", FLOATS, ["n", 1]),
        ],
        [
            helper.make_tensor_value_info("same_town", TensorProto.STRING, ["n", 1]),
            helper.make_tensor_value_info("price", FLOATS, ["n", 1]),
        ],
        {"two": np.array([2.0], np.float32)},
    )
