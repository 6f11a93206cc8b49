"""A detached OpenPGP signature and what it signs as one message, so that one process of gpg can verify many.

Source: RFC 4880, sections 4.2 (packet headers), 5.9 (literal data), 6.2 (armour), 11.3 (a signature, then a message).
"""

import base64
import binascii
import re

from promoter.git.signature import SignedCommit

_ARMOUR = re.compile(
    rb"-----BEGIN PGP SIGNATURE-----\n(?:[A-Za-z]+: .*\n)*\n(?P<base64>[A-Za-z0-9+/=\n]+?)(?:=[A-Za-z0-9+/]{4}\n)?"
    rb"-----END PGP SIGNATURE-----\n?"
)
_SIGNATURE_TAG = 2
_LITERAL_HEADER = b"b\0\0\0\0\0"
"""Of binary data without a name and a date."""


def inline_message(signed: SignedCommit) -> bytes | None:
    """Return a commit's signature followed by its payload as a literal, for `gpg --verify-files`.

    None where the armour holds anything but one signature packet: gpg would take what else lies there, such as a
    literal of its own that the signature does fit, for what was signed.
    """
    match = _ARMOUR.fullmatch(signed.signature)
    if match is None:
        return None
    try:
        packet = base64.b64decode(match["base64"].replace(b"\n", b""), validate=True)
    except binascii.Error:
        return None
    if not _is_one_signature(packet):
        return None
    body = _LITERAL_HEADER + signed.payload
    return packet + b"\xcb\xff" + len(body).to_bytes(4, "big") + body


def _is_one_signature(raw: bytes) -> bool:
    """Say whether these bytes are one signature packet of a known length, from the first to the last."""
    if len(raw) < 6 or not raw[0] & 0x80:
        return False
    if raw[0] & 0x40:
        tag = raw[0] & 0x3F
        if raw[1] < 192:
            start, size = 2, raw[1]
        elif raw[1] < 224:
            start, size = 3, ((raw[1] - 192) << 8) + raw[2] + 192
        elif raw[1] == 255:
            start, size = 6, int.from_bytes(raw[2:6], "big")
        else:
            return False  # a part of a length that is not told yet
    else:
        tag, width = raw[0] >> 2 & 0x0F, 1 << (raw[0] & 3)
        start, size = 1 + width, int.from_bytes(raw[1 : 1 + width], "big")
        if width == 8:
            return False  # of a length that is not told
    return tag == _SIGNATURE_TAG and start + size == len(raw)
