"""Withheld tax from a declaration to the authority, and the five questions of its doors."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.accounts.rules import OperatorRole
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.idempotency import HEADER
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.pay import instant, previews, progress
from marketplace.pay.closing import service as closing
from marketplace.pay.models import PaymentOp, Payslip
from marketplace.pay.rails import payments
from marketplace.pay.runs import service as runs
from marketplace.pay.runs.counts import Count, PaidFor
from marketplace.pay.seconds import service as seconds
from marketplace.pay.taxes import income, remitting, withholding, years
from marketplace.pay.taxes import profiles as tax_profiles
from marketplace.pay.taxes.models import Withholding
from marketplace.pay.taxes.rules import NotCorrectable, NothingWithheld, OneAlone, OwnTax, RemittanceStatus, Why
from marketplace.pay.taxes.schemes import BY_ID, Certificate
from marketplace.pay.taxes.year_models import YearStatement
from marketplace.shifts.models import Booking
from marketplace.workforce.models import Contractor
from marketplace.workforce.papers import Tax
from marketplace.workforce.pay_scope import PayScope
from tests.conftest import again, kept
from tests.factories import accounts, pay, shifts, standards
from tests.pay.books import everything_holds
from tests.web.visitor import Visitor


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


@pytest.fixture(scope="module")
def _taxed(ground: None) -> Booking:
    def make() -> Booking:
        booking = pay.taxed()
        pay.paid()
        return booking

    return kept(make)


@pytest.fixture
def taxed(_taxed: Booking, app: Flask) -> Booking:
    """Paid, with 1.50 USD withheld."""
    return again(_taxed)


def line_of(booking: Booking) -> Withholding:
    found = select(Withholding).where(Withholding.contractor_id == booking.contractor_id)
    return db.session.scalars(found.order_by(Withholding.id).limit(1)).one()


def test_what_the_law_takes_is_not_sent(taxed: Booking) -> None:
    """60.00 USD are 960,000 rupiah, half of which at 5 % are 24,000: 1.50 USD are withheld and 58.50 are sent."""
    slip = pay.payslip_of(taxed.contractor_id)
    assert (slip.net, slip.withheld, slip.due) == (usd("60.00"), usd("1.50"), usd("58.50"))
    op = db.session.scalars(select(PaymentOp).where(PaymentOp.payslip_id == slip.id)).one()
    assert op.money == usd("58.50")
    line = line_of(taxed)
    assert (line.base, line.law_money, line.why) == (usd("60.00"), Money.of("24000", "IDR"), Why.WITHHELD)
    assert books.balance(line.account, "USD") == usd("1.50")
    everything_holds()


def test_a_preview_takes_off_what_laws_would(app: Flask) -> None:
    """As the run does: 1.50 of 60.00 USD, and once that is paid nothing more is foreseen."""
    booking = pay.taxed()
    (seen,) = previews.preview(PayScope(clock.now().date(), booking.company_id), seen_by=pay.finance())
    assert (seen.net, seen.withheld, seen.due) == (usd("60.00"), usd("1.50"), usd("58.50"))
    pay.paid(booking.company_id)
    assert pay.payslip_of(booking.contractor_id).withheld == seen.withheld


def test_two_persons_pay_the_authority(taxed: Booking) -> None:
    first, second = pay.finance(), pay.finance()
    today = clock.now().date()
    (held,) = [each for each in remitting.held(first) if each.company_id == taxed.company_id]
    assert held.money == usd("1.50")
    given = (taxed.company_id, "ID", "USD", today)
    proposed = remitting.propose(*given, by=first)
    with pytest.raises(NothingWithheld):
        remitting.propose(*given, by=first)
    with pytest.raises(OneAlone):
        remitting.confirm(proposed.id, "NTPN 1", by=first)
    remitting.withdraw(proposed.id, by=first)
    anew = remitting.propose(*given, by=first)
    with pytest.raises(NotCorrectable):
        withholding.give_back(line_of(taxed).id, usd("0.50"), "It was too much.", by=second)
    paid = remitting.confirm(anew.id, "NTPN 1", by=second)
    assert (paid.status, paid.reference) == (RemittanceStatus.PAID, "NTPN 1")
    assert books.balance(anew.account, "USD") == usd("0")
    everything_holds()


def test_tax_beyond_the_limit_is_given_back_once_another_agrees(
    taxed: Booking, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "TWO_PEOPLE_ABOVE", "0.49")
    line = line_of(taxed)
    with transaction():
        act = withholding.give_back(line.id, usd("0.50"), "The number came too late.", by=pay.finance())
    assert books.balance(line.account, "USD") == usd("1.50")
    with transaction():
        seconds.agree(act.id, by=pay.finance())
    assert books.balance(line.account, "USD") == usd("1.00")
    everything_holds()


def test_two_runs_at_once_open_one_payslip_for_what_is_given_back(taxed: Booking) -> None:
    """A run of all and the person's own are both frozen before either is booked: none issues 0.00 without a line."""
    with transaction():
        withholding.give_back(line_of(taxed).id, usd("0.50"), "The number came too late.", by=pay.finance())
    weekly = pay.started()
    with transaction():
        own = instant.pay_now(by=accounts.actor_of(taxed.contractor_id))
    for step in (runs.advance_run, runs.advance_run, runs.finish_run):
        for run in (weekly, own):
            step(run.id)
    slips = db.session.scalars(select(Payslip).where(Payslip.run_id.in_([weekly.id, own.id]))).all()
    assert [(each.net_amount, each.withheld_amount) for each in slips] == [(0, -50)]
    everything_holds()


def test_pay_of_new_year_s_morning_in_jakarta_is_of_the_new_year(app: Flask) -> None:
    """Paid at 18:30 UTC of 31 December: in Jakarta it is half past one of 1 January, and the tax is that year's. In
    Honolulu the old year lasts until ten of the morning of UTC, and its statement waits for that."""
    ana = pay.taxed().contractor_id
    with transaction():
        db.session.get_one(Contractor, ana).timezone = "Asia/Jakarta"
        clock.move_to(datetime(2026, 12, 31, 18, 30, tzinfo=UTC))
        standards.rate("USD", "IDR", "16000", clock.now().date())
    (seen,) = previews.preview(PayScope(clock.now().date()), seen_by=pay.finance())
    pay.paid()
    line = db.session.scalars(select(Withholding).where(Withholding.contractor_id == ana)).one()
    assert (seen.withheld, line.money) == (usd("1.50"), usd("1.50"))
    assert pay.payslip_of(ana).pay_date == line.paid_on == date(2027, 1, 1)
    for hour, issued in ((0, 0), (11, 0), (12, 1)):
        clock.move_to(datetime(2028, 1, 1, hour, tzinfo=UTC))
        with transaction():
            years.issue_due()
        assert len(db.session.scalars(select(YearStatement).where(YearStatement.contractor_id == ana)).all()) == issued


@pytest.mark.parametrize("is_at_once", [False, True])
def test_what_is_given_back_is_paid_by_the_next_run_even_alone(taxed: Booking, is_at_once: bool) -> None:
    """The next run of all pays it, or the person's own where they ask at once; and its preview says so."""
    me = taxed.contractor_id
    with transaction():
        line = line_of(taxed)
        made = withholding.give_back(line.id, usd("0.50"), "The number came too late.", by=pay.finance())
        with pytest.raises(NotCorrectable):
            withholding.give_back(line.id, usd("1.01"), "More than there is.", by=pay.finance())
        mine = replace(pay.finance(), person_id=me)
        with pytest.raises(OwnTax):
            withholding.give_back(line.id, usd("0.10"), "It is my own.", by=mine)
    assert (made.money, made.law_money) == (usd("-0.50"), Money.of("-8000", "IDR"))
    everything_holds()
    assert closing.Left.MONEY in closing.left(me)
    with transaction():
        clock.move_to(clock.now() + timedelta(hours=1))
    (seen,) = previews.preview(PayScope(clock.now().date()), seen_by=pay.finance())
    assert (seen.people, seen.net, seen.withheld, seen.due) == (1, usd("0"), usd("-0.50"), usd("0.50"))
    assert previews.preview(PayScope(clock.now().date(), taxed.company_id), seen_by=pay.finance()) == []
    if is_at_once:
        with transaction():
            run = instant.pay_now(by=accounts.actor_of(me))
        runs.finish_run(run.id)
        payments.advance_ops()
    else:
        pay.paid()
    slip = pay.payslip_of(me)
    assert (slip.net, slip.withheld, slip.due) == (usd("0"), usd("-0.50"), usd("0.50"))
    assert progress.of(slip.run_id, pay.finance()).other_pay == seen.other_pay == [Count(PaidFor.TAX_RETURN, 1)]
    sent = select(PaymentOp.amount).where(PaymentOp.contractor_id == me).order_by(PaymentOp.id)
    assert list(db.session.scalars(sent)) == [5850, 50]
    db.session.refresh(made)
    assert made.payslip_id == slip.id
    everything_holds()


def test_without_a_rate_nothing_is_withheld_and_it_is_said(app: Flask) -> None:
    booking = pay.taxed("PH", rate=None)
    pay.paid()
    slip = pay.payslip_of(booking.contractor_id)
    assert (slip.withheld, line_of(booking).why) == (usd("0"), Why.NO_RATE)
    everything_holds()


def test_earlier_pay_of_the_period_counts_at_the_rate_of_its_own_day(taxed: Booking) -> None:
    """60.00 USD were 960,000 rupiah when they were paid, and 6,000 shillings, which no law was told of; that a dollar
    is twice as much of either two days later changes nothing of that."""
    paid_on = clock.now().date()
    later = paid_on + timedelta(days=2)
    pair = (taxed.contractor_id, taxed.company_id)
    for code, then, now in (("IDR", "16000", "32000"), ("KES", "100", "200")):
        with transaction():
            if code == "KES":
                standards.rate("USD", code, then, paid_on)
            clock.move_to(clock.now() + timedelta(days=2))
            standards.rate("USD", code, now, later)
            clock.move_to(clock.now() - timedelta(days=2))
    before = {law: income.before(BY_ID[law], {pair}, [], later)[pair] for law in ("id.pph21", "ke.wht")}
    assert before["id.pph21"] == income.Earlier(Fraction(96_000_000), 2_400_000, 0)
    assert before["ke.wht"].base == 600_000


def test_elsewhere_nothing_is_withheld(app: Flask) -> None:
    """The company has its seat in Germany and the person pays taxes in Kenya; and in Germany nothing is supported."""
    for country in ("KE", "DE"):
        with transaction():
            there = shifts.scene()
            ana = shifts.contracted(there)
            tax_profiles.declare(Tax(country, "none", None), Certificate.NONE, by=accounts.actor_of(ana.id))
        booking = pay.worked_and_approved(there, person=ana)
        pay.paid()
        assert withholding.of_payslip(pay.payslip_of(booking.contractor_id).id) == []


def test_declarations_are_kept_and_hold_from_their_day(taxed: Booking) -> None:
    me = accounts.actor_of(taxed.contractor_id)
    today = clock.now().date()
    later = today + timedelta(days=40)
    tax_profiles.declare(Tax("KE", "none", None), Certificate.W8BEN, later, by=me)
    with pytest.raises(tax_profiles.BadDay):
        tax_profiles.declare(Tax("KE", "none", None), Certificate.NONE, today - timedelta(days=1), by=me)
    now, then = (tax_profiles.standings([taxed.contractor_id], day)[taxed.contractor_id] for day in (today, later))
    assert (now.country, now.has_number) == ("ID", True)
    assert (then.country, then.has_number, then.certificate) == ("KE", False, Certificate.W8BEN)
    declared = tax_profiles.mine(by=me).declared
    assert [each.country for each in declared] == ["KE", "ID"]
    assert declared[1].last_digits == "1000"


# --- pages ------------------------------------------------------------------------------------------------------------


def test_the_pages_say_it(taxed: Booking, client: FlaskClient) -> None:
    hers = Visitor(client).signed_in(db.session.get_one(Person, taxed.contractor_id))
    slip = db.session.scalars(select(Payslip.id).where(Payslip.contractor_id == taxed.contractor_id)).one()
    assert "tax that is withheld: $1.50" in hers.look(f"/work/pay/{slip}").words
    assert "PPh 21" in hers.look("/work/taxes").words
    assert "Not supported" in hers.send("/work/taxes", country="DE", number_kind="none").words
    first, second = (accounts.operator(OperatorRole.FINANCE) for _ in range(2))
    desk = Visitor(client.application.test_client()).signed_in(accounts.person_of(first.person_id))
    assert "PPh 21 of non-employees" in desk.send("/desk/taxes", action="/desk/taxes").words
    other = Visitor(client.application.test_client()).signed_in(accounts.person_of(second.person_id))
    one = db.session.scalars(remitting.remittances(first)).one()
    assert "NTPN 2" in other.send("/desk/taxes", action=f"/desk/taxes/{one.id}/confirm", reference="NTPN 2").words


# --- doors ------------------------------------------------------------------------------------------------------------

SCHEMES = "GET /api/v1/taxes/schemes"
PROFILE = "GET /api/v1/taxes/profile"
DECLARE = "POST /api/v1/taxes/profile"
LINES = "GET /api/v1/taxes/withholdings"
BACK = "POST /api/v1/taxes/withholdings/<uuid:withholding_id>/give-back"
HELD = "GET /api/v1/taxes/held"
REMITTANCES = "GET /api/v1/taxes/remittances"
PROPOSE = "POST /api/v1/taxes/remittances"
CONFIRM = "POST /api/v1/taxes/remittances/<uuid:remittance_id>/confirm"
WITHDRAW = "POST /api/v1/taxes/remittances/<uuid:remittance_id>/withdraw"
OF_FINANCE = (BACK, HELD, REMITTANCES, PROPOSE, CONFIRM, WITHDRAW)
TAKES = {
    DECLARE: {"country": "KE", "number_kind": "none"},
    BACK: {"money": {"amount": "0.10", "currency": "USD"}, "reason": "It was too much."},
    CONFIRM: {"reference": "NTPN 3"},
    PROPOSE: {"company_id": str(uuid4()), "country": "ID", "currency": "USD", "through": "2026-12-31"},
}


def doors(*routes: str, question: str) -> list[Any]:
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


def ask(client: FlaskClient, route: str, who: Mapping[str, str] | None = None, of: Any = None, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    for name in ("<uuid:withholding_id>", "<uuid:remittance_id>"):
        path = path.replace(name, str(of or uuid4()))
    more = {"json": TAKES.get(route)} | more
    return client.open(path, method=method, headers={HEADER: uuid4().hex} | dict(who or {}), **more)


def a_proposal(booking: Booking) -> dict[str, Any]:
    day = clock.now().date().isoformat()
    return {"company_id": str(booking.company_id), "country": "ID", "currency": "USD", "through": day}


@pytest.mark.door(SCHEMES, "works")
@pytest.mark.door(PROFILE, "works")
@pytest.mark.door(DECLARE, "works")
@pytest.mark.door(LINES, "works")
def test_a_person_reads_the_laws_and_declares(taxed: Booking, client: FlaskClient) -> None:
    hers = accounts.bearer(taxed.contractor_id)
    laws = client.get("/api/v1/taxes/schemes").json["items"]
    assert {law["country"] for law in laws} == {"ID", "KE", "PH", "IN", "US"}
    assert all(law["source"]["address"].startswith("https://") for law in laws)
    assert ask(client, PROFILE, hers).json["law"]["id"] == "id.pph21"
    answer = ask(client, DECLARE, hers)
    assert (answer.status_code, answer.json["country"]) == (201, "KE")
    slip = client.get(f"/api/v1/payslips/{pay.payslip_of(taxed.contractor_id).id}", headers=hers).json
    assert (slip["payslip"]["due"]["amount"], slip["taxes"][0]["money"]["amount"]) == ("58.50", "1.50")
    (line,) = ask(client, LINES, hers).json["items"]
    assert line["money"] == {"amount": "1.50", "currency": "USD"}


@pytest.mark.door(HELD, "works")
@pytest.mark.door(REMITTANCES, "works")
@pytest.mark.door(PROPOSE, "works")
@pytest.mark.door(PROPOSE, "wrong_state")
@pytest.mark.door(CONFIRM, "works")
@pytest.mark.door(CONFIRM, "wrong_state")
@pytest.mark.door(WITHDRAW, "works")
@pytest.mark.door(WITHDRAW, "wrong_state")
@pytest.mark.door(BACK, "works")
@pytest.mark.door(BACK, "wrong_state")
def test_operators_give_back_and_remit(taxed: Booking, client: FlaskClient) -> None:
    first, second = (accounts.bearer(pay.finance()) for _ in range(2))
    line, given = line_of(taxed), a_proposal(taxed)
    assert ask(client, BACK, first, line.id).json["money"]["amount"] == "-0.10"
    assert ask(client, HELD, first).json["items"][0]["money"]["amount"] == "1.40"
    taken = ask(client, PROPOSE, first, json=given).json["id"]
    assert ask(client, PROPOSE, first, json=given).json["code"] == "nothing_to_remit"
    assert ask(client, BACK, first, line.id).json["code"] == "withholding_not_correctable"
    assert ask(client, WITHDRAW, first, taken).json["status"] == "withdrawn"
    assert ask(client, WITHDRAW, first, taken).status_code == 409
    again_taken = ask(client, PROPOSE, first, json=given).json["id"]
    assert ask(client, CONFIRM, first, again_taken).json["code"] == "remittance_needs_two"
    assert ask(client, CONFIRM, second, again_taken).json["status"] == "paid"
    assert ask(client, CONFIRM, second, again_taken).status_code == 409
    assert len(ask(client, REMITTANCES, first).json["items"]) == 2


@pytest.mark.parametrize("route", doors(PROFILE, DECLARE, LINES, *OF_FINANCE, question="not_signed_in"))
def test_strangers_are_asked_who_they_are(route: str, client: FlaskClient) -> None:
    assert ask(client, route).status_code == 401


@pytest.mark.parametrize("route", doors(BACK, CONFIRM, WITHDRAW, question="not_mine"))
def test_to_everybody_else_there_is_nothing(route: str, taxed: Booking, client: FlaskClient) -> None:
    assert ask(client, route, accounts.bearer(taxed.contractor_id), line_of(taxed).id).status_code == 404
    assert ask(client, route, accounts.bearer(pay.finance())).status_code == 404


@pytest.mark.parametrize("route", doors(DECLARE, BACK, PROPOSE, CONFIRM, question="wrong_shape"))
def test_a_body_of_another_shape_is_refused(route: str, taxed: Booking, client: FlaskClient) -> None:
    who = taxed.contractor_id if route == DECLARE else pay.finance()
    assert ask(client, route, accounts.bearer(who), line_of(taxed).id, json={"odd": 1}).status_code == 422


@pytest.mark.parametrize("route", doors(LINES, REMITTANCES, question="wrong_shape"))
def test_a_page_has_a_size(route: str, taxed: Booking, client: FlaskClient) -> None:
    who = taxed.contractor_id if route == LINES else pay.finance()
    assert ask(client, route, accounts.bearer(who), query_string={"limit": "0"}).status_code == 422
