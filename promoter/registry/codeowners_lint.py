"""What is wrong with a CODEOWNERS file that GitHub would still load."""

from collections.abc import Collection, Iterable, Iterator

from promoter.errors import Location, Problem
from promoter.registry.codeowners import LOCATIONS, OWNER, CodeOwners, Rule, governing_location
from promoter.registry.codeowners_overlap import Tokens, covers, may_share_paths
from promoter.registry.codeowners_pattern import MANY, compile_pattern

PROTECTED_PATHS = ("CODEOWNERS", ".github/", "policies/", "promoter/", "models/**/stages/production.yaml")
"""What must have owners for the gate to hold; see `lint_codeowners` for the notation."""

MAX_TOKENS_COMPARED = 10_000
"""Rules are compared in pairs, at a cost of the square of the tokens of all patterns."""


def lint_codeowners(
    codeowners: CodeOwners,
    *,
    protected_paths: Iterable[str] = PROTECTED_PATHS,
    known_owners: Collection[str] | None = None,
) -> tuple[Problem, ...]:
    """Return the file's problems in the order of its lines; those of the whole file come first.

    `protected_paths` are anchored at the root: `policies/` means all below it, other paths mean files, and `*`, `?`
    and `**` are wildcards. `known_owners` are the logins, teams and addresses with write access, written as in
    CODEOWNERS (compared without case); None leaves owners unchecked.
    Raises InvalidPattern for an unusable protected path.
    """
    problems = [
        *skipped_lines(codeowners),
        *_suspect_patterns(codeowners),
        *_overridden(codeowners),
        *(problem for path in protected_paths for problem in _unprotected(codeowners, path)),
        *_unknown_owners(codeowners, known_owners),
    ]
    return tuple(sorted(problems, key=lambda problem: problem.location.sort_key))


def lint_locations(existing: Collection[str]) -> tuple[Problem, ...]:
    """Return a problem for each CODEOWNERS file of a tree that another hides, and for a tree that has none.

    `existing` holds at least those paths of the tree that are files and stand in LOCATIONS.
    """
    governing = governing_location(existing)
    if governing is None:
        message = "no CODEOWNERS file: GitHub asks nobody for a review, and required reviews of owners pass"
        return (Problem(Location("CODEOWNERS"), message, "add one; `promoter init` writes a first version"),)
    hint = f"move its lines to {governing} and delete it"
    return tuple(
        Problem(Location(location), f"GitHub reads {governing} instead and ignores this file", hint)
        for location in LOCATIONS
        if location in existing and location != governing
    )


def _at(codeowners: CodeOwners, line: int | None) -> Location:
    return Location(codeowners.path, line)


def skipped_lines(codeowners: CodeOwners) -> Iterator[Problem]:
    """Yield each line by which GitHub asks nobody, though it was written for somebody."""
    if codeowners.has_byte_order_mark:
        message = "the file starts with a byte order mark, which may become part of the first pattern"
        yield Problem(_at(codeowners, 1), message, "save it as UTF-8 without one")
    for bad in codeowners.bad_lines:
        yield Problem(_at(codeowners, bad.line), f"GitHub skips this line: {bad.reason}", bad.hint)


def _suspect_patterns(codeowners: CodeOwners) -> Iterator[Problem]:
    for rule in codeowners.rules:
        text = rule.pattern.text
        if not rule.owners and OWNER.fullmatch(text):
            message = f"`{text}` stands where the path belongs, so it owns nothing"
            yield Problem(_at(codeowners, rule.line), message, f"write a path before it: `* {text}`")
        elif not rule.owners and "@" in text:
            message = f"the line has no owners; `{text}` is read as a path"
            yield Problem(_at(codeowners, rule.line), message, "put a space before the `@` if it begins an owner")
        if not text.isprintable():
            message = "the path holds characters that cannot be seen"
            yield Problem(
                _at(codeowners, rule.line), message, "type the path again, with plain spaces or tabs after it"
            )


def _overridden(codeowners: CodeOwners) -> Iterator[Problem]:
    """Yield rules that never decide, because one later rule matches all that they match."""
    rules = codeowners.rules
    size = sum(len(rule.pattern.tokens) for rule in rules)
    if size > MAX_TOKENS_COMPARED:
        message = (
            f"patterns of {size} segments; which of them never decide is worked out for {MAX_TOKENS_COMPARED} at most"
        )
        yield Problem(_at(codeowners, None), message, "merge rules with wildcards")
        return
    for index, rule in enumerate(rules):
        later = next((other for other in rules[index + 1 :] if covers(other.pattern.tokens, rule.pattern.tokens)), None)
        if later is None:
            continue
        if later.pattern.tokens == rule.pattern.tokens:
            message = f"line {later.line} repeats this pattern, and the last one decides alone"
            yield Problem(_at(codeowners, rule.line), message, "name all owners on one line and delete the other")
        else:
            message = f"this line never decides: line {later.line} (`{later.pattern.text}`) matches all that it matches"
            yield Problem(_at(codeowners, rule.line), message, "delete it, or move it below that line")


def protected_tokens(path: str) -> Tokens:
    """Return the tokens of a protected path: like a CODEOWNERS pattern at the root, but a name means a file alone."""
    tokens = compile_pattern("/" + path.lstrip("/")).tokens
    is_file = not path.endswith(("/", "/**"))
    return tokens[:-1] if is_file and tokens[-1] is MANY else tokens


def _unprotected(codeowners: CodeOwners, path: str) -> Iterator[Problem]:
    """Yield the ownerless rules that a protected path meets, last to first, up to the rule that covers all of it."""
    protected = protected_tokens(path)
    for rule in reversed(codeowners.rules):
        tokens = rule.pattern.tokens
        if rule.owners and covers(tokens, protected):
            return
        if not rule.owners and may_share_paths(tokens, protected):
            yield _clears(codeowners, rule, path)
            if covers(tokens, protected):
                return
    message = f"no line gives owners to all of `{path}`, which guards the gate"
    yield Problem(_at(codeowners, None), message, f"add as one of the last lines: `/{path.lstrip('/')} @org/team`")


def _clears(codeowners: CodeOwners, rule: Rule, path: str) -> Problem:
    message = f"`{rule.pattern.text}` has no owners and takes them from `{path}`, which guards the gate"
    return Problem(_at(codeowners, rule.line), message, "name owners on this line, or move it above the line that does")


def _unknown_owners(codeowners: CodeOwners, known_owners: Collection[str] | None) -> Iterator[Problem]:
    if known_owners is None:
        return
    known = {owner.casefold() for owner in known_owners}
    for rule in codeowners.rules:
        for owner in rule.owners:
            if owner.casefold() not in known:
                message = f"{owner} is unknown or cannot write here, so GitHub asks nobody in its place"
                yield Problem(_at(codeowners, rule.line), message, "correct the name, or grant it write access")
