"""Commits of the line whose dates cannot be: a moment is answered from them, so one wrong clock answers for many.

A commit holds from its own date, and no earlier than what it stands on (promoter/history/line.py). So one that is dated
ahead holds the clock still for all that follow it, until their dates have caught up.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from promoter.commands.past import Past
from promoter.commands.verifying import Finding

_SKEW = timedelta(days=1)
"""How far clocks may be apart: zones that were taken for UTC are no lie."""


def find_misdated(past: Past, start: int, *, now: datetime) -> Iterator[Finding]:
    """Yield each commit after a position of the line that is dated ahead of `now`, or of a commit that stands on it.

    Of two whose dates contradict each other nobody knows which is wrong, so the finding names both.
    """
    line = past.timeline.line
    ahead = 0
    for position in range(len(line)):
        if position == 0 or line.times[position] > line.times[position - 1]:
            ahead = position
            if position > start and line.at(position) > now + _SKEW:
                yield _finding(past, position, "which is still to come")
        elif position > start:
            commit = line.commit_id(position)
            dated = past.repository.commit(commit).committed_at
            if line.at(ahead) - dated > _SKEW:
                yield _finding(past, ahead, f"and {commit[:10]}, which came after it, {_day(dated)}")


def _finding(past: Past, position: int, contradiction: str) -> Finding:
    line = past.timeline.line
    commit = line.commit_id(position)
    dated = f"it is dated {_day(line.at(position))}, {contradiction}"
    message = f"{dated}: one date is wrong, and what follows counts from the later one"
    author = past.credit(commit).author
    return Finding(subject=f"commit {commit[:10]}", message=message, is_unverified=False, commit=commit, author=author)


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="minutes").replace("+00:00", "Z")
