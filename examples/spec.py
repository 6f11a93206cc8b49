"""What a training script says of its model beside numbers, in the form that manifests have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class FeatureColumn:
    """One entry of a signature: name, dtype, allowed range, and the column of the data set it comes from."""

    name: str
    dtype: str
    minimum: float
    maximum: float
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What all versions of a model share, and one summary and rollback target for each."""

    model: str
    script: str
    texts: Path
    champion: str
    features: Mapping[str, FeatureColumn]
    prediction: Mapping[str, Any]
    columns: Mapping[str, Any]
    threshold: float | None
    datasets: Mapping[str, Mapping[str, Any]]  # by version: "raw" entries; terms of "training", "evaluation"
    summaries: Mapping[str, str]
    deployment: Mapping[str, Any]
    monitoring: Mapping[str, Any]
    rollback: Mapping[str, str]
    ticket: str | None = None
    """The change record under which the champion serves in production."""


def halves(raw: Mapping[str, Any], *, terms: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data sets of a version that was trained on one half of a file and is judged on the other."""
    name = raw["id"]
    derived = {**terms, "parents": [name]}
    return {
        "raw": ({"id": name, "role": "raw", "uri": f"examples/data/{name}.parquet", **terms, "source": raw["source"]},),
        "training": {**derived, "source": f"half of {name}, stratified, seed 2026"},
        "evaluation": {**derived, "source": f"the other half of {name}"},
    }


def monitoring(model: str, *, team: str, watches: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a monitoring plan that the model's own team answers for."""
    return {
        "dashboard": f"https://grafana.example.org/d/{model.replace('/', '-')}",
        "on_call": f"{team}@example.org",
        "owner": team,
        "watches": list(watches),
    }
