"""Whether commits of the line are signed, where the rules of that time ask for it.

1. The rules are those before the commit; so the commit that begins to ask need not be signed.
2. A commit that changes nothing but records needs no signature: an audit makes each record again, byte by byte.
3. SSH signatures are verified here, OpenPGP ones by gpg; where that cannot run, the audit ends without a verdict.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

from promoter.commands.case import rules_of
from promoter.commands.past import Past
from promoter.commands.verifying import Finding
from promoter.errors import PolicyError
from promoter.git.openpgp import Keyring
from promoter.git.signature import BadSignatureError, SignedCommit, signed_commit, ssh_signing_key
from promoter.policy.rulebook import RuleBook
from promoter.policy.signers import Trust
from promoter.registry.layout import POLICIES, RECORDS


def check_signatures(past: Past, start: int) -> Iterator[Finding]:
    """Yield the commits after a position of the line that had to be signed and are not, or not by an allowed key.

    Raises ServiceError where an OpenPGP signature is to be verified and gpg cannot.
    """
    line = past.timeline.line
    first = max(start, 0) + 1
    changed = {POLICIES.encode()}
    with ExitStack() as stack:
        rings = _Rings(stack)
        for position in range(first, len(line)):
            if POLICIES.encode() in changed:
                rules = _rules_at(past, position - 1)
            compared = past.reader.compare(b"", line.tree_id(position - 1), line.tree_id(position))
            changed = {item.name for item in compared}
            if rules is None:
                message = "the rules before it cannot be read: whether it had to be signed is unknown"
                yield _finding(past, position, message)
            elif rules.settings.signed_commits == "required" and changed != {RECORDS.encode()}:
                why_not = _why_unsigned(past, position, rules.trust, rings)
                if why_not is not None:
                    yield _finding(past, position, why_not)


def _rules_at(past: Past, position: int) -> RuleBook | None:
    """Return the rules of a commit of the line, or None where they cannot be read."""
    try:
        return rules_of(past.tree_at(position))
    except PolicyError:
        return None


def _why_unsigned(past: Past, position: int, trust: Trust, rings: "_Rings") -> str | None:
    """Return why a commit has no signature that counts, or None where it has."""
    line = past.timeline.line
    at = line.at(position)
    try:
        signed = signed_commit(past.reader.commit(line.commit_id(position)))
        if signed is None:
            return "it is not signed, and the rules of that time ask for it"
        if signed.is_openpgp:
            return _why_not_openpgp(signed, trust, rings, position, past)
        key = ssh_signing_key(signed)
    except BadSignatureError as error:
        return f"its signature {error}"
    named = [signer for signer in trust.signers if signer.key == key]
    if not named:
        return "its signature is of a key that the rules of that time do not name"
    if not any(signer.may_sign(at) for signer in named):
        return f"its signature is of a key of {named[0].principals} that was not valid for commits then"
    return None


def _why_not_openpgp(signed: SignedCommit, trust: Trust, rings: "_Rings", position: int, past: Past) -> str | None:
    if trust.openpgp is None:
        return "its signature is OpenPGP, and the rules of that time name no such keys"
    rings.of(trust.openpgp).fingerprint_of_signer(signed, at=past.timeline.line.at(position))
    return None


def _finding(past: Past, position: int, message: str) -> Finding:
    commit = past.timeline.line.commit_id(position)
    author = past.credit(commit).author
    return Finding(subject=f"commit {commit[:10]}", message=message, is_unverified=True, commit=commit, author=author)


@dataclass(frozen=True, slots=True)
class _Rings:
    """One keyring a file of keys, however many commits are signed with them."""

    stack: ExitStack
    open_rings: dict[bytes, Keyring] = field(default_factory=dict)

    def of(self, keys: bytes) -> Keyring:
        """Return the keyring of a file."""
        if keys not in self.open_rings:
            self.open_rings[keys] = self.stack.enter_context(Keyring.open(keys))
        return self.open_rings[keys]
