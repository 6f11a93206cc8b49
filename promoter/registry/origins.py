"""What a feature's origin says: words for people, or a reference to a feature store."""

import re

from promoter.registry.signature import Feature

_REFERENCE = re.compile(r"(?P<view>\w+):(?P<feature>\w+)")


def reference_of(feature: Feature) -> tuple[str, str] | None:
    """Return view and feature of a Feast reference, `view:feature`, or None for an origin in words."""
    match = _REFERENCE.fullmatch(feature.origin or "")
    return (match["view"], match["feature"]) if match else None
