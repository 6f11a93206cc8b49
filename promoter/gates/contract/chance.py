"""Failures that no effect at all could explain: drift within its own null, p-values that do not survive correction."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from pydantic import Field

from promoter.document.strict import Strict
from promoter.gates.contract.finding import Finding
from promoter.measure.request import Measured
from promoter.measure.statistics.multiplicity import benjamini_hochberg, holm


class Significance(Strict):
    """A drift counts only where chance is ruled out as well."""

    alpha: float = Field(
        default=0.05, gt=0, lt=1, description="Largest corrected p-value that rules chance out, (0, 1)."
    )
    correction: Literal["benjamini_hochberg", "holm"] = Field(
        default="benjamini_hochberg",
        description="Correction over all features and measures; benjamini_hochberg by default: it bounds the share of"
        " false alarms where there are many features.",
    )


def excuse_chance(
    findings: Sequence[Finding], measured: Measured, *, significance: Significance | None, satisfied: bool | None
) -> list[Finding]:
    """Return the findings with each failure that chance explains turned into `satisfied`, and the reason in words.

    A PSI is explained where it is at most the 95 % quantile of its null (fact psi_null_95 by feature). With
    `significance`, a measure is explained where its p-value (measure `<name>_p` of the same slice), corrected over
    all findings that have one, is above alpha.
    """
    p_values = _corrected(findings, measured, significance) if significance else {}
    null_95 = measured.facts.get("psi_null_95") or {}
    result = []
    for finding in findings:
        why = None
        if finding.satisfied is False:
            why = _within_null(finding, null_95) or _above_alpha(finding, p_values, significance)
        result.append(finding if why is None else _excused(finding, why, satisfied=satisfied))
    return result


def _excused(finding: Finding, why: str, *, satisfied: bool | None) -> Finding:
    hint = "add rows: with so few, chance alone moves a feature this far"
    return replace(finding, satisfied=satisfied, message=f"{finding.message}, but {why}", hint=hint)


def _within_null(finding: Finding, null_95: Mapping[str, float]) -> str | None:
    critical = null_95.get(dict(finding.slice).get("feature", ""))
    if finding.measure != "psi" or critical is None or finding.value is None or finding.value > critical:
        return None
    return f"without any drift 1 of 20 samples of this size exceeds {critical:.3g}"


def _above_alpha(
    finding: Finding, p_values: Mapping[tuple[object, str], float], significance: Significance | None
) -> str | None:
    p = p_values.get((finding.slice, finding.measure))
    if significance is None or p is None or p <= significance.alpha:
        return None
    return f"its p-value is {p:.2g} after {significance.correction} over {len(p_values)}, above {significance.alpha:g}"


def _corrected(
    findings: Sequence[Finding], measured: Measured, significance: Significance
) -> dict[tuple[object, str], float]:
    """Return the corrected p-value of each compared slice and measure that has one."""
    raw: dict[tuple[object, str], float] = {}
    for finding in findings:
        found = measured.find(f"{finding.measure}_p", finding.slice)
        if found is not None and found.value is not None:
            raw[(finding.slice, finding.measure)] = found.value
    correct = holm if significance.correction == "holm" else benjamini_hochberg
    return dict(zip(raw, map(float, correct(list(raw.values()))), strict=True)) if raw else {}
