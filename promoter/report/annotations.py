"""Findings at their lines: as GitHub's check annotations, and as workflow commands of a job's log."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from promoter.report.escape import workflow_data, workflow_property
from promoter.report.parts import PolicyView, Standing, View
from promoter.report.plain import PROSE_LENGTH, plain


class Level(StrEnum):
    """How an annotation is shown; the values are the workflow commands' names."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"

    @property
    def check_level(self) -> str:
        """The same level as the checks API calls it."""
        return "failure" if self is Level.ERROR else self.value


@dataclass(frozen=True, slots=True)
class Annotation:
    """A sentence at a line. `path` and `line` are where the author looks; line 1 stands for the whole file."""

    path: str
    line: int
    level: Level
    title: str
    message: str


_LEVELS = {
    Standing.HOLDS: Level.ERROR,
    Standing.WARNS: Level.WARNING,
    Standing.WAIVED: Level.WARNING,
    Standing.NARROW: Level.NOTICE,
    Standing.OBSERVED: Level.NOTICE,
}


def annotations_of(view: View) -> tuple[Annotation, ...]:
    """Return problems and what is open, near or waived, each once, errors first: GitHub shows few of each level.

    At most 10 a level in a step's log, and 50 a request to the checks API.
    """
    found = [
        Annotation(
            problem.path,
            problem.line or 1,
            Level.ERROR,
            "cannot be judged",
            _sentence(problem.message, problem.hint),
        )
        for problem in view.problems
    ]
    found += [annotation for change in view.changes for policy in change.policies for annotation in _of_policy(policy)]
    return tuple(sorted(dict.fromkeys(found), key=lambda annotation: list(Level).index(annotation.level)))


def workflow_commands(annotations: Iterable[Annotation]) -> str:
    """Return one `::level file=...::message` a line, for a job's standard output; empty for none."""
    lines = [
        f"::{entry.level} file={workflow_property(entry.path)},line={entry.line},"
        f"title={workflow_property(entry.title)}::{workflow_data(entry.message)}\n"
        for entry in annotations
    ]
    return "".join(lines)


def _of_policy(policy: PolicyView) -> Iterator[Annotation]:
    level = _LEVELS.get(policy.standing)
    if level is None:
        return
    aside = f" ({policy.enforcement})" if policy.standing is Standing.OBSERVED else ""
    title = plain(f"{policy.id}{aside}: {policy.label}")
    for finding in policy.told_findings:
        message = _sentence(finding.message, finding.hint or policy.remediation)
        yield Annotation(finding.path, finding.line or 1, level, title, message)
    if not policy.findings and policy.outcome != "passed":
        message = _sentence(policy.reason or policy.label, policy.remediation)
        yield Annotation(policy.path, 1, level, title, message)


def _sentence(what: str, hint: str) -> str:
    """Return what and what next as one line of visible text."""
    text = plain(what, limit=PROSE_LENGTH)
    return f"{text}; {plain(hint, limit=PROSE_LENGTH)}" if hint else text
