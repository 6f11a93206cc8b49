"""What guards the default branch: rulesets and branch protection of the older kind, as one set of claims.

Where both say something the stricter of the two is in force, so a claim holds where either of them makes it.
Source: docs.github.com, "About rulesets", on rule layering.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from promoter.github.client import Json
from promoter.github.settings import GuardSettings, Unread

ANY_SOURCE = -1
"""How the older branch protection writes that any app may report a check."""


@dataclass(frozen=True, slots=True)
class RequiredCheck:
    """A check that must succeed; `app` is the id of the only app that may report it, None where any may."""

    name: str
    app: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """What holds for the default branch. `unread` is why a part of it could not be read, None where all was."""

    needs_pull_request: bool
    approvals: int
    needs_code_owners: bool
    dismisses_stale: bool
    needs_last_push_approval: bool
    checks: tuple[RequiredCheck, ...]
    is_strict: bool
    has_merge_queue: bool
    refuses_force_push: bool
    refuses_deletion: bool
    has_required_workflow: bool
    unread: Unread | None


def guards_of(settings: GuardSettings) -> Guards:
    """Return the claims of all sources together."""
    sources = [*_of_rules(settings.rules), *_of_protection(settings.protection)]
    unread = [part for part in (settings.rules, settings.protection) if isinstance(part, Unread)]
    return Guards(
        needs_pull_request=any(source.needs_pull_request for source in sources),
        approvals=max((source.approvals for source in sources), default=0),
        needs_code_owners=any(source.needs_code_owners for source in sources),
        dismisses_stale=any(source.dismisses_stale for source in sources),
        needs_last_push_approval=any(source.needs_last_push_approval for source in sources),
        checks=tuple(check for source in sources for check in source.checks),
        is_strict=any(source.is_strict for source in sources),
        has_merge_queue=any(source.has_merge_queue for source in sources),
        refuses_force_push=any(source.refuses_force_push for source in sources),
        refuses_deletion=any(source.refuses_deletion for source in sources),
        has_required_workflow=any(source.has_required_workflow for source in sources),
        unread=unread[0] if unread else None,
    )


def _of_rules(rules: Sequence[Json] | Unread) -> Iterator[Guards]:
    for rule in () if isinstance(rules, Unread) else rules:
        kind, parameters = rule["type"], rule.get("parameters") or {}
        yield Guards(
            needs_pull_request=kind == "pull_request",
            approvals=parameters.get("required_approving_review_count", 0),
            needs_code_owners=parameters.get("require_code_owner_review", False),
            dismisses_stale=parameters.get("dismiss_stale_reviews_on_push", False),
            needs_last_push_approval=parameters.get("require_last_push_approval", False),
            checks=tuple(
                RequiredCheck(check["context"], check.get("integration_id"))
                for check in parameters.get("required_status_checks", ())
            ),
            is_strict=parameters.get("strict_required_status_checks_policy", False),
            has_merge_queue=kind == "merge_queue",
            refuses_force_push=kind == "non_fast_forward",
            refuses_deletion=kind == "deletion",
            has_required_workflow=kind == "workflows",
            unread=None,
        )


def _of_protection(protection: Json | Unread | None) -> Iterator[Guards]:
    if protection is None or isinstance(protection, Unread):
        return
    reviews = protection.get("required_pull_request_reviews")
    asked = reviews or {}
    status = protection.get("required_status_checks") or {}
    yield Guards(
        needs_pull_request=reviews is not None,
        approvals=asked.get("required_approving_review_count", 0),
        needs_code_owners=asked.get("require_code_owner_reviews", False),
        dismisses_stale=asked.get("dismiss_stale_reviews", False),
        needs_last_push_approval=asked.get("require_last_push_approval", False),
        checks=tuple(
            RequiredCheck(check["context"], None if check["app_id"] == ANY_SOURCE else check["app_id"])
            for check in status.get("checks", ())
        ),
        is_strict=status.get("strict", False),
        has_merge_queue=False,
        refuses_force_push=not (protection.get("allow_force_pushes") or {}).get("enabled", False),
        refuses_deletion=not (protection.get("allow_deletions") or {}).get("enabled", False),
        has_required_workflow=False,
        unread=None,
    )
