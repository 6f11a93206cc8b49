"""The confusion of each group of people, out of what was counted, and of all of them together."""

from promoter.errors import Location, Undecidable
from promoter.gates.contract.finding import Finding
from promoter.measure.families.disparity import OVERALL_MEASURES
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measured
from promoter.measure.statistics.groups import GroupRate, NotAssessed
from promoter.measure.statistics.sufficient import Confusion, GroupCounts

_OVERALL = dict(OVERALL_MEASURES)


def counts_of(measured: Measured, grouping: tuple[str, ...]) -> list[GroupCounts]:
    """Return the confusion of each group that the grouping's attributes make.

    Raises Undecidable where a group has no usable counts: to compare the others alone would flatter the model.
    """
    cells: dict[tuple[str, ...], dict[str, int]] = {}
    for found in cells_of(measured, grouping):
        values = dict(found.slice)
        group = tuple(values[name] for name in grouping)
        if found.value is None:
            raise Undecidable(f"group {' x '.join(group)}: {found.undecidable}")
        cells.setdefault(group, {})[found.measure] = int(found.value)
    for group, cell in cells.items():
        if missing := [name for name in ("tp", "fp", "fn", "tn") if name not in cell]:
            raise Undecidable(f"group {' x '.join(group)}: {', '.join(missing)} was not counted")
    return [
        GroupCounts(tp=cell["tp"], fp=cell["fp"], fn=cell["fn"], tn=cell["tn"], group=group)
        for group, cell in sorted(cells.items())
    ]


def cells_of(measured: Measured, grouping: tuple[str, ...]) -> list[Measurement]:
    """Return the counts whose slices are made by exactly the grouping's attributes."""
    return [value for value in measured.values if {column for column, _ in value.slice} == set(grouping)]


def inequality(measure: str, grouping: tuple[str, ...], measured: Measured, *, level: float) -> Measurement:
    """Return an inequality of benefit over all rows, summed up from the groups of one grouping."""
    n = 0
    try:
        groups = counts_of(measured, grouping)
        n = sum(group.n for group in groups)
        everyone = Confusion(
            **{cell: sum(getattr(group, cell) for group in groups) for cell in ("tp", "fp", "fn", "tn")}
        )
        estimate = _OVERALL[measure](everyone, level=level)
    except Undecidable as undecidable:
        return Measurement(measure=measure, n=n, undecidable=undecidable.reason)
    return Measurement(measure=measure, value=estimate.value, n=estimate.n, interval=estimate.interval)


def rate_in_words(rate: GroupRate) -> str:
    """Return a group, its rate and its rows."""
    return f"{' x '.join(rate.group)} {rate.value:.3g} of {rate.n}"


def not_assessed(
    entry: NotAssessed, grouping: tuple[str, ...], *, satisfied: bool | None, location: Location
) -> Finding:
    """Return the finding of a group that a comparison left out; the policy says what that means."""
    return Finding(
        satisfied=satisfied,
        measure="group_size",
        slice=tuple(zip(grouping, entry.group, strict=True)),
        n=entry.n,
        message=f"group {' x '.join(entry.group)} was not assessed: {entry.reason}",
        location=location,
        hint="add labelled rows of this group to the evidence",
    )
