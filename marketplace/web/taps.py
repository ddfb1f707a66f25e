"""A contractor's clock without network: what a page needs to be pressed there, and the door it is sent through."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import marshmallow as ma
from flask import Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.auth import actor
from marketplace.core import clock
from marketplace.core.problems import Invalid
from marketplace.shifts import taps
from marketplace.shifts.clock_rules import Press
from marketplace.shifts.models import Booking
from marketplace.shifts.tap_schemas import TapsSchema
from marketplace.web import public
from marketplace.web.problem_words import problem_said
from marketplace.web.words import said
from marketplace.web.work import blueprint

NEAR = timedelta(hours=24)
"""How far ahead a page that lies on a phone can be of use."""


@blueprint.app_context_processor
def _words() -> dict[str, Any]:
    return {"presses": presses, "near": near}


def presses() -> list[tuple[Press, str]]:
    """Everything that can be pressed on the clock, as it is called."""
    return [
        (Press.CLOCK_IN, gettext("Clock in")),
        (Press.WORK, gettext("Back to work")),
        (Press.CLOCK_OUT, gettext("Clock out")),
        (Press.PAID_BREAK, gettext("Take a paid break")),
        (Press.UNPAID_BREAK, gettext("Take an unpaid break")),
        (Press.WAITING, gettext("There is no work for me")),
        (Press.OUTAGE, gettext("Power or network is lost")),
    ]


def near(bookings: Sequence[Booking]) -> list[Booking]:
    """Those of the bookings that begin within a day or are under way: whose clock can be needed before the phone has a
    network again."""
    now = clock.now()
    return [booking for booking in bookings if booking.starts_at - NEAR <= now < booking.ends_at + NEAR]


@blueprint.post("/taps")
def send_taps() -> ResponseReturnValue:
    """What the phone kept; the same door as the API's, with words in the language of the page."""
    try:
        given = TapsSchema().load(request.get_json())
    except ma.ValidationError as wrong:
        raise Invalid from wrong
    told = taps.send([taps.Tap(**each) for each in given["taps"]], given["sent_at"], by=actor())
    return jsonify(items=[_told(each) for each in told])


def _told(told: taps.Told) -> dict[str, Any]:
    words = {"id": str(told.id), "outcome": told.outcome, "code": told.code}
    if (problem := told.problem) is not None:
        words |= {"title": said(problem.title), "detail": problem_said(problem.detail)}
        words |= {"remedy": said(problem.what_to_do)} if problem.what_to_do else {}
    return words


@public.blueprint.get("/clock-worker.js")
def clock_worker() -> Response:
    """The script that keeps the page of today on a phone. It stands at the root, since it may only keep what is below
    its own address."""
    return current_app.send_static_file("clock-worker.js")
