"""`make bench`: every measurement in turn; name some to run only those."""

import importlib
import sys

BENCHES = ("gate", "page", "registry", "moves", "history", "audit", "measure")


def main() -> int:
    """Run the named measurements, or all."""
    chosen = sys.argv[1:] or BENCHES
    for name in chosen:
        if name not in BENCHES:
            print(f"no measurement {name!r}; there are {', '.join(BENCHES)}")
            return 2
        print(f"## {name}\n")
        importlib.import_module(f"tools.bench.{name}").main()
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
