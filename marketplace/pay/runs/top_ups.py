"""Top-ups: the money for what a floor that rose since the yes adds to the price of work (rule TOP_UP), and for pieces
whose yes was said before they were held (rule PIECES)."""

from collections.abc import Sequence

from sqlalchemy import select

from marketplace.accounts.rules import Actor
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.gigs import funding
from marketplace.gigs.models import Gig
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, Move
from marketplace.pay.runs.lines import DraftLine, reason
from marketplace.pay.runs.reasons import Work
from marketplace.standards.line_kinds import LineKind

LACKING = (LineKind.TOP_UP, LineKind.PIECE)
"""Lines of which a booking may hold less than they cost."""


def hold(lines: Sequence[DraftLine], *, by: Actor) -> None:
    """Sees to it that the bookings with a top-up or with pieces, and those of which something is corrected, hold all
    that these lines cost them.

    A yes held no money for it, and what it held for minutes that a ruling restores may have paid for pieces meanwhile.
    It comes from what the gig has not booked, else from the company's available money, else from the service, which the
    company pays back: nobody waits for money that the floor gives them.
    """
    costs: dict[tuple[str, str], Money] = {}
    lacking: dict[tuple[str, str], Work] = {}
    for line in lines:
        if not isinstance(line.work, Work) or line.payer != line.work.hold:
            continue
        key = (line.payer, line.price.money.currency)
        costs[key] = costs.get(key, Money.zero(key[1])) + line.price.money
        if line.price.kind in LACKING or line.work.cut_id is not None or line.work.back_pay_id is not None:
            lacking.setdefault(key, line.work)
    for key, there in sorted(ledger.hold_still(set(lacking)).items(), key=lambda each: each[0]):
        short = costs[key] - there
        if short.amount > 0:
            _hold(lacking[key], short, by=by)


def _hold(work: Work, short: Money, *, by: Actor) -> None:
    gig = db.session.scalars(select(Gig).where(Gig.id == work.gig_id)).one()
    missing = short - books.balance(gig.hold_account, short.currency)
    if missing.amount > 0:
        funding.cover_or_advance(gig, missing, by=by)
    ledger.post(Entry(f"{_about(work)}:top_up_held", [Move(gig.hold_account, work.hold, short)]))


def _about(work: Work) -> str:
    return reason(work.booking_id, work.cut_id, work.back_pay_id)
