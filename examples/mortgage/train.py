"""Train the three versions of lending/mortgage and write their folders: python -m examples.mortgage.train.

Steps: 1. split in halves, stratified by race and outcome; 2. for each version fit on the training half;
3. export, score the held-out half with the exported file; 4. write evidence, texts and manifest.
"""

import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from examples.common import export, scores, split
from examples.facts import binary_facts
from examples.mortgage.features import COLUMNS, applications
from examples.mortgage.registry import MODEL, SPEC
from examples.publish import publish_model, publish_version

SEED = 2026
THRESHOLD = 0.70
ATTRIBUTES = ("race", "sex")
SLICES = ("property_type", "tract_income", "employment", "income_band", "loan_to_value_band")

FEATURES = {
    "1.0.0": ("debt_to_income_pct", "loan_to_value", "log_income", "clean_credit_history"),
    "2.0.0": tuple(name for name in COLUMNS if name not in ("debt_to_income_above_36", "log_income")),
    "2.1.0": (
        "debt_to_income_pct",
        "housing_expense_pct",
        "debt_to_income_above_36",
        "loan_to_value",
        "consumer_credit_grade",
        "no_mortgage_history",
        "unverified_information",
        "self_employed",
    ),
}


def main() -> None:
    """Write models/lending/mortgage."""
    table = applications()
    training, holdout = split(table.race + table.y_true.astype(str), holdout_share=0.5, seed=SEED)
    facts: dict[str, dict] = {}
    for version, features in FEATURES.items():
        fitted = make_pipeline(StandardScaler(), LogisticRegression(C=1.0)).fit(
            table.loc[training, list(features)].to_numpy(), table.y_true[training]
        )
        artifact = export(fitted, name=f"mortgage-{version}", features=features)
        held_out = table.loc[holdout]
        score = scores(artifact, held_out[list(features)])
        predictions = pd.DataFrame(
            {
                **held_out[["id", "y_true"]],
                "y_score": score,
                "y_pred": (score >= THRESHOLD).astype("int64"),
                **held_out[[*ATTRIBUTES, *SLICES]],
            }
        )
        facts[version] = binary_facts(predictions, attributes=ATTRIBUTES, slices=SLICES)
        columns = ["id", "y_true", *features]
        publish_version(
            SPEC,
            version=version,
            artifact=artifact,
            features=[COLUMNS[name] for name in features],
            threshold=THRESHOLD,
            tables={
                "predictions": predictions,
                "features-reference": table.loc[training, columns],
                "features-current": table.loc[holdout, columns],
            },
            facts=facts,
        )
    publish_model(SPEC, model=MODEL)


if __name__ == "__main__":
    main()
