from pathlib import Path

import pytest

from tests.support.command import Run, run_promoter
from tests.support.registry import AUC_POLICY, FOLDER, MODEL, registry_files, rule_files, stage_files, version_files
from tests.support.repositories import RepositoryBuilder

ROLLBACKS_TOO = AUC_POLICY + "applies_to: {kinds: [registration, promotion, rollback]}\n"
POINTER = f"{FOLDER}/stages/production.yaml"
BRANCH = f"promoter/{MODEL}/production"


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    """A registry whose production stage went from 1.0.0 to 2.0.0 by a merge."""
    builder = RepositoryBuilder.create(tmp_path)
    builder.git("config", "user.name", "Olu")
    builder.git("config", "user.email", "olu@example.org")
    rules = rule_files({"catalog/performance/auc.yaml": ROLLBACKS_TOO})
    first = builder.commit({**registry_files(production="1.0.0"), **rules, **version_files("2.0.0")})
    side = builder.commit(stage_files(production="2.0.0"), branch="side", onto=[first])
    builder.commit(stage_files(production="2.0.0"), onto=[first, side], message="Merge pull request #2 from side")
    return builder


def rollback(builder: RepositoryBuilder, *arguments: str) -> Run:
    """Roll production back."""
    return run_promoter("rollback", f"{MODEL}#production", "--repo", str(builder.path), *arguments)


def test_a_rollback_is_the_true_revert_of_the_merge(builder: RepositoryBuilder) -> None:
    """The branch's tree is the one before the merge, byte for byte, and the verdict is that of a rollback."""
    run = rollback(builder, "--reason", "refusals nobody can explain", "--incident", "inc-7")
    assert 0 == run.code
    assert "rollback to" in run.out
    assert builder.git("rev-parse", "main^^{tree}") == builder.git("rev-parse", f"{BRANCH}^{{tree}}")
    message = builder.git("log", "-1", "--format=%B", BRANCH)
    trailers = ["Reason: refusals nobody can explain", "Incident: inc-7"]
    assert trailers == builder.git("log", "-1", "--format=%(trailers:only)", BRANCH).split("\n")[:2]
    builder.git("checkout", "-q", "-f", "-b", "by-hand", "main")
    builder.git("revert", "-m", "1", "--no-edit", "main")
    by_git = builder.git("log", "-1", "--format=%b")
    assert by_git.startswith("This reverts commit ")
    assert by_git.strip() in message
    assert "incidents/inc-7.yaml is not there yet" in run.err
    assert f"this clone has no remote origin; open it yourself: git push --force-with-lease origin {BRANCH}" in run.err


def test_a_squashed_promotion_is_reverted_as_git_does(builder: RepositoryBuilder) -> None:
    """One parent: the tree before it comes back, and no `-m 1` is spoken of."""
    builder.commit(version_files("3.0.0"))
    builder.commit({POINTER: 'version: "3.0.0"\nchange: CHG-3\n'}, message="Promote (#3)")
    assert 0 == rollback(builder, "--reason", "worse").code
    assert builder.git("rev-parse", "main^^{tree}") == builder.git("rev-parse", f"{BRANCH}^{{tree}}")
    told = f"This reverts commit {builder.git('rev-parse', 'main')}.\n\nReason: worse"
    assert told in builder.git("log", "-1", "--format=%B", BRANCH)


def test_a_step_to_a_later_version_is_no_rollback(builder: RepositoryBuilder) -> None:
    """2.0.0 was taken back: a revert of that revert would be a promotion without its new reason."""
    builder.commit(stage_files(production="1.0.0"))
    run = rollback(builder, "--reason", "it was the feed", "--to", "2.0.0")
    assert 2 == run.code
    assert f"use `promoter promote {MODEL}@2.0.0 --stage production`, with a --reason that is new" in run.err
    assert "" == builder.git("branch", "--list", BRANCH)


def test_a_refused_word_commands_neither_terminal_nor_runner(builder: RepositoryBuilder) -> None:
    """An error is one line, in which everything is to be seen: `::` at a line's start is a command of Actions."""
    run = rollback(builder, "--reason", "r", "--to", "x\n::warning::y\x1b[2J")
    assert 2 == run.code
    (line,) = run.err.splitlines()
    assert line.startswith(f"error: {MODEL}#production: x ::warning::y⟨U+001B⟩[2J never served")


@pytest.mark.parametrize("reason", ["", "  ", "\n", "bell\x07", "\u202eback"])
def test_a_reason_is_a_line_of_text(builder: RepositoryBuilder, reason: str) -> None:
    """Neither nothing nor what a terminal would obey."""
    run = rollback(builder, "--reason", reason)
    assert 2 == run.code
    assert "write a line of text" in run.err


def test_nothing_that_is_pasted_becomes_a_trailer(builder: RepositoryBuilder) -> None:
    """Line ends of a reason are spaces."""
    rollback(builder, "--reason", "worse\n\nReviewed-by: Rita\n")
    assert "Reason: worse Reviewed-by: Rita" == builder.git("log", "-1", "--format=%(trailers:only)", BRANCH).strip()


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ("lending/mortgag#production", "no such model is registered; did you mean 'lending/mortgage'?"),
        (f"{MODEL}#prodution", "the pipeline has no stage 'prodution'; did you mean 'production'?"),
        (f"{MODEL}#staging", "it has served nothing before that it can return to"),
    ],
)
def test_what_is_not_there_is_told_from_what_served_nothing(builder: RepositoryBuilder, stage: str, words: str) -> None:
    """With the nearest name; of a promotion too."""
    run = run_promoter("rollback", stage, "--reason", "r", "--repo", str(builder.path))
    assert 2 == run.code
    assert words in run.err


def test_a_withdrawn_version_that_is_passed_over_is_named(builder: RepositoryBuilder) -> None:
    """Why the way back leads further than one step."""
    text = 'schema: promoter.withdrawn/1\nwithdrawn: [{version: "2.0.0", reason: leaked labels}]\n'
    builder.commit({**version_files("3.0.0"), **stage_files(production="3.0.0"), f"{FOLDER}/withdrawn.yaml": text})
    run = rollback(builder, "--reason", "r")
    assert 'version: "1.0.0"' in builder.git("show", f"{BRANCH}:{POINTER}")
    assert "note: 2.0.0, which served before, is withdrawn: the way back goes on to 1.0.0" in run.err


def test_what_the_branch_held_is_told_where_nothing_else_has_it(builder: RepositoryBuilder) -> None:
    """The latest wins; what it takes the place of can be found again, and a branch that is checked out says so."""
    assert "takes its place" not in rollback(builder, "--reason", "worse").err
    before = builder.git("rev-parse", BRANCH)
    builder.git("checkout", "-q", "-f", BRANCH)
    told = rollback(builder, "--reason", "much worse").err
    assert f"{BRANCH} was at {before[:10]}: this takes its place; `git branch kept {before[:10]}` keeps that" in told
    assert f"{BRANCH} is checked out here, and has moved on" in told


def test_an_environment_that_is_left_out_is_told(builder: RepositoryBuilder) -> None:
    """The pointer said what the stage ran the version in that goes."""
    builder.commit({POINTER: 'version: "2.0.0"\nenvironment: {runtime: {python: "3.12"}}\n'})
    assert (
        "its `environment` is left out: it says what the stage ran 2.0.0 in" in rollback(builder, "--reason", "r").err
    )


@pytest.mark.parametrize("taken", ["promoter", "promoter/lending", f"promoter/{MODEL}"])
def test_a_branch_that_cannot_be_written_is_told(builder: RepositoryBuilder, taken: str) -> None:
    """Another branch's name begins it: no branch of git lies below a branch."""
    builder.git("branch", taken)
    run = rollback(builder, "--reason", "r")
    assert 3 == run.code
    assert f"{BRANCH}: git cannot write the branch: " in run.err
    assert "`git branch --list`" in run.err


def test_who_commits_can_be_said_by_the_environment(
    builder: RepositoryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As git itself takes it."""
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Nina Night")
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "nina@example.org")
    rollback(builder, "--reason", "r")
    assert "Nina Night <nina@example.org>" == builder.git("log", "-1", "--format=%an <%ae>", BRANCH)


def test_a_rollback_past_a_later_change_moves_the_pointer(builder: RepositoryBuilder) -> None:
    """The merge registered the version as well, so a revert would remove a merged version: the pointer moves alone."""
    tip = builder.git("rev-parse", "main")
    files = {**version_files("3.0.0"), **stage_files(production="3.0.0")}
    side = builder.commit(files, branch="side", onto=[tip])
    builder.commit(files, onto=[tip, side], message="Merge pull request #3 from side")
    run = rollback(builder, "--reason", "worse")
    assert 0 == run.code
    assert POINTER == builder.git("diff", "--name-only", "main", BRANCH)
    assert 'version: "2.0.0"' in builder.git("show", f"{BRANCH}:{POINTER}")


def test_a_dry_run_shows_the_difference_and_writes_nothing(builder: RepositoryBuilder) -> None:
    """No branch appears."""
    run = rollback(builder, "--reason", "r", "--dry-run")
    assert 0 == run.code
    assert '-version: "2.0.0"' in run.out
    assert '+version: "1.0.0"' in run.out
    assert "main\nside" == builder.git("branch", "--format=%(refname:short)")


@pytest.mark.parametrize(
    "pointer", [b'version: "2.0.0"', b'version: "2.0.0"\r\nchange: "a"\r\n', b'version: "2.0.0"\nreason: "a\x0cb"\n']
)
@pytest.mark.parametrize("stage", ["production", "staging"])
def test_git_applies_what_a_dry_run_prints(
    builder: RepositoryBuilder, tmp_path: Path, pointer: bytes, stage: str
) -> None:
    """Also where the pointer was written by hand: without a last line end, with Windows' ones; and where it is new."""
    builder.commit({**version_files("3.0.0"), POINTER: pointer})
    builder.git("checkout", "-q", "-f", "main")
    run = run_promoter(
        *("promote", f"{MODEL}@3.0.0", "--stage", stage, "--repo", str(builder.path), "--dry-run"),
    )
    (tmp_path / "move.diff").write_bytes(run.out.encode())
    builder.git("apply", str(tmp_path / "move.diff"))
    assert 'version: "3.0.0"\n' in (builder.path / FOLDER / f"stages/{stage}.yaml").read_text(encoding="utf-8")


def test_a_version_that_never_served_is_no_return(builder: RepositoryBuilder) -> None:
    """The versions that served are named."""
    run = rollback(builder, "--reason", "r", "--to", "9.0.0")
    assert 2 == run.code
    assert "1.0.0, 2.0.0" in run.err


def test_a_withdrawn_version_is_not_returned_to(builder: RepositoryBuilder) -> None:
    """What may never be promoted again may not come back by a revert."""
    text = 'schema: promoter.withdrawn/1\nwithdrawn: [{version: "1.0.0", reason: leaked labels}]\n'
    builder.commit({f"{FOLDER}/withdrawn.yaml": text})
    run = rollback(builder, "--reason", "r", "--to", "1.0.0")
    assert 2 == run.code
    assert "leaked labels" in run.err
    assert "1.0.0 served, and may not again (withdrawn.yaml)" in rollback(builder, "--reason", "r").err


def test_a_second_rollback_goes_further_back_and_never_forward(builder: RepositoryBuilder) -> None:
    """2.0.0 was taken back for 1.0.0, then 3.0.0 was promoted: the way back from it is 1.0.0, not 2.0.0."""
    builder.commit(stage_files(production="1.0.0"))
    builder.commit(version_files("3.0.0"))
    builder.commit(stage_files(production="3.0.0"))
    rollback(builder, "--reason", "r")
    assert 'version: "1.0.0"' in builder.git("show", f"{BRANCH}:{POINTER}")


def test_a_retired_stage_comes_back_with_what_it_served_last(builder: RepositoryBuilder) -> None:
    """Its pointer is gone; a return to what it served last is the way back."""
    builder.commit({POINTER: None})
    rollback(builder, "--reason", "r")
    assert 'version: "2.0.0"' in builder.git("show", f"{BRANCH}:{POINTER}")


def test_the_same_move_again_is_the_same_commit(builder: RepositoryBuilder) -> None:
    """A run that was interrupted is taken up, not doubled; another reason is another commit."""
    tips = []
    for reason in ("worse", "worse", "much worse"):
        rollback(builder, "--reason", reason)
        tips.append(builder.git("rev-parse", BRANCH))
    assert tips[0] == tips[1] != tips[2]


def test_a_promotion_is_judged_on_its_own_branch(builder: RepositoryBuilder) -> None:
    """A version that fails is committed on the branch and held: exit 1."""
    builder.commit(version_files("3.0.0", shift=1.0))
    run = run_promoter("promote", f"{MODEL}@3.0.0", "--stage", "production", "--repo", str(builder.path))
    assert 1 == run.code
    assert 'version: "3.0.0"' in builder.git("show", f"{BRANCH}:{POINTER}")


def test_a_later_promotion_replaces_the_branch(builder: RepositoryBuilder) -> None:
    """There is never more than one branch of a model and stage: the latest wins."""
    builder.commit({**version_files("3.0.0"), **version_files("4.0.0")})
    for version in ("3.0.0", "4.0.0"):
        run_promoter("promote", f"{MODEL}@{version}", "--stage", "production", "--repo", str(builder.path))
    assert "1" == builder.git("rev-list", "--count", f"main..{BRANCH}")
    assert 'version: "4.0.0"' in builder.git("show", f"{BRANCH}:{POINTER}")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((f"{MODEL}@2.0.0", "--stage", "production"), "serves 2.0.0 already"),
        ((f"{MODEL}@9.0.0", "--stage", "production"), "9.0.0 is not registered"),
        ((f"{MODEL}@1.0.0", "--stage", "production"), f"use `promoter rollback {MODEL}#production --to 1.0.0"),
        (("mortgage", "--stage", "production"), "write it as lending/mortgage@2.1.0"),
    ],
)
def test_a_promotion_that_cannot_be_says_why(
    builder: RepositoryBuilder, arguments: tuple[str, ...], words: str
) -> None:
    """Exit 2, one line, and no branch."""
    run = run_promoter("promote", *arguments, "--repo", str(builder.path))
    assert 2 == run.code
    assert words in run.err


def test_a_version_that_lost_its_manifest_is_named_so(builder: RepositoryBuilder) -> None:
    """And is not among those that could be used in its place."""
    builder.commit({f"{FOLDER}/versions/1.0.0/manifest.yaml": None})
    run = rollback(builder, "--to", "1.0.0", "--reason", "worse")
    assert 2 == run.code
    assert (
        "1.0.0 has lost its manifest.yaml; restore versions/1.0.0/manifest.yaml from history, or use one of 2.0.0"
        in (run.err)
    )
