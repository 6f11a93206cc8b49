"""Digests, and the one canonical form of JSON under them."""

import hashlib
import json
import math
from collections.abc import Iterable
from typing import Any

SHA256_HEX_LENGTH = 64


def canonical_json(value: Any) -> bytes:
    """Return the only JSON bytes of a value: sorted keys, no spaces, UTF-8, shortest round-trip floats.

    Raises ValueError on NaN and infinities, which JSON cannot say.
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def sha256_bytes(content: bytes) -> str:
    """Return `sha256:<64 lower-case hex>` of some bytes."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def sha256_chunks(chunks: Iterable[bytes]) -> str:
    """Return `sha256:<64 lower-case hex>` of bytes that arrive in pieces, in bounded memory."""
    running = hashlib.sha256()
    for chunk in chunks:
        running.update(chunk)
    return "sha256:" + running.hexdigest()


def sha256_value(value: Any) -> str:
    """Return the digest of a value's canonical JSON."""
    return sha256_bytes(canonical_json(value))


def finite_or_none(value: float) -> float | None:
    """Return the number, or None where it is NaN or infinite and so has no JSON form."""
    return value if math.isfinite(value) else None
