"""Stripe's customers and invoices: what they do when they are asked, and what payers do on the page of an invoice.

Whoever pays an invoice pays it by a payment that carries nothing of whoever has asked for it: only the list of an
invoice's payments says which invoice it was for.
"""

import time
from collections.abc import Callable, Mapping

from tests.stripe_contract.contract import StripeRefuses, blank
from tests.stripe_contract.world import Thing, World, listed, public

OVER = "You can only pass in open invoices. This invoice isn't open."
Operation = Callable[[World, Mapping[str, str], Thing, str | None], Thing]


def _new_customer(world: World, _ids: Mapping[str, str], told: Thing, _account: str | None) -> Thing:
    known = {name: told.get(name) for name in ("name", "email")}
    made = world.make("customer", "cus", metadata=told.get("metadata", {}), **known)
    world.tell("customer.created", made)
    return made


def _update_customer(world: World, ids: Mapping[str, str], told: Thing, _account: str | None) -> Thing:
    known = world.get("customer", ids["customer"])
    empty = {"city": None, "country": None, "line1": None, "line2": None, "postal_code": None, "state": None}
    address = {"address": empty | told["address"]} if "address" in told else {}
    known |= {name: told[name] for name in ("name", "email") if name in told} | address
    known["metadata"] |= told.get("metadata", {})
    return known


def _new_invoice(world: World, _ids: Mapping[str, str], told: Thing, _account: str | None) -> Thing:
    customer = world.get("customer", told["customer"])
    if told.get("collection_method") == "send_invoice" and "days_until_due" not in told:
        text = "If invoicing with `send_invoice`, you must specify a `due_date` or `days_until_due`."
        raise StripeRefuses(text, param="days_until_due")
    _require_email(customer)
    made = world.make(
        "invoice", "in", customer=customer["id"], currency=told["currency"], metadata=told.get("metadata", {}),
        collection_method=told.get("collection_method", "charge_automatically"), status="draft",
        auto_advance=told.get("auto_advance", True), description=told.get("description"),
        custom_fields=told.get("custom_fields"), _days=told.get("days_until_due"), _sent=[],
    )  # fmt: skip
    made["lines"] = listed([], f"/v1/invoices/{made['id']}/lines")
    world.tell("invoice.created", public(made))
    return made


def _new_item(world: World, _ids: Mapping[str, str], told: Thing, _account: str | None) -> Thing:
    known = world.get("invoice", told["invoice"])
    if known["status"] != "draft":
        raise StripeRefuses("The invoice is already finalized, so you cannot add items to it.", param="invoice")
    if told["currency"] != known["currency"]:
        raise StripeRefuses("The currency of the item is another than the invoice's.", param="currency")
    own = {"amount": told["amount"], "currency": told["currency"], "description": told.get("description")}
    now = int(time.time())
    period = {"start": now, "end": now}
    made = world.make(
        "invoiceitem", "ii", customer=told["customer"], invoice=known["id"], date=now, period=period, quantity=1,
        quantity_decimal="1", metadata=told.get("metadata", {}), discountable=True, **own,
    )  # fmt: skip
    world.counts["il"] += 1
    line = blank("line_item") | {"object": "line_item", "id": f"il_{world.counts['il']:06d}", "period": period} | own
    known["lines"]["data"].append(line | {"invoice": known["id"], "subtotal": told["amount"], "quantity": 1})
    whole = sum(each["amount"] for each in known["lines"]["data"])
    known |= dict.fromkeys(("amount_due", "amount_remaining", "subtotal", "total"), whole)
    return made


def _require_email(customer: Thing) -> None:
    if not customer["email"]:
        text = "Missing email. In order to create invoices that are sent to the customer, the customer must have one."
        raise StripeRefuses(text)


def _finalize(world: World, ids: Mapping[str, str], _told: Thing, _account: str | None) -> Thing:
    known = world.get("invoice", ids["invoice"])
    if known["status"] != "draft":
        raise StripeRefuses("This invoice is already finalized, you can't re-finalize a non-draft invoice.")
    customer = world.get("customer", known["customer"])
    _require_email(customer)
    world.counts["number"] += 1
    known |= {
        "status": "open", "number": f"AB12CD-{world.counts['number']:04d}",
        "due_date": int(time.time()) + known["_days"] * 86_400,
        "hosted_invoice_url": f"https://invoice.stripe.com/i/{known['id']}", "customer_email": customer["email"],
        "invoice_pdf": f"https://pay.stripe.com/invoice/{known['id']}/pdf", "customer_name": customer["name"],
        "customer_address": customer["address"],
    }  # fmt: skip
    world.tell("invoice.finalized", public(known))
    return known


def _send(world: World, ids: Mapping[str, str], _told: Thing, _account: str | None) -> Thing:
    known = world.get("invoice", ids["invoice"])
    if known["status"] != "open":
        raise StripeRefuses(OVER)
    known["_sent"].append(known["customer_email"])
    world.tell("invoice.sent", public(known))
    return known


def _void(world: World, ids: Mapping[str, str], _told: Thing, _account: str | None) -> Thing:
    known = world.get("invoice", ids["invoice"])
    if known["status"] not in ("open", "uncollectible"):
        raise StripeRefuses(OVER)
    if known["amount_paid"] or known.get("_processing"):
        raise StripeRefuses("This invoice has a payment, so you cannot void it.")
    known |= {"status": "void"}
    world.tell("invoice.voided", public(known))
    return known


def _payments(world: World, _ids: Mapping[str, str], told: Thing, _account: str | None) -> Thing:
    asked = told.get("payment", {}).get("payment_intent")
    if asked is None:
        return world.list("invoice_payment", told, None, "/v1/invoice_payments")
    found = [each for each in world.all("invoice_payment") if each["payment"].get("payment_intent") == asked]
    return listed(found, "/v1/invoice_payments")


OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("POST", "/v1/customers"): _new_customer,
    ("GET", "/v1/customers"): lambda world, _ids, told, account: world.list("customer", told, account, "/v1/customers"),
    ("POST", "/v1/customers/{customer}"): _update_customer,
    ("POST", "/v1/invoices"): _new_invoice,
    ("GET", "/v1/invoices"): lambda world, _ids, told, account: world.list("invoice", told, account, "/v1/invoices"),
    ("GET", "/v1/invoices/{invoice}"): lambda world, ids, _told, _account: world.get("invoice", ids["invoice"]),
    ("POST", "/v1/invoiceitems"): _new_item,
    ("POST", "/v1/invoices/{invoice}/finalize"): _finalize,
    ("POST", "/v1/invoices/{invoice}/send"): _send,
    ("POST", "/v1/invoices/{invoice}/void"): _void,
    ("GET", "/v1/invoice_payments"): _payments,
}


# --- what people do on Stripe's pages ---------------------------------------------------------------------------------


def pay(world: World, invoice: str, amount: int | None = None) -> Thing:
    """The company pays an invoice, or so much of it, by card. Returns the charge."""
    known = world.get("invoice", invoice)
    paid = known["amount_remaining"] if amount is None else amount
    intent = world.make(
        "payment_intent", "pi", amount=paid, currency=known["currency"], status="processing", metadata={},
        customer=known["customer"], capture_method="automatic_async",
    )  # fmt: skip
    charge = world.succeed(intent, settled=True)
    _note(world, known, paid, {"type": "payment_intent", "payment_intent": intent["id"]})
    return charge


def mark_paid(world: World, invoice: str) -> None:
    """Somebody with Stripe's own pages says that it was paid elsewhere."""
    known = world.get("invoice", invoice)
    paid = known["amount_remaining"]
    known["amount_paid_off_stripe"] = paid
    _note(world, known, paid, {"type": "payment_record", "payment_record": "prec_1"})


def is_now(world: World, invoice: str, status: str, event: str) -> None:
    """Somebody with Stripe's own pages gives it up, or makes it void."""
    known = world.get("invoice", invoice)
    known["status"] = status
    world.tell(event, public(known))


def _note(world: World, known: Thing, paid: int, payment: Thing) -> None:
    world.make(
        "invoice_payment", "inpay", amount_requested=paid, amount_paid=paid, currency=known["currency"],
        invoice=known["id"], is_default=True, payment=payment, status="paid",
    )  # fmt: skip
    known["amount_paid"] += paid
    known["amount_remaining"] -= paid
    if not known["amount_remaining"]:
        known["status"] = "paid"
        world.tell("invoice.paid", public(known))
        world.tell("invoice.payment_succeeded", public(known))
