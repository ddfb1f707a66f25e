"""The verbs of a gig's money: put in, take back. Each move of money is a row of its own, and that row's id is the cause
of the ledger's entry, so that no move is booked twice."""

from uuid import UUID

from sqlalchemy import Text, and_, case, cast, func, select

from marketplace.accounts.rules import CLOCK, Actor, Right, available_account
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.core.money import CurrencyMismatch, Money
from marketplace.gigs import queries
from marketplace.gigs.models import Gig, GigFunding
from marketplace.gigs.rules import NOT_CLOSED, FundingKind, GigStatus, NotFunded, NothingSetAside
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.models import LedgerAccount
from marketplace.ledger.rules import Entry, InsufficientFunds, Move

GUARANTEE = "platform:guarantee"
"""The service's own pocket out of which people are paid what their company has no money for."""
_EVENTS = {
    FundingKind.FUNDED: "gig.funded",
    FundingKind.RETURNED: "gig.refunded",
    FundingKind.ADVANCED: "gig.advanced",
    FundingKind.RECOVERED: "gig.advance_recovered",
}


def fund(gig_id: UUID, money: Money, *, by: Actor) -> GigFunding:
    """Moves the company's available money into the gig's hold. Raises InsufficientFunds, NothingSetAside unless it is
    more than zero, CurrencyMismatch unless it is in the gig's currency, WrongState when the gig is closed."""
    gig = queries.locked(gig_id, Right.MONEY, by, *NOT_CLOSED)
    if money.currency != gig.currency:
        raise CurrencyMismatch(f"The gig is in {gig.currency}.", field="money")
    if money.amount <= 0:
        raise NothingSetAside(f"Not {money}.", field="money")
    return _move(gig, FundingKind.FUNDED, money, by)


def cover(gig: Gig, money: Money, *, by: Actor) -> GigFunding:
    """Moves the company's available money into the hold of a gig that the caller has locked, because more is owed than
    was planned. Raises InsufficientFunds."""
    return _move(gig, FundingKind.FUNDED, money, by)


def cover_or_advance(gig: Gig, money: Money, *, by: Actor) -> None:
    """For the rooms above: has so much come into the gig's hold because people are owed it. As far as the company's
    available money goes it is the company's, the rest is advanced by the service until the company has paid it."""
    there = books.balance(available_account(gig.company_id), gig.currency)
    own = min(there, money, key=lambda each: each.amount)
    if own:
        try:
            with db.session.begin_nested():
                _move(gig, FundingKind.FUNDED, own, by)
        except InsufficientFunds:  # Somebody else spent it since it was looked at.
            own = Money.zero(gig.currency)
    if rest := money - own:
        _move(gig, FundingKind.ADVANCED, rest, by)


def hold_or_advance(company_id: UUID, hold: str, money: Money, cause: str) -> Money:
    """Moves money into a hold: the company's available money as far as it goes, the rest from the service, which the
    company pays back. Returns the rest. `cause` is the beginning of the entries' causes."""
    source = available_account(company_id)
    own = min(books.balance(source, money.currency), money, key=lambda each: each.amount)
    if own:
        try:
            with db.session.begin_nested():
                ledger.post(Entry(f"{cause}:held", [Move(source, hold, own)]))
        except InsufficientFunds:  # Somebody else spent it since it was looked at.
            own = Money.zero(money.currency)
    if rest := money - own:
        ledger.post(Entry(f"{cause}:advanced", [Move(GUARANTEE, hold, rest)]))
    return rest


def recover_due(limit: int, *, by: Actor = CLOCK) -> int:
    """Takes back what was advanced for gigs whose companies have money again; at most `limit` gigs, whose number it
    returns. Safe to repeat: for the clock."""
    signed = case((GigFunding.kind == FundingKind.ADVANCED, GigFunding.amount), else_=-GigFunding.amount)
    lent = select(GigFunding.gig_id, func.sum(signed).label("amount"))
    lent = lent.where(GigFunding.kind.in_((FundingKind.ADVANCED, FundingKind.RECOVERED))).group_by(GigFunding.gig_id)
    lent = lent.having(func.sum(signed) > 0)
    owing = lent.with_only_columns(GigFunding.gig_id)
    name = func.concat("company:", cast(Gig.company_id, Text), ":available")
    own = and_(LedgerAccount.name == name, LedgerAccount.currency == Gig.currency, LedgerAccount.balance > 0)
    found = select(Gig).join(LedgerAccount, own).where(Gig.id.in_(owing)).order_by(Gig.id).limit(limit)
    gigs = db.session.scalars(found.with_for_update(of=Gig, skip_locked=True)).all()
    # Read once the gigs are locked: somebody who held one a moment ago may have recovered it.
    of_these = lent.where(GigFunding.gig_id.in_([gig.id for gig in gigs]))
    still = {row.gig_id: int(row.amount) for row in db.session.execute(of_these)}
    there = ledger.hold_still({(available_account(gig.company_id), gig.currency) for gig in gigs})
    for gig in gigs:
        pair = available_account(gig.company_id), gig.currency
        owed = Money(still.get(gig.id, 0), gig.currency)
        if back := min(there[pair], owed, key=lambda each: each.amount):
            _move(gig, FundingKind.RECOVERED, back, by)
            there[pair] -= back
    return len(gigs)


def take_back(gig_id: UUID, *, by: Actor) -> GigFunding:
    """Moves all that stands in the hold of a draft back to the company. A published gig's money is promised; it comes
    back when the gig is closed. Raises NotFunded when there is none, WrongState unless the gig is a draft."""
    gig = queries.locked(gig_id, Right.MONEY, by, GigStatus.DRAFT)
    if (returned := give_back(gig, by=by)) is None:
        raise NotFunded
    return returned


def give_back(gig: Gig, *, by: Actor) -> GigFunding | None:
    """Moves whatever stands in the gig's hold back to its company; None when nothing does. The caller has locked the
    gig and made sure that nobody counts on the money: what bookings have reserved stands in accounts of their own."""
    mine, theirs = (gig.hold_account, gig.currency), (available_account(gig.company_id), gig.currency)
    # Locked, because somebody may be accepting an offer at this moment: they or we come first, never both at once.
    there = ledger.hold_still([mine, theirs])[mine]
    return _move(gig, FundingKind.RETURNED, there, by) if there else None


def hand_back(gig_id: UUID, money: Money, *, by: Actor) -> GigFunding:
    """Moves a part of the gig's hold back to its company, which owes it for something else. For the rooms above, not a
    person's verb. Raises InsufficientFunds."""
    return _move(db.session.get_one(Gig, gig_id), FundingKind.RETURNED, money, by)


def return_due(limit: int, *, by: Actor = CLOCK) -> list[UUID]:
    """Gives back what has come into the holds of closed gigs since they closed; at most `limit` gigs, whose ids it
    returns. Safe to repeat: for the clock."""
    due = select(Gig).where(Gig.id.in_(queries.closed_with_money(limit))).order_by(Gig.id)
    gigs = db.session.scalars(due.with_for_update(skip_locked=True)).all()
    return [gig.id for gig in gigs if give_back(gig, by=by) is not None]


def _move(gig: Gig, kind: FundingKind, money: Money, by: Actor) -> GigFunding:
    funding_id, company = new_id(), available_account(gig.company_id)
    source, destination = {
        FundingKind.FUNDED: (company, gig.hold_account),
        FundingKind.RETURNED: (gig.hold_account, company),
        FundingKind.ADVANCED: (GUARANTEE, gig.hold_account),
        FundingKind.RECOVERED: (company, GUARANTEE),
    }[kind]
    entry_id = ledger.post(Entry(f"gig_funding:{funding_id}", [Move(source, destination, money)]))
    row = GigFunding(
        id=funding_id,
        gig_id=gig.id,
        company_id=gig.company_id,
        kind=kind,
        amount=money.amount,
        currency=money.currency,
        at=clock.now(),
        entry_id=entry_id,
    )
    db.session.add(row)
    record(_EVENTS[kind], gig, by=by, data={"funding": str(funding_id), "money": str(money)})
    return row
