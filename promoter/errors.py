"""What can go wrong, sorted by who must act on it.

PromoterError
├── ProposalError    the author of the change: a file is unusable, a change is refused
├── PolicyError      the owner of the policies: the rules of the base cannot be applied
├── Undecidable      nobody yet: evidence is missing or too thin for a number
└── ServiceError     the operator: a store, a service or the engine failed
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Location:
    """A place in the registry: a path, and a line and column that count from 1."""

    path: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.path, self.line, self.column) if part is not None)

    @property
    def sort_key(self) -> tuple[str, int, int]:
        """Orders places by path, then line, then column; a place without a line comes first."""
        return self.path, self.line or 0, self.column or 0


@dataclass(frozen=True, slots=True)
class Problem:
    """Where something is wrong, what is wrong, and what to do next."""

    location: Location
    message: str
    hint: str

    def __str__(self) -> str:
        return f"{self.location}: {self.message}; {self.hint}"


class PromoterError(Exception):
    """An expected failure; `problems` says all that is known about it, one entry a place."""

    exit_code = 3

    def __init__(self, *problems: Problem) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.location.sort_key))
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type["PromoterError"], tuple[Problem, ...]]:
        """Let it pass from one process to another with its problems: an exception is pickled by its text alone."""
        return type(self), self.problems


class ProposalError(PromoterError):
    """The change cannot be judged until its author mends it."""

    exit_code = 2


class PolicyError(PromoterError):
    """The policies cannot be applied until their owner mends them."""

    exit_code = 2


class ServiceError(PromoterError):
    """A store, a service or the engine failed: there is no verdict."""

    exit_code = 3


class Undecidable(Exception):  # noqa: N818 - an end of a judgement, not a fault
    """A number does not exist for this evidence; the text says why, in words for the report."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
