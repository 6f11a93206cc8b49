"""What a gate declares: its parameters, the numbers that it asks for, and how it judges them."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from promoter.document.strict import Strict
from promoter.gates.contract.candidate import Added, Candidate, Context, Contribution
from promoter.gates.contract.finding import Finding
from promoter.measure.request import Measurements, Request
from promoter.policy.policy import Category
from promoter.registry.model import Task


class Parameters(Strict):
    """Base of every gate's parameters: frozen, typed, and unknown keys are errors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRule:
    """How a gate judges files by themselves, where a change brings no version; pure, as the gate is."""

    measures: Callable[[Any, Sequence[Added]], Sequence[Request]]
    judge: Callable[[Any, Measurements, Sequence[Added]], Sequence[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A gate, as its module declares it.

    `measures(parameters, candidate)` returns the requests; `judge(parameters, measurements, context)` returns the
    findings, at least one; both are pure. `not_applicable(parameters, candidate)` returns the reason why the gate has
    nothing to say of this candidate, or None. A request that failed never reaches `judge`.
    """

    name: str
    category: Category
    parameters: type[Any]
    measures: Callable[[Any, Candidate], Sequence[Request]]
    judge: Callable[[Any, Measurements, Context], Sequence[Finding]]
    tasks: frozenset[Task] = frozenset(Task)
    not_applicable: Callable[[Any, Candidate], str | None] | None = None
    needs_drill: bool = False
    """Whether `judge` asks what a revert of the change's merge leaves behind: `context.undone`."""
    needs_additions: bool = False
    """Whether the gate asks for every file that the change's commits bring in: `candidate.added`."""

    of_files: FileRule | None = None
    """How it judges changes without a version; None: it judges versions alone."""

    def requests(self, parameters: Any, about: Context | Contribution) -> Sequence[Request]:
        """Return the numbers that it asks for; none of files, where it judges versions alone."""
        if isinstance(about, Context):
            return self.measures(parameters, about.candidate)
        return self.of_files.measures(parameters, about.added) if self.of_files else ()

    def findings(self, parameters: Any, measurements: Measurements, about: Context | Contribution) -> Sequence[Finding]:
        """Return what it finds; nothing of files, which no judgement passes, where it judges versions alone."""
        if isinstance(about, Context):
            return self.judge(parameters, measurements, about)
        return self.of_files.judge(parameters, measurements, about.added) if self.of_files else ()

    def why_not(self, parameters: Any, candidate: Candidate) -> str | None:
        """Return why the gate has nothing to say of this candidate, or None where it has."""
        task = candidate.release.model.task
        if task not in self.tasks:
            return f"{self.name} judges {', '.join(sorted(self.tasks))} models; this one is {task}"
        return self.not_applicable(parameters, candidate) if self.not_applicable else None

    @property
    def page(self) -> str:
        """The gate's reference page: the docstring of the module in which it is judged."""
        module = inspect.getmodule(self.judge)
        return inspect.cleandoc(module.__doc__ or "") if module else ""
