"""What a commit left so that nobody can read it, or took back though it is for good: who did it, and who mended it.

Each stays a finding after it was mended, since the line says from which commit to which it was broken:
1. pointers, 2. withdrawn.yaml, 3. model.yaml of a model that has versions, 4. CODEOWNERS, 5. the rules as a whole.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from promoter.commands.past import Past
from promoter.commands.rules_of_base import usable_rules
from promoter.commands.verifying import Finding, unverified
from promoter.errors import PolicyError, Problem, ProposalError
from promoter.history.event import Event, EventKind
from promoter.history.walk import difference_at
from promoter.registry.codeowners import LOCATIONS
from promoter.registry.governance import owners_faults
from promoter.registry.layout import POLICIES
from promoter.registry.stock import Shelf

_OWNERS = frozenset(path.partition("/")[0] for path in LOCATIONS)
"""Names at the root that events are about where CODEOWNERS changes; what lies in docs/ makes none."""

WhyBroken = Callable[[int], Problem | None]
"""Position of the line to why something cannot be read after it, or None where it can."""


def find_breaks(past: Past, start: int) -> Iterator[Finding]:
    """Yield every commit after a position of the line that broke a file, and every withdrawal that was taken back."""
    look = _Look(past)
    for event in past.timeline.events:
        position = past.timeline.positions[event.commit]
        if position <= start:
            continue
        if event.kind is EventKind.REINSTATEMENT:
            yield unverified(past, event, "a withdrawal was taken back; it is for good")
        elif event.kind in (EventKind.UNREADABLE, EventKind.BROKEN):  # 1, 2
            yield look.finding(event.path, position, _reader_of(past, event))
        elif event.kind is EventKind.GOVERNANCE and (event.model is not None or event.path in _OWNERS):  # 3, 4
            why_broken = _reader_of(past, event)
            if why_broken(position) is not None and (position == 0 or why_broken(position - 1) is None):
                yield look.finding(event.path, position, why_broken)
    yield from _broken_rules(look, start)  # 5


@dataclass(frozen=True, slots=True)
class _Look:
    """A history that is looked through for where something was broken, and until when."""

    past: Past

    def finding(self, path: str, position: int, why_broken: WhyBroken) -> Finding:
        """Return that the commit at a position broke what stands at a path."""
        commit = self.past.timeline.line.commit_id(position)
        problem = why_broken(position)
        told = "nobody can read it" if problem is None else f"{problem.location}: {problem.message}"
        message = f"broken past the gate ({told}); {self._end(path, position, why_broken)}"
        author = self.past.credit(commit).author
        return Finding(subject=path, message=message, is_unverified=True, commit=commit, author=author)

    def _end(self, path: str, position: int, why_broken: WhyBroken) -> str:
        line, reader = self.past.timeline.line, self.past.reader
        for later in range(position + 1, len(line)):
            is_changed = difference_at(reader, path, line.tree_id(later - 1), line.tree_id(later)) is not None
            if is_changed and why_broken(later) is None:
                commit = line.commit_id(later)
                return f"mended by commit {commit[:10]} of {self.past.credit(commit).author}"
        return "nobody has mended it yet"


def _reader_of(past: Past, event: Event) -> WhyBroken:
    """Return what tells why the file of an event cannot be read; one that is gone is broken where versions need it."""

    def why_broken(position: int) -> Problem | None:
        shelf = Shelf(past.tree_at(position), event.model or "")
        if event.path in _OWNERS:
            return next(iter(owners_faults(shelf.tree)), None)
        try:
            if event.stage is not None:
                shelf.read_stage(event.stage)
            elif event.path.endswith("/withdrawn.yaml"):
                shelf.withdrawn()
            elif shelf.versions() or shelf.tree.entry(event.path) is not None:
                shelf.read_model()
        except ProposalError as error:
            return error.problems[0]
        return None

    return why_broken


def _broken_rules(look: _Look, start: int) -> Iterator[Finding]:
    """Yield the commits that left rules which cannot be applied where those before them could be."""
    past = look.past

    def why_broken(position: int) -> Problem | None:
        try:
            usable_rules(past.tree_at(position))
        except PolicyError as error:
            return error.problems[0]
        return None

    changes = sorted(past.timeline.changes_back((POLICIES,), until=len(past.timeline.line) - 1))
    for position in changes:
        if position > max(start, 0) and why_broken(position) is not None and why_broken(position - 1) is None:
            yield look.finding(POLICIES, position, why_broken)
