"""Reading CODEOWNERS, and who owns a path."""

import pytest

from promoter.errors import ProposalError
from promoter.registry.codeowners import (
    CodeOwners,
    Ownership,
    OwnershipState,
    RequiredOwners,
    governing_location,
    parse_codeowners,
)


def parsed(text: str) -> CodeOwners:
    """Return a file of this text."""
    return parse_codeowners(text.encode(), path="CODEOWNERS")


# The example of docs.github.com, About code owners; its comments are shortened.
DOCUMENTED = """\
# This is a comment.
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/*  docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
/apps/ @octocat
/apps/github @doctocat
"""


@pytest.mark.parametrize(
    ("path", "line", "owners"),
    [
        ("README.md", 2, ("@global-owner1", "@global-owner2")),
        ("src/main.js", 3, ("@js-owner",)),
        ("cmd/main.go", 4, ("docs@example.com",)),
        ("notes/today.txt", 5, ("@octo-org/octocats",)),
        ("build/logs/deep/er/out.bin", 11, ("@octocat",)),
        ("sub/build/logs/out.bin", 11, ("@octocat",)),
        ("docs/getting-started.md", 9, ("@doctocat",)),
        ("docs/build-app/troubleshooting.md", 9, ("@doctocat",)),
        ("sub/apps/x.py", 8, ("@octocat",)),
        ("scripts/release/run", 10, ("@doctocat", "@octocat")),
        ("scripts/logs/run", 11, ("@octocat",)),
        ("deeply/nested/logs", 11, ("@octocat",)),
        ("apps/x.py", 14, ("@octocat",)),
        ("apps/github/x.py", 15, ("@doctocat",)),
    ],
)
def test_githubs_documented_example(path: str, line: int, owners: tuple[str, ...]) -> None:
    """The last line that matches decides, as the comments of GitHub's own example say."""
    answer = parsed(DOCUMENTED).owners_of(path)
    assert (OwnershipState.OWNED, owners, line) == (answer.state, answer.owners, answer.line)


def test_ownerless_line_clears() -> None:
    """`/apps/github` without owners takes that folder out of `/apps/`: cleared, with the line that did it."""
    cleared = parsed("/apps/ @octocat\n/apps/github\n").owners_of("apps/github/x.py")
    assert Ownership(OwnershipState.CLEARED, (), 2, "/apps/github") == cleared


def test_unmatched_path_is_not_a_cleared_one() -> None:
    """No line matches: the third state, without line or pattern."""
    assert Ownership(OwnershipState.NO_MATCH) == parsed("/apps/ @octocat\n").owners_of("README.md")


def test_documented_star_is_not_recursive() -> None:
    """`docs/*` owns children and leaves grandchildren to the earlier line."""
    file = parsed("* @all\ndocs/* docs@example.com\n")
    assert ("docs@example.com",) == file.owners_of("docs/getting-started.md").owners
    assert ("@all",) == file.owners_of("docs/build-app/troubleshooting.md").owners


def test_earlier_owners_are_not_added() -> None:
    """The last match wins completely."""
    assert ("@b",) == parsed("* @a\n*.py @b\n").owners_of("x.py").owners


@pytest.mark.parametrize(
    ("line", "owners"),
    [
        ("file.txt @user # also @mallory", ("@user",)),
        ("file.txt @user #@mallory", ("@user",)),
        ("file.txt @user#@mallory", ("@user",)),
        ("file.txt # @mallory", ()),
        ("file.txt #@mallory", ()),
        ("file.txt\t@user\t \t@org/team ", ("@user", "@org/team")),
        ("  file.txt @user", ("@user",)),
        ("\tfile.txt @user", ("@user",)),
        ("file.txt @user\r", ("@user",)),
        ("file.txt   ", ()),
        ("file.txt @a @b @a", ("@a", "@b")),
        (
            "file.txt @octo_acme @a-b first.last+x@sub.example.co.uk",
            ("@octo_acme", "@a-b", "first.last+x@sub.example.co.uk"),
        ),
        ("file.txt @org/team_1", ("@org/team_1",)),
    ],
)
def test_owners_of_a_line(line: str, owners: tuple[str, ...]) -> None:
    """Blanks and tabs separate, and what follows a `#` never owns."""
    [rule] = parsed(line).rules
    assert ("file.txt", owners) == (rule.pattern.text, rule.owners)


@pytest.mark.parametrize("line", ["", "   ", "\t", "\r", "# a @user", "  # a @user", "#* @user"])
def test_blank_or_comment_is_no_rule(line: str) -> None:
    """Neither a rule nor a bad line."""
    file = parsed(line)
    assert ((), ()) == (file.rules, file.bad_lines)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("file.txt @", "`@` is no owner"),
        ("file.txt user", "`user` is no owner"),
        ("file.txt @org/", "`@org/` is no owner"),
        ("file.txt @/team", "`@/team` is no owner"),
        ("file.txt @org/team/x", "`@org/team/x` is no owner"),
        ("file.txt docs@", "`docs@` is no owner"),
        ("file.txt docs@localhost", "`docs@localhost` is no owner"),
        ("file.txt @one@two", "`@one@two` is no owner"),
        ("file.txt @one,@two", "`@one,@two` is no owner"),
        ("file.txt @-one", "`@-one` is no owner"),
        ("file.txt @usér", "`@usér` is no owner"),
        ("my file.txt @user", "`file.txt` is no owner"),
        ("file.txt @fine @", "`@` is no owner"),
        ("!file.txt @user", "`!` does not negate here"),
        ("[Section] @user", "both `[` and `]` must be escaped with a backslash"),
        ("\\#file.txt @user", "`\\#` is not supported"),
        ("fi#le.txt @user", "`#` inside of a pattern is ambiguous"),
        ("/ @user", "`/` never matches anything"),
        ("# hidden\r* @mallory", "the line holds the control character U+000D"),
        ("file.txt\x00 @user", "the line holds the control character U+0000"),
        ("file.txt @user\x0b@two", "the line holds the control character U+000B"),
        ("file.txt\\", "a backslash with nothing to escape"),
    ],
)
def test_bad_line_is_skipped_alone_and_listed(line: str, reason: str) -> None:
    """The line neither owns nor clears; the earlier, broader line applies, and later lines keep their numbers."""
    file = parsed(f"* @all\n{line}\n/last @user\n")
    assert [(2, line, reason)] == [(bad.line, bad.text, bad.reason) for bad in file.bad_lines]
    assert ([1, 3], ("@all",)) == ([rule.line for rule in file.rules], file.owners_of("file.txt").owners)


def test_every_bad_line_says_what_to_write() -> None:
    """A hint stands beside each reason."""
    assert all(bad.hint for bad in parsed("/ @a\nx @\n!y @a\n").bad_lines)


def test_escaped_space_belongs_to_the_path() -> None:
    """An escaped space does not end the pattern, even where the line ends after it."""
    file = parsed("/my\\ file.txt @user\n/end\\ ")
    assert ("@user",) == file.owners_of("my file.txt").owners
    assert OwnershipState.CLEARED is file.owners_of("end ").state


def test_windows_line_ends_change_nothing() -> None:
    """CRLF: no carriage return reaches a pattern or an owner."""
    file = parsed("* @all\r\n\r\n# note\r\n/apps\r\n")
    assert [("*", ("@all",)), ("/apps", ())] == [(rule.pattern.text, rule.owners) for rule in file.rules]


def test_unicode_line_separators_end_no_line() -> None:
    """U+2028 and U+0085 inside of a comment start no rule that a reader would not see as one."""
    assert () == parsed("# a\u2028* @mallory\n# b\u0085* @mallory\n").rules


def test_byte_order_mark_is_dropped_and_noted() -> None:
    """The first pattern stays usable, and the lint can tell."""
    file = parse_codeowners(b"\xef\xbb\xbf* @all\n", path="CODEOWNERS")
    assert (True, ("@all",)) == (file.has_byte_order_mark, file.owners_of("x").owners)


def test_matching_is_case_sensitive() -> None:
    """`/Apps/` does not own apps/, on any machine."""
    assert OwnershipState.NO_MATCH is parsed("/Apps/ @a\n").owners_of("apps/x").state


def test_file_under_three_megabytes_is_read() -> None:
    """One byte below GitHub's limit is still loaded."""
    content = b"* @all\n#" + b"x" * (3_000_000 - 9)
    assert 1 == len(parse_codeowners(content, path="CODEOWNERS").rules)


def test_file_of_three_megabytes_is_refused() -> None:
    """GitHub would not load it, so nobody would own anything."""
    with pytest.raises(ProposalError, match=r"^CODEOWNERS: the file has 3000000 bytes or more.*; merge lines"):
        parse_codeowners(b"#" * 3_000_000, path="CODEOWNERS")


def test_file_that_is_not_utf8_is_refused_with_its_line() -> None:
    """Latin-1 bytes are named with their line."""
    with pytest.raises(ProposalError, match=r"^CODEOWNERS:2: byte 0xe9 is not UTF-8; save the file as UTF-8$"):
        parse_codeowners("* @all\n/café @a\n".encode("latin-1"), path="CODEOWNERS")


def test_required_owners_group_paths_by_their_set_of_owners() -> None:
    """Equal sets in another order or case are one approval; cleared and unmatched paths ask for none."""
    file = parsed("/a @x @org/T\n/b @org/t @X\n/c @x\n/d\n")
    groups = file.required_owners(["b", "c/1", "a", "d", "e", "a"])
    assert (RequiredOwners(("@x", "@org/T"), ("a", "b")), RequiredOwners(("@x",), ("c/1",))) == groups


@pytest.mark.parametrize(
    ("existing", "governing"),
    [
        ({"docs/CODEOWNERS", "CODEOWNERS", ".github/CODEOWNERS"}, ".github/CODEOWNERS"),
        ({"docs/CODEOWNERS", "CODEOWNERS"}, "CODEOWNERS"),
        ({"docs/CODEOWNERS"}, "docs/CODEOWNERS"),
        ({"src/CODEOWNERS", "codeowners"}, None),
    ],
)
def test_first_location_governs(existing: set[str], governing: str | None) -> None:
    """.github/, then the root, then docs/; nothing is merged."""
    assert governing == governing_location(existing)
