"""The index of an auditor's bundle: one HTML page that prints well, without script or anything from afar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment

from promoter.report.lineage import LineageNode
from promoter.report.markup import html_environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A file of the bundle: its place in the bundle, and where it stood in the registry."""

    name: str
    path: str
    commit: str
    blob: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One decision: the record's JSON, its digest, the version's data sets, and what is wrong with it."""

    record: Mapping[str, Any]
    path: str
    digest: str
    lineage: tuple[LineageNode, ...]
    findings: tuple[str, ...]
    parts: tuple[Part, ...]


def render_index(chapters: Sequence[Chapter], *, tip: str, engine: Mapping[str, str]) -> bytes:
    """Return the page. Foreign text is escaped wherever it stands."""
    page = _environment().get_template("bundle.html.jinja").render(chapters=chapters, tip=tip, engine=engine)
    return page.encode()


@cache
def _environment() -> Environment:
    return html_environment(people=_people)


def _people(roles: Sequence[Any]) -> str:
    """Return the entries of a list of approvals in one line: who or which role, and how many."""
    return ", ".join(
        " ".join(str(part) for part in entry.values()) if isinstance(entry, Mapping) else str(entry) for entry in roles
    )
