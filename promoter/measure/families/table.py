"""The visible table of families: which module answers which request."""

from promoter.measure.families import (
    artifact_facts,
    document_text,
    drift,
    group_rates,
    paired_quality,
    quality,
    table_profile,
)
from promoter.measure.families.family import Family
from promoter.measure.request import (
    ArtifactFacts,
    DocumentText,
    Drift,
    GroupRates,
    PairedQuality,
    Quality,
    Request,
    TableProfile,
)

FAMILIES: dict[type[Request], Family] = {
    Quality: quality.FAMILY,
    PairedQuality: paired_quality.FAMILY,
    GroupRates: group_rates.FAMILY,
    Drift: drift.FAMILY,
    TableProfile: table_profile.FAMILY,
    ArtifactFacts: artifact_facts.FAMILY,
    DocumentText: document_text.FAMILY,
}
