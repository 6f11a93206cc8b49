"""What was measured is drawn by Vega itself, offline, beside a table of the same numbers."""

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from promoter.report.plots.gallery import MOST_DRAWN, Picture, galleries_of
from promoter.report.plots.plot import LABEL_LENGTH, axis_labels
from promoter.report.plots.record import parse_drawings
from tests.report.plots import making


def pictures(drawings: dict[str, Any]) -> dict[str, Picture]:
    """Return the pictures of the only change by title."""
    (change,) = parse_drawings(drawings).changes
    return {picture.plot.title: picture for gallery in galleries_of(change, place=1) for picture in gallery.pictures}


def svg_of(picture: Picture) -> str:
    """Return the picture's SVG, which must be there."""
    assert picture.svg is not None, picture.plot.reason
    return picture.svg


def test_both_versions_curves_are_drawn(tmp_path: Path) -> None:
    """Two lines, two operating points, and the truth between them."""
    found = pictures(making.binary(tmp_path))
    roc = svg_of(found["ROC curve"])
    assert ("candidate 2.1.0", "champion 2.0.0") == found["ROC curve"].plot.series
    assert 1 == len(re.findall(r'<path [^>]*stroke="var\(--first\)"', roc))
    assert 1 == len(re.findall(r'<path [^>]*stroke="var\(--second\)"', roc))
    assert ["2.1.0", "2.0.0"] == [row[0] for row in found["ROC curve"].plot.rows]
    assert 20 == len(found["Calibration"].plot.rows)


def test_each_group_has_three_rates_of_both_versions(tmp_path: Path) -> None:
    """Rates and their n stand in the table; the groups are named in the plot with their rows."""
    picture = pictures(making.binary(tmp_path))["By race"]
    assert 6 == len(picture.plot.rows)
    assert 18 == len(re.findall(r"<line [^>]*stroke=\"var\(--(?:first|second)\)\"", svg_of(picture)))
    assert re.search(r"<text[^>]*>white \(n = \d+\)</text>", svg_of(picture))


def test_features_that_moved_most_come_first(tmp_path: Path) -> None:
    """The stability of all features, then each distribution with its index in words."""
    found = pictures(making.features(tmp_path))
    assert ["Drift of the features", *(row[0] for row in found["Drift of the features"].plot.rows)] == list(found)
    assert {"north", "south", "east"} == {row[0] for row in found["region"].plot.rows}
    assert found["income"].plot.note.startswith("Deciles of the reference. PSI 0.")
    assert "missing" not in {row[0] for row in found["income"].plot.rows}


def test_classes_and_quantities_have_their_own_plots(tmp_path: Path) -> None:
    """A confusion with all nine cells; ten bins of predictions."""
    confusion = pictures(making.classes(tmp_path))["Confusion of candidate 2.1.0"]
    assert 9 == len(re.findall(r'<(?:rect|path) [^>]*fill="var\(--first\)"', svg_of(confusion)))
    assert 10 == len(pictures(making.quantities(tmp_path))["Predicted and seen"].plot.rows)


def test_what_was_not_measured_is_said(tmp_path: Path) -> None:
    """A file that could not be read has its reason where the plot would be."""
    drawings = making.quantities(tmp_path)
    drawings["changes"][0]["drawings"][0]["measured"] = {"values": [], "facts": {}, "failure": "local:q: gone"}
    (picture,) = pictures(drawings).values()
    assert (None, "local:q: gone") == (picture.svg, picture.plot.reason)


def test_without_the_renderer_the_numbers_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A renderer that is not there costs the picture, not the table and not the report."""
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    picture = pictures(making.quantities(tmp_path))["Predicted and seen"]
    assert picture.svg is None
    assert "it cannot be drawn" in picture.plot.reason
    assert 10 == len(picture.plot.rows)


def test_of_very_many_plots_the_first_are_drawn(tmp_path: Path) -> None:
    """Evidence of fifty files costs no fifty plots; each keeps its numbers."""
    drawings = making.quantities(tmp_path)
    drawn = drawings["changes"][0]["drawings"]
    drawn *= 50
    found = pictures({**drawings, "changes": [{**drawings["changes"][0], "drawings": _numbered(drawn)}]})
    assert MOST_DRAWN == sum(picture.svg is not None for picture in found.values())
    assert {10} == {len(picture.plot.rows) for picture in found.values()}


def _numbered(drawn: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**drawing, "evidence": f"file-{number}"} for number, drawing in enumerate(drawn)]


def test_drawn_twice_the_bytes_are_the_same(tmp_path: Path) -> None:
    """The same numbers give the same picture."""
    drawings = making.features(tmp_path)
    assert pictures(drawings) == pictures(drawings)


def test_long_names_keep_places_of_their_own() -> None:
    """Two names that differ behind the cut are two rows."""
    labels = axis_labels(["x" * 100 + "a", "x" * 100 + "b", ""])
    assert 3 == len(set(labels))
    assert LABEL_LENGTH >= max(map(len, labels))
