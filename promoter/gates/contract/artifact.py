"""Whether a version's artifact can be had today, with the bytes that its manifest pins."""

from collections.abc import Iterator

from promoter.gates.contract.candidate import Release
from promoter.gates.contract.claim import claim
from promoter.gates.contract.finding import Finding
from promoter.measure.request import ArtifactFacts, Measurements


def artifact_request(release: Release) -> ArtifactFacts:
    """Return the request that fetches the artifact anew and looks at its bytes."""
    return ArtifactFacts(content=release.manifest.artifact.digest)


def artifact_claims(release: Release, measurements: Measurements, *, measure: str) -> Iterator[Finding]:
    """Yield that digest and size of the fetched artifact equal the manifest's, or do not, or were not told."""
    facts, artifact = measurements[artifact_request(release)].facts, release.manifest.artifact
    for name, claimed in (("digest", artifact.digest), ("size_bytes", artifact.size_bytes)):
        found = facts.get(name)
        end = "as its manifest says" if found == claimed else f"its manifest says {claimed}"
        yield claim(
            measure,
            satisfied=None if found is None else found == claimed,
            message=f"the artifact of {release.version} was fetched: its {name} is {found or 'unknown'}, {end}",
            location=release.locate("artifact", name),
            hint=f"restore the artifact of {release.version} in its store, or register it again as a new version",
            slice_=(("fact", name),),
        )
