import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from promoter.document.bind import bind, bind_value
from promoter.document.reader import read_yaml
from promoter.errors import Location, PolicyError
from promoter.gates.contract.gate import Gate
from promoter.gates.table import BUILT_IN, find_gate, gate_names
from promoter.policy.policy import Policy

HEADINGS = ("Checks", "Why", "Parameters", "Decision rule", "Undecidable when", "Example", "Sources")


@pytest.mark.parametrize("gate", BUILT_IN, ids=lambda gate: gate.name)
def test_page_has_every_heading_in_order(gate: Gate) -> None:
    """A gate's docstring is its reference page."""
    assert list(HEADINGS) == re.findall(r"^## (.+)$", gate.page, flags=re.MULTILINE)


@pytest.mark.parametrize("gate", BUILT_IN, ids=lambda gate: gate.name)
def test_example_is_a_policy_of_the_gate(gate: Gate) -> None:
    """The page's policy is read as a registry's file is, and its parameters bind."""
    [example] = re.findall(r"```yaml\n(.*?)```", gate.page, flags=re.DOTALL)
    document = read_yaml(example.encode(), path="example.yaml")
    policy = bind(document, Policy)
    bind_value(policy.parameters, gate.parameters, location_of=lambda keys: document.location(("parameters", *keys)))
    assert (gate.name, gate.category) == (policy.gate, policy.category)


@pytest.mark.parametrize("gate", BUILT_IN, ids=lambda gate: gate.name)
def test_every_parameter_is_described_and_on_the_page(gate: Gate) -> None:
    """Documents and schemas are generated from the fields, and the page names them all."""
    for name, field in gate.parameters.model_fields.items():
        assert field.description
        assert f"`{name}`" in gate.page


def test_names_are_sorted_and_unique() -> None:
    """The table is what it shows."""
    names = [gate.name for gate in BUILT_IN]
    assert sorted(set(names)) == names
    assert set(names) <= set(gate_names())


def test_unknown_gate_is_refused_with_the_nearest_name() -> None:
    """The policy's owner reads where, what, and which names there are."""
    with pytest.raises(PolicyError) as refused:
        find_gate("fairnes", location=Location("policies/catalog/fairness/x.yaml", 9, 7))
    [problem] = refused.value.problems
    assert problem.message == "no gate is called 'fairnes'"
    assert problem.hint.startswith("did you mean 'fairness'? known gates: access_control")
    assert problem.location.line == 9


def install(folder: Path, entry: str, source: str) -> None:
    """Lay out a distribution with one gate module and one entry point, as pip would."""
    (folder / "acme_gates.py").write_text(source)
    info = folder / "acme_gates-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-gates\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[promoter.gates]\n{entry}\n")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder that Python looks for packages in."""
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    sys.modules.pop("acme_gates", None)


def test_organisations_own_gate_is_found_by_its_entry_point(site: Path) -> None:
    """A package adds a gate without a change here."""
    source = (
        "from dataclasses import replace\n"
        "from promoter.gates.lineage import GATE as LINEAGE\n"
        "GATE = replace(LINEAGE, name='acme')\n"
    )
    install(site, "acme = acme_gates:GATE", source)
    assert find_gate("acme").name == "acme"
    assert "acme" in gate_names()


def test_entry_point_that_is_no_gate_is_refused(site: Path) -> None:
    """A name that leads to something else blocks, and says where it leads."""
    install(site, "acme = acme_gates:GATE", "GATE = 3\n")
    with pytest.raises(PolicyError, match="which is no gate called 'acme'"):
        find_gate("acme")


def test_entry_point_that_cannot_be_imported_is_refused(site: Path) -> None:
    """A broken package blocks with its own message."""
    install(site, "acme = acme_gates:GATE", "import no_such_module_of_acme\n")
    with pytest.raises(PolicyError, match="cannot be imported"):
        find_gate("acme")


def test_built_in_gate_cannot_be_replaced(site: Path) -> None:
    """Policies mean the gate that they were written for."""
    install(site, "lineage = acme_gates:GATE", "GATE = 3\n")
    assert find_gate("lineage") in BUILT_IN
