"""The verbs of bonuses: give one, agree to it as a second person, take it back before it is owed.

In prose. The money is set aside with the first step, so that no yes of a second person is one without money. What one
member may give alone is owed at once. Whoever looks at what waits is not who wrote it, and nobody decides about their
own (rule BONUS).
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select

from marketplace.accounts.rules import (
    CLOCK,
    Actor,
    ReasonMissing,
    Right,
    available_account,
    require_company,
    require_person,
)
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import make, move, move_one
from marketplace.core.money import CurrencyMismatch, Money
from marketplace.core.problems import NotFound
from marketplace.gigs import queries as gigs
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import NOT_CLOSED
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, Move
from marketplace.pay.bonuses import queries
from marketplace.pay.bonuses.models import Bonus
from marketplace.pay.bonuses.rules import (
    CAN_BE_PAID,
    INVITE,
    BonusStatus,
    CannotReceive,
    NotABonus,
    NothingWorked,
    OwnBonus,
    SecondMember,
    hold_account,
)
from marketplace.shifts.models import Booking
from marketplace.shifts.rules import BookingStatus
from marketplace.standards import two_people
from marketplace.standards.act_rules import ActKind
from marketplace.standards.rates import cost, price_of_bonus
from marketplace.workforce import screening
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import ContractorStatus


def grant(gig_id: UUID, contractor_id: UUID, money: Money, reason: str, *, by: Actor) -> Bonus:
    """Gives somebody who has worked on the gig a bonus, in its currency and with a reason that they read; its money is
    set aside from what the company has available. What is too much for one member waits for another.

    For members who may see the company's money. Raises NotFound, Forbidden, OwnBonus, ReasonMissing, NotABonus,
    CurrencyMismatch, WrongState of a gig that is closed, NothingWorked, CannotReceive, InsufficientFunds.
    """
    me = require_person(by)
    require_company(by, gigs.company_gig(gig_id, by).company_id, Right.MONEY)
    if contractor_id == me:
        raise OwnBonus
    alone = two_people.tally(by)
    person = _locked(contractor_id)
    gig = gigs.locked(gig_id, Right.MONEY, by, *NOT_CLOSED)
    last = _last_work(gig, contractor_id)
    why = _words(reason)
    _check_money(money, gig)
    _check_receives(person)
    bonus_id, now, held = new_id(), clock.now(), cost(price_of_bonus(money))
    may = alone.may([money])
    row = {
        "id": bonus_id,
        "company_id": gig.company_id,
        "gig_id": gig.id,
        "contractor_id": contractor_id,
        "contract_version_id": last.contract_version_id,
        "amount": money.amount,
        "currency": money.currency,
        "held_amount": held.amount,
        "reason": why,
        "written_by": me,
        "written_at": now,
        "granted_at": now if may else None,
        "status": BonusStatus.GRANTED if may else BonusStatus.WAITING,
    }
    make(Bonus, [row], by=by, event="bonus.granted" if may else "bonus.waiting")
    if may:
        alone.did(ActKind.GRANTED, bonus_id, money)
    ledger.post(
        Entry(f"bonus:{bonus_id}:held", [Move(available_account(gig.company_id), hold_account(bonus_id), held)])
    )
    made = queries.one(bonus_id)
    assert made is not None, "it was made above"
    return made


def agree(bonus_id: UUID, *, by: Actor) -> Bonus:
    """A second member agrees, and the bonus is owed. Also once its gig is closed, since its money is none of the gig's.
    Raises NotFound, Forbidden, OwnBonus, SecondMember, CannotReceive, WrongState."""
    me = require_person(by)
    found = queries.of_members(bonus_id, by)
    person = _locked(found.contractor_id)
    bonus = _locked_bonus(bonus_id)
    if bonus.contractor_id == me:
        raise OwnBonus
    if bonus.written_by == me:
        raise SecondMember(remedy=None if found.can_agree else INVITE)
    if bonus.status is BonusStatus.WAITING:
        _check_receives(person)
    now = clock.now()
    values = {"granted_at": now, "answered_by": me, "answered_at": now}
    move_one(bonus, BonusStatus.GRANTED, by=by, event="bonus.granted", values=values)
    return bonus


def withdraw(bonus_id: UUID, reason: str, *, by: Actor) -> Bonus:
    """Takes back, with a reason, what nobody has agreed to: its money is the company's again. Once it is owed nobody
    does. Raises NotFound, Forbidden, OwnBonus, ReasonMissing, WrongState."""
    me = require_person(by)
    queries.of_members(bonus_id, by)
    bonus = _locked_bonus(bonus_id)
    if bonus.contractor_id == me:
        raise OwnBonus
    values = {"withdrawal": _words(reason), "answered_by": me, "answered_at": clock.now()}
    move_one(bonus, BonusStatus.WITHDRAWN, by=by, event="bonus.withdrawn", values=values)
    _return([bonus])
    return bonus


def end_of_closed(contractor_ids: Collection[UUID]) -> int:
    """Takes back what waits for people whose accounts are closed by now: nobody can agree to it any more. Returns how
    many. Not a person's verb."""
    found = (
        select(Bonus)
        .join(Contractor, Contractor.id == Bonus.contractor_id)
        .where(Bonus.contractor_id.in_(contractor_ids), Contractor.status == ContractorStatus.CLOSED)
        .where(Bonus.status == BonusStatus.WAITING)
        .order_by(Bonus.id)
    )
    rows = db.session.scalars(found.with_for_update(of=Bonus)).all()
    old, new = BonusStatus.WAITING, BonusStatus.WITHDRAWN
    move(
        Bonus, [each.id for each in rows], old=old, new=new, by=CLOCK, event="bonus.withdrawn",
        values={"withdrawal": ""},
    )  # fmt: skip
    _return(rows)
    return len(rows)


# --- the parts ------------------------------------------------------------------------------------------------------


def _locked(contractor_id: UUID) -> Contractor:
    """The person, so that an account is closed before or after this, not meanwhile."""
    found = select(Contractor).where(Contractor.id == contractor_id).with_for_update(key_share=True)
    person = db.session.scalars(found.execution_options(populate_existing=True)).one_or_none()
    if person is None:
        raise NotFound
    return person


def _locked_bonus(bonus_id: UUID) -> Bonus:
    return db.session.get_one(Bonus, bonus_id, with_for_update={"key_share": True}, populate_existing=True)


def _last_work(gig: Gig, contractor_id: UUID) -> Booking:
    """Their last shift of the gig: it is its contract that the bonus is paid under. Whoever was never booked there is
    told of as somebody who does not exist."""
    theirs = select(Booking).where(Booking.gig_id == gig.id, Booking.contractor_id == contractor_id)
    worked = theirs.where(Booking.status == BookingStatus.WORKED).order_by(func.upper(Booking.during).desc())
    if (last := db.session.scalars(worked.limit(1)).one_or_none()) is not None:
        return last
    raise NothingWorked if db.session.scalar(theirs.with_only_columns(Booking.id).limit(1)) else NotFound


def _words(reason: str) -> str:
    if not (words := reason.strip()):
        raise ReasonMissing(field="reason")
    return words


def _check_money(money: Money, gig: Gig) -> None:
    if money.currency != gig.currency:
        raise CurrencyMismatch(f"The gig is in {gig.currency}.", field="money")
    if money.amount <= 0:
        raise NotABonus(f"Not {money}.", field="money")


def _check_receives(person: Contractor) -> None:
    """Nobody is given money who has left, or whose name is like a listed one and nobody has cleared it."""
    if person.status not in CAN_BE_PAID or screening.held_back([person.id]):
        raise CannotReceive


def _return(bonuses: Collection[Bonus]) -> None:
    """Their money is available to their companies again."""
    ledger.post_many(
        [
            Entry(f"bonus:{each.id}:returned", [Move(each.hold_account, available_account(each.company_id), each.held)])
            for each in bonuses
        ]
    )
