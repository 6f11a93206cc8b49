"""A plot before it is drawn: its chart's specification, its words, and the same numbers as a table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from promoter.report.plain import plain

LABEL_LENGTH = 28
"""Characters of a name on an axis; the table has it in full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """What is drawn and what is said of it. `reason` says why there is nothing to draw, where `spec` is None.

    `series` are the names of the first and the second colour, empty where a colour is not used; `marks` says what bears
    them: lines, dots or bars. `description` is what
    somebody who does not see the plot is told.
    """

    title: str
    note: str
    description: str
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    spec: dict[str, Any] | None = None
    series: tuple[str, str] = ("", "")
    marks: str = "lines"
    is_wide: bool = False
    reason: str = ""

    def drawn(self, spec: dict[str, Any], header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> "Plot":
        """Return the plot with its chart and its table."""
        return replace(self, spec=spec, header=header, rows=tuple(rows))

    def without(self, reason: str) -> "Plot":
        """Return the plot that says why it is not drawn."""
        return replace(self, spec=None, reason=reason)


def axis_labels(names: Iterable[str]) -> list[str]:
    """Return names short enough for an axis, each different, so that two long ones never share a place."""
    labels: list[str] = []
    for name in names:
        label, number = plain(name, limit=LABEL_LENGTH) or "(empty)", 2
        while label in labels:
            label = f"{plain(name, limit=LABEL_LENGTH - 5)} ({number})"
            number += 1
        labels.append(label)
    return labels
