"""What lets a failing step of act end: not before all that it said stands in act's log."""

import subprocess
from pathlib import Path

STEP = Path(__file__).with_name("step.sh")


def started(folder: Path, script: str) -> "subprocess.Popen[str]":
    """Return the running step of a script; its log is `folder`/log.txt, and holds nothing yet."""
    (folder / "log.txt").touch()
    (folder / "script").write_text(script, encoding="ascii")
    command = ["bash", str(STEP), str(folder / "log.txt"), str(folder / "script")]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_a_step_that_fails_waits_until_its_words_are_in_the_log(tmp_path: Path) -> None:
    """Then it ends as its script did, at the first command that failed."""
    with started(tmp_path, "echo said\n(exit 7)\necho never\n") as process:
        assert process.stdout is not None
        words = [process.stdout.readline(), process.stdout.readline()]
        assert ("said\n", None) == (words[0], process.poll())
        (tmp_path / "log.txt").write_text(f"said and {words[1]}", encoding="ascii")
        assert ("", 7) == (process.stdout.read(), process.wait())


def test_a_step_that_passes_waits_for_nothing(tmp_path: Path) -> None:
    """Of such a step act loses no word."""
    with started(tmp_path, "echo said\n") as process:
        assert ("said\n", None) == process.communicate()
    assert 0 == process.returncode
