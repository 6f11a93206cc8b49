"""What single columns of a table must hold, and what its texts and combinations must not reveal."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pydantic import Field, model_validator

from promoter.document.strict import Strict
from promoter.errors import Location
from promoter.gates.contract.finding import Finding, hold
from promoter.measure.request import Measured
from promoter.policy.bound import Bound
from promoter.policy.policy import NearMiss

_MEND = "mend the export, or let the policy's owner change the rule"


class ColumnRule(Strict):
    """What one column of every chosen table that has it must hold."""

    column: str = Field(description="Name of the column.", min_length=1)
    minimum: float | None = Field(default=None, description="Smallest value allowed, in the column's unit.")
    maximum: float | None = Field(default=None, description="Largest value allowed, in the column's unit.")
    max_missing_rate: float | None = Field(
        default=None, description="Share of missing values allowed, in [0, 1].", ge=0, le=1
    )
    categories: tuple[str, ...] = Field(default=(), description="Values allowed, as text; any by default.")

    @model_validator(mode="after")
    def _asks_something(self) -> "ColumnRule":
        if (self.minimum, self.maximum, self.max_missing_rate) == (None, None, None) and not self.categories:
            raise ValueError("needs minimum, maximum, max_missing_rate or categories")
        return self


class ExemptColumn(Strict):
    """A column that may hold what looks like personal data, and why."""

    column: str = Field(description="Name of the column.", min_length=1)
    reason: str = Field(description="Why it may, for the reviewer.", min_length=1)


def column_findings(
    rules: Sequence[ColumnRule], profile: Measured, *, of: str, location: Location
) -> Iterator[Finding]:
    """Yield one finding a rule whose column the table has; a rule that cannot be checked is undecided."""
    for rule in rules:
        if rule.column not in profile.facts.get("columns", {}):
            continue
        problems, is_known = _misfits(rule, profile)
        message = "; ".join(problems) if problems else "holds what its rule asks" if is_known else "was not measured"
        yield Finding(
            satisfied=False if problems else True if is_known else None,
            measure="column",
            slice=(("column", rule.column),),
            message=f"{of}: column {rule.column} {message}",
            location=location,
            hint=_MEND if problems or not is_known else None,
        )


def absent_column(rule: ColumnRule, *, location: Location) -> Finding:
    """Return the undecided finding that no table has a rule's column: a rule that matches nothing never passes."""
    return Finding(
        satisfied=None,
        measure="column",
        slice=(("column", rule.column),),
        message=f"no table has a column {rule.column}, for which the policy has a rule",
        location=location,
        hint="add the column to the evidence, or let the policy's owner correct its name",
    )


def _misfits(rule: ColumnRule, profile: Measured) -> tuple[list[str], bool]:
    """Return how a column departs from its rule, and whether all that the rule asks was measured."""
    where = (("column", rule.column),)
    problems, is_known = [], True
    for name, limit, sign in (("minimum", rule.minimum, 1.0), ("maximum", rule.maximum, -1.0)):
        found = profile.find(name, where)
        if limit is not None and (found is None or found.value is None):
            is_known = False
        elif limit is not None and found is not None and sign * (found.value or 0.0) < sign * limit:
            problems.append(f"has {name} {found.value:g}, {limit:g} is allowed")
    missing = profile.find("missing", where)
    if rule.max_missing_rate is not None:
        if missing is None or missing.value is None or not missing.n:
            is_known = False
        elif missing.value / missing.n > rule.max_missing_rate:
            problems.append(f"misses {missing.value:.0f} of {missing.n} values, {rule.max_missing_rate:g} is allowed")
    if rule.categories:
        seen = profile.facts.get("categories", {}).get(rule.column)
        unknown = sorted(set(seen or ()) - set(rule.categories))
        is_known = is_known and seen is not None
        if unknown:
            problems.append(f"has values that are not allowed: {', '.join(value[:40] for value in unknown[:5])}")
    return problems, is_known


def personal_findings(found: Measured, *, of: str, exempt: Mapping[str, str], location: Location) -> Iterator[Finding]:
    """Yield a finding a column and kind of personal data; one that all columns were searched where there is none."""
    hits = [value for value in found.values if value.measure == "personal_data"]
    for hit in hits:
        where = dict(hit.slice)
        column, kind = where["column"], where["kind"]
        rows = found.facts.get("first_rows", {}).get(f"{column} {kind}", [])
        reason = exempt.get(column)
        told = hit.undecidable or f"{hit.value:.0f} rows hold what looks like {kind}, first in rows {rows}"
        yield Finding(
            satisfied=True if reason else None if hit.value is None else False,
            measure="personal_data",
            slice=hit.slice,
            value=hit.value,
            n=hit.n,
            unit="rows",
            message=f"{of}: column {column}: {told}" + (f"; exempt: {reason}" if reason else ""),
            location=location,
            hint=None if reason else "drop or pseudonymise the column; what was pushed must be purged from the history",
        )
    if not hits:
        searched = found.find("columns_searched")
        count = searched.value if searched is not None else None
        is_searched = count is not None
        told = (
            f"no pattern of personal data in {count:.0f} columns that hold text" if is_searched else "was not searched"
        )
        yield Finding(
            satisfied=True if is_searched else None,
            measure="personal_data",
            message=f"{of}: {told}",
            location=location,
            hint=None if is_searched else _MEND,
        )


def anonymity_finding(found: Measured, *, of: str, location: Location, near_miss: NearMiss | None) -> Finding:
    """Return whether the smallest group of people is large enough, with how many rows are in groups too small."""
    smallest, below, k = found.find("smallest_group"), found.find("rows_below"), found.facts.get("k")
    if smallest is None or k is None:
        return Finding(
            satisfied=None, measure="smallest_group", message=f"{of}: was not measured", location=location, hint=_MEND
        )
    finding = hold(smallest, Bound(at_least=k), location=location, near_miss=near_miss)
    rows = f"{below.value:.0f} of {below.n} rows stand in smaller groups" if below and below.value else "none smaller"
    hint = None if finding.satisfied else "coarsen the quasi-identifiers (age bands, regions) before committing"
    return replace(finding, message=f"{of}: {finding.message} ({rows})", hint=hint)
