"""What every training script shares: the split, the ONNX file, its scores, and Parquet with fixed bytes."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from onnx import checker, helper
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.base import BaseEstimator
from sklearn.model_selection import train_test_split

EXAMPLES = Path(__file__).parent
DATA = EXAMPLES / "data"
MODELS = EXAMPLES.parent / "models"

OPSET = {"": 17, "ai.onnx.ml": 3}
INPUT = "features"


def split(strata: Sequence[str], *, holdout_share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return sorted row positions (training, holdout), stratified, the same for the same arguments."""
    training, holdout = train_test_split(
        np.arange(len(strata)), test_size=holdout_share, random_state=seed, stratify=strata
    )
    return np.sort(training), np.sort(holdout)


def export(estimator: BaseEstimator, *, name: str, features: Sequence[str]) -> bytes:
    """Return the estimator as ONNX: one float input of shape (n, features), no ZipMap, a fixed graph name."""
    is_classifier = hasattr(estimator, "predict_proba")
    model = to_onnx(
        estimator,
        initial_types=[(INPUT, FloatTensorType([None, len(features)]))],
        options={id(estimator): {"zipmap": False}} if is_classifier else None,
        target_opset=OPSET,
        naming="",
        name=name,
    )
    # The converter lists operator sets in the order of a Python set, which changes from run to run, some twice.
    operator_sets = {entry.domain: entry.version for entry in model.opset_import}
    del model.opset_import[:]
    model.opset_import.extend(helper.make_opsetid(*entry) for entry in sorted(operator_sets.items()))
    model.doc_string = "columns in order: " + ", ".join(features)
    checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def run(artifact: bytes, table: pd.DataFrame) -> list[np.ndarray]:
    """Return the outputs of the ONNX file on the table's columns, on one thread, so that bits repeat."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(artifact, options, providers=["CPUExecutionProvider"])
    return list(session.run(None, {INPUT: table.to_numpy(dtype=np.float32)}))


def scores(artifact: bytes, table: pd.DataFrame) -> np.ndarray:
    """Return the probability of the positive class, (n,) float64 holding the artifact's float32 values."""
    return run(artifact, table)[1][:, 1].astype(np.float64)


def write_parquet(path: Path, table: pd.DataFrame) -> None:
    """Write the table without index or pandas metadata; equal tables give equal bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arrow = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(arrow, path, compression="zstd", compression_level=19)


def digest(path: Path) -> str:
    """Return `sha256:` and the hex digest of the file."""
    return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
