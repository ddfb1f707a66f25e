"""What Stripe remembers, as far as Setara's money goes through it: a platform, its connected accounts, and its balance.

Every answer is held to Stripe's document by whoever serves it (`server`). Ids are counted, so that a test comes out the
same each time. What a person does on Stripe's own pages is a method here: `pay()`, `onboard()`.
"""

import json
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import stripe

from tests.stripe_contract.contract import StripeRefuses, blank, check_object

FEE = (290, 30)
"""What a card costs: hundredths of a percent of the amount, and minor units beside."""
Thing = dict[str, Any]
PAGE = 10
"""Objects of a list where nobody asks for more."""


@dataclass
class World:
    """One platform's Stripe. Not safe for threads by itself: the server asks under a lock."""

    things: dict[str, Thing] = field(default_factory=dict)
    """Every object by its id, in the order in which they came."""
    available: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    pending: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    events: list[Thing] = field(default_factory=list)
    secrets: Mapping[str, str] = field(default_factory=lambda: {"platform": "whsec_platform", "connect": "whsec_conn"})
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    refunds_are: str = "succeeded"
    """What a refund is at first: cards take it at once, the bank of a debit takes days."""
    cards_are_declined: bool = False

    # --- what may be looked at ----------------------------------------------------------------------------------

    def all(self, kind: str, **where: Any) -> list[Thing]:
        """The objects of a kind with these fields, the newest first."""
        found = [each for each in self.things.values() if each["object"] == kind]
        return [each for each in reversed(found) if all(each.get(name) == value for name, value in where.items())]

    def get(self, kind: str, known: str) -> Thing:
        found = self.things.get(known)
        if found is None or found["object"] != kind:
            raise StripeRefuses(
                f"No such {kind.replace('_', ' ')}: '{known}'", code="resource_missing", param="id", status=404
            )
        return found

    def make(self, kind: str, prefix: str, **values: Any) -> Thing:
        self.counts[prefix] += 1
        made = blank(kind) | {"id": f"{prefix}_{self.counts[prefix]:06d}", "object": kind, "livemode": False}
        made |= {"created": int(time.time())} | values
        if kind == "account":
            del made["livemode"]
        self.things[made["id"]] = made
        return made

    def tell(self, name: str, about: Thing, account: str | None = None) -> Thing:
        """Writes an event down. Nobody is called: `signed()` gives what Stripe would send."""
        check_object(about["object"], about)
        self.counts["evt"] += 1
        event = blank("event") | {
            "id": f"evt_{self.counts['evt']:06d}",
            "object": "event",
            "type": name,
            "created": int(time.time()),
            "livemode": False,
            "pending_webhooks": 1,
            "api_version": stripe.api_version,
            "data": {"object": json.loads(json.dumps(about))},
        }
        if account is not None:
            event["account"] = account
        check_object("event", event)
        self.events.append(event)
        return event

    def signed(self, event: Thing, *, ago: int = 0, secret: str | None = None) -> tuple[bytes, dict[str, str]]:
        """The body and the headers of Stripe's call about an event."""
        body = json.dumps(event).encode()
        known = secret or self.secrets["connect" if "account" in event else "platform"]
        moment = int(time.time()) - ago
        header = stripe.WebhookSignature.generate_signature_header(body.decode(), known, moment)
        return body, {"Stripe-Signature": header, "Content-Type": "application/json; charset=utf-8"}

    # --- what people do on Stripe's pages -------------------------------------------------------------------------

    def onboard(self, account: str, currency: str = "usd") -> Thing:
        """The person gives everything that was asked for."""
        known = self.get("account", account)
        known |= {"details_submitted": True, "payouts_enabled": True, "default_currency": currency}
        known["capabilities"] = {"transfers": "active"}
        known["requirements"] = requirements([])
        self.tell("account.updated", known, account)
        return known

    def restrict(self, account: str, *missing: str, reason: str = "requirements.past_due") -> Thing:
        known = self.get("account", account)
        known |= {"payouts_enabled": False, "capabilities": {"transfers": "inactive"}}
        known["requirements"] = requirements(list(missing), reason)
        self.tell("account.updated", known, account)
        return known

    def pay(self, session: str, *, settled: bool = True) -> Thing:
        """The company pays by card. `settled`: the money is available at once."""
        known = self.get("checkout.session", session)
        assert known["status"] == "open"
        wanted = self.things.pop(f"{session}:intent")
        intent = self.make(
            "payment_intent", "pi", amount=known["amount_total"], currency=known["currency"], status="succeeded",
            metadata=wanted.get("metadata", {}), transfer_group=wanted.get("transfer_group"),
            capture_method="automatic_async",
        )  # fmt: skip
        known |= {"status": "complete", "payment_status": "paid", "payment_intent": intent["id"], "url": None}
        self.tell("checkout.session.completed", known)
        return self.succeed(intent, settled=settled)

    def succeed(self, intent: Thing, *, settled: bool) -> Thing:
        """What is paid has a charge."""
        intent["status"] = "succeeded"
        charge = self.charge(intent)
        intent["latest_charge"] = charge["id"]
        self.tell("payment_intent.succeeded", intent)
        # Only later does Stripe say what it kept.
        fee = intent["amount"] * FEE[0] // 10_000 + FEE[1]
        entry = self.moved("charge", intent["amount"], fee, intent["currency"], charge["id"], settled=settled)
        charge["balance_transaction"] = entry["id"]
        self.tell("charge.updated", charge)
        return charge

    def debit(self, session: str) -> Thing:
        """A debit of a bank account is begun: the money comes days later, if it comes."""
        known = self.get("checkout.session", session)
        self.things.pop(f"{session}:intent")
        intent = self.make(
            "payment_intent", "pi", amount=known["amount_total"], currency=known["currency"], status="processing"
        )
        known |= {"status": "complete", "payment_status": "unpaid", "payment_intent": intent["id"], "url": None}
        self.tell("checkout.session.completed", known)
        return intent

    def debit_fails(self, session: str) -> None:
        """It comes back unpaid."""
        known = self.get("checkout.session", session)
        self.things[known["payment_intent"]]["status"] = "requires_payment_method"
        self.tell("checkout.session.async_payment_failed", known)

    def top_up(self, amount: int, currency: str = "usd") -> Thing:
        """Money of the platform's own bank."""
        return self.moved("topup", amount, 0, currency, None)

    def dispute(self, charge: str, amount: int) -> Thing:
        """A payer's bank takes a charge back."""
        made = self.asked_about(charge, amount, "needs_response")
        self.withdraw(made)
        self.tell("charge.dispute.created", made)
        return made

    def inquire(self, charge: str, amount: int) -> Thing:
        """A payer's bank asks about a charge, and takes nothing yet."""
        made = self.asked_about(charge, amount, "warning_needs_response")
        self.tell("charge.dispute.created", made)
        return made

    def escalate(self, dispute: str) -> Thing:
        """It is not content with the answer, or has none: the same dispute takes the money now."""
        known = self.get("dispute", dispute)
        known["status"] = "needs_response"
        known["evidence_details"] |= {"due_by": int(time.time()) + 9 * 86_400, "submission_count": 0}
        self.withdraw(known)
        self.tell("charge.dispute.updated", known)
        return self.tell("charge.dispute.funds_withdrawn", known)

    def postpone(self, dispute: str, days: int) -> Thing:
        """The bank waits for so many days from now."""
        known = self.get("dispute", dispute)
        known["evidence_details"]["due_by"] = int(time.time()) + days * 86_400
        return self.tell("charge.dispute.updated", known)

    def asked_about(self, charge: str, amount: int, status: str) -> Thing:
        known = self.get("charge", charge)
        return self.make(
            "dispute", "du", amount=amount, currency=known["currency"], charge=charge, reason="general", status=status,
            payment_intent=known["payment_intent"], metadata={}, balance_transactions=[],
            evidence_details={
                "due_by": int(time.time()) + 7 * 86_400, "has_evidence": False, "past_due": False,
                "submission_count": 0, "enhanced_eligibility": {},
            },
        )  # fmt: skip

    def withdraw(self, dispute: Thing, fee: int = 1500) -> None:
        self.get("charge", dispute["charge"])["disputed"] = True
        entry = self.moved("adjustment", -dispute["amount"], fee, dispute["currency"], dispute["id"], "dispute")
        dispute["balance_transactions"].append(entry)

    def decided(self, dispute: str, status: str) -> Thing:
        """The payer's bank has decided. What it gives back is in the balance again."""
        known = self.get("dispute", dispute)
        known["status"] = status
        if status == "won":
            left = known["amount"] - sum(each["amount"] for each in known["balance_transactions"][1:])
            entry = self.moved("adjustment", left, 0, known["currency"], dispute, "dispute_reversal")
            known["balance_transactions"].append(entry)
        return self.tell("charge.dispute.closed", known)

    def reinstate(self, dispute: str, amount: int) -> Thing:
        """The bank gives back so much of what it had taken. It may go on calling the dispute lost, as it does where a
        part of the charge was refunded before."""
        known = self.get("dispute", dispute)
        entry = self.moved("adjustment", amount, 0, known["currency"], dispute, "dispute_reversal")
        known["balance_transactions"].append(entry)
        return self.tell("charge.dispute.funds_reinstated", known)

    def asks_for(self, dispute: str, amount: int) -> Thing:
        """The bank asks for another amount."""
        known = self.get("dispute", dispute)
        known["amount"] = amount
        return self.tell("charge.dispute.updated", known)

    def refund_is(self, refund: str, status: str) -> Thing:
        """The payer's bank has it, or did not take it: then it is in the balance again."""
        known = self.get("refund", refund)
        known["status"] = status
        if status != "succeeded":
            entry = self.moved("refund_failure", known["amount"], 0, known["currency"], refund)
            known |= {"failure_reason": "declined", "failure_balance_transaction": entry["id"]}
        return self.tell("refund.failed" if status == "failed" else "refund.updated", known)

    def pay_out(self, account: str, amount: int, currency: str = "usd", status: str = "in_transit") -> Thing:
        """A connected account's balance goes to its bank."""
        made = self.make(
            "payout", "po", amount=amount, currency=currency, status=status, arrival_date=int(time.time()),
            automatic=True, method="standard", source_type="card", type="bank_account", metadata={},
        )  # fmt: skip
        self.things[made["id"]] = made
        made["_account"] = account
        self.tell("payout.created", public(made), account)
        return made

    def carries(self, payout: str, transfer: str, *, fee: int, currency: str, rate: float) -> None:
        """A transfer of ours is among what a payout takes to a bank, exchanged at the rate."""
        known, sent = self.get("payout", payout), self.get("transfer", transfer)
        amount = round(sent["amount"] * rate)
        account = known["_account"]
        source = self.make(
            "charge", "py", amount=amount, currency=currency, source_transfer=transfer, paid=True, captured=True,
            amount_captured=amount, amount_refunded=0, refunded=False, disputed=False, status="succeeded", metadata={},
            billing_details={"address": None, "email": None, "name": None, "phone": None, "tax_id": None},
            balance_transaction=None, _account=account,
        )  # fmt: skip
        entry = self.make(
            "balance_transaction", "txn", amount=amount, fee=fee, net=amount - fee, currency=currency,
            source=source["id"], type="payment", reporting_category="charge", status="available",
            available_on=int(time.time()), balance_type="payments", exchange_rate=rate, _account=account,
            _payout=payout,
        )  # fmt: skip
        del entry["livemode"]

    def payout_is(self, payout: str, status: str, code: str | None = None) -> Thing:
        known = self.get("payout", payout)
        known |= {"status": status, "failure_code": code}
        return self.tell(f"payout.{status}", public(known), known["_account"])

    def list(self, kind: str, told: Thing, account: str | None, url: str, **where: Any) -> Thing:
        """A page of a list, the newest first, as Stripe pages: after an id, before an id's age, at most so many."""
        found = [each for each in self.all(kind, **where) if each.get("_account") == account]
        for name in (
            "transfer_group",
            "destination",
            "payment_intent",
            "payout",
            "type",
            "source",
            "status",
            "purpose",
            "invoice",
            "customer",
        ):
            if name in told:
                found = [each for each in found if each.get(name, each.get(f"_{name}")) == told[name]]
        if isinstance(told.get("created"), dict) and "gte" in told["created"]:
            found = [each for each in found if each["created"] >= told["created"]["gte"]]
        if "starting_after" in told:
            names = [each["id"] for each in found]
            found = found[names.index(told["starting_after"]) + 1 :]
        most = told.get("limit", PAGE)
        return listed(found[:most], url, has_more=len(found) > most)

    # --- the balance ------------------------------------------------------------------------------------------------

    def charge(self, intent: Thing) -> Thing:
        billing = {"address": None, "email": None, "name": "A. Person", "phone": None, "tax_id": None}
        return self.make(
            "charge", "ch", amount=intent["amount"], amount_captured=intent["amount"], amount_refunded=0,
            billing_details=billing, captured=True, currency=intent["currency"], disputed=False, paid=True,
            refunded=False, status="succeeded", metadata=intent["metadata"], payment_intent=intent["id"],
            transfer_group=intent["transfer_group"], balance_transaction=None,
        )  # fmt: skip

    def moved(
        self, kind: str, amount: int, fee: int, currency: str, source: str | None, category: str | None = None,
        *, settled: bool = True,
    ) -> Thing:  # fmt: skip
        (self.available if settled else self.pending)[currency] += amount - fee
        made = self.make(
            "balance_transaction", "txn", amount=amount, fee=fee, net=amount - fee, currency=currency, source=source,
            type=kind, reporting_category=category or kind, status="available" if settled else "pending",
            available_on=int(time.time()), balance_type="payments",
        )  # fmt: skip
        del made["livemode"]
        return made

    def balance(self) -> Thing:
        def told(of: Mapping[str, int]) -> list[Thing]:
            return [
                {"amount": amount, "currency": code, "source_types": {"card": amount}} for code, amount in of.items()
            ]

        known = {"object": "balance", "livemode": False}
        return known | {"available": told(self.available), "pending": told(self.pending)}


def requirements(missing: list[str], reason: str | None = None) -> Thing:
    return {
        "alternatives": [], "current_deadline": None, "currently_due": missing, "disabled_reason": reason, "errors": [],
        "eventually_due": missing, "past_due": missing if reason else [], "pending_verification": [],
    }  # fmt: skip


def listed(data: list[Thing], url: str, *, has_more: bool = False) -> Thing:
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def public(thing: Thing) -> Thing:
    return {name: value for name, value in thing.items() if not name.startswith("_")}
