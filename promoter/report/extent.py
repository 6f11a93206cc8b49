"""How much of a report is told, so that it stays below a surface's limit."""

from collections.abc import Iterator
from dataclasses import dataclass

from promoter.report.parts import ChangeView

ALL = 1_000_000

_DROPPED_FIRST = (
    ("measurements", "all measurements"),
    ("not_applicable", "policies that do not apply"),
    ("passed", "passed policies"),
    ("passed_changes", "the details of changes that passed"),
    ("lineage", "lineage"),
    ("owners", "code owners"),
    ("observed", "policies that only observe"),
    ("comparison", "the comparison with the champion"),
    ("narrow", "narrow passes"),
)
"""The order in which details go: what a reviewer misses least goes first. The verdict and the steps never go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """What is kept: details by name, and how many rows of a table, changes in detail and changes listed."""

    omitted: tuple[str, ...] = ()
    most_rows: int = 100
    most_changes: int = ALL
    most_listed: int = ALL
    most_nodes: int = 40

    def keeps(self, detail: str) -> bool:
        """Say whether a detail is told."""
        return detail not in self.omitted

    def tells(self, change: ChangeView) -> bool:
        """Say whether a change of many is told in detail."""
        return change.verdict != "passed" or self.keeps("passed_changes")

    @property
    def dropped(self) -> tuple[str, ...]:
        """Return what was left out, in words."""
        details = [words for name, words in _DROPPED_FIRST if name in self.omitted]
        if self.most_changes < ALL:
            details.append(f"the details of all but {self.most_changes} changes")
        elif self.most_rows < Extent().most_rows:
            details.append(f"rows beyond {self.most_rows} of each table")
        return tuple(details)


def shrinking_extents() -> Iterator[Extent]:
    """Yield extents from everything to very little, each smaller than the one before."""
    names = tuple(name for name, _ in _DROPPED_FIRST)
    for number in range(len(names) + 1):
        yield Extent(omitted=names[:number])
    yield Extent(omitted=names, most_rows=20, most_listed=500)
    yield Extent(omitted=names, most_rows=10, most_changes=20, most_listed=300)
    for number in (10, 5, 2, 1, 0):
        yield Extent(omitted=names, most_rows=max(number, 1), most_changes=number, most_listed=max(number * 10, 3))
