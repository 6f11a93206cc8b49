from typing import Any

import pytest

from promoter.errors import ProposalError
from promoter.gates.contract.finding import Finding
from promoter.gates.residency import GATE
from tests.support.candidates import EVALUATION, RAW, TRAINING, bind_parameters, judge_with, make_context, make_release
from tests.support.deployments import make_deployment

REGIONS = {"data_regions": ["eu", "us"], "deployment_regions": ["eu", "us"]}


def findings_on(
    parameters: dict[str, Any] | None = None, *, data: str | None = "eu", runs: list[str] | None = None
) -> list[Finding]:
    """Return the gate's findings where personal data lie in one region and the model runs in others."""
    datasets = [{**entry, "region": data} for entry in (RAW, TRAINING, EVALUATION)]
    deployment = make_deployment(regions=runs) if runs else None
    return judge_with(
        GATE,
        [],
        make_context(make_release(datasets=datasets, deployment=deployment)),
        **{**REGIONS, **(parameters or {})},
    )


def failed(findings: list[Finding]) -> list[str]:
    """Return the messages of what is not satisfied."""
    return [finding.message for finding in findings if finding.satisfied is not True]


def test_data_and_model_in_one_region_pass() -> None:
    """Three data sets, one region, one transfer within it."""
    found = findings_on(runs=["eu"])
    assert not failed(found)
    assert [*["data_region"] * 3, "deployment_region", "transfer"] == [finding.measure for finding in found]


def test_data_without_deployment_are_judged_alone() -> None:
    """A version may be registered before it is known where it runs."""
    assert 3 == len(findings_on())


@pytest.mark.parametrize(("region", "words"), [("cn", "cn"), (None, "a region that is not stated")])
def test_data_in_a_region_that_is_not_allowed_fail(region: str | None, words: str) -> None:
    """A region that nobody stated is not allowed either."""
    assert f"data set raw lies in {words}, allowed: eu, us" == failed(findings_on(data=region))[0]


def test_deployment_in_a_region_that_is_not_allowed_fails() -> None:
    """The region is named at its line."""
    found = findings_on({"deployment_regions": ["us"]}, runs=["eu"])
    [finding] = [finding for finding in found if finding.satisfied is False]
    assert ("deployment_region", "the version would run in eu, allowed: us") == (finding.measure, finding.message)
    assert finding.location.line is not None


def test_transfer_must_be_listed() -> None:
    """From eu to us is not what from us to eu is."""
    message = "personal data of eu may not be carried to us"
    assert [message] == failed(findings_on(runs=["eu", "us"]))
    assert [message] == failed(findings_on({"transfers": {"us": ["eu"]}}, runs=["eu", "us"]))
    assert not failed(findings_on({"transfers": {"eu": ["us"]}}, runs=["eu", "us"]))


def test_missing_deployment_fails_where_it_is_required() -> None:
    """The policy says whether it must be known."""
    assert ["the manifest does not say where the version would run"] == failed(
        findings_on({"require_deployment": True})
    )


def test_model_without_people_and_deployment_is_not_judged() -> None:
    """Unless all data sets are held."""
    datasets = [{**entry, "personal_data": False} for entry in (RAW, TRAINING, EVALUATION)]
    candidate = make_context(make_release(datasets=datasets)).candidate
    reason = "no data set is about people, and the manifest has no deployment"
    assert reason == GATE.why_not(bind_parameters(GATE, **REGIONS), candidate)
    assert GATE.why_not(bind_parameters(GATE, **REGIONS, data_sets="all"), candidate) is None
    assert GATE.why_not(bind_parameters(GATE, **REGIONS, require_deployment=True), candidate) is None


def test_unknown_parameters_are_refused() -> None:
    """No region at all is no policy."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, data_regions=[], deployment_regions=["eu"])
