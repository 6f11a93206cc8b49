"""What a gate sees of a change: typed values and places, no file, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from promoter.document.reader import Document
from promoter.errors import Location
from promoter.gates.contract.record_of_stage import StageRecord
from promoter.measure.request import Table
from promoter.policy.pipeline import Pipeline, StageRules
from promoter.policy.policy import NearMiss
from promoter.policy.selector import Subject
from promoter.policy.settings import Settings
from promoter.registry.changes import ChangeKind
from promoter.registry.evidence import Evidence, EvidenceKind
from promoter.registry.manifest import Manifest
from promoter.registry.model import Model
from promoter.registry.stage import Observation, StagePointer, Withdrawal


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One version as the registry holds it. `files` maps each path in its folder to its content key."""

    model: Model
    manifest: Manifest
    document: Document
    files: Mapping[str, str]
    model_document: Document | None = None
    _evidence: dict[EvidenceKind, tuple[tuple[int, Evidence], ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def version(self) -> str:
        """The version's name."""
        return self.manifest.version

    def locate(self, *keys: str | int) -> Location:
        """Return the place in the manifest of the value at these keys, or of its nearest parent."""
        return self.document.location(keys)

    def locate_model(self, *keys: str | int) -> Location:
        """Return the place in model.yaml of the value at these keys, or the file where its text is not at hand."""
        if self.model_document is None:
            return Location(f"models/{self.model.model}/model.yaml")
        return self.model_document.location(keys)

    def evidence_of(self, kind: EvidenceKind) -> tuple[tuple[int, Evidence], ...]:
        """Return the evidence entries of one kind, each with its index in the manifest."""
        if kind not in self._evidence:
            entries = enumerate(self.manifest.evidence)
            self._evidence[kind] = tuple((index, entry) for index, entry in entries if entry.kind is kind)
        return self._evidence[kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """The stage before, as the base has it: its pointer, and the version that it serves."""

    stage: str
    pointer: StagePointer
    release: Release


@dataclass(frozen=True, slots=True)
class Added:
    """A file that the change's commits bring in: its path, content key, and commit (None: not committed yet)."""

    path: str
    content: str
    commit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """A change that brings no version to judge, and the files that its commits bring in."""

    kind: ChangeKind
    model: str | None
    stage: str | None
    added: tuple[Added, ...]

    @property
    def subject(self) -> Subject:
        """What selectors look at: no version says task, tier, domain, region or tag."""
        return Subject(kind=self.kind, model=self.model, stage=self.stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What was observed of the version in the stage before, and the path of the file that says so."""

    path: str
    observation: Observation


@dataclass(frozen=True, slots=True)
class Earlier:
    """A version that is registered already: its name, and each path in its folder to its content key."""

    version: str
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A change that is to be judged: the version that would move, and what the stage serves now."""

    kind: ChangeKind
    stage: str | None
    release: Release
    champion: Release | None
    withdrawn: tuple[Withdrawal, ...] = ()
    stage_path: str | None = None
    pointer: StagePointer | None = None
    """The stage's pointer as the change would leave it."""
    added: tuple[Added, ...] = ()
    """What the commits add to the model's folder and outside of models/; read for gates with `needs_additions`."""
    upstream: Upstream | None = None
    """What the stage before serves; None where there is no stage before, or it serves nothing."""
    observations: tuple[Observed, ...] = ()
    """What was observed of this version in the stage before, by path."""
    earlier: tuple[Earlier, ...] = ()
    """The versions that were registered before one that is registered now, nearest first; none for other changes."""

    @property
    def place(self) -> Location:
        """Where a finding about the move itself stands: the pointer, or the manifest where no stage is moved."""
        return Location(self.stage_path) if self.stage_path else self.release.locate()

    @property
    def subject(self) -> Subject:
        """What selectors look at."""
        model, deployment = self.release.model, self.release.manifest.deployment
        return Subject(
            kind=self.kind,
            model=model.model,
            stage=self.stage,
            task=model.task,
            tier=model.risk_tier,
            domain=model.domain,
            regions=deployment.regions if deployment else (),
            tags=model.tags,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a gate knows beside numbers: the candidate, the moment of the decision, the registry's rules."""

    candidate: Candidate
    at: datetime
    pipeline: Pipeline
    settings: Settings
    near_miss: NearMiss | None = None
    serving: Mapping[str, str] = field(default_factory=dict)
    """Stage to the version that it serves before the change."""
    record: StageRecord = field(default_factory=StageRecord)
    """The past of the model's stages, and the change records and roles that moves refer to."""
    undone: tuple[str, ...] | None = None
    """Paths that a revert of the change's merge would leave other than before; None where that was not rehearsed."""

    @property
    def subject(self) -> Subject:
        """What selectors look at."""
        return self.candidate.subject

    @property
    def stage_rules(self) -> StageRules | None:
        """What the pipeline asks of this tier before this stage, or None where it asks nothing."""
        tier = self.pipeline.tiers.get(self.candidate.release.model.risk_tier)
        stage = self.candidate.stage
        return tier.stages.get(stage) if tier and stage else None


def table_of(evidence: Evidence) -> Table:
    """Return the table that an evidence entry pins, with its columns' parts."""
    columns = evidence.columns
    return Table(
        content=evidence.digest,
        format=evidence.format.value,
        id=columns.id,
        label=columns.label,
        score=columns.score,
        prediction=columns.prediction,
        class_scores=tuple(columns.class_scores.items()),
        timestamp=columns.timestamp,
        weight=columns.weight,
        query=columns.query,
    )
