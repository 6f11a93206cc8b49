"""How an environment stands to that of the stage before: image, resources, data schema."""

from collections.abc import Iterator

from promoter.gates.contract.candidate import Candidate, Release, Upstream
from promoter.gates.contract.claim import claim
from promoter.gates.contract.finding import Finding, hold
from promoter.gates.contract.missing import advise
from promoter.gates.contract.surroundings import Surroundings
from promoter.measure.measurement import Measurement
from promoter.policy.bound import Bound
from promoter.policy.policy import NearMiss


def compare_images(own: Surroundings, other: Surroundings, upstream: Upstream, candidate: Candidate) -> Finding:
    """Return whether both images have one digest; undecided where one is not stated."""
    is_known = own.image_digest is not None and other.image_digest is not None
    is_same = own.image_digest == other.image_digest
    ends = f"{upstream.stage} runs {'the same' if is_same else other.image_digest or 'an image that nobody stated'}"
    return claim(
        "image",
        satisfied=is_same if is_known else None,
        message=f"the image is {own.image_digest or 'not stated'}, {ends}",
        location=candidate.release.locate("deployment", "image_digest"),
        hint=f"let {upstream.stage} run this image first, and state its digest as environment in its pointer",
    )


def compare_resources(
    own: Surroundings, other: Surroundings, candidate: Candidate, *, is_exact: bool, near_miss: NearMiss | None
) -> Iterator[Finding]:
    """Yield cores and memory held against those of the stage before, and whether the accelerator is the same."""
    place = candidate.release.locate("deployment", "resources")
    if own.resources is None or other.resources is None:
        missing = "this version" if own.resources is None else "the stage before"
        message = f"the resources of {missing} are stated nowhere"
        hint = "add resources to deployment, or to environment in the stage's pointer"
        yield claim("resources", satisfied=None, message=message, location=place, hint=hint)
        return
    for name, unit in (("cpu_cores", "core"), ("memory_mib", "MiB")):
        given, asked = float(getattr(own.resources, name)), float(getattr(other.resources, name))
        found = Measurement(measure=name, value=given, n=1, unit=unit)
        bounds = [Bound(at_least=asked), Bound(at_most=asked)] if is_exact else [Bound(at_least=asked)]
        for bound in bounds:
            finding = hold(found, bound, location=place, near_miss=near_miss)
            yield advise(finding, failed=f"give it the {asked:g} of the stage before, or try it there with {given:g}")
    kinds = [resources.accelerator or "none" for resources in (own.resources, other.resources)]
    yield claim(
        "accelerator",
        satisfied=kinds[0] == kinds[1],
        message=f"the accelerator is {kinds[0]}, the stage before has {kinds[1]}",
        location=place,
        hint="run the stage before on the same kind of accelerator first",
    )


def compare_schemas(
    own: Surroundings, other: Surroundings, upstream: Upstream, candidate: Candidate
) -> Iterator[Finding]:
    """Yield whether the stage before has fed the columns that the candidate reads, under a schema of the same name."""
    release = candidate.release
    if own.data_schema or other.data_schema:
        yield claim(
            "data_schema",
            satisfied=own.data_schema == other.data_schema if own.data_schema and other.data_schema else None,
            message=f"the data schema is {own.data_schema or 'not stated'}, {upstream.stage} has"
            f" {other.data_schema or 'stated none'}",
            location=candidate.place,
            hint="state environment.data_schema in both pointers, and feed both stages by the same one",
        )
    ours, theirs = _columns(release), _columns(upstream.release)
    differing = [
        f"{name} is {ours.get(name, 'missing')}, was {theirs.get(name, 'missing')}"
        for name in sorted({*ours, *theirs})
        if ours.get(name) != theirs.get(name)
    ]
    end = "; ".join(differing[:5]) if differing else f"those of {upstream.release.version}"
    yield claim(
        "data_schema",
        satisfied=not differing,
        message=f"features against {upstream.release.version}, which {upstream.stage} serves: {end}",
        location=release.locate("signature", "features"),
        hint=f"promote {release.version} to {upstream.stage} first, so that its columns are fed there",
    )


def _columns(release: Release) -> dict[str, str]:
    return {feature.name: feature.dtype.value for feature in release.manifest.signature.features}
