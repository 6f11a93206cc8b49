import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from promoter.cli import promoter
from promoter.errors import PromoterError
from tests.support.registry import FOLDER, registry_files, stage_files, version_files
from tests.support.repositories import RepositoryBuilder

STAGE = "lending/mortgage#production"


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    """Return a registry that promoted 1.0.0, then 2.0.0 by a merge, a minute apart from 2023-11-14T22:13:20Z."""
    builder = RepositoryBuilder.create(tmp_path / "registry")
    first = builder.commit({**registry_files(production="1.0.0"), **version_files("2.0.0")})
    head = builder.commit(stage_files(production="2.0.0"), branch="promote", onto=[first])
    builder.commit(
        stage_files(production="2.0.0"),
        onto=[first, head],
        message="Merge pull request #7 from acme/promote\n\nTwo is better.",
    )
    return builder


def run(builder: RepositoryBuilder, *arguments: str) -> Result:
    """Run `promoter history` on the registry."""
    return CliRunner().invoke(promoter, ["history", *arguments, "--repo", str(builder.path)], catch_exceptions=False)


def test_events_name_commit_author_and_pull_request(builder: RepositoryBuilder) -> None:
    """The answer to who put it there, as the commit says."""
    found = json.loads(run(builder, STAGE, "--json").stdout)
    assert [("1.0.0", None, None), ("2.0.0", "1.0.0", 7)] == [
        (event["version"], event["replaced"], event["pull_request"]) for event in found
    ]
    assert "Ada <ada@example.org>" == found[1]["author"]


@pytest.mark.parametrize("how", ["git revert", "by hand", "deleted and restored by hand"])
def test_what_brings_an_earlier_version_back_is_a_rollback(builder: RepositoryBuilder, how: str) -> None:
    """`git revert -m 1`, which GitHub's button makes too, and a pointer moved by hand read alike."""
    builder.git("reset", "--hard", "-q", "main")
    if how == "git revert":
        builder.git("revert", "-m", "1", "--no-edit", "HEAD")
    elif how == "by hand":
        builder.commit(stage_files(production="1.0.0"))
    else:
        builder.commit({f"{FOLDER}/stages/production.yaml": "version: '1.0.0' # back\n"})
    last = json.loads(run(builder, STAGE, "--json").stdout)[-1]
    assert ("rollback", "1.0.0", "2.0.0") == (last["kind"], last["version"], last["replaced"])


@pytest.mark.parametrize(
    ("moment", "version"),
    [
        ("2023-11-14T22:13:20Z", "1.0.0"),
        ("2023-11-15T00:13:20+02:00", "1.0.0"),
        ("2023-11-14", "2.0.0"),
        ("20231114", "2.0.0"),
        ("2023-W46-2", "2.0.0"),
    ],
)
def test_as_of_says_what_was_served(builder: RepositoryBuilder, moment: str, version: str) -> None:
    """A moment is exact; a day holds all that happened on it."""
    found = json.loads(run(builder, "--as-of", moment, "--json").stdout)
    assert [("lending/mortgage", "production", version)] == [
        (stage["model"], stage["stage"], stage["version"]) for stage in found["stages"]
    ]


def test_people_read_one_line_a_stage(builder: RepositoryBuilder) -> None:
    """Address, version, since when, by which pull request and commit, whose."""
    line = run(builder, "lending/mortgage", "--as-of", "2023-11-15").stdout
    assert line.startswith("lending/mortgage#production 2.0.0  since 2023-11-14T22:14:20Z  #7 ")
    assert line.endswith("Ada <ada@example.org>\n")


def test_since_leaves_out_what_was_before(builder: RepositoryBuilder) -> None:
    """Only the second move is left."""
    found = json.loads(run(builder, STAGE, "--since", "2023-11-14T22:14:00Z", "--json").stdout)
    assert ["2.0.0"] == [event["version"] for event in found]


def test_a_path_of_any_bytes_is_json_for_everybody(builder: RepositoryBuilder) -> None:
    """Standard output may take UTF-8 alone, and a file's name is no text."""
    tree = builder.raw_tree([(b"100644", b"\xff.yaml", builder.blob("x"))])
    commit = builder.commit_tree(tree, parents=[builder.git("rev-parse", "main")], at=1_700_100_000)
    builder.git("update-ref", "refs/heads/main", commit)
    last = run(builder, "--json").stdout.splitlines()[-2]
    assert last.isascii()
    assert "\udcff.yaml" == json.loads(last)["path"]


def test_one_moment_or_what_came_after_one(builder: RepositoryBuilder) -> None:
    """Neither option is left out in silence."""
    result = run(builder, "--as-of", "2023-11-15", "--since", "2023-11-14")
    assert (2, True) == (result.exit_code, "choose one" in result.stderr)


@pytest.mark.parametrize("seconds", ["99999999999999999", "-99999999999"])
def test_a_time_that_no_calendar_holds_is_named(builder: RepositoryBuilder, seconds: str) -> None:
    """With the commit that claims it."""
    tree, parent = builder.git("rev-parse", "main^{tree}"), builder.git("rev-parse", "main")
    raw = f"tree {tree}\nparent {parent}\nauthor A <a@x> 0 +0000\ncommitter A <a@x> {seconds} +0000\n\nodd\n"
    commit = str(builder.odb.write(1, raw.encode()))
    builder.git("update-ref", "refs/heads/main", commit)
    with pytest.raises(PromoterError, match=f"{commit} has the time {seconds}"):
        run(builder, STAGE)


@pytest.mark.parametrize(
    "arguments",
    [
        ["Lending"],
        ["--as-of", "2001-01-01"],
        ["--since", "soon"],
        ["--as-of", "0001-01-01T00:00:00+14:00"],
        ["--since", "9999-12-31T23:59:59-14:00"],
    ],
)
def test_what_cannot_be_meant_is_refused(builder: RepositoryBuilder, arguments: list[str]) -> None:
    """No address, no moment, or a day before the first commit."""
    with pytest.raises(PromoterError) as caught:
        run(builder, *arguments)
    assert 2 == caught.value.exit_code


@pytest.mark.parametrize("subject", ["lending/cards", "lending/mortgage#shadow"])
def test_what_history_knows_nothing_of_is_unusable_input(builder: RepositoryBuilder, subject: str) -> None:
    """An empty answer would read as: nothing was served."""
    for options in ((), ("--as-of", "2026-01-01")):
        with pytest.raises(PromoterError) as caught:
            run(builder, subject, *options)
        assert "nothing ever happened to it" in str(caught.value)
