"""SSH's wire form: strings and numbers of network byte order, one after the other.

Source: RFC 4251, section 5.
"""

from promoter.git.signature import BadSignatureError


def packed(*parts: bytes) -> bytes:
    """Return each part as a string of the wire form, joined."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


class Wire:
    """Reads values from the front. Every method raises BadSignatureError where the bytes end too early or too late."""

    __slots__ = ("_raw",)

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    def take(self, count: int) -> bytes:
        """Return the next bytes."""
        if len(self._raw) < count:
            raise BadSignatureError("ends early")
        taken, self._raw = self._raw[:count], self._raw[count:]
        return taken

    def number(self, *, size: int) -> int:
        """Return the next number, of so many bytes."""
        return int.from_bytes(self.take(size), "big")

    def string(self) -> bytes:
        """Return the next string."""
        return self.take(self.number(size=4))

    def strings(self) -> tuple[bytes, ...]:
        """Return all that is left, which must be strings."""
        found: list[bytes] = []
        while self._raw:
            found.append(self.string())
        return tuple(found)

    def rest_ends(self) -> None:
        """Hold that nothing is left."""
        if self._raw:
            raise BadSignatureError("has bytes too many")
