"""Answers kept between runs."""

from pathlib import Path

import pytest

from promoter.evidence.cache import AnswerCache
from promoter.measure.measurement import Interval, Measurement
from promoter.measure.request import DocumentText, Measured

REQUEST = DocumentText(content="git:" + "0" * 40)
ANSWER = Measured(
    values=(
        Measurement(
            measure="recall",
            n=3,
            value=0.1 + 0.2,
            unit="fraction",
            slice=(("sex", "f"), ("race", "white")),
            interval=Interval(0.1, 0.9, 0.95, "wilson"),
        ),
        Measurement(measure="roc_auc", n=3, undecidable="one class only"),
    ),
    facts={"words": 3, "sections": [{"heading": "é"}]},
)


def test_an_answer_comes_back_as_it_was(tmp_path: Path) -> None:
    """Bits of numbers and order of slices with it."""
    cache = AnswerCache(tmp_path)
    cache.save(REQUEST, ANSWER, engine="e")
    assert ANSWER == cache.load(REQUEST, engine="e")


def test_another_engine_or_request_has_no_answer(tmp_path: Path) -> None:
    """An answer belongs to all that it rests on."""
    cache = AnswerCache(tmp_path)
    cache.save(REQUEST, ANSWER, engine="e")
    assert cache.load(REQUEST, engine="f") is None
    assert cache.load(DocumentText(content="git:" + "1" * 40), engine="e") is None


@pytest.mark.parametrize("damage", ["cut", "altered", "other"])
def test_a_damaged_entry_is_an_answer_not_kept(tmp_path: Path, damage: str) -> None:
    """It is computed again, never believed."""
    cache = AnswerCache(tmp_path)
    cache.save(REQUEST, ANSWER, engine="e")
    (path,) = tmp_path.rglob("*.json")
    content = path.read_bytes()
    path.write_bytes({"cut": content[:-9], "altered": content.replace(b"0.9", b"0.8"), "other": b"[1]"}[damage])
    assert cache.load(REQUEST, engine="e") is None


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    """Losing an answer costs time, never a result."""
    place = tmp_path / "file"
    place.write_bytes(b"")
    cache = AnswerCache(place)
    cache.save(REQUEST, ANSWER, engine="e")
    assert cache.load(REQUEST, engine="e") is None
