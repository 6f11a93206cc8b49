"""The step that pushes the records, killed before each of its commands, and run again."""

import signal
from pathlib import Path

from tests.act.pushing import PushStep, make_records, records_made
from tests.commands.recorded import Registry
from tests.support.repositories import RepositoryBuilder


def test_a_push_that_is_killed_anywhere_is_healed_by_the_next(tmp_path: Path) -> None:
    """Main holds all records or none, whenever it ends; the next run leaves all of them, in one commit, once."""
    made = make_records(tmp_path)
    folders = made.as_uri()  # git's own transport for folders looks at no token
    step = PushStep(made=made, server=folders, app_token="writes")  # noqa: S106
    registry = Registry(RepositoryBuilder.create(made / "acme/registry"))
    start = registry.builder.git("rev-parse", "main")
    records = records_made(made)
    count, seen = 0, set()
    while True:
        count += 1
        done = step.run(killed_at=count)
        has_moved = registry.builder.git("rev-parse", "main") != start
        seen.add(has_moved)
        if has_moved:  # all else that a runner leaves behind is gone with it
            assert records == registry.records()
            assert 0 == step.run().returncode
            assert records == registry.records()
            assert "1" == registry.builder.git("rev-list", "--count", f"{start}..main")
        if done.returncode != -signal.SIGKILL:
            assert 0 == done.returncode, done.stderr
            break
        registry.builder.git("update-ref", "refs/heads/main", start)
    assert {False, True} == seen
    assert count > 15
