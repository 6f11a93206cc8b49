"""Train the two versions of vision/digits: python -m examples.digits.train.

Steps: 1. split in halves, stratified by digit; 2. for each version fit on the training half;
3. export, score the held-out half with the exported file; 4. write evidence, texts and manifest.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from examples.common import export, run, split
from examples.digits.features import BLOCK_NAMES, CLASSES, PIXELS, images
from examples.digits.registry import MODEL, SPEC
from examples.facts import multiclass_facts
from examples.publish import publish
from examples.training import Trained

SEED = 2026
FEATURES = {"1.0.0": BLOCK_NAMES, "2.0.0": PIXELS}


def versions() -> Iterator[Trained]:
    """Yield each version, fitted on the training half."""
    table = images()
    training, holdout = split(table.y_true, holdout_share=0.5, seed=SEED)
    fitted_on, judged_by = table.loc[training], table.loc[holdout]
    for version, features in FEATURES.items():
        fitted = make_pipeline(MinMaxScaler(), LogisticRegression(max_iter=2000)).fit(
            fitted_on[list(features)].to_numpy(), fitted_on.y_true.astype(int)
        )
        artifact = export(fitted, name=f"digits-{version}", features=features)
        label, score = run(artifact, judged_by[list(features)])
        score_columns = {f"score_{name}": score[:, int(name)].astype(np.float64) for name in CLASSES}
        predictions = pd.DataFrame({**judged_by[["id", "y_true"]], "y_pred": label.astype(str), **score_columns})
        yield Trained(
            version=version,
            artifact=artifact,
            features=features,
            training=fitted_on,
            holdout=judged_by,
            predictions=predictions,
            facts=multiclass_facts(predictions),
        )


if __name__ == "__main__":
    publish(SPEC, model=MODEL, versions=versions())
