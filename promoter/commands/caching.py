"""Where commands keep what they can make again."""

import os
from pathlib import Path


def cache_folder() -> Path:
    """Return the folder of the user's cache: $XDG_CACHE_HOME/promoter, else ~/.cache/promoter."""
    root = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(root) / "promoter"
