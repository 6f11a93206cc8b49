"""What GitHub makes of Markdown: its own cmark with its extensions, raw HTML let through to be looked at."""

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options


def to_html(markdown: str) -> str:
    """Return GitHub-flavoured HTML; our own <details> and <sub> stay, as they do on GitHub."""
    return str(cmarkgfm.github_flavored_markdown_to_html(markdown, options=Options.CMARK_OPT_UNSAFE))


@dataclass
class Page:
    """A rendered page: how often each element stands, its visible text in and outside of code, and open elements."""

    tags: Counter[str] = field(default_factory=Counter)
    text: str = ""
    prose: str = ""
    comments: list[str] = field(default_factory=list)
    unbalanced: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, markdown: str) -> "Page":
        """Render Markdown and read it."""
        page = cls()
        reader = _Reader(page)
        reader.feed(to_html(markdown))
        reader.close()
        page.unbalanced += reader.open
        return page


_VOID = frozenset({"br", "hr", "img", "input"})


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__(convert_charrefs=True)
        self.page = page
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - parser's
        self.page.tags[tag] += 1
        self.page.prose += "\N{OBJECT REPLACEMENT CHARACTER}" * (tag == "code")
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        elif tag not in _VOID:
            self.page.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        self.page.text += data
        if not {"code", "pre"} & set(self.open):
            self.page.prose += data

    def handle_comment(self, data: str) -> None:
        self.page.comments.append(data)
