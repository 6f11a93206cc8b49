"""Disparity: the distance between the two groups that are treated most differently, by attribute and intersection."""

from collections.abc import Iterator, Sequence
from typing import Any

from promoter.errors import Undecidable
from promoter.measure.aggregate import Aggregate
from promoter.measure.families import group_rates
from promoter.measure.families.family import Results, TableFamily, attempt, measurement
from promoter.measure.measurement import Measurement
from promoter.measure.request import Disparity, GroupRates, Measured
from promoter.measure.statistics import entropy, fairness
from promoter.measure.statistics.groups import GroupRate
from promoter.measure.statistics.sufficient import Confusion, GroupCounts

MEASURES = (
    ("selection_rate_ratio", fairness.selection_rate_ratio),
    ("selection_rate_difference", fairness.selection_rate_difference),
    ("tpr_difference", fairness.tpr_difference),
    ("fpr_difference", fairness.fpr_difference),
    ("equalized_odds_difference", fairness.equalized_odds_difference),
    ("predictive_parity_difference", fairness.predictive_parity_difference),
)
OVERALL_MEASURES = (
    ("generalized_entropy", entropy.generalized_entropy),
    ("theil", entropy.theil),
)
"""Inequality between rows, whatever their groups: one value a table."""


def aggregates(request: Disparity) -> tuple[Aggregate, ...]:
    """Return the questions of the groups' confusion counts."""
    return group_rates.aggregates(_as_rates(request))


def derive(request: Disparity, results: Results) -> Measured:
    """Return every measure of every attribute and intersection with its extreme groups, and of all rows together."""
    counted = group_rates.derive(_as_rates(request), results)
    values: list[Measurement] = []
    extremes: dict[str, dict[str, Any]] = {}
    for attributes in dict.fromkeys(request.attributes):
        name = " x ".join(attributes)
        measured, found = _of_attributes(attributes, counted, request.min_n, name=name)
        values += measured
        extremes[name] = found
    values += _overall(request, counted)
    return Measured(values=tuple(values), facts={"extremes": extremes})


def _as_rates(request: Disparity) -> GroupRates:
    return GroupRates(table=request.table, threshold=request.threshold, attributes=request.attributes)


def _of_attributes(
    attributes: tuple[str, ...], counted: Measured, min_n: int, *, name: str
) -> tuple[list[Measurement], dict[str, Any]]:
    groups, reason = _groups(attributes, counted)
    n = sum(group.n for group in groups)
    values: list[Measurement] = []
    extremes: dict[str, Any] = {}
    for measure, statistic in MEASURES:
        try:
            found = statistic(_complete(groups, reason), min_n=min_n)
        except Undecidable as undecidable:
            basis: fairness.Disparity | Undecidable = undecidable
        else:
            basis = found
            extremes[measure] = {
                "lowest": _rate(found.lowest),
                "highest": _rate(found.highest),
                "pairs": found.pairs,
                "not_assessed": [[list(left.group), left.n, left.reason] for left in found.not_assessed],
            }
        values.append(
            measurement(measure, lambda d: d.estimate, basis, n=n, slice_=(("attribute", name),), unit="fraction")
        )
    return values, extremes


def _overall(request: Disparity, counted: Measured) -> Iterator[Measurement]:
    """Yield what is of all rows; the groups of any one attribute hold every row once."""
    if not request.attributes:
        return
    groups, reason = _groups(request.attributes[0], counted)
    whole = attempt(lambda: _summed(_complete(groups, reason)))
    for measure, statistic in OVERALL_MEASURES:
        yield measurement(measure, statistic, whole, n=sum(group.n for group in groups))


def _summed(groups: Sequence[GroupCounts]) -> Confusion:
    return Confusion(
        tp=sum(group.tp for group in groups),
        fp=sum(group.fp for group in groups),
        fn=sum(group.fn for group in groups),
        tn=sum(group.tn for group in groups),
    )


def _groups(attributes: tuple[str, ...], counted: Measured) -> tuple[list[GroupCounts], str | None]:
    """Return the counts of each group, and why some group has none."""
    cells: dict[tuple[str, ...], dict[str, int]] = {}
    for value in counted.values:
        if tuple(column for column, _ in value.slice) == attributes:
            if value.value is None:
                return [], value.undecidable
            cells.setdefault(tuple(text for _, text in value.slice), {})[value.measure] = int(value.value)
    return [GroupCounts(group=group, **counts) for group, counts in cells.items()], None


def _complete(groups: Sequence[GroupCounts], reason: str | None) -> Sequence[GroupCounts]:
    """Return the groups; a comparison that leaves out a group whose rows are unusable would be a flattering one."""
    if reason is not None:
        raise Undecidable(reason)
    return groups


def _rate(rate: GroupRate) -> dict[str, Any]:
    return {"group": list(rate.group), "rate": rate.value, "n": rate.n}


FAMILY = TableFamily(contents=lambda request: (request.table.content,), aggregates=aggregates, derive=derive)
