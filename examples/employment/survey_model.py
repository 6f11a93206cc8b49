"""The published model of the survey files as an artifact: its probabilities passed through, nothing more.

The files hold what a model predicted, but the model itself was not published with them. The ONNX graph takes
the published probability and returns it in the shape that the other versions return: it computes nothing. The
other columns are carried in the signature so that their drift is watched; the graph drops them.
"""

from onnx import TensorProto, checker, helper

from examples.common import INPUT, OPSET


def pass_through(*, name: str, columns: int) -> bytes:
    """Return ONNX bytes: (n, columns) -> label (n,) int64, column 0 at 0.5; probabilities (n, 2) float32."""
    constants = [
        helper.make_tensor("one", TensorProto.FLOAT, [1], [1.0]),
        helper.make_tensor("half", TensorProto.FLOAT, [1], [0.5]),
        helper.make_tensor("first", TensorProto.INT64, [1], [0]),
        helper.make_tensor("axis", TensorProto.INT64, [1], [1]),
    ]
    nodes = [
        helper.make_node("Gather", [INPUT, "first"], ["positive"], axis=1),
        helper.make_node("Sub", ["one", "positive"], ["negative"]),
        helper.make_node("Concat", ["negative", "positive"], ["probabilities"], axis=1),
        helper.make_node("GreaterOrEqual", ["positive", "half"], ["decided"]),
        helper.make_node("Cast", ["decided"], ["label_column"], to=TensorProto.INT64),
        helper.make_node("Squeeze", ["label_column", "axis"], ["label"]),
    ]
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, [None, columns])],
        [
            helper.make_tensor_value_info("label", TensorProto.INT64, [None]),
            helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, 2]),
        ],
        initializer=constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET[""])], ir_version=8)
    checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))
