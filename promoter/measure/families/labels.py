"""Binary labels and decisions as an engine codes them, checked before anything rests on them."""

from typing import Any

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.aggregate import MISSING, MISSING_LABEL, OTHER_LABEL, Cells

_VALUES_SHOWN = 5
_BINARY_TEXTS = frozenset(("0", "1", "0.0", "1.0", "true", "false"))


def checked(codes: npt.NDArray[Any], *, column: str, seen: Cells | None) -> npt.NDArray[np.bool_]:
    """Return codes as bool (n,). Raises Undecidable, with the values seen, unless each is 0 or 1."""
    other = int(np.count_nonzero(codes == OTHER_LABEL))
    missing = int(np.count_nonzero(codes == MISSING_LABEL))
    if missing:
        raise Undecidable(f"column {column!r} is missing or not finite in {missing} of {codes.size} rows; fill it")
    if other:
        shown = f" ({_other_values(seen)})" if seen is not None else ""
        raise Undecidable(f"column {column!r} is neither 0 nor 1 in {other} of {codes.size} rows{shown}")
    return np.asarray(codes == 1, dtype=np.bool_)


def _other_values(seen: Cells) -> str:
    """Return the texts other than 0, 1, true, false, as they stand in the file."""
    texts = [text for text in seen.columns[0].values if text.lower() not in _BINARY_TEXTS and text != MISSING]
    more = f" and {len(texts) - _VALUES_SHOWN} more" if len(texts) > _VALUES_SHOWN else ""
    return "such as " + ", ".join(repr(text[:40]) for text in texts[:_VALUES_SHOWN]) + more
