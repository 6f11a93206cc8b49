"""scipy.special, imported when its first function is wanted: gates are listed and linted without it."""

import importlib
from typing import Any


def __getattr__(name: str) -> Any:
    """Return a function of scipy.special, and keep it for the next call. Raises AttributeError as scipy does."""
    found = getattr(importlib.import_module("scipy.special"), name)
    globals()[name] = found
    return found
