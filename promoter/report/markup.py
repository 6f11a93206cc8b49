"""The environment of the HTML pages: whatever a template prints is escaped, unless it is Markup."""

from collections.abc import Callable
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from promoter.report.escape import html_text
from promoter.report.plain import PROSE_LENGTH


class Markup(str):
    """HTML that is ours, or that went through the escaper."""

    __slots__ = ()


def html_environment(**filters: Callable[..., Any]) -> Environment:
    """Return an environment with these filters beside Jinja's own; make one and keep it."""
    environment = Environment(
        loader=PackageLoader("promoter.report"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - `finalize` escapes whatever is printed, and bounds its length too
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: value if isinstance(value, Markup) else html_text(_shown(value), limit=PROSE_LENGTH),
    )
    environment.filters |= filters
    return environment


def _shown(value: object) -> str:
    if value is None:
        return "none"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
