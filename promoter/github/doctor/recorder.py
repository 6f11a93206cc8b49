"""Whether the recorder can push its records past the rules, and nobody else can."""

from collections.abc import Iterator, Sequence

from promoter.github.client import Json
from promoter.github.doctor.bypass import is_recorder, without_bypassed
from promoter.github.doctor.finding import Finding, Standing, Subject
from promoter.github.doctor.guards import guards_of
from promoter.github.settings import GuardSettings, Unread

PASSES = Subject(
    id="recorder",
    why="records that cannot be pushed are missing from the history, and the audit calls every change UNVERIFIED",
    mend="add `Deploy keys`, or the recorder's app, to the ruleset's bypass list (`doctor --print-ruleset`)",
)
KEYS = Subject(
    id="recorder-key",
    why="each deploy key that may write passes the rules as the recorder does",
    mend="Settings > Deploy keys: leave one that may write, whose private half only environment recorder holds",
)
PLACE = Subject(
    id="recorder-environment",
    why="a workflow of any branch that may use the environment gets the key, and pushes what it likes",
    mend="Settings > Environments > recorder: limit it to selected branches, and select the default branch alone",
)
HISTORY = Subject(
    id="recorder-history",
    why="whoever bypasses the rules could rewrite or delete the branch, the records with it",
    mend="import .github/promoter/history.json beside: rules against deletion and force pushes that nobody bypasses",
)


def examine_recorder(settings: GuardSettings, *, app: int | None = None) -> Iterator[Finding]:
    """Yield whether records pass the rules, which keys do, where the key lies, and what no key may do.

    `app` is the id of the GitHub App that pushes them in place of a deploy key; who else holds the app's key, GitHub
    does not tell. Where no recorder passes, the first alone is asked; another actor in its place is `bypass`'s to name.
    """
    rulesets = settings.rulesets
    hidden = next((entry for entry in rulesets if isinstance(entry, Unread)), None)
    lists = [entry.get("bypass_actors") for entry in rulesets if not isinstance(entry, Unread)]
    if hidden is not None or None in lists:
        yield PASSES.unread(hidden or Unread("only a ruleset's administrators see its bypass list"))
        return
    passes = any(is_recorder(actor, app=app) for actors in lists for actor in actors or ())
    guards = guards_of(settings)
    if not passes and isinstance(settings.rules, Unread):
        yield PASSES.unread(settings.rules)
        return
    way = "deploy key" if app is None else f"app {app}"
    article = "a " if app is None else ""
    found = f"{article}{way} may push records" if passes else f"no {way} passes the rules"
    yield PASSES.hold(holds=passes or not guards.needs_pull_request, found=found, otherwise=Standing.WEAK)
    if passes and app is None:
        yield _of_keys(settings.deploy_keys)
    if passes:
        yield _of_place(settings)
    if passes and guards.refuses_deletion and guards.refuses_force_push:
        alone = guards_of(without_bypassed(settings, is_let=lambda _actor: False))
        is_held = alone.refuses_deletion and alone.refuses_force_push
        told = "nobody may rewrite the branch" if is_held else "who bypasses the rules may rewrite the branch"
        yield HISTORY.hold(holds=is_held, found=told)


def _of_keys(keys: Sequence[Json] | Unread) -> Finding:
    if isinstance(keys, Unread):
        return KEYS.unread(keys)
    writing = sorted(str(key["title"]) for key in keys if not key["read_only"])
    if not writing:
        return KEYS.say(Standing.WEAK, "no deploy key may write, so the records cannot be pushed")
    is_one = len(writing) == 1
    return KEYS.hold(holds=is_one, found=f"{len(writing)} may write: {', '.join(writing)}")


def _of_place(settings: GuardSettings) -> Finding:
    place, branches = settings.recorder, settings.recorder_branches
    if isinstance(place, Unread):
        return PLACE.unread(place)
    if place is None:
        return PLACE.say(Standing.HOLE, "there is no environment `recorder`: GitHub makes it for any branch that asks")
    if not (place.get("deployment_branch_policy") or {}).get("custom_branch_policies"):
        return PLACE.say(Standing.HOLE, "it is not limited to branches that are named")
    if isinstance(branches, Unread):
        return PLACE.unread(branches)
    told = f"limited to {', '.join(branches) or 'no branch at all'}"
    return PLACE.hold(holds=branches == (settings.default_branch,), found=told)
