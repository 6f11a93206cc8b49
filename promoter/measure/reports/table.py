"""The visible table of families that read foreign files; `promoter.measure.families.table` takes it in."""

from promoter.measure.families.family import Family
from promoter.measure.reports import (
    artifact_structure,
    junit,
    modelscan,
    secret_text,
    shadow,
    signature,
    vulnerabilities,
)
from promoter.measure.reports.request import (
    ArtifactStructure,
    JUnitReport,
    ModelScanReport,
    SecretScan,
    ShadowAgreement,
    SignatureReport,
    VulnerabilityReport,
)
from promoter.measure.request import Request

REPORT_FAMILIES: dict[type[Request], Family] = {
    ArtifactStructure: artifact_structure.FAMILY,
    JUnitReport: junit.FAMILY,
    ModelScanReport: modelscan.FAMILY,
    SecretScan: secret_text.FAMILY,
    ShadowAgreement: shadow.FAMILY,
    SignatureReport: signature.FAMILY,
    VulnerabilityReport: vulnerabilities.FAMILY,
}
