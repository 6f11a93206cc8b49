"""The diabetes study that scikit-learn ships, in its own units, with age band and sex as text."""

import numpy as np
import pandas as pd

from examples.common import DATA
from examples.spec import FeatureColumn as Column

COLUMNS = {
    column.name: column
    for column in (
        Column("age", "float", 18, 90, "diabetes.age, years"),
        Column("bmi", "float", 10, 60, "diabetes.bmi, kg/m2"),
        Column("bp", "float", 40, 180, "diabetes.bp, average blood pressure, mmHg"),
        Column("s1", "float", 50, 500, "diabetes.s1, total serum cholesterol"),
        Column("s2", "float", 10, 400, "diabetes.s2, low-density lipoproteins"),
        Column("s3", "float", 10, 150, "diabetes.s3, high-density lipoproteins"),
        Column("s4", "float", 1, 15, "diabetes.s4, total cholesterol / HDL"),
        Column("s5", "float", 2, 8, "diabetes.s5, log of serum triglycerides (possibly)"),
        Column("s6", "float", 40, 200, "diabetes.s6, blood sugar"),
    )
}


def patients() -> pd.DataFrame:
    """Return 442 patients: id, y_true (progression after one year, 25 to 346), COLUMNS, sex, age_band."""
    raw = pd.read_parquet(DATA / "diabetes.parquet")
    table = raw[list(COLUMNS)].astype("float64")
    table.insert(0, "id", [f"patient-{row:03d}" for row in range(len(raw))])
    table.insert(1, "y_true", raw.target.astype("float64"))
    # The source codes sex as 1 and 2 and does not say which is which, so the codes are kept.
    table["sex"] = raw.sex.map({1.0: "code-1", 2.0: "code-2"})
    table["age_band"] = np.select([raw.age < 40, raw.age < 60], ["under-40", "40-59"], "60-and-over")
    return table
