"""What the stage before says of a candidate: what it serves, and what was observed of the version there."""

from collections.abc import Iterator
from contextlib import suppress

from promoter.decision.releases import read_release
from promoter.errors import Location, Problem, ProposalError
from promoter.gates.contract.candidate import Observed, Release, Upstream
from promoter.policy.rulebook import RuleBook
from promoter.policy.uri import check_uri
from promoter.registry.changes import Change
from promoter.registry.stock import Shelf
from promoter.registry.tree import Tree


def upstream_of(change: Change, rules: RuleBook, release: Release, *, base: Tree) -> Upstream | None:
    """Return what the stage before serves; a merged version never changes, so the candidate's is not read again.

    A pointer that cannot be read serves nothing: who needs the stage before is held by the gates that ask for it, and
    who does not, as a rollback, is not held up.
    """
    before = rules.pipeline.stage_before(change.stage) if change.stage is not None else None
    if before is None:
        return None
    pointer = None
    with suppress(ProposalError):
        pointer = Shelf(base, release.model.model).read_stage(before)
    if pointer is None:
        return None
    served = pointer.value.version
    same = served == release.version
    return Upstream(
        stage=before,
        pointer=pointer.value,
        release=release if same else read_release(base, release.model.model, served),
    )


def observations_of(change: Change, rules: RuleBook, *, base: Tree, merged: Tree) -> Iterator[Observed]:
    """Yield what was observed of the version in the stage before: the base's, and what the change adds to it.

    An observation of the base stands as the base has it: a change cannot better what was seen of it. Raises
    ProposalError where the rows lie in no store that the registry allows.
    """
    before = rules.pipeline.stage_before(change.stage) if change.stage is not None else None
    if before is None:
        return
    model = change.model or ""
    found = {**Shelf(merged, model).observations(), **Shelf(base, model).observations()}
    for path, observation in sorted(found.items()):
        if (observation.stage, observation.version) != (before, change.version):
            continue
        fault = check_uri(observation.uri, rules.settings.stores) if ":" in observation.uri else None
        if fault is not None:
            raise ProposalError(Problem(Location(path), fault.message, fault.hint))
        yield Observed(path=path, observation=observation)
