"""What a version runs in at a stage: its own deployment package, and what the stage's pointer says otherwise."""

from dataclasses import dataclass

from promoter.gates.contract.candidate import Release
from promoter.registry.deployment import Resources
from promoter.registry.stage import StagePointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """An environment; None, or a component that is no key, was stated nowhere."""

    image_digest: str | None
    runtime: tuple[tuple[str, str], ...]
    resources: Resources | None
    data_schema: str | None

    def version_of(self, component: str) -> str | None:
        """Return the version of a component of the runtime, or None where none is stated."""
        return dict(self.runtime).get(component)


def surroundings_of(release: Release, pointer: StagePointer | None) -> Surroundings:
    """Return what a version runs in: what the pointer states of the stage, over what its manifest states."""
    own, stage = release.manifest.deployment, pointer.environment if pointer else None
    runtime = {**(own.runtime if own else {}), **(stage.runtime if stage else {})}
    return Surroundings(
        image_digest=(stage.image_digest if stage else None) or (own.image_digest if own else None),
        runtime=tuple(runtime.items()),
        resources=(stage.resources if stage else None) or (own.resources if own else None),
        data_schema=stage.data_schema if stage else None,
    )
