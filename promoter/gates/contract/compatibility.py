"""What a caller of one version must change to call another: the differences of two signatures that break it."""

import re
from collections.abc import Iterator

from promoter.errors import Location
from promoter.gates.contract.candidate import Release
from promoter.gates.contract.finding import Finding
from promoter.registry.signature import Feature, Signature


def breaking_changes(release: Release, champion: Release, *, allows_major: bool) -> list[Finding]:
    """Return a finding a breaking change, satisfied only under a larger first version number; one where none breaks."""
    signature, served = release.manifest.signature, champion.manifest.signature
    is_accepted = allows_major and _is_major_step(champion.version, release.version)
    found = list(_differences(signature, served))
    if not found:
        message = f"callers of {champion.version} can call this version"
        return [Finding(satisfied=True, measure="compatible", message=message, location=release.locate("signature"))]
    accepted = f"accepted with the step from {champion.version} to {release.version}"
    return [
        Finding(
            satisfied=is_accepted,
            measure="compatible",
            slice=(("feature", name),),
            message=f"{problem}; {accepted if is_accepted else f'callers of {champion.version} break'}",
            location=_place(release, name),
            hint=None if is_accepted else "keep the feature as it was, or release under a new major version",
        )
        for name, problem in found
    ]


def unmet_needs(signature: Signature, served: Signature) -> Iterator[tuple[str, str]]:
    """Yield (feature, problem) for what callers of the served version do not send, or take otherwise, in our order."""
    sent = {feature.name: feature for feature in served.features}
    origins = {feature.origin: feature.name for feature in served.features if feature.origin is not None}
    for feature in signature.features:
        if feature.name in sent:
            yield from ((feature.name, problem) for problem in _narrowed(sent[feature.name], feature))
        elif not feature.nullable:
            other = origins.get(feature.origin or "")
            end = f"; {other} is sent, from the same origin" if other else ""
            yield feature.name, f"feature {feature.name} is needed and is not sent{end}"
    if signature.prediction.dtype is not served.prediction.dtype:
        message = f"the prediction has type {signature.prediction.dtype}, callers take {served.prediction.dtype}"
        yield signature.prediction.name, message


def _place(release: Release, name: str) -> Location:
    names = [feature.name for feature in release.manifest.signature.features]
    return release.locate("signature", "features", *([names.index(name)] if name in names else []))


def _differences(signature: Signature, served: Signature) -> Iterator[tuple[str, str]]:
    """Yield (feature, what breaks) in the champion's order, then features that are newly required."""
    ours = {feature.name: feature for feature in signature.features}
    theirs = {feature.name: feature for feature in served.features}
    added = [feature for feature in signature.features if feature.name not in theirs]
    renamed = set()
    for name, before in theirs.items():
        if name in ours:
            yield from ((name, problem) for problem in _narrowed(before, ours[name]))
            continue
        twin = next((new for new in added if new.origin is not None and new.origin == before.origin), None)
        if twin is None:
            yield name, f"feature {name} was removed"
        else:
            renamed.add(twin.name)
            yield twin.name, f"feature {name} was renamed to {twin.name}"
    for feature in added:
        if feature.name not in renamed and not feature.nullable:
            yield feature.name, f"feature {feature.name} is new and may not be missing"
    if signature.prediction.dtype is not served.prediction.dtype:
        yield (
            signature.prediction.name,
            f"the prediction has type {signature.prediction.dtype}, had {served.prediction.dtype}",
        )


def _narrowed(before: Feature, after: Feature) -> Iterator[str]:
    """Yield in which ways a feature takes less than it did."""
    name = after.name
    if before.dtype is not after.dtype:
        yield f"feature {name} has type {after.dtype}, had {before.dtype}"
    if before.nullable and not after.nullable:
        yield f"feature {name} may no longer be missing"
    if after.minimum is not None and (before.minimum is None or before.minimum < after.minimum):
        yield f"feature {name} must be at least {after.minimum:g}, was {_limit(before.minimum)}"
    if after.maximum is not None and (before.maximum is None or before.maximum > after.maximum):
        yield f"feature {name} must be at most {after.maximum:g}, was {_limit(before.maximum)}"
    lost = sorted(set(before.categories) - set(after.categories))
    if after.categories and (lost or not before.categories):
        yield f"feature {name} no longer takes {', '.join(lost) or 'any category'}"


def _limit(limit: float | None) -> str:
    return "without limit" if limit is None else f"{limit:g}"


def _is_major_step(before: str, after: str) -> bool:
    """Say whether the first number of a version grew; versions that begin with no number never step."""
    numbers = [re.match(r"\d+", version) for version in (before, after)]
    if numbers[0] is None or numbers[1] is None:
        return False
    return int(numbers[1][0]) > int(numbers[0][0])
