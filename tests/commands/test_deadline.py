"""A time limit that says what stands when it is up."""

import subprocess
import sys

_SCRIPT = """
import time
from promoter.commands.deadline import deadline
with deadline(0.05, what="the evaluation") as limit:
    {body}
    time.sleep(60)
"""


def ended(body: str) -> tuple[int, str]:
    """Return exit code and stderr of a process that sleeps beyond its limit."""
    command = [sys.executable, "-c", _SCRIPT.format(body=body)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    return done.returncode, done.stderr


def test_without_an_answer_there_is_no_verdict() -> None:
    """Exit 3, and one line that says so."""
    code, told = ended("pass")
    assert (3, 1) == (code, len(told.splitlines()))
    assert told.startswith("error: the evaluation took longer than 0.05 s: there is no verdict; ")


def test_an_answer_that_was_written_is_said_to_stand() -> None:
    """The time was up while something else was made."""
    code, told = ended('limit.what, limit.left = "drawing", "the answer stands"')
    assert 3 == code
    assert told.startswith("error: drawing took longer than 0.05 s: the answer stands; ")
