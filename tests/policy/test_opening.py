import json
from datetime import UTC, datetime
from typing import Any

import pytest

from promoter.errors import PolicyError
from promoter.policy.opening import closed_by, next_opening
from promoter.policy.pipeline import Window
from promoter.policy.rulebook import read_rules
from promoter.registry.memory import MemoryTree
from tests.support.registry import rule_files

WEEKEND = {"kind": "exclude", "reason": "weekend", "weekdays": ["sat", "sun"], "timezone": "Europe/Berlin"}
OFFICE = {
    "kind": "allow",
    "reason": "office hours",
    "from_time": "09:00",
    "to_time": "17:00",
    "timezone": "Europe/Berlin",
}
NIGHT = {"kind": "exclude", "reason": "night", "from_time": "22:00", "to_time": "06:00", "weekdays": ["fri"]}


def windows(*values: dict[str, Any]) -> tuple[Window, ...]:
    """Return windows as a policy's file has them."""
    return tuple(Window.model_validate_json(json.dumps(value)) for value in values)


def moment(text: str) -> datetime:
    """Return an instant; without an offset it is UTC."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def test_without_windows_nothing_is_closed() -> None:
    """No rule, no freeze."""
    assert closed_by((), moment("2026-06-06T12:00")) is None


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        ("2026-06-05T21:59", None),  # Friday 23:59 in Berlin
        ("2026-06-05T22:00", "weekend"),  # Saturday 00:00 in Berlin
        ("2026-06-07T21:59", "weekend"),
        ("2026-06-07T22:00", None),  # Monday 00:00 in Berlin
    ],
)
def test_days_are_those_of_the_zone(at: str, reason: str | None) -> None:
    """A weekend in Berlin begins at 22:00 UTC in summer."""
    assert closed_by(windows(WEEKEND), moment(at)) == reason


@pytest.mark.parametrize(("at", "is_open"), [("06:59", False), ("07:00", True), ("14:59", True), ("15:00", False)])
def test_start_belongs_to_a_window_and_end_does_not(at: str, is_open: bool) -> None:
    """09:00 to 17:00 in Berlin are 07:00 to 15:00 UTC in summer."""
    assert (closed_by(windows(OFFICE), moment(f"2026-06-03T{at}")) is None) is is_open


def test_exclude_wins_over_allow() -> None:
    """Office hours on a Saturday stay closed."""
    assert "weekend" == closed_by(windows(OFFICE, WEEKEND), moment("2026-06-06T10:00"))


def test_allow_windows_close_all_other_times() -> None:
    """The reason says what would be allowed."""
    reason = closed_by(windows(OFFICE), moment("2026-06-03T20:00"))
    assert reason == "outside of every allowed window: office hours"


@pytest.mark.parametrize(
    ("at", "is_closed"),
    [
        ("2026-06-05T21:59", False),
        ("2026-06-05T22:00", True),
        ("2026-06-06T05:59", True),
        ("2026-06-06T06:00", False),
        ("2026-06-06T23:00", False),
        ("2026-06-05T03:00", False),
    ],
)
def test_window_past_midnight_belongs_to_the_day_on_which_it_began(at: str, is_closed: bool) -> None:
    """Friday night ends on Saturday at six; the night before and after are others."""
    assert (closed_by(windows(NIGHT), moment(at)) is not None) is is_closed


@pytest.mark.parametrize(("day", "is_closed"), [("17", False), ("18", True), ("31", True)])
def test_first_and_last_day_are_closed(day: str, is_closed: bool) -> None:
    """from_date and to_date both belong to a freeze."""
    freeze = {"kind": "exclude", "reason": "accounts", "from_date": "2026-12-18", "to_date": "2026-12-31"}
    assert (closed_by(windows(freeze), moment(f"2026-12-{day}T12:00")) is not None) is is_closed


@pytest.mark.parametrize(
    ("at", "is_closed"),
    [
        ("2026-03-29T00:59", False),  # 01:59 winter time
        ("2026-03-29T01:00", False),  # the clock jumps to 03:00: 02:00 to 03:00 do not exist
        ("2026-10-24T23:59", False),
        ("2026-10-25T00:00", True),  # 02:00 summer time
        ("2026-10-25T00:59", True),
        ("2026-10-25T01:00", True),  # 02:00 again, winter time
        ("2026-10-25T01:59", True),
        ("2026-10-25T02:00", False),
    ],
)
def test_hour_that_is_skipped_or_repeated_follows_the_wall_clock(at: str, is_closed: bool) -> None:
    """A window from two to three in Berlin is empty in March and two hours long in October."""
    window = {
        "kind": "exclude",
        "reason": "batch",
        "from_time": "02:00",
        "to_time": "03:00",
        "timezone": "Europe/Berlin",
    }
    assert (closed_by(windows(window), moment(at)) is not None) is is_closed


@pytest.mark.parametrize(
    ("values", "at", "opening"),
    [
        ([WEEKEND], "2026-06-06T12:00", "2026-06-07T22:00"),
        ([OFFICE, WEEKEND], "2026-06-05T16:00", "2026-06-08T07:00"),
        ([NIGHT], "2026-06-05T23:30", "2026-06-06T06:00"),
        ([], "2026-06-05T23:30", "2026-06-05T23:30"),
        ([OFFICE], "2026-10-24T20:00", "2026-10-25T08:00"),  # 09:00 is an hour later in winter time
        ([{"kind": "exclude", "reason": "end", "to_date": "2026-06-09"}], "2026-06-05T10:00", "2026-06-10T00:00"),
        ([{"kind": "exclude", "reason": "always"}], "2026-06-05T10:00", None),
    ],
)
def test_next_opening_is_the_first_open_instant(values: list[dict[str, Any]], at: str, opening: str | None) -> None:
    """It is in UTC, and none where nothing opens within sixty days."""
    assert (moment(opening) if opening else None) == next_opening(windows(*values), moment(at))


@pytest.mark.parametrize("zone", ["Europe/Brelin", "", "../etc/passwd", "Europe", "/etc/localtime"])
def test_zone_that_does_not_exist_is_refused_when_the_file_is_read(zone: str) -> None:
    """Nothing outside of the zone database is opened, and no day has to come on which it would decide."""
    with pytest.raises(ValueError, match="is no time zone; write its IANA name"):
        windows({**WEEKEND, "timezone": zone})


@pytest.mark.parametrize(
    ("changed", "message", "line"),
    [
        ({"to_time": "24:01"}, "'24:01' is no time of a day", 7),
        ({"from_time": "12:60"}, "'12:60' is no time of a day", 7),
        ({"timezone": "Mars"}, "'Mars' is no time zone", 7),
        ({"from_date": "2026-02-02", "to_date": "2026-02-01"}, "a window ends on 2026-02-01, before it begins", 5),
    ],
)
def test_a_bad_window_of_the_pipeline_is_told_at_its_line(changed: dict[str, str], message: str, line: int) -> None:
    """Reading the rules is enough: every command that does so fails early, with the file and what to write."""
    window = "".join(f"    {key}: {json.dumps(value)}\n" for key, value in {"reason": "freeze", **changed}.items())
    pipeline = (
        "schema: promoter.pipeline/1\nstages: [{id: production, title: Production}]\n"
        f"tiers: {{high: {{review_interval_days: 180, stages: {{}}}}}}\nwindows:\n  - kind: exclude\n{window}"
    )
    files = {**rule_files(), "policies/pipeline.yaml": pipeline}
    with pytest.raises(PolicyError) as error:
        read_rules(MemoryTree({path: str(text).encode() for path, text in files.items()}))
    [problem] = error.value.problems
    assert message in problem.message
    assert ("policies/pipeline.yaml", line) == (problem.location.path, problem.location.line)
