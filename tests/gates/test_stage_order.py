import pytest

from promoter.errors import ProposalError
from promoter.gates.contract.candidate import Context
from promoter.gates.contract.finding import Finding
from promoter.gates.stage_order import GATE
from tests.support.candidates import bind_parameters, judge_with
from tests.support.stages import POINTER, make_move, stay


def only(context: Context, **parameters: str) -> Finding:
    """Return the gate's one finding."""
    [finding] = judge_with(GATE, [], context, **parameters)
    return finding


def test_version_that_the_stage_before_serves_passes() -> None:
    """Staging serves 2.0.0, production may have it."""
    finding = only(make_move())
    assert (True, "staging serves 2.0.0") == (finding.satisfied, finding.message)


def test_first_stage_passes() -> None:
    """Nothing comes before staging."""
    finding = only(make_move(stage="staging", serving={}))
    assert (True, "staging is the first stage of the pipeline") == (finding.satisfied, finding.message)


@pytest.mark.parametrize(("serving", "served"), [({"staging": "1.0.0"}, "1.0.0"), ({}, "nothing")])
def test_skipped_stage_fails_at_the_pointer(serving: dict[str, str], served: str) -> None:
    """The finding names what staging serves, and stands at the pointer that would move."""
    finding = only(make_move(serving=serving))
    assert (False, f"staging serves {served}, not 2.0.0", POINTER) == (
        finding.satisfied,
        finding.message,
        finding.location.path,
    )
    assert finding.hint == "promote 2.0.0 to staging first: `promoter promote`"


def test_stay_that_ended_counts_only_where_served_is_asked() -> None:
    """`served` takes any stay; `serving` takes the pointer."""
    past = {"staging": (stay("2.0.0", days=20, left_days=3), stay("1.0.0", days=3))}
    context = make_move(serving={"staging": "1.0.0"}, stays=past)
    assert [True, False] == [only(context, upstream=upstream).satisfied for upstream in ("served", "serving")]


def test_stage_that_never_served_it_fails() -> None:
    """A history without the version is an answer."""
    finding = only(make_move(serving={}, stays={"staging": ()}), upstream="served")
    assert (False, "staging serves nothing, not 2.0.0, and never did") == (finding.satisfied, finding.message)


def test_history_that_was_not_read_is_undecided() -> None:
    """No history is something else than an empty one."""
    assert only(make_move(serving={}), upstream="served").satisfied is None


def test_registration_is_not_judged() -> None:
    """A new version moves no stage."""
    assert GATE.why_not(bind_parameters(GATE), make_move(stage=None).candidate) == "no stage is moved"


def test_unknown_parameters_are_refused() -> None:
    """A misspelt word is refused when the policy is read."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, upstream="server")
