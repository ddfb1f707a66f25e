"""How a cut of a timesheet is settled: what it restores is paid by the next run, the rest goes back to the gig."""

from collections.abc import Callable

from marketplace.accounts.rules import Actor, available_account
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.gigs import funding
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, InsufficientFunds, Move
from marketplace.pay import holds, works
from marketplace.pay.lines import PLATFORM_FEES
from marketplace.pay.rules import handling_fee
from marketplace.shifts import cuts
from marketplace.shifts.models import Booking, TimesheetCut
from marketplace.shifts.rules import CutEnd


def settle(cut: TimesheetCut, restored: int, because: CutEnd, *, reason: str | None = None, by: Actor) -> Money | None:
    """Decides a cut: `restored` of its minutes are paid by the next run.

    Returns the handling fee that the company has paid for a cut that a ruling overturned (rule REJECT). None when
    nothing was restored; when nobody ruled in time, since the service earns nothing by its own silence; or when the
    company has no money for it, since nobody's pay or ruling waits for a fee. Raises WrongState when the cut is decided
    already.
    """
    cuts.end(cut, restored, because, reason=reason, by=by)
    if restored:
        return _charge(cut, by=by) if because is CutEnd.RULED else None
    if works.is_paid_for(cut):
        holds.return_rest({cut.booking_id: f"cut:{cut.id}"})
    return None


def fee_of(cut: TimesheetCut) -> Money:
    """What the company pays for the cut if a ruling overturns it."""
    return handling_fee(db.session.get_one(Booking, cut.booking_id).rate)


def _charge(cut: TimesheetCut, *, by: Actor) -> Money | None:
    fee = fee_of(cut)

    def from_company() -> None:
        ledger.post(Entry(f"cut:{cut.id}:handling", [Move(available_account(cut.company_id), PLATFORM_FEES, fee)]))

    def from_gig() -> None:
        funding.hand_back(cut.gig_id, fee, by=by)
        from_company()

    return fee if _paid_by(from_company) or _paid_by(from_gig) else None


def _paid_by(way: Callable[[], None]) -> bool:
    """Whether there was enough money that way. If not, nothing has happened."""
    try:
        with db.session.begin_nested():
            way()
    except InsufficientFunds:
        return False
    return True
