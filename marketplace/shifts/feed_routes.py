"""The doors of calendar feeds: those of whoever signs in, and the one that a calendar program reads."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify, request
from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core import idempotency
from marketplace.core.db import db
from marketplace.core.http import problems
from marketplace.core.limits import CURIOUS, limiter
from marketplace.shifts import feed_schemas as s
from marketplace.shifts import feeds
from marketplace.shifts.feed_models import CalendarFeed

blueprint = Blueprint("calendar_feeds", __name__, url_prefix="/api/v1", description="Shifts in a calendar program.")


@blueprint.post("/calendar-feeds")
@blueprint.arguments(s.NewFeedSchema)
@blueprint.response(201, s.IssuedFeedSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def make_feed(given: dict[str, Any]) -> Response:
    """Make a secret address that a calendar program reads. Sent again with its Idempotency-Key, the answer is without
    the address."""
    issued = feeds.make(**given, by=actor())
    kept = s.FeedSchema().dump(issued.row)
    idempotency.remember_instead(jsonify(kept).get_data())
    answer = jsonify(kept | {"address": issued.address})
    answer.status_code = 201
    return answer


@blueprint.get("/calendar-feeds")
@blueprint.response(200, s.FeedsSchema)
@problems(blueprint, 401, 403)
def list_feeds() -> dict[str, list[CalendarFeed]]:
    """Your addresses that are not revoked."""
    return {"items": list(db.session.scalars(feeds.mine(by=actor()).order_by(CalendarFeed.id)))}


@blueprint.get("/companies/<uuid:company_id>/calendar-feeds")
@blueprint.response(200, s.FeedsSchema)
@problems(blueprint, 401, 403, 404)
def list_company_feeds(company_id: UUID) -> dict[str, list[CalendarFeed]]:
    """The addresses of a company's shifts, whoever made them, for those who manage its members."""
    found = feeds.of_company(company_id, seen_by=actor()).order_by(CalendarFeed.id)
    return {"items": list(db.session.scalars(found))}


@blueprint.delete("/calendar-feeds/<uuid:feed_id>")
@blueprint.response(200, s.FeedSchema)
@problems(blueprint, 401, 403, 404)
def revoke_feed(feed_id: UUID) -> CalendarFeed:
    """Revoke an address. It shows nothing from now on."""
    return feeds.revoke(feed_id, by=actor())


@blueprint.get("/calendars/<secret>")
@limiter.limit(CURIOUS)
@blueprint.doc(security=[])
@blueprint.response(200, content_type="text/calendar")
@blueprint.alt_response(304, description="Not modified")
@problems(blueprint, 404, 429)
def read_calendar(secret: str) -> Response:
    """The shifts behind a secret address, as an iCalendar file."""
    shown = feeds.show(secret)
    answer = Response(shown.content, content_type="text/calendar; charset=utf-8")
    answer.set_etag(shown.etag)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.make_conditional(request)
    return answer
