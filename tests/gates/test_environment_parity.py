from typing import Any

import pytest

from promoter.errors import ProposalError
from promoter.gates.contract.candidate import Release
from promoter.gates.contract.finding import Finding
from promoter.gates.environment_parity import GATE
from promoter.measure.request import Measured
from promoter.policy.policy import NearMiss
from tests.support.candidates import bind_parameters, digest_of, judge_with, make_context, make_release, measured
from tests.support.deployments import make_deployment
from tests.support.stages import make_move

COLUMNS = measured(columns={"id": "string", "income": "float"})
SERVED = make_release(deployment=make_deployment())


def findings_on(
    answers: Any = COLUMNS,
    *,
    deployment: Any = None,
    upstream: Release | None = SERVED,
    champion: Any = None,
    environments: Any = None,
    near_miss: NearMiss | None = None,
    **parameters: Any,
) -> list[Finding]:
    """Return the gate's findings on a move from staging, which serves `upstream`, to production."""
    served = make_release(version="1.0.0", deployment=champion) if champion is not None else None
    release = make_release(deployment=deployment or make_deployment())
    context = make_move(release, champion=served, upstream=upstream, environments=environments, near_miss=near_miss)
    return judge_with(GATE, answers, context, **parameters)


def runtime(version: str) -> dict[str, Any]:
    """Return a deployment with this version of Python."""
    return make_deployment(runtime={"python": version})


def test_one_package_in_both_stages_passes() -> None:
    """Image, component, resources and schema are those of staging."""
    found = findings_on(champion=make_deployment())
    names = ["image", "runtime", "cpu_cores", "memory_mib", "accelerator", "data_schema", "region", "data_schema"]
    assert [(name, True) for name in names] == [(finding.measure, finding.satisfied) for finding in found]


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
    """Staging runs 3.11.9; what does not begin with numbers cannot be compared."""
    components = [{"name": "python", "agree": agree}]
    finding = findings_on(deployment=runtime(version), components=components)[1]
    assert satisfied is finding.satisfied


def test_what_stagings_pointer_says_counts_and_not_its_versions_package() -> None:
    """The very same version ran in staging on another Python and another image: both are told."""
    environment = {"image_digest": digest_of("9"), "runtime": {"python": "3.10.1"}}
    found = findings_on(environments={"staging": environment})
    assert [("image", False), ("runtime", False), ("cpu_cores", True)] == [
        (finding.measure, finding.satisfied) for finding in found[:3]
    ]
    assert "python 3.11.9 does not agree with 3.10.1 of staging (minor)" == found[1].message


def test_both_pointers_may_state_the_same_environment() -> None:
    """What the move to production says of its own stage is what is held against staging."""
    environment = {"image_digest": digest_of("9"), "runtime": {"python": "3.10.1"}}
    found = findings_on(environments={"staging": environment, "production": environment})
    assert all(finding.satisfied for finding in found)


@pytest.mark.parametrize(
    ("cores", "resources", "expected"), [(2, "at_least", True), (4, "at_least", True), (1, "at_least", False)]
)
def test_production_has_at_least_the_cores_of_staging(cores: float, resources: str, expected: bool) -> None:
    """Two cores were tried: more do no harm, and equality passes."""
    given = make_deployment(resources={"cpu_cores": cores, "memory_mib": 1024})
    finding = findings_on(deployment=given, resources=resources)[2]
    assert ("cpu_cores", expected, cores - 2) == (finding.measure, finding.satisfied, finding.margin)


def test_resources_that_must_be_the_same_may_not_grow() -> None:
    """Four cores where two were tried fail the bound from above."""
    found = findings_on(deployment=make_deployment(resources={"cpu_cores": 4, "memory_mib": 1024}), resources="same")
    assert [True, False] == [finding.satisfied for finding in found if finding.measure == "cpu_cores"]


def test_memory_that_is_short_by_little_is_near() -> None:
    """A tenth is the policy's band."""
    given = make_deployment(resources={"cpu_cores": 2, "memory_mib": 1000})
    finding = findings_on(deployment=given, near_miss=NearMiss(relative=0.1))[3]
    assert (False, True) == (finding.satisfied, finding.is_near)


def test_another_accelerator_fails() -> None:
    """Staging had none."""
    given = make_deployment(resources={"cpu_cores": 2, "memory_mib": 1024, "accelerator": "l4"})
    finding = findings_on(deployment=given)[4]
    assert (False, "the accelerator is l4, the stage before has none") == (finding.satisfied, finding.message)


@pytest.mark.parametrize("changed", [{"resources": None}, {"runtime": {}}])
def test_what_staging_does_not_state_is_undecided(changed: dict[str, Any]) -> None:
    """Nobody knows in what it ran."""
    served = {key: value for key, value in {**make_deployment(), **changed}.items() if value is not None}
    found = findings_on(upstream=make_release(version="1.0.0", deployment=served))
    assert [None] == [finding.satisfied for finding in found if not finding.satisfied]


def test_staging_without_any_deployment_is_undecided_throughout() -> None:
    """Image, runtime and resources were stated nowhere."""
    found = findings_on(upstream=make_release(version="1.0.0"))
    assert [("image", None), ("runtime", None), ("resources", None)] == [
        (finding.measure, finding.satisfied) for finding in found[:3]
    ]


def test_stage_before_that_serves_nothing_is_undecided() -> None:
    """The version has run nowhere."""
    finding = findings_on(upstream=None)[0]
    assert (None, "environment") == (finding.satisfied, finding.measure)


def test_component_that_is_not_stated_fails() -> None:
    """The hint says where to write it."""
    finding = findings_on(components=[{"name": "cuda"}])[1]
    assert (False, "the runtime states no version of cuda") == (finding.satisfied, finding.message)


def test_first_stage_need_only_state_its_components() -> None:
    """There is nothing that it could differ from."""
    release = make_release(deployment=make_deployment())
    [finding, _] = judge_with(GATE, COLUMNS, make_move(release, stage="staging"))
    assert finding.satisfied is True
    assert "the runtime has python 3.11.9; no stage comes before that it could differ from" == finding.message


def test_columns_that_staging_was_never_fed_fail() -> None:
    """Staging serves another version, whose feature has another type."""
    features = [{"name": "income", "dtype": "string", "origin": "raw.income"}]
    signature = {"features": features, "prediction": {"name": "y_score", "dtype": "float"}}
    other = make_release(version="1.0.0", deployment=make_deployment(), signature=signature)
    finding = findings_on(upstream=other)[5]
    assert False is finding.satisfied
    assert "features against 1.0.0, which staging serves: income is float, was string" == finding.message


@pytest.mark.parametrize(("ours", "satisfied"), [("v7", True), ("v8", False), (None, None)])
def test_stated_data_schemas_are_equal(ours: str | None, satisfied: bool | None) -> None:
    """Staging is fed by schema v7; one side alone decides nothing."""
    environments = {"staging": {"data_schema": "v7"}, "production": {"data_schema": ours} if ours else None}
    assert satisfied is findings_on(environments=environments)[5].satisfied


def test_what_the_policy_ignores_is_not_compared() -> None:
    """Only the component is left."""
    found = findings_on(image="ignore", resources="ignore", data_schema="ignore", regions="ignore")
    assert ["runtime"] == [finding.measure for finding in found]


def test_region_of_the_champion_must_be_covered() -> None:
    """Callers in us would meet the old version for ever."""
    found = findings_on(champion=make_deployment(regions=["eu", "us"]))
    finding = [finding for finding in found if finding.measure == "region"][1]
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
