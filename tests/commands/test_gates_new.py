"""`promoter gates new`: what it writes lints, types and tests clean, and nothing is overwritten."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from promoter.cli import promoter
from promoter.errors import ProposalError

ROOT = Path(__file__).parents[2]


def new(name: str, folder: Path, *options: str) -> Result:
    """Return what the command ended with."""
    return CliRunner().invoke(promoter, ["gates", "new", name, "--dir", str(folder), *options])


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a module of Python in the new package's folder."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=folder, env=environment, check=False, capture_output=True, text=True
    )


def test_a_new_gate_lints_and_tests_clean(tmp_path: Path) -> None:
    """The files work as they are: ruff finds nothing, and the test passes with warnings as errors."""
    assert 0 == new("own_words", tmp_path).exit_code
    for arguments in (
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "tests"),
    ):
        done = run(tmp_path, *arguments)
        assert 0 == done.returncode, done.stdout + done.stderr


def test_every_file_of_a_gate_is_written(tmp_path: Path) -> None:
    """Package with its entry point, gate with its page, test, policy, and the policy's three cases."""
    new("own_words", tmp_path, "--category", "testing", "--owner", "platform")
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert {
        "pyproject.toml",
        "own_words_gate/__init__.py",
        "own_words_gate/own_words.py",
        "tests/test_own_words.py",
        "policies/catalog/testing/own-words.yaml",
        "policies/tests/own-words/passes.yaml",
        "policies/tests/own-words/fails.yaml",
        "policies/tests/own-words/not-applicable.yaml",
    } == written
    assert "owner: platform" in (tmp_path / "policies/catalog/testing/own-words.yaml").read_text()


@pytest.mark.parametrize(
    ("name", "message"), [("Own-Words", "is no name of a gate"), ("lineage", "is called 'lineage'")]
)
def test_a_name_that_cannot_be_is_refused(tmp_path: Path, name: str, message: str) -> None:
    """Nothing is written then."""
    refused = new(name, tmp_path).exception
    assert isinstance(refused, ProposalError)
    assert message in str(refused)
    assert [] == list(tmp_path.iterdir())


def test_no_file_is_overwritten(tmp_path: Path) -> None:
    """A second time ends with the first file that is in the way."""
    new("own_words", tmp_path)
    (tmp_path / "own_words_gate/own_words.py").write_text("mine\n")
    assert isinstance(new("own_words", tmp_path).exception, ProposalError)
    assert "mine\n" == (tmp_path / "own_words_gate/own_words.py").read_text()
