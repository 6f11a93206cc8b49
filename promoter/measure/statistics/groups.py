"""Rates of groups side by side: which are assessed, and which two lie furthest apart."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from promoter.errors import Undecidable
from promoter.measure.statistics.sufficient import GroupCounts

Group = tuple[str, ...]

Proportion = Callable[[GroupCounts], tuple[int, int]]
"""From a group's counts to (successes, rows that the rate divides by)."""


@dataclass(frozen=True, slots=True)
class GroupRate:
    """A group's rate as a proportion of whole rows."""

    group: Group
    successes: int
    n: int

    @property
    def value(self) -> float:
        """The rate, in [0, 1]."""
        return self.successes / self.n


@dataclass(frozen=True, slots=True)
class NotAssessed:
    """A group that a comparison leaves out, its rows, and why."""

    group: Group
    n: int
    reason: str


@dataclass(frozen=True, slots=True)
class Extremes:
    """The assessed groups with the lowest and the highest rate, and what was left out.

    Among equal rates the first group in text order is the lowest and the last is the highest, so the two always
    differ and do not depend on the order of the input. `pairs` counts the pairs from which this one was picked:
    an interval of the picked pair covers less than its level unless that is corrected for.
    """

    lowest: GroupRate
    highest: GroupRate
    pairs: int
    not_assessed: tuple[NotAssessed, ...]

    @property
    def n(self) -> int:
        """Rows that the two rates divide by."""
        return self.lowest.n + self.highest.n


def extreme_groups(groups: Sequence[GroupCounts], proportion: Proportion, *, min_n: int, of: str = "rows") -> Extremes:
    """Return the two groups that lie furthest apart among those of at least `min_n` rows with a rate.

    A group without `of` (the rows that the rate divides by) has no rate and is not assessed, never 0.
    Raises Undecidable for fewer than two assessed groups, ValueError for a group given twice.
    """
    ordered = sorted(groups, key=lambda counts: counts.group)
    if len({counts.group for counts in ordered}) < len(ordered):
        raise ValueError("a group is given twice")
    rates, left_out = [], []
    for counts in ordered:
        successes, n = proportion(counts)
        if counts.n < min_n:
            left_out.append(NotAssessed(counts.group, counts.n, f"{counts.n} rows, fewer than {min_n}"))
        elif n == 0:
            left_out.append(NotAssessed(counts.group, counts.n, f"no {of} in {counts.n} rows"))
        else:
            rates.append(GroupRate(counts.group, successes, n))
    if len(rates) < 2:
        raise Undecidable(f"{len(rates)} of {len(ordered)} groups can be assessed; a comparison needs 2")
    rates.sort(key=lambda rate: (rate.value, rate.group))
    return Extremes(rates[0], rates[-1], math.comb(len(rates), 2), tuple(left_out))
