"""The doorway to Vega: a specification as an SVG that stands in a page, and holds nothing but shapes and text.

What Vega wrote is read again, and only elements and attributes of the lists below are written: a name from a pull
request is text there and nothing else, whatever the renderer makes of it.
"""

import html
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

from promoter.errors import Location, Problem, ServiceError
from promoter.report.escape import html_text
from promoter.report.markup import Markup
from promoter.report.plain import PROSE_LENGTH
from promoter.report.plots.theme import COLOURS, INK

_NAMESPACE = "{http://www.w3.org/2000/svg}"
_ELEMENTS = frozenset({"svg", "g", "path", "text", "line", "rect", "circle"})
_SHAPE = ("d", "transform", "x", "y", "x1", "x2", "y1", "y2", "dx", "dy", "r", "cx", "cy", "width", "height")
_STROKE = ("opacity", "fill-opacity", "stroke-opacity", "stroke-width", "stroke-dasharray", "font-size")
_NUMERIC = frozenset((*_SHAPE, *_STROKE))
_WORDS = frozenset(("stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "text-anchor", "font-weight"))
_PAINT = frozenset({"fill", "stroke"})
_NO_PAINT = {"none": "none", "transparent": "none"}
_PLAIN_WORD = re.compile(r"[a-z-]+|\d+(\.\d+)?")
_NUMBER = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?|-?\d+(?:\.\d+)?e-?\d+")


def draw(spec: dict[str, Any], *, identity: str, title: str, description: str) -> Markup:
    """Return the SVG of a specification. `identity` is unique in the page.

    Raises ServiceError where the renderer is not there or fails: a plot is missing then, and nothing else.
    """
    try:
        import vl_convert

        drawn = ET.fromstring(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]))  # noqa: S314 - of our own renderer, without entities
    except (ImportError, ValueError, OSError, RuntimeError, ET.ParseError) as error:
        problem = Problem(Location("the plot"), f"it cannot be drawn: {error}", "see `drawings.json` for the numbers")
        raise ServiceError(problem) from error
    width, height = (float(drawn.get(side, "0")) for side in ("width", "height"))
    inside = "".join(_written(child) for child in drawn)
    return Markup(
        f'<svg viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" role="img"'
        f' aria-labelledby="{identity}-t {identity}-d"><title id="{identity}-t">{html_text(title)}</title>'
        f'<desc id="{identity}-d">{html_text(description, limit=PROSE_LENGTH)}</desc>{inside}</svg>'
    )


def _written(element: ET.Element) -> str:
    """Return an element with what the lists allow; empty where it shows nothing."""
    name = element.tag.removeprefix(_NAMESPACE)
    if name not in _ELEMENTS or element.get("display") == "none" or element.get("d") == "":
        return ""
    inside = html_text(element.text or "") if name == "text" else ""
    inside += "".join(_written(child) for child in element)
    attributes = "".join(_attributes(element))
    if name == "g":
        return f"<g{attributes}>{inside}</g>" if inside and attributes else inside
    return f"<{name}{attributes}>{inside}</{name}>" if inside else f"<{name}{attributes}/>"


def _attributes(element: ET.Element) -> Iterator[str]:
    for name, value in element.attrib.items():
        if name in _NUMERIC:
            short = _NUMBER.sub(lambda match: f"{float(match[0]):.2f}".rstrip("0").rstrip("."), value)
            if not (name == "transform" and short == "translate(0,0)"):
                yield f' {name}="{html.escape(short)}"'
        elif name in _PAINT:
            yield f' {name}="{_NO_PAINT.get(value) or COLOURS.get(value, COLOURS[INK])}"'
        elif name in _WORDS and _PLAIN_WORD.fullmatch(value):
            yield f' {name}="{value}"'
