"""What several scans say together, each vulnerability once, and which of them somebody has accepted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pydantic import Field

from promoter.document.strict import Day, Strict

VexState = Literal["not_affected", "false_positive", "resolved", "resolved_with_pedigree"]

_WORST_FIRST = ("critical", "high", "medium", "low", "unknown")


class AcceptedRisk(Strict):
    """A vulnerability that somebody has looked at and bears for a while."""

    id: str = Field(description="Identifier or alias, such as CVE-2024-3094.", min_length=1)
    package: str | None = Field(default=None, description="The package alone that is meant; none: any.", min_length=1)
    until: Day = Field(description="Last day on which it is accepted.")
    reason: str = Field(description="Why it does no harm here, and who says so.", min_length=1)


@dataclass(frozen=True, slots=True)
class Found:
    """One vulnerability of one package: all its names, the worst severity, and the VEX states said of it."""

    ids: tuple[str, ...]
    package: str | None
    severity: str
    states: tuple[tuple[str, str | None], ...] = ()

    @property
    def name(self) -> str:
        """Its first identifier, and the package."""
        return f"{self.ids[0]} in {self.package}" if self.package else self.ids[0]


def merge_vulnerabilities(reports: Iterable[Mapping[str, Any]]) -> list[Found]:
    """Return the vulnerabilities of all reports, each once for a package: two are one where they share a name.

    The worst severity counts; unknown only where no report knows. An analysis without a package is about nothing, and
    one that justifies nothing is none.
    """
    entries = [_found(entry) for report in reports for entry in report["vulnerabilities"]]
    parents = list(range(len(entries)))
    owners: dict[tuple[str | None, str], int] = {}
    for index, found in enumerate(entries):
        package = found.package.casefold() if found.package else None
        for name in found.ids:
            ends = _root(parents, owners.setdefault((package, name), index)), _root(parents, index)
            parents[max(ends)] = min(ends)
    groups: dict[int, list[Found]] = {}
    for index, found in enumerate(entries):
        groups.setdefault(_root(parents, index), []).append(found)
    return [_joined(group) for group in groups.values()]


def _root(parents: list[int], index: int) -> int:
    """Return the first entry of an entry's group, shortening the way to it."""
    while parents[index] != index:
        parents[index] = parents[parents[index]]
        index = parents[index]
    return index


def find_acceptance(found: Found, accepted: Iterable[AcceptedRisk], day: date) -> tuple[AcceptedRisk | None, bool]:
    """Return the entry that is about a vulnerability, one that holds on the day first, and whether it holds."""
    about = [
        risk
        for risk in accepted
        if risk.id in found.ids
        and (risk.package is None or risk.package.casefold() == (found.package or "").casefold())
    ]
    holding = next((risk for risk in about if day <= risk.until), None)
    return (holding, True) if holding else (about[0] if about else None, False)


def _found(entry: Mapping[str, Any]) -> Found:
    state, why = entry["state"], entry["justification"]
    is_said = state is not None and entry["package"] is not None and (state != "not_affected" or why)
    ids = tuple(dict.fromkeys((entry["id"], *entry["aliases"])))
    return Found(ids, entry["package"], entry["severity"], ((state, why),) if is_said else ())


def _joined(group: Sequence[Found]) -> Found:
    severity = min((found.severity for found in group), key=_WORST_FIRST.index)
    ids = tuple(dict.fromkeys(name for found in group for name in found.ids))
    states = tuple(dict.fromkeys(state for found in group for state in found.states))
    return Found(ids, group[0].package, severity, states)
