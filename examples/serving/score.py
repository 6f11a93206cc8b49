"""Score rows of CSV with an ONNX model: python score.py MODEL.onnx < rows.csv > outputs.csv.

The first line names the columns, in the model's order; every output line holds the model's outputs for one row.
"""

import csv
import sys

import numpy as np
import onnxruntime


def main(model: str) -> None:
    """Read all rows of standard input, run the model once, write its outputs."""
    _, *rows = csv.reader(sys.stdin)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    outputs = session.run(None, {session.get_inputs()[0].name: np.asarray(rows, dtype=np.float32)})
    csv.writer(sys.stdout, lineterminator="\n").writerows(
        [value for output in outputs for value in np.atleast_1d(output[row]).tolist()] for row in range(len(rows))
    )


if __name__ == "__main__":
    main(sys.argv[1])
