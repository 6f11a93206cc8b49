"""The visible table of families that read foreign files; `promoter.measure.families.table` takes it in."""

from promoter.measure.families.family import Family
from promoter.measure.reports import junit, vulnerabilities
from promoter.measure.reports.request import JUnitReport, VulnerabilityReport
from promoter.measure.request import Request

REPORT_FAMILIES: dict[type[Request], Family] = {
    JUnitReport: junit.FAMILY,
    VulnerabilityReport: vulnerabilities.FAMILY,
}
