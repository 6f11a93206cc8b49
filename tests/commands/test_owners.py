"""promoter owners, from arguments to output."""

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from promoter.commands.owners import command
from promoter.errors import ProposalError

TEXT = "* @all\n/apps/ @org/team @ann # and @mallory\n/apps/github\n!bad @x\n"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a real git checkout with CODEOWNERS at its root, and work inside of it."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "CODEOWNERS").write_text(TEXT, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    """Return what the command prints and how it ends."""
    return CliRunner().invoke(command, arguments)


def refusal(*arguments: str) -> str:
    """Return the text of the error that ends the command; the command line turns it into exit code 2."""
    error = run(*arguments).exception
    assert isinstance(error, ProposalError)
    assert (2, 1) == (error.exit_code, len(str(error).splitlines()))
    return str(error)


def test_one_line_a_path(checkout: Path) -> None:
    """Path, state, owners, and the line that decides; bad lines go to stderr with their place."""
    result = run("apps/x.py", "apps/github/x.py", "README.md")
    assert 0 == result.exit_code
    assert [
        "apps/x.py  owned  @org/team @ann  CODEOWNERS:2 /apps/",
        "apps/github/x.py  cleared  CODEOWNERS:3 /apps/github",
        "README.md  owned  @all  CODEOWNERS:1 *",
    ] == result.stdout.splitlines()
    hint = "clear paths with a later line that has no owners"
    assert f"CODEOWNERS:4: line skipped: `!` does not negate here; {hint}\n" == result.stderr


def test_json_is_one_document(checkout: Path) -> None:
    """All that the text says, typed, with the bad lines in it and stderr empty."""
    (checkout / "CODEOWNERS").write_text("/apps/ @ann\n/apps/github\n/ @x\n", "utf-8")
    result = run("--json", "apps/a", "apps/github", "x")
    assert ("", 0) == (result.stderr, result.exit_code)
    bad = {"line": 3, "text": "/ @x", "reason": "`/` never matches anything", "hint": "did you mean `*`?"}
    assert {
        "codeowners": "CODEOWNERS",
        "paths": [
            {"path": "apps/a", "state": "owned", "owners": ["@ann"], "line": 1, "pattern": "/apps/"},
            {"path": "apps/github", "state": "cleared", "owners": [], "line": 2, "pattern": "/apps/github"},
            {"path": "x", "state": "no_match", "owners": [], "line": None, "pattern": None},
        ],
        "bad_lines": [bad],
    } == json.loads(result.stdout)


def test_paths_are_taken_from_the_root(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a subfolder too; a leading `./`, inner `/./` and `//` are dropped."""
    (checkout / "apps").mkdir()
    monkeypatch.chdir(checkout / "apps")
    assert run(".//apps/./x.py").stdout.startswith("apps/x.py  owned  @org/team @ann  CODEOWNERS:2")


def test_trailing_slash_asks_about_a_new_file_in_the_directory(checkout: Path) -> None:
    """A directory's owners are those of a file that no pattern names."""
    assert "apps/  owned  @org/team @ann  CODEOWNERS:2 /apps/\n" == run("apps/").stdout


@pytest.mark.parametrize(
    ("existing", "governing"),
    [
        ((".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"), ".github/CODEOWNERS"),
        (("CODEOWNERS", "docs/CODEOWNERS"), "CODEOWNERS"),
        (("docs/CODEOWNERS", ".github/CODEOWNERS/README"), "docs/CODEOWNERS"),
    ],
)
def test_first_location_is_read(checkout: Path, existing: tuple[str, ...], governing: str) -> None:
    """.github/, the root, docs/; a directory of that name is no file."""
    (checkout / "CODEOWNERS").unlink()
    for name in existing:
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).write_text(f"* @{name.split('/')[0].strip('.').lower()}\n", "utf-8")
    assert governing == json.loads(run("--json", "x").stdout)["codeowners"]


def test_worktree_is_a_checkout_too(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There .git is a file."""
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run(["git", "add", "CODEOWNERS"], check=True, cwd=checkout)
    subprocess.run(["git", *identity, "commit", "-qm", "owners"], check=True, cwd=checkout)
    subprocess.run(["git", "worktree", "add", "-q", "tree"], check=True, cwd=checkout)
    monkeypatch.chdir(checkout / "tree")
    assert 0 == run("x").exit_code


def test_chosen_file_is_read_without_a_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--codeowners names any file."""
    monkeypatch.chdir(tmp_path)
    Path("mine").write_text("*.py @py\n", "utf-8")
    assert "a/b.py  owned  @py  mine:1 *.py\n" == run("a/b.py", "--codeowners", "mine").stdout


@pytest.mark.parametrize("path", ["../x", "a/../b", "/apps/x", "", ".", "./"])
def test_path_that_leaves_the_root_or_names_nothing_is_refused(checkout: Path, path: str) -> None:
    """`..` is not resolved: what it means depends on links."""
    assert "not a path below the root of the repository; write it like policies/registry.yaml" in refusal("--", path)


def test_unreadable_chosen_file_is_refused(checkout: Path) -> None:
    """Missing, a directory, or a name that no file can have: where, what, what next."""
    next_step = "name a CODEOWNERS file that exists"
    assert f"gone: cannot be read: No such file or directory; {next_step}" == refusal("x", "--codeowners", "gone")
    assert f".git: cannot be read: Is a directory; {next_step}" == refusal("x", "--codeowners", ".git")
    assert "cannot be read" in refusal("x", "--codeowners", "a\0b")


def test_file_over_the_limit_is_refused(checkout: Path) -> None:
    """GitHub would load nothing."""
    (checkout / "CODEOWNERS").write_bytes(b"#" * 4_000_000)
    assert "CODEOWNERS: the file has 3000000 bytes or more" in refusal("x")


def test_file_that_is_not_utf8_is_refused(checkout: Path) -> None:
    """With the line of the first bad byte."""
    (checkout / "CODEOWNERS").write_bytes(b"* @a\n\xff @b\n")
    assert "CODEOWNERS:2: byte 0xff is not UTF-8; save the file as UTF-8" == refusal("x")


def test_symbolic_link_is_refused(checkout: Path) -> None:
    """GitHub reads the link's text, not its target."""
    (checkout / "CODEOWNERS").rename(checkout / "elsewhere")
    (checkout / "CODEOWNERS").symlink_to("elsewhere")
    assert "CODEOWNERS: a symbolic link, which GitHub does not follow; put the file itself there" == refusal("x")


def test_checkout_without_the_file_is_refused(checkout: Path) -> None:
    """All places that were looked at are named."""
    (checkout / "CODEOWNERS").unlink()
    assert "no CODEOWNERS file at .github/CODEOWNERS, CODEOWNERS, docs/CODEOWNERS; add one" in refusal("x")


def test_outside_of_a_checkout_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --codeowners there is nothing to read."""
    monkeypatch.chdir(tmp_path)
    assert "not inside of a git checkout; change into one, or name a file with --codeowners" in refusal("x")


def test_control_characters_stay_out_of_the_terminal(checkout: Path) -> None:
    """Paths, patterns and bad lines cannot move the cursor or forge a second line."""
    (checkout / "CODEOWNERS").write_text("* @a\nx\x1b[2J @b\nx @\u202eevil\n", "utf-8")
    result = run("a\nREADME  owned\x1b[1m")
    assert "a\\nREADME  owned\\x1b[1m  owned  @a  CODEOWNERS:1 *\n" == result.stdout
    assert result.stderr.replace("\n", "").isprintable()


def test_no_path_is_a_usage_error() -> None:
    """At least one PATH."""
    assert 2 == run().exit_code
