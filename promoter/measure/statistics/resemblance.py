"""How much two texts resemble each other: the share of word runs that they have in common."""

import hashlib
import re
from collections.abc import Collection

RUN_WORDS = 5
"""Words in a run; shorter runs are common to all English, longer ones break at each changed number."""

SKETCH_SIZE = 256
"""Runs that a sketch keeps; the estimate's standard error is at most 0.032, and zero for texts with fewer runs."""


def sketch(text: str, *, size: int = SKETCH_SIZE) -> tuple[int, ...]:
    """Return the smallest 48-bit hashes of a text's runs of words, ascending; at most `size`, none for too few words.

    Words are compared without case and punctuation. Source: Broder 1997, "On the resemblance and containment of
    documents", section 4 (the sketch M of the smallest values).
    """
    words = re.findall(r"\w+", text.casefold())
    runs = {" ".join(words[start : start + RUN_WORDS]) for start in range(len(words) - RUN_WORDS + 1)}
    hashes = {int.from_bytes(hashlib.sha256(run.encode()).digest()[:6], "big") for run in runs}
    return tuple(sorted(hashes)[:size])


def resemblance(one: Collection[int], other: Collection[int], *, size: int = SKETCH_SIZE) -> float | None:
    """Return |A and B| / |A or B| of two texts' runs, estimated from their sketches, or None where either is empty.

    The smallest `size` hashes of the union are a random sample of it; the estimate is the share of them that both
    sketches hold. Exact where the union has at most `size` runs. Source: Broder 1997, theorem 1.
    """
    if not one or not other:
        return None
    union = sorted(set(one) | set(other))[:size]
    both = set(one) & set(other)
    return sum(1 for value in union if value in both) / len(union)
