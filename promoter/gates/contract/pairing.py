"""Which of the champion's files a version's files are compared with."""

from collections.abc import Iterator

from promoter.errors import Location
from promoter.gates.contract.candidate import Candidate, Release
from promoter.gates.contract.finding import Finding
from promoter.registry.evidence import Evidence, EvidenceKind


def paired_predictions(candidate: Candidate) -> Iterator[tuple[int, Evidence, Evidence | None]]:
    """Yield each predictions file and its place, with the champion's of the same id, or its only one, or None."""
    theirs = candidate.champion.evidence_of(EvidenceKind.PREDICTIONS) if candidate.champion else ()
    only = theirs[0][1] if len(theirs) == 1 else None
    for index, evidence in candidate.release.evidence_of(EvidenceKind.PREDICTIONS):
        yield index, evidence, next((other for _, other in theirs if other.id == evidence.id), only)


def threshold_of(release: Release | None) -> float | None:
    """Return the score at which a version decides, or None where it declares none."""
    return release.manifest.decision.threshold if release and release.manifest.decision else None


def why_no_champion(candidate: Candidate) -> str | None:
    """Return why a version cannot be worse than what a stage serves, or None where the stage serves something."""
    if candidate.champion is not None:
        return None
    return f"stage {candidate.stage or 'of a registration'} serves nothing yet: a first version cannot regress"


def unpaired(evidence: Evidence, champion: Release | None, location: Location) -> Finding:
    """Return the undecided finding that there is nothing of the champion's to compare a file with."""
    if champion is None:
        return Finding(
            satisfied=None,
            measure="champion",
            message="the stage serves nothing, so there is no champion to compare with",
            location=location,
            hint="the role that the policy names decides on the first version",
        )
    return Finding(
        satisfied=None,
        measure="champion",
        message=f"champion {champion.version} has no predictions for the rows of evidence {evidence.id}",
        location=location,
        hint=f"score the same rows with {champion.version} and register them with a version of it",
    )
