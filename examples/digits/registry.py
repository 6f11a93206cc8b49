"""What the registry says of vision/digits, beside its numbers."""

from pathlib import Path

from examples.digits.features import CLASSES, COLUMNS
from examples.serving.image import deployment
from examples.spec import Spec, halves, monitoring
from examples.yaml_text import Inline

_TERMS = {"personal_data": False, "licence": "BSD-3-Clause", "region": "us"}
_RAW = {
    "id": "digits",
    "source": "Alpaydin and Kaynak 1998, Optical Recognition of Handwritten Digits, test half, in scikit-learn",
}
VERSIONS = ("1.0.0", "2.0.0")

SPEC = Spec(
    model="vision/digits",
    script="examples/digits/train.py",
    texts=Path(__file__).parent / "texts",
    champion="1.0.0",
    features=COLUMNS,
    threshold=None,
    prediction={"name": "y_pred", "dtype": "string", "classes": list(CLASSES)},
    columns={
        "id": "id",
        "label": "y_true",
        "prediction": "y_pred",
        "class_scores": Inline({name: f"score_{name}" for name in CLASSES}),
    },
    datasets=dict.fromkeys(VERSIONS, halves(_RAW, terms=_TERMS)),
    summaries={
        "1.0.0": "First version: multinomial logistic regression on 16 blocks of 2 by 2 pixels.",
        "2.0.0": "Reads all 64 pixels instead of 16 blocks; the same estimator.",
    },
    deployment=deployment(service_account="vision-models@models.example.org"),
    monitoring=monitoring(
        "vision/digits",
        team="vision-models",
        watches=[{"measure": "accuracy", "minimum": 0.85, "window_days": 30}],
    ),
    rollback={"2.0.0": "1.0.0"},
)

MODEL = {
    "title": "Handwritten digits",
    "task": "multiclass",
    "risk_tier": "low",
    "owners": ["vision-models"],
    "domain": "vision",
    "tags": ["sample", "image"],
    "intended_use": {
        "purpose": "Read single handwritten digits of scanned forms, so that a clerk need not type them.",
        "users": ["Clerks who enter forms"],
        "affected": ["People whose forms are entered"],
        "prohibited": ["Bank transfers and other entries that nobody checks"],
        "human_oversight": "The clerk sees each digit beside its image and corrects it.",
    },
}
