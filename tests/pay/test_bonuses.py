"""Bonuses: what they cost, who decides, when they are owed, and that their money is there until they are paid."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from jobs import standing as jobs
from jobs.runner import run_pending
from marketplace.accounts.rules import CONSOLE, Actor, CompanyRole, ReasonMissing
from marketplace.contracts.models import BenefitEntry
from marketplace.core.db import db, transaction
from marketplace.core.events import Event
from marketplace.core.idempotency import HEADER
from marketplace.core.lifecycle import WrongState
from marketplace.core.money import CurrencyMismatch, Money
from marketplace.core.problems import NotFound, Problem
from marketplace.gigs import service as gigs
from marketplace.gigs.models import Gig
from marketplace.ledger import queries as books
from marketplace.ledger.rules import InsufficientFunds
from marketplace.notices.models import Notice
from marketplace.pay import instant, payslips, queries
from marketplace.pay.bonuses import queries as reading
from marketplace.pay.bonuses import service
from marketplace.pay.bonuses.models import Bonus
from marketplace.pay.bonuses.rules import (
    BonusStatus,
    CannotReceive,
    NotABonus,
    NothingWorked,
    OwnBonus,
    SecondMember,
)
from marketplace.pay.closing import service as closing
from marketplace.pay.invoices.company_months import Flow, month_of
from marketplace.pay.models import PayLine
from marketplace.pay.rules import RunStatus
from marketplace.pay.runs import service as runs
from marketplace.shifts.models import Booking
from marketplace.standards.catalogue import RULES
from marketplace.standards.line_kinds import LineKind
from marketplace.workforce import screening
from marketplace.workforce.bars import Left
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import ContractorStatus
from tests.conftest import again, kept
from tests.factories import accounts, pay, shifts, workforce
from tests.factories import gigs as make_gigs
from tests.pay.books import everything_holds, undone
from tests.pay.test_screened_pay import HEAD


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def _approved() -> Booking:
    booking = pay.worked_and_approved()
    make_gigs.money_for(booking.company_id, usd("200.00"))
    return booking


@pytest.fixture(scope="module")
def _booking(ground: None) -> Booking:
    return kept(_approved)


@pytest.fixture
def booking(_booking: Booking, app: Flask) -> Booking:
    """Four hours that are approved, of a company with 200.00 USD beside them."""
    return again(_booking)


@pytest.fixture
def forty(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """One person alone may give 40.00 USD."""
    monkeypatch.setitem(app.config, "TWO_PEOPLE_ABOVE", "40.00")


def available(booking: Booking) -> Money:
    return books.balance(f"company:{booking.company_id}:available", "USD")


def lines_of(bonus: Bonus) -> Sequence[PayLine]:
    return db.session.scalars(select(PayLine).where(PayLine.bonus_id == bonus.id).order_by(PayLine.id)).all()


def finance_of(booking: Booking) -> Actor:
    return accounts.member(booking.company_id, CompanyRole.FINANCE)


def test_a_bonus_of_fifty_dollars_is_paid_beside_the_work(booking: Booking) -> None:
    """50.00 to the person and 2.00 towards their health are set aside at once, no fee and no margin. With four hours of
    15.00 the payslip is 110.00 net and costs 119.40: 67.40 and 52.00."""
    me, owner = accounts.actor_of(booking.contractor_id), accounts.owner_of(booking.company_id)
    bonus = pay.bonus(booking)
    assert (bonus.status, bonus.held, available(booking)) == (BonusStatus.GRANTED, usd("52.00"), usd("148.00"))
    assert queries.owed_so_far(booking.company_id, owner).sums["USD"] == usd("119.40")
    assert [each.net for each in instant.ready(me).currencies] == [usd("110.00")]
    everything_holds()
    run = pay.paid()
    slip = pay.payslip_of(booking.contractor_id)
    assert (slip.net, slip.cost) == (usd("110.00"), usd("119.40"))
    of_bonus, health = lines_of(bonus)
    assert (of_bonus.kind, of_bonus.money, of_bonus.seconds, of_bonus.rate) == (LineKind.BONUS, usd("50.00"), 0, None)
    assert (of_bonus.rule, of_bonus.rule_version) == ("BONUS", RULES["BONUS"].version)
    assert (health.kind, health.money) == (LineKind.HEALTH_CONTRIBUTION, usd("2.00"))
    assert {(each.gig_id, each.contract_version_id, each.engagement_type) for each in (of_bonus, health)} == {
        (booking.gig_id, booking.contract_version_id, "contractor")
    }
    entry = select(BenefitEntry.reference).where(BenefitEntry.id == health.id)
    assert db.session.scalars(entry).one() == f"bonus:{bonus.id}"
    assert run.paid_for["USD"]["bonus"] == 1
    assert books.balance(bonus.hold_account, "USD") == usd("0.00")
    view = payslips.view(slip.id, seen_by=me)
    assert view.year_to_date.net == usd("110.00")
    assert view.year_to_date.paid_seconds == 4 * 3600, "a bonus is no time"
    (month,) = month_of(booking.company_id, f"{slip.pay_date:%Y-%m}", owner)
    assert {each.kind: each.money for each in month.kinds}[LineKind.BONUS] == usd("50.00")
    assert month.flows[Flow.PAY] == usd("-110.00")
    everything_holds()


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    amounts=st.lists(st.integers(1, 9999), min_size=1, max_size=3),
    steps=st.integers(0, 5),
    late=st.booleans(),
)
def test_whatever_is_given_is_held_until_it_is_paid_once(
    booking: Booking, amounts: list[int], steps: int, late: bool
) -> None:
    """A run that dies after any of its steps is taken up again once another one has gone by: the books hold wherever it
    died, and each bonus is paid once, whole."""
    with undone():
        booking = again(booking)
        make_gigs.money_for(booking.company_id, usd("500.00"))
        given_now = [pay.bonus(booking, str(Money(each, "USD").decimal)) for each in amounts]
        before = available(booking)
        run = pay.started()
        for _ in range(steps):
            runs.advance_run(run.id)
        everything_holds()
        if late:
            given_now.append(pay.bonus(booking, "7.00"))
            before -= usd("7.28")
        assert pay.paid().status is RunStatus.PAID
        runs.finish_run(run.id)
        everything_holds()
        assert available(booking) == before
        paid = [line.money for bonus in given_now for line in lines_of(bonus) if line.kind is LineKind.BONUS]
        assert paid == [bonus.money for bonus in given_now]
        assert {books.balance(bonus.hold_account, "USD").amount for bonus in given_now} == {0}


@pytest.mark.usefixtures("forty")
def test_what_is_too_much_for_one_is_owed_once_a_second_member_agrees(booking: Booking) -> None:
    """50.00 are set aside and wait: nobody is told, nothing is paid. Of two that are 30.00 and 11.00 the second waits,
    since one person gave both on one day."""
    owner, other = accounts.owner_of(booking.company_id), finance_of(booking)
    me = accounts.actor_of(booking.contractor_id)
    waits = pay.bonus(booking)
    assert (waits.status, available(booking)) == (BonusStatus.WAITING, usd("148.00"))
    assert db.session.scalars(reading.mine(me)).all() == []
    with pytest.raises(NotFound):
        reading.bonus(waits.id, me)
    pay.paid()
    assert pay.payslip_of(me.person_id).net == usd("60.00")
    with pytest.raises(SecondMember):
        service.agree(waits.id, by=owner)
    with transaction():
        service.agree(waits.id, by=other)
    assert (waits.status, waits.answered_by) == (BonusStatus.GRANTED, other.person_id)
    with pytest.raises(WrongState):
        service.withdraw(waits.id, "It was meant for another.", by=owner)
    first, second = (pay.bonus(booking, each) for each in ("30.00", "11.00"))
    assert (first.status, second.status) == (BonusStatus.GRANTED, BonusStatus.WAITING)
    pay.paid()
    assert pay.payslip_of(me.person_id).net == usd("80.00")
    run_pending()
    told = select(Event.name).join(Notice, Notice.event_id == Event.id).where(Notice.person_id == me.person_id)
    assert [each for each in db.session.scalars(told) if each.startswith("bonus.")] == ["bonus.granted"] * 2
    everything_holds()


@pytest.mark.usefixtures("forty")
def test_what_nobody_has_agreed_to_is_taken_back_with_a_reason(booking: Booking) -> None:
    waits, owner = pay.bonus(booking), accounts.owner_of(booking.company_id)
    with pytest.raises(ReasonMissing):
        service.withdraw(waits.id, " ", by=owner)
    with transaction():
        service.withdraw(waits.id, "It was meant for another.", by=owner)
    assert (waits.status, available(booking)) == (BonusStatus.WITHDRAWN, usd("200.00"))
    with pytest.raises(WrongState):
        service.agree(waits.id, by=finance_of(booking))
    everything_holds()


@pytest.mark.usefixtures("forty")
def test_a_closed_gig_leaves_no_bonus_behind(booking: Booking) -> None:
    """What was given is paid, and what waits can be agreed to; nothing more is given."""
    owed, waits = pay.bonus(booking, "10.00"), pay.bonus(booking)
    with transaction():
        gigs.close(booking.gig_id, by=accounts.owner_of(booking.company_id))
        service.agree(waits.id, by=finance_of(booking))
    with pytest.raises(WrongState):
        pay.bonus(booking, "1.00")
    pay.paid()
    assert [each.payslip_id for each in (owed, waits)] != [None, None]
    assert pay.payslip_of(booking.contractor_id).net == usd("120.00")
    everything_holds()


@pytest.mark.usefixtures("forty")
def test_an_account_closes_once_its_bonus_is_paid_and_what_waits_goes_back(booking: Booking) -> None:
    pay.bonus(booking, "10.00")
    waits, me = pay.bonus(booking), accounts.actor_of(booking.contractor_id)
    pay.paid()
    pay.bonus(booking, "5.00")
    with transaction():
        closing.leave("", by=me)
    assert closing.left(booking.contractor_id) == [Left.MONEY]
    for _ in range(2):
        pay.paid()
        jobs.close_accounts()
    assert db.session.get_one(Contractor, booking.contractor_id).status is ContractorStatus.CLOSED
    with pytest.raises(CannotReceive):
        service.agree(waits.id, by=finance_of(booking))
    run_pending()
    db.session.expire_all()
    assert (waits.status, waits.answered_by, waits.withdrawal) == (BonusStatus.WITHDRAWN, None, "")
    assert available(booking) == usd("200.00") - usd("15.60")
    everything_holds()


def _listed(booking: Booking) -> None:
    name = accounts.person_of(booking.contractor_id).name
    screening.load_list(HEAD + f"{name},,,,A list,2026-11-01\n", by=CONSOLE)


def _closed(booking: Booking) -> None:
    db.session.execute(update(Contractor).where(Contractor.id == booking.contractor_id).values(status="closed"))


def _nothing(booking: Booking) -> None:
    pass


@pytest.mark.parametrize(
    ("happened", "money", "reason", "refused"),
    [
        (_nothing, usd("0.00"), pay.WHY, NotABonus),
        (_nothing, usd("-5.00"), pay.WHY, NotABonus),
        (_nothing, Money.of("5.00", "EUR"), pay.WHY, CurrencyMismatch),
        (_nothing, usd("5.00"), " \n", ReasonMissing),
        (_nothing, usd("192.32"), pay.WHY, InsufficientFunds),
        (_listed, usd("5.00"), pay.WHY, CannotReceive),
        (_closed, usd("5.00"), pay.WHY, CannotReceive),
    ],
)
def test_what_is_refused(booking: Booking, happened: Any, money: Money, reason: str, refused: type[Problem]) -> None:
    """Of 200.00 available 192.31 can be given, with 7.69 on top of it; for a cent more a cent is missing."""
    happened(booking)
    owner = accounts.owner_of(booking.company_id)
    with pytest.raises(refused) as told:
        service.grant(booking.gig_id, booking.contractor_id, money, reason, by=owner)
    if refused is InsufficientFunds:
        assert told.value.members == {"available": "200.00 USD", "missing": "0.01 USD"}
        assert told.value.detail == "The company has 200.00 USD available; 0.01 USD more is needed."


def test_nobody_gives_to_themselves_or_for_work_that_was_not_done(booking: Booking) -> None:
    owner, ana = accounts.owner_of(booking.company_id), accounts.member(booking.company_id, CompanyRole.FINANCE)
    there = shifts.Scene(db.session.get_one(Gig, booking.gig_id), owner)
    workforce.contractor(accounts.person_of(ana.person_id))
    with pytest.raises(OwnBonus):
        service.grant(booking.gig_id, ana.person_id, usd("5.00"), pay.WHY, by=ana)
    with pytest.raises(NotFound):
        service.grant(booking.gig_id, ana.person_id, usd("5.00"), pay.WHY, by=owner)
    coming = shifts.booked(there, starts_at=shifts.MONDAY + timedelta(days=2))
    with pytest.raises(NothingWorked):
        service.grant(booking.gig_id, coming.contractor_id, usd("5.00"), pay.WHY, by=owner)


# --- the doors ------------------------------------------------------------------------------------------------------

GRANT = "POST /api/v1/gigs/<uuid:gig_id>/bonuses"
LIST = "GET /api/v1/companies/<uuid:company_id>/bonuses"
MINE = "GET /api/v1/contractors/me/bonuses"
SHOW = "GET /api/v1/bonuses/<uuid:bonus_id>"
AGREE = "POST /api/v1/bonuses/<uuid:bonus_id>/agree"
WITHDRAW = "POST /api/v1/bonuses/<uuid:bonus_id>/withdraw"
DOORS = (GRANT, LIST, MINE, SHOW, AGREE, WITHDRAW)


def every(question: str, *doors: str) -> Any:
    def mark(test: Any) -> Any:
        for door in doors:
            test = pytest.mark.door(door, question)(test)
        return test

    return mark


@every("works", *DOORS)
@every("not_signed_in", *DOORS)
@every("not_mine", GRANT, LIST, SHOW, AGREE, WITHDRAW)
@every("wrong_state", GRANT, AGREE, WITHDRAW)
@every("wrong_shape", GRANT, LIST, MINE, WITHDRAW)
@pytest.mark.usefixtures("forty")
def test_the_doors_of_bonuses(client: FlaskClient, booking: Booking) -> None:
    owner = accounts.owner_of(booking.company_id)
    stranger = accounts.bearer(accounts.owner_of(accounts.company().id))
    of: dict[str, UUID] = {"gig_id": booking.gig_id, "company_id": booking.company_id, "bonus_id": uuid4()}

    def ask(door: str, who: Any = None, **more: Any) -> Any:
        method, _, path = door.partition(" ")
        for name, known in of.items():
            path = path.replace(f"<uuid:{name}>", str(known))
        signed = who if isinstance(who, dict) else {} if who is None else accounts.bearer(who)
        return client.open(path, method=method, headers={HEADER: uuid4().hex} | signed, **more)

    body = {
        "contractor_id": str(booking.contractor_id), "money": {"amount": "50.00", "currency": "USD"}, "reason": pay.WHY
    }  # fmt: skip
    waits = ask(GRANT, owner, json=body)
    assert (waits.status_code, waits.json["status"], waits.json["held"]["amount"]) == (201, "waiting", "52.00")
    of["bonus_id"] = waits.json["id"]
    accounts.member(booking.company_id, CompanyRole.MANAGER)
    alone = ask(AGREE, owner)
    assert (waits.json["can_agree"], alone.json["code"]) == (0, "second_member_needed")
    assert "invite a second member" in alone.json["remedy"]
    other = finance_of(booking)
    assert [each["can_agree"] for each in ask(LIST, owner).json["items"]] == [ask(SHOW, owner).json["can_agree"]] == [1]
    why = {"json": {"reason": "It was meant for another."}}
    for door in DOORS:
        more: dict[str, Any] = {GRANT: {"json": body}, WITHDRAW: why}.get(door, {})
        assert ask(door, **more).status_code == 401
        if door is not MINE:
            assert ask(door, stranger, **more).status_code == 404
            assert ask(door, accounts.member(booking.company_id), **more).status_code == 403
    assert ask(SHOW, booking.contractor_id).status_code == 404, "it is not owed yet"
    assert ask(AGREE, owner).json["code"] == "second_member_needed"
    granted = ask(AGREE, other).json
    assert (granted["status"], granted["can_agree"]) == ("granted", None)
    assert (ask(AGREE, other).status_code, ask(WITHDRAW, owner, **why).status_code) == (409, 409)
    assert ask(SHOW, booking.contractor_id).json["reason"] == pay.WHY
    assert [each["id"] for each in ask(MINE, booking.contractor_id).json["items"]] == [of["bonus_id"]]
    again_waits = ask(GRANT, owner, json=body).json["id"]
    listed = ask(LIST, other, query_string={"status": "waiting", "gig_id": str(booking.gig_id)})
    assert [each["id"] for each in listed.json["items"]] == [again_waits]
    of["bonus_id"] = again_waits
    assert ask(WITHDRAW, owner, **why).json["withdrawal"] == "It was meant for another."
    lacks = ask(GRANT, owner, json=body | {"money": {"amount": "500.00", "currency": "USD"}})
    assert (lacks.status_code, lacks.json["code"], lacks.json["missing"]) == (409, "insufficient_funds", "372.00 USD")
    assert ask(GRANT, owner, json=body | {"contractor_id": str(uuid4())}).status_code == 404
    amounts = ({"amount": "9007199254740993000", "currency": "USD"}, {"amount": 5, "currency": "USD"}, "5 USD")
    for wrong in (*({"money": each} for each in amounts), {"reason": ""}, {"contractor_id": "ana"}):
        assert ask(GRANT, owner, json=body | wrong).status_code == 422, wrong
    assert ask(WITHDRAW, owner, json={"reason": ""}).status_code == 422
    assert [ask(door, owner, query_string={"limit": 0}).status_code for door in (LIST, MINE)] == [422, 422]
    with transaction():
        gigs.close(booking.gig_id, by=owner)
    assert ask(GRANT, owner, json=body).status_code == 409
