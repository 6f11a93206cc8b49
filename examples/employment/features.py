"""The rows of the two surveys, 16 years and older, with the published model's probability."""

import numpy as np
import pandas as pd

from examples.common import DATA
from examples.spec import FeatureColumn as Column

COLUMNS = {
    column.name: column
    for column in (
        Column("survey_model_probability", "float", 0, 1, "predicted_probability"),
        Column("AGEP", "float", 16, 99, "AGEP"),
        Column("SCHL", "int", 0, 24, "SCHL"),
    )
}
FILES = {2015: "employment_ma_2015_reference", 2018: "employment_ma_2018_analysis"}

# Codes of the American Community Survey's public use microdata (PUMS) dictionary.
RACES = {
    1: "white",
    2: "black",
    3: "american-indian",
    4: "alaska-native",
    5: "american-indian-unspecified",
    6: "asian",
    7: "pacific-islander",
    8: "other",
    9: "two-or-more",
}
SEXES = {1: "male", 2: "female"}


def respondents(year: int) -> pd.DataFrame:
    """Return id, y_true (1 employed), COLUMNS, the published prediction, race, sex, age band, schooling.

    Children are left out: the survey asks for employment from 16 years on, and y_true is 0 below.
    """
    raw = pd.read_parquet(DATA / f"{FILES[year]}.parquet").query("AGEP >= 16").reset_index(drop=True)
    age, school = raw.AGEP, raw.SCHL
    return pd.DataFrame(
        {
            "id": raw.id.astype("int64"),
            "y_true": raw.employed.astype("int64"),
            "survey_model_probability": raw.predicted_probability,
            "survey_model_prediction": raw.prediction.astype("int64"),
            "AGEP": age,
            "SCHL": school,
            "race": raw.RAC1P.map(RACES),
            "sex": raw.SEX.map(SEXES),
            "age_band": np.select([age < 25, age < 55, age < 65], ["16-24", "25-54", "55-64"], "65-and-over"),
            "schooling": np.select(
                [school < 16, school < 18, school < 21], ["no-diploma", "diploma", "some-college"], "bachelor"
            ),
        }
    )
