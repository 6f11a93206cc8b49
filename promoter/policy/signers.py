"""`policies/trust/allowed_signers`: whose SSH keys sign commits, as git's `gpg.ssh.allowedSignersFile` has it.

Source: ssh-keygen(1), ALLOWED SIGNERS. A line is `principals [options] key-type base64-key [comment]`. Times without a
`Z` are refused: they would mean another moment on another machine.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import translate

from promoter.errors import Location, Problem, ProposalError
from promoter.policy.credential import PLAIN_KINDS, TOKEN_KINDS, Credential

SIGNERS_PATH = "policies/trust/allowed_signers"
GIT_NAMESPACE = "git"

_OPTION = r'[a-z-]+(?:="[^"]*")?'
_LINE = re.compile(
    rf'(?P<principals>"[^"]+"|[^\s"#]\S*)[ \t]+(?:(?P<options>{_OPTION}(?:,{_OPTION})*)[ \t]+)?'
    r"(?P<key>(?:ssh|ecdsa|sk)-[a-z0-9@.-]+[ \t]+[A-Za-z0-9+/]+=*)(?:[ \t].*)?"
)
_OPTIONS = re.compile(r'([a-z-]+)(?:="([^"]*)")?(?:,|$)')
_AUTHORITY = "cert-authority"
_WITH_VALUE = {"namespaces", "valid-after", "valid-before"}
_MOMENT_FORMS = {9: "%Y%m%dZ", 13: "%Y%m%d%H%MZ", 15: "%Y%m%d%H%M%SZ"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedSigner:
    """One line: a key, or with `is_authority` the key of those who certify keys, for the names of `principals`.

    `key` is its SSH wire form; `namespaces` None is any; it holds from `after` up to `before`.
    """

    principals: str
    key: bytes
    is_authority: bool = False
    namespaces: str | None = None
    after: datetime | None = None
    before: datetime | None = None

    def may_sign(self, at: datetime) -> bool:
        """Say whether the line stands for commits at a moment."""
        is_for_git = self.namespaces is None or matches(self.namespaces, GIT_NAMESPACE)
        return is_for_git and (self.after is None or self.after <= at) and (self.before is None or at < self.before)

    def is_about(self, credential: Credential) -> bool:
        """Say whether the line names the key that signed, or the authority of the certificate that was shown."""
        certificate = credential.certificate
        if certificate is None:
            return not self.is_authority and self.key == credential.key
        return self.is_authority and self.key == certificate.authority


def matches(patterns: str, name: str) -> bool:
    """Say whether a list of patterns, such as `*@example.org,!eve@*`, names somebody; a `!` that fits refuses.

    Source: ssh_config(5), PATTERNS: `*` and `?`, no brackets, letters as they are.
    """
    fits = {pattern[:1] == "!" for pattern in patterns.split(",") if _fits(pattern.removeprefix("!"), name)}
    return fits == {False}


def _fits(pattern: str, name: str) -> bool:
    return re.fullmatch(translate(pattern.replace("[", "[[]")), name) is not None


def parse_signers(content: bytes) -> tuple[AllowedSigner, ...]:
    """Return the lines of the file in their order. Raises ProposalError with every line that is none."""
    signers: list[AllowedSigner] = []
    problems: list[Problem] = []
    for number, line in key_lines(content):
        try:
            signers.append(_signer(line))
        except ValueError as error:
            hint = "write it as `ssh-keygen` reads it: ada@example.org ssh-ed25519 AAAA..."
            problems.append(Problem(Location(SIGNERS_PATH, line=number), str(error), hint))
    if problems:
        raise ProposalError(*problems)
    return tuple(signers)


def key_lines(content: bytes) -> list[tuple[int, str]]:
    """Return number and text of the lines of a file of keys that are neither blank nor remarks.

    A line ends where it ends for ssh-keygen and for whoever reviews it: not at U+2028, behind which a remark goes on.
    """
    lines = enumerate(content.decode("utf-8", "replace").split("\n"), 1)
    return [(number, line.strip()) for number, line in lines if line.strip() and not line.lstrip().startswith("#")]


def key_of(text: str) -> bytes:
    """Return the wire form of a key, written `type base64`. Raises ValueError where it is none that is verified."""
    kind, _, encoded = text.partition(" ")
    if "-cert-" in kind:
        raise ValueError("the line holds a certificate: name its key, or its authority with the option cert-authority")
    if kind not in PLAIN_KINDS and kind not in TOKEN_KINDS:
        raise ValueError(f"keys of the type {kind} are not verified here")
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error as exc:
        raise ValueError(f"the key is no base64: {exc}") from exc
    if key[: 4 + len(kind)] != len(kind).to_bytes(4, "big") + kind.encode():
        raise ValueError(f"the key is no {kind} key")
    return key


def _signer(line: str) -> AllowedSigner:
    match = _LINE.fullmatch(line)
    if match is None:
        raise ValueError("the line names no key of an allowed signer")
    options = _options(match["options"] or "")
    return AllowedSigner(
        principals=match["principals"].strip('"'),
        key=key_of(" ".join(match["key"].split())),
        is_authority=_AUTHORITY in options,
        namespaces=options.get("namespaces"),
        after=_moment(options.get("valid-after")),
        before=_moment(options.get("valid-before")),
    )


def _options(text: str) -> dict[str, str]:
    """Return the options of a line, each once; that of an authority has no value, and every other has one."""
    options: dict[str, str] = {}
    for match in _OPTIONS.finditer(text):
        name, value = match.groups()
        if name != _AUTHORITY and name not in _WITH_VALUE:
            raise ValueError(f"the option {name} is not known")
        if name in options or (value is None) is not (name == _AUTHORITY):
            raise ValueError(f"the option {name} stands there twice, or its value where none belongs, or none")
        options[name] = value or ""
    return options


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    form = _MOMENT_FORMS.get(len(text))
    try:
        return datetime.strptime(text, form or "").replace(tzinfo=UTC)
    except ValueError as exc:
        raise ValueError(f"the moment {text!r} is not YYYYMMDDZ, YYYYMMDDHHMMZ or YYYYMMDDHHMMSSZ") from exc
