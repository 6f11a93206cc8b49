"""A case and a file of reviews to the panel: the commits that made the change, and the trees that were reviewed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from promoter.commands.case import WORKTREE, Case
from promoter.decision.exclusion import CommitTrace
from promoter.decision.hearing import MAX_AGE_DAYS, Panel
from promoter.decision.reviews import ReviewFacts, parse_reviews
from promoter.decision.scope import Backdrop, ObjectIds, Reviewed, object_ids
from promoter.errors import Location, Problem, PromoterError, ProposalError
from promoter.git.repository import Repository
from promoter.git.snapshot import Snapshot
from promoter.history.people import People


def read_panel(case: Case, path: Path) -> Panel:
    """Return the panel of a case. Raises ProposalError where the file is unusable, or uncommitted files are judged."""
    try:
        content = path.read_bytes()
    except OSError as exc:
        message = f"cannot be read: {exc.strerror}"
        raise ProposalError(
            Problem(Location(str(path)), message, "name a file of reviews; see docs/approvals.md")
        ) from exc
    if case.head == WORKTREE:
        hint = "commit, and name the commit with --head"
        raise ProposalError(Problem(Location("--reviews"), "uncommitted files have no reviews", hint))
    return panel_of(case, parse_reviews(content, path=str(path)))


def panel_of(case: Case, facts: ReviewFacts) -> Panel:
    """Return the panel of a case by the facts of its reviews."""
    reviewed = ReviewedCommits(case.repository)
    return Panel(facts=facts, commits=traces_of(case, case.head), backdrop=_backdrop(case, facts, reviewed))


def traces_of(case: Case, head: str) -> tuple[CommitTrace, ...]:
    """Return the commits that a head reaches and the case's base does not."""
    return tuple(
        CommitTrace(
            id=commit.id,
            author_email=commit.author.email,
            committer_email=commit.committer.email,
            message=commit.message,
        )
        for commit in case.repository.commits_since(case.base, head)
    )


def recorded_panel(case: Case, people: People) -> Panel | None:
    """Return the panel of a merged change by what its record keeps; None where no pull request brought it in."""
    facts = people.merged.reviews
    if facts is None:
        return None
    return Panel(facts=facts, commits=people.traces, backdrop=_backdrop(case, facts, people.reviewed_objects))


def _backdrop(case: Case, facts: ReviewFacts, reviewed: Reviewed) -> Backdrop:
    earliest = min((review.submitted_at for review in facts.reviews), default=facts.waiting_since)
    base_line = _BaseLine(case.repository, case.base, earliest - timedelta(days=2 * MAX_AGE_DAYS))
    return Backdrop(base=case.base_tree, merged=case.merged_tree, reviewed=reviewed, base_at=base_line.tree_at)


@dataclass(frozen=True, slots=True)
class ReviewedCommits:
    """Reads what a reviewed commit holds; it may be gone, and its trees were never checked."""

    repository: Repository

    def __call__(self, commit_id: str, paths: tuple[str, ...]) -> ObjectIds | None:
        """Return the objects that a commit holds at some paths, or None where it is gone."""
        try:
            return object_ids(Snapshot(self.repository, self.repository.commit(commit_id).tree_id), paths)
        except PromoterError:
            return None  # the approval is void, and says so


@dataclass(frozen=True)
class _BaseLine:
    """What the base branch held at a moment of the past: its first parents back to `since`."""

    repository: Repository
    tip: str
    since: datetime

    def tree_at(self, moment: datetime) -> Snapshot | None:
        """Return the tree of the last commit at or before a moment, or None where the line does not reach back.

        A commit stands at its committer's time, and no earlier than any commit before it.
        """
        found = None
        latest: datetime | None = None
        for committed_at, tree_id in self._line:
            latest = committed_at if latest is None else max(latest, committed_at)
            if latest > moment:
                break
            found = tree_id
        return None if found is None else Snapshot(self.repository, found)

    @cached_property
    def _line(self) -> tuple[tuple[datetime, str], ...]:
        """Commits from the oldest that matters to the tip."""
        line: list[tuple[datetime, str]] = []
        for commit in self.repository.first_parents(self.tip):
            line.append((commit.committed_at, commit.tree_id))
            if commit.committed_at < self.since:
                break
        return tuple(reversed(line))
