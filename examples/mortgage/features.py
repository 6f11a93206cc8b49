"""The columns of the mortgage applications that models may read, with the name and range of each."""

import numpy as np
import pandas as pd

from examples.common import DATA
from examples.spec import FeatureColumn as Column

COLUMNS = {
    column.name: column
    for column in (
        Column("debt_to_income_pct", "float", 0, 100, "loanapp.obrat"),
        Column("housing_expense_pct", "float", 0, 100, "loanapp.hrat"),
        Column("debt_to_income_above_36", "float", 0, 64, "max(loanapp.obrat - 36, 0)"),
        Column("loan_to_value", "float", 0, 3, "loanapp.loanprc"),
        Column("log_income", "float", 0, 15, "log(1 + loanapp.atotinc + loanapp.cototinc)"),
        Column("clean_credit_history", "int", 0, 1, "loanapp.chist"),
        Column("consumer_credit_grade", "int", 1, 6, "loanapp.cons"),
        Column("no_mortgage_history", "int", 0, 1, "loanapp.mortno"),
        Column("bankruptcy_on_record", "int", 0, 1, "loanapp.pubrec"),
        Column("unverified_information", "int", 0, 1, "loanapp.unver"),
        Column("self_employed", "int", 0, 1, "loanapp.self"),
        Column("has_cosigner", "int", 0, 1, "loanapp.cosign"),
        Column("schooling_above_12", "int", 0, 1, "loanapp.sch"),
        Column("industry_unemployment_pct", "float", 0, 100, "loanapp.unem"),
        Column("two_or_more_units", "int", 0, 1, "loanapp.multi; 0 where missing (4 rows)"),
        Column("tract_income_above_median", "int", 0, 1, "loanapp.mi"),
        Column("tract_vacancy_above_median", "int", 0, 1, "loanapp.vr"),
        Column("tract_boarded_up_above_median", "int", 0, 1, "loanapp.bd"),
    )
}


def applications() -> pd.DataFrame:
    """Return all 1,989 applications: id, y_true (1 approved), COLUMNS, sensitive attributes and slices."""
    raw = pd.read_parquet(DATA / "loanapp.parquet")
    income = raw.atotinc + raw.cototinc
    multi = raw.multi.fillna(0).astype("int8")
    derived = {
        "debt_to_income_above_36": np.maximum(raw.obrat - 36, 0),
        "log_income": np.log1p(income),
        "two_or_more_units": multi,
    }
    copied = {
        name: raw[column.origin.removeprefix("loanapp.")] for name, column in COLUMNS.items() if name not in derived
    }
    table = pd.DataFrame({**copied, **derived})[list(COLUMNS)]
    table.insert(0, "id", [f"application-{row:04d}" for row in range(len(raw))])
    table.insert(1, "y_true", raw.approve.astype("int64"))
    table["race"] = np.select([raw.black == 1, raw.hispan == 1], ["black", "hispanic"], "white")
    table["sex"] = raw.male.map({1.0: "male", 0.0: "female"}).fillna("unknown")
    table["property_type"] = np.where(multi == 1, "two-to-four-family", "single-unit")
    table["tract_income"] = np.where(raw.mi == 1, "above-median", "below-median")
    table["employment"] = np.where(raw["self"] == 1, "self-employed", "employed")
    quartile, upper = income.quantile([0.25, 0.75])
    table["income_band"] = np.select([income <= quartile, income <= upper], ["low", "middle"], "high")
    table["loan_to_value_band"] = np.where(raw.loanprc > 0.8, "above-80-pct", "up-to-80-pct")
    return table
