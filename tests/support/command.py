"""The command line as its user meets it: arguments in, exit code and both streams out, in this process."""

import contextlib
import io
import sys
from dataclasses import dataclass
from unittest.mock import patch

from promoter.cli import main


@dataclass(frozen=True, slots=True)
class Run:
    """How a command ended."""

    code: int
    out: str
    err: str


def run_promoter(*arguments: str) -> Run:
    """Run `promoter` with these arguments through its real entry point."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        patch.object(sys, "argv", ["promoter", *arguments]),
    ):
        try:
            main()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
    return Run(code, out.getvalue(), err.getvalue())
