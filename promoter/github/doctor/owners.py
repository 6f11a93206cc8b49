"""Whether GitHub can use CODEOWNERS as it stands."""

from collections.abc import Iterator

from promoter.github.doctor.finding import Finding, Standing, Subject
from promoter.github.settings import GuardSettings, Unread

CODEOWNERS = Subject(
    id="codeowners",
    why="a line that GitHub skips, or an owner who cannot write, guards nothing: an earlier and broader line applies",
    mend="correct the lines; `promoter lint` holds the file, `promoter owners PATH` shows which line decides",
)
_MOST_TOLD = 3


def examine_owners(settings: GuardSettings) -> Iterator[Finding]:
    """Yield what GitHub says of the CODEOWNERS file of the default branch."""
    errors = settings.codeowners_errors
    if isinstance(errors, Unread):
        yield CODEOWNERS.unread(errors)
    elif errors is None:
        yield CODEOWNERS.say(Standing.HOLE, "there is no CODEOWNERS file, so a required review of owners passes")
    elif errors:
        told = "; ".join(f"{error['path']}:{error['line']}: {error['kind']}" for error in errors[:_MOST_TOLD])
        more = f"; and {len(errors) - _MOST_TOLD} more" if len(errors) > _MOST_TOLD else ""
        yield CODEOWNERS.say(Standing.HOLE, told + more)
    else:
        yield CODEOWNERS.say(Standing.HOLDS, "GitHub reads it without errors")
