"""Whether commits of the line are signed, where the rules of that time ask for it.

1. The rules are those before the commit; so the commit that begins to ask need not be signed.
2. A commit that changes nothing but records needs no signature: an audit makes each record again, byte by byte.
3. SSH signatures are verified here, OpenPGP ones by gpg, many in one process; where that cannot run, the audit ends
   without a verdict.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import islice

from promoter.commands.chronicle import Chronicle
from promoter.commands.past import Past
from promoter.commands.rules_of_base import rules_of, standing_rules
from promoter.commands.unsigned import why_unsigned
from promoter.commands.verifying import Finding
from promoter.errors import PolicyError
from promoter.git.openpgp import Claim, Keyring
from promoter.policy.rulebook import RuleBook
from promoter.policy.trust import Trust
from promoter.registry.layout import POLICIES, RECORDS

_TOGETHER = 500
"""Commits that are looked at before their OpenPGP signatures go to gpg: memory for some megabytes of commits."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A commit, by its place on the line, that had to be signed by somebody whom these keys name; None: unreadable."""

    position: int
    trust: Trust | None


def check_signatures(past: Past, start: int) -> Iterator[Finding]:
    """Yield the commits after a position of the line that had to be signed and are not, or not by an allowed key.

    Raises ServiceError where an OpenPGP signature is to be verified and gpg cannot.
    """
    asked = _asked(past, start)
    with ExitStack() as stack:
        rings = _Rings(stack)
        while together := list(islice(asked, _TOGETHER)):
            for item, why_not in zip(together, _why_not(past, together, rings), strict=True):
                if why_not is not None:
                    yield _finding(past, item.position, why_not)


def _asked(past: Past, start: int) -> Iterator[_Asked]:
    line = past.timeline.line
    first = max(start, 0) + 1
    changed = {POLICIES.encode()}
    for position in range(first, len(line)):
        if POLICIES.encode() in changed:
            rules = _rules_at(past, position - 1)
        compared = past.reader.compare(b"", line.tree_id(position - 1), line.tree_id(position))
        changed = {item.name for item in compared}
        if rules is None:
            yield _Asked(position, None)
        elif rules.settings.signed_commits == "required" and changed != {RECORDS.encode()}:
            yield _Asked(position, rules.trust)


def _rules_at(past: Past, position: int) -> RuleBook | None:
    """Return the rules of a commit of the line, of broken ones those that stand in, or None where there are none."""
    tree = past.tree_at(position)
    try:
        return rules_of(tree)
    except PolicyError:
        with suppress(PolicyError):
            return standing_rules(tree, Chronicle(past.repository, past.timeline.line.commit_id(position)))[0]
        return None


def _why_not(past: Past, asked: Sequence[_Asked], rings: "_Rings") -> list[str | None]:
    """Return of each commit why it has no signature that counts, or None where it has."""
    line = past.timeline.line
    reasons: list[str | None] = []
    pending: dict[bytes, dict[int, Claim]] = defaultdict(dict)
    for place, item in enumerate(asked):
        found: str | Claim | None = "the rules before it cannot be read: whether it had to be signed is unknown"
        if item.trust is not None:
            raw = past.reader.commit(line.commit_id(item.position))
            found = why_unsigned(raw, item.trust, line.at(item.position))
        if isinstance(found, Claim) and item.trust is not None and item.trust.openpgp is not None:
            pending[item.trust.openpgp][place] = found
        reasons.append(found if isinstance(found, str) else None)
    for keys, claims in pending.items():
        for place, reason in zip(claims, rings.of(keys).why_not(list(claims.values())), strict=True):
            reasons[place] = None if reason is None else f"its signature {reason}"
    return reasons


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
