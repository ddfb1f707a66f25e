"""Payouts that a bank sends back less a fee, or in another currency: whole to their person, and who bears the rest."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.accounts.rules import Actor, available_account
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.lifecycle import WrongState
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.pay import service
from marketplace.pay.bank import deposits as bank_deposits
from marketplace.pay.bank import keeping
from marketplace.pay.bank import returns as bank_returns
from marketplace.pay.bank import rules as bank_rules
from marketplace.pay.bank.models import BankLine
from marketplace.pay.bank.rules import LineStatus, Returned, Way
from marketplace.pay.by_hand import findings
from marketplace.pay.by_hand.rules import FindingOutcome
from marketplace.pay.contests import service as contests
from marketplace.pay.invoices import company_months
from marketplace.pay.invoices.company_months import Flow
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import payments
from marketplace.pay.rules import MANUAL, OpStatus, outside, payable
from marketplace.pay.runs import rail_fees
from marketplace.pay.runs import service as runs
from marketplace.pay.runs.fee_models import RailFee
from marketplace.pay.seconds import service as seconds
from tests.factories import accounts, gigs, pay, standards
from tests.factories import shifts as make
from tests.pay.books import everything_holds
from tests.pay.test_bank_files import table
from tests.pay.test_manual import BANK, MOBILE, account_of, made, op_of, paid
from tests.web.visitor import Visitor


@pytest.fixture(autouse=True)
def _by_hand(app: Flask) -> Iterator[None]:
    before = app.config["RAIL"]
    app.config["RAIL"] = MANUAL
    yield
    app.config["RAIL"] = before


RATE_OF = date(2026, 11, 18)


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def kes(amount: str) -> Money:
    return Money.of(amount, "KES")


def sent(kind: Any = BANK, found: Money | None = None) -> tuple[PaymentOp, UUID]:
    """A payout of 60.00 USD that a file has sent, at 129 shillings to a mobile account, and of which `found` arrived,
    where that is known; and the company, which has 10.00 USD more."""
    with transaction():
        there = make.scene()
        gigs.money_for(there.company_id, usd("10.00"))
        standards.rate("USD", "KES", "129", RATE_OF)
    person_id = pay.worked_and_approved(there).contractor_id
    account_of(person_id, kind)
    runs.finish_run(pay.started().id)
    payments.advance_ops()
    op = op_of(person_id)
    made() if kind is BANK else made(MOBILE, "KES", provider="mpesa_ke")
    if found is not None:
        with transaction():
            findings.find([op.id], paid(found), by=pay.finance())
    return op, there.company_id


def come_back(op: PaymentOp, money: Money, *, by: Actor | None = None) -> BankLine:
    row = f"{clock.now().date()},{money.decimal},{money.currency},RETURN {op.id.hex},{op.id.hex[-8:]}"
    with transaction():
        bank_deposits.take(f"date,amount,currency,reference,id\n{row}", by=by or pay.finance())
    return db.session.scalars(select(BankLine).order_by(BankLine.id.desc()).limit(1)).one()


@pytest.mark.parametrize(
    ("came", "way", "found"),
    [
        (usd("59.00"), None, Returned(usd("1.00"))),
        (usd("53.99"), None, Returned(usd("6.01"), is_odd=True)),
        (usd("60.01"), None, Returned(usd("0.00"), rest=usd("0.01"))),
        (usd("66.01"), None, Returned(usd("0.00"), is_odd=True, rest=usd("6.01"))),
        (kes("7611.00"), Way(Fraction(129), "file", kes("7740.00")), Returned(usd("1.00"), Fraction(129), "file")),
        (kes("7800.00"), Way(Fraction(129), "file", kes("7740.00")), Returned(usd("0.00"), Fraction(129), "file")),
        (kes("7611.00"), Way(Fraction(129), "bank"), Returned(usd("0.00"), Fraction(129), "bank")),
        (kes("100.00"), Way(Fraction(129), "bank"), Returned(usd("0.00"), Fraction(129), "bank", is_odd=True)),
        (kes("7611.00"), None, None),
    ],
)
def test_what_was_kept_of_sixty_dollars(came: Money, way: Way | None, found: Returned | None) -> None:
    assert bank_rules.returned(usd("60.00"), came, way) == found


@pytest.mark.parametrize("was_marked", [True, False])
def test_what_a_bank_keeps_on_the_way_back_the_company_bears(was_marked: bool) -> None:
    """Of 60.00 USD come 59.00 back: 60.00 are payable again, and the company has 9.00 of its 10.00."""
    op, company_id = sent(found=usd("60.00") if was_marked else None)
    before = books.balance(outside(MANUAL), "USD")
    line = come_back(op, usd("59.00"))
    assert (line.status, line.kept, line.rate) == (LineStatus.POSTED, usd("1.00"), None)
    db.session.refresh(op)
    assert op.status is (OpStatus.REVERSED if was_marked else OpStatus.REFUSED)
    assert books.balance(payable(op.owner_id), "USD") == usd("60.00")
    assert books.balance(available_account(company_id), "USD") == usd("9.00")
    came = usd("-59.00") if was_marked else usd("1.00")
    assert books.balance(outside(MANUAL), "USD") - before == came
    assert books.balance("platform:rail_costs", "USD") == usd("0.00")
    everything_holds()
    with transaction():
        service.retry_payout(op.id, by=accounts.actor_of(op.owner_id))
        assert rail_fees.owe_due() == 0
    everything_holds()


def test_what_somebody_had_found_not_to_arrive_is_booked_once_it_comes_back() -> None:
    """60.00 USD are payable since the finding; of the 59.00 that come back later the books learn what the bank kept."""
    op, company_id = sent()
    with transaction():
        findings.find([op.id], findings.Found(outcome=FindingOutcome.DID_NOT, reason="Closed."), by=pay.finance())
    before = books.balance(outside(MANUAL), "USD")
    first, second = come_back(op, usd("59.00")), come_back(op, usd("58.00"))
    assert (first.status, first.kept, second.status) == (LineStatus.POSTED, usd("1.00"), LineStatus.STRAY)
    assert books.balance(payable(op.owner_id), "USD") == usd("60.00")
    assert books.balance(available_account(company_id), "USD") == usd("9.00")
    assert books.balance(outside(MANUAL), "USD") - before == usd("1.00")
    everything_holds()


def test_old_strays_keep_no_newer_one_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of three is looked at with each statement: after as many statements all were."""
    monkeypatch.setattr(bank_returns, "MOST_AGAIN", 1)
    op, _ = sent(found=usd("60.00"))
    lost, seen = [come_back(op, Money.of(f"60{number}", "JPY")) for number in (1, 2, 3)], set()
    for number in range(3):
        with transaction():
            made = bank_deposits.take(table(f"2026-11-20,1.00,USD,x,,B{number}"), by=pay.finance())
        seen |= {line.id for line in bank_returns.strays(made.id)}
    assert seen == {line.id for line in lost}


def test_purses_are_locked_together_before_any_line_is_booked(
    statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    """The order of lines is the bank's: two statements that name two companies the other way round wait for nobody."""
    one, other = accounts.company(), accounts.company()
    rows = [f"2026-11-20,1.00,USD,{bank_rules.reference_of(each.id)},Lab,{each.id.hex}" for each in (other, one)]
    db.session.commit()
    with statements() as seen, transaction():
        bank_deposits.take(table(*rows), by=pay.finance())
    locks = [number for number, each in enumerate(seen) if "FOR NO KEY UPDATE" in each and "ledger_account" in each]
    booked = [number for number, each in enumerate(seen) if "INTO posting" in each]
    assert locks
    assert booked
    assert locks[0] < booked[0]


def test_what_came_back_in_another_currency_is_the_persons_whole_in_their_own() -> None:
    """60.00 USD went out as 7740.00 KES and 7611.00 come back: 129.00 KES, 1.00 USD at the rate of the file, were kept.
    The service has 7611.00 KES and owes 59.00 USD for them."""
    op, company_id = sent(MOBILE, found=kes("7740.00"))
    line = come_back(op, kes("7611.00"))
    assert (line.status, line.kept, line.rate) == (LineStatus.POSTED, usd("1.00"), 129)
    assert line.rate_source == f"{standards.SOURCE}, {RATE_OF}"
    assert books.balance(payable(op.owner_id), "USD") == usd("60.00")
    assert books.balance(available_account(company_id), "USD") == usd("9.00")
    assert books.balance("exchange:KES", "KES") == kes("7611.00")
    assert books.balance("exchange:USD", "USD") == usd("-59.00")
    assert books.balance(outside(MANUAL), "KES") == kes("-7611.00")
    everything_holds()


def test_much_less_than_was_sent_takes_a_second_person_who_does_not_rule_about_it() -> None:
    """Of 60.00 USD come 50.00 back. Whoever handed that in, and whoever agreed, answers no contest of it."""
    op, company_id = sent(found=usd("60.00"))
    first, second = pay.finance(), pay.finance()
    line = come_back(op, usd("50.00"), by=first)
    assert line.status is LineStatus.MATCHED
    with transaction():
        bank_deposits.confirm(line.id, by=second)
    assert (line.status, line.kept) == (LineStatus.POSTED, usd("10.00"))
    assert books.balance(available_account(company_id), "USD") == usd("0.00")
    assert {first.person_id, second.person_id} <= contests.deciders(op.id)
    everything_holds()


def test_what_came_of_a_payout_is_not_ended_before_its_person_has_it_again() -> None:
    """Of 60.00 USD yens come back, whose rate nobody knows, and then 60.00: what came first may be ended by then."""
    op, _ = sent(found=usd("60.00"))
    stray = come_back(op, Money.of("6000", "JPY"))
    assert stray.status is LineStatus.STRAY
    with pytest.raises(WrongState):
        bank_deposits.send_back(stray.id, "It is too much.", by=pay.finance())
    come_back(op, usd("60.00"))
    db.session.refresh(op)
    assert (op.status, books.balance(payable(op.owner_id), "USD")) == (OpStatus.REVERSED, usd("60.00"))
    with transaction():
        bank_deposits.send_back(stray.id, "It came twice.", by=pay.finance())
        bank_deposits.confirm(stray.id, by=pay.finance())
    assert stray.status is LineStatus.SENT_BACK


def test_what_is_more_than_the_payout_is_a_line_of_its_own(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 60.00 USD come 60.01 back: 60.00 are payable again, and of 0.01 two people say that it is the service's."""
    op, _ = sent(found=usd("60.00"))
    before = books.balance(outside(MANUAL), "USD")
    come_back(op, usd("60.01"))
    rest, line = db.session.scalars(select(BankLine).order_by(BankLine.amount)).all()
    assert (line.status, line.kept, line.money) == (LineStatus.POSTED, usd("0.00"), usd("60.01"))
    assert (rest.status, rest.money, rest.rest_of_id) == (LineStatus.STRAY, usd("0.01"), line.id)
    assert books.balance(payable(op.owner_id), "USD") == usd("60.00")
    assert books.balance(outside(MANUAL), "USD") - before == usd("-60.00")
    come_back(op, usd("1.00"))
    assert len(bank_returns.strays(line.statement_id)) == 1, "the rest is none of the payout's"
    monkeypatch.setitem(app.config, "TWO_PEOPLE_ABOVE", "0.00")
    with transaction():
        act = keeping.keep(rest.id, "The bank rounds.", by=pay.finance())
    assert books.balance("platform:rail_strays", "USD") == usd("0.00")
    with transaction():
        seconds.agree(act.id, by=pay.finance())
    assert (rest.status, rest.reason) == (LineStatus.KEPT, "The bank rounds.")
    assert books.balance("platform:rail_strays", "USD") == usd("0.01")
    assert books.balance(outside(MANUAL), "USD") - before == usd("-60.01")
    with pytest.raises(WrongState):
        keeping.keep(rest.id, "Twice.", by=pay.finance())
    everything_holds()


def test_much_more_than_the_payout_takes_a_second_person() -> None:
    op, _ = sent(found=usd("60.00"))
    line = come_back(op, usd("120.00"))
    assert line.status is LineStatus.MATCHED
    with transaction():
        bank_deposits.confirm(line.id, by=pay.finance())
    rests = select(BankLine.amount).where(BankLine.rest_of_id == line.id)
    assert (line.status, db.session.scalars(rests).all()) == (LineStatus.POSTED, [6000])
    everything_holds()


def test_what_was_made_good_once_is_not_made_good_again() -> None:
    """59.20 of 60.00 USD arrive, and 0.80 are made good by the next run. Then all comes back and is paid again: of what
    is kept this time, 1.00, only 0.20 are missing."""
    op, _ = sent(found=usd("59.20"))
    with transaction():
        assert rail_fees.owe_due() == 1
    made_good = []
    for arrived in ("59.20", "59.00"):
        come_back(op, usd("60.00"))
        with transaction():
            op = service.retry_payout(op.id, by=accounts.actor_of(op.owner_id))
        payments.advance_ops()
        made()
        with transaction():
            findings.find([op.id], paid(usd(arrived)), by=pay.finance())
            rail_fees.owe_due()
            rail_fees.owe_due()
        made_good.append(db.session.scalars(select(RailFee.amount).where(RailFee.payment_op_id == op.id)).all())
    assert made_good == [[], [20]]
    everything_holds()


# --- the door and the pages -------------------------------------------------------------------------------------------

CAME_BACK = "GET /api/v1/payouts/<uuid:payout_id>/came-back"


def ask(client: FlaskClient, payout_id: UUID, who: Mapping[str, str] | None = None) -> Any:
    return client.get(f"/api/v1/payouts/{payout_id}/came-back", headers=who)


@pytest.mark.door(CAME_BACK, "works")
@pytest.mark.door(CAME_BACK, "not_mine")
def test_whoever_is_paid_reads_what_came_back_and_the_company_what_was_kept(client: FlaskClient) -> None:
    op, company_id = sent(MOBILE, found=kes("7740.00"))
    hers = accounts.bearer(accounts.actor_of(op.owner_id))
    assert ask(client, op.id, hers).json == {"came_back": None}
    come_back(op, kes("7611.00"))
    told = ask(client, op.id, hers).json["came_back"]
    assert (told["came"]["amount"], told["kept"]["amount"], told["rate"]) == ("7611.00", "1.00", "129")
    assert ask(client, op.id, accounts.bearer(accounts.person())).status_code == 404
    page = Visitor(client).signed_in(db.session.get_one(Person, op.owner_id)).look(f"/work/payouts/{op.id}")
    assert "The bank kept $1.00 USD. The companies whose work it paid bear that, not you." in page.words
    assert "All $60.00 USD are yours, and are paid again whole." in page.words
    desk = Visitor(client.application.test_client()).signed_in(accounts.person_of(pay.finance().person_id))
    assert "$1.00 USD kept by the bank" in desk.look("/desk/bank").words
    month = company_months.month_of(company_id, f"{clock.now():%Y-%m}", accounts.owner_of(company_id))
    assert [each.flows.get(Flow.BANKS) for each in month if each.currency == "USD"] == [usd("-1.00")]


@pytest.mark.door(CAME_BACK, "not_signed_in")
def test_strangers_are_asked_who_they_are(client: FlaskClient) -> None:
    assert ask(client, uuid4()).status_code == 401
