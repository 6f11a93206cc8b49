"""Which pull requests are judged at all, by where they come from and go to."""

from collections.abc import Iterator

from promoter.errors import Location, Problem
from promoter.github.facts import Facts
from promoter.policy.settings import Settings

FORKS_JUDGED = "judge"
"""The value of `forks` in policies/registry.yaml with which proposals of strangers are judged."""


def refuses_fork(facts: Facts, settings: Settings) -> bool:
    """Say whether the change comes from a fork, and the base's registry takes none."""
    return facts.is_fork and settings.forks != FORKS_JUDGED


def admission_problems(facts: Facts, settings: Settings) -> Iterator[Problem]:
    """Yield why a pull request is refused for its origin or its target. `settings` are the base's."""
    if not facts.is_for_default_branch:
        message = f"the pull request goes to {facts.target!a}, whose rules nobody guards"
        hint = f"change its base to {facts.default_branch}"
        yield Problem(Location("the pull request's base"), message, hint)
    if refuses_fork(facts, settings):
        message = "the pull request comes from a fork, and this registry takes proposals from its own branches alone"
        hint = "push the branch to this repository; to judge forks, its owners set `forks: judge`"
        yield Problem(Location("policies/registry.yaml"), message, hint)
