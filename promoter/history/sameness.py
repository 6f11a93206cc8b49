"""Whether two records decide the same, in whatever words: engines of other versions say more, or say it otherwise."""

from collections.abc import Mapping
from typing import Any

_OF_CHANGE = ("kind", "model", "version", "stage", "champion", "verdict")
_OF_RESULT = ("policy", "policy_version", "enforcement", "severity", "outcome", "waiver")
_OF_APPROVALS = ("required", "given", "missing")


def decide_the_same(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    """Say whether two records' values differ in words alone: findings, titles, reasons, evidence and measurements.

    What both must say alike is what was decided on, when, about which objects, by whom it was agreed to, and the
    outcome of every policy. Raises KeyError, TypeError or AttributeError where a value is no record.
    """
    return _judgement(first) == _judgement(second)


def _judgement(record: Mapping[str, Any]) -> dict[str, Any]:
    decision = record["decision"]
    return {
        **{key: value for key, value in record.items() if key != "decision"},
        "verdict": decision["verdict"],
        "decided_at": decision["decided_at"],
        "bound_to": decision["bound_to"],
        "has_problems": bool(decision["problems"]),
        "changes": [_change(change) for change in decision["changes"]],
    }


def _change(change: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{key: change[key] for key in _OF_CHANGE},
        "approvals": {key: change["approvals"][key] for key in _OF_APPROVALS},
        "results": sorted([str(result[key]) for key in _OF_RESULT] for result in change["results"]),
    }
