"""A keyless signature judged end to end: the trusted root is the base's file, pinned by the policy."""

import json
from pathlib import Path
from typing import Any

import pytest

from promoter.digest import sha256_bytes
from tests.measure.reports.keyless import ISSUER, SUBJECT, Instance
from tests.measure.reports.signing import statement
from tests.support.command import Run, run_promoter
from tests.support.registry import FOLDER, artifact_bytes, policy_yaml, registry_files, rule_files, version_files
from tests.support.repositories import RepositoryBuilder

INSTANCE = Instance()
ROOT = INSTANCE.trusted_root()
TRUST = "policies/trust/own.json"


def policy(digest: str = sha256_bytes(ROOT)) -> str:
    """Return a policy that asks for the workflow's keyless signature."""
    identity = f"{{name: release, issuer: '{ISSUER}', subject: '{SUBJECT}'}}"
    root = f"{{path: {TRUST}, digest: '{digest}'}}"
    parameters = f"{{identities: [{identity}], trusted_root: {root}}}"
    return policy_yaml("signed", "signature", parameters, category="security", remediation="Sign it.")


def base(**changed: Any) -> dict[str, bytes | str]:
    """Return a registry with that policy and the trusted root."""
    rules = rule_files({"catalog/security/signed.yaml": policy(**changed)})
    models = {path: content for path, content in registry_files().items() if path.startswith("models/")}
    return {**models, **rules, TRUST: ROOT}


def signed_version(bundle: dict[str, Any]) -> dict[str, bytes | str]:
    """Return version 2.0.0 with a signature."""
    content = json.dumps(bundle).encode()
    entry = "[{id: signature, kind: signature, format: sigstore, uri: evidence/signature.json,"
    entry += f" digest: '{sha256_bytes(content)}', size_bytes: {len(content)}}}]"
    files = version_files("2.0.0", evidence=entry)
    del files[f"{FOLDER}/versions/2.0.0/evidence/predictions.csv"]
    return {**files, f"{FOLDER}/versions/2.0.0/evidence/signature.json": content}


def bundle_of(instance: Instance = INSTANCE, **said: str) -> dict[str, Any]:
    """Return the bundle of the version's artifact."""
    return instance.sign_statement(statement(sha256_bytes(artifact_bytes("2.0.0")).removeprefix("sha256:")), **said)


def check(folder: Path, head: dict[str, bytes | str], **changed: Any) -> Run:
    """Return what `promoter check` says of a head on the base."""
    builder = RepositoryBuilder.create(folder)
    tip = builder.commit(base(**changed))
    builder.commit(head, branch="candidate", onto=[tip])
    arguments = ("--head", "candidate", "--at", "2026-06-01T00:00:00Z", "--json")
    return run_promoter("check", "--repo", str(folder), *arguments)


def outcome(run: Run) -> tuple[str, str]:
    """Return the outcome, and what the policy said first."""
    [change] = json.loads(run.out)["changes"]
    [result] = change["results"]
    return result["outcome"], result["reason"] or result["findings"][0]["message"]


def test_keyless_signature_of_the_policys_workflow_passes(tmp_path: Path) -> None:
    """Bundle from the head, trusted root from the registry, no network."""
    found, said = outcome(check(tmp_path, signed_version(bundle_of())))
    assert ("passed", True) == (found, f"names {SUBJECT}" in said)


@pytest.mark.parametrize(
    ("bundle", "why"),
    [
        (bundle_of(subject=SUBJECT.replace("main", "attack")), "is no identity of the policy"),
        (bundle_of(Instance()), "keyless and proves nothing"),
        (INSTANCE.sign_statement(statement()), "is signed by release"),
    ],
)
def test_signature_of_somebody_else_or_something_else_is_held(tmp_path: Path, bundle: dict[str, Any], why: str) -> None:
    """Another ref, another instance, another artifact."""
    found, said = outcome(check(tmp_path, signed_version(bundle)))
    assert ("failed", True) == (found, why in said)


def test_trusted_root_that_is_not_the_pinned_one_is_an_error(tmp_path: Path) -> None:
    """The file was changed and the policy was not."""
    found, said = outcome(check(tmp_path, signed_version(bundle_of()), digest="sha256:" + "0" * 64))
    assert ("errored", True) == (found, "digest is" in said)


def test_lint_tells_a_trusted_root_that_is_absent_or_changed(tmp_path: Path) -> None:
    """At the policy's line, before anybody signs."""
    builder = RepositoryBuilder.create(tmp_path)
    lint = ("policy", "lint", "--repo", str(tmp_path), "--rev")
    changed = builder.commit(base(digest="sha256:" + "0" * 64))
    assert f"{TRUST} has digest {sha256_bytes(ROOT)}" in run_promoter(*lint, changed).out
    absent = builder.commit({TRUST: None}, onto=[changed])
    assert f"{TRUST} cannot be read" in run_promoter(*lint, absent).out
