"""The features of a version as columns that can be compared, and those left out with a reason."""

from collections.abc import Iterator, Sequence

from pydantic import Field

from promoter.document.strict import Strict
from promoter.gates.contract.candidate import Release
from promoter.gates.contract.finding import Finding
from promoter.registry.signature import DType, Feature

UNIVARIATE = ("numeric", "categorical")
WITH_VECTORS = (*UNIVARIATE, "vector")
"""Kinds of features that a gate compares."""


class ExemptFeature(Strict):
    """A feature that a policy leaves out, and why."""

    feature: str = Field(description="Name of the feature.", min_length=1)
    reason: str = Field(description="Why it is left out, for the reviewer.", min_length=1)


def kind_of(feature: Feature) -> str | None:
    """Return numeric, categorical or vector, or None for types that no statistic of one column takes."""
    if feature.dtype in (DType.FLOAT, DType.INT):
        return "categorical" if feature.categories else "numeric"
    if feature.dtype is DType.VECTOR:
        return "vector"
    return "categorical" if feature.dtype in (DType.BOOL, DType.STRING) else None


def feature_columns(
    release: Release, *, exempt: Sequence[ExemptFeature] = (), kinds: Sequence[str] = UNIVARIATE
) -> tuple[tuple[str, str], ...]:
    """Return (name, kind) of each feature that is compared, in the signature's order."""
    names = {exemption.feature for exemption in exempt}
    features = release.manifest.signature.features
    compared = ((entry.name, kind_of(entry)) for entry in features if entry.name not in names)
    return tuple((name, kind) for name, kind in compared if kind is not None and kind in kinds)


def left_out_features(
    release: Release, *, exempt: Sequence[ExemptFeature], what: str, kinds: Sequence[str] = UNIVARIATE
) -> Iterator[Finding]:
    """Yield the exempt features, satisfied, and those whose type has no such statistic, undecided."""
    reasons = {exemption.feature: exemption.reason for exemption in exempt}
    for index, feature in enumerate(release.manifest.signature.features):
        is_exempt = feature.name in reasons
        if not is_exempt and kind_of(feature) in kinds:
            continue
        why = f"exempt: {reasons[feature.name]}" if is_exempt else f"a {feature.dtype} has no {what} here"
        yield Finding(
            satisfied=True if is_exempt else None,
            measure="compared",
            slice=(("feature", feature.name),),
            message=f"feature {feature.name} was left out, {why}",
            location=release.locate("signature", "features", index),
            hint=None if is_exempt else "let the policy's owner exempt it with a reason",
        )
