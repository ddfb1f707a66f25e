"""Stripe as a rail: Connect, with separate charges and transfers. The platform is the merchant; what a company pays in
stands in the platform's balance, and each payout is a transfer to the person's own account.

Stripe's answers become values (`rail.Result`), and nothing else of it gets out of here. What was asked is asked again
by the same key and the same words alone, so every word of a request comes from the order. The SDK retries nothing by
itself: a retry is a payment's, is counted and has pauses (`payments`).
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Literal, TypeVar
from uuid import UUID

import stripe
import structlog
from stripe import RequestsClient, StripeClient

from marketplace.pay.rails.rail import Done, Order, Parked, Refused, Result, Unknown, Waiting
from marketplace.pay.rails.stripe_rules import LIVE, OURS, REFUSALS, TEST, Agreement, NotCarried, to_stripe
from marketplace.pay.rules import OpKind

API_VERSION = "2026-10-28.endive"
"""Named with every request: neither an account's setting nor a newer SDK changes what an answer means."""
HOST = "https://api.stripe.com"
SECONDS = (5.0, 25.0)
"""How long Stripe may take to connect, and between two bytes of its answer."""
LARGEST_PAGE = 100
UNPAID = frozenset({"requires_payment_method", "canceled"})
"""States of a payment that was begun, and came back."""
UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)
"""What the SDK's objects raise where an answer lacks something."""
T = TypeVar("T")
log = structlog.get_logger()

# Who runs Setara is nobody's business but theirs: no platform string, no durations of earlier requests.
stripe.enable_telemetry = False
stripe.set_app_info("Setara")
# Two lines of it for each request would be all that the log is.
logging.getLogger("stripe").setLevel(logging.WARNING)


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


def connect(key: str, base: str = HOST, *, seconds: tuple[float, float] = SECONDS) -> StripeClient:
    """A client for one platform. Requests have a limit of time and no retries of their own."""
    return StripeClient(
        key,
        stripe_version=API_VERSION,
        base_addresses={"api": base},
        max_network_retries=0,
        http_client=RequestsClient(timeout=seconds),
    )


class StripeRail:
    """`home` is where people come back to after Stripe's own pages."""

    def __init__(self, client: StripeClient, *, home: str, live: bool) -> None:
        self.client, self._home = client, home
        self.name, self.moves_real_money = LIVE if live else TEST, live
        self.mode: Literal["sandbox", "test", "live"] = "live" if live else "test"

    # --- payments ---------------------------------------------------------------------------------------------------

    def send(self, order: Order) -> Result:
        """Has an order carried out. A payment that this process may not repeat is looked for instead (`find`)."""
        ask = {
            OpKind.DEPOSIT: self._begin_checkout,
            OpKind.PAYOUT: self._transfer,
            OpKind.REFUND: self._refund,
            OpKind.REVERSAL: self._reverse,
            OpKind.EVIDENCE: self._hand_in,
        }[order.kind]
        try:
            return ask(order)
        except NotCarried as no:
            return Refused(no.code, no.detail or no.title, "operator")
        except stripe.StripeError as error:
            if _is_replayed_crash(error):
                # The key keeps Stripe's own crash for ever. What it did before it crashed has to be looked for.
                return self._looked_for(order)
            return _told(error)
        except UNREADABLE:
            return _unread()

    def find(self, order: Order) -> Result | None:
        """By our own id among what Stripe made for the same people. A Checkout that nobody has paid counts too."""
        try:
            return self._find(order)
        except stripe.StripeError as error:
            return _not_seen(error)
        except UNREADABLE:
            return _unread()

    def follow(self, order: Order, name: str) -> Result:
        """What became of a Checkout, or of a refund. Everything else is done, or not, at once."""
        try:
            if order.kind is OpKind.REFUND:
                return _of_refund(self.client.v1.refunds.retrieve(name), order)
            return _of_session(self._session(name), order)
        except stripe.StripeError as error:
            return _not_seen(error)
        except UNREADABLE:
            return _unread()

    def _looked_for(self, order: Order) -> Result:
        return self.find(order) or Unknown("Stripe keeps an error of its own under this key, and shows no payment yet.")

    def _begin_checkout(self, order: Order) -> Result:
        words, back = order.params["words"], f"{self._home}/company/{order.owner_id}/money"
        own = _own(order)
        price: Any = {
            "currency": order.money.currency.lower(),
            "unit_amount": to_stripe(order.money),
            "product_data": {"name": words},
        }
        made = self.client.v1.checkout.sessions.create(
            {
                "mode": "payment",
                "line_items": [{"price_data": price, "quantity": 1}],
                "client_reference_id": str(order.op_id),
                "metadata": own,
                "payment_intent_data": {"metadata": own, "transfer_group": order.params["transfer_group"]},
                "success_url": f"{back}?paid={order.op_id}",
                "cancel_url": back,
            },
            {"idempotency_key": order.key},
        )
        return _of_session(made, order)

    def _transfer(self, order: Order) -> Result:
        destination = order.params.get("destination")
        if not destination:
            return _refused("payout_account_missing", "")
        made = self.client.v1.transfers.create(
            {
                "amount": to_stripe(order.money),
                "currency": order.money.currency.lower(),
                "destination": destination,
                "transfer_group": order.params["transfer_group"],
                "metadata": _own(order),
            },
            {"idempotency_key": order.key},
        )
        return _done(made, order)

    def _session(self, name: str) -> Any:
        return self.client.v1.checkout.sessions.retrieve(name, {"expand": ["payment_intent"]})

    def _refund(self, order: Order) -> Result:
        try:
            intent = self._intent_of(order)
        except stripe.StripeError as error:
            return _not_seen(error)
        if intent is None:
            return Parked("Stripe does not say by what the deposit was paid.")
        made = self.client.v1.refunds.create(
            {"payment_intent": intent, "amount": to_stripe(order.money), "metadata": _own(order)},
            {"idempotency_key": order.key},
        )
        return _of_refund(made, order)

    def _reverse(self, order: Order) -> Result:
        made = self.client.v1.transfers.reversals.create(
            order.params["of"],
            {"amount": to_stripe(order.money), "metadata": _own(order)},
            {"idempotency_key": order.key},
        )
        return _done(made, order)

    def _hand_in(self, order: Order) -> Result:
        """Submits evidence, after which Stripe takes no more of it."""
        asked: Any = {
            "evidence": {"uncategorized_text": order.params["words"]}, "submit": True, "metadata": _own(order),
        }  # fmt: skip
        return _done(self.client.v1.disputes.update(order.params["of"], asked, {"idempotency_key": order.key}), order)

    def _intent_of(self, order: Order) -> str | None:
        found = self.client.v1.checkout.sessions.retrieve(order.params["of"]).payment_intent
        return found if isinstance(found, str) or found is None else found.id

    def _find(self, order: Order) -> Result | None:
        page: Any = {"limit": LARGEST_PAGE}
        if order.kind is OpKind.DEPOSIT:
            since: Any = page | {"created": {"gte": order.params["since"]}}
            made = _ours(self.client.v1.checkout.sessions.list(since).auto_paging_iter(), order)
            return None if made is None else _of_session(made, order)
        if order.kind is OpKind.PAYOUT:
            if not order.params.get("destination"):
                return None
            where: Any = page | {
                "destination": order.params["destination"], "transfer_group": order.params["transfer_group"],
            }  # fmt: skip
            return _found(_ours(self.client.v1.transfers.list(where).auto_paging_iter(), order), order)
        if order.kind is OpKind.REVERSAL:
            listed = self.client.v1.transfers.reversals.list(order.params["of"], page)
            return _found(_ours(listed.auto_paging_iter(), order), order)
        if order.kind is OpKind.EVIDENCE:
            told = self.client.v1.disputes.retrieve(order.params["of"])
            is_in = bool(told.evidence_details.submission_count) and _op_of(told) == str(order.op_id)
            return _done(told, order) if is_in else None
        intent = self._intent_of(order)
        refunds: Any = page | {"payment_intent": intent}
        made_refund = _ours(self.client.v1.refunds.list(refunds).auto_paging_iter(), order) if intent else None
        return None if made_refund is None else _of_refund(made_refund, order)

    # --- accounts ---------------------------------------------------------------------------------------------------

    def open_account(self, key: str, country: str, agreement: Agreement, own: Mapping[str, str]) -> AccountState:
        """A new account for one person; the same key gives the same. Raises NotAllowed, Unreachable."""
        asked: Any = {
            "country": country,
            "controller": {
                "stripe_dashboard": {"type": "express"},
                "fees": {"payer": "application"},
                "losses": {"payments": "application"},
                "requirement_collection": "stripe",
            },
            "capabilities": {"transfers": {"requested": True}},
            "business_type": "individual",
            "tos_acceptance": {"service_agreement": str(agreement)},
            "metadata": dict(own),
        }
        return _account(_asked(lambda: self.client.v1.accounts.create(asked, {"idempotency_key": key})))

    def account(self, name: str) -> AccountState:
        """How an account stands now. Raises NotAllowed, Unreachable."""
        return _account(_asked(lambda: self.client.v1.accounts.retrieve(name)))

    def onboarding_link(self, name: str, back: str) -> Link:
        """A page of Stripe's where the person gives what is missing, and then comes `back`. Raises NotAllowed,
        Unreachable."""
        asked: Any = {"account": name, "type": "account_onboarding", "return_url": back, "refresh_url": back}
        made = _asked(lambda: self.client.v1.account_links.create(asked))
        return Link(made.url, datetime.fromtimestamp(made.expires_at, UTC))

    # --- what is there now ------------------------------------------------------------------------------------------

    def look(self, kind: str, name: str) -> Seen:
        """Reads again what a call was about: a Checkout, a transfer, a refund. Raises NotAllowed, Unreachable, and
        KeyError for a kind that says nothing of a payment."""
        services = self.client.v1
        readers: dict[str, tuple[Callable[[str], Any], Callable[[Any, Order], Result]]] = {
            "checkout.session": (self._session, _of_session),
            "transfer": (services.transfers.retrieve, _done),
            "refund": (services.refunds.retrieve, _of_refund),
        }
        read, says = readers[kind]
        made = _asked(lambda: read(name))
        return Seen(_id_of(made), lambda order: says(made, order))

    def dispute(self, name: str) -> Disputed:
        """One charge that a payer's bank takes back, and the deposit of ours that it was. Raises NotAllowed,
        Unreachable."""
        made = _asked(lambda: self.client.v1.disputes.retrieve(name))
        intent = made.payment_intent
        paid: Any = intent and _asked(
            lambda: self.client.v1.payment_intents.retrieve(intent if isinstance(intent, str) else intent.id)
        )
        due = made.evidence_details.due_by
        return Disputed(
            made.id, _id_of(paid), made.amount, made.currency, made.reason, made.status,
            datetime.fromtimestamp(made.created, UTC), None if due is None else datetime.fromtimestamp(due, UTC),
        )  # fmt: skip

    def movements(self, since: datetime) -> Iterator[Movement]:
        """Every movement of the platform's balance since then, the newest first. Raises NotAllowed, Unreachable."""
        asked: Any = {
            "limit": LARGEST_PAGE, "created": {"gte": int(since.timestamp())}, "expand": ["data.source"],
        }  # fmt: skip
        pages = _asked(lambda: self.client.v1.balance_transactions.list(asked)).auto_paging_iter()
        while (made := _asked(lambda: next(pages, None))) is not None:
            source: Any = made.source
            yield Movement(
                id=made.id,
                kind=made.reporting_category if made.type == "adjustment" else made.type,
                amount=made.amount,
                fee=made.fee,
                currency=made.currency,
                source=source if isinstance(source, str) or source is None else source.id,
                op_id=_id_of(source),
                created_at=datetime.fromtimestamp(made.created, UTC),
            )

    def holdings(self) -> list[Holding]:
        """What Stripe holds for the platform. Raises NotAllowed, Unreachable."""
        told = _asked(self.client.v1.balance.retrieve)
        free = {each.currency: each.amount for each in told.available}
        coming = {each.currency: each.amount for each in told.pending}
        return [Holding(code, free.get(code, 0), coming.get(code, 0)) for code in sorted({*free, *coming})]

    def bank_payout(self, account: str, name: str) -> BankPayout:
        """One payout of a connected account. Raises NotAllowed, Unreachable."""
        made = _asked(lambda: self.client.v1.payouts.retrieve(name, {}, {"stripe_account": account}))
        arrives = datetime.fromtimestamp(made.arrival_date, UTC)
        return BankPayout(made.id, made.amount, made.currency, made.status, made.failure_code, arrives)

    def carried(self, account: str, name: str) -> Iterator[Carried]:
        """The transfers that a payout of a connected account took to its bank. Raises NotAllowed, Unreachable."""
        asked: Any = {"payout": name, "type": "payment", "limit": LARGEST_PAGE, "expand": ["data.source"]}
        told = _asked(lambda: self.client.v1.balance_transactions.list(asked, {"stripe_account": account}))
        pages = told.auto_paging_iter()
        while (made := _asked(lambda: next(pages, None))) is not None:
            transfer = getattr(made.source, "source_transfer", None)
            if transfer is None:
                continue
            rate = None if made.exchange_rate is None else Decimal(str(made.exchange_rate))
            known = transfer if isinstance(transfer, str) else transfer.id
            yield Carried(known, made.net, made.fee, made.currency, rate)


# --- answers as values ----------------------------------------------------------------------------------------------


def _unread() -> Unknown:
    """One answer that is not as Stripe's document has it must not keep a whole batch from being written down."""
    log.exception("stripe_answer")
    return Unknown("Stripe's answer could not be read.")


def _own(order: Order) -> dict[str, str]:
    return {OURS: str(order.op_id)} | dict(order.params.get("metadata", {}))


def _ours(made: Iterable[T], order: Order) -> T | None:
    """The one of these that carries the order's id."""
    return next((each for each in made if _op_of(each) == str(order.op_id)), None)


def _op_of(made: Any) -> str | None:
    metadata = getattr(made, "metadata", None)
    return (metadata.to_dict() if metadata else {}).get(OURS)


def _id_of(made: Any) -> UUID | None:
    """The id of ours that it carries. Somebody may have written anything there by hand."""
    try:
        return UUID(_op_of(made) or "")
    except ValueError:
        return None


def _found(made: Any, order: Order) -> Result | None:
    return None if made is None else _done(made, order)


def _done(made: Any, order: Order) -> Result:
    """Done, if what Stripe did is what it was told to do."""
    if (made.amount, made.currency) != (to_stripe(order.money), order.money.currency.lower()):
        return Parked(f"Stripe moved {made.amount} {made.currency}, which is not what was ordered.")
    return Done(made.id)


def _of_session(made: Any, order: Order) -> Result:
    if (made.amount_total, made.currency) != (to_stripe(order.money), order.money.currency.lower()):
        return Parked(f"Stripe asks for {made.amount_total} {made.currency}, which is not what was ordered.")
    if made.payment_status == "paid":
        return Done(made.id)
    if made.status == "expired":
        return _refused("checkout_expired", "")
    if getattr(made.payment_intent, "status", None) in UNPAID and made.status == "complete":
        return _refused("payment_failed", "")
    # A debit of a bank account takes days after the page is left; then there is no page to go to.
    return Waiting(made.id, made.url, datetime.fromtimestamp(made.expires_at, UTC) if made.url else None)


def _of_refund(made: Any, order: Order) -> Result:
    if made.status in ("failed", "canceled"):
        return Refused("refund_failed", "The payer's bank did not take the money back.", "operator")
    result = _done(made, order)
    # A bank may take days, and may then say no.
    return Waiting(made.id) if isinstance(result, Done) and made.status != "succeeded" else result


def _account(made: Any) -> AccountState:
    missing = made.requirements.currently_due if made.requirements else None
    return AccountState(
        id=made.id,
        country=made.country or "",
        can_receive=bool(made.capabilities) and made.capabilities.to_dict().get("transfers") == "active",
        can_pay_out=bool(made.payouts_enabled),
        missing=tuple(missing or ()),
        disabled_reason=made.requirements.disabled_reason if made.requirements else None,
    )


def _refused(code: str, text: str) -> Refused:
    words, who = REFUSALS.get(code, (text, "operator"))
    return Refused(code, words, who)


def _told(error: stripe.StripeError) -> Refused | Unknown | Parked:
    """What an error says of the money: nothing moved, it may have, or nothing at all."""
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        return Parked("Stripe does not accept the service's key: an operator looks.")
    if isinstance(error, stripe.IdempotencyError):
        return Parked("This key was used before for another order.")
    status = error.http_status
    if status in (HTTPStatus.BAD_REQUEST, HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.NOT_FOUND):
        return _refused(error.code or "refused_by_stripe", _words_of(error))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Unknown("Stripe asks to be asked later.")
    return Unknown("Stripe's answer got lost." if status is None else f"Stripe answered with an error ({status}).")


def _not_seen(error: stripe.StripeError) -> Unknown | Parked:
    """What an error of a look says of the money. That Stripe will not show a payment is no word of what it did."""
    told = _told(error)
    return Parked(told.text) if isinstance(told, Refused) else told


def _words_of(error: stripe.StripeError) -> str:
    return (error.user_message or "Stripe refused it.")[:300]


def _is_replayed_crash(error: stripe.StripeError) -> bool:
    status = error.http_status or 0
    replayed = {name.lower(): value for name, value in (error.headers or {}).items()}.get("idempotent-replayed")
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR and replayed == "true"


def _asked(ask: Callable[[], T]) -> T:
    try:
        return ask()
    except stripe.StripeError as error:
        told = _told(error)
        if isinstance(told, Refused):
            raise NotAllowed(told.code, told.text) from error
        raise Unreachable(told.why) from error
