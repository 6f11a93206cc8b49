"""Rules that were pushed broken past the gate, mended through it: judged by the people of before the break."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.act.harness import Scene, scene
from tests.forge.state import Pull
from tests.support.registry import AUC_POLICY, FOLDER, registry_files, rule_files, version_files

AUC = "policies/catalog/performance/auc.yaml"
ROLES = "policies/roles.yaml"
PENDING, SUCCESS, FAILURE = ("in_progress", None), ("completed", "success"), ("completed", "failure")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Scene]:
    """Yield a scene whose risk, which is rita, agrees to changes of the rules; then somebody breaks a policy.

    In the same push he seats leo in place of rita.
    """
    with scene(tmp_path, {**registry_files(production="1.0.0"), **version_files("2.0.0")}) as found:
        seats = str(rule_files()[ROLES]).replace("{login: rita, id: 101}", "{login: leo, id: 102}")
        found.builder.commit({AUC: "id: [", ROLES: seats})
        yield found


def check_after(stage: Scene, pull: Pull) -> tuple[str, str | None]:
    """Run the gate and return how the newest check stands."""
    stage.gate(pull)
    return stage.checks(pull)[-1]


def test_the_mending_waits_for_whom_the_rules_before_the_break_ask(stage: Scene) -> None:
    """Leo's word counts for nothing; rita's does, and the comment says what she agrees to."""
    pull = stage.propose({AUC: AUC_POLICY})
    assert PENDING == check_after(stage, pull)
    (comment,) = stage.comments()
    assert "the base's rules cannot be applied, so those of commit" in comment
    assert f"with it is merged what was pushed beside the break: {ROLES}" in comment
    stage.forge.state.add_review(pull, "leo")
    assert PENDING == check_after(stage, pull)
    stage.forge.state.add_review(pull, "rita")
    assert SUCCESS == check_after(stage, pull)


def test_nothing_else_passes_while_the_rules_are_broken(stage: Scene) -> None:
    """The comment says what would be judged, and by which rules."""
    pull = stage.propose({f"{FOLDER}/stages/production.yaml": 'version: "2.0.0"\n'})
    assert FAILURE == check_after(stage, pull)
    assert "nothing is judged but what mends them" in stage.comments()[0]


def test_a_version_that_was_altered_comes_back(stage: Scene) -> None:
    """Once the rules are mended: byte for byte, and nobody need agree."""
    manifest = f"{FOLDER}/versions/1.0.0/manifest.yaml"
    stage.builder.commit({AUC: AUC_POLICY, manifest: "altered: true\n"})
    pull = stage.propose({manifest: version_files()[manifest]})
    assert SUCCESS == check_after(stage, pull)
    assert f"restoration of `{FOLDER.removeprefix('models/')}@1.0.0`" in stage.comments()[0]
