"""Processes that are ended by SIGKILL at the n-th operation of some functions, as a lost machine ends them."""

import os
import signal
import sys
from collections.abc import Callable
from multiprocessing import get_context
from types import CodeType, FrameType
from typing import Any

_PRELOADED = ["promoter.commands.record", "promoter.engines.duckdb.engine", "promoter.measure.plan", "pandas"]


def ends_when_killed_at(count: int, run: Callable[..., None], *arguments: Any) -> bool:
    """Run a function in a process that is killed at its `count`-th operation; say whether it came to its end.

    `run` gets, before its arguments, a function to be told whose operations count; see `killing_at`.
    """
    context = get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    process = context.Process(target=run, args=(killing_at(count), *arguments))
    process.start()
    process.join(60)
    assert process.exitcode in (0, -signal.SIGKILL), process.exitcode
    return process.exitcode == 0


class killing_at:  # noqa: N801 - reads as a verb where it is used
    """Counts each call that functions make, Python's and C's, and kills before the n-th."""

    def __init__(self, count: int) -> None:
        self._left = count
        self._watched: frozenset[CodeType] = frozenset()

    def __call__(self, *functions: Callable[..., Any]) -> None:
        """Watch the calls that these functions make in this process from now on."""
        self._watched = frozenset(function.__code__ for function in functions)
        sys.setprofile(self._see)

    def _see(self, frame: FrameType, event: str, _argument: object) -> None:
        caller = frame if event.startswith("c_") else frame.f_back
        if event in ("call", "c_call") and caller is not None and caller.f_code in self._watched:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
