"""The rails of this service. The sandbox and the rail of files are always there, Stripe where a key is configured: a
payment keeps the rail that it began on, whatever new ones use."""

from flask import current_app

from marketplace.pay.by_hand.rail import ManualRail
from marketplace.pay.rails import stripe_rail, stripe_rules
from marketplace.pay.rails.rail import Rail
from marketplace.pay.rails.sandbox import SandboxRail
from marketplace.pay.rails.stripe_rail import StripeRail
from marketplace.pay.rules import MANUAL, SANDBOX, UnknownRail

_KEPT = "setara_stripe_rail"


def rail(name: str) -> Rail:
    """The rail of that name. Raises UnknownRail, also of one that is not configured."""
    if name == SANDBOX:
        return SandboxRail()
    if name == MANUAL:
        return ManualRail()
    if name in stripe_rules.NAMES and (ours := stripe()).name == name:
        return ours
    raise UnknownRail(f"{name!r} is not configured.")


def stripe() -> StripeRail:
    """Stripe, by the configured key. One client for a process, so that its connections are kept. Raises UnknownRail
    where none is configured."""
    kept: StripeRail | None = current_app.extensions.get(_KEPT)
    if kept is None:
        settings = current_app.config
        key: str = settings["STRIPE_KEY"]
        if not key:
            raise UnknownRail("STRIPE_SECRET_KEY is not set.")
        hosts = settings["STRIPE_BASE"], settings["STRIPE_FILES_BASE"]
        client = stripe_rail.connect(key, *hosts, seconds=settings["STRIPE_SECONDS"])
        kept = StripeRail(client, home=settings["BASE_URL"], live=stripe_rules.is_live(key))
        current_app.extensions[_KEPT] = kept
    return kept
