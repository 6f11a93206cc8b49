"""The table of gates: the built-in ones by name, and an organisation's own by entry point."""

from importlib.metadata import EntryPoint, entry_points

from promoter.document.nearest import did_you_mean
from promoter.errors import Location, PolicyError, Problem
from promoter.gates import (
    access_control,
    artifact_integrity,
    artifact_safety,
    calibration,
    champion_regression,
    change_record,
    data_quality,
    documentation,
    encryption,
    environment_parity,
    evaluation_suite,
    fairness,
    feature_drift,
    freeze_window,
    freshness,
    intended_use,
    latency,
    leakage,
    licences,
    lineage,
    metadata,
    monitoring_readiness,
    performance,
    prediction_drift,
    privacy,
    proxy,
    reproducibility,
    residency,
    return_to_service,
    review_interval,
    rollback_drill,
    schema,
    secrets,
    sensitive_attributes,
    shadow,
    signature,
    slices,
    soak,
    stage_order,
    tests,
    vulnerabilities,
    withdrawn,
)
from promoter.gates.contract.gate import Gate

ENTRY_POINT_GROUP = "promoter.gates"
"""A distribution adds gates as `name = "package.module:GATE"` in this group."""

BUILT_IN: tuple[Gate, ...] = (
    access_control.GATE,
    artifact_integrity.GATE,
    artifact_safety.GATE,
    calibration.GATE,
    champion_regression.GATE,
    change_record.GATE,
    data_quality.GATE,
    documentation.GATE,
    encryption.GATE,
    environment_parity.GATE,
    evaluation_suite.GATE,
    fairness.GATE,
    feature_drift.GATE,
    freeze_window.GATE,
    freshness.GATE,
    intended_use.GATE,
    latency.GATE,
    leakage.GATE,
    licences.GATE,
    lineage.GATE,
    metadata.GATE,
    monitoring_readiness.GATE,
    performance.GATE,
    prediction_drift.GATE,
    privacy.GATE,
    proxy.GATE,
    reproducibility.GATE,
    residency.GATE,
    return_to_service.GATE,
    review_interval.GATE,
    rollback_drill.GATE,
    schema.GATE,
    secrets.GATE,
    sensitive_attributes.GATE,
    shadow.GATE,
    signature.GATE,
    slices.GATE,
    soak.GATE,
    stage_order.GATE,
    tests.GATE,
    vulnerabilities.GATE,
    withdrawn.GATE,
)

_BY_NAME = {gate.name: gate for gate in BUILT_IN}
_ANYWHERE = Location("policies")


def find_gate(name: str, *, location: Location = _ANYWHERE) -> Gate:
    """Return the gate of that name, a built-in one first; an organisation's own is imported when it is asked for.

    Raises PolicyError at `location` where no gate has the name, or where an entry point is not what it should be.
    """
    if name in _BY_NAME:
        return _BY_NAME[name]
    own = entry_points(group=ENTRY_POINT_GROUP, name=name)
    if len(own) > 1:
        values = ", ".join(sorted(point.value for point in own))
        raise PolicyError(
            Problem(location, f"gate {name!r} is offered more than once: {values}", "uninstall all but one of them")
        )
    for point in own:
        return _load(point, location=location)
    known = gate_names()
    hint = f"{did_you_mean(name, known)}known gates: {', '.join(known)}"
    raise PolicyError(Problem(location, f"no gate is called {name!r}", hint))


def gate_names() -> tuple[str, ...]:
    """Return the names of all gates that a policy may use, sorted, without importing an organisation's own."""
    own = {point.name for point in entry_points(group=ENTRY_POINT_GROUP)}
    return tuple(sorted(own | set(_BY_NAME)))


def _load(point: EntryPoint, *, location: Location) -> Gate:
    """Import an organisation's gate. Raises PolicyError where it cannot be, or is no gate of that name."""
    try:
        gate = point.load()
    except (ImportError, AttributeError) as exc:
        problem = Problem(location, f"gate {point.name!r} cannot be imported from {point.value}: {exc}", "reinstall it")
        raise PolicyError(problem) from exc
    if not isinstance(gate, Gate) or gate.name != point.name:
        raise PolicyError(
            Problem(
                location,
                f"entry point {point.name!r} names {point.value}, which is no gate called {point.name!r}",
                "point it at the module's GATE constant, and give both the same name",
            )
        )
    return gate
