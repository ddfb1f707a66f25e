"""Where people are paid: fields by country, the first account, a change and its wait, and another name."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.accounts.rules import Actor, OperatorRole
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.core.problems import Forbidden, NotFound
from marketplace.notices.models import Delivery
from marketplace.notices.ways import Way
from marketplace.pay import service
from marketplace.pay.methods import names as method_names
from marketplace.pay.methods import service as methods
from marketplace.pay.methods.fields import BadDetail, MethodKind, NoSuchMethod, Part, checked
from marketplace.pay.methods.models import PayoutMethod
from marketplace.pay.methods.rules import (
    ChangeUnderWay,
    MethodStatus,
    NameCheck,
    NameDecided,
    NothingToTakeBack,
    OwnAccount,
    same_name,
)
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import payments, retrying
from marketplace.pay.rules import OpStatus
from marketplace.pay.runs import service as runs
from tests.factories import accounts, pay, workforce
from tests.pay.books import everything_holds

IBAN, OTHER_IBAN = "DE89 3704 0044 0532 0130 00", "GB29 NWBK 6016 1331 9268 19"


def given(me: Actor, iban: str = IBAN, *, holder: str | None = None) -> PayoutMethod:
    name = db.session.get_one(Person, me.person_id).name
    return methods.give(
        kind=MethodKind.BANK, country=iban[:2], currency="EUR", holder=holder or name, details={"iban": iban}, by=me
    )


def somebody() -> Actor:
    return accounts.actor_of(workforce.contractor().id)


def later(how_long: timedelta) -> None:
    with transaction():
        clock.move_to(clock.now() + how_long)


@pytest.mark.parametrize(
    ("part", "country", "right", "wrong"),
    [
        (Part.IBAN, "DE", "de89 3704 0044 0532 0130 00", "DE89370400440532013001"),
        (Part.IBAN, "DE", "DE89370400440532013000", "GB29NWBK60161331926819"),
        (Part.BIC, "PH", "BOPIPHMM", "BOPIIDMM"),
        (Part.ROUTING, "US", "111000025", "111000026"),
        (Part.CLABE, "MX", "002010077777777771", "002010077777777772"),
        (Part.CBU, "AR", "2850590940090418135201", "2850590940090418135202"),
        (Part.IFSC, "IN", "HDFC0000001", "HDFC1000001"),
        (Part.ACCOUNT, "ID", "0123-4567", "12"),
        (Part.PHONE, "KE", "0712 345678", "0112"),
        (Part.EMAIL, "US", "ana@example.com", "ana"),
    ],
)
def test_fields_are_checked_by_their_own_digits(part: Part, country: str, right: str, wrong: str) -> None:
    assert " " not in checked([part], country, {part: right})[part]
    for bad in (wrong, "", "1" * 50):
        with pytest.raises(BadDetail) as refused:
            checked([part], country, {part: bad})
        assert refused.value.field == f"details.{part}"


@pytest.mark.parametrize(
    ("holder", "party", "same"),
    [
        ("ANA KASPRZAK", "Ana Kasprzak", True),
        ("Kasprzak, Ana", "Ana Kasprzak", True),
        ("Ana Kasprsak", "Ana Kasprzak", True),
        ("Владимир Иванов", "Vladimir Ivanov", True),
        ("Budi Santoso", "Ana Kasprzak", False),
        ("", "Ana Kasprzak", False),
    ],
)
def test_names_are_the_same_in_any_order_and_script(holder: str, party: str, same: bool) -> None:
    assert same_name(holder, party) is same


def test_the_first_account_counts_at_once_and_nobody_can_read_it_in_the_table(app: Flask) -> None:
    me = somebody()
    row = given(me)
    assert (row.status, row.name_check) == (MethodStatus.IN_FORCE, NameCheck.SAME)
    assert b"DE89" not in (row.sealed or b"")
    (told,) = methods.mine(by=me)
    assert (told.details, told.ending) == ({"iban": "DE89370400440532013000"}, "3000")
    with pytest.raises(NoSuchMethod):
        methods.give(
            kind=MethodKind.MOBILE_MONEY, provider="bkash", country="US", currency="USD", holder="A", details={}, by=me
        )  # fmt: skip
    with pytest.raises(NotFound):
        given(accounts.owner_of(accounts.company().id))


def test_a_changed_account_is_told_and_waits_for_48_hours(app: Flask) -> None:
    """Money goes to the old account for 48 hours, the person is told by e-mail whatever they chose, and may take the
    change back until then."""
    me = somebody()
    assert me.person_id is not None
    where = ("sandbox", me.person_id)
    with transaction():
        old, new = given(me), given(me, OTHER_IBAN)
    assert (new.status, new.takes_effect_at - new.given_at) == (MethodStatus.WAITING, timedelta(hours=48))
    with pytest.raises(ChangeUnderWay):
        given(me, OTHER_IBAN)
    assert methods.in_force([where])[where][0].id == old.id
    later(timedelta(hours=47, minutes=50))
    assert methods.take_effect_due() == 0
    later(timedelta(minutes=10))
    assert methods.take_effect_due() == 1
    assert methods.in_force([where])[where][0].id == new.id
    assert db.session.get_one(PayoutMethod, old.id).status is MethodStatus.REPLACED
    with pytest.raises(NothingToTakeBack):
        methods.take_back(new.id, by=me)


def test_a_change_is_told_by_mail_and_can_be_taken_back(app: Flask, work: Callable[[], int]) -> None:
    me = somebody()
    with transaction():
        old, new = given(me), given(me, OTHER_IBAN)
    work()
    mails = select(Delivery.way).where(Delivery.person_id == me.person_id)
    assert Way.MAIL in db.session.scalars(mails).all()
    with pytest.raises(NotFound):
        methods.take_back(new.id, by=somebody())
    assert methods.take_back(new.id, by=me).status is MethodStatus.TAKEN_BACK
    later(timedelta(hours=49))
    assert methods.take_effect_due() == 0
    assert db.session.get_one(PayoutMethod, old.id).status is MethodStatus.IN_FORCE


def test_another_name_parks_the_pay_with_a_human(app: Flask) -> None:
    """60.00 USD wait, no rail hears of them, and go out once an operator of finance has cleared the name."""
    booking = pay.worked_and_approved()
    me = accounts.actor_of(booking.contractor_id)
    with transaction():
        method_id = given(me, holder="Budi Santoso").id
    pay.paid()
    op = db.session.scalars(select(PaymentOp).where(PaymentOp.contractor_id == me.person_id)).one()
    assert (op.status, op.tries, op.money) == (OpStatus.PARKED, 0, Money.of("60.00", "USD"))
    with pytest.raises(Forbidden):
        method_names.clear(method_id, "It is hers.", by=accounts.operator(OperatorRole.VETTING))
    with pytest.raises(NotFound):
        method_names.clear(method_id, "It is hers.", by=me)
    with transaction():
        method_names.clear(method_id, "It is her name from before she married.", by=pay.finance())
    payments.advance_ops()
    assert db.session.get_one(PaymentOp, op.id, populate_existing=True).status is OpStatus.DONE
    with pytest.raises(NameDecided):
        method_names.refuse(method_id, "No.", by=pay.finance())
    everything_holds()


def test_pay_to_a_refused_account_is_payable_again_to_another(app: Flask) -> None:
    booking = pay.worked_and_approved()
    me = accounts.actor_of(booking.contractor_id)
    with transaction():
        method_id = given(me, holder="Budi Santoso").id
    run = pay.paid()
    with transaction():
        method_names.refuse(method_id, "It is the account of somebody else who works here.", by=pay.finance())
    (op,) = db.session.scalars(select(PaymentOp).where(PaymentOp.contractor_id == me.person_id))
    assert (op.status, op.refusal_code, op.who_can_fix) == (OpStatus.REFUSED, "payout_account_refused", "contractor")
    with transaction():
        assert given(me).status is MethodStatus.IN_FORCE
    everything_holds()
    assert runs.finish_run(run.id) == "paying"


def test_pay_that_nobody_has_sent_yet_is_refused_with_its_account(app: Flask) -> None:
    booking = pay.worked_and_approved()
    me = accounts.actor_of(booking.contractor_id)
    with transaction():
        method_id = given(me, holder="Budi Santoso").id
    runs.finish_run(pay.started().id)
    op = db.session.scalars(select(PaymentOp).where(PaymentOp.contractor_id == me.person_id)).one()
    assert op.status is OpStatus.INTENT
    with transaction():
        method_names.refuse(method_id, "It is the account of somebody else who works here.", by=pay.finance())
    payments.advance_ops()
    op = db.session.get_one(PaymentOp, op.id, populate_existing=True)
    assert (op.status, op.tries, op.refusal_code) == (OpStatus.REFUSED, 0, "payout_account_refused")
    everything_holds()


def test_an_account_is_refused_before_it_counts(app: Flask) -> None:
    me = somebody()
    with transaction():
        old, new = given(me), given(me, OTHER_IBAN, holder="Budi Santoso")
    with transaction():
        refused = method_names.refuse(new.id, "Nobody knows that name.", by=pay.finance())
    assert refused.status is MethodStatus.REFUSED
    later(timedelta(hours=49))
    assert methods.take_effect_due() == 0
    assert db.session.get_one(PayoutMethod, old.id).status is MethodStatus.IN_FORCE


def test_pay_that_waited_for_a_name_is_payable_again_once_another_account_counts(app: Flask) -> None:
    """The name on the account of before is not looked at any more: its 60.00 USD must not wait for that."""
    booking = pay.worked_and_approved()
    me = accounts.actor_of(booking.contractor_id)
    with transaction():
        given(me, holder="Budi Santoso")
    pay.paid()
    with transaction():
        given(me, OTHER_IBAN)
    later(timedelta(hours=48))
    with transaction():
        assert methods.take_effect_due() == 1
    (op,) = db.session.scalars(select(PaymentOp).where(PaymentOp.contractor_id == me.person_id))
    assert (op.status, op.refusal_code, op.who_can_fix) == (OpStatus.REFUSED, "payout_account_changed", "contractor")
    with transaction():
        again = service.retry_payout(op.id, by=me)
    payments.advance_ops()
    assert db.session.get_one(PaymentOp, again.id, populate_existing=True).status is OpStatus.DONE
    everything_holds()


def test_nobody_clears_their_own_name(app: Flask) -> None:
    me = somebody()
    method_id = given(me, holder="Budi Santoso").id
    with pytest.raises(OwnAccount):
        method_names.clear(method_id, "It is mine.", by=replace(me, operator=frozenset({OperatorRole.FINANCE})))


def test_an_account_that_waits_is_refused_and_the_old_one_stays(app: Flask) -> None:
    me = somebody()
    old, new = given(me), given(me, OTHER_IBAN, holder="Budi Santoso")
    assert method_names.refuse(new.id, "It is somebody else's.", by=pay.finance()).status is MethodStatus.REFUSED
    assert db.session.get_one(PayoutMethod, old.id).status is MethodStatus.IN_FORCE


def test_an_account_that_was_replaced_between_compute_and_pay_gets_nothing(app: Flask) -> None:
    """The payout was ordered to the old account; it is payable again and goes to the new one by itself."""
    booking = pay.worked_and_approved()
    me = accounts.actor_of(booking.contractor_id)
    with transaction():
        given(me)
        given(me, OTHER_IBAN)
    runs.finish_run(pay.started().id)
    later(timedelta(hours=48))
    with transaction():
        assert methods.take_effect_due() == 1
    payments.advance_ops()
    of_mine = select(PaymentOp).where(PaymentOp.contractor_id == me.person_id).order_by(PaymentOp.id)
    (op,) = db.session.scalars(of_mine)
    assert (op.status, op.refusal_code, op.tries) == (OpStatus.REFUSED, "payout_account_changed", 0)
    with transaction():
        assert retrying.retry_due() == 1
    payments.advance_ops()
    assert [each.status for each in db.session.scalars(of_mine)] == [OpStatus.REFUSED, OpStatus.DONE]
    everything_holds()
