from dataclasses import replace
from typing import Any

import pytest

from promoter.errors import ProposalError
from promoter.gates.contract.candidate import Added, Context, Contribution
from promoter.gates.contract.finding import Finding
from promoter.gates.secrets import GATE
from promoter.measure.reports.request import SecretScan
from promoter.measure.request import Measured
from promoter.registry.changes import ChangeKind
from tests.support.candidates import (
    MANIFEST,
    bind_parameters,
    digest_of,
    judge_with,
    make_context,
    make_release,
    number,
)

FILES = {
    "manifest.yaml": "git:manifest",
    "model-card.md": "git:card",
    "model.onnx": "git:model",
    "evidence/predictions.parquet": "git:predictions",
    "evidence/tests.xml": "git:tests",
}
TESTS = {
    "id": "tests",
    "kind": "test-results",
    "format": "junit",
    "uri": "evidence/tests.xml",
    "digest": digest_of("4"),
    "size_bytes": 10,
}


def folder_context(**deployment: Any) -> Context:
    """Return the context of a version with a card, a report, a table and an artifact."""
    plan = {
        "image": "registry.example.org/mortgage",
        "image_digest": digest_of("d"),
        "regions": ["eu-west-1"],
        "service_account": "mortgage",
        "encryption": {"at_rest": "AES-256", "in_transit": "TLS 1.3"},
        **deployment,
    }
    return make_context(make_release(files=FILES, evidence=[*MANIFEST["evidence"], TESTS], deployment=plan))


def scan(*found: tuple[str, int], is_text: bool = True) -> Measured:
    """Return what a text with secrets of these types and lines is measured as."""
    secrets = [{"type": kind, "line": line} for kind, line in found]
    return Measured(values=(number("secrets", len(found)),), facts={"secrets": secrets, "is_text": is_text})


def failures(answers: Measured | list[Measured], context: Context | None = None, **parameters: Any) -> list[Finding]:
    """Return the findings that are not satisfied."""
    findings = judge_with(GATE, answers, context or folder_context(), **parameters)
    assert findings
    return [finding for finding in findings if finding.satisfied is not True]


def test_texts_are_searched_and_artifact_and_tables_are_not() -> None:
    """Reports by their pinned digest and without entropy, other texts by git's id."""
    requests = GATE.measures(bind_parameters(GATE), folder_context().candidate)
    assert [
        SecretScan(content=digest_of("4"), with_entropy=False),
        SecretScan(content="git:manifest", with_entropy=True),
        SecretScan(content="git:card", with_entropy=True),
    ] == list(requests)


def test_folder_without_secrets_passes() -> None:
    """Three texts were searched."""
    assert [] == failures(scan())


def test_secret_fails_at_its_file_and_line() -> None:
    """Type and place, and revoking comes first."""
    [finding] = failures([scan(), scan(), scan(("GitHub token", 7))])
    assert finding.message == "line 7 of model-card.md holds what looks like a secret (GitHub token)"
    assert str(finding.location) == "models/lending/mortgage/versions/2.0.0/model-card.md:7"
    assert (finding.hint or "").startswith("revoke it")


def test_equality_with_the_limit_passes() -> None:
    """A policy may know of one; it is shown all the same."""
    assert [] == failures([scan(("GitHub token", 7)), scan(), scan()], max_secrets=1)
    assert 2 == len(failures([scan(("GitHub token", 7), ("JSON web token", 9)), scan(), scan()], max_secrets=1))


def added_context(*added: Added) -> Context:
    """Return the context of a change whose commits add these files too."""
    context = folder_context()
    return replace(context, candidate=replace(context.candidate, added=added))


def test_what_commits_add_is_searched_beside_the_versions_texts() -> None:
    """A file of the version once, whichever commit brought it; random strings only in what people write."""
    folder = "models/lending/mortgage/versions/2.0.0"
    context = added_context(
        Added(f"{folder}/model-card.md", "git:card", "c" * 40),
        Added(f"{folder}/model-card.md", "git:earlier", "b" * 40),
        Added(f"{folder}/evidence/tests.xml", "git:earlier-tests", "b" * 40),
        Added("notes.py", "git:notes"),
    )
    own = list(GATE.measures(bind_parameters(GATE), folder_context().candidate))
    assert [
        *own,
        SecretScan(content="git:earlier", with_entropy=True),
        SecretScan(content="git:earlier-tests", with_entropy=False),
        SecretScan(content="git:notes", with_entropy=False),
    ] == list(GATE.measures(bind_parameters(GATE), context.candidate))


def test_secret_names_the_commit_that_added_it() -> None:
    """Of the version's own files too, where it is known."""
    context = added_context(
        Added("models/lending/mortgage/versions/2.0.0/model-card.md", "git:card", "c" * 40),
        Added("notes.md", "git:notes", "b" * 40),
    )
    token = scan(("GitHub token", 7))
    own, other = failures([scan(), scan(), token, token], context)
    assert "line 7 of model-card.md (commit cccccccccccc) holds what looks like a secret (GitHub token)" == own.message
    assert (("file", "notes.md"), ("commit", "bbbbbbbbbbbb")) == other.slice
    assert "rewrite the branch" in (other.hint or "")


def test_allowed_secret_of_an_added_file_is_shown_all_the_same() -> None:
    """Clean files are told together, one that a policy knows of is told by itself."""
    context = added_context(Added("notes.md", "git:notes", "b" * 40), Added("more.md", "git:more", "b" * 40))
    answers = [scan(), scan(), scan(), scan(("GitHub token", 7)), scan()]
    findings = judge_with(GATE, answers, context, max_secrets=1)
    assert [] == [finding for finding in findings if finding.satisfied is not True]
    messages = [finding.message for finding in findings]
    assert "line 7 of notes.md (commit bbbbbbbbbbbb) holds what looks like a secret (GitHub token)" in messages
    assert "1 more file that 1 commit adds: no secret in any" in messages


def test_file_that_is_no_text_is_told() -> None:
    """Not looked is said, not hidden."""
    findings = judge_with(GATE, [scan(), scan(), scan(is_text=False)], folder_context())
    assert "model-card.md is no text and was not searched" in [finding.message for finding in findings]


def test_secret_in_the_deployment_is_a_reference() -> None:
    """A value fails, and is not repeated."""
    context = folder_context(secrets=["vault:lending/db", "hunter2"])
    [finding] = failures(scan(), context)
    assert (finding.measure, finding.slice) == ("reference", (("secret", "1"),))
    assert "hunter2" not in finding.message


def test_version_without_any_text_is_undecided() -> None:
    """Nothing searched is nothing found."""
    [finding] = judge_with(GATE, [], make_context(make_release(files={"model.onnx": "git:model"})))
    assert finding.satisfied is None


@pytest.mark.parametrize("parameters", [{"max_secrets": -1}, {"reference_prefixes": []}, {"reference_prefix": ["a"]}])
def test_parameters_that_would_disarm_the_gate_are_refused(parameters: dict[str, Any]) -> None:
    """A negative limit, no prefix and a misspelt key are errors of the policy."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, **parameters)


def test_of_a_rollback_only_what_its_commits_add_is_searched() -> None:
    """The version that returns was searched when it came; its references are held all the same."""
    context = added_context(Added("models/lending/mortgage/stages/production.yaml", "git:pointer", "c" * 40))
    context = replace(context, candidate=replace(context.candidate, kind=ChangeKind.ROLLBACK))
    requests = GATE.measures(bind_parameters(GATE), context.candidate)
    assert [SecretScan(content="git:pointer", with_entropy=True)] == list(requests)
    assert [] == failures(scan(), context)
    [finding] = failures(scan(("GitHub token", 2)), context)
    assert "models/lending/mortgage/stages/production.yaml:2" == str(finding.location)


def test_files_by_themselves_are_judged_one_by_one() -> None:
    """Each as what commits add: random strings count in what people write alone."""
    added = (Added("docs/a.md", "git:a", "c" * 40), Added("promoter/b.py", "git:b", "c" * 40))
    about = Contribution(kind=ChangeKind.GOVERNANCE, model=None, stage=None, added=added)
    parameters = bind_parameters(GATE)
    page, code = requests = GATE.requests(parameters, about)
    assert [SecretScan(content="git:a", with_entropy=True), SecretScan(content="git:b", with_entropy=False)] == list(
        requests
    )
    found = GATE.findings(parameters, {page: scan(), code: scan(("GitHub token", 9))}, about)
    assert {"promoter/b.py:9": False, "docs/a.md": True} == {str(one.location): one.satisfied for one in found}


def test_a_gate_that_judges_versions_alone_finds_nothing_in_files() -> None:
    """And what finds nothing errs: it never passes."""
    about = Contribution(kind=ChangeKind.GOVERNANCE, model=None, stage=None, added=(Added("docs/a.md", "git:a"),))
    alone = replace(GATE, of_files=None)
    parameters = bind_parameters(GATE)
    assert ((), ()) == (alone.requests(parameters, about), alone.findings(parameters, {}, about))
