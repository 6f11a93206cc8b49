"""The code owners of a change as `evaluate` leaves them for `report`, and as the hostile data that it may be."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from promoter.digest import canonical_json
from promoter.errors import Location, Problem, ServiceError
from promoter.report.parts import OwnersView
from promoter.report.record import Recorded

OWNERS = "owners.json"
MOST_OWNERS = 1000


class _Guard(Recorded):
    owners: tuple[str, ...] = Field(min_length=1, max_length=MOST_OWNERS)
    files: int = Field(gt=0)
    example: str


_GUARDS = TypeAdapter(Annotated[tuple[_Guard, ...], Field(max_length=MOST_OWNERS)])


def write_owners(owners: Sequence[OwnersView], folder: Path) -> None:
    """Write whose review is needed, for the job that posts."""
    told = [{"owners": guard.owners, "files": guard.files, "example": guard.example} for guard in owners]
    (folder / OWNERS).write_bytes(canonical_json(told))


def owners_from(stored: object) -> tuple[OwnersView, ...]:
    """Return what another job wrote. Raises ServiceError where it is not of that form."""
    try:
        guards = _GUARDS.validate_json(canonical_json(stored or []))
    except ValidationError as error:
        message = f"the stored answer is unusable: {error.error_count()} misfits"
        raise ServiceError(Problem(Location(OWNERS), message, "run the gate again")) from error
    return tuple(OwnersView(owners=guard.owners, files=guard.files, example=guard.example) for guard in guards)
