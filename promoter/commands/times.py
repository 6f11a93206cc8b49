"""Moments and days as people write them on a command line."""

from datetime import UTC, datetime

from promoter.errors import Location, Problem, ProposalError


def parse_moment(text: str, *, option: str = "--at") -> datetime:
    """Return a moment in UTC; a day alone is its first moment, a time without a zone is UTC."""
    try:
        moment = datetime.fromisoformat(text.upper() if "t" in text else text)
    except ValueError as error:
        hint = "write it as 2026-01-31, or 2026-01-31T09:00:00Z"
        raise ProposalError(Problem(Location(option), f"{text!r} is no moment: {error}", hint)) from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
