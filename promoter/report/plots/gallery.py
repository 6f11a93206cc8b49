"""A change's drawings, drawn: the visible table of which module draws which shape."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from promoter.errors import PromoterError
from promoter.report.markup import Markup
from promoter.report.plots import bins, confusion, curve, drift, groups
from promoter.report.plots.plot import Plot
from promoter.report.plots.record import DrawingRecord, DrawnChangeRecord
from promoter.report.plots.svg import draw

MOST_DRAWN = 40
"""Plots of one change that are drawn, some two seconds; the others keep their tables."""

_VERSIONS: dict[str, Callable[[Sequence[DrawingRecord], tuple[str, str]], Iterator[Plot]]] = {
    "curve": curve.plots_of,
    "bins": bins.plots_of,
    "confusion": confusion.plots_of,
    "groups": groups.plots_of,
}
_HEADINGS = {"curve": "Scores", "bins": "Predictions", "confusion": "Classes", "groups": "Groups of people"}
_FEATURES = ("drift", "distribution")


@dataclass(frozen=True, slots=True)
class Picture:
    """A plot and its SVG, None where `plot.reason` says why there is none."""

    plot: Plot
    svg: Markup | None


@dataclass(frozen=True, slots=True)
class Gallery:
    """Pictures under one heading."""

    heading: str
    pictures: tuple[Picture, ...]


def galleries_of(change: DrawnChangeRecord, *, place: int) -> tuple[Gallery, ...]:
    """Return all pictures of a change; `place` is its number in the page, for ids. Nothing here raises."""
    found: list[Gallery] = []
    number = 0
    for heading, plots in _plots(change):
        pictures = []
        for plot in plots:
            number += 1
            is_too_much = number > MOST_DRAWN and plot.spec is not None
            told = plot.without(f"a change has at most {MOST_DRAWN} plots drawn") if is_too_much else plot
            pictures.append(_picture(told, identity=f"p{place}-{number}"))
        if pictures:
            found.append(Gallery(heading, tuple(pictures)))
    return tuple(found)


def _picture(plot: Plot, *, identity: str) -> Picture:
    if plot.spec is None:
        return Picture(plot, None)
    try:
        return Picture(plot, draw(plot.spec, identity=identity, title=plot.title, description=plot.description))
    except PromoterError as error:
        return Picture(plot.without(str(error)), None)


def _plots(change: DrawnChangeRecord) -> Iterator[tuple[str, list[Plot]]]:
    for shape, plots_of in _VERSIONS.items():
        drawn = [drawing for drawing in change.drawings if drawing.shape == shape]
        own = [drawing for drawing in drawn if not drawing.is_champion]
        plots: list[Plot] = []
        for drawing in own:
            theirs = [entry for entry in drawn if entry.is_champion and entry.evidence == drawing.evidence]
            aside = f", {drawing.evidence}" if len(own) > 1 else ""
            sides = [entry for entry in (drawing, *theirs) if entry.measured.failure is None]
            made = _made(drawing, partial(plots_of, sides, _series(sides or [drawing])))
            plots += [replace(plot, title=f"{plot.title}{aside}") for plot in made]
        yield _HEADINGS[shape], plots
    features: dict[str, DrawingRecord] = {}
    features |= {drawing.shape: drawing for drawing in change.drawings if drawing.shape in _FEATURES}
    for drawing in list(features.values())[:1]:
        make = partial(drift.plots_of, *(features.get(shape) for shape in _FEATURES))
        yield "Features", _made(drawing, make)


def _made(drawing: DrawingRecord, make: Callable[[], Iterator[Plot]]) -> list[Plot]:
    """Return the plots, or one that says why there are none."""
    empty = Plot(title=drawing.shape.capitalize(), note="", description="")
    if drawing.measured.failure is not None:
        return [empty.without(drawing.measured.failure)]
    try:
        return list(make())
    except (PromoterError, ImportError) as error:
        return [empty.without(str(error))]


def _series(drawn: Sequence[DrawingRecord]) -> tuple[str, str]:
    champion = next((drawing.version for drawing in drawn if drawing.is_champion), "")
    return f"candidate {drawn[0].version}", f"champion {champion}" if champion else ""
