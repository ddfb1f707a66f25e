"""Rules, places, floors, rates, offers and verdicts on the wire."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import marshmallow as ma

from marketplace.core.http import AMOUNT, Flag, MoneyField, PageArgs, Pattern, page_schema
from marketplace.core.money import Money
from marketplace.standards.asked import Origin
from marketplace.standards.commitments import State
from marketplace.standards.day_schemas import DayLawSchema, NightLawSchema
from marketplace.standards.floor import FloorKind, Period, in_digits
from marketplace.standards.line_kinds import LineKind, Payee
from marketplace.standards.offer import Offer, PilotFacts, UnpaidKind, an_hour_of_pieces
from marketplace.standards.overtime import CountedBy
from marketplace.standards.protection import ChangeStatus, RegionFacts
from marketplace.standards.rules import Basis, Confidence, HazardCategory, HazardClass, Outcome, PaymentModel

MOST_PLACES = 50
_DAY = ma.validate.Range(date(1999, 1, 4), date(2099, 12, 31))
"""The bank's first fixing, and a day that nobody plans beyond."""
_LONGEST_UNPAID = 600
_SHORT = ma.validate.Length(1, 100)
_DECIMAL = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")


class CurrencyField(ma.fields.String):
    """Three capital letters of ISO 4217."""

    def __init__(self, **more: Any) -> None:
        super().__init__(validate=Pattern("^[A-Z]{3}$"), **more)


class DecimalField(ma.fields.String):
    """A number as people write it, in a text: "136.60". No exponents, no float."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text is None or not _DECIMAL.fullmatch(text):
            raise ma.ValidationError('Give a number as a text, such as "136.60".')
        return Decimal(text)


def unpaid_minutes() -> ma.fields.Integer:
    return ma.fields.Integer(
        load_default=0, dump_default=0, strict=True, validate=ma.validate.Range(0, _LONGEST_UNPAID)
    )


class RateField(ma.fields.Field[Fraction]):
    """An exact rate as a text, cut after ten digits."""

    def _serialize(self, value: Fraction | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else in_digits(value, 10)


# --- rules and verdicts ---------------------------------------------------------------------------------------------


class EditionSchema(ma.Schema):
    """One version of a rule. `valid_until` is null for the one in force."""

    version = ma.fields.Integer(required=True)
    sentence = ma.fields.String(required=True)
    valid_from = ma.fields.Date(required=True)
    valid_until = ma.fields.Date(required=True, allow_none=True)
    parameters = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer(), required=True)


class RuleSchema(ma.Schema):
    """A published rule with the numbers that the code reads, and every version of it, the one in force first.
    `held_by` is the test that holds it."""

    id = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)
    sentence = ma.fields.String(required=True)
    basis = ma.fields.Enum(Basis, by_value=True, required=True)
    source = ma.fields.String(required=True)
    valid_from = ma.fields.Date(required=True)
    parameters = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer(), required=True)
    held_by = ma.fields.String(required=True)
    versions = ma.fields.List(ma.fields.Nested(EditionSchema), required=True)


class HeldSchema(ma.Schema):
    """What holds a row: ids of rules, `table.column` of records or files, and tests. `lacks` is what nobody built."""

    rules = ma.fields.List(ma.fields.String(), required=True)
    records = ma.fields.List(ma.fields.String(), required=True)
    tests = ma.fields.List(ma.fields.String(), required=True)
    lacks = ma.fields.String(required=True)


class CommitmentSchema(ma.Schema):
    """One row of what is asked of the service. P1 to P21 are our rules made from the Partnership on AI's five
    guidelines; Fairwork's points are our own assessment."""

    origin = ma.fields.Enum(Origin, by_value=True, required=True)
    id = ma.fields.String(required=True)
    asked = ma.fields.String(required=True)
    state = ma.fields.Enum(State, by_value=True, required=True)
    held = ma.fields.Nested(HeldSchema, required=True)


class CommitmentsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(CommitmentSchema), required=True)


class RulesSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(RuleSchema), required=True)


class RuleVerdictSchema(ma.Schema):
    """One rule applied to one case. `limit` is what would pass, `remedy` what to do."""

    rule = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)
    outcome = ma.fields.Enum(Outcome, by_value=True, required=True)
    sentence = ma.fields.String(required=True)
    source = ma.fields.String(required=True)
    inputs = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String(), required=True)
    limit = ma.fields.String(required=True, allow_none=True)
    remedy = ma.fields.String(required=True, allow_none=True)
    confidence = ma.fields.Enum(Confidence, by_value=True, required=True, allow_none=True)


class HourLineSchema(ma.Schema):
    """One line of what an hour costs. `seconds` of `sick_accrual` are the leave that accrues."""

    kind = ma.fields.Enum(LineKind, by_value=True, required=True)
    payee = ma.fields.Enum(Payee, by_value=True, required=True)
    money = MoneyField(required=True)
    seconds = ma.fields.Integer(required=True)
    rate = MoneyField(required=True, allow_none=True)
    percent = ma.fields.Decimal(required=True, allow_none=True, as_string=True)
    rule = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)


class JudgedSchema(ma.Schema):
    """What the gate says, and what one hour costs and brings."""

    passes = ma.fields.Boolean(required=True)
    verdicts = ma.fields.List(ma.fields.Nested(RuleVerdictSchema), required=True)
    hour = ma.fields.List(ma.fields.Nested(HourLineSchema), required=True)


# --- an offer to be judged ------------------------------------------------------------------------------------------


class OfferPlaceSchema(ma.Schema):
    country = ma.fields.String(required=True, validate=ma.validate.Length(2, 2), metadata={"examples": ["US"]})
    subdivision = ma.fields.String(
        load_default=None, allow_none=True, validate=ma.validate.Length(4, 6), metadata={"examples": ["US-KS"]}
    )


class UnpaidSchema(ma.Schema):
    """The minutes that come with an hour of paid work and that nobody pays, each kind by its name (P2)."""

    reading = unpaid_minutes()
    training = unpaid_minutes()
    qualification = unpaid_minutes()
    waiting = unpaid_minutes()
    rework = unpaid_minutes()
    breaks = unpaid_minutes()

    @ma.post_load
    def _make(self, data: dict[str, int], **_: Any) -> dict[UnpaidKind, int]:
        return {UnpaidKind(kind): minutes for kind, minutes in data.items() if minutes}


class PilotFactsSchema(ma.Schema):
    """A pilot as it was run. `item_seconds_p75`: the seconds that three of four items took at most."""

    finished = Flag(required=True)
    paid = Flag(required=True)
    workers = ma.fields.Integer(required=True, strict=True, validate=ma.validate.Range(0, 10**6))
    items = ma.fields.Integer(required=True, strict=True, validate=ma.validate.Range(0, 10**9))
    item_seconds_p75 = ma.fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=ma.validate.Range(1, 10**6)
    )
    unpaid = ma.fields.Nested(UnpaidSchema, load_default=dict)
    places = ma.fields.List(
        ma.fields.String(validate=_SHORT), load_default=list, validate=ma.validate.Length(max=MOST_PLACES)
    )


class CalculatorSchema(ma.Schema):
    """An offer as somebody thinks of it. What is not said of the company, the money and the instructions counts as not
    done yet. Amounts are an hour, all in the currency of the rate; `taken_percent` is taken out of the pay. Work by the
    piece may name `piece_price` and the pilot's time in place of the rate that they make."""

    rate = MoneyField(load_default=None)
    piece_price = MoneyField(load_default=None, allow_none=True)
    places = ma.fields.List(
        ma.fields.Nested(OfferPlaceSchema), required=True, validate=ma.validate.Length(1, MOST_PLACES)
    )
    payment_model = ma.fields.Enum(PaymentModel, by_value=True, load_default=PaymentModel.HOURLY)
    hazard_class = ma.fields.Enum(HazardClass, by_value=True, load_default=HazardClass.H0)
    hazard_categories = ma.fields.List(
        ma.fields.Enum(HazardCategory, by_value=True), load_default=list, validate=ma.validate.Length(max=20)
    )
    criteria = ma.fields.List(
        ma.fields.String(validate=_SHORT), load_default=list, validate=ma.validate.Length(max=MOST_PLACES)
    )
    other_rates = ma.fields.List(MoneyField(), load_default=list, validate=ma.validate.Length(max=MOST_PLACES))
    margin = MoneyField(load_default=None, allow_none=True)
    margin_party = ma.fields.String(load_default=None, allow_none=True, validate=_SHORT)
    client_pays = MoneyField(load_default=None, allow_none=True)
    taken_percent = DecimalField(load_default=Decimal(0), metadata={"examples": ["0"]})
    unpaid = ma.fields.Nested(UnpaidSchema, load_default=dict)
    funds_held = MoneyField(load_default=None, allow_none=True)
    funds_needed = MoneyField(load_default=None, allow_none=True)
    instructions_verified = Flag(load_default=False)
    company_verified = Flag(load_default=False)
    signatory_verified = Flag(load_default=False)
    care_line_named = Flag(load_default=False)
    pilot = ma.fields.Nested(PilotFactsSchema, load_default=None, allow_none=True)
    on = ma.fields.Date(load_default=None, allow_none=True, validate=_DAY)

    @ma.validates_schema
    def _has_a_rate(self, data: Mapping[str, Any], **_: Any) -> None:
        pilot = data.get("pilot") or {}
        if data.get("rate") is None and not (data.get("piece_price") and pilot.get("item_seconds_p75")):
            raise ma.ValidationError("Give a rate, or the price of a piece and the pilot's time.", "rate")


def offer_of(given: Mapping[str, Any]) -> Offer:
    """The offer that the calculator's input means. Raises BadOffer."""
    pilot = given["pilot"]
    facts = PilotFacts(**{**pilot, "places": frozenset(pilot["places"])}) if pilot else None
    rate: Money | None = given["rate"]
    if rate is None:
        rate = an_hour_of_pieces(given["piece_price"], pilot["item_seconds_p75"])
    nothing = Money.zero(rate.currency)
    left_out = ("rate", "places", "on", "taken_percent", "pilot", "funds_held", "funds_needed")
    return Offer(
        **{name: value for name, value in given.items() if name not in left_out},
        rate=rate,
        taken_from_pay=Fraction(given["taken_percent"]) / 100,
        pilot=facts,
        funds_held=given["funds_held"] or nothing,
        funds_needed=given["funds_needed"] or nothing,
    )


# --- places and floors ----------------------------------------------------------------------------------------------


class BenchmarkSchema(ma.Schema):
    """A wage as it was published, in the currency's own unit."""

    kind = ma.fields.Enum(FloorKind, by_value=True, required=True)
    amount = ma.fields.Decimal(required=True, as_string=True)
    currency = ma.fields.String(required=True)
    period = ma.fields.Enum(Period, by_value=True, required=True)
    confidence = ma.fields.Enum(Confidence, by_value=True, required=True, allow_none=True)


class OvertimeLawSchema(ma.Schema):
    """A standard day beside the week, and steps: the first minutes of overtime, of a day or a week as `counted_by`
    says, earn the first percentage of the rate, further ones the further one, and so do those of a day beyond its
    long day. Null is what a law does not have, or nothing is known of; then the week and the multiple hold alone. A law
    that has `starts` holds for work from that day on, until the one that comes `then`."""

    day_minutes = ma.fields.Integer(required=True, allow_none=True)
    first_percent = ma.fields.Integer(required=True, allow_none=True)
    first_minutes = ma.fields.Integer(required=True, allow_none=True)
    further_percent = ma.fields.Integer(required=True, allow_none=True)
    counted_by = ma.fields.Enum(CountedBy, by_value=True, required=True)
    long_day_minutes = ma.fields.Integer(required=True, allow_none=True)
    starts = ma.fields.Date(required=True, allow_none=True)
    source = ma.fields.String(required=True)
    then = ma.fields.Nested("OvertimeLawSchema", required=True, allow_none=True)


class RegionSchema(ma.Schema):
    """What is known of a place. Nothing was found for what is null, which does not mean that there is no law."""

    country = ma.fields.String(required=True)
    subdivision = ma.fields.String(required=True, allow_none=True)
    version = ma.fields.Integer(required=True)
    currency = ma.fields.String(required=True)
    timezones = ma.fields.List(ma.fields.String(), required=True)
    benchmarks = ma.fields.List(ma.fields.Nested(BenchmarkSchema), required=True)
    weekly_hours = ma.fields.Decimal(required=True, allow_none=True, as_string=True)
    overtime_multiplier = ma.fields.Decimal(required=True, allow_none=True, as_string=True)
    overtime = ma.fields.Nested(OvertimeLawSchema, required=True)
    premium_days = ma.fields.List(ma.fields.Nested(DayLawSchema), required=True)
    night_laws = ma.fields.List(
        ma.fields.Nested(NightLawSchema),
        required=True,
        metadata={"description": "None where the house's night holds: from 22:00 to 06:00, 10 % more"},
    )
    daily_rest_hours = ma.fields.Decimal(required=True, allow_none=True, as_string=True)
    hours_confidence = ma.fields.Enum(Confidence, by_value=True, required=True, allow_none=True)
    source = ma.fields.String(required=True)
    as_of = ma.fields.String(required=True)
    notes = ma.fields.String(required=True)


class RegionsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(RegionSchema), required=True)


class DifferenceSchema(ma.Schema):
    """One fact that a version changed; empty where nothing was known."""

    field = ma.fields.String(required=True)
    before = ma.fields.String(required=True)
    after = ma.fields.String(required=True)


class RegionVersionSchema(ma.Schema):
    """One version of what is known of a place: from when it holds, what it rests on, and what it changed. It was
    entered by an operator unless it came with the first file, and confirmed by a second where it lowered a protection.
    """

    version = ma.fields.Integer(required=True)
    valid_from = ma.fields.Date(required=True)
    source = ma.fields.String(required=True)
    as_of = ma.fields.String(required=True)
    entered_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    is_confirmed = ma.fields.Boolean(required=True)
    changed = ma.fields.List(ma.fields.Nested(DifferenceSchema), required=True)


class RegionHistorySchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(RegionVersionSchema), required=True)


class PlaceArgs(ma.Schema):
    country = ma.fields.String(required=True, validate=ma.validate.Length(2, 2))
    subdivision = ma.fields.String(load_default=None, validate=ma.validate.Length(4, 6))


def _figure(example: str) -> DecimalField:
    return DecimalField(load_default=None, allow_none=True, metadata={"examples": [example]})


class RegionFactsSchema(ma.Schema):
    """All that is known of a place, in place of what was known before. What is null was not found. A wage has its
    period, each value its confidence, and all of them where they were published and from when they hold."""

    currency = CurrencyField(required=True)
    timezones = ma.fields.List(ma.fields.String(validate=_SHORT), required=True, validate=ma.validate.Length(1, 60))
    min_wage = _figure("7.25")
    min_wage_period = ma.fields.Enum(Period, by_value=True, load_default=None, allow_none=True)
    min_wage_hourly = _figure("31.40")
    min_wage_confidence = ma.fields.Enum(Confidence, by_value=True, load_default=None, allow_none=True)
    living_wage = _figure("13.45")
    living_wage_period = ma.fields.Enum(Period, by_value=True, load_default=None, allow_none=True)
    living_wage_confidence = ma.fields.Enum(Confidence, by_value=True, load_default=None, allow_none=True)
    weekly_hours = _figure("40")
    overtime_multiplier = _figure("1.5")
    daily_rest_hours = _figure("11")
    hours_confidence = ma.fields.Enum(Confidence, by_value=True, load_default=None, allow_none=True)
    source = ma.fields.String(required=True, validate=ma.validate.Length(1, 2000))
    as_of = ma.fields.String(
        required=True, validate=Pattern("^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"), metadata={"examples": ["2026-01-01"]}
    )
    notes = ma.fields.String(load_default="", validate=ma.validate.Length(0, 2000))

    @ma.post_load
    def _make(self, data: dict[str, Any], **_: Any) -> RegionFacts:
        return RegionFacts(**data | {"timezones": tuple(data["timezones"])})


class NewRegionChangeSchema(PlaceArgs):
    """What is known of a place from a day on, today if none is named. `based_on` is the version that was looked at,
    null where there was none."""

    facts = ma.fields.Nested(RegionFactsSchema, required=True)
    valid_from = ma.fields.Date(load_default=None, allow_none=True, validate=_DAY)
    based_on = ma.fields.Integer(required=True, allow_none=True, strict=True, validate=ma.validate.Range(1, 10**6))


class RegionChangeSchema(ma.Schema):
    """A change of a place. One that lowers a protection waits for a second operator, and has no version before."""

    id = ma.fields.UUID(required=True)
    country = ma.fields.String(required=True)
    subdivision = ma.fields.String(required=True, allow_none=True)
    status = ma.fields.Enum(ChangeStatus, by_value=True, required=True)
    lowers = ma.fields.List(ma.fields.String(), required=True)
    based_on = ma.fields.Integer(required=True, allow_none=True)
    version = ma.fields.Integer(required=True, allow_none=True)
    valid_from = ma.fields.Date(required=True)
    facts = ma.fields.Dict(required=True)
    proposed_by = ma.fields.UUID(required=True)
    proposed_at = ma.fields.AwareDateTime(required=True)
    comments_until = ma.fields.AwareDateTime(required=True, allow_none=True)
    decided_by = ma.fields.UUID(required=True, allow_none=True)
    decided_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class RegionChangeArgs(PageArgs):
    status = ma.fields.Enum(ChangeStatus, by_value=True, load_default=None)


RegionChangePage = page_schema(RegionChangeSchema, "RegionChangePage")


class DayArgs(ma.Schema):
    on = ma.fields.Date(load_default=None, validate=_DAY, metadata={"description": "Today if it is left out"})


class FloorArgs(DayArgs, PlaceArgs):
    currency = CurrencyField(load_default="USD")


class UsedRateSchema(ma.Schema):
    rate = RateField(required=True, metadata={"type": "string"})
    quoted_on = ma.fields.Date(required=True)
    source = ma.fields.String(required=True)


class FloorPartSchema(BenchmarkSchema):
    """One figure of a floor. `hours` is what its period was divided by; `hourly` is null where no sourced rate
    leads into the floor's currency."""

    hours = ma.fields.String(required=True)
    hourly = ma.fields.String(required=True, allow_none=True)
    exchange = ma.fields.Nested(UsedRateSchema, required=True, allow_none=True)
    source = ma.fields.String(required=True)
    as_of = ma.fields.String(required=True)


class FloorSchema(ma.Schema):
    """The least an hour may earn in a place: the highest of the parts. Not `complete` where one could not be compared,
    and then the gate lets nothing pass."""

    country = ma.fields.String(required=True)
    subdivision = ma.fields.String(required=True, allow_none=True)
    version = ma.fields.Integer(required=True, allow_none=True)
    lowest_rate = MoneyField(required=True)
    decided_by = ma.fields.String(required=True, allow_none=True)
    complete = ma.fields.Boolean(required=True)
    parts = ma.fields.List(ma.fields.Nested(FloorPartSchema), required=True)


# --- exchange -------------------------------------------------------------------------------------------------------


class ExchangeArgs(DayArgs):
    amount = ma.fields.String(load_default="1", validate=Pattern(f"^{AMOUNT.pattern}$"))
    base = CurrencyField(required=True, data_key="from")
    to = CurrencyField(required=True)


class ConvertedSchema(ma.Schema):
    """An exchanged amount, rounded half up, with the rate and where it comes from. `note` says when the rate is older
    than the day asked for."""

    money = MoneyField(required=True)
    rate = RateField(required=True, metadata={"type": "string"})
    quoted_on = ma.fields.Date(required=True)
    asked_for = ma.fields.Date(required=True)
    source = ma.fields.String(required=True)
    note = ma.fields.String(required=True)


class RateEntrySchema(ma.Schema):
    """One `base` is `rate` units of `quote` on that day."""

    base = CurrencyField(required=True)
    quote = CurrencyField(required=True)
    rate = DecimalField(required=True, metadata={"examples": ["136.60"]})
    quoted_on = ma.fields.Date(required=True, validate=_DAY)
    source = ma.fields.String(required=True, validate=ma.validate.Length(1, 500))


class ExchangeRateSchema(ma.Schema):
    """A rate as it was entered. It is never changed."""

    id = ma.fields.UUID(required=True)
    base = ma.fields.String(required=True)
    quote = ma.fields.String(required=True)
    quoted_on = ma.fields.Date(required=True)
    source = ma.fields.String(required=True)
    rate = ma.fields.Decimal(required=True, as_string=True)
    entered_at = ma.fields.AwareDateTime(required=True)
