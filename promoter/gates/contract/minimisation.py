"""Features that add nothing measurable: the same in every row, or telling less of the label than a policy asks."""

from collections.abc import Iterator, Sequence

from promoter.errors import Location
from promoter.gates.contract.candidate import Release, table_of
from promoter.gates.contract.claim import claim
from promoter.gates.contract.features import ExemptFeature, left_out_features
from promoter.gates.contract.finding import Finding, is_near
from promoter.gates.contract.label_strength import label_strength
from promoter.gates.contract.missing import missing_evidence
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measured, Measurements, TableProfile
from promoter.measure.requests_data import Association
from promoter.policy.bound import Bound
from promoter.policy.policy import NearMiss
from promoter.registry.evidence import Evidence, EvidenceKind

_REFERENCE = EvidenceKind.FEATURES_REFERENCE
_DROP = "drop the feature, or let the policy's owner exempt it with the reason for which it is needed"


def profiles_of(release: Release) -> tuple[tuple[int, Evidence, TableProfile], ...]:
    """Return place, evidence and request of each reference table."""
    entries = release.evidence_of(_REFERENCE)
    return tuple((index, entry, TableProfile(table=table_of(entry))) for index, entry in entries)


def strengths_of(
    release: Release, exempt: Sequence[ExemptFeature]
) -> tuple[tuple[int, Evidence, Association | None], ...]:
    """Return place, evidence and request of each reference table; no request where the table names no label."""
    entries = release.evidence_of(_REFERENCE)
    return tuple((index, entry, label_strength(release, entry, exempt=exempt)) for index, entry in entries)


def find_constant(release: Release, measurements: Measurements) -> Iterator[Finding]:
    """Yield a finding a feature of at most one distinct value, or one a table in which all vary."""
    if not release.evidence_of(_REFERENCE):
        yield missing_evidence(release, _REFERENCE, purpose="looking for features without use")
    for index, entry, profile in profiles_of(release):
        measured, found = measurements[profile], False
        for position, feature in enumerate(release.manifest.signature.features):
            distinct = measured.find("distinct", (("column", feature.name),))
            if distinct is not None and distinct.value is not None and distinct.value > 1:
                continue
            found = True
            counted = None if distinct is None else distinct.value
            varies = None if counted is None else False
            yield claim(
                "constant_feature",
                satisfied=varies,
                message=f"feature {feature.name} of {entry.id}"
                + (" has no count of distinct values" if varies is None else f" has {counted:.0f} distinct values"),
                location=release.locate("signature", "features", position),
                hint="drop the feature: what never varies cannot change a prediction",
                slice_=(("feature", feature.name),),
            )
        if not found:
            message, location = f"every feature of {entry.id} varies", release.locate("evidence", index, "uri")
            yield claim("constant_feature", satisfied=True, message=message, location=location, hint="")


def find_idle(
    release: Release,
    measurements: Measurements,
    *,
    min_strength: float,
    exempt: Sequence[ExemptFeature],
    near_miss: NearMiss | None,
) -> Iterator[Finding]:
    """Yield a finding a feature: whether it may tell as much of the label as is asked, by its interval's upper end."""
    yield from left_out_features(release, exempt=exempt, what="strength")
    if not release.evidence_of(_REFERENCE):
        yield missing_evidence(release, _REFERENCE, purpose="looking for features that add nothing")
    names = [feature.name for feature in release.manifest.signature.features]
    for index, entry, request in strengths_of(release, exempt):
        if request is None:
            message = f"{entry.id} names no label, so nobody knows what its features tell"
            place = release.locate("evidence", index, "columns")
            yield claim("label_strength", satisfied=None, message=message, location=place, hint="name columns.label")
            continue
        for name, _ in request.columns:
            place = release.locate("signature", "features", names.index(name))
            yield _idle(name, request, measurements[request], min_strength, place, near_miss)


def _idle(
    name: str, request: Association, measured: Measured, limit: float, place: Location, near_miss: NearMiss | None
) -> Finding:
    where = (("feature", name),)
    found = measured.find("strength", (*where, ("target", request.target)))
    if name in measured.facts.get("constant", ()):
        message = f"feature {name} is constant in the training rows"
        return claim("label_strength", satisfied=False, message=message, location=place, hint=_DROP, slice_=where)
    if found is None or found.value is None or found.interval is None:
        reason = (found.undecidable if found else None) or "it has no interval"
        message = f"what feature {name} tells of the label is undecided: {reason}"
        hint = "add rows in which both the feature and the label have values"
        return claim("label_strength", satisfied=None, message=message, location=place, hint=hint, slice_=where)
    return _compared(found, limit, place, where, near_miss)


def _compared(
    found: Measurement,
    limit: float,
    place: Location,
    where: tuple[tuple[str, str], ...],
    near_miss: NearMiss | None,
) -> Finding:
    """Return the comparison of the interval's upper end: a feature fails only where it is shown to add too little."""
    bound, interval = Bound(at_least=limit), found.interval
    upper = interval.upper if interval else 0.0
    is_enough = upper >= limit
    verb = "may tell as much as" if is_enough else "is shown to tell less than"
    return Finding(
        satisfied=is_enough,
        measure="label_strength",
        slice=where,
        message=f"feature {where[0][1]} tells {found.value:.3g} of the label, n = {found.n}, at most {upper:.3g}:"
        f" it {verb} {limit:g}",
        location=place,
        value=found.value,
        interval=interval,
        n=found.n,
        comparator=bound.comparator,
        bound=limit,
        margin=upper - limit,
        is_near=near_miss is not None and is_near(upper, bound, near_miss),
        hint=None if is_enough else _DROP,
    )
