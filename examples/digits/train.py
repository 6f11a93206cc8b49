"""Train the two versions of vision/digits: python -m examples.digits.train.

Steps: 1. split in halves, stratified by digit; 2. for each version fit on the training half;
3. export, score the held-out half with the exported file; 4. write evidence, texts and manifest.
"""

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from examples.common import export, run, split
from examples.digits.features import BLOCK_NAMES, CLASSES, COLUMNS, PIXELS, images
from examples.digits.registry import MODEL, SPEC
from examples.facts import multiclass_facts
from examples.publish import publish_model, publish_version

SEED = 2026
FEATURES = {"1.0.0": BLOCK_NAMES, "2.0.0": PIXELS}


def main() -> None:
    """Write models/vision/digits."""
    table = images()
    training, holdout = split(table.y_true, holdout_share=0.5, seed=SEED)
    held_out = table.loc[holdout]
    facts: dict[str, dict] = {}
    for version, features in FEATURES.items():
        fitted = make_pipeline(MinMaxScaler(), LogisticRegression(max_iter=2000)).fit(
            table.loc[training, list(features)].to_numpy(), table.y_true[training].astype(int)
        )
        artifact = export(fitted, name=f"digits-{version}", features=features)
        label, score = run(artifact, held_out[list(features)])
        score_columns = {f"score_{name}": score[:, int(name)].astype(np.float64) for name in CLASSES}
        predictions = pd.DataFrame({**held_out[["id", "y_true"]], "y_pred": label.astype(str), **score_columns})
        facts[version] = multiclass_facts(predictions)
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
