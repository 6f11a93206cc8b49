"""What a gate finds where there is nothing to compare: missing evidence, missing numbers, too few rows."""

from promoter.errors import Location
from promoter.gates.contract.candidate import Release
from promoter.gates.contract.finding import Finding
from promoter.measure.measurement import Slice
from promoter.policy.bound import Bound
from promoter.registry.evidence import EvidenceKind


def missing_evidence(release: Release, kind: EvidenceKind, *, purpose: str) -> Finding:
    """Return the unsatisfied finding that the manifest lists no evidence of a kind that the policy needs."""
    return Finding(
        satisfied=False,
        measure="evidence",
        message=f"the manifest of {release.version} lists no evidence of kind {kind}, which {purpose} needs",
        location=release.locate("evidence"),
        hint=f"add the file to the version's folder and an entry `kind: {kind}` with its digest to evidence",
    )


def missing_number(measure: str, *, slice_: Slice, known: set[str], location: Location) -> Finding:
    """Return the undecided finding that the measurement plane made no such number for this evidence."""
    return Finding(
        satisfied=None,
        measure=measure,
        slice=slice_,
        message=f"{measure} was not measured for this evidence",
        location=location,
        hint=f"the policy's owner names a measure that exists here: {', '.join(sorted(known)) or 'none was made'}",
    )


def too_few_rows(
    measure: str, *, slice_: Slice, n: int, min_n: int, bound: Bound | None, satisfied: bool | None, location: Location
) -> Finding:
    """Return the finding that a slice was not assessed; `satisfied` is what the policy says that this means."""
    where = ", ".join(f"{column}={value}" for column, value in slice_) or "all rows"
    return Finding(
        satisfied=satisfied,
        measure=measure,
        slice=slice_,
        n=n,
        message=f"{measure} of {where} was not assessed: {n} rows, the policy asks for at least {min_n}",
        location=location,
        comparator=bound.comparator if bound else None,
        bound=bound.limit if bound else None,
        hint=f"add {min_n - n} or more labelled rows of {where} to the evidence",
    )
