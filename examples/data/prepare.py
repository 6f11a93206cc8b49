"""Turn the published CSV files into the Parquet tables of this folder; run once, kept for provenance.

    python -m examples.data.prepare FOLDER_WITH_THE_CSV_FILES

Types are narrowed to what the values need; no row and no column is dropped and no value is changed.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_diabetes, load_digits

from examples.common import DATA, write_parquet

FILES = ("employment_ma_2015_reference", "employment_ma_2018_analysis", "loanapp")


def narrow(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with integer columns in the smallest type that holds them and float kept exact."""
    narrowed = table.copy()
    for name in narrowed:
        column = narrowed[name]
        is_whole = column.notna().all() and np.array_equal(column, np.floor(column))
        if is_whole:
            narrowed[name] = pd.to_numeric(column.astype(np.int64), downcast="integer")
    return narrowed


def main(source: Path) -> None:
    """Write one Parquet file for each CSV file and for scikit-learn's two sets; fail if any value differs."""
    tables = {name: pd.read_csv(source / f"{name}.csv") for name in FILES}
    tables["diabetes"] = load_diabetes(as_frame=True, scaled=False).frame
    tables["digits"] = load_digits(as_frame=True).frame
    for name, table in tables.items():
        narrowed = narrow(table)
        pd.testing.assert_frame_equal(table, narrowed, check_dtype=False)
        target = DATA / f"{name}.parquet"
        write_parquet(target, narrowed)
        print(f"{target.name}: {len(table):,} rows, {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
