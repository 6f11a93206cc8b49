"""Digests, and the one canonical form of JSON under them."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

SHA256_HEX_LENGTH = 64

# An encoder made for each value costs more than most values; none holds itself, so none is searched for that.
_canonical_text = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False
).encode
_plain_text = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False).encode


def canonical_json(value: Any) -> bytes:
    """Return the only JSON bytes of a value: sorted keys, no spaces, UTF-8, shortest round-trip floats.

    Raises ValueError on NaN and infinities, which JSON cannot say.
    """
    return _canonical_text(value).encode()


def plain_text(value: Any) -> str:
    """Return the JSON of a value in one line, its keys in their order. Raises ValueError on NaN and infinities."""
    return _plain_text(value)


class Settled(dict[str, Any]):
    """Plain JSON that is not changed any more, so that its text is made once however often it is written."""

    __slots__ = ("_text",)
    _text: str

    @property
    def text(self) -> str:
        """What `plain_text` makes of it; the text of what is settled in it is not made again."""
        if not hasattr(self, "_text"):
            entries = (f"{plain_text(key)}: {settled_text(value)}" for key, value in self.items())
            self._text = f"{{{', '.join(entries)}}}"
        return self._text


def settled_text(value: Any) -> str:
    """Return what `plain_text` makes of a value; of what is settled it is kept."""
    return value.text if isinstance(value, Settled) else plain_text(value)


class Formed:
    """Room for a published form that is kept with its object, which is found faster than by value."""

    __slots__ = ("_form",)
    _form: Settled


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
