"""How the lab pays in and how Ana is paid, on whichever rail the service has: it is asked for one after the other."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from examples.one_gig.client import Client, Refused, until, words
from examples.one_gig.scene import Narrator

WAIT, PAUSE = 600.0, 0.2
"""For money that somebody has to pay in, at a page or at a bank."""
LOOK_EVERY, LOOKED_AT = 5.0, timedelta(minutes=2, seconds=1)
"""How often Odi moves the clock on while money is waited for, and how far: then the service asks its rail again, for
which it needs no call of the rail's."""
WAITS = "with_payer"
"""A payment for which the rail waits for a person."""
PayByCard = Callable[[str], bool]
"""Pays a Checkout of Stripe's, by its name, with a test card. False where it cannot, and a person has to."""


def place_to_be_paid(ana: Client) -> str:
    """As the service's rail has it: an account on the sandbox, one at Stripe, or a place that Ana names."""
    try:
        ana.post("/contractors/me/payout-account")
    except Refused as refused:
        if refused.problem.get("code") != "rail_is_not_the_sandbox":
            raise
    else:
        return "She has an account on the sandbox, where no money moves."
    try:
        ana.post("/rails/account")
    except Refused as refused:
        if refused.problem.get("code") != "rail_has_no_accounts":
            raise
        wallet = {"kind": "e_wallet", "provider": "paypal", "details": {"email": "ana@kansas.example"}}
        ana.post("/payout-methods", wallet | {"country": "US", "currency": "USD", "holder": "Ana Labeller"})
        return "She names the wallet that she is paid to, by hand."
    name = until(lambda: ana.get("/rails/account")["external_id"], "an account at the rail")
    if not ana.get("/rails/account")["can_receive"]:
        onward = ana.post("/rails/account/onboarding")["url"]
        return f"She has the account {name}, and gives what is missing at {onward}"
    return f"She has the account {name} at the rail, and can be paid there."


def paid_in(owner: Client, operator: Client, company_id: str, say: Narrator, pay_by_card: PayByCard | None) -> str:
    """The lab pays in, as the rail wants it: at once, at Stripe's page, or by bank."""
    money = {"amount": "100.00", "currency": "USD"}
    deposit = owner.post(f"/companies/{company_id}/deposits", {"money": money})
    path = f"/companies/{company_id}/deposits/{deposit['id']}"
    seen = until(partial(_answered, owner, path), "the rail's answer")
    if seen["status"] == WAITS and seen["pay_url"]:
        say.tell(f"The rail waits for the lab, which pays at {seen['pay_url']}")
        if pay_by_card is None or not pay_by_card(seen["external_id"]):
            say.tell("Open that page now, and pay there: the play goes on when the money has come.")
    elif seen["status"] == WAITS:
        _by_bank(owner, operator, company_id, money, say)
    seen = until(partial(_is_over, owner, operator, path), "the deposit", WAIT)
    if seen["status"] != "done":
        raise RuntimeError(f"The deposit is {seen['status']}: {seen['why']}")
    return f"{words(money)} came in by the rail {seen['rail']!r}" + (
        "." if seen["moves_real_money"] else ": no money moved, and every page says so."
    )


def _answered(owner: Client, path: str) -> dict[str, Any] | None:
    seen: dict[str, Any] = owner.get(path)
    return None if seen["status"] in ("intent", "sent", "unknown") else seen


def _is_over(owner: Client, operator: Client, path: str) -> dict[str, Any] | None:
    """The deposit, once the rail waits for it no more; until then time goes on, so that the rail is asked again."""
    for _ in range(int(LOOK_EVERY / PAUSE)):
        seen: dict[str, Any] = owner.get(path)
        if seen["status"] != WAITS:
            return seen
        time.sleep(PAUSE)
    now = datetime.fromisoformat(operator.get("/clock")["now"])
    operator.put("/clock", {"now": (now + LOOKED_AT).isoformat()})
    return None


def _by_bank(owner: Client, operator: Client, company_id: str, money: dict[str, str], say: Narrator) -> None:
    """The lab writes its reference on a transfer, and Odi hands in the bank's statement of the day."""
    reference = owner.get(f"/companies/{company_id}/transfer")["reference"]
    day = operator.get("/clock")["now"][:10]
    line = f"{day},{money['amount']},{money['currency']},{reference},Prairie Vision Lab"
    operator.post("/bank/statements", {"content": f"date,amount,currency,reference,payer\n{line}\n"})
    say.tell(f"The lab pays by bank, with the reference {reference}; Odi hands in the bank's statement.")


def pay_by_hand(operator: Client) -> None:
    """Odi makes a file of what waits, has it paid, and marks each line."""
    for heap in operator.get("/manual-files/waiting")["items"]:
        wanted = {part: heap[part] for part in ("kind", "currency", "provider")}
        file: str = operator.post("/manual-files", wanted)["id"]
        lines = operator.get(f"/manual-files/{file}")["lines"]
        day = operator.get("/clock")["now"][:10]
        found = {"outcome": "happened", "reference": f"file {file[:8]}", "happened_on": day}
        operator.post("/payment-findings", found | {"payment_ids": [line["payment_id"] for line in lines]})
