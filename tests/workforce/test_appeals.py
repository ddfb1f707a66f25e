"""Appeals: who answers, until when, what each answer does, and that silence decides for the person."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask

from jobs import standing as jobs
from marketplace.accounts.rules import ReasonMissing
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.problems import NotFound
from marketplace.workforce import appeals, bars, restrictions, reviews, rules, service
from marketplace.workforce.bars import APPEAL_TRANSITIONS, RESTRICTION_TRANSITIONS, AppealStatus, RestrictionStatus
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import ContractorStatus, Outcome
from marketplace.workforce.standing_models import Appeal, Restriction
from tests.factories import accounts, shifts, standing, workforce
from tests.shifts.test_races import at_once

DAY = timedelta(days=1)
UPHELD, OVERTURNED, CHANGED = AppealStatus.UPHELD, AppealStatus.OVERTURNED, AppealStatus.CHANGED


def suspended() -> Contractor:
    made = workforce.contractor()
    return service.suspend(made.id, "Two people share this account.", by=standing.operator())


@pytest.mark.parametrize("table", [APPEAL_TRANSITIONS, RESTRICTION_TRANSITIONS])
def test_every_status_is_reached_and_ends(table: dict) -> None:
    first, *others = table
    assert table[first] == set(others)
    assert not any(table[each] for each in others)


def test_an_answer_is_another_operators_and_in_writing(app: Flask) -> None:
    decider, other = standing.operator(), standing.operator()
    made = workforce.contractor()
    row = standing.restricted(made.id, by=decider)
    appeal = standing.contested(made.id, row.decision_id)
    assert appeal.answer_by == appeal.filed_at + 14 * DAY
    with pytest.raises(rules.RuledBefore):
        reviews.answer(appeal.id, OVERTURNED, "I was wrong.", by=decider)
    with pytest.raises(NotFound):
        reviews.answer(appeal.id, OVERTURNED, "I am right.", by=accounts.actor_of(workforce.contractor().id))
    with pytest.raises(ReasonMissing):
        reviews.answer(appeal.id, UPHELD, " ", by=other)
    reviews.answer(appeal.id, UPHELD, "The entries overlap by two hours.", by=other)
    assert (appeal.status, appeal.reason) == (UPHELD, "The entries overlap by two hours.")
    assert (appeal.answered_by, row.status) == (other.person_id, RestrictionStatus.ACTIVE)
    with pytest.raises(bars.NoAppeal):
        reviews.answer(appeal.id, OVERTURNED, "On second thoughts.", by=other)
    with pytest.raises(rules.NothingToContest):
        standing.contested(made.id, row.decision_id)


def test_a_restriction_that_falls_or_ends_earlier(app: Flask) -> None:
    made = workforce.contractor()
    row = standing.restricted(made.id, days=60)
    appeal, by = standing.contested(made.id), standing.operator()
    for worse in (None, row.expires_at + DAY, clock.now()):
        with pytest.raises(bars.BadExpiry):
            reviews.answer(appeal.id, CHANGED, "Two weeks will do.", worse, by=by)
    sooner = clock.now() + 14 * DAY
    reviews.answer(appeal.id, CHANGED, "Two weeks will do.", sooner, by=by)
    assert (appeal.status, row.expires_at, row.status) == (CHANGED, sooner, RestrictionStatus.ACTIVE)
    other = standing.restricted(made.id, bars.Target(bars.Scope.CATEGORY, category="code"))
    reviews.answer(standing.contested(made.id, other.decision_id).id, OVERTURNED, "They were right.", by=by)
    assert other.status is RestrictionStatus.LIFTED


def test_a_suspension_that_stands_falls_or_becomes_a_restriction(app: Flask) -> None:
    by = standing.operator()
    one, two, three = suspended(), suspended(), suspended()
    reviews.answer(standing.contested(one.id).id, UPHELD, "Both write at the same time.", by=by)
    reviews.answer(standing.contested(two.id).id, OVERTURNED, "The phone was lent.", by=by)
    appeal = standing.contested(three.id)
    with pytest.raises(bars.BadExpiry), db.session.begin_nested():
        reviews.answer(appeal.id, CHANGED, "A month is enough.", by=by)
    reviews.answer(appeal.id, CHANGED, "A month is enough.", clock.now() + 30 * DAY, by=by)
    assert [each.status for each in (one, two, three)] == [
        ContractorStatus.SUSPENDED, ContractorStatus.VETTED, ContractorStatus.VETTED,
    ]  # fmt: skip
    assert appeal.status is CHANGED
    (row,) = restrictions.of_person(three.id, by)
    assert (row.scope, row.decision.reason) == (bars.Scope.ALL, "A month is enough.")


def test_a_refusal_is_answered_as_an_application_is_decided(app: Flask) -> None:
    refuser, by = standing.operator(), standing.operator()
    one, two = (workforce.ready(checked_by=refuser) for _ in range(2))
    for each in (one, two):
        service.refuse(each.id, "The papers seem forged.", by=refuser)
    first, second = standing.contested(one.id), standing.contested(two.id)
    assert one.status is ContractorStatus.APPLIED
    with pytest.raises(bars.BadAnswer):
        reviews.answer(first.id, CHANGED, "A little.", clock.now() + DAY, by=by)
    reviews.answer(first.id, OVERTURNED, "The registry confirms them.", by=by)
    service.refuse(two.id, "The registry does not know them.", by=by)
    assert (one.status, first.status) == (ContractorStatus.VETTED, OVERTURNED)
    assert (two.status, second.status, second.answered_by) == (ContractorStatus.REFUSED, UPHELD, by.person_id)


def test_a_block_is_answered_by_somebody_of_neither_side(app: Flask) -> None:
    there = shifts.scene()
    ana = shifts.contracted(there)
    row = standing.blocked(there.company, there.company_id, ana.id)
    appeal = standing.contested(ana.id, row.decision_id)
    assert appeal.company_id == there.company_id
    sided = replace(standing.operator(), companies={there.company_id: frozenset()})
    with pytest.raises(bars.TakesASide):
        reviews.answer(appeal.id, OVERTURNED, "Let them.", by=sided)
    reviews.answer(appeal.id, OVERTURNED, "The time sheets show no delay.", by=standing.operator())
    assert (row.status, row.end_reason) == (RestrictionStatus.LIFTED, "The time sheets show no delay.")


def test_what_nobody_answers_in_time_falls(app: Flask) -> None:
    """Rule APPEAL: 14 days, to the minute. Suspension and restriction are lifted, a refusal goes back to the queue."""
    refuser = standing.operator()
    barred, stopped, turned_down = workforce.contractor(), suspended(), workforce.ready(checked_by=refuser)
    service.refuse(turned_down.id, "The papers seem forged.", by=refuser)
    row = standing.restricted(barred.id, days=60)
    filed = [standing.contested(each.id) for each in (barred, stopped, turned_down)]
    due = filed[-1].answer_by
    clock.move_to(filed[0].answer_by - timedelta(minutes=1))
    jobs.lapse_appeals()
    assert {each.status for each in filed} == {AppealStatus.OPEN}
    clock.move_to(due)
    assert all(each.is_overdue(clock.now()) for each in filed)
    with pytest.raises(bars.TooLateToAnswer):
        reviews.answer(filed[0].id, UPHELD, "At last.", by=standing.operator())
    jobs.lapse_appeals()
    assert {each.status for each in filed} == {AppealStatus.LAPSED}
    assert (row.status, stopped.status) == (RestrictionStatus.LIFTED, ContractorStatus.VETTED)
    assert turned_down.status is ContractorStatus.APPLIED
    with pytest.raises(rules.RuledBefore):
        service.refuse(turned_down.id, "Again.", by=refuser)
    jobs.lapse_appeals()
    assert len([each for each in restrictions.of_person(barred.id, refuser) if each.ended_at]) == 1


def test_lifting_answers_what_was_contested(app: Flask) -> None:
    made, by = workforce.contractor(), standing.operator()
    row = standing.restricted(made.id)
    appeal = standing.contested(made.id)
    restrictions.lift(row.id, "They showed me.", by=by)
    assert (appeal.status, appeal.reason) == (OVERTURNED, "They showed me.")


def test_a_decision_is_contested_for_thirty_days_by_the_person_alone(app: Flask) -> None:
    made, other = workforce.contractor(), workforce.contractor()
    row = standing.restricted(made.id, days=60)
    with pytest.raises(rules.NothingToContest):
        standing.contested(other.id, row.decision_id)
    with pytest.raises(ReasonMissing):
        appeals.contest(row.decision_id, " ", by=accounts.actor_of(made.id))
    clock.move_to(row.decision.decided_at + 30 * DAY + timedelta(minutes=1))
    with pytest.raises(rules.TooLateToContest):
        standing.contested(made.id, row.decision_id)
    assert row.decision.outcome is Outcome.RESTRICTED


# --- races ----------------------------------------------------------------------------------------------------------


@pytest.mark.truncating
def test_an_answer_and_the_job_at_once_leave_one_outcome(apart_app: Flask) -> None:
    """Whichever comes first decides; the other finds nothing left to do."""
    with apart_app.app_context(), transaction():
        made, by = workforce.contractor(), standing.operator()
        row = standing.restricted(made.id, days=60)
        appeal = standing.contested(made.id)
        appeal_id, row_id = appeal.id, row.id
        # Due by business time for the job, and not yet for the operator whose request began a moment before.
        appeal.answer_by = clock.now() + timedelta(milliseconds=300)

    def lapse() -> None:
        while clock.now() < db.session.get_one(Appeal, appeal_id).answer_by:
            db.session.expire_all()
        appeals.lapse_due()

    outcomes = at_once(apart_app, [partial(reviews.answer, appeal_id, UPHELD, "It stands.", by=by), lapse, lapse])
    with apart_app.app_context():
        found, restriction = db.session.get_one(Appeal, appeal_id), db.session.get_one(Restriction, row_id)
        assert outcomes[1:] == ["done", "done"]
        if outcomes[0] == "done":
            assert (found.status, restriction.status) == (UPHELD, RestrictionStatus.ACTIVE)
        else:
            assert (found.status, restriction.status) == (AppealStatus.LAPSED, RestrictionStatus.LIFTED)


@pytest.mark.truncating
def test_two_operators_at_once_decide_once(apart_app: Flask) -> None:
    with apart_app.app_context(), transaction():
        made_id = workforce.contractor().id
        one, two = standing.operator(), standing.operator()
        until = clock.now() + 14 * DAY
    twice = [partial(restrictions.restrict, made_id, bars.EVERYTHING, "Why.", until, by=by) for by in (one, two)]
    assert sorted(at_once(apart_app, twice)) == ["barred_already", "done"]
    with apart_app.app_context(), transaction():
        appeal_id = standing.contested(made_id).id
        three, four = standing.operator(), standing.operator()
    answers = [
        partial(reviews.answer, appeal_id, outcome, "Why.", by=by)
        for outcome, by in ((UPHELD, three), (OVERTURNED, four))
    ]
    assert sorted(at_once(apart_app, answers)) == ["done", "no_appeal"]
