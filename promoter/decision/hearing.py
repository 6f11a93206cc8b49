"""One change before the people who must agree to it: what is known, and by which rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from promoter.decision.docket import Item
from promoter.decision.exclusion import CommitTrace, Exclusion
from promoter.decision.membership import Membership
from promoter.decision.reviews import ReviewFacts
from promoter.decision.scope import Backdrop
from promoter.policy.rulebook import RuleBook

MAX_AGE_DAYS = 14.0
"""An approval older than this says little about the champion and the data of today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """All that is known of who made and who reviewed a change: GitHub's facts, the commits of its graph, the trees."""

    facts: ReviewFacts
    commits: tuple[CommitTrace, ...]
    backdrop: Backdrop
    max_age_days: float = MAX_AGE_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """One change before its panel."""

    item: Item
    needed: Mapping[str, int]
    panel: Panel
    rules: RuleBook
    membership: Membership
    exclusion: Exclusion
    at: datetime
