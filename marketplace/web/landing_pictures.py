"""What arrived of a payout, or of many, as a bar: what came, what was kept on the way, what the exchange took."""

from collections.abc import Collection, Sequence
from uuid import UUID

from flask_babel import gettext

from marketplace.core.money import Money
from marketplace.pay.payslips import PayslipView
from marketplace.pay.rails.landing import Landing, Together
from marketplace.web.pictures import Part, Segment, stacked
from marketplace.web.words import money_words


def landed_bar(each: Landing) -> Sequence[Segment]:
    """One payout, in the currency of what arrived; empty where it cannot be compared with the promise."""
    return _bar(each.arrived, each.fee_there, each.by_rate)


def together_bar(each: Together) -> Sequence[Segment]:
    return _bar(each.arrived, each.fee, each.by_rate)


def payees_of(view: PayslipView, back_at_rail: Collection[UUID | None] = ()) -> str:
    """How the receivers of a payslip's lines are called (see `company_pays`): nobody is told to be paid what was
    refused, waits, or lies at the rail since their bank has sent it back."""
    if not view.is_paid:
        return "payee_of_unpaid"
    return "payee_of_sent_back" if any(op.id in back_at_rail for op in view.payouts) else "payee"


def _bar(arrived: Money, fee: Money | None, by_rate: Money | None) -> Sequence[Segment]:
    if fee is None or by_rate is None:
        return []
    lost = max(-by_rate, Money.zero(by_rate.currency), key=lambda money: money.amount)
    return stacked(
        [
            Part(gettext("arrived"), money_words(arrived), arrived.amount, "a"),
            Part(gettext("kept on the way"), money_words(fee), fee.amount, "e"),
            Part(gettext("taken by the exchange"), money_words(lost), lost.amount, "c"),
        ]
    )
