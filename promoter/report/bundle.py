"""The index of an auditor's bundle: one HTML page that prints well, without script or anything from afar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, UndefinedError

from promoter.report.lineage import LineageNode
from promoter.report.markup import Markup, html_environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A file of the bundle: its place in the bundle, and where it stood in the registry."""

    name: str
    path: str
    commit: str
    blob: str

    @property
    def folder(self) -> str:
        """The folder of the bundle below which the file keeps the path that it has in the registry."""
        return self.name.removesuffix(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One decision: the record's JSON, its digest, the version's data sets, and what is wrong with it.

    `signature` says whose that of its commit is, or why it does not count.
    """

    record: Mapping[str, Any]
    path: str
    digest: str
    lineage: tuple[LineageNode, ...]
    signature: str
    findings: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def title(self) -> str:
        """What was decided about what."""
        stage = f" in {self.record['stage']}" if self.record.get("stage") else ""
        return f"{self.record['kind']} of {self.record['model']}@{self.record['version']}{stage}"

    @property
    def verdict(self) -> Any:
        """What the record says; None where it says nothing."""
        return self.record["decision"].get("verdict")

    @property
    def decided_at(self) -> Any:
        """The moment of the decision, as the record says it; None where it does not."""
        return self.record["decision"].get("decided_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The first parents from the tip back: how many, and of those that had to be signed what bundle.json says."""

    tip: str
    commits: int
    signatures: Mapping[str, Any]


def render_index(
    chapters: Sequence[Chapter], *, line: Line, engine: Mapping[str, str], gaps: Sequence[Mapping[str, Any]] = ()
) -> bytes:
    """Return the page. Foreign text is escaped wherever it stands. `gaps` are findings: changes without a record."""
    page = _environment().get_template("bundle/page.html.jinja")
    counted = "1 decision" if len(chapters) == 1 else f"{len(chapters)} decisions"
    tables = [_tables(chapter) for chapter in chapters]
    came_out = [_came_out(chapter, engine) for chapter in chapters]
    return page.render(
        chapters=chapters, tables=tables, came_out=came_out, counted=counted, line=line, engine=engine, gaps=gaps
    ).encode()


def _came_out(chapter: Chapter, engine: Mapping[str, str]) -> str:
    """Say how a record compares with what was made again of it, where nothing was found."""
    made_by = chapter.record["decision"].get("engine")
    if made_by == engine:
        return "came out byte by byte"
    digest = made_by.get("digest") if isinstance(made_by, Mapping) else None
    return f"every policy came out as it says; another engine made it, {digest}, and may word it otherwise"


def _tables(chapter: Chapter) -> Markup:
    """Return the tables of a record. One that is not what it was made as may hold anything: it is named, not shown."""
    try:
        return Markup(_environment().get_template("bundle/record.html.jinja").render(chapter=chapter))
    except (UndefinedError, AttributeError, LookupError, TypeError, ValueError):
        if not chapter.findings:
            raise
        return Markup(_environment().get_template("bundle/unreadable.html.jinja").render(chapter=chapter))


@cache
def _environment() -> Environment:
    return html_environment(people=_people)


def _people(roles: Sequence[Any]) -> str:
    """Return the entries of a list of approvals in one line: who or which role, and how many."""
    return ", ".join(
        " ".join(str(part) for part in entry.values()) if isinstance(entry, Mapping) else str(entry) for entry in roles
    )
