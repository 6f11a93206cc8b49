from typing import Any

import pytest

from promoter.errors import ProposalError
from promoter.gates.contract.finding import Finding
from promoter.gates.environment_parity import GATE
from promoter.measure.request import Measured
from tests.support.candidates import bind_parameters, judge_with, make_context, make_release, measured
from tests.support.deployments import make_deployment

COLUMNS = measured(columns={"id": "string", "income": "float"})


def findings_on(
    answers: Any = COLUMNS, *, champion: Any = None, deployment: Any = None, **parameters: Any
) -> list[Finding]:
    """Return the gate's findings; `champion` is its deployment section."""
    served = make_release(version="1.0.0", deployment=champion) if champion is not None else None
    release = make_release(deployment=deployment or make_deployment())
    return judge_with(GATE, answers, make_context(release, champion=served), **parameters)


def runtime(version: str) -> dict[str, Any]:
    """Return a deployment with this version of Python."""
    return make_deployment(runtime={"python": version})


def test_same_environment_passes() -> None:
    """Component, region and schema agree."""
    found = findings_on(champion=make_deployment())
    assert [("runtime", True), ("region", True), ("data_schema", True)] == [
        (finding.measure, finding.satisfied) for finding in found
    ]


@pytest.mark.parametrize(
    ("version", "agree", "satisfied"),
    [
        ("3.11.9", "exact", True),
        ("3.11.8", "exact", False),
        ("3.11.8", "minor", True),
        ("v3.11", "minor", True),
        ("3.12.0", "minor", False),
        ("3.1.19", "minor", False),
        ("3.12.0", "major", True),
        ("4.0", "major", False),
        ("3", "minor", None),
        ("latest", "major", None),
    ],
)
def test_versions_agree_as_closely_as_is_asked(version: str, agree: str, satisfied: bool | None) -> None:
    """The champion runs 3.11.9; what does not begin with numbers cannot be compared."""
    components = [{"name": "python", "agree": agree}]
    finding = findings_on(champion=make_deployment(), deployment=runtime(version), components=components)[0]
    assert satisfied is finding.satisfied


def test_component_that_is_not_stated_fails() -> None:
    """The hint says where to write it."""
    finding = findings_on(components=[{"name": "cuda"}])[0]
    assert (False, "the runtime states no version of cuda") == (finding.satisfied, finding.message)


def test_first_version_need_only_state_its_components() -> None:
    """There is nothing to agree with."""
    assert findings_on()[0].message == "the runtime has python 3.11.9; there is no champion to agree with"
    assert findings_on()[0].satisfied is True


def test_champion_without_deployment_or_component_is_undecided() -> None:
    """What production runs in is not known."""
    release = make_release(deployment=make_deployment())
    context = make_context(release, champion=make_release(version="1.0.0"))
    assert judge_with(GATE, COLUMNS, context)[0].satisfied is None
    assert findings_on(champion=make_deployment(runtime={}))[0].satisfied is None


def test_region_of_the_champion_must_be_covered() -> None:
    """Callers in us would meet the old version for ever."""
    finding = findings_on(champion=make_deployment(regions=["eu", "us"]))[2]
    assert (False, "the champion runs in us, this version would not") == (finding.satisfied, finding.message)
    assert not [one for one in findings_on(champion=make_deployment(), regions="ignore") if one.measure == "region"]


def test_column_that_changed_its_type_fails() -> None:
    """Both types are told; columns that are no feature do not matter."""
    found = findings_on([COLUMNS, measured(columns={"id": "int", "income": "string"})])
    assert (False, "current against reference: income is string, was float") == (
        found[-1].satisfied,
        found[-1].message,
    )


@pytest.mark.parametrize("answer", [measured(), Measured()])
def test_columns_that_were_not_listed_are_undecided(answer: Measured) -> None:
    """An engine that lists no columns has not looked."""
    assert findings_on([COLUMNS, answer])[-1].satisfied is None


def test_types_are_not_measured_where_the_policy_ignores_them() -> None:
    """What is not asked is not measured."""
    assert () == GATE.measures(bind_parameters(GATE, data_schema="ignore"), make_context().candidate)


def test_version_without_deployment_is_not_judged_unless_required() -> None:
    """The policy says whether it must be known."""
    context = make_context()
    assert GATE.why_not(bind_parameters(GATE), context.candidate) == "the manifest has no deployment"
    found = judge_with(GATE, COLUMNS, context, require_deployment=True)
    assert (False, "deployment") == (found[0].satisfied, found[0].measure)


def test_unknown_parameters_are_refused() -> None:
    """No component at all is no policy."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, components=[])
