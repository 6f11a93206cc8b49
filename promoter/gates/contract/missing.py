"""What a gate finds where there is nothing to compare: missing evidence, too few rows."""

from dataclasses import replace

from promoter.errors import Location
from promoter.gates.contract.candidate import Release
from promoter.gates.contract.finding import Finding
from promoter.measure.measurement import Measurement
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


def too_few_rows(
    found: Measurement, *, min_n: int, bound: Bound, satisfied: bool | None, location: Location
) -> Finding:
    """Return the finding that a number was not assessed; `satisfied` is what the policy says that this means."""
    where = ", ".join(f"{column}={value}" for column, value in found.slice) or "all rows"
    return Finding(
        satisfied=satisfied,
        measure=found.measure,
        slice=found.slice,
        n=found.n,
        message=f"{found.measure} of {where} was not assessed: {found.n} rows, the policy asks for at least {min_n}",
        location=location,
        comparator=bound.comparator,
        bound=bound.limit,
        hint=f"add {min_n - found.n} or more labelled rows of {where} to the evidence",
    )


def advise(finding: Finding, *, failed: str, undecided: str | None = None) -> Finding:
    """Return the finding with what to do next, unless it is satisfied or already says it.

    Where it is undecided that is `undecided`; by default the same as where it failed.
    """
    if finding.satisfied is True or finding.hint is not None:
        return finding
    return replace(finding, hint=undecided if undecided and finding.satisfied is None else failed)
