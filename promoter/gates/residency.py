"""Holds where data lie, and where a model that was made from them runs, against the regions that are allowed.

## Checks
Each held data set names a region that is allowed; each deployment region is allowed; and each region of personal
data may be carried to each region of the deployment.

## Why
Personal data may leave some regions under conditions only, and a model can give back what it was trained on. A region
that was right for the data need not be right for the model.

## Parameters
`data_regions`, `deployment_regions`, `transfers`, `data_sets`, `require_deployment`.

## Decision rule
Exact, on the names of regions. A transfer within one region is always allowed; any other must be listed.

## Undecidable when
Never: a region that is not stated is a failure. Not judged where no data set is held and nothing would be deployed.

## Example
```yaml
schema: promoter.policy/1
id: data-residency
title: Data and models stay where they may be
category: privacy
owner: compliance
rationale: GDPR, Chapter V (transfers to third countries).
gate: residency
parameters:
  data_regions: [eu, us]
  deployment_regions: [eu, us]
  transfers: {us: [eu]}
severity: high
enforcement: block
remediation: Deploy in a region to which the data may go, or ask compliance for the transfer's safeguards.
```

## Sources
GDPR, Articles 44 to 49. EDPB Recommendations 01/2020 (supplementary measures for transfers).
"""

from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import Field

from promoter.gates.contract.candidate import Candidate, Context, Release
from promoter.gates.contract.claim import claim
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate, Parameters
from promoter.measure.request import Measurements, Request
from promoter.policy.policy import Category
from promoter.registry.address import Identifier
from promoter.registry.datasets import Dataset


class ResidencyParameters(Parameters):
    """Where data and deployments may be, and what may be carried where."""

    data_regions: tuple[Identifier, ...] = Field(description="Regions in which data sets may lie.", min_length=1)
    deployment_regions: tuple[Identifier, ...] = Field(description="Regions in which a model may run.", min_length=1)
    transfers: dict[Identifier, tuple[Identifier, ...]] = Field(
        default_factory=dict,
        description="Region of personal data to the other regions in which a model made from them may run; none by"
        " default: a transfer needs a ground.",
    )
    data_sets: Literal["personal", "all"] = Field(
        default="personal", description="Which data sets are held; personal by default: laws bind those to places."
    )
    require_deployment: bool = Field(
        default=False,
        description="Whether the manifest must have a deployment; not by default: a version may be registered before"
        " it is known where it will run.",
    )


def _held(parameters: ResidencyParameters, release: Release) -> list[tuple[int, Dataset]]:
    datasets = enumerate(release.manifest.datasets)
    return [(index, each) for index, each in datasets if parameters.data_sets == "all" or each.personal_data]


def measures(parameters: ResidencyParameters, candidate: Candidate) -> Sequence[Request]:
    """Return no request: the manifest says all."""
    return ()


def judge(
    parameters: ResidencyParameters,
    measurements: Measurements,
    context: Context,
) -> Sequence[Finding]:
    """Return a finding a held data set, a deployment region, and a pair of both."""
    release = context.candidate.release
    findings = [_lies(index, dataset, parameters, release) for index, dataset in _held(parameters, release)]
    deployment = release.manifest.deployment
    if deployment is None and parameters.require_deployment:
        findings.append(
            claim(
                "deployment",
                satisfied=False,
                message="the manifest does not say where the version would run",
                location=release.locate("deployment"),
                hint="add deployment with its regions",
            )
        )
    for position, region in enumerate(deployment.regions if deployment else ()):
        findings.append(_runs(position, region, parameters, release))
        findings += _carried(position, region, parameters, release)
    return findings


def _lies(index: int, dataset: Dataset, parameters: ResidencyParameters, release: Release) -> Finding:
    is_allowed = dataset.region in parameters.data_regions
    allowed = ", ".join(parameters.data_regions)
    return claim(
        "data_region",
        satisfied=is_allowed,
        message=f"data set {dataset.id} lies in {dataset.region or 'a region that is not stated'}, allowed: {allowed}",
        location=release.locate("datasets", index, "region"),
        hint=f"state the region in which it is stored, or move it to {allowed}",
        slice_=(("dataset", dataset.id),),
    )


def _runs(position: int, region: str, parameters: ResidencyParameters, release: Release) -> Finding:
    allowed = ", ".join(parameters.deployment_regions)
    return claim(
        "deployment_region",
        satisfied=region in parameters.deployment_regions,
        message=f"the version would run in {region}, allowed: {allowed}",
        location=release.locate("deployment", "regions", position),
        hint=f"deploy in {allowed}, or ask compliance to allow {region}",
        slice_=(("region", region),),
    )


def _carried(position: int, region: str, parameters: ResidencyParameters, release: Release) -> Iterator[Finding]:
    """Yield whether each region of personal data may be carried to a deployment region."""
    people = (dataset for dataset in release.manifest.datasets if dataset.personal_data and dataset.region)
    sources = dict.fromkeys(dataset.region or "" for dataset in people)
    for source in sources:
        is_allowed = source == region or region in parameters.transfers.get(source, ())
        yield claim(
            "transfer",
            satisfied=is_allowed,
            message=f"personal data of {source} {'may' if is_allowed else 'may not'} be carried to {region}",
            location=release.locate("deployment", "regions", position),
            hint=f"deploy in {source}, or let compliance add {region} to the transfers from {source}",
            slice_=(("from", source), ("to", region)),
        )


def _why_not(parameters: ResidencyParameters, candidate: Candidate) -> str | None:
    release = candidate.release
    if _held(parameters, release) or release.manifest.deployment or parameters.require_deployment:
        return None
    return "no data set is about people, and the manifest has no deployment"


GATE = Gate(
    name="residency",
    category=Category.PRIVACY,
    parameters=ResidencyParameters,
    measures=measures,
    judge=judge,
    not_applicable=_why_not,
)
