"""What Stripe does when it is asked: a function for each operation of its document that Setara or its CLI uses."""

import time
from collections.abc import Callable, Mapping

from tests.stripe_contract import invoices
from tests.stripe_contract.contract import Sent, StripeRefuses, blank
from tests.stripe_contract.world import PAGE, Thing, World, listed, requirements

EVIDENCE_KINDS = {b"%PDF-": "pdf", b"\x89PNG": "png", b"\xff\xd8\xff": "jpg"}
MOST_OF_A_FILE = 5_000_000
"""Bytes of one file for a dispute (docs.stripe.com/file-upload)."""
FILES_OF_EVIDENCE = frozenset({"receipt", "service_documentation", "customer_communication", "uncategorized_file"})
NEEDED_OF_A_PERSON = frozenset({"first_name", "last_name", "dob", "address", "email", "id_number"})
"""What the platform itself gives of a person where it collects what Stripe asks for."""
SUBMITTED = {"needs_response": "under_review", "warning_needs_response": "warning_under_review"}
"""What becomes of a dispute whose evidence is submitted."""
HERE = frozenset({"US", "CA", "GB", "CH", "DE", "FR", "NL", "PL", "IE", "SE"})
"""Countries to which the full agreement is enough."""


def answer(world: World, method: str, path: str, ids: Mapping[str, str], told: Thing, account: str | None) -> Thing:
    """Carries out an operation. `account` is the connected account in whose name it is asked."""
    carry_out = _OPERATIONS.get((method, path))
    if carry_out is None:
        raise StripeRefuses(f"Unrecognized request URL ({method}: {path}).", status=404)
    return carry_out(world, ids, told, account)


def _new_account(world: World, _ids: Mapping[str, str], told: Thing, _account: str | None) -> Thing:
    agreed = told.get("tos_acceptance", {}).get("service_agreement", "full")
    asked = told.get("capabilities", {})
    if agreed == "recipient" and "card_payments" in asked:
        raise StripeRefuses("The recipient agreement does not allow card_payments.", param="capabilities")
    by_platform = told.get("controller", {}).get("requirement_collection") == "application"
    has_agreed = "date" in told.get("tos_acceptance", {})
    if has_agreed and not by_platform:
        text = "You cannot accept the Terms of Service on behalf of accounts whose requirements Stripe collects."
        raise StripeRefuses(text, param="tos_acceptance")
    made = world.make(
        "account", "acct", country=told.get("country", "US"), type="none", metadata=told.get("metadata", {}),
        capabilities=dict.fromkeys(asked, "inactive"), tos_acceptance={"service_agreement": agreed},
        charges_enabled=False, payouts_enabled=False, details_submitted=False,
        requirements=requirements(["external_account", "individual.first_name", "individual.last_name"]),
    )  # fmt: skip
    if has_agreed and told.get("individual", {}).keys() >= NEEDED_OF_A_PERSON:
        made |= {"details_submitted": True, "payouts_enabled": "external_account" in told}
        made["capabilities"] = dict.fromkeys(asked, "active")
        made["requirements"] = requirements([] if made["payouts_enabled"] else ["external_account"])
        world.tell("account.updated", made, made["id"])
    return made


def _account_link(world: World, _ids: Mapping[str, str], told: Thing, _account: str | None) -> Thing:
    world.get("account", told["account"])
    world.counts["link"] += 1
    url = f"https://connect.stripe.com/setup/s/{told['account']}/{world.counts['link']}"
    now = int(time.time())
    return blank("account_link") | {"object": "account_link", "url": url, "created": now, "expires_at": now + 300}


def _new_session(world: World, _ids: Mapping[str, str], told: Thing, _account: str | None) -> Thing:
    (line,) = told["line_items"]
    price = line["price_data"]
    made = world.make(
        "checkout.session", "cs_test", mode=told["mode"], status="open", payment_status="unpaid",
        amount_total=price["unit_amount"] * line.get("quantity", 1), currency=price["currency"],
        metadata=told.get("metadata", {}), client_reference_id=told.get("client_reference_id"),
        payment_method_types=["card"], expires_at=int(time.time()) + 24 * 3600, success_url=told.get("success_url"),
        cancel_url=told.get("cancel_url"),
    )  # fmt: skip
    made["url"] = f"https://checkout.stripe.com/c/pay/{made['id']}"
    world.things[f"{made['id']}:intent"] = {"object": "wanted"} | told.get("payment_intent_data", {})
    return made


def _new_transfer(world: World, _ids: Mapping[str, str], told: Thing, _account: str | None) -> Thing:
    to = world.things.get(told["destination"])
    if to is None or to["object"] != "account":
        text = f"No such destination: '{told['destination']}'"
        raise StripeRefuses(text, code="resource_missing", param="destination")
    # Of an account that was never to do anything a sandbox asks nothing (docs.stripe.com/connect/testing).
    if to["capabilities"] and to["capabilities"].get("transfers") != "active":
        text = "Your destination account needs to have at least one of the following capabilities enabled: transfers"
        raise StripeRefuses(text, code="insufficient_capabilities_for_transfer")
    if to["country"] not in HERE and to["tos_acceptance"]["service_agreement"] != "recipient":
        text = (
            f"Funds can't be sent to accounts located in {to['country']} when the account is under the `full`"
            " service agreement."
        )
        raise StripeRefuses(text)
    amount, currency = told["amount"], told["currency"]
    if world.available[currency] < amount:
        raise StripeRefuses(
            "You have insufficient available funds in your Stripe account.", code="balance_insufficient"
        )
    made = world.make(
        "transfer", "tr", amount=amount, currency=currency, destination=to["id"], reversed=False, amount_reversed=0,
        metadata=told.get("metadata", {}), transfer_group=told.get("transfer_group"),
    )  # fmt: skip
    made["reversals"] = listed([], f"/v1/transfers/{made['id']}/reversals")
    made["balance_transaction"] = world.moved("transfer", -amount, 0, currency, made["id"])["id"]
    world.counts["py"] += 1
    made["destination_payment"] = f"py_{world.counts['py']:06d}"
    world.tell("transfer.created", made)
    return made


def _reverse(world: World, ids: Mapping[str, str], told: Thing, _account: str | None) -> Thing:
    transfer = world.get("transfer", ids["id"])
    amount = told.get("amount", transfer["amount"] - transfer["amount_reversed"])
    if amount > transfer["amount"] - transfer["amount_reversed"]:
        raise StripeRefuses("The reversal is more than what is left of the transfer.", param="amount")
    if world.get("account", transfer["destination"]).get("_empty"):
        text = "The connected account does not have sufficient funds."
        raise StripeRefuses(text, code="balance_insufficient")
    made = world.make(
        "transfer_reversal", "trr", amount=amount, currency=transfer["currency"], transfer=transfer["id"],
        metadata=told.get("metadata", {}),
    )  # fmt: skip
    del made["livemode"]
    entry = world.moved("transfer_refund", amount, 0, transfer["currency"], made["id"], "transfer_reversal")
    made["balance_transaction"] = entry["id"]
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    transfer["reversals"]["data"].insert(0, made)
    world.tell("transfer.reversed", transfer)
    return made


def _refund(world: World, _ids: Mapping[str, str], told: Thing, _account: str | None) -> Thing:
    name = told["charge"] if "charge" in told else world.get("payment_intent", told["payment_intent"])["latest_charge"]
    charge = world.get("charge", name)
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
    made = world.make(
        "refund", "re", amount=amount, currency=charge["currency"], charge=charge["id"], status=world.refunds_are,
        payment_intent=charge["payment_intent"], metadata=told.get("metadata", {}),
    )  # fmt: skip
    del made["livemode"]
    made["balance_transaction"] = world.moved("refund", -amount, 0, charge["currency"], made["id"])["id"]
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    world.tell("charge.refunded", charge)
    return made


def _retrieve(world: World, kind: str) -> Callable[..., Thing]:
    def found(ids: Mapping[str, str], _told: Thing, account: str | None) -> Thing:
        known = world.get(kind, next(iter(ids.values())))
        if known.get("_account", account) != account:
            raise StripeRefuses(f"No such {kind}: '{known['id']}'", code="resource_missing", status=404)
        return known

    return found


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
    charge = world.succeed(intent, settled=SETTLED[method])
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
    made["balance_transaction"] = world.moved("payout", -amount, 0, currency, made["id"])["id"]
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


def _account(world: World, ids: Mapping[str, str], _told: Thing, _of: str | None) -> Thing:
    """One that is gone, or of another platform, is refused as a wrong key is."""
    if ids["account"] not in world.things:
        text = f"The provided key 'sk_test_****' does not have access to account '{ids['account']}'."
        raise StripeRefuses(text, code="account_invalid", status=403)
    return world.get("account", ids["account"])


def _one(kind: str) -> Callable[[World, Mapping[str, str], Thing, str | None], Thing]:
    return lambda world, ids, told, account: _retrieve(world, kind)(ids, told, account)


def _many(kind: str, url: str) -> Callable[[World, Mapping[str, str], Thing, str | None], Thing]:
    return lambda world, _ids, told, account: world.list(kind, told, account, url)


def _reversals(world: World, ids: Mapping[str, str], told: Thing, _account: str | None) -> Thing:
    url = f"/v1/transfers/{ids['id']}/reversals"
    return world.list("transfer_reversal", told, None, url, transfer=world.get("transfer", ids["id"])["id"])


def _events(world: World, _ids: Mapping[str, str], told: Thing, _account: str | None) -> Thing:
    return listed(world.events[::-1][: told.get("limit", PAGE)], "/v1/events")


_OPERATIONS: Mapping[tuple[str, str], invoices.Operation] = {
    ("POST", "/v1/accounts"): _new_account,
    ("GET", "/v1/accounts/{account}"): _account,
    ("POST", "/v1/accounts/{account}"): _update_account,
    ("POST", "/v1/account_links"): _account_link,
    ("POST", "/v1/checkout/sessions"): _new_session,
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
    ("POST", "/v1/transfers"): _new_transfer,
    ("GET", "/v1/transfers"): _many("transfer", "/v1/transfers"),
    ("GET", "/v1/transfers/{transfer}"): _one("transfer"),
    ("POST", "/v1/transfers/{id}/reversals"): _reverse,
    ("GET", "/v1/transfers/{id}/reversals"): _reversals,
    ("POST", "/v1/refunds"): _refund,
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
} | invoices.OPERATIONS
