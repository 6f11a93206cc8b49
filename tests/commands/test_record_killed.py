"""`promoter record --commit`, killed at each step that touches a file or the repository, and run again."""

import os
from pathlib import Path

from promoter.commands import record
from promoter.commands.record import write_file
from promoter.git.recording import commit_new_files
from promoter.history.record import TRAILER
from tests.commands.recorded import Registry
from tests.support.killing import ends_when_killed_at, killing_at


def record_killed(kill: killing_at, folder: str, cache: str) -> None:
    """Run the command; its writing and its commit count."""
    os.environ["XDG_CACHE_HOME"] = cache
    kill(write_file, commit_new_files)
    record.missing.main(["--commit", "--repo", folder], standalone_mode=False)


def test_a_run_that_is_killed_anywhere_is_healed_by_the_next(tmp_path: Path, own_cache: Path) -> None:
    """Before each call of writing and committing: no half record, none twice, the same bytes in the end."""
    undisturbed = Registry.create(tmp_path / "undisturbed")
    undisturbed.run("record", "--commit")
    registry = Registry.create(tmp_path / "registry")
    start = registry.builder.git("rev-parse", "main")
    count, seen = 0, set()
    while True:
        count += 1
        has_ended = ends_when_killed_at(count, record_killed, str(registry.builder.path), str(own_cache))
        held = registry.records()
        seen.add(bool(held))
        assert held in ({}, undisturbed.records())
        if has_ended:
            break
        assert 0 == registry.run("record", "--commit").exit_code
        assert undisturbed.records() == registry.records()
        assert 1 == registry.builder.git("log", "--format=%B", "main").count(TRAILER)
        registry.builder.git("update-ref", "refs/heads/main", start)
        registry.check_out()
        registry.builder.git("clean", "-fdq")
    assert {False, True} == seen
    assert count > 20
