"""Contractors on the wire."""

from collections.abc import Collection, Mapping
from typing import Any

import marshmallow as ma

from marketplace.core.http import Flag, Pattern, page_schema
from marketplace.standards.rules import Confidence, HazardCategory, HazardClass
from marketplace.workforce.calendar import DAY, Dated, Quiet, Window, Wish
from marketplace.workforce.rules import (
    HOW_TO_CONTEST,
    LONGEST_WEEK,
    ContractorStatus,
    Level,
    Outcome,
    RequirementKind,
    RequirementStatus,
    Ruling,
)

VERSION = "^[0-9a-f]{12}(-[0-9a-f]{12}){2}$"
_WORDS = ma.validate.Length(1, 2000)
_HOURS = ma.validate.Range(0, LONGEST_WEEK)


def _languages(**more: Any) -> ma.fields.Dict:
    """Languages by ISO 639 code, each with its level of the Common European Framework of Reference."""
    codes = ma.fields.String(validate=Pattern("^[a-z]{2,3}$"))
    return ma.fields.Dict(codes, ma.fields.Enum(Level, by_value=True), validate=ma.validate.Length(0, 50), **more)


def _skills(**more: Any) -> ma.fields.List[str]:
    skill = ma.fields.String(validate=Pattern("^[a-z0-9]+(-[a-z0-9]+)*$"))
    return ma.fields.List(skill, validate=ma.validate.Length(0, 100), **more)


class ContractorApplicationSchema(ma.Schema):
    country = ma.fields.String(
        required=True,
        validate=Pattern("^[A-Z]{2}$"),
        metadata={"description": "Where you live: ISO 3166-1 alpha-2"},
    )
    subdivision = ma.fields.String(
        load_default=None, allow_none=True, metadata={"description": "ISO 3166-2, such as US-KS"}
    )
    timezone = ma.fields.String(required=True, metadata={"description": "IANA time zone, such as America/Chicago"})
    born_on = ma.fields.Date(required=True)
    payout_currency = ma.fields.String(
        required=True, validate=ma.validate.Length(equal=3), metadata={"description": "ISO 4217"}
    )
    languages = _languages(load_default=dict)
    skills = _skills(load_default=list)


class ContractorDescriptionSchema(ma.Schema):
    skills = _skills(required=True)
    languages = _languages(required=True)


class RequirementNoteSchema(ma.Schema):
    kind = ma.fields.Enum(RequirementKind, by_value=True, required=True)
    note = ma.fields.String(required=True, validate=_WORDS, metadata={"description": "What you show"})


def _each_kind_once(items: Collection[Mapping[str, Any]]) -> None:
    if len({each["kind"] for each in items}) < len(items):
        raise ma.ValidationError("Each kind stands once.")


def _of_each_kind(schema: type[ma.Schema]) -> ma.fields.List[Any]:
    """Several at once, of which all are done or none."""
    some = ma.validate.Length(1, len(RequirementKind))
    return ma.fields.List(ma.fields.Nested(schema), required=True, validate=[some, _each_kind_once])


class RequirementNotesSchema(ma.Schema):
    items = _of_each_kind(RequirementNoteSchema)

    @ma.post_load
    def by_kind(self, data: dict[str, Any], **_more: Any) -> dict[RequirementKind, str]:
        return {each["kind"]: each["note"] for each in data["items"]}


class RequirementSchema(ma.Schema):
    kind = ma.fields.Enum(RequirementKind, by_value=True, required=True)
    status = ma.fields.Enum(RequirementStatus, by_value=True, required=True)
    note = ma.fields.String(required=True)
    reason = ma.fields.String(required=True, metadata={"description": "Why it was met or refused"})
    decided_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    valid_until = ma.fields.Date(
        required=True, allow_none=True, metadata={"description": "The last day for which what was accepted holds"}
    )
    renewable_from = ma.fields.Date(
        required=True, allow_none=True, metadata={"description": "From when on it can be shown anew"}
    )


class RequirementsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(RequirementSchema), required=True)


class RequirementDecisionSchema(ma.Schema):
    kind = ma.fields.Enum(RequirementKind, by_value=True, required=True)
    met = Flag(required=True)
    reason = ma.fields.String(required=True, validate=_WORDS)
    valid_until = ma.fields.Date(
        load_default=None,
        allow_none=True,
        metadata={"description": "Of an identity, a residence or a right to work: the last day, if it has one"},
    )
    seen = ma.fields.String(
        load_default=None,
        allow_none=True,
        validate=Pattern(VERSION),
        metadata={"description": "The version of what you looked at. If it is no longer there, nothing is decided"},
    )


def ruling_of(given: Mapping[str, Any]) -> Ruling:
    """What a decision on the wire says, whatever it is about."""
    return Ruling(given["met"], given["reason"], given["valid_until"], given["seen"])


class RequirementDecisionsSchema(ma.Schema):
    items = _of_each_kind(RequirementDecisionSchema)

    @ma.post_load
    def by_kind(self, data: dict[str, Any], **_more: Any) -> dict[RequirementKind, Ruling]:
        return {each["kind"]: ruling_of(each) for each in data["items"]}


class ContestSchema(ma.Schema):
    words = ma.fields.String(required=True, validate=_WORDS, metadata={"description": "Why the decision is wrong"})


class VettingDecisionSchema(ma.Schema):
    """What was decided about you, why, and how to contest it."""

    id = ma.fields.UUID(required=True)
    outcome = ma.fields.Enum(Outcome, by_value=True, required=True)
    reason = ma.fields.String(required=True)
    decided_at = ma.fields.AwareDateTime(required=True)
    contest_until = ma.fields.AwareDateTime(required=True, allow_none=True)
    contest = ma.fields.String(required=True, allow_none=True, metadata={"description": "Your answer to it"})
    how_to_contest = ma.fields.Constant(HOW_TO_CONTEST)


class AvailabilityWindowSchema(ma.Schema):
    """A stretch of every week by your own clock. An end that is not after the start is on the next day."""

    weekday = ma.fields.Integer(
        strict=True, required=True, validate=ma.validate.Range(0, 6), metadata={"description": "0 is Monday"}
    )
    start_minute = ma.fields.Integer(
        strict=True,
        required=True,
        validate=ma.validate.Range(0, 1439),
        metadata={"description": "Minutes since midnight"},
    )
    end_minute = ma.fields.Integer(strict=True, required=True, validate=ma.validate.Range(1, 1440))
    wish = ma.fields.Enum(Wish, by_value=True, load_default=Wish.DESIRED)

    @ma.post_load
    def make_window(self, data: dict[str, Any], **_more: Any) -> Window:
        return Window(**data)


class AvailabilitySchema(ma.Schema):
    windows = ma.fields.List(
        ma.fields.Nested(AvailabilityWindowSchema), required=True, validate=ma.validate.Length(0, 100)
    )


class NewExceptionSchema(ma.Schema):
    """What is other on certain days of your own calendar; the same stretch of each of them, the whole day if no other
    is named."""

    first_day = ma.fields.Date(required=True)
    last_day = ma.fields.Date(load_default=None, allow_none=True, metadata={"description": "The first, if not given"})
    start_minute = ma.fields.Integer(strict=True, load_default=0, validate=ma.validate.Range(0, DAY - 1))
    end_minute = ma.fields.Integer(strict=True, load_default=DAY, validate=ma.validate.Range(1, DAY))
    wish = ma.fields.Enum(Wish, by_value=True, required=True)
    note = ma.fields.String(load_default="", validate=ma.validate.Length(0, 200))

    @ma.post_load
    def make_dated(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        note = data.pop("note")
        return {"dated": Dated(**data | {"last_day": data["last_day"] or data["first_day"]}), "note": note}


class ExceptionSchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    first_day = ma.fields.Date(required=True)
    last_day = ma.fields.Date(required=True)
    start_minute = ma.fields.Integer(required=True)
    end_minute = ma.fields.Integer(required=True)
    wish = ma.fields.Enum(Wish, by_value=True, required=True)
    note = ma.fields.String(required=True)


class ExceptionsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(ExceptionSchema), required=True)


class HolidaysSchema(ma.Schema):
    year = ma.fields.Integer(strict=True, required=True, validate=ma.validate.Range(2000, 2100))
    wish = ma.fields.Enum(Wish, by_value=True, required=True)


class QuietSchema(ma.Schema):
    """From when until when on every day nothing rings, in minutes since midnight; both null where nothing is quiet."""

    from_minute = ma.fields.Integer(strict=True, required=True, allow_none=True, validate=ma.validate.Range(0, DAY - 1))
    until_minute = ma.fields.Integer(
        strict=True, required=True, allow_none=True, validate=ma.validate.Range(0, DAY - 1)
    )

    @ma.validates_schema
    def check_both(self, data: dict[str, int | None], **_more: Any) -> None:
        if (data.get("from_minute") is None) != (data.get("until_minute") is None):
            raise ma.ValidationError("Give both, or null for both.", "until_minute")

    @ma.post_load
    def make_quiet(self, data: dict[str, Any], **_more: Any) -> dict[str, Quiet | None]:
        return {"quiet": None if data["from_minute"] is None else Quiet(**data)}


class TimeSchema(ma.Schema):
    """All that you say about your time."""

    timezone = ma.fields.String(required=True)
    band_min_hours = ma.fields.Integer(required=True)
    band_max_hours = ma.fields.Integer(required=True)
    windows = ma.fields.List(ma.fields.Nested(AvailabilityWindowSchema), required=True)
    exceptions = ma.fields.List(ma.fields.Nested(ExceptionSchema), required=True)
    quiet = ma.fields.Nested(QuietSchema, required=True, allow_none=True)


class BandSchema(ma.Schema):
    """How many hours a week you want."""

    min_hours = ma.fields.Integer(strict=True, required=True, validate=_HOURS)
    max_hours = ma.fields.Integer(strict=True, required=True, validate=_HOURS)


class HazardConsentGivenSchema(ma.Schema):
    category = ma.fields.Enum(HazardCategory, by_value=True, required=True)
    up_to = ma.fields.Enum(HazardClass, by_value=True, required=True, metadata={"description": "The heaviest class"})


class HazardConsentRevokedSchema(ma.Schema):
    category = ma.fields.Enum(HazardCategory, by_value=True, required=True)


class HazardConsentSchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    category = ma.fields.String(required=True)
    up_to = ma.fields.String(required=True)
    given_at = ma.fields.AwareDateTime(required=True)
    revoked_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class HazardConsentsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(HazardConsentSchema), required=True)


class PayoutAccountSchema(ma.Schema):
    rail = ma.fields.String(required=True)
    reference = ma.fields.String(required=True, metadata={"description": "What the rail knows the account by"})
    given_at = ma.fields.AwareDateTime(required=True)


class CoveredSchema(ma.Schema):
    """`confidence` is null where no wage is known, and the house floor alone protects them."""

    confidence = ma.fields.Enum(Confidence, by_value=True, required=True, allow_none=True)
    contractors = ma.fields.Integer(required=True)


class CoverageSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(CoveredSchema), required=True)


class ContractorSchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    status = ma.fields.Enum(ContractorStatus, by_value=True, required=True)
    country = ma.fields.String(required=True)
    subdivision = ma.fields.String(required=True, allow_none=True)
    timezone = ma.fields.String(required=True)
    born_on = ma.fields.Date(required=True, allow_none=True)
    band_min_hours = ma.fields.Integer(required=True)
    band_max_hours = ma.fields.Integer(required=True)
    payout_currency = ma.fields.String(required=True)
    applied_at = ma.fields.AwareDateTime(required=True)
    vetted_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class ContractorProfileSchema(ma.Schema):
    """All that the service knows of a contractor in this room."""

    contractor = ma.fields.Nested(ContractorSchema, required=True)
    requirements = ma.fields.List(ma.fields.Nested(RequirementSchema), required=True)
    versions = ma.fields.Dict(
        ma.fields.Enum(RequirementKind, by_value=True),
        ma.fields.String(validate=Pattern(VERSION)),
        required=True,
        metadata={"description": "Of each requirement: what whoever decides about it names as seen"},
    )
    decisions = ma.fields.List(ma.fields.Nested(VettingDecisionSchema), required=True)
    skills = _skills(required=True)
    languages = _languages(required=True)
    windows = ma.fields.List(ma.fields.Nested(AvailabilityWindowSchema), required=True)
    exceptions = ma.fields.List(ma.fields.Nested(ExceptionSchema), required=True)
    consents = ma.fields.List(ma.fields.Nested(HazardConsentSchema), required=True)
    payout_rail = ma.fields.String(required=True, allow_none=True)
    is_reached = ma.fields.Boolean(
        required=True,
        metadata={"description": "Whether people of their country are paid yet; else it waits (RAIL_REACH)"},
    )


ContractorPage = page_schema(ContractorSchema, "ContractorPage")
