"""What Stripe remembers, as far as Setara's money goes through it: a platform, its connected accounts, and its balance.

Every answer is held to Stripe's document by whoever serves it (`server`). Ids are counted, so that a test comes out the
same each time. What a person does on Stripe's own pages is a method here: `pay()`, `onboard()`.
"""

import json
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import stripe

from tests.stripe_contract.contract import Sent, StripeRefuses, blank, check_object

FEE = (290, 30)
"""What a card costs: hundredths of a percent of the amount, and minor units beside."""
Thing = dict[str, Any]
EVIDENCE_KINDS = {b"%PDF-": "pdf", b"\x89PNG": "png", b"\xff\xd8\xff": "jpg"}
MOST_OF_A_FILE = 5_000_000
"""Bytes of one file for a dispute (docs.stripe.com/file-upload)."""
FILES_OF_EVIDENCE = frozenset({"receipt", "service_documentation", "customer_communication", "uncategorized_file"})
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
        known["requirements"] = _requirements([])
        self.tell("account.updated", known, account)
        return known

    def restrict(self, account: str, *missing: str, reason: str = "requirements.past_due") -> Thing:
        known = self.get("account", account)
        known |= {"payouts_enabled": False, "capabilities": {"transfers": "inactive"}}
        known["requirements"] = _requirements(list(missing), reason)
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
        return self._succeed(intent, settled=settled)

    def _succeed(self, intent: Thing, *, settled: bool) -> Thing:
        """What is paid has a charge."""
        intent["status"] = "succeeded"
        charge = self._charge(intent)
        intent["latest_charge"] = charge["id"]
        self.tell("payment_intent.succeeded", intent)
        # Only later does Stripe say what it kept.
        fee = intent["amount"] * FEE[0] // 10_000 + FEE[1]
        entry = self._moved("charge", intent["amount"], fee, intent["currency"], charge["id"], settled=settled)
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
        return self._moved("topup", amount, 0, currency, None)

    def dispute(self, charge: str, amount: int) -> Thing:
        """A payer's bank takes a charge back."""
        made = self._asked_about(charge, amount, "needs_response")
        self._withdraw(made)
        self.tell("charge.dispute.created", made)
        return made

    def inquire(self, charge: str, amount: int) -> Thing:
        """A payer's bank asks about a charge, and takes nothing yet."""
        made = self._asked_about(charge, amount, "warning_needs_response")
        self.tell("charge.dispute.created", made)
        return made

    def escalate(self, dispute: str) -> Thing:
        """It is not content with the answer, or has none: the same dispute takes the money now."""
        known = self.get("dispute", dispute)
        known["status"] = "needs_response"
        known["evidence_details"] |= {"due_by": int(time.time()) + 9 * 86_400, "submission_count": 0}
        self._withdraw(known)
        self.tell("charge.dispute.updated", known)
        return self.tell("charge.dispute.funds_withdrawn", known)

    def postpone(self, dispute: str, days: int) -> Thing:
        """The bank waits for so many days from now."""
        known = self.get("dispute", dispute)
        known["evidence_details"]["due_by"] = int(time.time()) + days * 86_400
        return self.tell("charge.dispute.updated", known)

    def _asked_about(self, charge: str, amount: int, status: str) -> Thing:
        known = self.get("charge", charge)
        return self.make(
            "dispute", "du", amount=amount, currency=known["currency"], charge=charge, reason="general", status=status,
            payment_intent=known["payment_intent"], metadata={}, balance_transactions=[],
            evidence_details={
                "due_by": int(time.time()) + 7 * 86_400, "has_evidence": False, "past_due": False,
                "submission_count": 0, "enhanced_eligibility": {},
            },
        )  # fmt: skip

    def _withdraw(self, dispute: Thing, fee: int = 1500) -> None:
        self.get("charge", dispute["charge"])["disputed"] = True
        entry = self._moved("adjustment", -dispute["amount"], fee, dispute["currency"], dispute["id"], "dispute")
        dispute["balance_transactions"].append(entry)

    def decided(self, dispute: str, status: str) -> Thing:
        """The payer's bank has decided. What it gives back is in the balance again."""
        known = self.get("dispute", dispute)
        known["status"] = status
        if status == "won":
            entry = self._moved("adjustment", known["amount"], 0, known["currency"], dispute, "dispute_reversal")
            known["balance_transactions"].append(entry)
        return self.tell("charge.dispute.closed", known)

    def refund_is(self, refund: str, status: str) -> Thing:
        """The payer's bank has it, or did not take it: then it is in the balance again."""
        known = self.get("refund", refund)
        known["status"] = status
        if status != "succeeded":
            entry = self._moved("refund_failure", known["amount"], 0, known["currency"], refund)
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
        self.tell("payout.created", _public(made), account)
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
        return self.tell(f"payout.{status}", _public(known), known["_account"])

    # --- what the platform asks for ---------------------------------------------------------------------------------

    def answer(self, method: str, path: str, ids: Mapping[str, str], told: Thing, account: str | None) -> Thing:
        """Carries out an operation. `account` is the connected account in whose name it is asked."""
        carry_out = _OPERATIONS.get((method, path))
        if carry_out is None:
            raise StripeRefuses(f"Unrecognized request URL ({method}: {path}).", status=404)
        return carry_out(self, ids, told, account)

    def _new_account(self, _ids: Mapping[str, str], told: Thing, _account: str | None) -> Thing:
        agreed = told.get("tos_acceptance", {}).get("service_agreement", "full")
        asked = told.get("capabilities", {})
        if agreed == "recipient" and "card_payments" in asked:
            raise StripeRefuses("The recipient agreement does not allow card_payments.", param="capabilities")
        by_platform = told.get("controller", {}).get("requirement_collection") == "application"
        has_agreed = "date" in told.get("tos_acceptance", {})
        if has_agreed and not by_platform:
            text = "You cannot accept the Terms of Service on behalf of accounts whose requirements Stripe collects."
            raise StripeRefuses(text, param="tos_acceptance")
        made = self.make(
            "account", "acct", country=told.get("country", "US"), type="none", metadata=told.get("metadata", {}),
            capabilities=dict.fromkeys(asked, "inactive"), tos_acceptance={"service_agreement": agreed},
            charges_enabled=False, payouts_enabled=False, details_submitted=False,
            requirements=_requirements(["external_account", "individual.first_name", "individual.last_name"]),
        )  # fmt: skip
        if has_agreed and told.get("individual", {}).keys() >= NEEDED_OF_A_PERSON:
            made |= {"details_submitted": True, "payouts_enabled": "external_account" in told}
            made["capabilities"] = dict.fromkeys(asked, "active")
            made["requirements"] = _requirements([] if made["payouts_enabled"] else ["external_account"])
            self.tell("account.updated", made, made["id"])
        return made

    def _account_link(self, _ids: Mapping[str, str], told: Thing, _account: str | None) -> Thing:
        self.get("account", told["account"])
        self.counts["link"] += 1
        url = f"https://connect.stripe.com/setup/s/{told['account']}/{self.counts['link']}"
        now = int(time.time())
        return blank("account_link") | {"object": "account_link", "url": url, "created": now, "expires_at": now + 300}

    def _new_session(self, _ids: Mapping[str, str], told: Thing, _account: str | None) -> Thing:
        (line,) = told["line_items"]
        price = line["price_data"]
        made = self.make(
            "checkout.session", "cs_test", mode=told["mode"], status="open", payment_status="unpaid",
            amount_total=price["unit_amount"] * line.get("quantity", 1), currency=price["currency"],
            metadata=told.get("metadata", {}), client_reference_id=told.get("client_reference_id"),
            payment_method_types=["card"], expires_at=int(time.time()) + 24 * 3600, success_url=told.get("success_url"),
            cancel_url=told.get("cancel_url"),
        )  # fmt: skip
        made["url"] = f"https://checkout.stripe.com/c/pay/{made['id']}"
        self.things[f"{made['id']}:intent"] = {"object": "wanted"} | told.get("payment_intent_data", {})
        return made

    def _new_transfer(self, _ids: Mapping[str, str], told: Thing, _account: str | None) -> Thing:
        to = self.things.get(told["destination"])
        if to is None or to["object"] != "account":
            text = f"No such destination: '{told['destination']}'"
            raise StripeRefuses(text, code="resource_missing", param="destination")
        # Of an account that was never to do anything a sandbox asks nothing (docs.stripe.com/connect/testing).
        if to["capabilities"] and to["capabilities"].get("transfers") != "active":
            text = (
                "Your destination account needs to have at least one of the following capabilities enabled: transfers"
            )
            raise StripeRefuses(text, code="insufficient_capabilities_for_transfer")
        if to["country"] not in HERE and to["tos_acceptance"]["service_agreement"] != "recipient":
            text = (
                f"Funds can't be sent to accounts located in {to['country']} when the account is under the `full`"
                " service agreement."
            )
            raise StripeRefuses(text)
        amount, currency = told["amount"], told["currency"]
        if self.available[currency] < amount:
            raise StripeRefuses(
                "You have insufficient available funds in your Stripe account.", code="balance_insufficient"
            )
        made = self.make(
            "transfer", "tr", amount=amount, currency=currency, destination=to["id"], reversed=False, amount_reversed=0,
            metadata=told.get("metadata", {}), transfer_group=told.get("transfer_group"),
        )  # fmt: skip
        made["reversals"] = _listed([], f"/v1/transfers/{made['id']}/reversals")
        made["balance_transaction"] = self._moved("transfer", -amount, 0, currency, made["id"])["id"]
        self.counts["py"] += 1
        made["destination_payment"] = f"py_{self.counts['py']:06d}"
        self.tell("transfer.created", made)
        return made

    def _reverse(self, ids: Mapping[str, str], told: Thing, _account: str | None) -> Thing:
        transfer = self.get("transfer", ids["id"])
        amount = told.get("amount", transfer["amount"] - transfer["amount_reversed"])
        if amount > transfer["amount"] - transfer["amount_reversed"]:
            raise StripeRefuses("The reversal is more than what is left of the transfer.", param="amount")
        if self.get("account", transfer["destination"]).get("_empty"):
            text = "The connected account does not have sufficient funds."
            raise StripeRefuses(text, code="balance_insufficient")
        made = self.make(
            "transfer_reversal", "trr", amount=amount, currency=transfer["currency"], transfer=transfer["id"],
            metadata=told.get("metadata", {}),
        )  # fmt: skip
        del made["livemode"]
        entry = self._moved("transfer_refund", amount, 0, transfer["currency"], made["id"], "transfer_reversal")
        made["balance_transaction"] = entry["id"]
        transfer["amount_reversed"] += amount
        transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
        transfer["reversals"]["data"].insert(0, made)
        self.tell("transfer.reversed", transfer)
        return made

    def _refund(self, _ids: Mapping[str, str], told: Thing, _account: str | None) -> Thing:
        intent = self.get("payment_intent", told["payment_intent"])
        charge = self.get("charge", intent["latest_charge"])
        if charge["disputed"]:
            raise StripeRefuses("This charge has been charged back.", code="charge_disputed")
        left = charge["amount"] - charge["amount_refunded"]
        amount = told.get("amount", left)
        if not left:
            raise StripeRefuses("The charge has already been refunded.", code="charge_already_refunded")
        if amount > left:
            raise StripeRefuses(
                f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", param="amount"
            )
        made = self.make(
            "refund", "re", amount=amount, currency=charge["currency"], charge=charge["id"], status=self.refunds_are,
            payment_intent=intent["id"], metadata=told.get("metadata", {}),
        )  # fmt: skip
        del made["livemode"]
        made["balance_transaction"] = self._moved("refund", -amount, 0, charge["currency"], made["id"])["id"]
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        self.tell("charge.refunded", charge)
        return made

    def _retrieve(self, kind: str) -> Callable[..., Thing]:
        def found(ids: Mapping[str, str], _told: Thing, account: str | None) -> Thing:
            known = self.get(kind, next(iter(ids.values())))
            if known.get("_account", account) != account:
                raise StripeRefuses(f"No such {kind}: '{known['id']}'", code="resource_missing", status=404)
            return known

        return found

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
        ):
            if name in told:
                found = [each for each in found if each.get(name, each.get(f"_{name}")) == told[name]]
        if isinstance(told.get("created"), dict) and "gte" in told["created"]:
            found = [each for each in found if each["created"] >= told["created"]["gte"]]
        if "starting_after" in told:
            names = [each["id"] for each in found]
            found = found[names.index(told["starting_after"]) + 1 :]
        most = told.get("limit", PAGE)
        return _listed(found[:most], url, has_more=len(found) > most)

    # --- the balance ------------------------------------------------------------------------------------------------

    def _charge(self, intent: Thing) -> Thing:
        billing = {"address": None, "email": None, "name": "A. Person", "phone": None, "tax_id": None}
        return self.make(
            "charge", "ch", amount=intent["amount"], amount_captured=intent["amount"], amount_refunded=0,
            billing_details=billing, captured=True, currency=intent["currency"], disputed=False, paid=True,
            refunded=False, status="succeeded", metadata=intent["metadata"], payment_intent=intent["id"],
            transfer_group=intent["transfer_group"], balance_transaction=None,
        )  # fmt: skip

    def _moved(
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


NEEDED_OF_A_PERSON = frozenset({"first_name", "last_name", "dob", "address", "email", "id_number"})
"""What the platform itself gives of a person where it collects what Stripe asks for."""
SUBMITTED = {"needs_response": "under_review", "warning_needs_response": "warning_under_review"}
"""What becomes of a dispute whose evidence is submitted."""
HERE = frozenset({"US", "CA", "GB", "CH", "DE", "FR", "NL", "PL", "IE", "SE"})
"""Countries to which the full agreement is enough."""


def _requirements(missing: list[str], reason: str | None = None) -> Thing:
    return {
        "alternatives": [], "current_deadline": None, "currently_due": missing, "disabled_reason": reason, "errors": [],
        "eventually_due": missing, "past_due": missing if reason else [], "pending_verification": [],
    }  # fmt: skip


def _listed(data: list[Thing], url: str, *, has_more: bool = False) -> Thing:
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def _public(thing: Thing) -> Thing:
    return {name: value for name, value in thing.items() if not name.startswith("_")}


def _update_account(world: World, ids: Mapping[str, str], told: Thing, _account: str | None) -> Thing:
    known = world.get("account", ids["account"])
    if "tos_acceptance" in told:
        raise StripeRefuses("You cannot change the service agreement of an account.", param="tos_acceptance")
    return known | {"metadata": known["metadata"] | told.get("metadata", {})}


def _expire(world: World, ids: Mapping[str, str], _told: Thing, _account: str | None) -> Thing:
    known = world.get("checkout.session", ids["session"])
    if known["status"] != "open":
        raise StripeRefuses('Only Checkout Sessions with a status in ["open"] can be expired.')
    known |= {"status": "expired", "url": None}
    world.tell("checkout.session.expired", known)
    return known


TEST_CARDS = {"tok_visa": False, "tok_bypassPending": True}
"""Tokens of docs.stripe.com/testing, and whether what they pay is in the available balance at once."""


def _new_payment_method(world: World, _ids: Mapping[str, str], told: Thing, _account: str | None) -> Thing:
    token = told.get("card", {}).get("token")
    if token not in TEST_CARDS:
        raise StripeRefuses(f"No such token: '{token}'", code="resource_missing", param="card[token]")
    billing = {"address": None, "email": None, "name": None, "phone": None, "tax_id": None}
    return world.make(
        "payment_method", "pm", type=told["type"], billing_details=billing | told.get("billing_details", {}),
        metadata={}, _settled=TEST_CARDS[token],
    )  # fmt: skip


DECLINED = frozenset({"pm_card_chargeDeclined", "pm_card_visa_chargeDeclined"})
SETTLED = {
    "pm_card_visa": False, "pm_card_bypassPending": True, "pm_card_createDispute": True,
    "pm_card_createDisputeInquiry": True,
}  # fmt: skip
"""Payment methods of docs.stripe.com/testing that pay, and whether that is in the available balance at once."""


def _new_intent(world: World, _ids: Mapping[str, str], told: Thing, _account: str | None) -> Thing:
    wanted = told.get("payment_method")
    intent = world.make(
        "payment_intent", "pi", amount=told["amount"], currency=told["currency"], metadata=told.get("metadata", {}),
        transfer_group=told.get("transfer_group"), capture_method="automatic_async", status="requires_payment_method",
    )  # fmt: skip
    return _pay_intent(world, intent, wanted) if told.get("confirm") else intent


def _confirm_intent(world: World, ids: Mapping[str, str], told: Thing, _account: str | None) -> Thing:
    return _pay_intent(world, world.get("payment_intent", ids["intent"]), told.get("payment_method"))


def _pay_intent(world: World, intent: Thing, method: str | None) -> Thing:
    if method in DECLINED:
        world.tell("payment_intent.payment_failed", intent)
        raise StripeRefuses("Your card was declined.", code="card_declined", status=402, kind="card_error")
    if method not in SETTLED:
        raise StripeRefuses(f"No such PaymentMethod: '{method}'", code="resource_missing", param="payment_method")
    charge = world._succeed(intent, settled=SETTLED[method])
    if method == "pm_card_createDispute":
        world.dispute(charge["id"], charge["amount"])
    elif method == "pm_card_createDisputeInquiry":
        world.inquire(charge["id"], charge["amount"])
    return intent


def _new_payout(world: World, _ids: Mapping[str, str], told: Thing, _account: str | None) -> Thing:
    """The platform's own money goes to its bank."""
    amount, currency = told["amount"], told["currency"]
    if world.available[currency] < amount:
        text = "You have insufficient funds in your Stripe account for this transfer."
        raise StripeRefuses(text, code="balance_insufficient")
    made = world.make(
        "payout", "po", amount=amount, currency=currency, status="pending", arrival_date=int(time.time()),
        automatic=False, method="standard", source_type="card", type="bank_account", metadata={},
    )  # fmt: skip
    made["balance_transaction"] = world._moved("payout", -amount, 0, currency, made["id"])["id"]
    world.tell("payout.created", made)
    return made


def _page(world: World, ids: Mapping[str, str], _told: Thing, _account: str | None) -> Thing:
    return world.get("checkout.session", ids["session"])


def _confirm_page(world: World, ids: Mapping[str, str], told: Thing, _account: str | None) -> Thing:
    known, card = world.get("checkout.session", ids["session"]), world.get("payment_method", told["payment_method"])
    if known["status"] != "open":
        raise StripeRefuses("This Checkout Session is no longer active.", code="checkout_not_active_session")
    if told.get("expected_amount", known["amount_total"]) != known["amount_total"]:
        raise StripeRefuses("The amount has changed.", code="checkout_amount_mismatch", param="expected_amount")
    if world.cards_are_declined:
        raise StripeRefuses("Your card was declined.", code="card_declined", status=402, kind="card_error")
    world.pay(known["id"], settled=card["_settled"])
    return known


def _new_file(world: World, _ids: Mapping[str, str], told: Thing, _account: str | None) -> Thing:
    sent: Sent = told["file"]
    kind = next((kind for beginning, kind in EVIDENCE_KINDS.items() if sent.content.startswith(beginning)), None)
    if kind is None:
        raise StripeRefuses("We don't support this type of file for this purpose.", param="file")
    if len(sent.content) > MOST_OF_A_FILE:
        raise StripeRefuses("The file is too large for this purpose.", param="file")
    made = world.make(
        "file", "file", purpose=told["purpose"], size=len(sent.content), type=kind, filename=sent.name,
        _content=sent.content,
    )  # fmt: skip
    del made["livemode"]
    return made


def _submit(world: World, ids: Mapping[str, str], told: Thing, _account: str | None) -> Thing:
    known = world.get("dispute", ids["dispute"])
    if known["status"] not in SUBMITTED:
        raise StripeRefuses("This dispute is already closed.", code="dispute_not_open")
    for name in FILES_OF_EVIDENCE & told.get("evidence", {}).keys():
        world.get("file", told["evidence"][name])
    known["metadata"] |= told.get("metadata", {})
    known["evidence"] |= told.get("evidence", {})
    known["evidence_details"]["has_evidence"] = True
    if told.get("submit"):
        known["evidence_details"]["submission_count"] += 1
        known["status"] = SUBMITTED[known["status"]]
    world.tell("charge.dispute.updated", known)
    return known


def _one(kind: str) -> Callable[[World, Mapping[str, str], Thing, str | None], Thing]:
    return lambda world, ids, told, account: world._retrieve(kind)(ids, told, account)


def _many(kind: str, url: str) -> Callable[[World, Mapping[str, str], Thing, str | None], Thing]:
    return lambda world, _ids, told, account: world.list(kind, told, account, url)


def _reversals(world: World, ids: Mapping[str, str], told: Thing, _account: str | None) -> Thing:
    url = f"/v1/transfers/{ids['id']}/reversals"
    return world.list("transfer_reversal", told, None, url, transfer=world.get("transfer", ids["id"])["id"])


def _events(world: World, _ids: Mapping[str, str], told: Thing, _account: str | None) -> Thing:
    return _listed(world.events[::-1][: told.get("limit", PAGE)], "/v1/events")


_OPERATIONS: Mapping[tuple[str, str], Callable[[World, Mapping[str, str], Thing, str | None], Thing]] = {
    ("POST", "/v1/accounts"): World._new_account,
    ("GET", "/v1/accounts/{account}"): _one("account"),
    ("POST", "/v1/accounts/{account}"): _update_account,
    ("POST", "/v1/account_links"): World._account_link,
    ("POST", "/v1/checkout/sessions"): World._new_session,
    ("GET", "/v1/checkout/sessions"): _many("checkout.session", "/v1/checkout/sessions"),
    ("GET", "/v1/checkout/sessions/{session}"): _one("checkout.session"),
    ("POST", "/v1/checkout/sessions/{session}/expire"): _expire,
    ("POST", "/v1/payment_methods"): _new_payment_method,
    ("GET", "/v1/payment_pages/{session}"): _page,
    ("POST", "/v1/payment_pages/{session}/confirm"): _confirm_page,
    ("POST", "/v1/payment_intents"): _new_intent,
    ("POST", "/v1/payment_intents/{intent}/confirm"): _confirm_intent,
    ("GET", "/v1/payment_intents/{intent}"): _one("payment_intent"),
    ("GET", "/v1/charges/{charge}"): _one("charge"),
    ("POST", "/v1/transfers"): World._new_transfer,
    ("GET", "/v1/transfers"): _many("transfer", "/v1/transfers"),
    ("GET", "/v1/transfers/{transfer}"): _one("transfer"),
    ("POST", "/v1/transfers/{id}/reversals"): World._reverse,
    ("GET", "/v1/transfers/{id}/reversals"): _reversals,
    ("POST", "/v1/refunds"): World._refund,
    ("GET", "/v1/refunds"): _many("refund", "/v1/refunds"),
    ("GET", "/v1/refunds/{refund}"): _one("refund"),
    ("POST", "/v1/payouts"): _new_payout,
    ("GET", "/v1/payouts"): _many("payout", "/v1/payouts"),
    ("GET", "/v1/payouts/{payout}"): _one("payout"),
    ("GET", "/v1/balance"): lambda world, *_: world.balance(),
    ("GET", "/v1/balance_transactions"): _many("balance_transaction", "/v1/balance_transactions"),
    ("GET", "/v1/balance_transactions/{id}"): _one("balance_transaction"),
    ("GET", "/v1/disputes/{dispute}"): _one("dispute"),
    ("POST", "/v1/disputes/{dispute}"): _submit,
    ("POST", "/v1/files"): _new_file,
    ("GET", "/v1/files"): _many("file", "/v1/files"),
    ("GET", "/v1/files/{file}"): _one("file"),
    ("GET", "/v1/events"): _events,
}
