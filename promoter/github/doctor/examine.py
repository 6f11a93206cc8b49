"""All that the doctor looks at, in the order in which it is mended."""

from collections.abc import Sequence

from promoter.github.doctor.accounts import examine_accounts
from promoter.github.doctor.actions import examine_actions
from promoter.github.doctor.branch import examine_branch
from promoter.github.doctor.bypass import examine_bypass
from promoter.github.doctor.finding import Finding, Standing
from promoter.github.doctor.guards import guards_of
from promoter.github.doctor.owners import examine_owners
from promoter.github.doctor.recorder import examine_recorder
from promoter.github.roster import Roster
from promoter.github.settings import GuardSettings

_CODES = {Standing.HOLE: 1, Standing.UNREAD: 3}


def examine(
    settings: GuardSettings, roster: Roster | str, *, check_name: str, recorder_app: int | None = None
) -> tuple[Finding, ...]:
    """Return a finding for each setting; `check_name` is the check that the gate reports.

    `recorder_app` is the id of the GitHub App that pushes the records; None: a deploy key does.
    """
    return (
        *examine_branch(guards_of(settings), check_name=check_name),
        *examine_bypass(settings, check_name=check_name, recorder_app=recorder_app),
        *examine_recorder(settings, app=recorder_app),
        *examine_owners(settings),
        *examine_accounts(roster, is_public=settings.is_public),
        *examine_actions(settings),
    )


def exit_code(findings: Sequence[Finding]) -> int:
    """Return 1 where there is a hole, else 3 where a setting could not be read, else 0."""
    standings = {finding.standing for finding in findings}
    return next((code for standing, code in _CODES.items() if standing in standings), 0)
