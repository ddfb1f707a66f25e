"""The doors of standards. What is fair and lawful is open to everybody; only operators enter rates."""

from datetime import date
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core import clock
from marketplace.core.http import page, problems
from marketplace.core.limits import CURIOUS, limiter
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.standards import calculator, exchange, queries, regions, service
from marketplace.standards import schemas as s
from marketplace.standards.commitments import COMMITMENTS
from marketplace.standards.models import ExchangeRate, RegionChange
from marketplace.standards.rules import RULES, Rule

blueprint = Blueprint(
    "standards", __name__, url_prefix="/api/v1/standards", description="Rules, floors, exchange rates, and the gate."
)


@blueprint.get("/rules")
@blueprint.etag
@blueprint.response(200, s.RulesSchema)
@blueprint.doc(security=[])
def list_rules() -> dict[str, Any]:
    """Every rule in force: its sentence, version, source, numbers, and the test that holds it."""
    return {"items": list(RULES.values())}


@blueprint.get("/rules/<rule_id>")
@blueprint.etag
@blueprint.response(200, s.RuleSchema)
@problems(blueprint, 404)
@blueprint.doc(security=[])
def show_rule(rule_id: str) -> Rule:
    """One rule by its id, such as FLOOR."""
    if rule_id not in RULES:
        raise NotFound
    return RULES[rule_id]


@blueprint.get("/fairness")
@blueprint.etag
@blueprint.response(200, s.CommitmentsSchema)
@blueprint.doc(security=[])
def list_commitments() -> dict[str, Any]:
    """What the guidelines, the standards and the house ask, what holds each row, and what is lacking."""
    return {"items": COMMITMENTS}


@blueprint.get("/regions")
@blueprint.arguments(s.DayArgs, location="query")
@blueprint.response(200, s.RegionsSchema)
@problems(blueprint, 422)
@blueprint.doc(security=[])
def list_regions(given: dict[str, Any]) -> dict[str, Any]:
    """Every place we know something of, as it was known on a day, with sources and confidences."""
    return {"items": queries.regions(_day(given["on"]))}


@blueprint.get("/regions/history")
@blueprint.arguments(s.PlaceArgs, location="query")
@blueprint.response(200, s.RegionHistorySchema)
@problems(blueprint, 404, 422)
@blueprint.doc(security=[])
def show_history(given: dict[str, Any]) -> dict[str, Any]:
    """Every version of what is known of a place, newest first, with what it changed."""
    return {"items": [version.as_dict() for version in queries.history(**given)]}


@blueprint.get("/region-changes")
@blueprint.arguments(s.RegionChangeArgs, location="query")
@blueprint.response(200, s.RegionChangePage)
@problems(blueprint, 401, 404, 422)
def list_changes(given: dict[str, Any]) -> dict[str, Any]:
    """What operators changed or proposed of places. For operators."""
    status = given.pop("status")
    return page(regions.changes(actor(), status), RegionChange.id, **given)


@blueprint.post("/region-changes")
@blueprint.arguments(s.NewRegionChangeSchema)
@blueprint.response(201, s.RegionChangeSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def change_region(given: dict[str, Any]) -> RegionChange:
    """Enter what is known of a place. In force at once, unless it lowers a protection: then a second operator of
    standards confirms it first."""
    return regions.change(**given, by=actor())


@blueprint.post("/region-changes/<uuid:change_id>/confirm")
@blueprint.response(200, s.RegionChangeSchema)
@problems(blueprint, 401, 403, 404, 409)
def confirm_change(change_id: UUID) -> RegionChange:
    """Confirm a change that lowers a protection: somebody else than who proposed it, once its comments are over and
    answered."""
    return regions.confirm(change_id, by=actor())


@blueprint.post("/region-changes/<uuid:change_id>/refuse")
@blueprint.response(200, s.RegionChangeSchema)
@problems(blueprint, 401, 403, 404, 409)
def refuse_change(change_id: UUID) -> RegionChange:
    """Take a waiting change off the table."""
    return regions.refuse(change_id, by=actor())


@blueprint.get("/floors")
@limiter.limit(CURIOUS)
@blueprint.arguments(s.FloorArgs, location="query")
@blueprint.response(200, s.FloorSchema)
@problems(blueprint, 422, 429)
@blueprint.doc(security=[])
def show_floor(given: dict[str, Any]) -> dict[str, Any]:
    """The least that an hour may earn in a place, and how it was found."""
    code = (given["country"], given["subdivision"])
    return queries.places([code], currency=given["currency"], on=_day(given["on"]))[0].as_dict()


@blueprint.get("/exchange")
@limiter.limit(CURIOUS)
@blueprint.arguments(s.ExchangeArgs, location="query")
@blueprint.response(200, s.ConvertedSchema)
@problems(blueprint, 409, 422, 429)
@blueprint.doc(security=[])
def show_exchange(given: dict[str, Any]) -> exchange.Converted:
    """An amount in another currency, at a sourced rate of the day or the last one before it."""
    money = Money.of(given["amount"], given["base"])
    return exchange.convert(money, given["to"], _day(given["on"]))


@blueprint.post("/verdicts")
@limiter.limit(CURIOUS)
@blueprint.arguments(s.CalculatorSchema)
@blueprint.response(200, s.JudgedSchema)
@problems(blueprint, 422, 429)
@blueprint.doc(security=[])
def judge(given: dict[str, Any]) -> calculator.Reckoning:
    """What the publishing gate would say to an offer, and what one hour of it costs. Nothing is stored."""
    offer = s.offer_of(given)
    codes = [(place["country"], place["subdivision"]) for place in given["places"]]
    return calculator.reckon(offer, codes, _day(given["on"]))


@blueprint.post("/exchange-rates")
@blueprint.arguments(s.RateEntrySchema)
@blueprint.response(201, s.ExchangeRateSchema)
@problems(blueprint, 401, 403, 404, 422)
def enter_rate(given: dict[str, Any]) -> ExchangeRate:
    """Enter a rate with its source. For operators of standards; a correction is entered again."""
    return service.enter_rate(**given, by=actor())


def _day(asked_for: date | None) -> date:
    return asked_for or clock.now().date()
