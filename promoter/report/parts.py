"""What a report says, part by part, before it has a form: numbers are words here, foreign text is as it was written."""

from dataclasses import dataclass
from enum import StrEnum

from promoter.report.lineage import LineageGraph


class Standing(StrEnum):
    """How a policy stands for a reader, in the order in which one wants to know."""

    HOLDS = "holds it back"
    WARNS = "warns"
    WAIVED = "waived"
    NARROW = "passed narrowly"
    OBSERVED = "observed only"
    PASSED = "passed"
    NOT_APPLICABLE = "does not apply"


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """One comparison. `satisfied` None is undecided; empty strings are what it does not have."""

    satisfied: bool | None
    measure: str
    where: str
    value: str
    interval: str
    n: str
    bound: str
    gap: str
    is_near: bool
    message: str
    hint: str
    path: str
    line: int | None
    closeness: float
    """Relative margin as a size, infinite without a bound: the smallest comes first."""

    @property
    def is_number(self) -> bool:
        """Whether a value was held against a bound; else the message says it all."""
        return bool(self.value and self.bound)

    @property
    def is_open(self) -> bool:
        """Whether it failed or was not decided."""
        return self.satisfied is not True


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyView:
    """One policy's result. `label` is its outcome in words, near misses, waivers and enforcement included."""

    id: str
    version: str
    path: str
    title: str
    gate: str
    owner: str
    severity: str
    enforcement: str
    outcome: str
    standing: Standing
    label: str
    reason: str
    remediation: str
    asks: str
    waiver: str
    findings: tuple[FindingView, ...]
    interval_note: str
    is_near_miss: bool

    @property
    def open_findings(self) -> tuple[FindingView, ...]:
        """The comparisons that failed or were not decided, failures first."""
        return tuple(sorted((f for f in self.findings if f.is_open), key=lambda f: f.satisfied is None))

    @property
    def near_findings(self) -> tuple[FindingView, ...]:
        """The satisfied comparisons inside of the band."""
        return tuple(finding for finding in self.findings if finding.is_near and not finding.is_open)

    @property
    def told_findings(self) -> tuple[FindingView, ...]:
        """The comparisons that the reader must see: what is open, or what passed narrowly."""
        return self.open_findings or self.near_findings

    @property
    def closest(self) -> FindingView | None:
        """The comparison nearest to its bound, or None where no number was compared."""
        numbers = [finding for finding in self.findings if finding.is_number]
        return min(numbers, key=lambda finding: finding.closeness, default=None)

    @property
    def held_count(self) -> int:
        """How many comparisons hold."""
        return sum(finding.satisfied is True for finding in self.findings)

    @property
    def hints(self) -> tuple[str, ...]:
        """What the open comparisons say to do, each once."""
        return tuple(dict.fromkeys(finding.hint for finding in self.open_findings if finding.hint))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What to do next: who, what, and the policy that asks for it, empty where none does."""

    who: str
    what: str
    policy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonRow:
    """One measure of both versions on the same slice; empty strings are numbers that were not measured."""

    measure: str
    where: str
    candidate: str
    champion: str
    difference: str
    n: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Candidate beside champion. `champion` is empty where the stage serves nothing."""

    candidate: str
    champion: str
    rows: tuple[ComparisonRow, ...]
    interval_note: str

    @property
    def has_champion_values(self) -> bool:
        """Whether any number of the champion alone was measured."""
        return any(row.champion for row in self.rows)

    @property
    def has_differences(self) -> bool:
        """Whether any paired difference was measured."""
        return any(row.difference for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementRow:
    """One measurement of the record; `about` says which request asked for it."""

    about: str
    measure: str
    where: str
    value: str
    interval: str
    n: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalView:
    """One role's approvals; `awaited` says why it is open, who can fill it and how to reach them, a sentence each."""

    role: str
    required: int
    given: tuple[str, ...]
    missing: int
    awaited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DisqualifiedView:
    """A review that does not count."""

    login: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """One change. Its title reads `action address preposition stage`, such as promotion of m@2 to production."""

    verdict: str
    verdict_word: str
    action: str
    address: str
    preposition: str
    stage: str
    summary: str
    reason: str
    champion: str
    policies: tuple[PolicyView, ...]
    steps: tuple[Step, ...]
    comparison: Comparison | None
    approvals: tuple[ApprovalView, ...]
    measurements: tuple[MeasurementRow, ...]
    lineage: LineageGraph | None
    disqualified: tuple[DisqualifiedView, ...] = ()

    @property
    def title(self) -> str:
        """The title as plain text."""
        return " ".join(part for part in (self.action, self.address, self.preposition, self.stage) if part)

    def standing(self, name: str) -> tuple[PolicyView, ...]:
        """Return the policies of one standing by its name, such as "HOLDS"; the most severe come first."""
        return tuple(policy for policy in self.policies if policy.standing is Standing[name])


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemView:
    """Why something could not be judged."""

    path: str
    line: int | None
    column: int | None
    message: str
    hint: str

    @property
    def place(self) -> str:
        """The place as path:line:column."""
        return ":".join(str(part) for part in (self.path, self.line, self.column) if part is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnersView:
    """Owners by CODEOWNERS: a review by any one of them covers so many of the changed files, `example` among them."""

    owners: tuple[str, ...]
    files: int
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A whole report. Changes stand worst first; `digests` are pairs (name, value).

    `owners` are those whose review GitHub asks for beside Promoter's roles.
    """

    verdict: str
    verdict_word: str
    summary: str
    changes: tuple[ChangeView, ...]
    problems: tuple[ProblemView, ...]
    decided_at: str
    digests: tuple[tuple[str, str], ...]
    owners: tuple[OwnersView, ...] = ()
