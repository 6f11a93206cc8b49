"""A scratch registry in which a story happens: each act is a real branch, a real check and a real merge."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from promoter.commands.case import Case, open_case
from promoter.commands.cast import AUTHOR, MERGER, ON_CALL, RECORDER, approvers, merged_facts
from promoter.commands.judging import Workshop, judge_case
from promoter.commands.output import view_of
from promoter.commands.past import open_past
from promoter.commands.record import message_of, unrecorded
from promoter.commands.record_make import make_all
from promoter.decision.types import Decision
from promoter.document.writing import yaml_text
from promoter.errors import Location, Problem, ProposalError
from promoter.git.commit import Person
from promoter.git.repository import open_repository
from promoter.git.snapshot import Snapshot
from promoter.git.writing import Stamp, Writer
from promoter.history.event import RECORDED
from promoter.history.people import Merged
from promoter.policy.rulebook import read_rules
from promoter.report.parts import View

FIRST_DAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

Files = Mapping[str, bytes | None]


@dataclass(frozen=True, slots=True)
class Landed:
    """A merge: its commit, who agreed as role to login, and the records that it got."""

    commit: str
    approved: Mapping[str, str]
    records: tuple[str, ...]


@dataclass(slots=True)
class Story:
    """The scratch registry and how far its calendar is; one act follows the other by some days."""

    folder: Path
    samples: Path
    workshop: Workshop
    at: datetime = FIRST_DAY
    writer: Writer = field(init=False)
    acts: int = 0
    awaited: tuple[str, ...] = ()
    """The roles that must agree to what was judged last."""

    by: Person = AUTHOR
    brought: dict[str, Merged] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Lay out the registry with the rules, and no model yet."""
        self.writer = Writer.create_unsigned(self.folder)
        rules = {**self._below("policies"), "CODEOWNERS": (self.samples / "CODEOWNERS").read_bytes()}
        self.writer.commit_files("main", rules, self._stamp(MERGER, "Lay out the registry"))

    def version(self, model: str, version: str) -> Files:
        """Return the files of a sample version, and of its model where the registry lacks it."""
        folder = f"models/{model}"
        files = dict(self._below(f"{folder}/versions/{version}"))
        path = f"{folder}/model.yaml"
        repository = open_repository(self.folder)
        known = Snapshot(repository, repository.commit(repository.resolve("main")).tree_id)
        if known.entry(path) is None:
            files[path] = (self.samples / path).read_bytes()
        return files

    def pointer(self, model: str, stage: str, version: str, *, ticket: str | None = None) -> Files:
        """Return the pointer file that makes a stage serve a version, under a change record where one is named."""
        change = f'change: "{ticket}"\n' if ticket else ""
        return {f"models/{model}/stages/{stage}.yaml": f'version: "{version}"\n{change}'.encode()}

    def agree(self, ticket: str, title: str, *, risk_assessment: str, days: float) -> None:
        """Merge a change record some days later: the risk role agrees to it before the move that names it."""
        self.at += timedelta(days=days)
        record = {
            "schema": "promoter.change/1",
            "ticket": ticket,
            "title": title,
            "reason": "The gates passed in staging, and nothing was reported there.",
            "risk": "medium",
            "risk_assessment": risk_assessment,
            "rollback_plan": "Run `promoter rollback`: the revert of the merge takes the pointer back, nothing else.",
            "requester": "example-lena",
            "approvers": ["example-rita"],
            "effective_from": self.at.date().isoformat(),
        }
        path = f"policies/changes/{ticket}.yaml"
        text = yaml_text(record, schema="../../schemas/change.schema.json").encode()
        stamp = self._stamp(AUTHOR, f"Ask for {ticket}")
        head = self.writer.commit_files(ticket.lower(), {path: text}, stamp, onto=self.writer.tip("main"))
        self.writer.merge("main", head, self._stamp(MERGER, f"Agree to {ticket}: {title}"))

    def propose(self, subject: str, files: Files, *, days: float) -> tuple[str, Decision, View]:
        """Commit files on a branch some days later and judge the branch. Returns the branch's tip with the verdict."""
        self.at += timedelta(days=days)
        self.acts += 1
        self.by = AUTHOR
        head = self.writer.commit_files(
            f"act-{self.acts}", files, self._stamp(AUTHOR, subject), onto=self.writer.tip("main")
        )
        return head, *self._judge(head)

    def merge(self, head: str, subject: str) -> Landed:
        """Let the roles agree, merge a branch as GitHub's button does, an hour later, and record it as the recorder."""
        roles = read_rules(open_past(self.folder).tree).roles
        agreed = approvers(roles, self.awaited)
        facts = merged_facts(self.acts, head, author=self.by, reviewers=tuple(agreed.values()), at=self.at)
        self.at += timedelta(hours=1)
        message = f"Merge pull request #{self.acts} from act-{self.acts}\n\n{subject}"
        commit = self.writer.merge("main", head, self._stamp(MERGER, message))
        self.brought[commit] = facts
        return Landed(commit, {role: account.login for role, account in agreed.items()}, self._record())

    def push(self, files: Files, subject: str, *, days: float) -> str:
        """Push a commit straight to main some days later, as only who may bypass the rules can."""
        self.at += timedelta(days=days)
        return self.writer.commit_files("main", files, self._stamp(ON_CALL, subject))

    def revert(self, merge: str, subject: str, *, days: float) -> tuple[str, Decision, View]:
        """Revert a merge on a branch, as GitHub's Revert button does, and judge the branch."""
        self.at += timedelta(days=days)
        self.acts += 1
        self.by = ON_CALL
        stamp = self._stamp(ON_CALL, f"{subject}\n\nThis reverts commit {merge}.")
        head = self.writer.revert(f"act-{self.acts}", merge, stamp, onto=self.writer.tip("main") or merge)
        return head, *self._judge(head)

    def _judge(self, head: str) -> tuple[Decision, View]:
        case: Case = open_case(open_repository(self.folder), base="main", head=head, is_worktree=False, at=self.at)
        decision = judge_case(case, at=self.at, workshop=self.workshop)
        self.awaited = tuple(sorted({role for change in decision.changes for role, _ in change.approvals.missing}))
        return decision, view_of(decision, case)

    def _record(self) -> tuple[str, ...]:
        past = open_past(self.folder)
        missing = unrecorded(past, [event for event in past.timeline.events if event.kind in RECORDED])
        files = dict(make_all(past, missing, self.workshop, self.brought))
        self.writer.commit_files("main", files, self._stamp(RECORDER, message_of(len(files))))
        return tuple(files)

    def _stamp(self, who: Person, message: str) -> Stamp:
        return Stamp(author=who, at=self.at, message=message)

    def _below(self, folder: str) -> dict[str, bytes]:
        root = self.samples / folder
        found = {
            path.relative_to(self.samples).as_posix(): path.read_bytes()
            for path in sorted(root.rglob("*"))
            if path.is_file()
        }
        if not found:
            hint = "run it in a clone of the project, or name one with --samples"
            raise ProposalError(Problem(Location(str(root)), "the sample models are not here", hint))
        return found


def add_line(files: Files, name: str, line: str) -> Files:
    """Return the files with one line more at the end of the one that is called so."""
    path, content = _named(files, name)
    return {**files, path: content.rstrip(b"\n") + f"\n\n{line}\n".encode()}


def replace_text(files: Files, name: str, old: str, new: str) -> Files:
    """Return the files with a text replaced in the one that is called so.

    Raises ProposalError where the file does not hold the text.
    """
    path, content = _named(files, name)
    if old.encode() not in content:
        hint = "run the demo on the samples of this release"
        raise ProposalError(Problem(Location(path), f"the sample does not hold {old!r}", hint))
    return {**files, path: content.replace(old.encode(), new.encode())}


def _named(files: Files, name: str) -> tuple[str, bytes]:
    """Return path and content of the one file of this name. Raises ProposalError where there is none."""
    for path, content in files.items():
        if path.endswith(f"/{name}") and content is not None:
            return path, content
    raise ProposalError(Problem(Location(name), "the sample has no such file", "name a clone with --samples"))
