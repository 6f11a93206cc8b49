"""JUnit XML of the suites in examples/checks, run against one version."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from examples.common import EXAMPLES

SUITES = ("unit", "integration")
_OF_THE_RUN = re.compile(rb' (?:time|timestamp|hostname)="[^"]*"')


def junit_xml(suite: str, *, package: str, folder: Path, commit: str) -> bytes:
    """Return pytest's report of a suite, without moment, duration and host name, so that its bytes repeat.

    Raises CalledProcessError where a test failed: a version whose tests fail is not written.
    """
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.xml"
        options = ("-q", "-p", "no:cacheprovider", f"--junitxml={report}", "-o", f"junit_suite_name={suite}")
        subject = (f"--package={package}", f"--folder={folder}", f"--commit={commit}")
        command = (sys.executable, "-m", "pytest", *options, str(EXAMPLES / "checks" / suite), *subject)
        subprocess.run(command, cwd=EXAMPLES.parent, check=True, stdout=subprocess.DEVNULL)
        return _OF_THE_RUN.sub(b"", report.read_bytes())
