"""From the first item to the result: begun, cut off, resumed, handed in, kept and ended."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.accounts.rules import CLOCK, OperatorRole, ReasonMissing
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.events import Event
from marketplace.core.http import SetaraFlask
from marketplace.core.lifecycle import WrongState
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.ledger import queries as books
from marketplace.qualifications import attempts, authoring, funding, holdings, levels, papers, queries
from marketplace.qualifications.attempt_rules import AlreadyHeld, TooEarly
from marketplace.qualifications.models import Attempt, Holding
from marketplace.qualifications.rules import (
    AttemptStatus,
    BadTest,
    CodeTaken,
    EvidenceMissing,
    Funds,
    NoFunds,
    NothingToPublish,
    NotTakenNow,
    NotVettedYet,
    TimeOver,
)
from marketplace.qualifications.scoring import BadAnswer
from marketplace.workforce import appeals, reviews
from marketplace.workforce.bars import AppealStatus
from tests.factories import accounts, gigs, workforce
from tests.factories import qualifications as made
from tests.factories.shifts import MONDAY

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _monday(request: pytest.FixtureRequest) -> None:
    if "app" in request.fixturenames:
        request.getfixturevalue("app")
        made.at(MONDAY)


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def test_a_test_is_taken_and_held_for_a_year(app: Flask) -> None:
    test, ana = made.company_test(), workforce.contractor()
    me = accounts.actor_of(ana.id)
    begun = attempts.start(test.id, by=me)
    assert (begun.rate, begun.cap_minutes, begun.held) == (usd("12.00"), 30, usd("6.44"))
    assert books.balance(begun.hold_account, "USD") == usd("6.44")
    assert attempts.start(test.id, by=me).id == begun.id
    made.answered(begun, by=me)
    made.at(MONDAY + 8 * MINUTE)
    ended = attempts.hand_in(begun.id, by=me)
    assert (ended.status, ended.percent, ended.paid_minutes, ended.flags) == (AttemptStatus.PASSED, 100, 8, [])
    assert attempts.hand_in(begun.id, by=me).ended_at == MONDAY + 8 * MINUTE
    (held,) = queries.holdings(ana.id, me)
    assert held.until == MONDAY + 8 * MINUTE + 365 * DAY
    (proof,) = queries.proofs([ana.id])[ana.id]
    assert (proof.code, proof.skill, proof.skill_level) == (test.code, "image-labelling", 2)
    with pytest.raises(AlreadyHeld):
        attempts.start(test.id, by=me)


def test_half_of_it_is_not_enough_and_says_which_items(app: Flask) -> None:
    test, ana = made.service_test(), workforce.contractor()
    me = accounts.actor_of(ana.id)
    failed = made.taken(test, ana.id, right=3)
    assert failed.status is AttemptStatus.FAILED
    shown = papers.sheet(failed.id, me)
    assert [item.percent for item in shown.items].count(100) == 3
    assert all(item.key is None and not item.explanation for item in shown.items)
    with pytest.raises(TooEarly):
        attempts.start(test.id, by=me)
    made.at(MONDAY + 7 * DAY)
    assert attempts.start(test.id, by=me).id != failed.id


def test_keys_are_shown_to_whoever_passed_and_never_before(app: Flask) -> None:
    test, ana = made.service_test(), workforce.contractor()
    me = accounts.actor_of(ana.id)
    begun = attempts.start(test.id, by=me)
    assert all(item.key is None for item in papers.sheet(begun.id, me).items)
    made.answered(begun, by=me)
    attempts.hand_in(begun.id, by=me)
    assert all(item.key is not None for item in papers.sheet(begun.id, me).items)
    quiet = made.service_test(paper_={"reveal": "never"})
    done = made.taken(quiet, ana.id)
    assert all(item.key is None for item in papers.sheet(done.id, me).items)


def test_two_attempts_draw_their_own_items_in_their_own_order(app: Flask) -> None:
    test = made.service_test(paper_={"draw": 4})
    drawn = {tuple(attempts.start(test.id, by=accounts.actor_of(workforce.contractor().id)).item_ids) for _ in range(3)}
    assert len(drawn) > 1
    assert {len(each) for each in drawn} == {4}


def test_a_lost_network_loses_nothing(app: Flask) -> None:
    """Cut off after two answers, back after three hours: the answers stand, and of the silence a quarter of an hour
    counts."""
    test, ana = made.service_test(), workforce.contractor()
    me = accounts.actor_of(ana.id)
    begun = attempts.start(test.id, by=me)
    made.at(MONDAY + 4 * MINUTE)
    made.answered(begun, right=2, by=me)
    made.at(MONDAY + 184 * MINUTE)
    assert attempts.end_due() == 0
    again = attempts.start(test.id, by=me)
    assert (again.id, papers.sheet(again.id, me).answered) == (begun.id, 2)
    made.answered(again, by=me)
    ended = attempts.hand_in(begun.id, by=me)
    assert (ended.status, ended.paid_minutes) == (AttemptStatus.PASSED, 19)
    assert ended.flags == ["longer_than_estimated", "silent"]


def test_who_does_not_come_back_is_paid_and_may_try_again(app: Flask) -> None:
    test, ana = made.service_test(), workforce.contractor()
    me = accounts.actor_of(ana.id)
    begun = attempts.start(test.id, by=me)
    made.at(MONDAY + 5 * MINUTE)
    made.answered(begun, right=1, by=me)
    made.at(MONDAY + DAY + 5 * MINUTE)
    assert attempts.end_due() == 1
    lost = db.session.get_one(Attempt, begun.id)
    assert (lost.status, lost.paid_minutes, lost.scored) == (AttemptStatus.ABANDONED, 5, None)
    with pytest.raises(WrongState):
        attempts.hand_in(begun.id, by=me)
    made.at(MONDAY + 9 * DAY)
    assert attempts.start(test.id, by=me).status is AttemptStatus.STARTED


def test_the_safety_cap_stops_answers_and_not_the_hand_in(app: Flask) -> None:
    test, ana = made.service_test(), workforce.contractor()
    me = accounts.actor_of(ana.id)
    begun = attempts.start(test.id, by=me)
    first, *_ = queries.items(begun.item_ids)
    for step in range(1, 4):
        made.at(MONDAY + step * 10 * MINUTE)
        if step < 3:
            attempts.save(begun.id, first.id, made.RIGHT[first.kind], by=me)
    with pytest.raises(TimeOver):
        attempts.save(begun.id, first.id, None, by=me)
    made.at(MONDAY + 31 * MINUTE)
    ended = attempts.hand_in(begun.id, by=me)
    assert (ended.paid_minutes, ended.flags) == (30, ["capped", "longer_than_estimated"])


def test_a_new_version_in_the_middle_of_an_attempt_changes_nothing(app: Flask) -> None:
    """Ana is under way and Bea holds it when a harder version comes: both keep what they have (P11)."""
    keeper = made.keeper()
    test, ana, bea = made.service_test(by=keeper), workforce.contractor(), workforce.contractor()
    made.taken(test, bea.id)
    me = accounts.actor_of(ana.id)
    begun = attempts.start(test.id, by=me)
    authoring.write(test.id, made.paper([made.WRITTEN], pass_percent=100), by=keeper)
    authoring.publish(test.id, by=keeper)
    made.answered(begun, right=6, by=me)
    ended = attempts.hand_in(begun.id, by=me)
    assert (ended.status, len(ended.item_ids)) == (AttemptStatus.PASSED, 7)
    assert [len(each.items) for each in queries.versions(test.id)] == [1, 7]
    assert queries.past(bea.id, test.id).held_until is not None
    cara = attempts.start(test.id, by=accounts.actor_of(workforce.contractor().id))
    assert len(cara.item_ids) == 1


def test_without_money_a_test_is_not_offered(app: Flask) -> None:
    test, ana = made.company_test(funds="6.43"), workforce.contractor()
    me = accounts.actor_of(ana.id)
    (shown,) = queries.open_to(ana.id, me)
    assert (shown.needed, shown.funded, shown.can_begin) == (usd("6.44"), False, False)
    with pytest.raises(NoFunds), db.session.begin_nested():
        attempts.start(test.id, by=me)
    assert queries.funds(test) == usd("6.43")
    unfunded = made.company_test(funds=None)
    with pytest.raises(NoFunds), db.session.begin_nested():
        attempts.start(unfunded.id, by=me)


def test_the_company_is_told_once_when_money_runs_low_and_out(app: Flask) -> None:
    """14.00 USD for attempts that set 6.44 aside: 7.56 are left after the first, 1.12 after the second. What comes back
    of the first and goes again tells nobody twice, until more is set aside."""
    test = made.company_test(funds="14.00")
    told = select(Event.name).where(Event.subject_id == test.id, Event.name.in_(list(Funds))).order_by(Event.id)
    first = attempts.start(test.id, by=accounts.actor_of(ana := workforce.contractor().id))
    attempts.start(test.id, by=accounts.actor_of(workforce.contractor().id))
    assert db.session.scalars(told).all() == [Funds.LOW, Funds.OUT]
    attempts.give_up(first.id, by=accounts.actor_of(ana))
    attempts.start(test.id, by=accounts.actor_of(workforce.contractor().id))
    assert len(db.session.scalars(told).all()) == 2
    assert test.company_id is not None
    gigs.money_for(test.company_id, usd("7.00"))
    funding.fund(test.id, usd("7.00"), by=accounts.owner_of(test.company_id))
    attempts.start(test.id, by=accounts.actor_of(workforce.contractor().id))
    assert db.session.scalars(told).all()[2:] == [Funds.OUT]


def test_nobody_earns_less_than_the_floor_of_their_place(app: Flask) -> None:
    """4.00 USD is stated; Kansas has 7.25 by law."""
    test, ana = made.service_test(rate=usd("4.00")), workforce.contractor()
    assert made.taken(test, ana.id).rate == usd("7.25")


def test_who_may_not_begin(app: Flask) -> None:
    keeper = made.keeper()
    draft = authoring.draft(None, made.spec(), by=keeper)
    ana = accounts.actor_of(workforce.contractor().id)
    with pytest.raises(NotFound):
        attempts.start(draft.id, by=ana)
    with pytest.raises(NothingToPublish):
        authoring.publish(draft.id, by=keeper)
    test = made.service_test(by=keeper)
    with pytest.raises(NotVettedYet):
        attempts.start(test.id, by=accounts.actor_of(workforce.applied().id))
    authoring.close(test.id, by=keeper)
    with pytest.raises(NotTakenNow):
        attempts.start(test.id, by=ana)
    with pytest.raises(WrongState):
        authoring.write(test.id, made.paper(), by=keeper)


def test_what_was_given_is_taken_back_with_a_reason_and_on_appeal_given_back(app: Flask) -> None:
    """The member who gave it, or another, takes it back; it ends at once. An operator of neither overturns that, and it
    ends when it would have ended. What was passed is not theirs to take."""
    test, ana = made.company_test(), workforce.contractor()
    me, manager = accounts.actor_of(ana.id), made.manager_of(test)
    held = holdings.grant(test.id, ana.id, "Her work of 2025.", "She did it for years.", by=manager)
    passed = made.taken(test, workforce.contractor().id)
    other = db.session.scalars(select(Holding).where(Holding.attempt_id == passed.id)).one()
    with pytest.raises(NotFound):
        holdings.withdraw(test.id, other.id, "No.", by=manager)
    with pytest.raises(ReasonMissing), db.session.begin_nested():
        holdings.withdraw(test.id, held.id, " ", by=manager)
    made.at(MONDAY + DAY)
    holdings.withdraw(test.id, held.id, "It was somebody else's work.", by=manager)
    assert (held.until, held.until_before) == (MONDAY + DAY, MONDAY + 365 * DAY)
    assert not levels.holds(queries.proofs([ana.id])[ana.id], test.code, MONDAY + 2 * DAY)
    with pytest.raises(WrongState):
        holdings.withdraw(test.id, held.id, "Again.", by=manager)
    appeal = appeals.contest(held.withdrawal_id, "It was mine.", by=me)
    assert (appeal.company_id, holdings.give_back([appeal.id])) == (test.company_id, 0)
    reviews.answer(appeal.id, AppealStatus.OVERTURNED, "It was hers.", by=accounts.operator(OperatorRole.VETTING))
    assert [holdings.give_back([appeal.id]), holdings.give_back([appeal.id])] == [1, 0]
    assert (held.until, held.until_before) == (MONDAY + 365 * DAY, None)


def test_other_people_s_attempts_and_other_items_do_not_exist(app: Flask) -> None:
    test, ana = made.service_test(), workforce.contractor()
    me, bea = accounts.actor_of(ana.id), accounts.actor_of(workforce.contractor().id)
    begun, foreign = attempts.start(test.id, by=me), made.service_test()
    other = queries.versions(foreign.id)[0].items[0]
    for call in (
        lambda: attempts.save(begun.id, begun.item_ids[0], None, by=bea),
        lambda: attempts.save(begun.id, other.id, None, by=me),
        lambda: attempts.hand_in(begun.id, by=bea),
        lambda: papers.sheet(begun.id, bea),
    ):
        with pytest.raises(NotFound):
            call()
    with pytest.raises(BadAnswer):
        attempts.save(begun.id, begun.item_ids[0], {"x": []}, by=me)


def test_a_code_is_taken_once_and_only_verified_companies_publish(app: Flask) -> None:
    test = made.service_test()
    company = accounts.company(verified=False)
    owner = accounts.owner_of(company.id)
    with pytest.raises(CodeTaken):
        authoring.draft(company.id, made.spec(code=test.code), by=owner)
    own = authoring.draft(company.id, made.spec(), by=owner)
    authoring.write(own.id, made.paper(), by=owner)
    with pytest.raises(BadTest):
        authoring.publish(own.id, by=owner)


def test_a_grant_needs_evidence_and_a_reason(app: Flask) -> None:
    test, ana = made.company_test(), workforce.contractor()
    manager = made.manager_of(test)
    with pytest.raises(EvidenceMissing):
        holdings.grant(test.id, ana.id, "", "She did it for years.", by=manager)
    granted = holdings.grant(test.id, ana.id, "Her work of 2025.", "She did it for years.", by=manager)
    assert granted.until == MONDAY + 365 * DAY
    assert queries.proofs([ana.id])[ana.id][0].until == granted.until


def test_the_holder_is_reminded_once_before_the_end(app: Flask) -> None:
    test, ana = made.service_test(valid_days=40), workforce.contractor()
    made.taken(test, ana.id)
    assert holdings.remind_due() == 0
    made.at(MONDAY + 10 * DAY)
    assert [holdings.remind_due(), holdings.remind_due()] == [1, 0]
    told = select(func.count(Event.id)).where(Event.name == "qualification.ends_soon")
    assert db.session.scalar(told) == 1
    made.taken(test, ana.id)
    assert db.session.scalar(select(func.count(Holding.id))) == 2
    assert queries.past(ana.id, test.id).held_until == MONDAY + 50 * DAY


def test_two_hand_ins_at_once_are_one(apart_app: SetaraFlask) -> None:
    with apart_app.app_context(), transaction():
        test, ana = made.service_test(), workforce.contractor()
        begun = attempts.start(test.id, by=accounts.actor_of(ana.id))
        made.answered(begun, by=accounts.actor_of(ana.id))
        attempt_id, ana_id = begun.id, ana.id
    both, results = threading.Barrier(2), []

    def send() -> None:
        with apart_app.app_context(), transaction():
            me = accounts.actor_of(ana_id)
            both.wait(10)
            results.append(attempts.hand_in(attempt_id, by=me).status)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert results == [AttemptStatus.PASSED] * 2
    with apart_app.app_context(), transaction():
        assert db.session.scalar(select(func.count(Holding.id))) == 1
        ends = select(func.count(Event.id)).where(Event.name == "attempt.passed", Event.doer_kind != CLOCK.kind)
        assert db.session.scalar(ends) == 1
        assert clock.now() is not None
