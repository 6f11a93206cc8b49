"""A repository on the forge in which everything holds that the doctor looks at."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from promoter.github.client import connect
from promoter.github.doctor.examine import examine
from promoter.github.doctor.finding import Finding, Standing
from promoter.github.patience import Patience
from promoter.github.roster import read_roster
from promoter.github.settings import read_settings
from tests.forge.server import Forge, running_forge
from tests.forge.settings_routes import sound_settings
from tests.forge.state import FULL_NAME
from tests.support.registry import rule_files
from tests.support.repositories import RepositoryBuilder


@contextmanager
def sound_forge(folder: Path) -> Iterator[Forge]:
    """Yield a forge whose main holds rules with the roles of rita and leo, and whose settings are the recommended."""
    builder = RepositoryBuilder.create(folder / "registry.git")
    builder.commit(rule_files())
    with running_forge(builder.path) as forge:
        forge.state.settings |= sound_settings()
        for login in ("rita", "leo"):
            forge.state.account(login)
        yield forge


def administrator(forge: Forge) -> str:
    """Return a token that may read all that the doctor reads."""
    return forge.state.mint("root", kind="User", administration="read", actions="read", contents="read", members="read")


def findings_of(forge: Forge, token: str | None = None, *, recorder_app: int | None = None) -> tuple[Finding, ...]:
    """Return what the doctor says, by an administrator's token or another."""
    patience = Patience(total_seconds=0)
    client = connect(FULL_NAME, token=token or administrator(forge), api_url=forge.url, patience=patience)
    roster = read_roster(client, branch="main")
    return examine(read_settings(client), roster, check_name="promoter", recorder_app=recorder_app)


def only(forge: Forge, name: str) -> Finding:
    """Return the one finding of an id."""
    (finding,) = [finding for finding in findings_of(forge) if finding.id == name]
    return finding


def unsound(forge: Forge, *, recorder_app: int | None = None) -> dict[str, Standing]:
    """Return id to standing of all that does not hold."""
    found = findings_of(forge, recorder_app=recorder_app)
    return {entry.id: entry.standing for entry in found if entry.standing is not Standing.HOLDS}
