"""Stripe as a rail: Connect, with separate charges and transfers. The platform is the merchant; what a company pays in
stands in the platform's balance, and each payout is a transfer to the person's own account.

Stripe's answers become values (`rail.Result`), and nothing else of it gets out of here. What was asked is asked again
by the same key and the same words alone, so every word of a request comes from the order. The SDK retries nothing by
itself: a retry is a payment's, is counted and has pauses (`payments`).
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, Literal, TypeVar
from uuid import UUID

import stripe
import structlog
from stripe import RequestsClient, StripeClient

from marketplace.pay.rails import stripe_answers as answers
from marketplace.pay.rails import stripe_invoices as invoices
from marketplace.pay.rails.rail import Customer, Enclosure, Order, Parked, Refused, Result, Unknown
from marketplace.pay.rails.stripe_answers import (
    AccountState,
    BankPayout,
    Carried,
    Disputed,
    Holding,
    Link,
    Movement,
    Seen,
)
from marketplace.pay.rails.stripe_rules import LIVE, TEST, NotCarried, to_stripe
from marketplace.pay.rules import OpKind
from marketplace.standards.rail_reach import Agreement

API_VERSION = "2026-10-28.endive"
"""Named with every request: neither an account's setting nor a newer SDK changes what an answer means."""
HOST, FILES_HOST = "https://api.stripe.com", "https://files.stripe.com"
"""Papers go to a host of their own."""
SECONDS = (5.0, 25.0)
"""How long Stripe may take to connect, and between two bytes of its answer."""
LARGEST_PAGE = 100
PAID_IN = frozenset({"charge", "payment"})
"""Movements by which somebody pays in."""
EVIDENCE = "dispute_evidence"
"""What a paper at Stripe is for."""
UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)
"""What the SDK's objects raise where an answer lacks something."""
T = TypeVar("T")
log = structlog.get_logger()

# Who runs Setara is nobody's business but theirs: no platform string, no durations of earlier requests.
stripe.enable_telemetry = False
stripe.set_app_info("Setara")
# Two lines of it for each request would be all that the log is.
logging.getLogger("stripe").setLevel(logging.WARNING)


def connect(
    key: str, base: str = HOST, files: str = FILES_HOST, *, seconds: tuple[float, float] = SECONDS
) -> StripeClient:
    """A client for one platform. Requests have a limit of time and no retries of their own."""
    return StripeClient(
        key,
        stripe_version=API_VERSION,
        base_addresses={"api": base, "files": files},
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
            OpKind.DEPOSIT: self._ask_for_deposit,
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
            if answers.is_replayed_crash(error):
                # The key keeps Stripe's own crash for ever. What it did before it crashed has to be looked for.
                return self._looked_for(order)
            return answers.of_error(error)
        except UNREADABLE:
            return answers.unread()

    def upload(self, paper: Enclosure) -> Result:
        """Gives Stripe a paper, once; it keeps it for evidence. What its key keeps a crash of is looked for by name."""
        content = BytesIO(paper.content)
        content.name = paper.name
        asked: Any = {"purpose": EVIDENCE, "file": content}
        try:
            return answers.of_file(self.client.v1.files.create(asked, {"idempotency_key": paper.key}), paper)
        except stripe.StripeError as error:
            if answers.is_replayed_crash(error):
                return self._uploaded(paper)
            return answers.of_error(error)
        except UNREADABLE:
            return answers.unread()

    def enrol(self, customer: Customer) -> Result:
        """A customer of the platform for a company, once."""
        try:
            return invoices.enrol(self.client, customer)
        except UNREADABLE:
            return answers.unread()

    def find(self, order: Order) -> Result | None:
        """By our own id among what Stripe made for the same people. A Checkout that nobody has paid counts too."""
        try:
            return self._find(order)
        except stripe.StripeError as error:
            return answers.of_look(error)
        except UNREADABLE:
            return answers.unread()

    def follow(self, order: Order, name: str) -> Result:
        """What became of a Checkout, an invoice, or a refund. Everything else is done, or not, at once."""
        try:
            if "invoice" in order.params:
                return invoices.follow(self.client, name, order)
            if order.kind is OpKind.REFUND:
                return answers.of_refund(self.client.v1.refunds.retrieve(name), order)
            return answers.of_session(self._session(name), order)
        except stripe.StripeError as error:
            return answers.of_look(error)
        except UNREADABLE:
            return answers.unread()

    def _looked_for(self, order: Order) -> Result:
        return self.find(order) or Unknown("Stripe keeps an error of its own under this key, and shows no payment yet.")

    def _uploaded(self, paper: Enclosure) -> Result:
        asked: Any = {"limit": LARGEST_PAGE, "purpose": EVIDENCE, "created": {"gte": paper.since}}
        try:
            there = self.client.v1.files.list(asked).auto_paging_iter()
            made = next((each for each in there if each.filename == paper.name), None)
        except stripe.StripeError as error:
            return answers.of_look(error)
        if made is None:
            return Unknown("Stripe keeps an error of its own under this key, and shows no such paper yet.")
        return answers.of_file(made, paper)

    def _ask_for_deposit(self, order: Order) -> Result:
        return invoices.ask(self.client, order) if "invoice" in order.params else self._begin_checkout(order)

    def _begin_checkout(self, order: Order) -> Result:
        words, back = order.params["words"], f"{self._home}/company/{order.owner_id}/money"
        own = answers.carried_words(order)
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
        return answers.of_session(made, order)

    def _transfer(self, order: Order) -> Result:
        destination = order.params.get("destination")
        if not destination:
            is_reached = "unreached" not in order.params
            return answers.refusal("payout_account_missing" if is_reached else "country_without_rail", "")
        made = self.client.v1.transfers.create(
            {
                "amount": to_stripe(order.money),
                "currency": order.money.currency.lower(),
                "destination": destination,
                "transfer_group": order.params["transfer_group"],
                "metadata": answers.carried_words(order),
            },
            {"idempotency_key": order.key},
        )
        return answers.of_move(made, order)

    def _session(self, name: str) -> Any:
        return self.client.v1.checkout.sessions.retrieve(name, {"expand": ["payment_intent"]})

    def _refund(self, order: Order) -> Result:
        try:
            paid_by = self._paid_by(order)
        except stripe.StripeError as error:
            return answers.of_look(error)
        if paid_by is None:
            return Parked("Stripe does not say by what one payment the deposit was paid.")
        asked: Any = paid_by | {"amount": to_stripe(order.money), "metadata": answers.carried_words(order)}
        made = self.client.v1.refunds.create(asked, {"idempotency_key": order.key})
        return answers.of_refund(made, order)

    def _reverse(self, order: Order) -> Result:
        made = self.client.v1.transfers.reversals.create(
            order.params["of"],
            {"amount": to_stripe(order.money), "metadata": answers.carried_words(order)},
            {"idempotency_key": order.key},
        )
        return answers.of_move(made, order)

    def _hand_in(self, order: Order) -> Result:
        """Submits evidence, after which Stripe takes no more of it."""
        assert order.statement is not None, "whoever sends evidence encloses what it says"
        asked: Any = {
            "evidence": {"uncategorized_text": order.statement.words, **order.statement.papers},
            "submit": True,
            "metadata": answers.carried_words(order),
        }
        made = self.client.v1.disputes.update(order.params["of"], asked, {"idempotency_key": order.key})
        return answers.of_evidence(made, order)

    def _paid_by(self, order: Order) -> dict[str, str] | None:
        """By what the deposit was paid of which an order sends something back, as Stripe asks for it."""
        if (part := order.params.get("of_payment")) is not None:
            return {part["kind"]: part["id"]}
        if "of_invoice" in order.params:
            intent = invoices.intent_of(self.client, order.params["of"])
        else:
            found = self.client.v1.checkout.sessions.retrieve(order.params["of"]).payment_intent
            intent = found if isinstance(found, str) or found is None else found.id
        return None if intent is None else {"payment_intent": intent}

    def _find(self, order: Order) -> Result | None:
        page: Any = {"limit": LARGEST_PAGE}
        if "invoice" in order.params:
            return invoices.find(self.client, order)
        if order.kind is OpKind.DEPOSIT:
            since: Any = page | {"created": {"gte": order.params["since"]}}
            made = answers.ours(self.client.v1.checkout.sessions.list(since).auto_paging_iter(), order)
            return None if made is None else answers.of_session(made, order)
        if order.kind is OpKind.PAYOUT:
            if not order.params.get("destination"):
                return None
            where: Any = page | {
                "destination": order.params["destination"], "transfer_group": order.params["transfer_group"],
            }  # fmt: skip
            return answers.of_found(answers.ours(self.client.v1.transfers.list(where).auto_paging_iter(), order), order)
        if order.kind is OpKind.REVERSAL:
            listed = self.client.v1.transfers.reversals.list(order.params["of"], page)
            return answers.of_found(answers.ours(listed.auto_paging_iter(), order), order)
        if order.kind is OpKind.EVIDENCE:
            told = self.client.v1.disputes.retrieve(order.params["of"])
            is_in = bool(told.evidence_details.submission_count) and answers.op_of(told) == str(order.op_id)
            return answers.of_evidence(told, order) if is_in else None
        paid_by = self._paid_by(order)
        refunds: Any = page | (paid_by or {})
        made_refund = answers.ours(self.client.v1.refunds.list(refunds).auto_paging_iter(), order) if paid_by else None
        return None if made_refund is None else answers.of_refund(made_refund, order)

    # --- accounts ---------------------------------------------------------------------------------------------------

    def open_account(
        self,
        key: str,
        country: str,
        agreement: Agreement,
        own: Mapping[str, str],
        given: Mapping[str, Any] | None = None,
    ) -> AccountState:
        """A new account for one person; the same key gives the same. `given` is what is said of somebody who is made up
        (`test_mode`), and takes the place of what is asked otherwise. Raises NotAllowed, Unreachable."""
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
        } | dict(given or {})
        return answers.of_account(
            answers.asked(lambda: self.client.v1.accounts.create(asked, {"idempotency_key": key}))
        )

    def account(self, name: str) -> AccountState:
        """How an account stands now. Raises NotAllowed, Unreachable."""
        return answers.of_account(answers.asked(lambda: self.client.v1.accounts.retrieve(name)))

    def onboarding_link(self, name: str, back: str) -> Link:
        """A page of Stripe's where the person gives what is missing, and then comes `back`. Raises NotAllowed,
        Unreachable."""
        asked: Any = {"account": name, "type": "account_onboarding", "return_url": back, "refresh_url": back}
        made = answers.asked(lambda: self.client.v1.account_links.create(asked))
        return Link(made.url, datetime.fromtimestamp(made.expires_at, UTC))

    # --- what is there now ------------------------------------------------------------------------------------------

    def look(self, kind: str, name: str) -> Seen:
        """Reads again what a call was about: a Checkout, a transfer, a refund. Raises NotAllowed, Unreachable, and
        KeyError for a kind that says nothing of a payment."""
        services = self.client.v1
        readers: dict[str, tuple[Callable[[str], Any], Callable[[Any, Order], Result]]] = {
            "checkout.session": (self._session, answers.of_session),
            "transfer": (services.transfers.retrieve, answers.of_move),
            "refund": (services.refunds.retrieve, answers.of_refund),
        }
        if kind == "invoice":
            known = answers.asked(lambda: services.invoices.retrieve(name))
            return Seen(answers.id_of(known), lambda order: self.follow(order, name))
        read, says = readers[kind]
        made = answers.asked(lambda: read(name))
        return Seen(answers.id_of(made), lambda order: says(made, order))

    def dispute(self, name: str) -> Disputed:
        """One charge that a payer's bank takes back, and the deposit of ours that it was. Raises NotAllowed,
        Unreachable."""
        made = answers.asked(lambda: self.client.v1.disputes.retrieve(name))
        intent = made.payment_intent
        paid: Any = intent and answers.asked(
            lambda: self.client.v1.payment_intents.retrieve(intent if isinstance(intent, str) else intent.id)
        )
        op_id = answers.id_of(paid) or self._by_invoice(intent)
        due = made.evidence_details.due_by
        # Zero is no moment: this bank takes no answer at all, and has not since it began.
        until = None if due is None else datetime.fromtimestamp(due or made.created, UTC)
        back = [each for each in made.balance_transactions if each.amount > 0]
        return Disputed(
            made.id, op_id, made.amount, made.currency, made.reason, made.status,
            datetime.fromtimestamp(made.created, UTC), until,
            sum(each.amount for each in back), back[0].currency if back else made.currency,
        )  # fmt: skip

    def movements(self, since: datetime) -> Iterator[Movement]:
        """Every movement of the platform's balance since then, the newest first. Raises NotAllowed, Unreachable."""
        asked: Any = {
            "limit": LARGEST_PAGE, "created": {"gte": int(since.timestamp())}, "expand": ["data.source"],
        }  # fmt: skip
        pages = answers.asked(lambda: self.client.v1.balance_transactions.list(asked)).auto_paging_iter()
        while (made := answers.asked(lambda: next(pages, None))) is not None:
            source: Any = made.source
            paid_by = getattr(source, "payment_intent", None) if made.type in PAID_IN else None
            yield Movement(
                id=made.id,
                kind=made.reporting_category if made.type == "adjustment" else made.type,
                amount=made.amount,
                fee=made.fee,
                currency=made.currency,
                source=source if isinstance(source, str) or source is None else source.id,
                op_id=answers.id_of(source) or self._by_invoice(paid_by),
                created_at=datetime.fromtimestamp(made.created, UTC),
            )

    def _by_invoice(self, intent: Any) -> UUID | None:
        """Whose a payment is that carries nothing of ours. Raises NotAllowed, Unreachable."""
        name = intent if isinstance(intent, str) or intent is None else intent.id
        return None if name is None else answers.asked(lambda: invoices.whose(self.client, name))

    def holdings(self) -> list[Holding]:
        """What Stripe holds for the platform. Raises NotAllowed, Unreachable."""
        told = answers.asked(self.client.v1.balance.retrieve)
        free = {each.currency: each.amount for each in told.available}
        coming = {each.currency: each.amount for each in told.pending}
        return [Holding(code, free.get(code, 0), coming.get(code, 0)) for code in sorted({*free, *coming})]

    def bank_payout(self, account: str, name: str) -> BankPayout:
        """One payout of a connected account. Raises NotAllowed, Unreachable."""
        made = answers.asked(lambda: self.client.v1.payouts.retrieve(name, {}, {"stripe_account": account}))
        arrives = datetime.fromtimestamp(made.arrival_date, UTC)
        return BankPayout(made.id, made.amount, made.currency, made.status, made.failure_code, arrives)

    def carried(self, account: str, name: str) -> Iterator[Carried]:
        """The transfers that a payout of a connected account took to its bank. Raises NotAllowed, Unreachable."""
        asked: Any = {"payout": name, "type": "payment", "limit": LARGEST_PAGE, "expand": ["data.source"]}
        told = answers.asked(lambda: self.client.v1.balance_transactions.list(asked, {"stripe_account": account}))
        pages = told.auto_paging_iter()
        while (made := answers.asked(lambda: next(pages, None))) is not None:
            transfer = getattr(made.source, "source_transfer", None)
            if transfer is None:
                continue
            rate = None if made.exchange_rate is None else Decimal(str(made.exchange_rate))
            known = transfer if isinstance(transfer, str) else transfer.id
            yield Carried(known, made.net, made.fee, made.currency, rate)
