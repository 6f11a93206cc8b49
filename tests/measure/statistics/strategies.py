"""Rows that break statistics: ties everywhere, constants, one class, one row."""

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

Rows = tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]


def scored_rows(*, smallest: int = 1, largest: int = 60) -> st.SearchStrategy[Rows]:
    """Return (label, score) with scores in [0, 1]: few levels in one half of the cases, any float in the other."""
    levels = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])
    scores = st.one_of(levels, st.floats(0.0, 1.0, allow_subnormal=False))
    rows = st.one_of(
        st.lists(st.tuples(st.integers(0, 1), levels), min_size=smallest, max_size=largest),
        st.lists(st.tuples(st.integers(0, 1), scores), min_size=smallest, max_size=largest),
    )
    return rows.map(lambda pairs: (np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])))
