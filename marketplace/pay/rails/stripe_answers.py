"""Stripe's answers as values: what it holds and has moved, what became of an order, what its errors say of the money.

Nothing here asks Stripe anything. An answer that cannot be read is an unknown one, and never a refusal.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import UUID

import stripe
import structlog

from marketplace.pay.rails.rail import Billed, Done, Enclosure, Order, Parked, Refused, Result, Unknown, Waiting
from marketplace.pay.rails.stripe_rules import OURS, REFUSALS, to_stripe

UNPAID = frozenset({"requires_payment_method", "canceled"})
"""States of a payment that was begun, and came back."""
GONE = "account_invalid"
T = TypeVar("T")
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class AccountState:
    """What Stripe says of a person's account. `missing` names what it still asks for, in its own words."""

    id: str
    country: str
    can_receive: bool
    can_pay_out: bool
    missing: tuple[str, ...]
    disabled_reason: str | None


@dataclass(frozen=True, slots=True)
class Link:
    """A page of Stripe's for one person, once and for some minutes."""

    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """Something at Stripe that carries an id of ours: which payment it belongs to, and what it says of one."""

    op_id: UUID | None
    says: Callable[[Order], Result]


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement of the platform's balance, as Stripe counts it: `amount` may be below zero, `fee` comes off it."""

    id: str
    kind: str
    amount: int
    fee: int
    currency: str
    source: str | None
    op_id: UUID | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Disputed:
    """A charge that a payer's bank takes back, as Stripe counts it. `state` and `reason` are Stripe's words."""

    id: str
    op_id: UUID | None
    amount: int
    currency: str
    reason: str
    state: str
    created_at: datetime
    due_by: datetime | None
    reinstated: int
    reinstated_currency: str
    """What came back of it to the balance, in whose currency it is."""


@dataclass(frozen=True, slots=True)
class BankPayout:
    """Money on its way from a connected account to its bank, or there, or back."""

    id: str
    amount: int
    currency: str
    state: str
    failure: str | None
    arrives_at: datetime


@dataclass(frozen=True, slots=True)
class Carried:
    """One transfer of ours in a payout to a bank, as Stripe counts it: what came of it, what was kept, and the rate at
    which it was exchanged before, where it was."""

    transfer: str
    amount: int
    fee: int
    currency: str
    rate: Decimal | None


@dataclass(frozen=True, slots=True)
class Holding:
    """What Stripe holds for the platform in one currency, in its own units."""

    currency: str
    available: int
    pending: int


class Unreachable(Exception):
    """Stripe did not answer, or not in a way that says what it did."""


class NotAllowed(Exception):
    """Stripe refused what was asked. The text is Stripe's."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


def unread() -> Unknown:
    """One answer that is not as Stripe's document has it must not keep a whole batch from being written down."""
    log.exception("stripe_answer")
    return Unknown("Stripe's answer could not be read.")


def carried_words(order: Order) -> dict[str, str]:
    return {OURS: str(order.op_id)} | dict(order.params.get("metadata", {}))


def ours(made: Iterable[T], order: Order) -> T | None:
    """The one of these that carries the order's id."""
    return next((each for each in made if op_of(each) == str(order.op_id)), None)


def op_of(made: Any) -> str | None:
    metadata = getattr(made, "metadata", None)
    return (metadata.to_dict() if metadata else {}).get(OURS)


def id_of(made: Any) -> UUID | None:
    """The id of ours that it carries. Somebody may have written anything there by hand."""
    try:
        return UUID(op_of(made) or "")
    except ValueError:
        return None


def of_found(made: Any, order: Order) -> Result | None:
    return None if made is None else of_move(made, order)


def of_move(made: Any, order: Order) -> Result:
    """Done, if what Stripe did is what it was told to do."""
    if (made.amount, made.currency) != (to_stripe(order.money), order.money.currency.lower()):
        return Parked(f"Stripe moved {made.amount} {made.currency}, which is not what was ordered.")
    return Done(made.id)


def of_evidence(made: Any, order: Order) -> Result:
    """Handed in, whatever amount the bank asks for by now: no money moves by it. A bank that has asked before it takes
    the money is answered twice, so a dispute's own name would be that of two payments."""
    return Done(f"{made.id}:{order.op_id}")


def of_file(made: Any, paper: Enclosure) -> Result:
    """Done, if Stripe has as much of a paper as it was given."""
    if made.size != len(paper.content):
        return Parked(f"Stripe has {made.size} bytes of a paper of {len(paper.content)}.")
    return Done(made.id)


def of_session(made: Any, order: Order) -> Result:
    if (made.amount_total, made.currency) != (to_stripe(order.money), order.money.currency.lower()):
        return Parked(f"Stripe asks for {made.amount_total} {made.currency}, which is not what was ordered.")
    if made.payment_status == "paid":
        return Done(made.id)
    if made.status == "expired":
        return refusal("checkout_expired", "")
    if getattr(made.payment_intent, "status", None) in UNPAID and made.status == "complete":
        return refusal("payment_failed", "")
    # A debit of a bank account takes days after the page is left; then there is no page to go to.
    return Waiting(made.id, made.url, datetime.fromtimestamp(made.expires_at, UTC) if made.url else None)


def of_refund(made: Any, order: Order) -> Result:
    if made.status in ("failed", "canceled"):
        return Refused("refund_failed", "The payer's bank did not take the money back.", "operator")
    result = of_move(made, order)
    # A bank may take days, and may then say no.
    return Waiting(made.id) if isinstance(result, Done) and made.status != "succeeded" else result


def of_account(made: Any) -> AccountState:
    missing = made.requirements.currently_due if made.requirements else None
    return AccountState(
        id=made.id,
        country=made.country or "",
        can_receive=bool(made.capabilities) and made.capabilities.to_dict().get("transfers") == "active",
        can_pay_out=bool(made.payouts_enabled),
        missing=tuple(missing or ()),
        disabled_reason=made.requirements.disabled_reason if made.requirements else None,
    )


def refusal(code: str, text: str, billed: Billed | None = None) -> Refused:
    words, who = REFUSALS.get(code, (text, "operator"))
    return Refused(code, words, who, billed)


def of_error(error: stripe.StripeError) -> Refused | Unknown | Parked:
    """What an error says of the money: nothing moved, it may have, or nothing at all."""
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        return Parked("Stripe does not accept the service's key: an operator looks.")
    if isinstance(error, stripe.IdempotencyError):
        return Parked("This key was used before for another order.")
    status = error.http_status
    if status in (HTTPStatus.BAD_REQUEST, HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.NOT_FOUND):
        return refusal(error.code or "refused_by_stripe", words_of(error))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Unknown("Stripe asks to be asked later.")
    return Unknown("Stripe's answer got lost." if status is None else f"Stripe answered with an error ({status}).")


def of_look(error: stripe.StripeError) -> Unknown | Parked:
    """What an error of a look says of the money. That Stripe will not show a payment is no word of what it did."""
    told = of_error(error)
    return Parked(told.text) if isinstance(told, Refused) else told


def words_of(error: stripe.StripeError) -> str:
    return (error.user_message or "Stripe refused it.")[:300]


def is_replayed_crash(error: stripe.StripeError) -> bool:
    status = error.http_status or 0
    replayed = {name.lower(): value for name, value in (error.headers or {}).items()}.get("idempotent-replayed")
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR and replayed == "true"


def asked(ask: Callable[[], T]) -> T:
    try:
        return ask()
    except stripe.StripeError as error:
        # An account that is gone, or has shut the service out, is refused as if the key were wrong; the SDK leaves the
        # code of such an answer in its body.
        is_gone = getattr(error.error, "code", None) == GONE
        told = refusal(GONE, "") if is_gone else of_error(error)
        if isinstance(told, Refused):
            raise NotAllowed(told.code, told.text) from error
        raise Unreachable(told.why) from error
