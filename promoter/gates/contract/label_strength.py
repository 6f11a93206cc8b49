"""The request for how strongly each feature of a version tells the label."""

from collections.abc import Sequence

from promoter.gates.contract.candidate import Release, table_of
from promoter.gates.contract.features import ExemptFeature, feature_columns
from promoter.measure.requests_data import Association
from promoter.registry.evidence import Evidence
from promoter.registry.model import Task


def label_strength(release: Release, evidence: Evidence, *, exempt: Sequence[ExemptFeature]) -> Association | None:
    """Return the request over one table; None where the table names no label, or no feature can be compared."""
    columns, label = feature_columns(release, exempt=exempt), evidence.columns.label
    if label is None or not columns:
        return None
    is_class = release.model.task in (Task.BINARY, Task.MULTICLASS)
    table, kind = table_of(evidence), "categorical" if is_class else "numeric"
    return Association(table=table, target_table=table, target=label, target_kind=kind, columns=columns)
