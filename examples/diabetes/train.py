"""Train the three versions of health/diabetes-progression: python -m examples.diabetes.train.

Steps: 1. split in halves, stratified by sex and age band; 2. for each version fit on the training half;
3. export, predict the held-out half with the exported file; 4. write evidence, texts and manifest.
"""

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
from examples.publish import publish_model, publish_version

SEED = 2026
SLICES = ("sex", "age_band")

VERSIONS: dict[str, tuple[BaseEstimator, tuple[str, ...]]] = {
    "1.0.0": (make_pipeline(StandardScaler(), LinearRegression()), ("bmi", "bp")),
    "2.0.0": (GradientBoostingRegressor(n_estimators=300, max_depth=4, random_state=0), tuple(COLUMNS)),
    "2.1.0": (make_pipeline(StandardScaler(), Ridge(alpha=5.0)), ("bmi", "bp", "s3", "s5")),
}


def main() -> None:
    """Write models/health/diabetes-progression."""
    table = patients()
    training, holdout = split(table.sex + table.age_band, holdout_share=0.5, seed=SEED)
    held_out = table.loc[holdout]
    facts: dict[str, dict] = {}
    for version, (estimator, features) in VERSIONS.items():
        fitted = estimator.fit(table.loc[training, list(features)].to_numpy(), table.y_true[training])
        artifact = export(fitted, name=f"diabetes-progression-{version}", features=features)
        predicted = run(artifact, held_out[list(features)])[0][:, 0].astype(np.float64)
        predictions = pd.DataFrame({**held_out[["id", "y_true"]], "y_pred": predicted, **held_out[list(SLICES)]})
        facts[version] = regression_facts(predictions, slices=SLICES) | {
            "training_r2": float(fitted.score(table.loc[training, list(features)].to_numpy(), table.y_true[training]))
        }
        columns = ["id", "y_true", *features]
        publish_version(
            SPEC,
            version=version,
            artifact=artifact,
            features=[COLUMNS[name] for name in features],
            threshold=None,
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
