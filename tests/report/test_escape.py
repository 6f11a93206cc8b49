"""Foreign text in Markdown, tables, code, HTML, Mermaid and workflow commands (hostile input row 62)."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from promoter.report.escape import (
    html_text,
    markdown_code,
    markdown_text,
    mermaid_label,
    workflow_data,
    workflow_property,
)
from promoter.report.plain import plain, without_credentials
from tests.report.rendering import Page

HOSTILE = (
    "@org/everyone",
    "\\@user",
    "#123 GH-45 org/repo#6",
    "![](http://beacon.example/x.png)",
    "[click](https://evil.example)",
    "https://evil.example www.evil.example ftp://evil.example mail@evil.example mailto:a@b.example",
    "<a href=x>y</a><img src=x onerror=alert(1)><script>1</script>",
    "</details></td></table>",
    "<!-- promoter:report -->",
    "a | b \\| c || d",
    "`code` ``two`` ```three",
    "\\`x` | `",
    "`a|b`",
    "**APPROVED** __by__ ~~nobody~~ *x*",
    "# heading",
    "---",
    "1. item",
    "12) item",
    "- item",
    "+ item",
    "> [!NOTE] quote",
    ":--|:--",
    "first\n\n# second\n```\nthird",
    "$\\alpha$ $$x$$",
    ":white_check_mark: :+1: :100:",
    "&lt;b&gt; &#64;org &commat;org",
    "[^1]: note",
    "[ref]: http://evil.example",
    "- [x] done",
    "\u202eevil\u202c\u200b\u0000\x1b[31mred",
    "\\",
    "a" * 300,
    "",
)

fragments = st.sampled_from(
    [*HOSTILE, "http://", "www.", "@", "`", "|", "\\", "<", "!", "[", "](", ")", "_", "*", "\n", " ", "a.b"]
)
hostile_text = st.one_of(st.lists(st.one_of(fragments, st.text(max_size=6)), max_size=8).map("".join), st.text())


def within(page: Page, **tags: int) -> bool:
    """Say whether a page holds no element but these (at most so often), code, and the span around a dollar."""
    allowed = {"code", "span", *tags}
    return not page.unbalanced and set(page.tags) <= allowed and all(page.tags[tag] == n for tag, n in tags.items())


def is_inert(prose: str) -> bool:
    """Say whether GitHub's filters, which look at the rendered text outside of code, find nothing to act on."""
    patterns = (r"@[0-9A-Za-z]", r"#\d", r"(?i)\bgh-\d", r":[\w+-]+:", r"(?i)://", r"(?i)www\.")
    return not any(re.search(pattern, prose) for pattern in patterns)


@given(hostile_text)
def test_text_in_a_paragraph_stays_text(text: str) -> None:
    """No element, comment, mention, reference, emoji or link comes out of any text."""
    page = Page.read(f"before {markdown_text(text)} after")
    assert within(page, p=1)
    assert [] == page.comments
    assert is_inert(page.prose)


@given(hostile_text)
def test_text_at_the_start_of_a_line_begins_no_block(text: str) -> None:
    """A list item that starts with foreign text holds one paragraph's worth of text."""
    page = Page.read(f"- {markdown_text(text)}\n- end\n")
    assert within(page, ul=1, li=2)
    assert is_inert(page.prose)


@given(hostile_text, hostile_text)
@example("a\\", "|")
@example("`", "`")
def test_text_and_code_in_a_table_keep_its_cells(text: str, name: str) -> None:
    """A row keeps its three cells, whatever they hold."""
    page = Page.read(f"| a | b | c |\n|:--|:--|:--|\n| {markdown_text(text)} | {markdown_code(name)} | end |\n")
    assert within(page, table=1, thead=1, tbody=1, tr=2, th=3, td=3)
    assert page.prose.rstrip().endswith("end")


@given(hostile_text)
def test_text_inside_details_does_not_close_it(text: str) -> None:
    """Folded text stays folded."""
    page = Page.read(f"<details><summary>{html_text(text)}</summary>\n\n- {markdown_text(text)}\n\n</details>\n\nend\n")
    assert within(page, details=1, summary=1, ul=1, li=1, p=1)


@given(st.text(max_size=150))
def test_code_shows_the_plain_text(text: str) -> None:
    """Code reads exactly as the text does with its invisible characters shown."""
    page = Page.read(f"x {markdown_code(text)} y")
    assert (plain(text) or "(empty)") == page.text.strip().removeprefix("x ").removesuffix(" y").replace("\u200b", "")


@pytest.mark.parametrize("text", HOSTILE)
def test_text_reads_as_it_was_written(text: str) -> None:
    """A reader sees the same characters; only zero-width breaks are added, and quoting backticks become code."""
    page = Page.read(f"x {markdown_text(text)} y")
    seen = page.text.strip().removeprefix("x").removesuffix("y").strip().replace("\u200b", "")
    assert plain(text).replace("`", "") == seen.replace("`", "")


@pytest.mark.parametrize("mention", ["@org/everyone", "\\@user", "&#64;org", "&commat;org"])
def test_a_mention_is_broken_behind_its_at_sign(mention: str) -> None:
    """After rendering no @ is followed by a name: a backslash or an entity alone would leave one."""
    assert not re.search(r"@\w", Page.read(markdown_text(mention)).prose)


def test_a_digest_in_a_sentence_stands_as_code() -> None:
    """Digests can be copied, and are not linked as commits."""
    digest = "sha256:" + "0123456789abcdef" * 4
    assert f"the file is `{digest}`" == markdown_text(f"the file is {digest}")


def test_invisible_characters_are_shown_by_code_point() -> None:
    """Bidi, zero-width and control characters are named; line ends become a space."""
    assert "⟨U+202E⟩abc⟨U+200B⟩ ⟨U+001B⟩[31m" == plain("\u202eabc\u200b\n\x1b[31m")


@given(st.text())
def test_plain_text_is_capped_and_on_one_line(text: str) -> None:
    """At most 200 characters, all of them visible or a space."""
    line = plain(text)
    assert len(line) <= 200
    assert line.replace("\N{NO-BREAK SPACE}", " ").isprintable()


def test_a_long_name_is_cut_with_an_ellipsis() -> None:
    """199 characters and an ellipsis stand for more."""
    assert "a" * 199 + "…" == plain("a" * 201)


@given(hostile_text)
def test_a_mermaid_label_cannot_leave_its_quotes(text: str) -> None:
    """No quote, bracket, backtick, line end or Markdown list comes out of any label."""
    label = mermaid_label(text)
    assert not re.search(r"[\"\[\]{}()<>`\n%|]", label)
    assert not re.match(r"[-+*]|\d+\.\s", label)


def test_a_workflow_command_ends_only_where_we_end_it() -> None:
    """Line ends, percent signs and, in a property, colons and commas are encoded."""
    assert "50%25%0A::error::x" == workflow_data("50%\n::error::x")
    assert "a%3Ab%2Cc%0D" == workflow_property("a:b,c\r")


@pytest.mark.parametrize("user", ["ann", "ann:s3cret", "ann:s3@cret", "ann:s3:cret", "ann:#?s3cret"])
def test_no_user_and_no_password_of_a_url_is_told(user: str) -> None:
    """A password may hold an `@` that nobody escaped; what comes after the path begins is no password."""
    assert "https://example.org/a@b and x@y" == without_credentials(f"https://{user}@example.org/a@b and x@y")
