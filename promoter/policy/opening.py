"""When moves are allowed: windows in local time against an instant, and the next instant at which one is."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from promoter.policy.pipeline import Window

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HORIZON_DAYS = 60
"""How far ahead an opening is looked for; freezes are announced for weeks, not for seasons."""
_DAY = timedelta(days=1)
_FIRST_LOOKS_DAYS = (2, 8)
"""Most openings are near: an audit asks thousands of times."""


def closed_by(windows: Sequence[Window], at: datetime) -> str | None:
    """Return why nothing may move at an instant, or None where it may.

    An exclude window that holds closes, whatever is allowed; where there are allow windows, one must hold. A window
    holds from its start up to, not including, its end; one whose end is not after its start runs past midnight and
    belongs to the day on which it began. Times are local wall-clock times, so that an instant is never ambiguous.
    """
    held = [window for window in windows if _holds(window, at)]
    excluded = [window.reason for window in held if window.kind == "exclude"]
    if excluded:
        return "; ".join(dict.fromkeys(excluded))
    allowing = [window.reason for window in windows if window.kind == "allow"]
    if allowing and not held:
        return "outside of every allowed window: " + "; ".join(dict.fromkeys(allowing))
    return None


def next_opening(windows: Sequence[Window], at: datetime) -> datetime | None:
    """Return the first instant from `at` on (in UTC) at which moves are allowed, or None within HORIZON_DAYS.

    Whether they are allowed changes only where a window begins or ends, or where a zone changes its offset; the
    starts of all hours stand for the latter.
    """
    if closed_by(windows, at) is None:
        return at.astimezone(UTC)
    for days in (*_FIRST_LOOKS_DAYS, HORIZON_DAYS):
        edges = {edge for window in windows for edge in _edges(window, at, days)}
        within = (edge for edge in sorted(edges) if timedelta(0) < edge - at < _DAY * days)
        found = next((edge for edge in within if closed_by(windows, edge) is None), None)
        if found is not None:
            return found
    return None


def _zone(window: Window) -> ZoneInfo:
    return ZoneInfo(window.timezone)


def _minutes(time: str) -> int:
    """Return minutes since midnight; 24:00 is the end of the day."""
    hours, minutes = (int(part) for part in time.split(":"))
    return hours * 60 + minutes


def _holds(window: Window, at: datetime) -> bool:
    local = at.astimezone(_zone(window))
    start, end = _minutes(window.from_time), _minutes(window.to_time)
    now = local.hour * 60 + local.minute
    if start < end:
        return start <= now < end and _is_its_day(window, local.date())
    began_today = now >= start and _is_its_day(window, local.date())
    began_yesterday = now < end and _is_its_day(window, local.date() - timedelta(days=1))
    return began_today or began_yesterday


def _is_its_day(window: Window, day: date) -> bool:
    if window.weekdays and _WEEKDAYS[day.weekday()] not in window.weekdays:
        return False
    return not (window.from_date and day < window.from_date) and not (window.to_date and day > window.to_date)


def _edges(window: Window, at: datetime, days: int) -> Iterator[datetime]:
    """Yield the instants near which a window may begin or end within some days: its times, and each hour's start."""
    zone = _zone(window)
    first = at.astimezone(zone).date() - timedelta(days=1)
    minutes = {0, _minutes(window.from_time), _minutes(window.to_time)}
    for number in range(days + 3):
        midnight = datetime.combine(first + timedelta(days=number), datetime.min.time())
        for minute in minutes:
            for fold in (0, 1):
                local = (midnight + timedelta(minutes=minute)).replace(tzinfo=zone, fold=fold)
                yield local.astimezone(UTC)
    start = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    yield from (start + timedelta(hours=hour) for hour in range(days * 24 + 1))
