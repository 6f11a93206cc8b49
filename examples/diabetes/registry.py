"""What the registry says of health/diabetes-progression, beside its numbers."""

from pathlib import Path

from examples.diabetes.features import COLUMNS
from examples.serving.image import deployment
from examples.spec import Spec, halves, monitoring

_TERMS = {
    "personal_data": True,
    "purpose": "Research on the progression of diabetes, and teaching",
    "lawful_basis": "Published research data without identifiers; statistics and teaching only",
    "retention_days": 3650,
    "licence": "BSD-3-Clause",
    "region": "us",
}
_RAW = {
    "id": "diabetes",
    "source": "Efron, Hastie, Johnstone and Tibshirani 2004 (Least Angle Regression), in scikit-learn; "
    "the source states no dates of collection",
}
VERSIONS = ("1.0.0", "2.0.0", "2.1.0")

SPEC = Spec(
    model="health/diabetes-progression",
    script="examples/diabetes/train.py",
    texts=Path(__file__).parent / "texts",
    champion="1.0.0",
    features=COLUMNS,
    threshold=None,
    prediction={"name": "y_pred", "dtype": "float", "unit": "points of the progression score"},
    columns={"id": "id", "label": "y_true", "prediction": "y_pred"},
    datasets=dict.fromkeys(VERSIONS, halves(_RAW, terms=_TERMS)),
    summaries={
        "1.0.0": "First version: linear regression on body mass index and blood pressure.",
        "2.0.0": "Gradient boosting, 300 trees of depth 4, on all nine measurements.",
        "2.1.0": "Ridge regression on body mass index, blood pressure, HDL and triglycerides.",
    },
    deployment=deployment(service_account="health-models@models.example.org"),
    monitoring=monitoring(
        "health/diabetes-progression",
        team="health-models",
        watches=[{"measure": "mae", "maximum": 55.0, "window_days": 180}],
    ),
    rollback={"2.0.0": "1.0.0", "2.1.0": "1.0.0"},
)

MODEL = {
    "title": "Diabetes progression",
    "task": "regression",
    "risk_tier": "medium",
    "owners": ["health-models"],
    "domain": "health",
    "tags": ["sample", "tabular"],
    "sensitive_attributes": [{"name": "sex", "basis": "Affordable Care Act section 1557, 42 U.S.C. 18116"}],
    "intended_use": {
        "purpose": "Estimate a study score of diabetes progression one year after baseline, to plan follow-up visits.",
        "users": ["Study nurses"],
        "affected": ["Patients of the study"],
        "prohibited": ["Diagnosis", "Choice or dose of a treatment"],
        "human_oversight": "A nurse sees the estimate beside the measurements and sets the visit date.",
    },
}
