"""The handwritten digits that scikit-learn ships: 8 by 8 pixels, and the same images in 4 by 4 blocks."""

import numpy as np
import pandas as pd

from examples.common import DATA
from examples.spec import FeatureColumn as Column

SIDE, BLOCKS = 8, 4
CLASSES = tuple("0123456789")
PIXELS = tuple(f"pixel_{row}_{column}" for row in range(SIDE) for column in range(SIDE))
BLOCK_NAMES = tuple(f"block_{row}_{column}" for row in range(BLOCKS) for column in range(BLOCKS))
COLUMNS = {
    **{name: Column(name, "int", 0, 16, f"digits.{name}") for name in PIXELS},
    **{name: Column(name, "int", 0, 64, "sum of 2 by 2 pixels of digits") for name in BLOCK_NAMES},
}


def images() -> pd.DataFrame:
    """Return 1,797 images: id, y_true ("0" to "9"), 64 pixels (0 to 16), 16 blocks (0 to 64)."""
    raw = pd.read_parquet(DATA / "digits.parquet")
    pixels = raw.drop(columns="target").to_numpy(dtype=np.int64)
    halves = SIDE // BLOCKS
    blocks = pixels.reshape(-1, BLOCKS, halves, BLOCKS, halves).sum(axis=(2, 4)).reshape(-1, BLOCKS * BLOCKS)
    table = pd.DataFrame(np.hstack([pixels, blocks]), columns=[*PIXELS, *BLOCK_NAMES])
    table.insert(0, "id", [f"image-{row:04d}" for row in range(len(raw))])
    table.insert(1, "y_true", raw.target.astype(str))
    return table
