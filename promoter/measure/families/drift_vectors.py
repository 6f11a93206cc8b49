"""The drift measures of one vector column."""

from promoter.measure.aggregate import Embedded
from promoter.measure.families.drift_measures import ColumnDrift, missing_values
from promoter.measure.families.family import attempt, measurement, settled
from promoter.measure.statistics.drift_embedding import EmbeddingDrift, embedding_drift
from promoter.measure.statistics.estimate import Estimate

VECTOR_MEASURES = ("embedding_drift", "embedding_drift_p", "missing_rate_difference")


def of_vectors(found: Embedded, *, name: str) -> ColumnDrift:
    """Return the squared discrepancy, the p-value of no drift, and the change of the missing rate."""
    drift = attempt(lambda: embedding_drift(*settled(found.sums)))
    n, where = sum(found.rows), (("feature", name),)
    reference, current = zip(found.missing, found.rows, strict=True)
    values = (
        measurement("embedding_drift", lambda drift: drift.squared, drift, n=n, slice_=where),
        measurement("embedding_drift_p", _p, drift, n=n, slice_=where),
        missing_values(reference, current, name=name),
    )
    return ColumnDrift(values=values, psi_null=None)


def _p(drift: EmbeddingDrift) -> Estimate:
    return Estimate(drift.p, None, drift.squared.n)
