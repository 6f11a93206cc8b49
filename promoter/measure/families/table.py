"""The visible table of families: which module answers which request."""

from promoter.measure.families import (
    artifact_facts,
    calibration,
    disparity,
    document_text,
    drift,
    group_rates,
    paired_quality,
    paired_rates,
    quality,
    table_profile,
)
from promoter.measure.families.family import Family
from promoter.measure.reports.table import REPORT_FAMILIES
from promoter.measure.request import (
    ArtifactFacts,
    Calibration,
    Disparity,
    DocumentText,
    Drift,
    GroupRates,
    PairedQuality,
    Quality,
    Request,
    TableProfile,
)
from promoter.measure.requests_data import PairedRates

FAMILIES: dict[type[Request], Family] = {
    Quality: quality.FAMILY,
    Calibration: calibration.FAMILY,
    PairedQuality: paired_quality.FAMILY,
    GroupRates: group_rates.FAMILY,
    Disparity: disparity.FAMILY,
    Drift: drift.FAMILY,
    TableProfile: table_profile.FAMILY,
    ArtifactFacts: artifact_facts.FAMILY,
    DocumentText: document_text.FAMILY,
    PairedRates: paired_rates.FAMILY,
    **REPORT_FAMILIES,
}
