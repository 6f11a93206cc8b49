"""CODEOWNERS: who must review a path, by GitHub's rules.

A line is a pattern and its owners; the LAST line that matches a path decides alone, and any one of its owners
suffices. A line without owners clears the path, which is not the same as no line at all. Text from an unescaped `#` on
is a comment and never yields owners. A line that GitHub cannot read is skipped alone, so that an earlier, broader
line applies silently: it is kept in `bad_lines` for whoever must mend it. A line with one malformed owner is such a
line, with all of its owners ("that line will be skipped"); a well-formed owner who does not exist is the lint's
business, since only GitHub knows.

Where GitHub's reading is unknown the line counts as unreadable, so it neither gives nor clears owners: control
characters inside of a line (a carriage return hides what follows it from some readers), `#` inside of a pattern.

Sources: docs.github.com, About code owners; REST "List CODEOWNERS errors".
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import Enum

from promoter.errors import Location, Problem, ProposalError
from promoter.registry.codeowners_pattern import InvalidPattern, Pattern, compile_pattern

LOCATIONS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where GitHub looks, in this order; the first file found is the only one that counts."""

SIZE_LIMIT_BYTES = 3_000_000
"""GitHub loads a file "under 3 MB"; the smaller reading of MB, since an unloaded file protects nothing."""

BYTE_ORDER_MARK = "\ufeff"
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
BLANK = re.compile(r"[ \t]+")
RULE = re.compile(r"(?P<pattern>(?:\\.|\\$|[^ \t\\])+)(?P<rest>.*)", re.DOTALL)
OWNER = re.compile(
    r"@[A-Za-z0-9][A-Za-z0-9_-]*(?:/[A-Za-z0-9_-]+)?"  # @user, @user_enterprise, @org/team-slug
    r"|[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
)


class OwnershipState(Enum):
    """What the file says of a path: owned, cleared by a line without owners, or nothing."""

    OWNED = "owned"
    CLEARED = "cleared"
    NO_MATCH = "no_match"


@dataclass(frozen=True, slots=True)
class Rule:
    """A readable line: any one of `owners` suffices; none means that the line clears."""

    line: int
    pattern: Pattern
    owners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that GitHub skips: its number from 1, its text, why, and what to write."""

    line: int
    text: str
    reason: str
    hint: str


@dataclass(frozen=True, slots=True)
class Ownership:
    """The answer for one path, with the line and the pattern that decided; both None where nothing matches."""

    state: OwnershipState
    owners: tuple[str, ...] = ()
    line: int | None = None
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class RequiredOwners:
    """Paths that the same owners guard: one approval by any of `owners` covers all of `paths`."""

    owners: tuple[str, ...]
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CodeOwners:
    """A CODEOWNERS file as GitHub reads it; rules and bad lines in the order of the file."""

    path: str
    rules: tuple[Rule, ...]
    bad_lines: tuple[BadLine, ...]
    has_byte_order_mark: bool = False

    def owners_of(self, path: str) -> Ownership:
        """Return who owns a file, given by its path from the root without `.`, `..` or `//`."""
        for rule in reversed(self.rules):
            if rule.pattern.matches(path):
                state = OwnershipState.OWNED if rule.owners else OwnershipState.CLEARED
                return Ownership(state, rule.owners, rule.line, rule.pattern.text)
        return Ownership(OwnershipState.NO_MATCH)

    def required_owners(self, paths: Iterable[str]) -> tuple[RequiredOwners, ...]:
        """Return the owned ones of some paths, grouped by their set of owners, in the order of their first path.

        Every group needs an approval of its own. Logins and team names are compared without case.
        """
        groups: dict[frozenset[str], tuple[tuple[str, ...], list[str]]] = {}
        for path in sorted(set(paths)):
            owners = self.owners_of(path).owners
            if owners:
                names = frozenset(owner.casefold() for owner in owners)
                groups.setdefault(names, (owners, []))[1].append(path)
        return tuple(RequiredOwners(owners, tuple(owned)) for owners, owned in groups.values())


def governing_location(existing: Collection[str]) -> str | None:
    """Return which of some files of a tree GitHub reads as CODEOWNERS, or None."""
    return next((location for location in LOCATIONS if location in existing), None)


def parse_codeowners(content: bytes, *, path: str) -> CodeOwners:
    """Return the file's rules and its bad lines; `path` names it in messages.

    Raises ProposalError where the file as a whole cannot be used: 3 MB or more, or not UTF-8.
    """
    text = _decode(content, path=path)
    rules: list[Rule] = []
    bad_lines: list[BadLine] = []
    for number, line in enumerate(text.removeprefix(BYTE_ORDER_MARK).split("\n"), start=1):
        try:
            rule = _read_line(line.removesuffix("\r"), number=number)
        except InvalidPattern as invalid:
            bad_lines.append(BadLine(number, line.removesuffix("\r"), invalid.reason, invalid.hint))
        else:
            rules.extend([rule] if rule else [])
    return CodeOwners(path, tuple(rules), tuple(bad_lines), text.startswith(BYTE_ORDER_MARK))


def _decode(content: bytes, *, path: str) -> str:
    if len(content) >= SIZE_LIMIT_BYTES:
        message = f"the file has {SIZE_LIMIT_BYTES} bytes or more, and GitHub loads CODEOWNERS only under 3 MB"
        raise ProposalError(Problem(Location(path), message, "merge lines with wildcards"))
    try:
        return content.decode()
    except UnicodeDecodeError as exc:
        line = content.count(b"\n", 0, exc.start) + 1
        message = f"byte 0x{content[exc.start]:02x} is not UTF-8"
        raise ProposalError(Problem(Location(path, line), message, "save the file as UTF-8")) from exc


def _read_line(line: str, *, number: int) -> Rule | None:
    """Return a line's rule, or None for a blank or a comment. Raises InvalidPattern for a line to skip."""
    control = CONTROL.search(line)
    if control:
        raise InvalidPattern(f"the line holds the control character U+{ord(control[0]):04X}", "remove it")
    match = RULE.match(line.lstrip(" \t"))
    if match is None or match["pattern"].startswith("#"):
        return None
    pattern = compile_pattern(match["pattern"])
    owners = tuple(dict.fromkeys(filter(None, BLANK.split(match["rest"].partition("#")[0]))))
    for owner in owners:
        if not OWNER.fullmatch(owner):
            hint = "write @user, @org/team or an e-mail address; a space in a path is written `\\ `"
            raise InvalidPattern(f"`{owner[:60]}` is no owner", hint)
    return Rule(number, pattern, owners)
