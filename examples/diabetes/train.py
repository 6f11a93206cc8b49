"""Train the three versions of health/diabetes-progression: python -m examples.diabetes.train.

Steps: 1. split in halves, stratified by sex and age band; 2. for each version fit on the training half;
3. export, predict the held-out half with the exported file; 4. write evidence, texts and manifest.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from examples.common import export, run, split
from examples.diabetes.features import COLUMNS, patients
from examples.diabetes.registry import MODEL, SPEC
from examples.facts import regression_facts
from examples.publish import publish
from examples.training import Trained

SEED = 2026
SLICES = ("sex", "age_band")

ESTIMATORS: dict[str, tuple[BaseEstimator, tuple[str, ...]]] = {
    "1.0.0": (make_pipeline(StandardScaler(), LinearRegression()), ("bmi", "bp")),
    "2.0.0": (GradientBoostingRegressor(n_estimators=300, max_depth=4, random_state=0), tuple(COLUMNS)),
    "2.1.0": (make_pipeline(StandardScaler(), Ridge(alpha=5.0)), ("bmi", "bp", "s3", "s5")),
}


def versions() -> Iterator[Trained]:
    """Yield each version, fitted on the training half."""
    table = patients()
    training, holdout = split(table.sex + table.age_band, holdout_share=0.5, seed=SEED)
    fitted_on, judged_by = table.loc[training], table.loc[holdout]
    for version, (estimator, features) in ESTIMATORS.items():
        inputs = fitted_on[list(features)].to_numpy()
        fitted = estimator.fit(inputs, fitted_on.y_true)
        artifact = export(fitted, name=f"diabetes-progression-{version}", features=features)
        predicted = run(artifact, judged_by[list(features)])[0][:, 0].astype(np.float64)
        predictions = pd.DataFrame({**judged_by[["id", "y_true"]], "y_pred": predicted, **judged_by[list(SLICES)]})
        yield Trained(
            version=version,
            artifact=artifact,
            features=features,
            training=fitted_on,
            holdout=judged_by,
            predictions=predictions,
            facts=regression_facts(predictions, slices=SLICES)
            | {"training_r2": float(fitted.score(inputs, fitted_on.y_true))},
        )


if __name__ == "__main__":
    publish(SPEC, model=MODEL, versions=versions())
