"""Each value that does not fit its type is told once, where it stands, with what to write."""

from enum import StrEnum
from typing import Annotated, Literal

import pytest
from pydantic import Field, StringConstraints, model_validator

from promoter.document.bind import bind, bind_value
from promoter.document.reader import read_yaml
from promoter.document.strict import Day, Instant, Strict
from promoter.errors import Location, ProposalError


class Risk(StrEnum):
    HIGH = "high"
    LOW = "low"


class Predictions(Strict):
    kind: Literal["predictions"]
    columns: dict[str, str]
    rows: int = Field(default=1, gt=0, description="Rows in the file.")


class Latency(Strict):
    kind: Literal["latency"]
    quantiles: tuple[float, ...]

    @model_validator(mode="after")
    def _has_quantiles(self) -> "Latency":
        if not self.quantiles:
            raise ValueError("no quantile is asked for; add one, such as 0.95")
        return self


Evidence = Annotated[Predictions | Latency, Field(discriminator="kind")]


class Card(Strict):
    risk: Risk = Risk.LOW
    day: Day | None = None
    at: Instant | None = None
    version: str = Field(default="1", description="The version.")
    from_: str = Field(default="", alias="from")
    evidence: tuple[Evidence, ...] = ()
    by_name: dict[str, Evidence] = Field(default_factory=dict)
    limit: float = 0.0
    count: int = 0
    is_open: bool = False
    tags: frozenset[Risk] = frozenset()
    either: int | str | None = None
    pair: tuple[int, int] = (0, 0)
    weights: dict[Risk, float] = Field(default_factory=dict)
    some: tuple[int, ...] = Field(default=(1,), min_length=1)
    code: Annotated[str, StringConstraints(pattern="^[a-z]+$")] = "a"


def problems_of(text: str) -> list[str]:
    """Return the problems of a card as lines, without their path."""
    with pytest.raises(ProposalError) as caught:
        bind(read_yaml(text.encode(), path="p"), Card)
    return [str(problem).removeprefix("p:") for problem in caught.value.problems]


def test_yaml_fills_tuples_enums_dates_and_aliases() -> None:
    """What JSON can say exactly is taken, an integer for a float included."""
    text = (
        "risk: high\nday: 2026-01-31\nat: 2026-01-31T09:00:00+01:00\nfrom: x\nlimit: 1\ntags: [low]\n"
        "evidence:\n  - {kind: latency, quantiles: [0.5, 1]}\n"
    )
    expected = {
        "risk": Risk.HIGH,
        "day": "2026-01-31",
        "at": "2026-01-31T09:00:00+01:00",
        "from": "x",
        "limit": 1.0,
        "tags": {Risk.LOW},
        "evidence": ({"kind": "latency", "quantiles": (0.5, 1.0)},),
    }
    card = bind(read_yaml(text.encode(), path="p"), Card)
    found = card.model_dump(by_alias=True, exclude_unset=True)
    assert expected == {**found, "day": found["day"].isoformat(), "at": found["at"].isoformat()}


def test_unknown_key_has_the_nearest_valid_one() -> None:
    """Row 40: a misspelt key is no key, and the valid ones are listed by their names in YAML."""
    [told] = problems_of("frm: x\n")
    assert told.startswith("1:1: unknown key 'frm'; did you mean 'from'? valid keys: risk, day, at, version, from, ")


def test_unknown_key_below_a_union_lists_the_keys_of_its_member() -> None:
    """A key named like the union's tag is still found: the data is walked by types and not by names."""
    text = "evidence:\n  - kind: predictions\n    predictions: 3\n    columns: {}\n"
    expected = ["3:5: unknown key 'predictions'; valid keys in evidence[0]: kind, columns, rows"]
    assert expected == problems_of(text)


def test_missing_key_is_told_at_its_mapping_with_its_meaning() -> None:
    """Row 38: the place is where the key should have been added."""
    text = "evidence:\n  - kind: predictions\nby_name:\n  x: {kind: latency}\n"
    expected = [
        "2:5: missing key 'columns' in evidence[0]; add 'columns:'",
        "4:6: missing key 'quantiles' in by_name.x; add 'quantiles:'",
    ]
    assert expected == problems_of(text)


@pytest.mark.parametrize(
    ("text", "told", "hint"),
    [
        ("version: 1.10", "1:10: version: expected a string, found the number 1.10", 'quote it: "1.10" (The version)'),
        (
            "version: null",
            "1:10: version: expected a string, found null",
            "write a string, or leave the key out if it is optional (The version)",
        ),
        ('limit: "0.95"', '1:8: limit: expected a number, found the string "0.95"', "remove the quotes: 0.95"),
        ("limit: true", "1:8: limit: expected a number, found true", "write a number"),
        ("count: 1.0", "1:8: count: expected a whole number, found the number 1.0", "write a whole number"),
        (
            'is_open: "true"',
            '1:10: is_open: expected true or false, found the string "true"',
            "remove the quotes: true",
        ),
        ("is_open: 1", "1:10: is_open: expected true or false, found the number 1", "write true or false"),
        ("evidence: 5", "1:11: evidence: expected a list, found the number 5", "write a list: [5]"),
        ("evidence: [5]", "1:12: evidence[0]: expected a mapping, found the number 5", "write a mapping"),
        ("tags: {a: 1}", "1:7: tags: expected a list, found a mapping of 1 key", "write a list"),
        (
            "risk: hihg",
            "1:7: risk: expected 'high' or 'low', found the string \"hihg\"",
            "did you mean 'high'? write 'high' or 'low'",
        ),
        (
            "tags: [low, hihg]",
            "1:13: tags[1]: expected 'high' or 'low', found the string \"hihg\"",
            "did you mean 'high'? write 'high' or 'low'",
        ),
        (
            "weights: {hihg: 1}",
            "1:11: weights.hihg: expected 'high' or 'low', found the string \"hihg\"",
            "did you mean 'high'? write 'high' or 'low'",
        ),
        (
            "either: 1.50",
            "1:9: either: expected a whole number or a string, found the number 1.50",
            "write a whole number or a string",
        ),
        ("pair: [1]", "1:7: pair lacks item 2", "write 2 items or more"),
        (
            "day: 2026-02-30",
            '1:6: day: no such date, day is out of range for month, found the string "2026-02-30"',
            "correct the day",
        ),
        (
            "at: 2026-01-31T09:00:00",
            '1:5: at: the time has no zone, found the string "2026-01-31T09:00:00"',
            "add Z, or an offset such as +01:00",
        ),
        (
            'day: "1699920000"',
            '1:6: day: expected a date, found the string "1699920000"',
            "write it as year-month-day, such as 2026-01-31",
        ),
        (
            "evidence: [{kind: predictoins}]",
            "1:19: evidence[0].kind: expected one of 'predictions', 'latency', found the string \"predictoins\"",
            "did you mean 'predictions'? write one of 'predictions', 'latency'",
        ),
        ("evidence: [{}]", "1:12: missing key 'kind' in evidence[0]", "add 'kind:' with one of predictions, latency"),
        (
            "evidence: [{kind: predictions, columns: {}, rows: -1}]",
            "1:51: evidence[0].rows: expected a number above 0, found the number -1",
            "write a number above 0 (Rows in the file)",
        ),
        (
            "evidence: [{kind: latency, quantiles: []}]",
            "1:12: evidence[0]: no quantile is asked for",
            "add one, such as 0.95",
        ),
        (
            "code: A1",
            '1:7: code: expected text of the form ^[a-z]+$, found the string "A1"',
            "write text of the form ^[a-z]+$",
        ),
        ("- a", "1:1: expected a mapping, found a list of 1 item", "write a mapping"),
    ],
)
def test_misfit_says_where_what_and_what_to_write(text: str, told: str, hint: str) -> None:
    """Row 38: the offending value as it was written, the expectation in plain words, and the remedy."""
    assert [f"{told}; {hint}"] == problems_of(text)


def test_list_of_refused_items_is_not_called_too_short() -> None:
    """An item that is refused is one problem, and a list without any is another."""
    assert ['1:8: some[0]: expected a whole number, found the string "a"; write a whole number'] == problems_of(
        "some: [a]"
    )
    assert ["1:7: some: expected 1 or more items, found an empty list; write 1 or more items"] == problems_of(
        "some: []"
    )


def test_every_misfit_of_a_file_is_told_in_reading_order() -> None:
    """An author mends a file once."""
    text = "risk: x\nversion: 2\nevidence:\n  - kind: latency\n    quantiles: [a]\n    x: 1\nlimit: low\n"
    assert ["1:7", "2:10", "5:17", "6:5", "7:8"] == [":".join(told.split(":")[:2]) for told in problems_of(text)]


def test_offending_value_is_escaped_and_cut() -> None:
    """Row 20: a Cyrillic letter shows itself, and a long value does not fill the report."""
    [told] = problems_of("risk: fr\u0430ud" + "x" * 500)
    assert "1:7: risk: expected 'high' or 'low', found the string \"fr\\u0430ud" + "x" * 48 + "\u2026" in told


def test_part_is_bound_with_places_that_the_caller_tells() -> None:
    """The parameters of a policy are told in the policy's file."""
    with pytest.raises(ProposalError) as caught:
        bind_value({"version": 2}, Card, location_of=lambda keys: Location("q", len(keys), 1))
    assert 'q:1:1: version: expected a string, found the number 2; quote it: "2" (The version)' == str(caught.value)


def test_part_of_a_document_is_bound_with_its_own_places() -> None:
    """`Document.at` and `bind` need nothing else."""
    document = read_yaml(b"id: a\nparameters:\n  verzion: '1'\n", path="p")
    with pytest.raises(ProposalError) as caught:
        bind(document.at(("parameters",)), Card)
    assert Location("p", 3, 3) == caught.value.problems[0].location
