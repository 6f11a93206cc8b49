"""Whether commits of the line are signed, and by whom, where the rules of that time ask for it.

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
from promoter.commands.unsigned import told, vouching_of
from promoter.commands.verifying import Finding
from promoter.errors import PolicyError, ProposalError
from promoter.git.openpgp import Claim, Keyring
from promoter.git.snapshot import Snapshot
from promoter.policy.credential import Vouching
from promoter.policy.rulebook import RuleBook
from promoter.policy.settings import Settings
from promoter.policy.signers import SIGNERS_PATH
from promoter.policy.trust import OPENPGP_PATH, REVOKED_PATH, Trust
from promoter.registry.layout import POLICIES, RECORDS, FileKind, Place
from promoter.registry.reading import read_file

_TOGETHER = 500
"""Commits that are looked at before their OpenPGP signatures go to gpg: memory for some megabytes of commits."""

_SETTINGS = f"{POLICIES}/registry.yaml"
_DECIDING = (_SETTINGS, SIGNERS_PATH, REVOKED_PATH, OPENPGP_PATH)
"""What of the rules says whether commits must be signed, and by whom; most changes of the rules are of other files."""

_UNKNOWN = "the rules before it cannot be read: whether it had to be signed is unknown"


@dataclass(frozen=True, slots=True)
class _Asked:
    """A commit, by its place on the line, that had to be signed by somebody whom these keys name; None: unreadable."""

    position: int
    trust: Trust | None
    changes_rules: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """The signature of a commit that had to have one: whose it is, or the fault for which it does not count."""

    commit: str
    author: str
    changes_rules: bool
    by: str | None
    fault: str | None

    @property
    def finding(self) -> Finding | None:
        """What an audit says of it, where it does not count."""
        if self.fault is None:
            return None
        subject = f"commit {self.commit[:10]}"
        return Finding(subject=subject, message=self.fault, is_unverified=True, commit=self.commit, author=self.author)


def check_signatures(past: Past, start: int) -> Iterator[Finding]:
    """Yield the commits after a position of the line that had to be signed and are not, or not by an allowed key.

    Raises ServiceError where an OpenPGP signature is to be verified and gpg cannot.
    """
    yield from (signature.finding for signature in read_signatures(past, start) if signature.finding is not None)


def read_signatures(past: Past, start: int) -> Iterator[Signature]:
    """Yield the signatures of the commits after a position of the line that had to be signed. Raises as above."""
    asked = _asked(past, start)
    with ExitStack() as stack:
        rings = _Rings(stack)
        while together := list(islice(asked, _TOGETHER)):
            for item, vouching in zip(together, _vouchings(past, together, rings), strict=True):
                commit = past.timeline.line.commit_id(item.position)
                yield Signature(
                    commit=commit,
                    author=past.credit(commit).author,
                    changes_rules=item.changes_rules,
                    by=vouching.by,
                    fault=vouching.why_not,
                )


def _asked(past: Past, start: int) -> Iterator[_Asked]:
    line = past.timeline.line
    first = max(start, 0) + 1
    demands = _Demands(past, was_asked=first > 1)
    changes_rules = True
    for position in range(first, len(line)):
        if changes_rules:
            demands.read(position - 1)
        compared = past.reader.compare(b"", line.tree_id(position - 1), line.tree_id(position))
        changed = {item.name for item in compared}
        changes_rules = POLICIES.encode() in changed
        if not demands.are_known:
            yield _Asked(position, None, changes_rules)
        elif demands.trust is not None and changed != {RECORDS.encode()}:
            yield _Asked(position, demands.trust, changes_rules)


@dataclass(slots=True)
class _Demands:
    """What the rules ask of the commits after them, followed along the line; `trust` None: no signature.

    All rules are read where those files change that decide, and before signatures were ever asked for not even then:
    broken rules are stood in for by earlier ones, and these ask for none either.
    """

    past: Past
    was_asked: bool
    trust: Trust | None = None
    are_known: bool = True
    files: tuple[str | None, ...] | None = None

    def read(self, position: int) -> None:
        """Take up the rules of a commit of the line."""
        tree = self.past.tree_at(position)
        files = _deciding_files(tree)
        if files is not None and files == self.files:
            return
        self.files = files
        if not self.was_asked and _asks_none(tree):
            return
        rules, is_own = _rules_at(self.past, position)
        is_required = rules is not None and rules.settings.signed_commits == "required"
        self.trust = rules.trust if rules is not None and is_required else None
        self.are_known, self.files = rules is not None, files if is_own else None
        self.was_asked = self.was_asked or is_required or rules is None


def _deciding_files(tree: Snapshot) -> tuple[str | None, ...] | None:
    """Return the ids of the files that decide, or None where what stands below policies/ is no tree git would write."""
    try:
        return tuple(entry.object_id if (entry := tree.entry(path)) is not None else None for path in _DECIDING)
    except ProposalError:
        return None


def _asks_none(tree: Snapshot) -> bool:
    """Say whether a tree has no rules yet, or settings that can be read and ask for no signatures."""
    if tree.tree_id_of(POLICIES) is None:
        return True
    place = Place(_SETTINGS, FileKind.SETTINGS)
    try:
        return read_file(tree, place, Settings).value.signed_commits != "required"
    except ProposalError:
        return False


def _rules_at(past: Past, position: int) -> tuple[RuleBook | None, bool]:
    """Return the rules of a commit of the line, and that they are its own.

    Of broken ones those that stand in, which a later mend ends; None where there are none.
    """
    tree = past.tree_at(position)
    try:
        return rules_of(tree), True
    except (PolicyError, ProposalError):
        with suppress(PolicyError):
            return standing_rules(tree, Chronicle(past.repository, past.timeline.line.commit_id(position)))[0], False
        return None, False


def _vouchings(past: Past, asked: Sequence[_Asked], rings: "_Rings") -> list[Vouching]:
    """Return of each commit whose signature it has, or why it has none that counts."""
    line = past.timeline.line
    found: dict[int, Vouching] = {}
    pending: dict[bytes, dict[int, Claim]] = defaultdict(dict)
    for place, item in enumerate(asked):
        answer: Vouching | Claim = Vouching(why_not=_UNKNOWN)
        if item.trust is not None:
            raw = past.reader.commit(line.commit_id(item.position))
            answer = vouching_of(raw, item.trust, line.at(item.position))
        if isinstance(answer, Vouching):
            found[place] = answer
        elif item.trust is not None and item.trust.openpgp is not None:
            pending[item.trust.openpgp][place] = answer
    for keys, claims in pending.items():
        answers = rings.of(keys).vouchings_of(list(claims.values()))
        found |= {place: told(answer) for place, answer in zip(claims, answers, strict=True)}
    return [found[place] for place in range(len(asked))]


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
