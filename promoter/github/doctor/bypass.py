"""Who is above the rules, and whether anything holds for them all the same."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from promoter.github.client import Json
from promoter.github.doctor.branch import examine_branch
from promoter.github.doctor.finding import Finding, Standing, Subject
from promoter.github.doctor.guards import guards_of
from promoter.github.doctor.ruleset import APP, DEPLOY_KEY
from promoter.github.settings import GuardSettings, Unread

BYPASS = Subject(
    id="bypass",
    why="who bypasses the rules merges what no gate judged; the history then holds a change without a record",
    mend="leave the recorder alone, `Deploy keys` or its app, in the ruleset's bypass list (Settings > Rules)",
)
ADMINS = Subject(
    id="admins",
    why="administrators push past the older branch protection, and nothing says so",
    mend="Settings > Branches > Do not allow bypassing the above settings; or a ruleset in its place",
)
PULL_REQUEST_ONLY = "pull_request"
"""The one mode of a bypass that needs a pull request and leaves a trace."""


def examine_bypass(settings: GuardSettings, *, check_name: str, recorder_app: int | None = None) -> Iterator[Finding]:
    """Yield a finding for each ruleset in force on the default branch, and for its older protection.

    Where the rules that nobody bypasses hold everything by themselves, the others are a weakness and no hole.
    """
    is_let = partial(is_recorder, app=recorder_app)
    alone = guards_of(without_bypassed(settings, is_let=is_let))
    is_covered = all(finding.standing is not Standing.HOLE for finding in examine_branch(alone, check_name=check_name))
    hole = Standing.WEAK if is_covered and alone.unread is None else Standing.HOLE
    for ruleset in settings.rulesets:
        if isinstance(ruleset, Unread):
            yield BYPASS.unread(ruleset)
        elif "bypass_actors" not in ruleset:
            yield BYPASS.unread(Unread(f"ruleset {ruleset['name']!r}: only its administrators see the bypass list"))
        else:
            yield _of_ruleset(str(ruleset["name"]), ruleset["bypass_actors"], hole, is_let)
    protection = settings.protection
    if protection is not None and not isinstance(protection, Unread):
        is_bound = _binds_admins(protection)
        found = "administrators are bound too" if is_bound else "administrators are not bound"
        yield ADMINS.hold(holds=is_bound, found=found, otherwise=hole)
        names = _exempt(protection)
        if names:
            yield BYPASS.say(hole, f"branch protection: {', '.join(names)} need no pull request")


def without_bypassed(settings: GuardSettings, *, is_let: Callable[[Json], bool]) -> GuardSettings:
    """Return the settings with those rules alone that hold for everybody but the actors that are let."""
    rulesets = [ruleset for ruleset in settings.rulesets if not isinstance(ruleset, Unread)]
    held = {ruleset["id"] for ruleset in rulesets if _is_closed(ruleset, is_let)}
    rules = settings.rules
    if not isinstance(rules, Unread):
        rules = tuple(rule for rule in rules if rule.get("ruleset_id") in held)
    protection = settings.protection
    if protection is not None and not isinstance(protection, Unread):
        protection = protection if _binds_admins(protection) and not _exempt(protection) else None
    return replace(settings, rules=rules, protection=protection)


def _is_closed(ruleset: Json, is_let: Callable[[Json], bool]) -> bool:
    actors = ruleset.get("bypass_actors")
    return actors is not None and all(map(is_let, actors))


def _binds_admins(protection: Json) -> bool:
    return bool((protection.get("enforce_admins") or {}).get("enabled", False))


def _exempt(protection: Json) -> list[str]:
    allowed = (protection.get("required_pull_request_reviews") or {}).get("bypass_pull_request_allowances") or {}
    return [str(entry.get("login") or entry.get("slug")) for group in sorted(allowed) for entry in allowed[group]]


def _of_ruleset(name: str, actors: Sequence[Json], hole: Standing, is_let: Callable[[Json], bool]) -> Finding:
    if all(map(is_let, actors)):
        way = "app" if any(actor["actor_type"] == APP for actor in actors) else "deploy key"
        passes = f"the recorder's {way} alone" if actors else "nobody"
        return BYPASS.say(Standing.HOLDS, f"ruleset {name!r}: {passes}")
    told = ", ".join(f"{_named(actor)} ({_mode(actor)})" for actor in actors)
    is_traced = all(_mode(actor) == PULL_REQUEST_ONLY for actor in actors)
    return BYPASS.say(Standing.WEAK if is_traced else hole, f"ruleset {name!r}: {told}")


def is_recorder(actor: Json, *, app: int | None = None) -> bool:
    """Say whether a bypass is the one that the records take: a GitHub App's where one is named, else the deploy keys'.

    Where an app is named, no deploy key needs to pass. `recorder` looks at the keys themselves.
    """
    if app is None:
        return actor.get("actor_type") == DEPLOY_KEY
    return (actor.get("actor_type"), actor.get("actor_id")) == (APP, app)


def _named(actor: Json) -> str:
    number = actor.get("actor_id")
    return str(actor["actor_type"]) if number is None else f"{actor['actor_type']} {number}"


def _mode(actor: Json) -> str:
    return str(actor.get("bypass_mode", "always"))
