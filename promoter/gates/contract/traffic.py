"""What a stay in the stage before has shown: enough requests, answered, and without harm."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from pydantic import Field, model_validator

from promoter.document.strict import Strict
from promoter.errors import Location
from promoter.gates.contract.candidate import Candidate, Context, Observed
from promoter.gates.contract.claim import claim
from promoter.gates.contract.finding import Finding, hold
from promoter.gates.contract.missing import advise
from promoter.gates.contract.record_of_stage import Stay
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measured, Measurements, Table
from promoter.measure.requests_traffic import ServedTraffic
from promoter.measure.statistics.intervals import clopper_pearson
from promoter.policy.bound import Bound, DecideOn, ShareBound

_MORE = "let it serve longer, and add the observation of that time to the model's observations/"
_HINTS = {
    "requests": _MORE,
    "error_rate": "find out why it gave no answer: time limits, missing features, errors",
    "harm_rate": "read the requests on which it did harm, and register a mended version",
}


class TrafficRule(Strict):
    """How much a stay must have seen, and how much may have gone wrong in it."""

    min_requests: int = Field(ge=1, description="Fewest requests that the stage served in this stay, 1 or more.")
    errors: ShareBound | None = Field(
        default=None, description="Bound on the share of requests without an answer, [0, 1]; none by default."
    )
    harm: ShareBound | None = Field(
        default=None, description="Bound on the share of judged requests that did harm, [0, 1]; none by default."
    )
    min_judged: int = Field(
        default=200, ge=1, description="Requests judged for harm below which it is not decided; 200 by default."
    )

    @model_validator(mode="after")
    def _bounds_point_the_right_way(self) -> "TrafficRule":
        for name, bound in (("errors", self.errors), ("harm", self.harm)):
            if bound is not None and bound.at_most is None:
                raise ValueError(f"{name} is bounded from above; write at_most")
        return self


def traffic_requests(candidate: Candidate) -> tuple[ServedTraffic, ...]:
    """Return one request an observation of the version in the stage before."""
    return tuple(dict.fromkeys(map(_request, candidate.observations)))


def hold_traffic(
    rule: TrafficRule, stay: Stay | None, measurements: Measurements, context: Context
) -> Iterator[Finding]:
    """Yield whether each observation may be counted, and what those of this stay come to."""
    counted: list[tuple[Observed, Measured]] = []
    known = sorted(context.candidate.observations, key=lambda each: each.observation.observed_from)
    for observed in known:
        if stay is not None and observed.observation.observed_from >= stay.entered_at:
            measured = measurements[_request(observed)]
            yield _is_sound(observed, measured, counted, context)
            counted.append((observed, measured))
    place = context.candidate.place
    answers = [measured for _, measured in counted]
    requests = _sum("requests", answers)
    if not answers and known:
        why = f"nobody observed this stay: {len(known)} observation(s) of the version began before it"
        requests = replace(requests, undecidable=why)
    bounds = [(requests, Bound(at_least=rule.min_requests))]
    if rule.errors is not None:
        bounds.append((_share("error_rate", _sum("errors", answers), requests, rule.errors), rule.errors))
    if rule.harm is not None:
        judged = _sum("judged", answers)
        harm = _share("harm_rate", _sum("harmed", answers), judged, rule.harm, min_n=rule.min_judged)
        bounds.append((harm, rule.harm))
    for found, bound in bounds:
        finding = hold(found, bound, location=place, near_miss=context.near_miss)
        yield advise(finding, failed=_HINTS[found.measure], undecided=_MORE)


def _request(observed: Observed) -> ServedTraffic:
    columns, observation = observed.observation.columns, observed.observation
    table = Table(content=observation.digest, format=observation.format, id=columns.id, timestamp=columns.timestamp)
    return ServedTraffic(table=table, answer=columns.prediction or columns.score or "", harm=observation.harm)


def _is_sound(
    observed: Observed, measured: Measured, counted: Sequence[tuple[Observed, Measured]], context: Context
) -> Finding:
    """Return whether the rows lie in the period that the file names, once each, and in no other observation's."""
    own, at = observed.observation, context.at
    earliest, latest = (measured.facts.get(name) for name in ("earliest", "latest"))
    repeated = measured.find("duplicate_ids")
    other = next((one for one, _ in counted if one.observation.observed_to > own.observed_from), None)
    satisfied: bool | None = False
    if earliest is None or latest is None:
        satisfied, message = None, "nobody knows when its rows were served"
    elif not own.observed_from <= _moment(earliest) <= _moment(latest) <= own.observed_to:
        message = f"its rows are of {earliest} to {latest}, outside of the period that it names"
    elif own.observed_to > at:
        message = f"it ends at {own.observed_to.isoformat()}, after the decision"
    elif other is not None:
        message = f"its period overlaps that of {other.path.rpartition('/')[2]}: requests would count twice"
    elif repeated is None or repeated.value is None:
        satisfied, message = None, "nobody knows whether its rows are requests of their own: it names no id column"
    elif repeated.value:
        message = f"{repeated.value:.0f} of its rows repeat the id of another"
    else:
        satisfied, message = True, f"its rows are of {earliest} to {latest}"
    return claim(
        "observation",
        satisfied=satisfied,
        message=f"observation {observed.path.rpartition('/')[2]}: {message}",
        location=Location(observed.path),
        hint="export the rows of one period without overlap, each with its id and its moment, in a pull request of its"
        " own",
        slice_=(("observation", observed.path.rpartition("/")[2].removesuffix(".yaml")),),
    )


def _moment(text: str) -> datetime:
    """Return a measured moment; one without an offset is in UTC, as evidence is written."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _sum(measure: str, answers: Sequence[Measured]) -> Measurement:
    """Return a count over all observations; undecidable without any, or where one of them did not count it."""
    found = [answer.find(measure) for answer in answers]
    reasons = [each.undecidable or "no number" if each else "it was not measured" for each in found]
    values = [each.value for each in found if each is not None and each.value is not None]
    if not answers:
        return Measurement(measure=measure, n=0, unit="request", undecidable="nobody observed this stay")
    if len(values) < len(found):
        why = next(reason for each, reason in zip(found, reasons, strict=True) if each is None or each.value is None)
        return Measurement(measure=measure, n=0, unit="request", undecidable=why)
    return Measurement(measure=measure, value=float(sum(values)), n=int(sum(values)), unit="request")


def _share(measure: str, count: Measurement, among: Measurement, bound: Bound, *, min_n: int = 1) -> Measurement:
    """Return count / among, with its exact (Clopper-Pearson) 95 % interval where the interval decides."""
    why = count.undecidable or among.undecidable
    n = int(among.value or 0)
    if why is None and n < min_n:
        why = f"{n} requests were judged, the policy asks for {min_n}"
    if why is not None or count.value is None:
        return Measurement(measure=measure, n=n, unit="fraction", undecidable=why or "there is no count")
    interval = None
    if bound.decide_on is DecideOn.INTERVAL:
        interval = clopper_pearson(int(count.value), n)
    return Measurement(measure=measure, value=count.value / n, n=n, unit="fraction", interval=interval)
