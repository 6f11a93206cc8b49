"""What a CODEOWNERS pattern matches."""

from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from promoter.registry.codeowners_pattern import InvalidPattern, compile_pattern

# pattern, paths that it covers, paths that it does not; both split at spaces
CASES = [
    ("foo", "foo foo/bar bar/foo bar/foo/baz", "foo.txt bar/foo.txt bar/baz xfoo Foo FOO/bar"),
    ("/foo", "foo foo/bar foo/bar/baz", "fool.txt bar/foo bar/baz bar/foo/baz"),
    ("foo/", "foo/bar foo/bar/baz bar/foo/baz bar/foo/baz/qux", "foo bar/foo bar/baz"),
    ("/foo/", "foo/bar foo/bar/baz", "foo bar/foo bar/foo/baz"),
    ("foo/bar", "foo/bar foo/bar/baz", "foo/bart baz/foo/bar baz/foo/bar/qux"),
    ("foo/bar/", "foo/bar/baz foo/bar/baz/qux", "foo/bar foo/bart baz/foo/bar/qux"),
    ("*", "foo foo/bar .github/CODEOWNERS a/b/c/d", ""),
    ("**", "foo foo/bar a/b/c/d", ""),
    ("/**", "foo foo/bar a/b/c/d", ""),
    ("/*", "foo bar .hidden", "foo/bar foo/bar/baz"),
    ("f*", "foo foo/bar bar/foo bar/foo/baz f", "bar/baz xfoo"),
    ("/f*", "foo foo/bar foo/bar/baz", "bar/foo xfoo"),
    ("f*/", "foo/bar bar/foo/baz", "foo bar/foo bar/baz"),
    ("*/", "foo/bar foo/bar/baz", "foo"),
    ("/*/", "foo/bar bar/foo/baz", "foo"),
    ("/*/*", "foo/bar", "foo foo/bar/baz"),
    ("foo/*", "foo/bar", "foo foo/bar/baz bar/foo bar/foo/baz"),
    ("foo/*/", "foo/bar/baz foo/bar/baz/qux", "foo foo/bar"),
    ("foo/*.txt", "foo/bar.txt foo/.txt", "foo foo/bar/baz.txt qux/foo/bar.txt"),
    ("foo/*/baz", "foo/bar/baz foo/bar/baz/qux", "foo foo/bar foo/baz foo/a/b/baz"),
    ("f?o", "foo f-o/bar a/f.o", "fo fooo f/o"),
    ("**/foo/bar", "foo/bar qux/foo/bar a/b/foo/bar/baz", "foo/baz/bar qux/foo/baz/bar"),
    ("**/*bar*", "bar foo/bar foo/rebar foo/barrio foo/qux/bar bar/x", "foo/ba/r"),
    ("**/logs", "logs build/logs logs/x deeply/nested/logs/today", "log blogs logs.txt"),
    ("foo/bar/**", "foo/bar/baz foo/bar/baz/qux", "foo/bar qux/foo/bar/baz"),
    ("foo/**/bar", "foo/bar foo/bar/baz foo/qux/bar/baz foo/qux/quux/bar", "qux/foo/bar foo/bart"),
    ("foo/**/", "foo/bar foo/bar/baz", "foo"),
    ("foo/**/*", "foo/bar foo/bar/baz", "foo"),
    ("foo/**/bar/b*", "foo/bar/baz foo/qux/bar/baz foo/qux/bar/baz/x", "foo/bar foo/bar/qux foo/qux/bar"),
    ("**/a/**/b", "a/b a/x/b x/a/y/z/b/c", "b/a a ab"),
    ("foo**bar", "foobar foo-bar x/foo.bar", "foo/bar foo/x/bar"),
    ("/foo/**.js", "foo/a.js", "foo/b/a.js"),
    ("*.js", "a.js x/y/a.js a.js/b .js", "a.jsx a.JS ajs"),
    ("/build/logs/", "build/logs/x build/logs/x/y", "build/logs x/build/logs/y"),
    ("/scripts/", "scripts/a scripts/a/b", "scripts x/scripts/a"),
    ("f\\*o", "f*o f*o/x", "foo f\\*o"),
    ("f\\?o", "f?o", "foo"),
    ("pages/\\[id\\].js", "pages/[id].js", "pages/i.js pages/id.js"),
    ("a\\\\b", "a\\b", "ab a\\\\b"),
    ("a+b(c)|d^e$f{g}.h", "a+b(c)|d^e$f{g}.h", "aab(c)|d^e$f{g}.h a+bc"),
    ("/models/**/stages/production.yaml", "models/a/b/stages/production.yaml", "models/a/stages/production.yml"),
    ("h?llo/w*d", "hello/world hällo/wd", "hllo/wd x/hello/world"),
]


@pytest.mark.parametrize(
    ("pattern", "path"), [(pattern, path) for pattern, covered, _ in CASES for path in covered.split()]
)
def test_pattern_covers_path(pattern: str, path: str) -> None:
    """The table's first column: GitHub's documentation, and the public suite of hmarr/codeowners."""
    assert compile_pattern(pattern).matches(path)


@pytest.mark.parametrize(
    ("pattern", "path"), [(pattern, path) for pattern, _, others in CASES for path in others.split()]
)
def test_pattern_leaves_path(pattern: str, path: str) -> None:
    """The table's second column."""
    assert not compile_pattern(pattern).matches(path)


def test_escaped_space_is_part_of_the_path() -> None:
    """A backslash before a space makes it a character of the name."""
    assert compile_pattern("/my\\ docs/").matches("my docs/a.md")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("!foo", "`!` does not negate here"),
        ("\\#foo", "`\\#` is not supported"),
        ("foo#bar", "`#` inside of a pattern is ambiguous"),
        ("[ab].py", "both `[` and `]` must be escaped with a backslash"),
        ("a]", "both `[` and `]` must be escaped with a backslash"),
        ("***/*.rb", "three or more `*` in a row"),
        ("/", "`/` never matches anything"),
        ("//", "`//` never matches anything"),
        ("a//b", "an empty segment `//` never matches"),
        ("./a", "a segment `.` or `..` never matches"),
        ("a/../b", "a segment `.` or `..` never matches"),
        ("a\\", "a backslash with nothing to escape"),
        ("a" * 4097, "a pattern of 4097 characters, above 4096"),
    ],
)
def test_what_github_does_not_read_is_refused_by_name(text: str, reason: str) -> None:
    """GitHub skips such a line, or the pattern could never match."""
    with pytest.raises(InvalidPattern) as caught:
        compile_pattern(text)
    assert reason == caught.value.reason


def test_three_stars_come_with_githubs_suggestion() -> None:
    """The hint writes the pattern with two stars."""
    with pytest.raises(InvalidPattern, match="did you mean"):
        compile_pattern("***/*.rb")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("*a" * 2_000 + "b", "a" * 4_000),
        ("*a" * 20 + "b", "a" * 100),
        ("**/a/" * 500 + "b", "a/" * 1_000 + "a"),
        ("**/*a*/" * 300 + "b", "/".join(["a" * 100] * 40)),
        ("**/a*a*a*a*b/" * 20 + "**/b", "/".join(["a" * 50 + "b"] * 40)),
    ],
)
def test_hostile_patterns_match_in_polynomial_time(text: str, path: str) -> None:
    """Nested wildcards over a path made for backtracking answer at once; exponential time would hang here."""
    assert not compile_pattern(text).matches(path)


def naive_segment(pattern: str, text: str) -> bool:
    """Whether a segment matches, by trying every split; patterns here hold no escapes."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(naive_segment(pattern[1:], text[cut:]) for cut in range(len(text) + 1))
    return bool(text) and pattern[0] in {"?", text[0]} and naive_segment(pattern[1:], text[1:])


def naive_segments(patterns: list[str], names: list[str]) -> bool:
    """Whether segments match names from the root, `**` being zero or more; what follows the last is free."""
    if not patterns:
        return not names
    if patterns[0] == "**":
        return any(naive_segments(patterns[1:], names[cut:]) for cut in range(len(names) + 1))
    return bool(names) and naive_segment(patterns[0], names[0]) and naive_segments(patterns[1:], names[1:])


def naive_match(pattern: str, path: str) -> bool:
    """GitHub's rules said another way: a pattern selects an entry, a directory stands for all that lies below it."""
    names = path.split("/")
    entries = [names[:depth] for depth in range(1, len(names) + 1)]
    parts = [part for part in pattern.split("/") if part]
    starts = [0] if "/" in pattern.rstrip("/") else range(len(names))
    if pattern.endswith("/"):  # only directories: a proper prefix; `foo/**/` and `**/` count the directory before `**`
        parts = [*parts, "*"]
        return any(naive_segments(parts, entry[start:]) for start in starts for entry in entries if start < len(entry))
    if parts[-1] == "**":
        parts = [*parts, "*"]
    elif parts[-1] == "*":
        entries = entries[-1:]
    return any(naive_segments(parts, entry[start:]) for start in starts for entry in entries if start < len(entry))


segments = st.sampled_from(["a", "b", "ab", "*", "**", "?", "a*", "*b", "a*b", "a?", "*a*", "?*", "*ab*a"])
patterns = st.builds(
    lambda head, parts, tail: head + "/".join(parts) + tail,
    st.sampled_from(["", "/"]),
    st.lists(segments, min_size=1, max_size=4),
    st.sampled_from(["", "/"]),
)
paths = st.lists(st.text("ab", min_size=1, max_size=4), min_size=1, max_size=5).map("/".join)


@settings(max_examples=600, deadline=None)
@given(pattern=patterns, path=paths)
@example(pattern="**/", path="a")
@example(pattern="*/**", path="a/b")
@example(pattern="**/**", path="a")
def test_matches_as_the_naive_oracle(pattern: str, path: str) -> None:
    """The compiled expression and plain backtracking over segments agree on every pattern and path."""
    assert naive_match(pattern, path) == compile_pattern(pattern).matches(path)


def test_matches_as_the_naive_oracle_on_all_small_cases() -> None:
    """Every pattern of up to three segments, anchored or not, over every path of up to three names."""
    words = ["a", "*", "**", "a*"]
    small_paths = ["/".join(names) for depth in (1, 2, 3) for names in product(["a", "b", "ab"], repeat=depth)]
    bodies = ["/".join(parts) for depth in (1, 2, 3) for parts in product(words, repeat=depth)]
    for head, body, tail in product(["", "/"], bodies, ["", "/"]):
        pattern = compile_pattern(head + body + tail)
        for path in small_paths:
            assert naive_match(pattern.text, path) == pattern.matches(path), (pattern.text, path)
