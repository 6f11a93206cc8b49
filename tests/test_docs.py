"""What the documentation says is there: commands, links, and the excerpt of the demo."""

import re
from pathlib import Path

import pytest

from promoter.cli import COMMANDS

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/README.md")])
LINK = re.compile(r"\[[^\]]+\]\((?!https?://|mailto:)([^)#\s]+)(?:#[^)]*)?\)")


def test_the_readme_lists_every_command_and_no_other() -> None:
    """A command that nobody can find is not there; one that is told and missing is worse."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Commands")[2].partition("\n## ")[0]
    told = re.findall(r"^promoter ([a-z]+)", section, flags=re.MULTILINE)
    assert sorted(COMMANDS) == sorted(told)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_to_a_file_resolves(page: Path) -> None:
    """Links between pages and into the tree lead somewhere."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    missing = [target for target in LINK.findall(text) if not (page.parent / target).exists()]
    assert [] == missing
