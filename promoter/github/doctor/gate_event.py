"""Whether GitHub lets the gate's event start the gate's workflow."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from promoter.github.client import Json
from promoter.github.doctor.actions_policy import GATE_EVENT, GATE_EVENTS, GATE_PATH
from promoter.github.doctor.finding import Finding, Standing, Subject
from promoter.github.settings import GuardSettings, Unread

GATE_EVENT_RUNS = Subject(
    id="gate-event",
    why=f"since 2026-11-02 GitHub blocks {GATE_EVENT} in public repositories unless an Actions policy allows it",
    mend="send the last request of `promoter doctor --print-actions`, or take the fallback; see docs/doctor.md",
)
_ALL = "~ALL"


def examine_gate_event(settings: GuardSettings) -> Finding:
    """Return whether the event runs: by the Actions policies in force, and without any by what ran.

    All policies that apply must allow an event, as rulesets do: one that leaves it out blocks it.
    """
    policies = settings.policies
    allowed = [] if isinstance(policies, Unread) else [_events(policy) for policy in policies if _is_about(policy)]
    lists = [events for events in allowed if events is not None]
    missing = sorted(event for event in GATE_EVENTS if any(event not in events for events in lists))
    if missing:
        found = f"an Actions policy keeps {', '.join(missing)} from starting {GATE_PATH}"
        return GATE_EVENT_RUNS.say(Standing.HOLE, found)
    if lists:
        return GATE_EVENT_RUNS.say(Standing.HOLDS, f"an Actions policy allows it for {GATE_PATH}")
    return _by_runs(settings)


def _by_runs(settings: GuardSettings) -> Finding:
    if isinstance(settings.gate_runs, Unread):
        return GATE_EVENT_RUNS.unread(settings.gate_runs)
    succeeded = [run for run in settings.gate_runs if run.get("conclusion") == "success"]
    if not settings.is_public:
        return GATE_EVENT_RUNS.say(Standing.HOLDS, "the repository is not public")
    if succeeded:
        return GATE_EVENT_RUNS.say(Standing.HOLDS, f"it ran, last on {succeeded[0]['created_at']}")
    found = f"no Actions policy allows it, and no run of it succeeded ({len(settings.gate_runs)} were looked at)"
    return GATE_EVENT_RUNS.say(Standing.WEAK, found)


def _is_about(policy: Json) -> bool:
    """Say whether a policy is in force for the gate's workflow; without a condition it is for all of them."""
    condition = (policy.get("conditions") or {}).get("workflow_path") or {}
    included, excluded = condition.get("include") or [_ALL], condition.get("exclude") or []
    is_named = any(pattern == _ALL or fnmatchcase(GATE_PATH, pattern) for pattern in included)
    return policy.get("enforcement") == "active" and is_named and not any(fnmatchcase(GATE_PATH, p) for p in excluded)


def _events(policy: Json) -> frozenset[str] | None:
    """Return the events that a policy allows, or None where it restricts none."""
    lists: Iterator[list[str]] = (
        rule["parameters"]["allowed_events"]
        for rule in policy.get("rules") or ()
        if rule.get("type") == "restrict_action_events"
    )
    found = [frozenset(events) for events in lists]
    return frozenset.intersection(*found) if found else None
