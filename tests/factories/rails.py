"""The service on another rail than the sandbox, as far as its settings say so."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask


@contextmanager
def at_stripe(app: Flask) -> Iterator[None]:
    """Its rail is Stripe, with the platform's account in the United States. Nothing is asked of it."""
    before = {name: app.config[name] for name in ("RAIL", "STRIPE_COUNTRY")}
    app.config |= {"RAIL": "stripe_test", "STRIPE_COUNTRY": "US"}
    try:
        yield
    finally:
        app.config |= before
