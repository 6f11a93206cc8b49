"""What the lint of CODEOWNERS says."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promoter.registry.codeowners import parse_codeowners
from promoter.registry.codeowners_lint import PROTECTED_PATHS, lint_codeowners, lint_locations, protected_tokens
from promoter.registry.codeowners_overlap import covers, may_share_paths
from promoter.registry.codeowners_pattern import Pattern, compile_pattern

ROOT = Path(__file__).parents[2]


def problems(text: str, protected: tuple[str, ...] = (), known: set[str] | None = None) -> list[tuple[int | None, str]]:
    """Return line and message of every problem, by default without protected paths."""
    file = parse_codeowners(text.encode(), path="CODEOWNERS")
    found = lint_codeowners(file, protected_paths=protected, known_owners=known)
    return [(problem.location.line, problem.message) for problem in found]


def test_clean_file_has_no_problems() -> None:
    """One line for everything protects everything."""
    assert [] == problems("* @org/all\n", PROTECTED_PATHS)


def test_this_repositorys_file_is_clean() -> None:
    """The registry's own CODEOWNERS passes its own lint."""
    assert [] == problems((ROOT / "CODEOWNERS").read_text("utf-8"), PROTECTED_PATHS)


def test_bad_lines_are_problems_with_their_reason() -> None:
    """A skipped line is named with its line number."""
    assert [(1, "GitHub skips this line: `!` does not negate here")] == problems("!x @a\n")


def test_byte_order_mark_is_a_problem() -> None:
    """Whether it becomes part of the first pattern is not documented."""
    [(line, message)] = problems("\ufeff* @a\n")
    assert (1, True) == (line, "byte order mark" in message)


def test_owner_without_a_path_is_a_problem() -> None:
    """`@org/team` alone is read as a path that owns nothing."""
    assert [(1, "`@org/team` stands where the path belongs, so it owns nothing")] == problems("@org/team\n")


def test_missing_space_before_the_owner_is_a_problem() -> None:
    """`*@user` is a path, and the line clears it."""
    assert [(1, "the line has no owners; `*@user` is read as a path")] == problems("*@user\n")


def test_invisible_characters_in_a_path_are_a_problem() -> None:
    """A no-break space makes another path than the one that is seen."""
    assert [(1, "the path holds characters that cannot be seen")] == problems("/policies\u00a0 @a\n")


def test_repeated_pattern_is_a_problem() -> None:
    """The first of two equal patterns is dead, however it is written."""
    assert [(1, "line 2 repeats this pattern, and the last one decides alone")] == problems("/a/b @x\na/b @y\n")


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("/policies/ @a", "* @b"),
        ("*.py @a", "* @b"),
        ("/apps/github", "/apps/ @b"),
        ("/apps/github @a", "/apps/"),
        ("/models/a/stages/production.yaml @a", "/models/**/stages/ @b"),
        ("/src/x.py @a", "*.py @b"),
        ("/a/**/b @a", "/a/** @b"),
        ("docs/* @a", "/docs/ @b"),
    ],
)
def test_rule_below_which_a_broader_one_stands_never_decides(earlier: str, later: str) -> None:
    """The earlier line is named, with the later one that hides it."""
    pattern = later.split()[0]
    expected = f"this line never decides: line 2 (`{pattern}`) matches all that it matches"
    assert [(1, expected)] == problems(f"{earlier}\n{later}\n")


@pytest.mark.parametrize(
    ("earlier", "later"),
    [("* @a", "/policies/ @b"), ("/docs/ @a", "docs/* @b"), ("*.py @a", "/src/ @b"), ("/foo @a", "/foo/ @b")],
)
def test_rule_that_still_decides_somewhere_is_no_problem(earlier: str, later: str) -> None:
    """Partial overlap is how CODEOWNERS is meant to be used."""
    assert [] == problems(f"{earlier}\n{later}\n")


def test_too_many_patterns_to_compare_is_said() -> None:
    """The comparison is quadratic: beyond the limit the lint says that it did not look."""
    [(line, message)] = problems("".join(f"/a/{number} @a\n" for number in range(4_000)))
    assert (None, True) == (line, message.startswith("patterns of 12000 segments;"))


@pytest.mark.parametrize("path", PROTECTED_PATHS)
def test_protected_path_without_owners_is_a_problem(path: str) -> None:
    """A file that leaves what guards the gate to nobody."""
    expected = f"no line gives owners to all of `{path}`, which guards the gate"
    assert [(None, expected)] == problems("/README.md @a\n", (path,))


@pytest.mark.parametrize("path", PROTECTED_PATHS)
def test_ownerless_last_match_over_a_protected_path_is_a_problem(path: str) -> None:
    """A later ownerless `*` takes all owners away."""
    expected = f"`*` has no owners and takes them from `{path}`, which guards the gate"
    assert (2, expected) in problems("/** @a\n*\n", (path,))


@pytest.mark.parametrize("clearing", ["/policies/waivers/", "/policies/*.yaml", "*.yaml", "/*/waivers/", "waivers"])
def test_line_that_clears_a_part_of_a_protected_directory_is_a_problem(clearing: str) -> None:
    """Any file below policies/ that would lose its owners counts."""
    expected = f"`{clearing}` has no owners and takes them from `policies/`, which guards the gate"
    assert [(2, expected)] == problems(f"/policies/ @a\n{clearing}\n", ("policies/",))


@pytest.mark.parametrize("clearing", ["/models/", "/policies.yaml", "/policies", "/docs/policies/"])
def test_clearing_line_before_or_beside_the_protecting_one_is_harmless(clearing: str) -> None:
    """What comes later and covers all of the directory mends it."""
    found = problems(f"{clearing}\n/policies/ @a\n", ("policies/",))
    assert [] == [message for _, message in found if "guards the gate" in message]


def test_pointers_of_every_depth_are_protected() -> None:
    """`/models/*/stages/` reaches one depth only, so some production pointer would have no owner."""
    assert 1 == len(problems("/models/*/stages/ @a\n", ("models/**/stages/production.yaml",)))
    assert [] == problems("/models/**/stages/ @a\n", ("models/**/stages/production.yaml",))


def test_protected_name_without_a_slash_means_the_file_alone() -> None:
    """`/*` covers CODEOWNERS at the root although it covers nothing below a folder of that name."""
    assert [] == problems("/* @a\n", ("CODEOWNERS",))


def test_unknown_owners_are_problems_where_owners_are_known() -> None:
    """Logins compare without case; without a list nothing is checked."""
    text = "* @Ann @org/gone\n"
    message = "@org/gone is unknown or cannot write here, so GitHub asks nobody in its place"
    assert [(1, message)] == problems(text, known={"@ann"})
    assert [] == problems(text)


def test_every_problem_says_what_to_do() -> None:
    """Where, what, and a hint."""
    file = parse_codeowners(b"!x @a\n/a @b\n/a\n@org/team\n", path="CODEOWNERS")
    assert all(problem.hint for problem in lint_codeowners(file, known_owners={"@z"}))


def test_shadowed_locations_are_named() -> None:
    """The first location governs and the others mislead."""
    found = lint_locations({"CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS"})
    assert ["CODEOWNERS", "docs/CODEOWNERS"] == [str(problem.location) for problem in found]
    assert () == lint_locations({"CODEOWNERS"})


def test_absent_file_is_a_problem() -> None:
    """Without the file GitHub's code owner rule passes vacuously."""
    [problem] = lint_locations(set())
    assert "no CODEOWNERS file" in problem.message


segments = st.sampled_from(["a", "b", "ab", "*", "**", "a*", "*b", "?"])
patterns = st.builds(
    lambda head, parts, tail: compile_pattern(head + "/".join(parts) + tail),
    st.sampled_from(["", "/"]),
    st.lists(segments, min_size=1, max_size=3),
    st.sampled_from(["", "/"]),
)
paths = st.lists(st.lists(st.text("ab", min_size=1, max_size=2), min_size=1, max_size=4).map("/".join), min_size=20)


@settings(max_examples=300, deadline=None)
@given(outer=patterns, inner=patterns, files=paths)
def test_overlap_never_contradicts_the_matcher(outer: Pattern, inner: Pattern, files: list[str]) -> None:
    """A pattern said to cover another matches all that it matches; one said to be disjoint shares no path."""
    both = [(outer.matches(path), inner.matches(path)) for path in files]
    if covers(outer.tokens, inner.tokens):
        assert all(is_outer for is_outer, is_inner in both if is_inner)
    if not may_share_paths(outer.tokens, inner.tokens):
        assert (True, True) not in both
    assert may_share_paths(outer.tokens, inner.tokens) == may_share_paths(inner.tokens, outer.tokens)


@settings(max_examples=300, deadline=None)
@given(pattern=patterns, files=paths)
def test_overlap_with_a_literal_path_is_exact(pattern: Pattern, files: list[str]) -> None:
    """For one file, covering, sharing and matching are the same."""
    for path in files:
        tokens = protected_tokens(path)
        expected = pattern.matches(path)
        assert (expected, expected) == (covers(pattern.tokens, tokens), may_share_paths(pattern.tokens, tokens))


@settings(max_examples=100, deadline=None)
@given(pattern=patterns)
def test_star_covers_every_pattern(pattern: Pattern) -> None:
    """`*` covers every pattern, and every pattern shares paths with itself."""
    assert covers(compile_pattern("*").tokens, pattern.tokens)
    assert may_share_paths(pattern.tokens, pattern.tokens)
