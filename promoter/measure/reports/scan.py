"""What every scanner's report comes down to: what was scanned, when, and what was found."""

import re
from dataclasses import dataclass
from enum import StrEnum

from promoter.measure.reports.json_node import Node

_DIGEST = re.compile(r"sha256(?::|%3[Aa])([0-9a-f]{64})(?![0-9a-f])")


class Severity(StrEnum):
    """How bad a vulnerability is, worst first; unknown where the scanner does not say."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    UNKNOWN = "unknown"


_WORDS = {
    "critical": Severity.CRITICAL,
    "high": Severity.HIGH,
    "important": Severity.HIGH,
    "medium": Severity.MEDIUM,
    "moderate": Severity.MEDIUM,
    "low": Severity.LOW,
    "negligible": Severity.LOW,
    "info": Severity.LOW,
    "none": Severity.LOW,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vulnerability:
    """One vulnerability of one package; `state` and `justification` are a VEX analysis, None where there is none."""

    id: str
    severity: Severity
    package: str | None = None
    version: str | None = None
    aliases: tuple[str, ...] = ()
    fixed_in: tuple[str, ...] = ()
    state: str | None = None
    justification: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A report. `subjects` are the digests that it names as scanned; `unaudited` what it says it could not look at.

    `is_vex` says that it judges what others found, and found nothing itself.
    """

    tool: str
    is_vex: bool = False
    subjects: tuple[str, ...] = ()
    scanned_at: str | None = None
    database_at: str | None = None
    vulnerabilities: tuple[Vulnerability, ...] = ()
    unaudited: tuple[str, ...] = ()


def severity_of_word(word: str | None) -> Severity:
    """Return the severity of a scanner's or vendor's word, in any case."""
    return _WORDS.get((word or "").casefold(), Severity.UNKNOWN)


def severity_of_score(score: float) -> Severity:
    """Return the severity of a CVSS score; none counts as low, and what is outside of [0, 10] as unknown.

    Source: CVSS 3.1 specification, table 14.
    """
    if not 0.0 <= score <= 10.0:
        return Severity.UNKNOWN
    bounds = ((9.0, Severity.CRITICAL), (7.0, Severity.HIGH), (4.0, Severity.MEDIUM))
    return next((severity for lowest, severity in bounds if score >= lowest), Severity.LOW)


def worst_of(severities: tuple[Severity, ...]) -> Severity:
    """Return the worst severity; unknown only where nothing else is said."""
    order = tuple(Severity)
    return min(severities, key=order.index, default=Severity.UNKNOWN)


def digests_in(*nodes: Node) -> tuple[str, ...]:
    """Return the sha256 digests in texts such as `name@sha256:...`, each once, in order."""
    found: dict[str, None] = {}
    for node in nodes:
        for digest in _DIGEST.findall(node.text() or ""):
            found[f"sha256:{digest}"] = None
    return tuple(found)
