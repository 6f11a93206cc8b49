"""The index of an auditor's bundle: one HTML page that prints well, without script or anything from afar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from promoter.report.escape import html_text
from promoter.report.lineage import LineageNode
from promoter.report.plain import PROSE_LENGTH


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


class _Markup(str):
    """HTML that is ours, or that went through the escaper."""

    __slots__ = ()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("promoter.report"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - `finalize` escapes whatever is printed, and bounds its length too
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: value if isinstance(value, _Markup) else html_text(_shown(value), limit=PROSE_LENGTH),
    )
    environment.filters |= {"people": _people}
    return environment


def _shown(value: object) -> str:
    if value is None:
        return "none"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _people(roles: Sequence[Any]) -> str:
    """Return the entries of a list of approvals in one line: who or which role, and how many."""
    return ", ".join(
        " ".join(str(part) for part in entry.values()) if isinstance(entry, Mapping) else str(entry) for entry in roles
    )
