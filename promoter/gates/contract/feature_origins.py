"""Whether features that come from a feature store are there, of the right type, and rest on data sources."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from promoter.gates.contract.ancestry import End, climb
from promoter.gates.contract.candidate import Release
from promoter.gates.contract.claim import claim
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.missing import missing_evidence
from promoter.measure.request import Measurements
from promoter.measure.requests_lineage import FeatureRegistry
from promoter.registry.evidence import EvidenceKind
from promoter.registry.origins import reference_of
from promoter.registry.signature import DType

_READ_AS = {
    "FLOAT": (DType.FLOAT,),
    "DOUBLE": (DType.FLOAT,),
    "INT32": (DType.INT, DType.FLOAT),
    "INT64": (DType.INT, DType.FLOAT),
    "BOOL": (DType.BOOL,),
    "STRING": (DType.STRING,),
    "UNIX_TIMESTAMP": (DType.TIMESTAMP,),
    "FLOAT_LIST": (DType.VECTOR,),
    "DOUBLE_LIST": (DType.VECTOR,),
}


def references_of(release: Release) -> dict[int, tuple[str, str]]:
    """Return position to (view, feature) of each feature whose origin is a Feast reference, `view:feature`."""
    features = enumerate(release.manifest.signature.features)
    references = ((position, reference_of(feature)) for position, feature in features)
    return {position: reference for position, reference in references if reference is not None}


def registry_requests(release: Release) -> tuple[FeatureRegistry, ...]:
    """Return a request an exported registry for the views that features name; none where no feature names one."""
    views = tuple(sorted({view for view, _ in references_of(release).values()}))
    entries = release.evidence_of(EvidenceKind.FEATURE_REGISTRY) if views else ()
    return tuple(dict.fromkeys(FeatureRegistry(content=entry.digest, views=views) for _, entry in entries))


def resolve_features(release: Release, measurements: Measurements) -> Iterator[Finding]:
    """Yield a finding a feature that names a view; the first registry that holds the view answers."""
    references = references_of(release)
    if not references:
        return
    requests = registry_requests(release)
    if not requests:
        yield missing_evidence(release, EvidenceKind.FEATURE_REGISTRY, purpose="resolving features of a feature store")
        return
    facts = [measurements[request].facts for request in requests]
    for position, (view, name) in references.items():
        feature = release.manifest.signature.features[position]
        problem = _problem(view, name, feature.dtype, facts)
        yield claim(
            "feature_origin",
            satisfied=problem is None,
            message=f"feature {feature.name} {problem or f'comes from {view}:{name}'}",
            location=release.locate("signature", "features", position, "origin"),
            hint="correct the origin, or export the registry that the model was trained from: `feast registry-dump`",
            slice_=(("feature", feature.name),),
        )


def _problem(view: str, name: str, dtype: DType, registries: Sequence[Mapping[str, Any]]) -> str | None:
    """Return why a reference does not resolve, or None."""
    facts = next((found for found in registries if view in found.get("views", {})), None)
    if facts is None:
        return f"names view {view}, which no exported registry holds"
    views = facts["views"]
    value_type = views[view]["features"].get(name)
    if view in facts.get("ambiguous", ()):
        return f"names view {view}, which stands more than once in the exported registry"
    if value_type is None:
        return f"names {view}:{name}, and view {view} has no such feature"
    if dtype not in _READ_AS.get(value_type, ()):
        return f"is a {dtype}, {view}:{name} is a {value_type}"
    return _gap(view, views)


def _gap(view: str, views: Mapping[str, Any]) -> str | None:
    """Return what breaks the chain from a view to data sources, depth first, or None."""

    def parents_of(name: str) -> Sequence[str] | None:
        return views[name]["views"] if name in views else None

    for way in climb(view, parents_of=parents_of):
        if way.end is End.CYCLE:
            return f"comes from a view that is computed from itself: {way}"
        if way.end is End.UNKNOWN:
            return f"comes from a view that the exported registry does not hold: {way}"
        if not views[way.names[-1]]["sources"]:
            return f"comes from a view without a data source: {way}"
    return None
