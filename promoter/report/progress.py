"""Progress of long work: a bar on a terminal, nothing in a log."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from promoter.measure import port
from promoter.report.plain import plain


@contextmanager
def progress(console: Console) -> Iterator[port.Progress | None]:
    """Yield what the measuring calls as it goes, or None where no terminal shows it; the bar leaves no trace.

    The console should write to standard error, so that standard output stays what the command answers.
    """
    if not console.is_terminal or console.is_dumb_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("measuring", total=None)

        def advance(what: str, done: int, total: int) -> None:
            bar.update(task, description=plain(what), completed=done, total=total)

        yield advance
