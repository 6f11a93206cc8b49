"""The confusion of each group of people, out of what was counted."""

from promoter.errors import Undecidable
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measured
from promoter.measure.statistics.sufficient import GroupCounts


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
