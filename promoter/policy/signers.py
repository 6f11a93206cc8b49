"""`policies/trust/allowed_signers`: whose SSH keys sign commits, as git's `gpg.ssh.allowedSignersFile` has it.

Source: ssh-keygen(1), ALLOWED SIGNERS. A line is `principals [options] key-type base64-key [comment]`. Certificate
authorities are refused, and so are times without a `Z`: they would mean another moment on another machine.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from promoter.errors import Location, Problem, ProposalError

SIGNERS_PATH = "policies/trust/allowed_signers"
OPENPGP_PATH = "policies/trust/openpgp.asc"
GIT_NAMESPACE = "git"

_LINE = re.compile(
    r'(?P<principals>"[^"]+"|[^\s"#]\S*)[ \t]+(?:(?P<options>(?:[a-z-]+(?:="[^"]*")?,?)+)[ \t]+)?'
    r"(?P<type>(?:ssh|ecdsa|sk)-[a-z0-9@.-]+)[ \t]+(?P<key>[A-Za-z0-9+/]+=*)(?:[ \t].*)?"
)
_OPTION = re.compile(r'([a-z-]+)(?:="([^"]*)")?(?:,|$)')
_MOMENT_FORMS = {9: "%Y%m%dZ", 13: "%Y%m%d%H%MZ", 15: "%Y%m%d%H%M%SZ"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedSigner:
    """One key. `key` is its SSH wire form; `namespaces` empty is any; it holds from `after` up to `before`."""

    principals: str
    key: bytes
    namespaces: tuple[str, ...] = ()
    after: datetime | None = None
    before: datetime | None = None

    def may_sign(self, at: datetime) -> bool:
        """Say whether the key stands for commits at a moment."""
        is_for_git = not self.namespaces or GIT_NAMESPACE in self.namespaces
        return is_for_git and (self.after is None or self.after <= at) and (self.before is None or at < self.before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whose signatures count for commits: SSH keys, and OpenPGP keys as one armoured file."""

    signers: tuple[AllowedSigner, ...] = ()
    openpgp: bytes | None = None


def parse_signers(content: bytes) -> tuple[AllowedSigner, ...]:
    """Return the keys of the file in their order. Raises ProposalError with every line that is none."""
    signers: list[AllowedSigner] = []
    problems: list[Problem] = []
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            try:
                signers.append(_signer(line.strip()))
            except ValueError as error:
                hint = "write it as `ssh-keygen` reads it: ada@example.org ssh-ed25519 AAAA..."
                problems.append(Problem(Location(SIGNERS_PATH, line=number), str(error), hint))
    if problems:
        raise ProposalError(*problems)
    return tuple(signers)


def _signer(line: str) -> AllowedSigner:
    match = _LINE.fullmatch(line)
    if match is None:
        raise ValueError("the line names no key of an allowed signer")
    options = dict(_OPTION.findall(match["options"] or ""))
    unknown = sorted(options.keys() - {"namespaces", "valid-after", "valid-before"})
    if unknown:
        raise ValueError(f"the option {unknown[0]} is not supported: name keys, not authorities")
    try:
        key = base64.b64decode(match["key"], validate=True)
    except binascii.Error as exc:
        raise ValueError(f"the key is no base64: {exc}") from exc
    kind = match["type"].encode()
    if key[: 4 + len(kind)] != len(kind).to_bytes(4, "big") + kind:
        raise ValueError(f"the key is no {match['type']} key")
    return AllowedSigner(
        principals=match["principals"].strip('"'),
        key=key,
        namespaces=tuple(filter(None, options.get("namespaces", "").split(","))),
        after=_moment(options.get("valid-after")),
        before=_moment(options.get("valid-before")),
    )


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    form = _MOMENT_FORMS.get(len(text))
    try:
        return datetime.strptime(text, form or "").replace(tzinfo=UTC)
    except ValueError as exc:
        raise ValueError(f"the moment {text!r} is not YYYYMMDDZ, YYYYMMDDHHMMZ or YYYYMMDDHHMMSSZ") from exc
