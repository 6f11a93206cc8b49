"""Train the three versions of lending/mortgage and write their folders: python -m examples.mortgage.train.

Steps: 1. split in halves, stratified by race and outcome; 2. for each version fit on the training half;
3. export, score the held-out half with the exported file; 4. write evidence, texts and manifest.
"""

from collections.abc import Iterator

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from examples.common import export, scores, split
from examples.facts import binary_facts
from examples.mortgage.features import COLUMNS, applications
from examples.mortgage.registry import MODEL, SPEC
from examples.publish import publish
from examples.training import Trained, binary_predictions

SEED = 2026
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


def versions() -> Iterator[Trained]:
    """Yield each version, fitted on the training half."""
    table = applications()
    training, holdout = split(table.race + table.y_true.astype(str), holdout_share=0.5, seed=SEED)
    fitted_on, judged_by = table.loc[training], table.loc[holdout]
    for version, features in FEATURES.items():
        fitted = make_pipeline(StandardScaler(), LogisticRegression(C=1.0)).fit(
            fitted_on[list(features)].to_numpy(), fitted_on.y_true
        )
        artifact = export(fitted, name=f"mortgage-{version}", features=features)
        score = scores(artifact, judged_by[list(features)])
        predictions = binary_predictions(judged_by, score, threshold=SPEC.threshold, kept=(*ATTRIBUTES, *SLICES))
        yield Trained(
            version=version,
            artifact=artifact,
            features=features,
            training=fitted_on,
            holdout=judged_by,
            predictions=predictions,
            facts=binary_facts(predictions, attributes=ATTRIBUTES, slices=SLICES),
        )


if __name__ == "__main__":
    publish(SPEC, model=MODEL, versions=versions())
