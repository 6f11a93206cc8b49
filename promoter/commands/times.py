"""Moments and days as people write them on a command line."""

from datetime import UTC, date, datetime

from promoter.errors import Location, Problem, ProposalError


def parse_moment(text: str, *, option: str = "--at") -> datetime:
    """Return a moment in UTC; a day alone is its first moment, a time without a zone is UTC."""
    try:
        moment = datetime.fromisoformat(text.upper() if "t" in text else text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        hint = "write it as 2026-01-31, or 2026-01-31T09:00:00Z"
        raise ProposalError(Problem(Location(option), f"{text!r} is no moment: {error}", hint)) from error


def parse_end(text: str, *, option: str) -> datetime:
    """Return a moment in UTC; a day alone is its last second, so that it holds what happened on that day."""
    moment = parse_moment(text, option=option)
    try:
        date.fromisoformat(text)
    except ValueError:
        return moment
    return moment.replace(hour=23, minute=59, second=59)
