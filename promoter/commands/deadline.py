"""A time limit that holds even while a library computes: no verdict is better than a job that hangs."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

NO_VERDICT = 3


@contextmanager
def deadline(seconds: float, *, what: str) -> Iterator[None]:
    """End the process with exit code 3 and one line on stderr where the body takes longer.

    A signal would wait for the library to return; this ends the process from another thread.
    """

    def give_up() -> None:
        hint = "raise --timeout, or look for the evidence file that is too large"
        sys.stderr.write(f"error: {what} took longer than {seconds:g} s: there is no verdict; {hint}\n")
        sys.stderr.flush()
        os._exit(NO_VERDICT)

    timer = threading.Timer(seconds, give_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
