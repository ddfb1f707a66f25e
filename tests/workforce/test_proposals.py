"""Proposals: a machine finds, a human decides, and what nobody looks at ends."""

from datetime import timedelta
from functools import partial

import pytest
from flask import Flask

from jobs import standing as jobs
from marketplace.accounts.models import Person
from marketplace.accounts.rules import CLOCK, ReasonMissing
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.problems import NotFound
from marketplace.workforce import bars, proposals, queries, restrictions, reviews, rules
from marketplace.workforce.bars import PROPOSAL_TRANSITIONS, Measure, ProposalKind, ProposalStatus
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import ContractorStatus, Outcome
from marketplace.workforce.standing_models import Proposal
from tests.factories import accounts, standing, workforce
from tests.shifts.test_races import at_once

DAY = timedelta(days=1)


def proposed(who: Contractor, key: str = "one") -> Proposal | None:
    return proposals.propose(ProposalKind.STRIKES, who.id, {"no_shows": 3}, rule="DECISION", key=key)


def test_a_proposal_alone_changes_nothing(app: Flask) -> None:
    """Rule DECISION: neither the status nor any offer; and without a human it ends after 30 days."""
    who = workforce.contractor()
    made = proposed(who)
    assert made is not None
    assert (made.rule, made.rule_version, made.expires_at - made.made_at) == ("DECISION", 2, 30 * DAY)
    assert (who.status, who.barred_until) == (ContractorStatus.VETTED, None)
    assert len(queries.decisions(who.id)) == 1
    with pytest.raises(NotFound):
        reviews.accept(made.id, Measure.SUSPEND, "The model is sure.", by=CLOCK)
    clock.move_to(made.expires_at)
    with pytest.raises(bars.ProposalClosed):
        reviews.accept(made.id, Measure.SUSPEND, "Late.", by=standing.operator())
    jobs.expire_proposals()
    assert (made.status, who.status) == (ProposalStatus.EXPIRED, ContractorStatus.VETTED)
    assert restrictions.of_person(who.id, standing.operator()) == []


def test_whoever_decides_gives_reasons_of_their_own(app: Flask) -> None:
    one, two, three = (workforce.contractor() for _ in range(3))
    by = standing.operator()
    first, second, third = (proposed(each, str(each.id)) for each in (one, two, three))
    assert first is not None
    assert second is not None
    assert third is not None
    with pytest.raises(ReasonMissing):
        reviews.accept(first.id, Measure.SUSPEND, " ", by=by)
    with pytest.raises(bars.BadExpiry):
        reviews.accept(first.id, Measure.RESTRICT, "Three times not there.", by=by)
    reviews.accept(first.id, Measure.RESTRICT, "Three times not there.", clock.now() + 7 * DAY, by=by)
    reviews.accept(second.id, Measure.SUSPEND, "Nobody answers the phone.", by=by)
    proposals.dismiss(third.id, "There was a storm.", by=by)
    decisions = [queries.decisions(each.id)[0] for each in (one, two, three)]
    assert [each.outcome for each in decisions] == [Outcome.RESTRICTED, Outcome.SUSPENDED, Outcome.VETTED]
    assert (first.decision_id, decisions[0].reason) == (decisions[0].id, "Three times not there.")
    assert (third.status, third.reason, third.decision_id) == (ProposalStatus.DISMISSED, "There was a storm.", None)
    for verb in (
        partial(proposals.dismiss, first.id, "No.", by=by),
        partial(proposals.dismiss, third.id, "No.", by=by),
    ):
        with pytest.raises(bars.ProposalClosed):
            verb()


def test_the_same_is_never_proposed_twice(app: Flask) -> None:
    who = workforce.contractor()
    made = proposed(who)
    assert made is not None
    proposals.dismiss(made.id, "There was a storm.", by=standing.operator())
    assert proposed(who) is None
    assert proposed(who, "another") is not None


def test_nobody_decides_about_a_proposal_that_concerns_them(app: Flask) -> None:
    by = standing.operator()
    own = workforce.contractor(db.session.get_one(Person, by.person_id))
    other = workforce.contractor()
    match = standing.matched(own, other)
    for verb in (proposals.dismiss, partial(reviews.accept, measure=Measure.SUSPEND)):
        with pytest.raises(rules.OwnCase):
            verb(match.id, reason="They are not me.", by=by)


def test_the_person_says_what_should_be_known(app: Flask) -> None:
    ana, bea = workforce.contractor(), workforce.contractor()
    match = standing.matched(ana, bea)
    with pytest.raises(NotFound):
        proposals.answer(match.id, "We are sisters.", by=accounts.actor_of(ana.id))
    proposals.answer(match.id, "We are sisters.", by=accounts.actor_of(bea.id))
    assert match.words == "We are sisters."


def test_every_end_is_an_end() -> None:
    first, *others = PROPOSAL_TRANSITIONS
    assert PROPOSAL_TRANSITIONS[first] == set(others)
    assert not any(PROPOSAL_TRANSITIONS[each] for each in others)


@pytest.mark.truncating
def test_two_operators_at_once_leave_one_outcome(apart_app: Flask) -> None:
    with apart_app.app_context(), transaction():
        match_id = standing.matched(workforce.contractor(), workforce.contractor()).id
        one, two = standing.operator(), standing.operator()
    both = [
        partial(proposals.dismiss, match_id, "Sisters.", by=one),
        partial(reviews.accept, match_id, Measure.SUSPEND, "One face, two names.", by=two),
    ]
    assert sorted(at_once(apart_app, both)) == ["done", "proposal_closed"]
