"""Structured comparators: the only way in which a policy holds a number against a limit."""

from enum import StrEnum

from pydantic import Field, model_validator

from promoter.document.strict import Strict


class DecideOn(StrEnum):
    """Which number is compared: the estimate, or the unfavourable end of its interval."""

    POINT = "point"
    INTERVAL = "interval"


class Bound(Strict):
    """A limit on one side, in the measure's unit; equality passes."""

    at_least: float | None = Field(default=None, description="Smallest value that passes.")
    at_most: float | None = Field(default=None, description="Largest value that passes.")
    decide_on: DecideOn = Field(
        default=DecideOn.POINT,
        description="point: the estimate decides; interval: passes when the whole interval is inside, fails when it"
        " is wholly outside, else inconclusive.",
    )

    @model_validator(mode="after")
    def _has_one_side(self) -> "Bound":
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("needs exactly one of at_least and at_most")
        return self

    @property
    def limit(self) -> float:
        """The number of the bound."""
        return self.at_least if self.at_least is not None else self.at_most  # type: ignore[return-value]

    @property
    def comparator(self) -> str:
        """The comparison as a sign: >= or <=."""
        return ">=" if self.at_least is not None else "<="

    def margin(self, value: float) -> float:
        """Return how far a value is inside the bound; negative is outside."""
        return value - self.limit if self.at_least is not None else self.limit - value

    def is_looser_than(self, other: "Bound") -> bool:
        """Say whether this bound lets something pass that the other would not: what an overlay may not do."""
        if self.comparator != other.comparator:
            return True
        loosens_rule = other.decide_on is DecideOn.INTERVAL and self.decide_on is DecideOn.POINT
        return loosens_rule or self.margin(other.limit) > 0


class ShareBound(Bound):
    """A limit on a share, a fraction in [0, 1]: one in percent is refused when it is read."""

    @model_validator(mode="after")
    def _is_a_fraction(self) -> "ShareBound":
        if not 0 <= self.limit <= 1:
            hint = f"; write {self.limit / 100:g}" if 1 < self.limit <= 100 else ""
            raise ValueError(f"a share lies in [0, 1], and the bound is {self.limit:g}{hint}")
        return self


class MeasureBound(Bound):
    """A limit on a named measure."""

    measure: str = Field(description="The measure's usual name, such as roc_auc.", min_length=1)
