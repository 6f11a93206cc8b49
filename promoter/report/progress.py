"""Progress of long work: a bar on a terminal, nothing in a log."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from promoter.report.plain import plain

Advance = Callable[[str], None]
"""Called with the name of each piece of work that is done."""


@contextmanager
def progress(console: Console, *, total: int, what: str) -> Iterator[Advance]:
    """Yield what to call after each of `total` pieces of work; only a terminal shows it, and it leaves no trace.

    The console should write to standard error, so that standard output stays what the command answers.
    """
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    is_silent = not console.is_terminal or console.is_dumb_terminal
    with Progress(*columns, console=console, transient=True, disable=is_silent) as bar:
        task = bar.add_task(plain(what), total=total)

        def advance(name: str) -> None:
            bar.update(task, advance=1, description=plain(f"{what} {name}"))

        yield advance
