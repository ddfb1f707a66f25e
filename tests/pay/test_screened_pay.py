"""Pay to somebody whose name is like one on a list of sanctions: it waits for a person, and is never lost."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.accounts.models import Person
from marketplace.accounts.rules import CONSOLE, OperatorRole
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.events import Event
from marketplace.matching.rules import ContestStatus
from marketplace.pay import service
from marketplace.pay.contests import service as contests
from marketplace.pay.contests.rules import ANSWER_WITHIN
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import payments
from marketplace.pay.rules import OpStatus
from marketplace.workforce import screening
from marketplace.workforce.listed import HitOpen
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import ContractorStatus, RuledBefore
from marketplace.workforce.screening_models import ScreeningHit
from tests.conftest import again, kept
from tests.factories import accounts
from tests.pay.books import everything_holds
from tests.pay.test_payout_contests import _ordered, contested, judge, newest

HEAD = "name,aliases,birth_date,country,source,date\n"
LIKE, IS_YOU = "Your name is like one on a list", "An operator found that it is you"


@pytest.fixture(scope="module")
def _payout(ground: None) -> PaymentOp:
    return kept(_ordered)


@pytest.fixture
def payout(_payout: PaymentOp, app: Flask) -> PaymentOp:
    """A payout of 60.00 USD that no rail has heard of yet."""
    return again(_payout)


@pytest.fixture
def hit(payout: PaymentOp) -> ScreeningHit:
    """A list that names the payee is loaded after they were paid before, and nobody has compared anybody with it."""
    with transaction():
        name = db.session.get_one(Person, payout.contractor_id).name
        screening.load_list(HEAD + f"{name},,,,A list,2026-11-01\n", by=CONSOLE)
    payments.advance_ops()
    return db.session.scalars(select(ScreeningHit)).one()


def said(op: PaymentOp) -> tuple[OpStatus, str]:
    now = newest(op.contractor_id)
    return now.status, (now.why or "")[:31]


def found(hit: ScreeningHit, *, is_them: bool) -> None:
    with transaction():
        screening.decide(hit.id, is_them, "Another year of birth.", by=accounts.operator(OperatorRole.VETTING))


def test_pay_waits_for_a_person_and_goes_out_once_the_name_is_cleared(
    payout: PaymentOp, hit: ScreeningHit, work: Callable[[], int]
) -> None:
    assert said(payout) == (OpStatus.PARKED, LIKE)
    with transaction():
        service.unpark(payout.id, by=accounts.operator(OperatorRole.FINANCE))
    payments.advance_ops()
    assert said(payout) == (OpStatus.PARKED, LIKE), "finance cannot let go what vetting has to look at"
    everything_holds()
    found(hit, is_them=False)
    work()
    assert said(payout) == (OpStatus.DONE, "")
    everything_holds()


def test_whoever_has_left_is_compared_before_their_last_pay(payout: PaymentOp) -> None:
    with transaction():
        row = db.session.get_one(Contractor, payout.contractor_id)
        db.session.execute(Contractor.__table__.update().where(Contractor.id == row.id).values(status="closed"))
        db.session.expire_all()
        assert row.status is ContractorStatus.CLOSED
        name = db.session.get_one(Person, payout.contractor_id).name
        screening.load_list(HEAD + f"{name},,,,A list,2026-11-01\n", by=CONSOLE)
        assert screening.screen_due(10) == 0
    payments.advance_ops()
    assert said(payout) == (OpStatus.PARKED, LIKE)


def test_what_is_confirmed_is_held_under_that_reason_and_told_once(
    payout: PaymentOp, hit: ScreeningHit, work: Callable[[], int]
) -> None:
    found(hit, is_them=True)
    work()
    assert said(payout) == (OpStatus.PARKED, IS_YOU[:31])
    parked = select(func.count()).where(Event.name == "payout.parked", Event.subject_id == payout.id)
    assert db.session.scalar(parked) == 2, "once while somebody looked, once when they had"
    found(hit, is_them=False)
    work()
    assert said(payout) == (OpStatus.DONE, "")


def test_only_whoever_clears_the_name_lets_pay_go_that_is_contested(payout: PaymentOp, hit: ScreeningHit) -> None:
    row = contested(newest(payout.contractor_id))
    assert row.told.startswith(LIKE)
    with transaction():
        clock.move_to(clock.now() + ANSWER_WITHIN)
        assert contests.lapse_due() == 1
    assert row.status is ContestStatus.OPEN, "silence clears no name"
    with pytest.raises(HitOpen), transaction():
        contests.answer(row.id, ContestStatus.OVERTURNED, "It cannot be them.", by=judge())
    looker = accounts.operator(OperatorRole.VETTING, OperatorRole.DISPUTES)
    with transaction():
        screening.decide(hit.id, True, "The same day of birth.", by=looker)
    with pytest.raises(RuledBefore), transaction():
        contests.answer(row.id, ContestStatus.UPHELD, "It is them.", by=looker)
    found(hit, is_them=False)
    with transaction():
        contests.answer(row.id, ContestStatus.OVERTURNED, "It is somebody else.", by=judge())
    payments.advance_ops()
    assert said(payout) == (OpStatus.DONE, "")
    everything_holds()
