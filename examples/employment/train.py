"""Write the three versions of labour/employment: python -m examples.employment.train.

Steps: 1. sample 2015 and split a sample of 2018; 2. for each version fit on 20,000 rows of 2018 (1.0.0 is the
survey files' own model, not fitted here); 3. export, score 12,000 other rows of 2018; 4. write the folder.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier

from examples.common import export, scores
from examples.employment.features import COLUMNS, respondents
from examples.employment.registry import MODEL, SPEC
from examples.employment.survey_model import pass_through
from examples.facts import binary_facts
from examples.publish import publish
from examples.training import Trained, binary_predictions

SEED = 2018
TRAINING_ROWS = 20_000
HOLDOUT_ROWS = 12_000
ATTRIBUTES = ("race", "sex")
SLICES = ("age_band", "schooling")

FEATURES = {
    "1.0.0": tuple(COLUMNS),
    "2.0.0": ("AGEP", "SCHL"),
    "2.1.0": tuple(COLUMNS),
}


def samples() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return disjoint random rows: 2015 reference, 2018 training, 2018 holdout, each in the files' order."""
    generator = np.random.default_rng(SEED)
    before, after = respondents(2015), respondents(2018)
    reference = generator.permutation(len(before))[:HOLDOUT_ROWS]
    shuffled = generator.permutation(len(after))
    holdout, training = np.split(shuffled[: HOLDOUT_ROWS + TRAINING_ROWS], [HOLDOUT_ROWS])
    return before.loc[np.sort(reference)], after.loc[np.sort(training)], after.loc[np.sort(holdout)]


def artifact_of(version: str, training: pd.DataFrame) -> bytes:
    """Return the ONNX file of the version, fitted on the training rows where it is ours."""
    features = list(FEATURES[version])
    if version == "1.0.0":
        return pass_through(name="employment-1.0.0", columns=len(features))
    boosting = GradientBoostingClassifier(
        n_estimators=60, max_depth=3, learning_rate=0.08, subsample=0.8, random_state=0
    ).fit(training[features].to_numpy(), training.y_true)
    return export(boosting, name=f"employment-{version}", features=features)


def versions() -> Iterator[Trained]:
    """Yield each version; 1.0.0 must decide as the survey files' own model did."""
    reference, training, holdout = samples()
    for version, features in FEATURES.items():
        artifact = artifact_of(version, training)
        score = scores(artifact, holdout[list(features)])
        predictions = binary_predictions(holdout, score, threshold=SPEC.threshold, kept=(*ATTRIBUTES, *SLICES))
        is_survey_model = version == "1.0.0"
        if is_survey_model and not predictions.y_pred.equals(holdout.survey_model_prediction):
            raise ValueError("1.0.0 must decide as the survey files' own model did; the pass-through is wrong")
        yield Trained(
            version=version,
            artifact=artifact,
            features=features,
            training=reference if is_survey_model else training,
            holdout=holdout,
            predictions=predictions,
            facts=binary_facts(predictions, attributes=ATTRIBUTES, slices=SLICES),
        )


if __name__ == "__main__":
    publish(SPEC, model=MODEL, versions=versions())
