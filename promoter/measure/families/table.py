"""The visible table of families: which module answers which request."""

from promoter.measure.families import (
    anonymity,
    artifact_facts,
    association,
    calibration,
    confusions,
    disparity,
    distribution,
    document_text,
    drift,
    group_rates,
    latency,
    overlap,
    paired_quality,
    paired_rates,
    paired_scores,
    personal_texts,
    prediction_bins,
    quality,
    reproduction,
    score_curve,
    table_profile,
    traffic,
)
from promoter.measure.families.family import Family
from promoter.measure.reports import feast, sbom
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
from promoter.measure.requests_data import (
    Anonymity,
    Association,
    Confusions,
    Latency,
    Overlap,
    PairedRates,
    PairedScores,
    PersonalTexts,
    Reproduction,
)
from promoter.measure.requests_drawing import Distribution, PredictionBins, ScoreCurve
from promoter.measure.requests_licences import PackageLicences
from promoter.measure.requests_lineage import FeatureRegistry
from promoter.measure.requests_traffic import ServedTraffic

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
    FeatureRegistry: feast.FAMILY,
    ServedTraffic: traffic.FAMILY,
    PackageLicences: sbom.FAMILY,
    Confusions: confusions.FAMILY,
    Overlap: overlap.FAMILY,
    Association: association.FAMILY,
    PersonalTexts: personal_texts.FAMILY,
    Anonymity: anonymity.FAMILY,
    Reproduction: reproduction.FAMILY,
    Latency: latency.FAMILY,
    PairedScores: paired_scores.FAMILY,
    ScoreCurve: score_curve.FAMILY,
    PredictionBins: prediction_bins.FAMILY,
    Distribution: distribution.FAMILY,
}
