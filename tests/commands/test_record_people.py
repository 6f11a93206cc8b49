"""What a record keeps of people, and that an audit holds the approvals against the roles of that time."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from promoter.commands.attending import write_brought
from promoter.decision.reviews import ReviewFacts
from promoter.errors import ServiceError
from promoter.history.people import Merged
from tests.commands.recorded import PRODUCTION, Registry, pipeline
from tests.support.registry import stage_files, version_files
from tests.support.repositories import RepositoryBuilder

RECORD = f"{PRODUCTION}/0003-3.0.0.json"
RITA, LEO, MARIA = ({"login": login, "id": number} for login, number in (("rita", 101), ("leo", 102), ("maria", 7)))


@dataclass(frozen=True, slots=True)
class Squashed:
    """A registry whose last commit is a squashed pull request that moved production; risk had to agree."""

    registry: Registry
    brought: Path
    commit: str
    head: str
    at: str

    def merged(self, *reviewers: dict[str, Any]) -> Merged:
        """Return what GitHub says of it: leo proposed it, these approved it, maria merged it."""
        reviews = [
            {"id": number, "reviewer": reviewer, "state": "APPROVED", "commit": self.head, "submitted_at": self.at}
            for number, reviewer in enumerate(reviewers, 1)
        ]
        emails = {"ada@example.org": LEO}
        facts = {"schema": "promoter.reviews/1", "author": LEO, "waiting_since": self.at, "emails": emails}
        told = ReviewFacts.model_validate_json(json.dumps({**facts, "reviews": reviews}))
        value = {"pull_request": 9, "head": self.head, "merged_by": MARIA, "reviews": told}
        return Merged.model_validate(value)

    def record(self, merged: Merged) -> dict[str, Any]:
        """Return the record of the move, made with what was brought."""
        tip = self.registry.builder.git("rev-parse", "main")
        write_brought(self.brought, tip=tip, commits={self.commit: merged})
        arguments = ("--brought", str(self.brought), "--since", f"{self.commit}~1", "--commit")
        assert 0 == self.registry.run("record", *arguments).exit_code
        self.registry.check_out()
        found: dict[str, Any] = json.loads(self.registry.records()[RECORD])
        return found

    def findings(self) -> list[tuple[bool, str]]:
        """Return what an audit finds."""
        found = json.loads(self.registry.run("audit", "verify", "--json").stdout)["findings"]
        return [(finding["unverified"], finding["message"]) for finding in found]


@pytest.fixture
def squashed(tmp_path: Path) -> Squashed:
    """Return the registry, recorded up to the move."""
    registry = Registry.create(tmp_path / "registry")
    registry.commit(dict(version_files("3.0.0")), message="Register (#6)")
    registry.commit(dict(pipeline(approvals="{role: risk}")), message="Ask risk (#8)")
    registry.run("record", "--commit")
    tip = registry.builder.git("rev-parse", "main")
    at = registry.builder.git("log", "-1", "--format=%cI", tip)
    head = registry.builder.commit(stage_files(production="3.0.0"), branch="candidate", onto=[tip])
    registry.builder.git("branch", "-D", "candidate")
    # The recorder's commit has the clock's time; nothing on the line is older than what it stands on.
    commit = registry.commit(dict(stage_files(production="3.0.0")), message="Promote (#9)")
    brought = tmp_path / "brought"
    brought.mkdir()
    return Squashed(registry, brought, commit, head, at)


def test_an_approval_is_kept_with_its_role_and_stands_in_an_audit(squashed: Squashed) -> None:
    """Number, merger, who agreed as what; a clone that never saw the proposal finds the same."""
    record = squashed.record(squashed.merged(RITA))
    assert (9, "maria") == (record["pull_request"], record["merger"])
    (change,) = record["decision"]["changes"]
    assert [{"role": "risk", "login": "rita"}] == change["approvals"]["given"]
    assert [] == squashed.findings()
    builder = squashed.registry.builder
    clone = squashed.brought.parent / "clone"
    builder.git("clone", "-q", "--no-local", str(builder.path), str(clone))
    there = Registry(RepositoryBuilder.create(clone))
    assert [] == json.loads(there.run("audit", "verify", "--json").stdout)["findings"]


@pytest.mark.parametrize("reviewers", [(), (LEO,), (MARIA,)])
def test_a_merge_without_the_approval_is_unverified(squashed: Squashed, reviewers: tuple[dict[str, Any], ...]) -> None:
    """Nobody agreed; the author did; somebody without the role did. Neither audit nor resolve lets it pass."""
    squashed.record(squashed.merged(*reviewers))
    assert [(True, "risk had not agreed, and it was merged all the same")] == squashed.findings()
    answer = squashed.registry.run("resolve", "lending/mortgage#production")
    assert (1, True) == (answer.exit_code, "risk had not agreed" in answer.output)


def test_what_was_recorded_without_github_is_not_served(squashed: Squashed) -> None:
    """Whether risk agreed stays unknown: the recording warns of it, and resolve answers only when told to."""
    recorded = squashed.registry.run("record", "--commit")
    warning = "warning: whether the roles of 1 change agreed stays unknown: GitHub was not asked; "
    assert warning in recorded.stderr
    answer = squashed.registry.run("resolve", "lending/mortgage#production")
    assert (1, True) == (answer.exit_code, "whether risk agreed is unknown" in answer.stderr)
    assert 0 == squashed.registry.run("resolve", "lending/mortgage#production", "--allow-unverified").exit_code


def test_a_push_without_a_pull_request_has_no_approval(squashed: Squashed) -> None:
    """Whatever number its subject claims."""
    record = squashed.record(Merged(pull_request=None))
    assert (None, "Ada <ada@example.org>") == (record["pull_request"], record["merger"])
    assert [(True, "risk had not agreed, and it was merged all the same")] == squashed.findings()


def test_approvals_that_nobody_asked_github_for_are_unknown(squashed: Squashed) -> None:
    """A record that was made without GitHub says so; what it is about is UNVERIFIED to audit and resolve alike."""
    squashed.registry.run("record", "--commit")
    assert json.loads(squashed.registry.records()[RECORD])["people"] is None
    unknown = "recorded without GitHub: whether risk agreed is unknown"
    assert [(True, unknown)] == squashed.findings()
    assert unknown in squashed.registry.run("resolve", "lending/mortgage#production").stderr
    (told,) = squashed.registry.run("audit", "verify").stdout.splitlines()
    assert told.startswith("UNVERIFIED promotion lending/mortgage#production 3.0.0: ")
    assert told.endswith(f"commit {squashed.commit[:10]} by Ada <ada@example.org>")


def test_an_approval_that_was_written_into_a_record_is_found(squashed: Squashed) -> None:
    """The facts are there, and do not lead to it."""
    squashed.record(squashed.merged())
    content = squashed.registry.records()[RECORD].replace(b'"given": []', b'"given": [{"role":"risk","login":"rita"}]')
    squashed.registry.commit({RECORD: content})
    assert any("comes out differently" in message for _, message in squashed.findings())


def test_people_that_cannot_be_read_are_a_finding(squashed: Squashed) -> None:
    """No traceback, and no pass."""
    squashed.record(squashed.merged(RITA))
    content = squashed.registry.records()[RECORD].replace(b'"promoter.people/1"', b'"promoter.people/9"')
    squashed.registry.commit({RECORD: content})
    assert any("no decision that can be judged again" in message for _, message in squashed.findings())


def test_a_commit_that_github_was_not_asked_about_is_refused(squashed: Squashed) -> None:
    """The judging job does not guess."""
    write_brought(squashed.brought, tip=squashed.commit, commits={})
    with pytest.raises(ServiceError, match="GitHub was not asked"):
        squashed.registry.run("record", "--brought", str(squashed.brought))
