"""The doors of ways to reach people: their numbers, their messages, and what carriers report."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, request
from flask_smorest import Blueprint

from marketplace.accounts.auth import actor, person_asking
from marketplace.core.http import PageArgs, page, problems, render_problem
from marketplace.core.limits import CODES, GUESSES, limiter
from marketplace.notices import gateway, phones, preferences, pushes, queries, receipts, webpush
from marketplace.notices import reach_schemas as s
from marketplace.notices.address_models import Phone, PushSubscription
from marketplace.notices.carrying import is_open
from marketplace.notices.models import Delivery
from marketplace.notices.phones import WrongCode
from marketplace.notices.preferences import Preferences
from marketplace.notices.receipts import Figure
from marketplace.notices.ways import Way
from marketplace.notices.webpush import Subscription

phone_numbers = Blueprint("phones", __name__, url_prefix="/api/v1/phones", description="Where text messages reach you.")
deliveries = Blueprint("deliveries", __name__, url_prefix="/api/v1", description="Messages, and whether they arrived.")
browsers = Blueprint(
    "push", __name__, url_prefix="/api/v1/push-subscriptions", description="Browsers that show you notifications."
)
blueprints = (phone_numbers, browsers, deliveries)


@phone_numbers.get("")
@phone_numbers.response(200, s.PhonesSchema)
@problems(phone_numbers, 401, 403)
def list_phones() -> dict[str, list[Phone]]:
    """Your number, and one that waits for its code."""
    return {"items": phones.mine(by=actor())}


@phone_numbers.post("")
@limiter.limit(CODES, key_func=person_asking)
@phone_numbers.arguments(s.NewPhoneSchema)
@phone_numbers.response(201, s.PhoneSchema)
@problems(phone_numbers, 401, 403, 409, 422, 429)
def add_phone(given: dict[str, str]) -> Phone:
    """Have a code sent to a number. Messages go there once you have typed it."""
    return phones.add(given["number"], by=actor())


@phone_numbers.post("/<uuid:phone_id>/proof")
@limiter.limit(GUESSES, key_func=person_asking)
@phone_numbers.arguments(s.CodeSchema)
@phone_numbers.response(200, s.PhoneSchema)
@problems(phone_numbers, 401, 403, 404, 409, 422, 429)
def prove_phone(given: dict[str, str], phone_id: UUID) -> Phone | Response:
    """Type the code. A wrong one is counted; after five a new code must be sent."""
    phone = phones.prove(phone_id, given["code"], by=actor())
    return phone if phone.proven_at is not None else render_problem(WrongCode(field="code"))


@phone_numbers.delete("/<uuid:phone_id>")
@phone_numbers.response(200, s.PhoneSchema)
@problems(phone_numbers, 401, 403, 404)
def remove_phone(phone_id: UUID) -> Phone:
    """Take a number away. It is told there."""
    return phones.remove(phone_id, by=actor())


@browsers.get("")
@browsers.response(200, s.BrowsersSchema)
@problems(browsers, 401, 403)
def list_browsers() -> dict[str, Any]:
    """Your browsers that take notifications, and the key that one subscribes with."""
    return {"key": webpush.public_key() if is_open(Way.PUSH) else None, "items": pushes.mine(by=actor())}


@browsers.post("")
@browsers.arguments(s.NewBrowserSchema)
@browsers.response(201, s.BrowserSchema)
@problems(browsers, 401, 403, 409, 422)
def add_browser(given: Subscription) -> PushSubscription:
    """Have notifications sent to a browser, by the subscription that it made."""
    return pushes.subscribe(given, by=actor())


@browsers.delete("/<uuid:subscription_id>")
@browsers.response(204)
@problems(browsers, 401, 403, 404)
def remove_browser(subscription_id: UUID) -> None:
    """Send no more notifications to that browser."""
    pushes.unsubscribe(subscription_id, by=actor())


@deliveries.get("/notices/preferences")
@deliveries.response(200, s.ChosenSchema)
@problems(deliveries, 401, 403)
def show_preferences() -> Preferences:
    """How you are told of each kind of thing, outside of your inbox."""
    return preferences.mine(by=actor())


@deliveries.put("/notices/preferences")
@deliveries.arguments(s.ChosenSchema)
@deliveries.response(200, s.ChosenSchema)
@problems(deliveries, 401, 403, 422)
def choose_ways(given: dict[str, Any]) -> Preferences:
    """Say how you want to be told. Kinds that you do not name stay as they are."""
    return preferences.choose(**given, by=actor())


@deliveries.get("/deliveries")
@deliveries.arguments(PageArgs, location="query")
@deliveries.response(200, s.DeliveriesSchema)
@problems(deliveries, 401, 403, 422)
def list_deliveries(args: dict[str, Any]) -> dict[str, Any]:
    """The messages to you, newest first: by which way, and whether they arrived."""
    return page(queries.deliveries(actor()), Delivery.id, **args)


@deliveries.get("/deliveries/figures")
@deliveries.response(200, s.DeliveryFiguresSchema)
@problems(deliveries, 401, 403, 404)
def show_figures() -> Mapping[str, list[Figure]]:
    """How messages reach people, by way and country, in the last 30 days. For operators who run the service."""
    return {"items": list(receipts.figures(seen_by=actor()))}


@deliveries.post("/receipts")
@deliveries.arguments(s.ReceiptSchema)
@deliveries.response(200, s.DeliverySchema)
@problems(deliveries, 401, 404, 409, 422)
@deliveries.doc(security=[])
def take_receipt(given: dict[str, Any]) -> Delivery:
    """What the gateway says became of a message. Signed as Standard Webhooks asks, version 1, by the agreed secret."""
    gateway.check_signature(request.headers, request.get_data())
    return receipts.note(given["key"], given["status"], at=given["at"])
