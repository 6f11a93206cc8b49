"""How the demo speaks: a heading an act, the verdict, and the lines that carry it."""

import math
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from promoter.commands.past import open_past
from promoter.commands.story import Landed
from promoter.commands.verifying import verify
from promoter.report.parts import ChangeView, FindingView, PolicyView, Standing, View

_STYLES = {"passed": "bold green", "warned": "bold yellow", "failed": "bold red", "errored": "bold magenta"}
_TOLD_OF_THE_PASSED = (Standing.WAIVED, Standing.NARROW)
_MOST_ROWS = 3
_MOST_FINDINGS = 4


class Teller:
    """Prints the story; it knows no number of its own."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, width=None)
        self._act = 0
        self._told: set[tuple[str, str]] = set()

    def open(self, folder: Path) -> None:
        """Say what follows."""
        self._console.print(Text("Promoter: the merge history is the registry.", style="bold"))
        self.say(
            f"A scratch registry is made in {folder}; every verdict below is computed now, from real data. The people,"
            " and what they agree to, are invented."
        )

    def act(self, title: str, text: str) -> None:
        """Begin an act."""
        self._act += 1
        self._console.print()
        self._console.rule(Text(f"{self._act}. {title}", style="bold"), align="left", characters="─")
        self.say(text)

    def say(self, text: str) -> None:
        """Print a sentence."""
        self._console.print(Text(text))

    def pause(self) -> None:
        """Print an empty line."""
        self._console.print()

    def verdict(self, view: View) -> None:
        """Print what was decided of each change; what was told of a version before is not told again."""
        holding: set[str] = set()
        for change in view.changes:
            self._console.print()
            word = (change.verdict_word.upper(), _STYLES[change.verdict])
            self._console.print(Text.assemble(word, f"  {change.title}"))
            self._indented(Text(change.summary))
            self._comparison(change)
            holds = [policy for policy in change.policies if policy.standing is Standing.HOLDS]
            for policy in holds:
                if policy.id not in holding:
                    self._policy(policy, policy.open_findings[:_MOST_FINDINGS])
            holding.update(policy.id for policy in holds)
            for policy in () if holds else change.policies:
                told = _narrow(policy)[:1] if policy.standing is Standing.NARROW else policy.open_findings
                if policy.standing in _TOLD_OF_THE_PASSED and told and self._is_new(change, policy.id):
                    self._policy(policy, told)
        for problem in view.problems:
            self.say(f"{problem.place}: {problem.message}; {problem.hint}")

    def landed(self, landed: Landed) -> None:
        """Say who agreed, and where the decision is kept."""
        who = " and ".join(f"{login} ({role})" for role, login in landed.approved.items())
        agreed = f"{who} approved. " if who else ""
        self._console.print()
        self.say(f"{agreed}Max Maintainer merged, and the recorder wrote down the decision:")
        for path in landed.records:
            self._indented(Text(path, style="dim"))

    def history(self, folder: Path, model: str, stage: str) -> None:
        """Print which versions a stage has served, read off the merge history alone."""
        self.act("What the history says", f"Who served {model}#{stage}, and since when: read off the merges alone.")
        past = open_past(folder)
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for heading in ("when", "what", "version", "before", "merged by", "pull request"):
            table.add_column(heading)
        for event in past.timeline.events:
            if event.model == model and event.stage == stage:
                credit = past.credit(event.commit)
                who = credit.committer.partition(" <")[0]
                day, request = f"{event.at:%Y-%m-%d}", f"#{credit.pull_request}" if credit.pull_request else ""
                table.add_row(day, event.kind.value, event.version or "", event.replaced or "", who, request)
        self._console.print()
        self._console.print(table)

    def audit(self, folder: Path) -> None:
        """Hold the whole history against its records, as `promoter audit verify` does, and print what it finds."""
        past = open_past(folder)
        report = verify(past, start=-1, remeasure=False)
        self._console.print()
        self._console.print(Text("$ promoter audit verify", style="bold"))
        for item in report.findings:
            words = "UNVERIFIED " if item.is_unverified else ""
            self.say(f"{words}{item.subject}: {item.message}  commit {(item.commit or '')[:10]} by {item.author}")
        found = f"{len(report.findings)} finding" if len(report.findings) == 1 else f"{len(report.findings)} findings"
        self.say(f"{report.changes} changes, {report.records} records, {found}")

    def close(self, folder: Path, *, seconds: float) -> None:
        """Say how long it took and where to go on."""
        self._console.print()
        self.say(f"Told in {seconds:.0f} s. Go on in it: cd {folder}")
        for line in (
            "git log --first-parent --oneline",
            "promoter history --as-of 2026-05-12",
            "promoter audit pack --since 2026-05-01 --out may.zip",
            "promoter check --head act-4 --html act-4.html",
        ):
            self._console.print(Text(f"  {line}", style="bold"))

    def _is_new(self, change: ChangeView, what: str) -> bool:
        """Say whether this was not told of this version yet, and keep that it is now."""
        is_new = (change.address, what) not in self._told
        self._told.add((change.address, what))
        return is_new

    def _indented(self, text: Text, *, columns: int = 2) -> None:
        self._console.print(Padding(text, (0, 0, 0, columns), expand=False))

    def _comparison(self, change: ChangeView) -> None:
        comparison = change.comparison
        if comparison is None or not comparison.champion or not self._is_new(change, "comparison"):
            return
        rows = [row for row in comparison.rows if row.difference][:_MOST_ROWS]
        if rows:
            self._indented(Text(f"beside {comparison.champion}, on the same rows:", style="dim"))
        for row in rows:
            where = f" of {row.where}" if row.where else ""
            text = f"{row.measure}{where} {row.candidate}, n = {row.n}: {row.difference}"
            self._indented(Text(text, style="dim"), columns=4)

    def _policy(self, policy: PolicyView, findings: Sequence[FindingView]) -> None:
        for finding in findings:
            mark, style = _mark(finding)
            self._indented(Text.assemble((f"{mark} ", style), (policy.id, "bold"), f": {_sentence(finding)}"))
        if policy.standing is Standing.HOLDS and policy.remediation:
            self._indented(Text(policy.remediation, style="italic"), columns=4)


def _narrow(policy: PolicyView) -> tuple[FindingView, ...]:
    """Return what is near its bound, without what is on it: of a bound of no fault at all, that is the best."""
    return tuple(finding for finding in policy.near_findings if 0 < finding.closeness < math.inf)


def _mark(finding: FindingView) -> tuple[str, str]:
    ends = {True: ("≈", "yellow"), False: ("✗", "red"), None: ("?", "magenta")}
    return ends[finding.satisfied]


def _sentence(finding: FindingView) -> str:
    """Return one comparison in words; a count of faults, which has no n, in the gate's, which name them."""
    if not (finding.is_number and finding.n):
        return finding.message
    where = f" of {finding.where}" if finding.where not in ("", "all") else ""
    return f"{finding.measure}{where} is {finding.value}, n = {finding.n}; needs {finding.bound}: {finding.gap}"
