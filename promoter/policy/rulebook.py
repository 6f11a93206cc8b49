"""All files below policies/ as typed values: the rules of one commit."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from promoter.document.reader import Document
from promoter.document.strict import Strict
from promoter.errors import Location, PolicyError, Problem, ProposalError
from promoter.policy.change import ChangeRecord
from promoter.policy.pipeline import Pipeline
from promoter.policy.policy import Policy
from promoter.policy.roles import Roles
from promoter.policy.settings import Settings
from promoter.policy.waiver import Waiver
from promoter.registry.layout import POLICIES, FileKind, Place, place_of
from promoter.registry.reading import Read, read_file
from promoter.registry.tree import Tree

V = TypeVar("V", bound=Strict)

FORMATS: dict[FileKind, type[Strict]] = {
    FileKind.SETTINGS: Settings,
    FileKind.PIPELINE: Pipeline,
    FileKind.ROLES: Roles,
    FileKind.POLICY: Policy,
    FileKind.PACK: Policy,
    FileKind.WAIVER: Waiver,
    FileKind.CHANGE: ChangeRecord,
}
"""The formats of the files below policies/."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFile:
    """A policy, where it stands, and the id of its content: its version."""

    policy: Policy
    document: Document
    path: str
    version: str
    pack: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBook:
    """The rules of one commit. `tree_id` identifies all of them at once."""

    tree_id: str
    settings: Settings
    pipeline: Pipeline
    roles: Roles
    policies: tuple[PolicyFile, ...]
    waivers: tuple[Waiver, ...]
    changes: tuple[ChangeRecord, ...]


def read_rules(tree: Tree) -> RuleBook:
    """Return the rules of a tree. Raises PolicyError with every problem of every file, not the first alone."""
    problems: list[Problem] = []
    reads: list[tuple[Place, str, Read[Strict]]] = []
    for entry in tree.walk(POLICIES):
        place = place_of(entry.path)
        if isinstance(place, Problem):
            problems.append(place)
        elif place.kind in FORMATS:
            try:
                reads.append((place, entry.object_id, read_file(tree, place, FORMATS[place.kind])))
            except ProposalError as error:
                problems += error.problems
    found = {place.kind for place, _, _ in reads}
    if not problems:
        problems += _missing(found)
        problems += _double_ids(reads)
    if problems:
        raise PolicyError(*problems)
    return RuleBook(
        tree_id=tree.tree_id_of(POLICIES) or "",
        settings=_only(reads, Settings),
        pipeline=_only(reads, Pipeline),
        roles=_only(reads, Roles),
        policies=tuple(sorted(_policy_files(reads), key=lambda file: file.policy.id)),
        waivers=tuple(read.value for _, _, read in reads if isinstance(read.value, Waiver)),
        changes=tuple(read.value for _, _, read in reads if isinstance(read.value, ChangeRecord)),
    )


def _only(reads: list[tuple[Place, str, Read[Strict]]], form: type[V]) -> V:
    return next(read.value for _, _, read in reads if isinstance(read.value, form))


def _policy_files(reads: list[tuple[Place, str, Read[Strict]]]) -> Iterator[PolicyFile]:
    for place, object_id, read in reads:
        if isinstance(read.value, Policy):
            pack = place.folder if place.kind is FileKind.PACK else None
            yield PolicyFile(
                policy=read.value, document=read.document, path=place.path, version=f"git:{object_id}", pack=pack
            )


def _missing(found: set[FileKind]) -> list[Problem]:
    """Return the files without which nothing can be judged."""
    needed = (("registry", FileKind.SETTINGS), ("pipeline", FileKind.PIPELINE), ("roles", FileKind.ROLES))
    return [
        Problem(
            Location(f"{POLICIES}/{name}.yaml"),
            "the file is missing, and nothing can be judged without it",
            "restore it from history, or lay out a registry with `promoter init`",
        )
        for name, kind in needed
        if kind not in found
    ]


def _double_ids(reads: list[tuple[Place, str, Read[Strict]]]) -> list[Problem]:
    """Return policies that share an id, wherever they lie: a result must name one policy."""
    first: dict[str, str] = {}
    problems = []
    for place, _, read in reads:
        if isinstance(read.value, Policy):
            other = first.setdefault(read.value.id, place.path)
            if other != place.path:
                message = f"policy id {read.value.id!r} stands in {other} too"
                problems.append(Problem(read.document.location(("id",)), message, "give one of them another id"))
    return problems
