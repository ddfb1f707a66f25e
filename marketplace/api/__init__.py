"""Gathers every room's routes under /api/v1, describes them in OpenAPI, and renders what the framework refuses."""

from http import HTTPStatus
from typing import Any

import marshmallow as ma
from flask import Flask
from flask_smorest import Api, Blueprint
from werkzeug.exceptions import HTTPException

from marketplace.accounts import joining_routes as joining
from marketplace.accounts import paper_routes as company_papers
from marketplace.accounts import routes as accounts
from marketplace.api import clock, document, pages
from marketplace.contracts import crew_routes as crews
from marketplace.contracts import granting_routes as granting
from marketplace.contracts import routes as contracts
from marketplace.core.http import PROBLEM_JSON, MoneyField, render_http_error, render_problem
from marketplace.core.problems import Invalid
from marketplace.disputes import routes as disputes
from marketplace.gigs import barring_routes as barring
from marketplace.gigs import routes as gigs
from marketplace.insight import before_yes_routes as before_yes
from marketplace.insight import routes as insight
from marketplace.matching import routes as matching
from marketplace.messages import channel_routes as channels
from marketplace.messages import routes as messages
from marketplace.notices import reach_routes as reach
from marketplace.notices import routes as notices
from marketplace.pay import deposit_invoice_routes as deposit_invoices
from marketplace.pay import routes as pay
from marketplace.pay.bank import routes as bank
from marketplace.pay.bonuses import routes as bonuses
from marketplace.pay.by_hand import routes as by_hand
from marketplace.pay.closing import routes as closing
from marketplace.pay.contests import routes as payout_contests
from marketplace.pay.exports import routes as exports
from marketplace.pay.groups import routes as pay_groups
from marketplace.pay.invoices import routes as invoices
from marketplace.pay.methods import routes as payout_methods
from marketplace.pay.rails import chargeback_routes as chargebacks
from marketplace.pay.rails import routes as rails
from marketplace.pay.seals import routes as seals
from marketplace.pay.seconds import routes as money_acts
from marketplace.pay.taxes import routes as taxes
from marketplace.pay.taxes import year_routes as years
from marketplace.qualifications import routes as qualifications
from marketplace.shifts import attempt_routes as attempts
from marketplace.shifts import confirming_routes as confirmations
from marketplace.shifts import correction_routes as corrections
from marketplace.shifts import feed_routes as calendar_feeds
from marketplace.shifts import guarantee_routes as guarantees
from marketplace.shifts import handover_routes as handovers
from marketplace.shifts import hazard_routes as hazards
from marketplace.shifts import leading_routes as leads
from marketplace.shifts import live_routes as live
from marketplace.shifts import question_routes as questions
from marketplace.shifts import reliability_routes as reliability
from marketplace.shifts import routes as shifts
from marketplace.shifts import series_routes as shift_series
from marketplace.shifts import standby_routes as standby
from marketplace.shifts import tap_routes as taps
from marketplace.standards import comment_routes as comments
from marketplace.standards import hiding_routes as hidden_words
from marketplace.standards import routes as standards
from marketplace.surveys import routes as surveys
from marketplace.workforce import intake_routes as intake
from marketplace.workforce import paper_routes as papers
from marketplace.workforce import routes as workforce
from marketplace.workforce import screening_routes as screening
from marketplace.workforce import standing_routes as standing

BLUEPRINTS: tuple[Blueprint, ...] = (
    *accounts.blueprints,
    *joining.blueprints,
    company_papers.blueprint,
    standards.blueprint,
    comments.blueprint,
    hidden_words.blueprint,
    *workforce.blueprints,
    standing.blueprint,
    intake.blueprint,
    *qualifications.blueprints,
    *papers.blueprints,
    screening.blueprint,
    *contracts.blueprints,
    granting.blueprint,
    crews.blueprint,
    *gigs.blueprints,
    barring.blueprint,
    messages.blueprint,
    channels.blueprint,
    *shifts.blueprints,
    questions.blueprint,
    attempts.blueprint,
    hazards.blueprint,
    taps.blueprint,
    corrections.blueprint,
    live.blueprint,
    leads.blueprint,
    before_yes.blueprint,
    guarantees.blueprint,
    shift_series.blueprint,
    handovers.blueprint,
    calendar_feeds.blueprint,
    confirmations.blueprint,
    reliability.blueprint,
    standby.blueprint,
    *matching.blueprints,
    *pay.blueprints,
    bonuses.blueprint,
    *deposit_invoices.blueprints,
    *rails.blueprints,
    *chargebacks.blueprints,
    *taxes.blueprints,
    *years.blueprints,
    *invoices.blueprints,
    pay_groups.blueprint,
    *bank.blueprints,
    payout_methods.blueprint,
    money_acts.blueprint,
    *payout_contests.blueprints,
    *by_hand.blueprints,
    *seals.blueprints,
    exports.blueprint,
    closing.blueprint,
    disputes.blueprint,
    surveys.blueprint,
    *notices.blueprints,
    *reach.blueprints,
    *insight.blueprints,
    clock.blueprint,
)
"""Every door of the API, in the order in which the document tells of them."""

_DESCRIPTION = (
    "Sign in with `POST /api/v1/sessions`, then send `Authorization: Bearer KEY`. Refusals are RFC 9457 problems. "
    "Send an `Idempotency-Key` with whatever you may have to repeat."
)
_SETTINGS: dict[str, Any] = {
    "API_TITLE": "Setara",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "API_SPEC_OPTIONS": {
        "info": {"description": _DESCRIPTION, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
        "security": [{"bearer": []}],
    },
}
_MONEY = {
    "type": "object",
    "required": ["amount", "currency"],
    "properties": {
        "amount": {"type": "string", "examples": ["15.00"]},
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "examples": ["USD"]},
    },
}


class ProblemSchema(ma.Schema):
    """RFC 9457, with a stable code for programs and a remedy for people. Some problems have members of their own."""

    class Meta:
        unknown = ma.INCLUDE

    type = ma.fields.String(required=True, metadata={"format": "uri-reference"})
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    detail = ma.fields.String(required=True)
    code = ma.fields.String(required=True)
    field = ma.fields.String(metadata={"description": "The member of the input that it is about"})
    remedy = ma.fields.String(metadata={"description": "What to do about it"})
    errors = ma.fields.List(ma.fields.Dict(), metadata={"description": "Each place of the input that is not right"})
    instance = ma.fields.String(required=True)
    request_id = ma.fields.String(required=True)


class InputNotRight(Invalid):
    """The framework's own check of the shape, with one entry for each place that is not right."""

    code = "input_not_right"
    title = "Some of the input is missing, unknown or of the wrong kind."
    remedy = "Each entry of `errors` names a place of the input and what is wrong there."


class SetaraApi(Api):
    """flask-smorest's Api whose refusals look like every other refusal of the house."""

    ERROR_SCHEMA = ProblemSchema
    # With a "default" answer in the document every status would be a documented one.
    DEFAULT_ERROR_RESPONSE_NAME = None

    def handle_http_exception(self, error: HTTPException) -> Any:
        messages = (getattr(error, "data", None) or {}).get("messages")
        if error.code == 422 and messages:
            return render_problem(InputNotRight(errors=list_places(messages)))
        return render_http_error(error)

    def _register_responses(self) -> None:
        """As flask-smorest has it, but with the media type that refusals really have."""
        content = {PROBLEM_JSON: {"schema": ProblemSchema}}
        for status in HTTPStatus:
            if status >= HTTPStatus.BAD_REQUEST:
                described = {"description": status.phrase, "content": content}
                self.spec.components.response(status.name, described, lazy=status not in document.EVERY_CHANGE)
        unchanged = HTTPStatus.NOT_MODIFIED
        self.spec.components.response(unchanged.name, {"description": unchanged.phrase}, lazy=True)


def list_places(messages: dict[str, Any]) -> list[dict[str, str]]:
    """webargs' tree of messages as a flat list: a JSON pointer into a body, else the parameter's name."""
    found: list[dict[str, str]] = []

    def walk(path: tuple[str, ...], node: Any) -> None:
        if isinstance(node, dict):
            for key, inner in node.items():
                walk((*path, str(key)), inner)
            return
        in_body = path[0] == "json"
        where = {"pointer": "".join(f"/{step}" for step in path[1:])} if in_body else {"parameter": path[-1]}
        found.extend(where | {"detail": str(detail)} for detail in (node if isinstance(node, list) else [node]))

    walk((), messages)
    return found


def describe_money(_converter: Any, field: ma.fields.Field[Any], **_more: Any) -> dict[str, Any]:
    """What a MoneyField is in the document; apispec asks this of every field."""
    if not isinstance(field, MoneyField):
        return {}
    return _MONEY | {"type": ["object", "null"]} if field.allow_none else dict(_MONEY)


def describe_decimal(_converter: Any, field: ma.fields.Field[Any], **_more: Any) -> dict[str, Any]:
    """An exact number is a text on the wire, which apispec does not see."""
    if not (isinstance(field, ma.fields.Decimal) and field.as_string):
        return {}
    return {"type": ["string", "null"] if field.allow_none else "string", "format": "decimal"}


def register(app: Flask) -> None:
    """Puts every door into the application, and the pages that describe them."""
    for name, value in _SETTINGS.items():
        app.config.setdefault(name, value)
    api = SetaraApi(app)
    for describe in (describe_money, describe_decimal):
        api.ma_plugin.converter.add_attribute_function(describe)
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
    app.register_blueprint(pages.blueprint)
    app.extensions[pages.DOCUMENT] = document.complete(api.spec.to_dict(), app)
