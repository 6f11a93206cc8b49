"""What a reviewer compares first, whether or not a policy asks: the quality of candidate and champion, side by side."""

from promoter.gates.contract.candidate import Candidate, Release, table_of
from promoter.measure.request import Quality, Request
from promoter.registry.evidence import EvidenceKind


def comparison_requests(candidate: Candidate) -> tuple[Request, ...]:
    """Return the quality of both versions over all rows, where there is a champion to compare with."""
    if candidate.champion is None:
        return ()
    return (*_quality(candidate.release), *_quality(candidate.champion))


def _quality(release: Release) -> tuple[Request, ...]:
    decision = release.manifest.decision
    return tuple(
        Quality(
            table=table_of(evidence),
            task=release.model.task.value,
            threshold=decision.threshold if decision else None,
        )
        for _, evidence in release.evidence_of(EvidenceKind.PREDICTIONS)
    )
