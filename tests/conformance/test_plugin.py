"""The sample plug-in, installed as an organisation would: found by its entry point, judged by, and held to the same."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.registry import registry_files, rule_files, version_files
from tests.support.repositories import RepositoryBuilder

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "examples" / "plugin"
POLICY = (PLUGIN / "policies/catalog/integrity/source-host.yaml").read_text()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder into which the plug-in is installed, without network and without dependencies."""
    folder = tmp_path_factory.mktemp("site")
    source = tmp_path_factory.mktemp("source") / "plugin"
    shutil.copytree(PLUGIN, source)
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", *options, "--target", str(folder), str(source)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert 0 == done.returncode, done.stderr
    return folder


def run(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python with the plug-in on its path, in the repository's root."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(site), str(ROOT)])}
    return subprocess.run(
        [sys.executable, *arguments], env=environment, cwd=ROOT, check=False, capture_output=True, text=True
    )


def test_the_gate_is_listed_and_has_its_page(site: Path) -> None:
    """The entry point is all that connects the two."""
    assert "source_host" in run(site, "-m", "promoter", "gates", "list").stdout
    assert "## Decision rule" in run(site, "-m", "promoter", "gates", "show", "source_host").stdout


@pytest.mark.parametrize(("host", "code", "outcome"), [("example.org", 0, "passed"), ("evil.example", 1, "failed")])
def test_a_check_judges_by_the_plug_ins_gate(site: Path, tmp_path: Path, host: str, code: int, outcome: str) -> None:
    """A policy names the gate like any other, and its failure holds the version back."""
    builder = RepositoryBuilder.create(tmp_path)
    rules = rule_files({"catalog/integrity/source-host.yaml": POLICY})
    models = {path: text for path, text in registry_files().items() if path.startswith("models/")}
    base = builder.commit({**rules, **models})
    source = f"{{repository: https://{host}/training, commit: '{'a' * 40}'}}"
    head = builder.commit(version_files("2.0.0", source=source), branch="proposal", onto=[base])
    done = run(site, "-m", "promoter", "check", "--repo", str(tmp_path), "--base", base, "--head", head, "--json")
    [result] = json.loads(done.stdout)["changes"][0]["results"]
    assert (code, "source_host", outcome) == (done.returncode, result["gate"], result["outcome"])


def test_without_the_plug_in_its_policy_blocks(tmp_path: Path) -> None:
    """A gate that is not installed is no gate that passes."""
    builder = RepositoryBuilder.create(tmp_path)
    rules = rule_files({"catalog/integrity/source-host.yaml": POLICY})
    base = builder.commit({**registry_files(), **rules})
    head = builder.commit(version_files("2.0.0"), branch="proposal", onto=[base])
    done = run(tmp_path, "-m", "promoter", "check", "--repo", str(tmp_path), "--base", base, "--head", head, "--json")
    assert 2 == done.returncode
    assert "source-host.yaml:7:7: no gate is called 'source_host'" in done.stderr


def test_the_plug_ins_own_tests_pass(site: Path) -> None:
    """They need nothing but the installed engine."""
    done = run(site, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", str(PLUGIN), str(PLUGIN / "tests"))
    assert 0 == done.returncode, done.stdout


def test_the_plug_in_is_held_to_what_every_gate_promises(site: Path) -> None:
    """The conformance suite finds the gate in the table, and its cases beside it."""
    done = run(
        site, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/conformance/test_gates.py", "-k", "source_host"
    )
    assert 0 == done.returncode, done.stdout
    assert "....." in done.stdout
