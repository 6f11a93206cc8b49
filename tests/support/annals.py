"""A merge history as a change is held against it: what entered each stage, as far as a test says."""

from collections.abc import Mapping

from promoter.registry.mending import Annals


def annals_of(entered: Mapping[str, int], *, last: str | None = None, withdrawn: tuple[str, ...] = ()) -> Annals:
    """Return annals that say the same of every stage and model."""
    return Annals(
        first_entries=lambda _address: entered,
        last_served=lambda _address: last,
        withdrawn=lambda _model: frozenset(withdrawn),
        registered=lambda _model, _version: None,
        altered=lambda _model, _version: None,
        had_versions=lambda _model: False,
        states=lambda _paths: iter(()),
    )
