import pytest

from promoter.errors import ProposalError
from promoter.gates.withdrawn import GATE
from promoter.registry.stage import Withdrawal
from tests.support.candidates import MANIFEST, bind_parameters, digest_of, judge_with, make_release
from tests.support.stages import POINTER, make_move

BAD_1 = Withdrawal(version="1.0.0", reason="Trained on labels that leaked.")
BAD_2 = Withdrawal(version="2.0.0", reason="Wrong units.")


def test_version_that_is_not_withdrawn_passes() -> None:
    """Other versions' withdrawals are no concern."""
    [finding] = judge_with(GATE, [], make_move(withdrawn=[BAD_1]))
    assert (True, "version 2.0.0 is not withdrawn") == (finding.satisfied, finding.message)


def test_withdrawn_version_fails_with_its_reason() -> None:
    """Whoever meets it reads why, at the pointer."""
    [finding] = judge_with(GATE, [], make_move(withdrawn=[BAD_2]))
    assert (False, "version 2.0.0 is withdrawn: Wrong units.", POINTER) == (
        finding.satisfied,
        finding.message,
        finding.location.path,
    )
    assert finding.hint == "register the mended model as a new version"


def test_registration_of_a_withdrawn_version_fails_at_its_manifest() -> None:
    """Where no stage moves, the manifest is the place."""
    [finding] = judge_with(GATE, [], make_move(stage=None, withdrawn=[BAD_2]))
    assert (False, True) == (finding.satisfied, finding.location.path.endswith("2.0.0/manifest.yaml"))


@pytest.mark.parametrize(("letter", "satisfied"), [("f", False), ("e", True)])
def test_bytes_of_a_withdrawn_champion_fail_under_another_number(letter: str, satisfied: bool) -> None:
    """The digest tells whether it is the withdrawn model."""
    champion = make_release(version="1.0.0", artifact={**MANIFEST["artifact"], "digest": digest_of(letter)})
    findings = judge_with(GATE, [], make_move(champion=champion, withdrawn=[BAD_1]))
    assert [("withdrawn", True), ("withdrawn_artifact", satisfied)] == [
        (finding.measure, finding.satisfied) for finding in findings
    ]


def test_champions_bytes_are_no_concern_while_it_is_not_withdrawn() -> None:
    """A promotion of the same model is a matter of other gates."""
    champion = make_release(version="1.0.0")
    assert 1 == len(judge_with(GATE, [], make_move(champion=champion)))


@pytest.mark.parametrize(("target", "satisfied"), [("1.0.0", False), ("0.9.0", True)])
def test_way_back_to_a_withdrawn_version_fails(target: str, satisfied: bool) -> None:
    """The plan would fail on the night on which it is used."""
    release = make_release(rollback={"to_version": target, "procedure": "Run promoter rollback."})
    finding = judge_with(GATE, [], make_move(release, withdrawn=[BAD_1]))[-1]
    assert ("rollback_target", satisfied) == (finding.measure, finding.satisfied)


def test_policy_may_allow_what_is_not_the_version_itself() -> None:
    """Both further checks are the policy's choice; the first is not."""
    release = make_release(rollback={"to_version": "1.0.0", "procedure": "Run promoter rollback."})
    context = make_move(release, champion=make_release(version="1.0.0"), withdrawn=[BAD_1])
    [finding] = judge_with(GATE, [], context, artifact="allow", rollback_target="allow")
    assert finding.measure == "withdrawn"


def test_unknown_parameters_are_refused() -> None:
    """There is no parameter that allows a withdrawn version."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, version="allow")
