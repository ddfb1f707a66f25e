"""What one operator alone does with money by hand is counted in one sum, and beyond it a second one agrees."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.models import Company
from marketplace.accounts.rules import Actor, OperatorRole
from marketplace.contracts import transfers
from marketplace.contracts.benefit_models import Transfer
from marketplace.contracts.moving_rules import OwnMoney
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.events import Event
from marketplace.core.idempotency import HEADER
from marketplace.core.lifecycle import WrongState
from marketplace.core.money import Money
from marketplace.insight import erasure
from marketplace.insight.rules import Obstacle
from marketplace.ledger import queries as books
from marketplace.pay import service
from marketplace.pay.bank import deposits as bank_deposits
from marketplace.pay.bank import paying
from marketplace.pay.bank import rules as bank_rules
from marketplace.pay.bank.models import BankLine
from marketplace.pay.bank.rules import LineStatus, SamePerson
from marketplace.pay.by_hand import findings
from marketplace.pay.by_hand.rules import FindingOutcome, FindingStatus, OwnPayment
from marketplace.pay.contests import service as contests
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import payments, reconciling
from marketplace.pay.rails.models import RailMovement
from marketplace.pay.rails.rules import Match
from marketplace.pay.rules import MANUAL, SANDBOX, OpStatus
from marketplace.pay.seconds import service as seconds
from marketplace.standards import service as standards
from marketplace.standards import two_people
from marketplace.standards.act_models import MoneyAct
from marketplace.standards.act_rules import ActStatus, SecondPerson, WaitsAlready, is_much
from tests.contracts.test_moving import HEALTH, stipend
from tests.factories import accounts, pay, workforce
from tests.pay.books import everything_holds
from tests.pay.test_bank_files import table
from tests.web.visitor import Visitor

SEEN = findings.Found(outcome=FindingOutcome.HAPPENED, reference="seen online", happened_on=date(2026, 11, 18))


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


@pytest.fixture
def ours(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Company:
    """A company of a service that pays by files, and where one person alone may do 100.00 USD."""
    monkeypatch.setitem(app.config, "RAIL", MANUAL)
    monkeypatch.setitem(app.config, "TWO_PEOPLE_ABOVE", "100.00")
    return accounts.company()


@pytest.fixture
def alone_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(app.config, "TWO_PEOPLE_ABOVE", "0.00")
    yield
    everything_holds()


def taken(company: Company, *amounts: str, by: Actor, words: str = "") -> list[BankLine]:
    """The lines of a statement that somebody hands in, in its order."""
    named, name = words or bank_rules.reference_of(company.id), uuid4().hex[:6]
    rows = [f"2026-11-17,{amount},USD,{named},Lab,{name}{at}" for at, amount in enumerate(amounts)]
    with transaction():
        made = bank_deposits.take(table(*rows), by=by)
    found = select(BankLine).where(BankLine.statement_id == made.id).order_by(BankLine.bank_reference)
    return list(db.session.scalars(found))


def available(company: Company) -> Money:
    return books.balance(f"company:{company.id}:available", "USD")


def test_two_hundred_and_three_hundred_are_enough_for_one_person_and_a_cent_more_is_not() -> None:
    """Worked example: at 500.00 USD, 300.00 after 200.00 are no more than one may do alone; 300.01 are."""
    assert not is_much(usd("300.00"), usd("200.00"), usd("500.00"))
    assert is_much(usd("300.01"), usd("200.00"), usd("500.00"))


def test_what_one_person_does_alone_is_counted_whatever_it_is(ours: Company) -> None:
    """Of 100.00 USD a day: 60.00 of a deposit that somebody found by hand leave 40.00 for the lines of a statement, and
    nothing for what is sent back. Another person has done nothing yet."""
    one, other = pay.finance(), pay.finance()
    with transaction():
        op = service.deposit(ours.id, usd("60.00"), by=accounts.owner_of(ours.id))
    payments.advance_ops()
    with transaction():
        (found,) = findings.find([op.id], SEEN, by=one)
    assert found.status is FindingStatus.HOLDS
    small, large = taken(ours, "40.00", "41.00", by=one)
    assert (small.status, large.status, available(ours)) == (LineStatus.POSTED, LineStatus.MATCHED, usd("100.00"))
    (told,) = paying.looked_at(ours.id)
    assert (told.money, told.deposit_id) == (usd("41.00"), None)
    (stray,) = taken(ours, "1.00", by=one, words="for the work")
    with transaction():
        bank_deposits.send_back(stray.id, "Nobody knows whose it is.", by=one)
    assert stray.status is LineStatus.ENDING
    with transaction():
        bank_deposits.confirm(stray.id, by=other)
        bank_deposits.confirm(large.id, by=other)
    assert (stray.status, large.status, available(ours)) == (LineStatus.SENT_BACK, LineStatus.POSTED, usd("141.00"))
    assert taken(ours, "100.00", by=other)[0].status is LineStatus.POSTED
    everything_holds()


def test_nobody_measures_their_own_limit_by_a_rate_that_they_entered(ours: Company) -> None:
    """By a billion shillings to the dollar everything is small. Somebody else's rate counts; without one nothing is
    done alone."""
    one = accounts.operator(OperatorRole.FINANCE, OperatorRole.STANDARDS)
    other = accounts.operator(OperatorRole.STANDARDS)
    today = clock.now().date()
    money = Money.of("1000000.00", "KES")
    standards.enter_rate("USD", "KES", Decimal(10**9), today, "a friend", by=one)
    assert not two_people.tally(one).may([money])
    assert two_people.tally(pay.finance()).may([money])
    standards.enter_rate("USD", "KES", Decimal(129), today, "central bank", by=other)
    assert not two_people.tally(one).may([money])
    assert two_people.tally(one).may([Money.of("12900.00", "KES")])


def test_a_deposit_that_one_found_beyond_the_limit_waits_and_its_company_reads_so(ours: Company) -> None:
    one, other = pay.finance(), pay.finance()
    with transaction():
        ops = [service.deposit(ours.id, usd("60.00"), by=accounts.owner_of(ours.id)) for _ in range(2)]
    payments.advance_ops()
    with transaction():
        (first,) = findings.find([ops[0].id], SEEN, by=one)
        (second,) = findings.find([ops[1].id], SEEN, by=one)
    assert (first.status, second.status, available(ours)) == (FindingStatus.HOLDS, FindingStatus.WAITING, usd("60.00"))
    assert [each.deposit_id for each in paying.looked_at(ours.id)] == [ops[1].id]
    with transaction():
        findings.confirm(second.id, by=other)
    assert (available(ours), paying.looked_at(ours.id)) == (usd("120.00"), [])


def test_one_statement_is_counted_on_every_day(ours: Company) -> None:
    """60.00 USD of it today and 60.00 tomorrow are 120.00 of one file; of another file tomorrow is a new day."""
    one = pay.finance()
    first, later = taken(ours, "60.00", "60.00", by=one, words="for the work")
    with transaction():
        bank_deposits.assign(first.id, ours.id, by=one)
        clock.move_to(clock.now() + timedelta(days=1))
        bank_deposits.assign(later.id, ours.id, by=one)
    assert (first.status, later.status) == (LineStatus.POSTED, LineStatus.MATCHED)
    assert taken(ours, "60.00", by=one)[0].status is LineStatus.POSTED


def test_what_the_service_is_to_bear_above_the_limit_is_for_two_to_say(ours: Company) -> None:
    one, other = pay.finance(), pay.finance()
    (line,) = taken(ours, "-150.00", by=one)
    for agrees in (False, True):
        with transaction():
            bank_deposits.send_back(line.id, "The company is gone.", by=one)
        assert (line.status, line.reason) == (LineStatus.ENDING, "The company is gone.")
        with pytest.raises(WrongState):
            bank_deposits.assign(line.id, ours.id, by=other)
        with pytest.raises(SamePerson):
            bank_deposits.confirm(line.id, by=one)
        with transaction():
            (bank_deposits.confirm if agrees else bank_deposits.doubt)(line.id, by=other)
        assert books.balance("platform:chargebacks", "USD") == usd("-150.00" if agrees else "0.00")
    assert line.is_borne
    names = db.session.scalars(select(Event.name).where(Event.subject_id == line.id).order_by(Event.id)).all()
    assert names == ["bank_line.ending", "bank_line.doubted", "bank_line.ending", "bank_line.borne"]
    everything_holds()


# --- what waits as an act ---------------------------------------------------------------------------------------------


def stray() -> str:
    row = RailMovement(
        id="txn_x", rail=SANDBOX, kind="transfer", amount=-700, fee=0, currency="USD", source="tr_x",
        created_at=clock.now(), seen_at=clock.now(), match=Match.STRAY, why="no_payment_of_ours",
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row.id


def asked(person_id: UUID) -> UUID:
    stipend(person_id, usd("2.40"))
    by = accounts.actor_of(person_id)
    return transfers.ask(HEALTH, usd("2.00"), "Mutual fund", "ANA-1", by=by).id


def explained(_: UUID, by: Actor) -> Any:
    found = db.session.get(RailMovement, "txn_x")
    return reconciling.explain("txn_x" if found else stray(), "A bonus.", by=by)


def taken_in(person_id: UUID, by: Actor, amount: str = "12.00") -> Any:
    told = ("Mutual fund", "ANA-1", "letter of 3 May", "She asked for it.")
    return transfers.receive(person_id, HEALTH, usd(amount), *told, by=by)


def ends(verb: Callable[..., Any]) -> Callable[[UUID, Actor], Any]:
    def end(person_id: UUID, by: Actor) -> Any:
        known = db.session.scalars(select(Transfer.id).where(Transfer.contractor_id == person_id)).one_or_none()
        return verb(known or asked(person_id), "bank slip 17", by=by)

    return end


@pytest.mark.usefixtures("alone_nothing")
@pytest.mark.parametrize(
    ("act", "moved"),
    [
        (explained, ("platform:rail_strays", "-7.00")),
        (taken_in, ("rail:benefit_providers", "-12.00")),
        (ends(transfers.send), ("rail:benefit_providers", "2.00")),
        (ends(transfers.give_back), ("benefit:{}:outgoing", "0.00")),
    ],
    ids=["explained", "taken_in", "sent", "returned"],
)
def test_what_is_too_much_for_one_is_done_once_another_agrees(
    act: Callable[[UUID, Actor], Any], moved: tuple[str, str]
) -> None:
    """Nothing moves while it waits, nothing waits twice, and what is taken back never moves."""
    ana, one, other = workforce.contractor().id, pay.finance(), pay.finance()
    with transaction():
        first = act(ana, one)
    account = moved[0].format(ana)
    before = books.balance(account, "USD")
    assert (first.status, bool(first.said)) == (ActStatus.WAITING, True)
    with pytest.raises(WaitsAlready):
        act(ana, other)
    with pytest.raises(SecondPerson):
        seconds.agree(first.id, by=one)
    with transaction():
        two_people.withdraw(first.id, by=other)
    assert (books.balance(account, "USD"), first.said) == (before, {})
    with transaction():
        again = act(ana, one)
    with transaction():
        seconds.agree(again.id, by=other)
    assert (again.status, again.said, books.balance(account, "USD")) == (ActStatus.AGREED, {}, usd(moved[1]))
    assert before != usd(moved[1])
    with pytest.raises(WrongState):
        seconds.agree(again.id, by=other)


@pytest.mark.usefixtures("alone_nothing")
def test_a_payout_that_is_too_much_for_one_is_taken_back_once_another_agrees(client: FlaskClient) -> None:
    """Both have had a part in it, and answer no contest of it. Whoever was paid takes nothing back themselves."""
    ana, one, other = pay.worked_and_approved().contractor_id, pay.finance(), pay.finance()
    pay.paid()
    payout = db.session.scalars(select(PaymentOp).where(PaymentOp.contractor_id == ana)).one()
    account, why = f"contractor:{ana}:payable", {"reason": "It went to another account."}
    door = f"/api/v1/payouts/{payout.id}/take-back"
    waits = client.post(door, json=why, headers={HEADER: uuid4().hex} | accounts.bearer(one))
    assert (waits.status_code, waits.json["kind"], waits.json["subject"]) == (202, "taken_back", str(payout.id))
    assert Obstacle.SECOND in erasure.prospect(by=accounts.actor_of(ana)).obstacles
    page = Visitor(client).signed_in(accounts.person_of(other.person_id)).send(door.replace("api/v1", "desk"), **why)
    assert "This waits already for a second person." in page.words
    payments.advance_ops()
    assert (payout.status, books.balance(account, "USD")) == (OpStatus.DONE, usd("0.00"))
    hers = replace(other, person_id=ana)
    with pytest.raises(OwnPayment), transaction():
        seconds.agree(UUID(waits.json["id"]), by=hers)
    with pytest.raises(OwnPayment), transaction():
        service.take_back(payout.id, why["reason"], by=hers)
    with transaction():
        seconds.agree(UUID(waits.json["id"]), by=other)
    payments.advance_ops()
    assert (payout.status, books.balance(account, "USD")) == (OpStatus.REVERSED, usd("60.00"))
    assert {one.person_id, other.person_id} <= contests.deciders(payout.id)
    assert contests.of([payout])[payout.id].why == why["reason"]


@pytest.mark.usefixtures("alone_nothing")
def test_nobody_is_erased_while_money_of_theirs_waits_for_a_second_person() -> None:
    """Other money does not wait for it, and money of the same amount does."""
    ana, one = workforce.contractor().id, pay.finance()
    with transaction():
        waits = [taken_in(ana, one, amount) for amount in ("12.00", "7.00")]
    assert {each.contractor_id for each in waits} == {ana}
    with pytest.raises(WaitsAlready):
        taken_in(ana, one, "7.00")
    assert Obstacle.SECOND in erasure.prospect(by=accounts.actor_of(ana)).obstacles
    with transaction():
        for each in waits:
            two_people.withdraw(each.id, by=one)
    assert Obstacle.SECOND not in erasure.prospect(by=accounts.actor_of(ana)).obstacles


@pytest.mark.usefixtures("alone_nothing")
def test_what_is_forbidden_by_now_is_not_done_however_many_agree() -> None:
    """The person who is to have it is the second operator."""
    ana = workforce.contractor().id
    with transaction():
        act = taken_in(ana, pay.finance())
    with pytest.raises(OwnMoney):
        seconds.agree(act.id, by=replace(pay.finance(), person_id=ana))


def test_what_one_has_done_alone_has_a_line_in_the_audit(app: Flask) -> None:
    one = pay.finance()
    with transaction():
        explained(uuid4(), one)
    act = db.session.scalars(select(MoneyAct)).one()
    event = db.session.scalars(select(Event).where(Event.subject_id == act.id)).one()
    assert (act.status, event.name, event.doer_id) == (ActStatus.ALONE, "money_act.alone", one.person_id)
    assert event.data == {"kind": "explained", "amount": "7.00", "currency": "USD"}


# --- doors and pages --------------------------------------------------------------------------------------------------

LIST = "GET /api/v1/money-acts"
AGREE = "POST /api/v1/money-acts/<uuid:act_id>/agree"
WITHDRAW = "POST /api/v1/money-acts/<uuid:act_id>/withdraw"


def ask(client: FlaskClient, door: str, who: Any = None, of: object = None, **more: Any) -> Any:
    method, _, path = door.partition(" ")
    headers = {HEADER: uuid4().hex} | dict(who or {})
    return client.open(path.replace("<uuid:act_id>", str(of or uuid4())), method=method, headers=headers, **more)


@pytest.mark.usefixtures("alone_nothing")
@pytest.mark.door(LIST, "works")
@pytest.mark.door(AGREE, "works")
@pytest.mark.door(WITHDRAW, "works")
@pytest.mark.door(AGREE, "wrong_state")
@pytest.mark.door(WITHDRAW, "wrong_state")
@pytest.mark.door(LIST, "wrong_shape")
@pytest.mark.door(LIST, "not_signed_in")
@pytest.mark.door(AGREE, "not_signed_in")
@pytest.mark.door(WITHDRAW, "not_signed_in")
@pytest.mark.door(LIST, "not_mine")
@pytest.mark.door(AGREE, "not_mine")
@pytest.mark.door(WITHDRAW, "not_mine")
def test_its_doors(client: FlaskClient) -> None:
    stray()
    one, other = (accounts.bearer(pay.finance()) for _ in range(2))
    stranger = accounts.bearer(accounts.person())
    told = {"json": {"note": "A bonus."}}
    waits = ask(client, "POST /api/v1/rails/movements/txn_x/explanation", one, **told)
    assert (waits.status_code, waits.json["kind"], waits.json["status"]) == (202, "explained", "waiting")
    act_id = waits.json["id"]
    assert [each["id"] for each in ask(client, LIST, other).json["items"]] == [act_id]
    assert ask(client, LIST, other, query_string={"limit": 0}).status_code == 422
    for door in (LIST, AGREE, WITHDRAW):
        assert ask(client, door, of=act_id).status_code == 401
        assert ask(client, door, stranger, act_id).status_code == 404
    assert ask(client, AGREE, one, act_id).json["code"] == "second_person_needed"
    assert ask(client, WITHDRAW, one, act_id).json["status"] == "withdrawn"
    assert ask(client, WITHDRAW, one, act_id).status_code == 409
    again = ask(client, "POST /api/v1/rails/movements/txn_x/explanation", one, **told).json["id"]
    assert ask(client, AGREE, other, again).json["status"] == "agreed"
    assert ask(client, AGREE, other, again).status_code == 409


@pytest.mark.usefixtures("alone_nothing")
def test_the_page(client: FlaskClient) -> None:
    stray()
    one, other = pay.finance(), pay.finance()
    mine = Visitor(client).signed_in(accounts.person_of(one.person_id))
    page = mine.send("/desk/rail", action="/desk/rail/movements/txn_x", note="A bonus.")
    assert "Nothing has moved yet" in page.words
    assert "1 step of money waits for a second person" in mine.look("/desk").words
    page = mine.look("/desk/second")
    assert "You said so: another operator agrees." in page.words
    theirs = Visitor(client.application.test_client()).signed_in(accounts.person_of(other.person_id))
    (act,) = db.session.scalars(two_people.waiting(other)).all()
    page = theirs.send("/desk/second", action=f"/desk/second/{act.id}/agree")
    assert "Nothing waits." in page.words
    assert db.session.get_one(RailMovement, "txn_x").explained_by == one.person_id
