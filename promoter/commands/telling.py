"""How the demo speaks: a heading an act, the verdict, and the lines that carry it."""

from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from promoter.commands.past import open_past
from promoter.report.parts import ChangeView, FindingView, PolicyView, Standing, View

_STYLES = {"passed": "bold green", "warned": "bold yellow", "failed": "bold red", "errored": "bold magenta"}
_TOLD = (Standing.HOLDS, Standing.WAIVED, Standing.NARROW)
_MOST_ROWS = 4


class Teller:
    """Prints the story; it knows no number of its own."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, width=None)
        self._act = 0

    def open(self, folder: Path) -> None:
        """Say what follows."""
        self._console.print(Text("Promoter: the merge history is the registry.", style="bold"))
        self.say(f"A scratch registry is made in {folder}; every verdict below is computed now, from real data.")

    def act(self, title: str, text: str) -> None:
        """Begin an act."""
        self._act += 1
        self._console.print()
        self._console.rule(Text(f"{self._act}. {title}", style="bold"), align="left", characters="─")
        self.say(text)

    def say(self, text: str) -> None:
        """Print a sentence."""
        self._console.print(Text(text))

    def verdict(self, view: View) -> None:
        """Print what was decided of each change, and the comparisons that a reader must see."""
        told: set[str] = set()
        for change in view.changes:
            self._console.print()
            line = Text.assemble((change.verdict_word.upper(), _STYLES[change.verdict]), f"  {change.title}")
            self._console.print(line)
            self._console.print(Padding(Text(change.summary), (0, 0, 0, 2)))
            if change.address in told:
                self._indented(Text("by the same policies as above", style="dim"))
                continue
            told.add(change.address)
            self._comparison(change)
            for policy in change.policies:
                if policy.standing in _TOLD:
                    self._policy(policy)
        for problem in view.problems:
            self.say(f"{problem.place}: {problem.message}; {problem.hint}")

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

    def close(self, folder: Path, *, seconds: float) -> None:
        """Say how long it took and where to go on."""
        self._console.print()
        self.say(f"Told in {seconds:.0f} s. Go on in it: cd {folder}")
        for line in (
            "git log --first-parent --oneline",
            "promoter check --head act-4",
            "promoter lint",
        ):
            self._console.print(Text(f"  {line}", style="bold"))

    def _indented(self, text: Text) -> None:
        self._console.print(Padding(text, (0, 0, 0, 2)))

    def _comparison(self, change: ChangeView) -> None:
        comparison = change.comparison
        if comparison is None or not comparison.champion:
            return
        for row in [row for row in comparison.rows if row.difference][:_MOST_ROWS]:
            where = f" of {row.where}" if row.where else ""
            text = f"{row.measure}{where} {row.candidate}: {row.difference} against {comparison.champion}, n = {row.n}"
            self._indented(Text(text, style="dim"))

    def _policy(self, policy: PolicyView) -> None:
        for finding in policy.told_findings:
            mark, style = _mark(finding)
            self._indented(Text.assemble((f"{mark} ", style), (policy.id, "bold"), f": {_sentence(finding)}"))
        if policy.standing is Standing.HOLDS and policy.remediation:
            self._console.print(Padding(Text(policy.remediation, style="italic"), (0, 0, 0, 4)))


def _mark(finding: FindingView) -> tuple[str, str]:
    ends = {True: ("≈", "yellow"), False: ("✗", "red"), None: ("?", "magenta")}
    return ends[finding.satisfied]


def _sentence(finding: FindingView) -> str:
    """Return one comparison in words."""
    if not finding.is_number:
        return finding.message
    where = f" of {finding.where}" if finding.where not in ("", "all") else ""
    return f"{finding.measure}{where} is {finding.value}, n = {finding.n}; needs {finding.bound}: {finding.gap}"
