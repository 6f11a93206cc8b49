"""YAML as promoter writes it reads back as what was meant."""

from promoter.document.reader import read_yaml
from promoter.document.writing import Inline, Quoted, yaml_text


def test_what_is_written_reads_back() -> None:
    """Texts that look like numbers, dates and truths stay texts; None values are left out."""
    meant = {
        "version": "1.10",
        "day": "1990-01-01",
        "answer": "no",
        "share": 0.7,
        "items": [{"name": "a, b", "range": "[0]"}],
    }
    written = {**meant, "items": [Inline({**meant["items"][0], "unit": None})], "gone": None}  # type: ignore[dict-item]
    text = yaml_text(written, schema="x.json")
    assert meant == read_yaml(text.encode(), path="a.yaml").value
    assert text.startswith("# yaml-language-server: $schema=x.json\n")


def test_short_mappings_stand_in_one_line() -> None:
    """Inline mappings are one line each, and a quoted text is quoted though YAML would not ask for it."""
    text = yaml_text({"version": Quoted("a"), "feature": Inline(name="income", dtype="float")}, schema="x.json")
    assert ['version: "a"', "feature: {name: income, dtype: float}"] == text.splitlines()[1:]
