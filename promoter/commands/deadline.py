"""A time limit that holds even while a library computes: no verdict is better than a job that hangs."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

NO_VERDICT = 3


@dataclass(slots=True)
class Deadline:
    """What is being done when the time is up, and what stands then: the body says so as it goes on."""

    what: str
    left: str = "there is no verdict"


@contextmanager
def deadline(seconds: float, *, what: str) -> Iterator[Deadline]:
    """End the process with exit code 3 and one line on stderr where the body takes longer.

    A signal would wait for the library to return; this ends the process from another thread.
    """
    told = Deadline(what)

    def give_up() -> None:
        hint = "raise --timeout, or look for the evidence file that is too large"
        sys.stderr.write(f"error: {told.what} took longer than {seconds:g} s: {told.left}; {hint}\n")
        sys.stderr.flush()
        os._exit(NO_VERDICT)

    timer = threading.Timer(seconds, give_up)
    timer.daemon = True
    timer.start()
    try:
        yield told
    finally:
        timer.cancel()
