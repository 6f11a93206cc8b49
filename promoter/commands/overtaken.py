"""Which proposals the default branch has overtaken, and which bring nothing any more: told from git alone."""

from collections.abc import Sequence

from promoter.commands.past import Past
from promoter.errors import ProposalError
from promoter.git.commit import Person
from promoter.history.event import Event, EventKind
from promoter.policy.pipeline import Pipeline
from promoter.registry.address import StageAddress
from promoter.registry.stock import Shelf

RECORDER = Person("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com")
"""GitHub's own account of GITHUB_TOKEN; it can approve nothing, so whoever may approve is left free to."""


def is_recorders(past: Past, commit: str, *, base: str) -> bool:
    """Say whether the recorder made all that a branch holds since `base`; of nothing at all nobody is the maker.

    Whoever forges its name has its own proposal closed. Raises ServiceError in a shallow clone.
    """
    return {made.author for made in past.repository.commits_since(base, commit)} == {RECORDER}


def came_in(past: Past, address: StageAddress, version: str | None, *, base: str) -> Event | None:
    """Return the move of the default branch that brought a version in since `base`: by a squash, or another branch."""
    moves = (move for move in _moves_since(past, address, base) if move.kind is not EventKind.UNREADABLE)
    return next((move for move in moves if move.version == version), None)


def why_outdated(past: Past, address: StageAddress, *, base: str) -> str | None:
    """Return why a move of a stage that was proposed on `base` no longer fits, or None where the stage is as it was."""
    since = _moves_since(past, address, base)
    if since and since[-1].kind is EventKind.UNREADABLE:
        return f"{address} cannot be read since commit {since[-1].commit[:10]}"
    if not since or since[-1].version == since[0].replaced:
        return None
    return f"{address} serves {since[-1].version or 'nothing'} since commit {since[-1].commit[:10]}"


def _moves_since(past: Past, address: StageAddress, base: str) -> Sequence[Event]:
    """Return the moves of a stage after a commit; none where that is no commit of the line."""
    positions = past.timeline.positions
    if base not in positions:
        return ()
    return [move for move in _moves(past, address) if positions[move.commit] > positions[base]]


def _moves(past: Past, address: StageAddress) -> tuple[Event, ...]:
    return past.timeline.moves(address, until=len(past.timeline.line) - 1)


def why_overtaken(past: Past, pipeline: Pipeline, address: StageAddress, version: str) -> str | None:
    """Return why a version is not what comes next to a stage, or None where it is still what the stage before serves.

    A stage without one before it, or that the pipeline does not list, is nobody's next.
    """
    shelf = Shelf(past.tree, address.model)
    try:
        withdrawn = {entry.version: entry.reason for entry in shelf.withdrawn()}
    except ProposalError:
        return None  # what cannot be read overtakes nothing: the gate refuses the merge, and the audit names the file
    if version in withdrawn:
        return f"{version} is withdrawn"
    is_listed = any(stage.id == address.stage for stage in pipeline.stages)
    before = pipeline.stage_before(address.stage) if is_listed else None
    if before is None:
        return None
    source = StageAddress(address.model, before)
    last = next(iter(reversed(_moves(past, source))), None)
    if last is None or last.version == version or last.kind is EventKind.UNREADABLE:
        return None
    at = f"since commit {last.commit[:10]}"
    if last.version is None:
        return f"{source} serves nothing {at}"
    if last.kind is EventKind.ROLLBACK:
        return f"{source} was rolled back to {last.version} {at}"
    return f"{source} serves {last.version} {at}"
