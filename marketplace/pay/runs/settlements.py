"""How a cut of a timesheet is settled: what it restores is paid by the next run, the rest goes back to the gig."""

from collections.abc import Callable

from marketplace.accounts.rules import Actor, available_account
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.gigs import funding
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, InsufficientFunds, Move
from marketplace.pay.rules import handling_fee
from marketplace.pay.runs import holds, works
from marketplace.pay.runs.lines import PLATFORM_FEES, owed
from marketplace.shifts import cuts
from marketplace.shifts.models import Booking
from marketplace.shifts.timesheet_models import TimesheetCut
from marketplace.shifts.timesheet_rules import CutEnd, CutStatus


def settle(cut: TimesheetCut, restored: int, because: CutEnd, *, reason: str | None = None, by: Actor) -> Money | None:
    """Decides a cut: `restored` of its minutes are paid by the next run.

    Returns the handling fee that the company has paid for a cut that a ruling overturned (rule REJECT). None when
    nothing was restored; when nobody ruled in time, since the service earns nothing by its own silence; or when the
    company has no money for it, since nobody's pay or ruling waits for a fee. What was paid at once stays paid: the
    service gives the company the price of what is not restored. Raises WrongState when the cut is decided
    already.
    """
    if cut.ended_because is CutEnd.ADVANCED:
        _bear(cut, restored)
        cuts.decide_advanced(cut, because, reason)
    else:
        cuts.end(cut, restored, because, reason=reason, by=by)
    if restored:
        return _charge(cut, by=by) if because is CutEnd.RULED else None
    if cut.status is CutStatus.UPHELD and works.is_paid_for(cut):
        holds.return_rest({cut.booking_id: f"cut:{cut.id}"})
    return None


def advance(cut: TimesheetCut, *, by: Actor) -> None:
    """Has all that a disputed cut took paid by the next run, before anybody has ruled, out of what the booking holds.
    The ruling decides whether the company or the service has paid it in the end (APPEAL_ADVANCE)."""
    cuts.end(cut, cut.taken, CutEnd.ADVANCED, by=by)


def _bear(cut: TimesheetCut, restored: int) -> None:
    """The service's pocket gives the company what was paid and should not have been."""
    whole, right = works.with_and_without(cut, cut.taken - restored)
    lost = owed(whole) - owed(right)
    if lost:
        moves = [Move(funding.GUARANTEE, available_account(cut.company_id), lost)]
        ledger.post(Entry(f"cut:{cut.id}:reimbursed", moves))


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
