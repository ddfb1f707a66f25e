"""What arrived of a payout, or of many, as a bar: what came, what was kept on the way, what the exchange took."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final
from uuid import UUID

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from marketplace.core.money import Money
from marketplace.pay.payslips import PayslipView
from marketplace.pay.rails.landing import Landing, Together
from marketplace.pay.rules import OpStatus
from marketplace.web.pictures import Part, Segment, stacked
from marketplace.web.words import money_words

NET: Final[Mapping[str, LazyString]] = MappingProxyType(
    {
        "payee": lazy_gettext("Paid to you"),
        "payee_of_unpaid": lazy_gettext("Earned, not paid yet"),
        "payee_of_sent_back": lazy_gettext("Yours, sent back by your bank"),
    }
)
"""What stands above the net pay, by what the receivers of its lines are called."""


def landed_bar(each: Landing) -> Sequence[Segment]:
    """One payout, in the currency of what arrived; empty where it cannot be compared with the promise."""
    return _bar(each.arrived, each.fee_there, each.by_rate)


def together_bar(each: Together) -> Sequence[Segment]:
    return _bar(each.arrived, each.fee, each.by_rate)


def payees_of(view: PayslipView, back_at_rail: Collection[UUID | None]) -> str:
    """How the receivers of a payslip's lines are called (see `company_pays`): nobody is told to be paid what was
    refused, waits, or lies at the rail since their bank has sent it back. A payout that was taken back from there is
    over: what counts is the one that paid it after."""
    if not view.is_paid:
        return "payee_of_unpaid"
    lies_there = any(op.id in back_at_rail for op in view.payouts if op.status is OpStatus.DONE)
    return "payee_of_sent_back" if lies_there else "payee"


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
