"""Whole processes timed by the operating system's own accounting."""

import os
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Medians over the runs: wall and CPU seconds, and the peak memory of the largest process in MB."""

    wall_seconds: float
    cpu_seconds: float
    peak_mb: float
    exit_code: int


def time_command(command: Sequence[str], *, runs: int = 3, cwd: Path | None = None, warm: bool = True) -> Timing:
    """Return the medians of some runs, after one that does not count."""
    return median([_run(command, cwd) for _ in range(runs + warm)][int(warm) :])


def median(samples: Sequence[Timing]) -> Timing:
    """Return the medians of some runs, with the greatest of their peaks and the last exit code."""
    return Timing(
        wall_seconds=statistics.median(sample.wall_seconds for sample in samples),
        cpu_seconds=statistics.median(sample.cpu_seconds for sample in samples),
        peak_mb=max(sample.peak_mb for sample in samples),
        exit_code=samples[-1].exit_code,
    )


def _run(command: Sequence[str], cwd: Path | None) -> Timing:
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Timing(
        wall_seconds=time.perf_counter() - started,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        peak_mb=usage.ru_maxrss / 1024,
        exit_code=process.returncode,
    )


def row(name: str, timing: Timing) -> str:
    """Return one line of a table."""
    return f"| {name} | {timing.wall_seconds:.2f} | {timing.cpu_seconds:.2f} | {timing.peak_mb:.0f} |"


HEADER = "| what | wall s | CPU s | peak MB |\n|---|---|---|---|"
