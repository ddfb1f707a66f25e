"""A deposit by a Stripe invoice: made, given its one line, addressed, finalised and sent, each by a key of its own.

Stripe is read again before the steps, and a step that has had its effect is left out: so whoever takes an order up,
after whatever was lost, goes on where it stands. A crash that Stripe keeps under a key has ended, and the next look
says whether it did anything; if not, the step is asked for once more by a second key. A draft that has its line gets no
other, and what would ask for another amount is never finalised.

Whom it goes to Stripe copies from the company's one customer as it is finalised, and several members may ask at once.
So one process at a time asks for a company's invoices (`deposit_invoices.wait_their_turn`), and the customer is told of
the one who has asked just before, each time anew and by no key, since a key would replay what was true before. What
somebody else has got into all the same, since a process took longer than its claim counts, is never sent.

What an invoice's payments carry is nothing of ours: whose a charge is, Stripe says by the invoice that it has paid.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import stripe
from stripe import StripeClient

from marketplace.core.money import Money
from marketplace.pay.rails import stripe_answers as answers
from marketplace.pay.rails.deposit_invoice_rules import LINE, LONGEST_NAME, MEMO, PAYABLE, InvoiceState
from marketplace.pay.rails.rail import Bill, Billed, Customer, Done, Order, Parked, Part, Result, Unknown, Waiting
from marketplace.pay.rails.stripe_rules import COMPANY, OURS, from_stripe, to_stripe

LARGEST_PAGE = 100
LOOK_AFTER = timedelta(hours=1)
"""How often an invoice that waits is read again, where Stripe tells nothing: it may wait for two months."""
TRIES = (1, 2)
THROUGH = frozenset({"payment_intent", "charge"})
"""Kinds of payments of an invoice whose money came to Stripe. Others were only written down there."""


def enrol(client: StripeClient, customer: Customer) -> Result:
    """Makes a company a customer of the platform, once."""
    asked: Any = {
        "name": customer.name[:LONGEST_NAME],
        "metadata": {OURS: str(customer.id), COMPANY: str(customer.company_id)},
    }
    try:
        for number in TRIES:
            if number > 1 or not customer.may_repeat:
                # Whatever was asked before is over by now: what it has made is there.
                made = _enrolled(client, customer)
                if made is not None:
                    return Done(made)
            try:
                return Done(client.v1.customers.create(asked, {"idempotency_key": f"{customer.key}:{number}"}).id)
            except stripe.StripeError as error:
                if not answers.is_replayed_crash(error):
                    raise
    except stripe.StripeError as error:
        return answers.of_error(error)
    return Unknown("Stripe keeps an error of its own under this key, and shows no such customer yet.")


def _enrolled(client: StripeClient, customer: Customer) -> str | None:
    asked: Any = {"limit": LARGEST_PAGE, "created": {"gte": customer.since}}
    there = client.v1.customers.list(asked).auto_paging_iter()
    return next((each.id for each in there if answers.op_of(each) == str(customer.id)), None)


def ask(client: StripeClient, order: Order) -> Result:
    """Has the invoice made and sent. Raises StripeError."""
    bill = _bill(order)
    asked: Any = {
        "customer": bill.customer,
        "currency": order.money.currency.lower(),
        "collection_method": "send_invoice",
        "days_until_due": bill.days,
        "auto_advance": False,
        "pending_invoice_items_behavior": "exclude",
        "description": MEMO,
        "metadata": answers.carried_words(order),
    }
    if fields := _fields(bill):
        asked["custom_fields"] = fields
    # Stripe makes no invoice that is to be sent for a customer without an e-mail.
    _tell(client, bill)
    return go_on(client, client.v1.invoices.create(asked, {"idempotency_key": order.key}).id, order)


def go_on(client: StripeClient, name: str, order: Order) -> Result:
    """Takes an invoice that is there to where it waits for its payer. Raises StripeError."""
    return _again(lambda number: _go_on(client, name, order, number))


def find(client: StripeClient, order: Order) -> Result | None:
    """The invoice by our own id; one that was not sent yet is. Raises StripeError."""
    since: Any = {"limit": LARGEST_PAGE, "created": {"gte": order.params["since"]}}
    made = answers.ours(client.v1.invoices.list(since).auto_paging_iter(), order)
    return None if made is None else go_on(client, made.id, order)


def follow(client: StripeClient, name: str, order: Order) -> Result:
    """What has become of an invoice, after it is made void where its company calls it off. Raises StripeError."""
    told = look(client, name)(order)
    is_open = isinstance(told, Waiting) and told.billed is not None and told.billed.state in PAYABLE
    if order.called_off is None or not is_open:
        return told
    return _again(lambda number: _void(client, name, order, number))


def look(client: StripeClient, name: str) -> Callable[[Order], Result]:
    """Reads an invoice again, with what came of it through Stripe: what was paid elsewhere, and only marked there, is
    no money of a deposit. Raises StripeError."""
    return lambda order: _of_invoice(client, client.v1.invoices.retrieve(name), order)


def intent_of(client: StripeClient, name: str) -> str | None:
    """The one payment that has paid an invoice; None where it was none, or several: then an order names its own
    (`of_payment`). Raises StripeError."""
    paid = [each for each in _payments(client, name) if each.payment.type == "payment_intent"]
    return _id(paid[0].payment.payment_intent) if len(paid) == 1 else None


def whose(client: StripeClient, intent: str) -> UUID | None:
    """The deposit of ours whose invoice a payment has paid. Raises StripeError."""
    asked: Any = {
        "payment": {"type": "payment_intent", "payment_intent": intent}, "limit": 1, "expand": ["data.invoice"],
    }  # fmt: skip
    made = next(iter(client.v1.invoice_payments.list(asked).data), None)
    return None if made is None else answers.id_of(made.invoice)


# --- the steps ------------------------------------------------------------------------------------------------------


def _again(step: Callable[[int], Result]) -> Result:
    for number in TRIES[:-1]:
        try:
            return step(number)
        except stripe.StripeError as error:
            if not answers.is_replayed_crash(error):
                raise
    return step(TRIES[-1])


def _go_on(client: StripeClient, name: str, order: Order, number: int) -> Result:
    now, bill = client.v1.invoices.retrieve(name), _bill(order)
    if now.status == "draft" and not now.lines.data:
        line: Any = {
            "customer": bill.customer, "invoice": name, "amount": to_stripe(order.money),
            "currency": order.money.currency.lower(), "description": LINE,
            "metadata": answers.carried_words(order),
        }  # fmt: skip
        client.v1.invoice_items.create(line, _key(order, "item", number))
        now = client.v1.invoices.retrieve(name)
    if now.status == "draft":
        if (now.amount_due, now.currency) != (to_stripe(order.money), order.money.currency.lower()):
            return Parked(f"Stripe would ask for {now.amount_due} {now.currency}, which is not what was ordered.")
        _tell(client, bill)
        client.v1.invoices.finalize_invoice(name, {"auto_advance": False}, _key(order, "finalize", number))
        now = client.v1.invoices.retrieve(name)
    if now.status == "open" and bill.email is not None:
        if (now.customer_email or "").casefold() != bill.email.casefold():
            return Parked("Stripe has addressed it to somebody else of the company: a person makes it void there.")
        client.v1.invoices.send_invoice(name, {}, _key(order, "send", number))
    return look(client, name)(order)


def _tell(client: StripeClient, bill: Bill) -> None:
    """Has the company's customer be whoever asks now."""
    address: Any = {"line1": ", ".join(_lines(bill)), "country": bill.buyer["country"]}
    whom: Any = {"name": str(bill.buyer["name"])[:LONGEST_NAME], "email": bill.email, "address": address}
    client.v1.customers.update(bill.customer, whom)


def _void(client: StripeClient, name: str, order: Order, number: int) -> Result:
    try:
        client.v1.invoices.void_invoice(name, {}, _key(order, f"void:{order.called_off}", number))
    except stripe.InvalidRequestError:
        # It was paid meanwhile, or a payment is under way: what it is now is read, and then tried again.
        return look(client, name)(order)
    return look(client, name)(order)


def _key(order: Order, step: str, number: int) -> Any:
    return {"idempotency_key": f"{order.key}:{step}:{number}"}


def _bill(order: Order) -> Bill:
    assert order.bill is not None, "whoever asks by invoice says whom"
    return order.bill


def _lines(bill: Bill) -> list[str]:
    return [line.strip() for line in str(bill.buyer["address"] or "").splitlines() if line.strip()] or ["-"]


def _fields(bill: Bill) -> list[Mapping[str, str]]:
    told = {"Your reference": bill.reference, "Your VAT number": bill.buyer.get("vat_number")}
    return [{"name": name, "value": value} for name, value in told.items() if value]


# --- what it says ---------------------------------------------------------------------------------------------------


def _of_invoice(client: StripeClient, made: Any, order: Order) -> Result:
    currency = order.money.currency
    if made.status == "draft":
        return Unknown("The invoice is not sent yet.")
    if (made.total, made.currency) != (to_stripe(order.money), currency.lower()):
        return Parked(f"Stripe asks for {made.total} {made.currency}, which is not what was ordered.")
    # Stripe lists the newest first.
    parts = [_part(each, made.currency) for each in _payments(client, made.id) if each.payment.type in THROUGH][::-1]
    paid = sum((each.money for each in parts), start=Money.zero(currency))
    due = None if made.due_date is None else datetime.fromtimestamp(made.due_date, UTC)
    billed = Billed(InvoiceState(made.status), made.number, due, paid, tuple(parts))
    if made.status == "paid":
        return Done(made.id, billed=billed) if paid == order.money else _elsewhere(paid, billed)
    if made.status == "void":
        return answers.refusal("invoice_void", "", billed) if not paid else _void_and_paid(paid, billed)
    return Waiting(made.id, made.hosted_invoice_url, look_after=LOOK_AFTER, billed=billed)


def _elsewhere(paid: Money, billed: Billed) -> Parked:
    return Parked(f"It is marked as paid, and {paid} came of it through Stripe: a person looks for the rest.", billed)


def _void_and_paid(paid: Money, billed: Billed) -> Parked:
    return Parked(f"It is void, and {paid} came of it before: a person decides.", billed)


def _part(made: Any, currency: str) -> Part:
    kind = made.payment.type
    return Part(kind, str(_id(getattr(made.payment, kind))), from_stripe(made.amount_paid or 0, currency))


def _payments(client: StripeClient, name: str) -> list[Any]:
    asked: Any = {"invoice": name, "status": "paid", "limit": LARGEST_PAGE}
    return list(client.v1.invoice_payments.list(asked).auto_paging_iter())


def _id(found: Any) -> str | None:
    return found if isinstance(found, str) or found is None else str(found.id)
