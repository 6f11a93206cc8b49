"""All files below policies/ as typed values: the rules of one commit."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar

from promoter.document.reader import Document
from promoter.document.strict import Strict
from promoter.errors import Location, PolicyError, Problem, ProposalError
from promoter.policy.change import ChangeRecord
from promoter.policy.overlay import LONGEST_ID, loosenings, within_namespace
from promoter.policy.pipeline import Pipeline
from promoter.policy.policy import Policy
from promoter.policy.roles import Roles
from promoter.policy.settings import Settings
from promoter.policy.signers import SIGNERS_PATH, parse_signers
from promoter.policy.trust import OPENPGP_PATH, REVOKED_PATH, Trust, parse_revoked
from promoter.policy.waiver import Waiver
from promoter.registry.layout import POLICIES, FileKind, Place, place_of
from promoter.registry.reading import YAML_LIMIT_BYTES, Read, read_file
from promoter.registry.tree import Tree

V = TypeVar("V", bound=Strict)

FORMATS: dict[FileKind, type[Strict]] = {
    FileKind.SETTINGS: Settings,
    FileKind.PIPELINE: Pipeline,
    FileKind.ROLES: Roles,
    FileKind.POLICY: Policy,
    FileKind.PACK: Policy,
    FileKind.OVERLAY: Policy,
    FileKind.WAIVER: Waiver,
    FileKind.CHANGE: ChangeRecord,
}
"""The formats of the files below policies/."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PolicyFile:
    """A policy, where it stands, and the id of its content: its version. One file equals no other."""

    policy: Policy
    document: Document
    path: str
    version: str
    pack: str | None = None
    namespace: str | None = None
    """The tenant whose overlay it is."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RuleBook:
    """The rules of one commit. `tree_id` identifies all of them at once; one book equals no other."""

    tree_id: str
    settings: Settings
    pipeline: Pipeline
    roles: Roles
    policies: tuple[PolicyFile, ...]
    waivers: tuple[Waiver, ...]
    changes: tuple[ChangeRecord, ...]
    trust: Trust = field(default_factory=Trust)
    """Whose signatures of commits count."""


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
    files: tuple[PolicyFile, ...] = ()
    trust, found_problems = _trust(tree)
    problems += found_problems
    if not problems:
        problems += _missing(found)
        files, found_problems = _with_overlays(tuple(_policy_files(reads)))
        problems += found_problems
        problems += _double_ids(files)
        problems += _unsignable(reads, trust)
    if problems:
        raise PolicyError(*problems)
    return RuleBook(
        tree_id=tree.tree_id_of(POLICIES) or "",
        settings=_only(reads, Settings),
        pipeline=_only(reads, Pipeline),
        roles=_only(reads, Roles),
        policies=tuple(sorted(files, key=lambda file: file.policy.id)),
        waivers=tuple(read.value for _, _, read in reads if isinstance(read.value, Waiver)),
        changes=tuple(read.value for _, _, read in reads if isinstance(read.value, ChangeRecord)),
        trust=trust,
    )


def _only(reads: list[tuple[Place, str, Read[Strict]]], form: type[V]) -> V:
    return next(read.value for _, _, read in reads if isinstance(read.value, form))


def _trust(tree: Tree) -> tuple[Trust, list[Problem]]:
    """Return whose signatures of commits count, and each line that cannot be read."""
    try:
        keys = {
            path: tree.read(path, limit_bytes=YAML_LIMIT_BYTES) if tree.entry(path) is not None else None
            for path in (SIGNERS_PATH, REVOKED_PATH, OPENPGP_PATH)
        }
        trust = Trust(
            signers=parse_signers(keys[SIGNERS_PATH] or b""),
            revoked=parse_revoked(keys[REVOKED_PATH] or b""),
            openpgp=keys[OPENPGP_PATH],
        )
    except ProposalError as error:
        return Trust(), list(error.problems)
    return trust, []


def _unsignable(reads: list[tuple[Place, str, Read[Strict]]], trust: Trust) -> list[Problem]:
    """Return that signatures are asked for and nobody may sign."""
    if trust.signers or trust.openpgp is not None:
        return []
    message, hint = "commits must be signed, and no key is named", f"add {SIGNERS_PATH} or {OPENPGP_PATH}"
    return [
        Problem(read.document.location(("signed_commits",)), message, hint)
        for _, _, read in reads
        if isinstance(read.value, Settings) and read.value.signed_commits == "required"
    ]


def _policy_files(reads: list[tuple[Place, str, Read[Strict]]]) -> Iterator[PolicyFile]:
    for place, object_id, read in reads:
        if isinstance(read.value, Policy):
            pack = place.folder if place.kind is FileKind.PACK else None
            namespace = place.folder if place.kind is FileKind.OVERLAY else None
            yield PolicyFile(
                policy=read.value,
                document=read.document,
                path=place.path,
                version=f"git:{object_id}",
                pack=pack,
                namespace=namespace,
            )


def _with_overlays(files: tuple[PolicyFile, ...]) -> tuple[tuple[PolicyFile, ...], list[Problem]]:
    """Return the files with each overlay bound to its namespace's models, and where one asks less than its base."""
    problems: list[Problem] = []
    bases = {file.policy.id: file for file in files if file.namespace is None}
    result = [file for file in files if file.namespace is None]
    for file in files:
        if file.namespace is None:
            continue
        base, name = bases.get(file.policy.id), file.policy.id
        if base is not None:
            problems += loosenings((file.policy, file.document), (base.policy, base.document))
            name = f"{file.namespace}-{name}"[:LONGEST_ID]
        selector = within_namespace(file.policy, file.namespace)
        if selector is None:
            message = f"it judges no model of namespace {file.namespace}"
            place = file.document.location(("applies_to", "models"))
            problems.append(Problem(place, message, "remove the overlay, or name models of the namespace"))
        else:
            result.append(replace(file, policy=file.policy.model_copy(update={"id": name, "applies_to": selector})))
    return tuple(result), problems


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


def _double_ids(files: tuple[PolicyFile, ...]) -> list[Problem]:
    """Return policies that share an id, wherever they lie: a result must name one policy."""
    first: dict[str, str] = {}
    problems = []
    for file in files:
        other = first.setdefault(file.policy.id, file.path)
        if other != file.path:
            message = f"policy id {file.policy.id!r} stands in {other} too"
            problems.append(Problem(file.document.location(("id",)), message, "give one of them another id"))
    return problems
