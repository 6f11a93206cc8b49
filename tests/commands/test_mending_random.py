"""Random pushes that tighten, loosen and break policies, then a change that mends: who is asked, and by which rules."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.commands.recorded import Registry, pipeline
from tests.support.command import run_promoter
from tests.support.registry import policy_yaml

OWNERS = {"first": "risk", "second": "lending-models"}
MEASURES = {"first": "roc_auc", "second": "accuracy"}
BROKEN = "broken"
State = dict[str, str]

_bounds = st.sampled_from(["0.5", "0.7", "0.8"])
_pushes = st.lists(
    st.fixed_dictionaries({name: st.one_of(_bounds, st.just(BROKEN)) for name in OWNERS}), min_size=1, max_size=4
)
_proposals = st.fixed_dictionaries(dict.fromkeys(OWNERS, _bounds))


def files_of(state: State) -> dict[str, bytes | str | None]:
    """Return the policies of a state: each is its bound, or nobody can read it."""
    found: dict[str, bytes | str | None] = {}
    for name, bound in state.items():
        text = policy_yaml(name, "performance", f"{{bounds: [{{measure: {MEASURES[name]}, at_least: {bound}}}]}}")
        path = f"policies/catalog/performance/{name}.yaml"
        found[path] = "id: [" if bound == BROKEN else text.replace("owner: risk", f"owner: {OWNERS[name]}")
    return found


@settings(max_examples=15, deadline=None)
@given(pushes=_pushes, proposal=_proposals)
def test_a_mending_is_asked_of_whom_the_last_sound_state_asks_for_all_that_differs(
    pushes: list[State], proposal: State
) -> None:
    """However the pushes broke and changed the rules, none of them takes an owner out of the round."""
    with TemporaryDirectory() as folder:
        registry = Registry.create(Path(folder) / "registry")
        quiet = str(pipeline(approvals="")["policies/pipeline.yaml"]) + "approvals: {governance: []}\n"
        registry.commit({"policies/pipeline.yaml": quiet, "policies/catalog/performance/auc.yaml": None})
        states = [dict.fromkeys(OWNERS, "0.6"), *pushes]
        commits = [registry.commit(files_of(state)) for state in states]
        sound = [number for number, state in enumerate(states) if BROKEN not in state.values()]
        tip, stand_in = len(states) - 1, sound[-1]
        while states[stand_in - 1] == states[stand_in]:
            stand_in -= 1  # a push that changed nothing brought no rules
        head = registry.builder.commit(files_of(proposal), branch="work", onto=[commits[tip]])
        run = run_promoter(
            "check", "--base", commits[tip], "--head", head, "--json", "--repo", str(registry.builder.path)
        )
        decision = json.loads(run.out)
        assert (0, []) == (run.code, decision["problems"])
        differing = [name for name in OWNERS if {states[stand_in][name], states[tip][name]} != {proposal[name]}]
        asked = [role["role"] for change in decision["changes"] for role in change["approvals"]["required"]]
        assert sorted(OWNERS[name] for name in differing) == sorted(asked)
        if stand_in != tip:
            (change,) = decision["changes"]
            assert f"those of commit {commits[stand_in][:10]}, the last that can be, stand in" in change["reason"]
