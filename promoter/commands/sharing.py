"""Work on one registry shared out among processes, each of which opens it once."""

import gc
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from promoter.commands.past import Past, past_before
from promoter.errors import Location, Problem, ServiceError
from promoter.git.repository import open_repository

Job = TypeVar("Job")
Done = TypeVar("Done")


def share_out(work: Callable[[Job], Done], jobs: Iterable[Job], *, most_processes: int | None = None) -> Iterator[Done]:
    """Yield what `work` returns of each job, in the order of the jobs; `work` is a function of a module.

    There is a process a core, and at most `most_processes`. Raises what `work` raises, and ServiceError where a
    process was ended from outside.
    """
    count = min(os.cpu_count() or 1, most_processes or os.cpu_count() or 1)
    try:
        with ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_collect_seldom) as pool:
            yield from pool.map(work, jobs)
    except BrokenProcessPool as exc:
        hint = "look whether memory ran out, and run this again"
        raise ServiceError(Problem(Location("."), "a process that worked on a part was ended", hint)) from exc


def _collect_seldom() -> None:
    """Look for cycles a hundred times less often: a record makes thousands of values, and hardly a cycle."""
    gc.set_threshold(100_000, 50, 100)


@cache
def past_at(folder: Path, tip: str) -> Past:
    """Return the history of the repository at a folder up to a commit, its events read, once a process."""
    past = past_before(open_repository(folder), tip)
    past.timeline.load_events()
    return past
