"""Files stay small: the build fails on a Python file over 400 lines, or a median over 120."""

import statistics
import subprocess
import sys
from pathlib import Path

MOST_LINES = 400
MOST_MEDIAN_LINES = 120


def main() -> int:
    """Print the largest files, and return 1 where a limit is passed."""
    listed = subprocess.run(["git", "ls-files", "*.py"], check=True, capture_output=True, text=True).stdout.split()
    sizes = {path: len(Path(path).read_bytes().splitlines()) for path in listed if Path(path).exists()}
    engine = [size for path, size in sizes.items() if path.startswith("promoter/")]
    median = statistics.median(engine)
    large = {path: size for path, size in sizes.items() if size > MOST_LINES}
    for path, size in sorted(large.items()):
        print(f"{path}: {size} lines, {MOST_LINES} are the most; split it where a second noun appears")
    print(f"{len(sizes)} Python files; engine median {median:g} lines, largest {max(sizes.values())}")
    return 1 if large or median > MOST_MEDIAN_LINES else 0


if __name__ == "__main__":
    sys.exit(main())
