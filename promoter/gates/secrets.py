"""Holds all that a change adds to containing no secret, and the manifest to naming secrets by reference.

## Checks
No text in the version's folder, the manifest and reports included, and no text that a commit of the change brings in,
holds what looks like a key, token, password or private key. Each entry of the deployment's secrets is a reference into
a store, by its prefix.

## Why
What is pushed is known to everybody who can read the repository, for good: neither a later commit nor a revert takes
it back.

## Parameters
`max_secrets`, `reference_prefixes`, `with_entropy`.

## Decision rule
A place counts once for each type of secret on its line. detect-secrets' detectors are asked one by one, without its
filters and without its verification; beside them own patterns of issuers' published prefixes, of passwords in URLs and
of values behind words such as password. Random-looking quoted strings (4.5 bits a character or more) count only in
Markdown, YAML and plain texts that are no evidence, since signatures are random. What each commit from the base to the
head adds is searched, whether or not the head still has it: the model's folder, and all that belongs to no model. Of
the version itself neither data tables nor the artifact are searched, nor is any file that is no text. The secret is
never shown: the finding says path, line, type and commit. A comment in the file exempts nothing; a false alarm is
waived. A change without a version (of the rules, a withdrawal, a retirement, an incident, a page) is searched where
`applies_to.kinds` names its kind: the whole of it, but for what another change of the pull request answers for. Of a
rollback only what its commits add is searched: the version that returns was searched before.

## Undecidable when
There is nothing to search: no text in the version's folder, and none that the change adds. A text that cannot be
read, or is larger than 32 MiB, ends in an error.

## Example
```yaml
schema: promoter.policy/1
id: no-secrets
title: No secret is in the repository
category: security
owner: platform
rationale: What is pushed once is known for good.
gate: secrets
applies_to:
  kinds: [registration, promotion, rollback, withdrawal, retirement, restoration, governance, upkeep]
parameters:
  reference_prefixes: ["vault:", "arn:aws:secretsmanager:"]
severity: critical
enforcement: block
remediation: Revoke the secret first, then take it out of the file and of the branch's history; name it by reference.
```

## Sources
CWE-798 (hard-coded credentials). NIST SP 800-218, PS.1. OWASP ASVS 4.0.3, 2.10.4. Yelp/detect-secrets 1.5. Shannon
1948.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import Field

from promoter.errors import Location
from promoter.gates.contract.candidate import Added, Candidate, Context, Release
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import FileRule, Gate, Parameters
from promoter.measure.measurement import Slice
from promoter.measure.reports.request import SecretScan
from promoter.measure.request import Measured, Measurements, Request
from promoter.policy.policy import Category
from promoter.registry.changes import ChangeKind
from promoter.registry.evidence import EvidenceFormat

_TABLES = frozenset({EvidenceFormat.PARQUET, EvidenceFormat.CSV})
_WRITTEN = (".md", ".yaml", ".yml", ".txt")
"""Names of what people write: there a random-looking string stands out."""

_MOST_SHOWN = 20
_SHORT_COMMIT = 12


@dataclass(frozen=True, slots=True)
class _Text:
    """A text to search: its path, what it is called in findings, and the commit that brought it in, where known."""

    path: str
    name: str
    request: SecretScan
    commit: str | None
    is_own: bool
    """Whether it belongs to the version as it would be merged."""


class SecretsParameters(Parameters):
    """What may look like a secret."""

    max_secrets: int = Field(
        default=0, ge=0, description="Most places a file that look like a secret; 0 by default: one is enough to leak."
    )
    reference_prefixes: tuple[str, ...] = Field(
        default=("vault:", "arn:aws:secretsmanager:", "projects/", "azure-keyvault:", "k8s:"),
        min_length=1,
        description="Beginnings of references into a store; the usual stores by default.",
    )
    with_entropy: bool = Field(
        default=True,
        description="Whether random-looking quoted strings count; true by default: not all keys have names.",
    )


def measures(parameters: SecretsParameters, candidate: Candidate) -> Sequence[Request]:
    """Return one request a text of the version's folder, and one a text that a commit brings in."""
    return tuple(dict.fromkeys(text.request for text in _texts(parameters, candidate)))


def _texts(parameters: SecretsParameters, candidate: Candidate) -> Iterator[_Text]:
    """Yield the version's texts, then what else the commits add.

    Reports are named by the digest that the manifest pins, as their size may be that of evidence.
    """
    release, manifest = candidate.release, candidate.release.manifest
    folder = _folder(release)
    evidence = {entry.uri: entry for entry in manifest.evidence}
    if candidate.kind is ChangeKind.ROLLBACK:
        yield from _added_texts(parameters, candidate.added)
        return
    commits = {(file.path, file.content): file.commit for file in candidate.added}
    for name, content in sorted(release.files.items()):
        path, entry = f"{folder}/{name}", evidence.get(name)
        commit = commits.pop((path, content), None)
        if name == manifest.artifact.uri or (entry is not None and entry.format in _TABLES):
            continue
        key, with_entropy = (content, parameters.with_entropy) if entry is None else (entry.digest, False)
        yield _Text(path, name, SecretScan(content=key, with_entropy=with_entropy), commit, is_own=True)
    reports = frozenset(f"{folder}/{uri}" for uri in evidence)
    rest = [Added(path, content, commit) for (path, content), commit in commits.items()]
    yield from _added_texts(parameters, rest, reports=reports)


def _added_texts(
    parameters: SecretsParameters, added: Sequence[Added], *, reports: frozenset[str] = frozenset()
) -> Iterator[_Text]:
    """Yield what commits bring in; `reports` are the paths of evidence, where random-looking strings are no secrets."""
    for file in added:
        with_entropy = parameters.with_entropy and file.path.endswith(_WRITTEN) and file.path not in reports
        request = SecretScan(content=file.content, with_entropy=with_entropy)
        yield _Text(file.path, file.path, request, file.commit, is_own=False)


def _folder(release: Release) -> str:
    return release.document.location(()).path.rpartition("/")[0]


def judge(parameters: SecretsParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return one finding a clean file of the version, one for all else that is clean, one a place and a reference."""
    release = context.candidate.release
    findings = _found(parameters, measurements, list(_texts(parameters, context.candidate)))
    findings += _references(parameters, release)
    return findings or [_nothing(release.locate())]


def _measures_of_files(parameters: SecretsParameters, added: Sequence[Added]) -> Sequence[Request]:
    return tuple(dict.fromkeys(text.request for text in _added_texts(parameters, added)))


def _judge_files(
    parameters: SecretsParameters, measurements: Measurements, added: Sequence[Added]
) -> Sequence[Finding]:
    """Return one finding for all files that are clean, one a place that is not."""
    return _found(parameters, measurements, list(_added_texts(parameters, added)))


def _found(parameters: SecretsParameters, measurements: Measurements, texts: Sequence[_Text]) -> list[Finding]:
    found = {text: list(_of_text(text, measurements[text.request], parameters)) for text in texts}
    clean = [text for text in texts if not text.is_own and _holds_none(measurements[text.request])]
    findings = [finding for text in texts if text not in clean for finding in found[text]]
    if clean:
        findings.append(_clean(clean))
    return findings


def _nothing(place: Location) -> Finding:
    return Finding(
        satisfied=None,
        measure="secrets",
        message="the version's folder holds no text that could be searched",
        location=place,
        hint="judge the version from its own folder",
    )


def _holds_none(measured: Measured) -> bool:
    found = measured.find("secrets")
    return found is not None and found.value == 0


def _clean(texts: Sequence[_Text]) -> Finding:
    commits = len({text.commit for text in texts if text.commit is not None})
    count = f"{len(texts):,} more file{'s' if len(texts) > 1 else ''}"
    return Finding(
        satisfied=True,
        measure="secrets",
        slice=(("added", "by commits"),),
        message=f"{count} that {commits:,} commit{'s add' if commits != 1 else ' adds'}: no secret in any",
        location=Location(texts[0].path),
    )


def _of_text(text: _Text, measured: Measured, parameters: SecretsParameters) -> Iterator[Finding]:
    brought = (("commit", text.commit[:_SHORT_COMMIT]),) if text.commit is not None else ()
    slice_: Slice = (("file", text.name), *brought)
    found = measured.find("secrets")
    if found is None or found.value is None:
        reason = found.undecidable if found is not None else "they were not counted"
        yield Finding(
            satisfied=None,
            measure="secrets",
            slice=slice_,
            message=f"the secrets in {text.name} are undecided: {reason}",
            location=Location(text.path),
            hint="commit the file as plain UTF-8 text, or take it out of the version",
        )
        return
    count = int(found.value)
    satisfied = count <= parameters.max_secrets
    shown = measured.facts["secrets"][:_MOST_SHOWN]
    if not shown:
        searched = "holds no secret" if measured.facts["is_text"] else "is no text and was not searched"
        message = f"{text.name} {searched}"
        yield Finding(satisfied=True, measure="secrets", slice=slice_, message=message, location=Location(text.path))
    by = f" (commit {text.commit[:_SHORT_COMMIT]})" if text.commit is not None else ""
    for secret in shown:
        yield Finding(
            satisfied=satisfied,
            measure="secrets",
            slice=slice_,
            value=float(count),
            comparator="<=",
            bound=float(parameters.max_secrets),
            margin=float(parameters.max_secrets - count),
            message=f"line {secret['line']} of {text.name}{by} holds what looks like a secret ({secret['type']})",
            location=Location(text.path, secret["line"]),
            hint=None if satisfied else _remedy(text),
        )


def _remedy(text: _Text) -> str:
    if text.is_own or text.commit is None:
        return "revoke it, for it is known now; then name it by reference and remove the line"
    return "revoke it, for it is known now; then rewrite the branch without the commit: removing the line is not enough"


def _references(parameters: SecretsParameters, release: Release) -> Iterator[Finding]:
    deployment = release.manifest.deployment
    for index, reference in enumerate(deployment.secrets if deployment else ()):
        satisfied = reference.startswith(parameters.reference_prefixes)
        known = ", ".join(parameters.reference_prefixes)
        yield Finding(
            satisfied=satisfied,
            measure="reference",
            slice=(("secret", str(index)),),
            message=f"secret {index} of the deployment {'is' if satisfied else 'is not'} a reference ({known})",
            location=release.locate("deployment", "secrets", index),
            hint=None if satisfied else "write where the secret lies, never the secret; revoke it if this was one",
        )


GATE = Gate(
    name="secrets",
    category=Category.SECURITY,
    parameters=SecretsParameters,
    measures=measures,
    judge=judge,
    needs_additions=True,
    of_files=FileRule(measures=_measures_of_files, judge=_judge_files),
)
