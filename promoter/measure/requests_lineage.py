"""What gates ask of the stores that features come from."""

from dataclasses import dataclass

from promoter.measure.request import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureRegistry(Request):
    """What a Feast registry, exported by `feast registry-dump`, says of some views and of those that they rest on.

    Measures: views (how many the export holds). Facts: "views" name -> {"kind", "features" name -> value type,
    "sources" (names of data sources), "views" (names of views that it is computed from)}; "ambiguous" (wanted names
    that stand more than once).
    """

    content: str
    views: tuple[str, ...]
