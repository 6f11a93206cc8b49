"""The settings of a repository that decide whether the gate holds, read and left as GitHub words them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote

from promoter.errors import ServiceError
from promoter.github.client import Client, Json
from promoter.github.faults import is_refusal

FORBIDDEN, NOT_FOUND = 403, 404
RECORDER = "recorder"
"""The environment of record.yml's job that pushes."""

_UNPROTECTED = "Branch not protected"
_MOST_RUNS = "20"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Unread:
    """A setting that the token may not read, in GitHub's words."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardSettings:
    """All settings that the doctor looks at, as GitHub's JSON; None where the repository has no such thing.

    `rules` are those in force on the default branch, of the repository's rulesets and of those above it; `rulesets` are
    the rulesets that they come from, by id. `selected_actions` says which actions are allowed, None where all are;
    `policies` are the Actions policies of the repository and of those above it. `gate_runs` are recent
    workflow runs of the event pull_request_target. `deploy_keys` may read or write; `recorder` is the environment of
    the job that pushes records, `recorder_branches` the names of branches that it is limited to, where it names some.
    """

    repository: str
    default_branch: str
    is_public: bool
    rules: tuple[Json, ...] | Unread
    rulesets: tuple[Json | Unread, ...]
    protection: Json | Unread | None
    actions: Json | Unread
    selected_actions: Json | Unread | None
    policies: tuple[Json, ...] | Unread
    workflow_token: Json | Unread
    fork_approval: Json | Unread | None
    codeowners_errors: tuple[Json, ...] | Unread | None
    gate_runs: tuple[Json, ...] | Unread
    deploy_keys: tuple[Json, ...] | Unread
    recorder: Json | Unread | None
    recorder_branches: tuple[str, ...] | Unread


def read_settings(client: Client) -> GuardSettings:
    """Return the settings. Raises ServiceError where GitHub fails or the repository itself cannot be seen."""
    repository = client.get("")
    branch = str(repository["default_branch"])
    place = quote(branch, safe="")
    rules = _or_unread(lambda: tuple(client.pages(f"rules/branches/{place}")))
    ids = (
        () if isinstance(rules, Unread) else sorted({int(rule["ruleset_id"]) for rule in rules if "ruleset_id" in rule})
    )
    is_public = not repository["private"]
    actions = _or_unread(lambda: client.get("actions/permissions"))
    return GuardSettings(
        repository=client.repository,
        default_branch=branch,
        is_public=is_public,
        rules=rules,
        rulesets=tuple(_read_ruleset(client, number) for number in ids),
        protection=_read_protection(client, place),
        actions=actions,
        selected_actions=_read_selected(client, actions),
        policies=_or_unread(lambda: tuple(_read_policies(client))),
        workflow_token=_or_unread(lambda: client.get("actions/permissions/workflow")),
        fork_approval=_or_unread(lambda: client.get("actions/permissions/fork-pr-contributor-approval"))
        if is_public
        else None,
        codeowners_errors=_read_codeowners(client),
        gate_runs=_or_unread(lambda: _read_runs(client)),
        deploy_keys=_or_unread(lambda: tuple(client.pages("keys"))),
        recorder=_read_recorder(client),
        recorder_branches=_or_unread(lambda: _read_recorder_branches(client)),
    )


def _read_ruleset(client: Client, number: int) -> Json | Unread:
    return _or_unread(lambda: client.get(f"rulesets/{number}"))


def _read_protection(client: Client, place: str) -> Json | Unread | None:
    """Return the branch protection of the older kind; a token without admin rights gets 404 as well."""
    try:
        return client.get(f"branches/{place}/protection")
    except ServiceError as error:
        if is_refusal(error, {NOT_FOUND}) and _UNPROTECTED in str(error):
            return None
        return _unread(error)


def _read_codeowners(client: Client) -> tuple[Json, ...] | Unread | None:
    """Return the errors of CODEOWNERS, or None where there is no such file."""
    try:
        return tuple(client.get("codeowners/errors")["errors"])
    except ServiceError as error:
        return None if is_refusal(error, {NOT_FOUND}) else _unread(error)


def _read_recorder(client: Client) -> Json | Unread | None:
    """Return the recorder's environment, or None where there is none."""
    try:
        return client.get(f"environments/{RECORDER}")
    except ServiceError as error:
        return None if is_refusal(error, {NOT_FOUND}) else _unread(error)


def _read_recorder_branches(client: Client) -> tuple[str, ...]:
    listed = client.pages(f"environments/{RECORDER}/deployment-branch-policies", list_key="branch_policies")
    return tuple(str(entry["name"]) for entry in listed)


def _read_selected(client: Client, actions: Json | Unread) -> Json | Unread | None:
    """Return the list of allowed actions; GitHub has one only where the setting says so."""
    if isinstance(actions, Unread) or actions.get("allowed_actions") != "selected":
        return None
    return _or_unread(lambda: client.get("actions/permissions/selected-actions"))


def _read_policies(client: Client) -> Iterator[Json]:
    for listed in client.pages("actions/policies", list_key="policies"):
        yield listed if "rules" in listed else client.get(f"actions/policies/{listed['id']}")


def _read_runs(client: Client) -> tuple[Json, ...]:
    found = client.get(f"actions/runs?event=pull_request_target&per_page={_MOST_RUNS}")["workflow_runs"]
    return tuple(found)


def _or_unread(read: Callable[[], T]) -> T | Unread:
    try:
        return read()
    except ServiceError as error:
        return _unread(error)


def _unread(error: ServiceError) -> Unread:
    """Return what a refusal says; any other failure is raised again: the doctor cannot speak without GitHub."""
    if not is_refusal(error, {FORBIDDEN, NOT_FOUND}):
        raise error
    return Unread(error.problems[0].message)
