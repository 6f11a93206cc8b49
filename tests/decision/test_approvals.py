"""Who may agree to a change, to what exactly, and for how long: each on a real repository."""

from dataclasses import replace
from pathlib import Path

import pytest

from promoter.decision.types import Approvals
from tests.support.registry import FOLDER, stage_files, version_files
from tests.support.reviewing import BOT, CARLA, LEO, RAVI, RITA, Promotion, moment


@pytest.fixture
def promotion(tmp_path: Path) -> Promotion:
    """Return a promotion that role risk must approve."""
    return Promotion.create(tmp_path)


def reasons(approvals: Approvals) -> dict[str, str]:
    """Return login to why the review does not count."""
    return {entry.login: entry.reason for entry in approvals.disqualified}


def test_an_approval_of_the_head_counts(promotion: Promotion) -> None:
    """It says who, in which role, by which numeric id, of which commit, and what lists the person."""
    approvals = promotion.assess(promotion.approval(RITA))
    assert (("risk", "rita"),) == approvals.given
    assert () == approvals.missing == approvals.awaited
    (ground,) = approvals.grounds
    assert (101, promotion.head, "policies/roles.yaml") == (ground.id, ground.commit, ground.listed_in)


def test_who_is_missing_is_named_with_the_way_to_reach_them(promotion: Promotion) -> None:
    """Role, contact, people and since when; the people are those who had no hand in the change."""
    approvals = promotion.assess(author=RAVI)
    assert (("risk", 1),) == approvals.missing
    (awaited,) = approvals.awaited
    assert ("risk@example.org", ("rita",)) == (awaited.contact, awaited.people)
    assert moment(0.5) == awaited.as_json()["since"]


def test_nothing_is_asked_where_no_role_is_needed(promotion: Promotion) -> None:
    """Reviews of a change that asks nobody are not looked at."""
    assert Approvals() == promotion.assess(promotion.approval(RITA), needed={})


def test_the_author_cannot_approve(promotion: Promotion) -> None:
    """Row 58: whoever opened the pull request is named as disqualified."""
    approvals = promotion.assess(promotion.approval(RITA), author=RITA)
    assert {"rita": "opened the pull request"} == reasons(approvals)
    assert ("ravi",) == approvals.awaited[0].people


def test_a_bot_cannot_approve(promotion: Promotion) -> None:
    """Bots never count, whatever role lists them."""
    approvals = promotion.assess(promotion.approval({**BOT, "id": 101}))
    assert {"helper[bot]": "is a bot, and bots approve nothing"} == reasons(approvals)


def test_an_author_of_any_commit_cannot_approve(promotion: Promotion) -> None:
    """GitHub's mapping of the commit decides, not the address in it."""
    accounts = {"commit": promotion.head, "author": RITA, "committer": LEO}
    approvals = promotion.assess(promotion.approval(RITA), commits=[accounts])
    assert {"rita": f"wrote commit {promotion.head[:10]}"} == reasons(approvals)


def test_a_committer_on_a_side_branch_that_was_merged_in_cannot_approve(promotion: Promotion) -> None:
    """Row 58: the whole graph counts, not only the first parents."""
    side = promotion.commit({"docs/a.md": "a"}, onto=promotion.base, committer="rita@example.org")
    head = promotion.commit({"docs/a.md": "a"}, onto=promotion.head, also_onto=(side,))
    approvals = promotion.assess(
        promotion.approval(RITA), head=head, emails={"ada@example.org": LEO, "RITA@example.org": RITA}
    )
    assert {"rita": f"committed {side[:10]}"} == reasons(approvals)


@pytest.mark.parametrize(
    "email", ["rita@example.org", "101+rita@users.noreply.github.com", "Rita@users.noreply.github.com"]
)
def test_a_co_author_cannot_approve(promotion: Promotion, email: str) -> None:
    """The trailer's address leads to the account by the facts or by GitHub's no-reply form."""
    message = f"change\n\nco-authored-by: Rita <{email}>"
    head = promotion.commit({"docs/a.md": "a"}, onto=promotion.head, message=message)
    approvals = promotion.assess(
        promotion.approval(RITA), head=head, emails={"ada@example.org": LEO, "rita@example.org": RITA}
    )
    assert {"rita": f"is a co-author of commit {head[:10]}"} == reasons(approvals)


def test_who_pushed_cannot_approve(promotion: Promotion) -> None:
    """A forged author and committer do not hide who pushed, where GitHub's activity was read."""
    assert {"rita": "pushed to the branch"} == reasons(promotion.assess(promotion.approval(RITA), pushers=[RITA]))


def test_who_asked_for_the_waiver_cannot_approve(promotion: Promotion) -> None:
    """The login of the waiver's requester is enough."""
    approvals = promotion.assess(promotion.approval(RITA), requesters=("Rita",))
    assert {"rita": "asked for the waiver that this change uses"} == reasons(approvals)


def test_an_address_of_no_account_asks_for_one_approver_more(promotion: Promotion) -> None:
    """Row 58: who is behind it cannot be told from the approvers."""
    first = promotion.assess(promotion.approval(RITA), emails={})
    assert (("risk", 2),) == first.required
    assert (("risk", 1),) == first.missing
    assert "ada@example.org belongs to no known account" in first.awaited[0].reason
    assert () == promotion.assess(promotion.approval(RITA), promotion.approval(RAVI), emails={}).missing


def test_the_extra_approver_may_hold_any_asked_role(promotion: Promotion) -> None:
    """Two roles of one each and an unknown address need three people."""
    needed = {"risk": 1, "compliance": 1}
    approvals = promotion.assess(promotion.approval(RAVI), promotion.approval(CARLA), needed=needed, emails={})
    assert (("compliance or risk", 1),) == approvals.missing
    assert ("rita",) == approvals.awaited[0].people


def test_commits_made_on_githubs_pages_have_no_unknown_maker(promotion: Promotion) -> None:
    """GitHub's own address is nobody's."""
    head = promotion.commit({"docs/a.md": "a"}, onto=promotion.head, committer="noreply@github.com")
    assert (("risk", 1),) == promotion.assess(head=head).required


def test_one_person_fills_one_role(promotion: Promotion) -> None:
    """Rita holds both roles and fills one; which one follows from who else agreed."""
    needed = {"risk": 1, "compliance": 1}
    alone = promotion.assess(promotion.approval(RITA), needed=needed)
    assert (("compliance", "rita"),) == alone.given
    assert (("risk", 1),) == alone.missing
    both = promotion.assess(promotion.approval(CARLA), promotion.approval(RITA), needed=needed)
    assert (("compliance", "carla"), ("risk", "rita")) == both.given


def test_a_count_is_of_different_people(promotion: Promotion) -> None:
    """Two approvals of one person are one."""
    approvals = promotion.assess(promotion.approval(RITA), promotion.approval(RITA), needed={"risk": 2})
    assert (("risk", 1),) == approvals.missing


def test_numeric_ids_decide(promotion: Promotion) -> None:
    """Whoever took over the login rita is not rita; rita under a new name still is."""
    taken_over = promotion.assess(promotion.approval({"login": "rita", "id": 999}))
    listed = "policies/roles.yaml lists rita for risk with id 101, this account has id 999"
    assert {"rita": listed} == reasons(taken_over)
    assert (("risk", "rita-new"),) == promotion.assess(promotion.approval({"login": "rita-new", "id": 101})).given


def test_nobody_outside_of_the_roles_counts(promotion: Promotion) -> None:
    """An approval without a role that is asked is listed with that reason."""
    assert {"carla": "holds none of the roles that are asked: risk"} == reasons(
        promotion.assess(promotion.approval(CARLA))
    )


def test_a_team_that_was_read_counts_and_is_recorded(promotion: Promotion) -> None:
    """Membership comes from GitHub where roles.yaml names the team."""
    approvals = promotion.assess(promotion.approval(CARLA), teams={"acme/risk": [CARLA]})
    assert "team acme/risk" == approvals.grounds[0].listed_in


@pytest.mark.parametrize("state", ["COMMENTED", "PENDING", "DISMISSED"])
def test_only_an_approval_approves(promotion: Promotion, state: str) -> None:
    """Row 59: a comment that says approved is a comment; a dismissed approval is none."""
    assert (("risk", 1),) == promotion.assess(promotion.approval(RITA, state=state)).missing


def test_a_comment_after_the_approval_leaves_it_standing(promotion: Promotion) -> None:
    """Talking on does not withdraw an approval."""
    comment = promotion.approval(RITA, state="COMMENTED", submitted_at=moment(2))
    assert () == promotion.assess(promotion.approval(RITA), comment).missing


def test_an_edited_review_is_void(promotion: Promotion) -> None:
    """Row 59: its text is no longer what was submitted."""
    approvals = promotion.assess(promotion.approval(RITA, edited_at=moment(2)))
    assert "edited after it was given" in reasons(approvals)["rita"]


def test_an_old_approval_is_void(promotion: Promotion) -> None:
    """The age is counted to the decision's moment; the limit itself still counts."""
    limit = promotion.approval(RITA, submitted_at=moment(6 - 14))
    older = promotion.approval(RAVI, submitted_at=moment(6 - 14.01))
    assert "it is older than 14 days; approve again" == reasons(promotion.assess(older))["ravi"]
    assert "older" not in reasons(promotion.assess(limit)).get("rita", "")


def test_an_approval_from_the_future_is_void(promotion: Promotion) -> None:
    """A clock that is five minutes ahead is forgiven, a day is not."""
    assert "after the decision" in reasons(promotion.assess(promotion.approval(RITA, submitted_at=moment(7))))["rita"]


def test_a_rebase_keeps_the_approval(promotion: Promotion) -> None:
    """Other commits, the same objects in scope: what was reviewed is what would be merged."""
    base = promotion.commit({"docs/other.md": "x"}, onto=promotion.base, days=2)
    head = promotion.commit(stage_files(production="2.0.0"), onto=base, days=3)
    assert () == promotion.assess(promotion.approval(RITA), base=base, head=head).missing


def test_a_change_of_what_was_reviewed_voids_the_approval(promotion: Promotion) -> None:
    """Row 7: approve, then push; the reason names the path."""
    head = promotion.commit(
        {f"{FOLDER}/stages/production.yaml": 'version: "2.0.0"\nreason: "x"\n'}, onto=promotion.head
    )
    approvals = promotion.assess(promotion.approval(RITA), head=head)
    assert (("risk", 1),) == approvals.missing
    path = f"{FOLDER}/stages/production.yaml"
    assert f"{path} changed since the reviewed commit {promotion.head[:10]}" == reasons(approvals)["rita"]


def test_a_commit_beside_the_scope_keeps_the_approval(promotion: Promotion) -> None:
    """Documentation in the same pull request is not what the role agreed to."""
    head = promotion.commit({"docs/a.md": "a"}, onto=promotion.head)
    assert () == promotion.assess(promotion.approval(RITA), head=head).missing


@pytest.mark.parametrize("commit", [None, "f" * 40])
def test_an_approval_of_a_commit_that_is_gone_is_void(promotion: Promotion, commit: str | None) -> None:
    """What was approved is unknown, so nothing was."""
    assert "can no longer be read" in reasons(promotion.assess(promotion.approval(RITA, commit=commit)))["rita"]


def moved_champion(promotion: Promotion, days: float) -> Approvals:
    """Return the approvals after production moved to 1.5.0 and the pull request was rebased."""
    files = {**version_files("1.5.0"), **stage_files(production="1.5.0")}
    base = promotion.commit(files, onto=promotion.base, days=days)
    head = promotion.commit(stage_files(production="2.0.0"), onto=base, days=days + 0.1)
    return promotion.assess(promotion.approval(RITA), base=base, head=head)


def test_a_moved_champion_asks_again(promotion: Promotion) -> None:
    """The same pointer replaces another version than the one that was reviewed."""
    approvals = moved_champion(promotion, 2)
    assert "asked again for risk: what production serves moved since the review" == reasons(approvals)["rita"]


def test_a_champion_that_moved_before_the_review_does_not(promotion: Promotion) -> None:
    """The reviewer saw the champion of that moment."""
    assert () == moved_champion(promotion, 0.5).missing


def changed_policy(promotion: Promotion, path: str, old: str, new: str) -> Approvals:
    """Return the approvals of risk and compliance after a policy's text changed on main."""
    text = promotion.builder.files(promotion.base)[path].decode().replace(old, new)
    base = promotion.commit({path: text}, onto=promotion.base, days=2)
    reviews = (promotion.approval(RAVI), promotion.approval(CARLA))
    return promotion.assess(*reviews, base=base, needed={"risk": 1, "compliance": 1})


def test_a_changed_policy_asks_only_its_owner_again(promotion: Promotion) -> None:
    """Policy auc is owned by risk: compliance's approval stands."""
    approvals = changed_policy(promotion, "policies/catalog/performance/auc.yaml", "0.8", "0.9")
    assert (("compliance", "carla"),) == approvals.given
    assert {"ravi": "asked again for risk: policy auc changed since the review"} == reasons(approvals)


def test_a_changed_policy_that_never_judged_this_change_asks_nobody(promotion: Promotion) -> None:
    """A policy for other models may move as it likes."""
    path = "policies/catalog/performance/auc.yaml"
    text = promotion.builder.files(promotion.base)[path].decode()
    other = text.replace("id: auc", "id: other").replace("severity", "applies_to: {models: [health/x]}\nseverity")
    base = promotion.commit({"policies/catalog/performance/other.yaml": other}, onto=promotion.base, days=2)
    assert () == promotion.assess(promotion.approval(RITA), base=base).missing


def test_requested_changes_hold_the_role(promotion: Promotion) -> None:
    """Ravi's approval does not outvote rita; she is the one who can unblock."""
    held = promotion.assess(promotion.approval(RITA, state="CHANGES_REQUESTED"), promotion.approval(RAVI))
    assert (("risk", 1),) == held.missing
    assert (("risk", "rita"),) == held.objections
    assert [("rita requested changes", ("rita",))] == [(entry.reason, entry.people) for entry in held.awaited]


def test_requested_changes_end_with_the_persons_own_approval(promotion: Promotion) -> None:
    """The newest review of a person stands."""
    later = promotion.approval(RITA, submitted_at=moment(2))
    assert () == promotion.assess(promotion.approval(RITA, state="CHANGES_REQUESTED"), later).missing


def test_requested_changes_of_somebody_without_a_role_do_not_hold(promotion: Promotion) -> None:
    """Neither do those of the author."""
    objections = [promotion.approval(person, state="CHANGES_REQUESTED") for person in (CARLA, LEO)]
    assert () == promotion.assess(promotion.approval(RITA), *objections).missing


def test_a_dismissed_review_falls_back_on_the_same_objects_only(promotion: Promotion) -> None:
    """Rita approved, then a later review of hers was dismissed: the approval stands where nothing changed between."""
    dismissed = promotion.approval(RITA, state="DISMISSED", submitted_at=moment(2))
    assert () == promotion.assess(promotion.approval(RITA), dismissed).missing
    other = promotion.commit(
        {f"{FOLDER}/stages/production.yaml": 'version: "1.0.0"\nreason: "x"\n'}, onto=promotion.base
    )
    assert (("risk", 1),) == promotion.assess(promotion.approval(RITA, commit=other), dismissed).missing


def test_the_answer_does_not_depend_on_the_order_of_the_file(promotion: Promotion) -> None:
    """The same facts in another order give the same approvals."""
    reviews = [promotion.approval(RITA), promotion.approval(RAVI), promotion.approval(CARLA)]
    needed = {"risk": 1, "compliance": 1}
    forwards = promotion.assess(*reviews, needed=needed)
    backwards = promotion.assess(*reversed(reviews), needed=needed)
    assert replace(forwards, grounds=()) == replace(backwards, grounds=())
