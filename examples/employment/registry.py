"""What the registry says of labour/employment, beside its numbers."""

from pathlib import Path

from examples.employment.features import COLUMNS, FILES
from examples.serving.image import deployment
from examples.spec import Spec, monitoring

_TERMS = {
    "personal_data": True,
    "purpose": "Official statistics on households and work",
    "lawful_basis": "Public use microdata of the US Census Bureau, without identifiers; statistics",
    "retention_days": 3650,
    "licence": "Apache-2.0",
    "region": "us",
}
_IN_2015 = {"collected_from": "2015-01-01", "collected_to": "2015-12-31", **_TERMS}
_IN_2018 = {"collected_from": "2018-01-01", "collected_to": "2018-12-31", **_TERMS}
_SOURCE = "American Community Survey, Massachusetts, as shipped in nannyml 0.13.1 (through folktables)"
_RAW_2015, _RAW_2018 = (
    {"id": f"survey-{year}", "role": "raw", "uri": f"examples/data/{FILES[year]}.parquet", **terms, "source": _SOURCE}
    for year, terms in ((2015, _IN_2015), (2018, _IN_2018))
)
_PUBLISHER_2014 = (
    {
        "id": "survey-2014",
        "role": "raw",
        "uri": "https://www.census.gov/programs-surveys/acs/microdata.html",
        "version": "2014 1-year PUMS, Massachusetts",
        "collected_from": "2014-01-01",
        "collected_to": "2014-12-31",
        **_TERMS,
        "licence": "LicenseRef-US-Government-Work",
        "source": "American Community Survey, US Census Bureau",
    },
    {
        "id": "publisher-training",
        "role": "training",
        "uri": "https://github.com/NannyML/nannyml/blob/main/docs/datasets/ma_employment.rst",
        "version": "2014 partition of nannyml 0.13.1",
        "collected_from": "2014-01-01",
        "collected_to": "2014-12-31",
        **_TERMS,
        "parents": ["survey-2014"],
        "source": "The publisher's training rows: described in its documentation, not in the files",
    },
)
_EVALUATION = {
    **_IN_2018,
    "parents": ["survey-2018"],
    "source": "12,000 random rows of survey-2018, 16 years and older, seed 2018",
}
_TRAINING_2018 = {
    **_IN_2018,
    "parents": ["survey-2018"],
    "source": "20,000 other random rows of survey-2018, 16 years and older, seed 2018",
}
_REFERENCE_2015 = {
    "id": "reference",
    "role": "reference",
    **_IN_2015,
    "parents": ["survey-2015"],
    "source": "12,000 random rows of survey-2015, 16 years and older, seed 2018: the year that the publisher "
    "evaluated the model on",
}
_OURS = {"raw": (_RAW_2018,), "training": _TRAINING_2018, "evaluation": _EVALUATION}

SPEC = Spec(
    model="labour/employment",
    script="examples/employment/train.py",
    texts=Path(__file__).parent / "texts",
    champion="1.0.0",
    features=COLUMNS,
    threshold=0.5,
    prediction={"name": "y_score", "dtype": "float", "classes": ["not-employed", "employed"]},
    columns={"id": "id", "label": "y_true", "score": "y_score", "prediction": "y_pred"},
    datasets={
        "1.0.0": {
            "raw": (*_PUBLISHER_2014, _RAW_2015, _RAW_2018),
            "training": _REFERENCE_2015,
            "evaluation": _EVALUATION,
        },
        "2.0.0": _OURS,
        "2.1.0": _OURS,
    },
    summaries={
        "1.0.0": "The survey files' own model; its published probabilities are passed through unchanged.",
        "2.0.0": "Gradient boosting on age and schooling alone, fitted on 2018; needs no outside model.",
        "2.1.0": "Gradient boosting on the champion's probability, age and schooling, fitted on 2018.",
    },
    deployment=deployment(service_account="labour-models@models.example.org"),
    monitoring=monitoring(
        "labour/employment",
        team="labour-models",
        watches=[
            {"measure": "roc_auc", "minimum": 0.84, "window_days": 365},
            {"measure": "brier", "maximum": 0.16, "window_days": 365},
        ],
    ),
    rollback={"2.0.0": "1.0.0", "2.1.0": "1.0.0"},
)

_TITLE_VII = "Title VII of the Civil Rights Act, 42 U.S.C. 2000e-2"
MODEL = {
    "title": "Employment status",
    "task": "binary",
    "risk_tier": "medium",
    "owners": ["labour-models"],
    "domain": "labour",
    "tags": ["sample", "tabular", "survey"],
    "sensitive_attributes": [{"name": "race", "basis": _TITLE_VII}, {"name": "sex", "basis": _TITLE_VII}],
    "intended_use": {
        "purpose": "Fill in the employment status of survey respondents who did not answer, for totals by area.",
        "users": ["Survey statisticians"],
        "affected": ["Residents whose area's employment rate is published"],
        "prohibited": ["Any decision about one person", "Hiring, benefits or credit"],
        "human_oversight": "A statistician compares each published total with the answered rows and may withhold it.",
    },
}
