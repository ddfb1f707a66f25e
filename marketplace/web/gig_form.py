"""A gig's terms as a form: what is written in plain fields becomes the terms that the API takes."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import marshmallow as ma
from flask_babel import gettext

from marketplace.core.money import Money
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import Where
from marketplace.gigs.schemas import PilotReportSchema, TermsSchema
from marketplace.standards.rates import NO_STEP
from marketplace.web.amounts import in_field
from marketplace.web.typed import lines, lists_as_one, typed

_SEPARATORS = re.compile(r"[,;\s]+")
_IN_CRITERIA = ("skills", "languages", "reason")
_MAY_BE_EMPTY = ("margin", "client_pays", "piece_price")
"""Amounts that a gig need not have."""


class GigForm(TermsSchema):
    """Fields beside those of `TermsSchema`: `known_places` (boxes) and `places` (codes in a text), `skills`,
    `languages.CODE` and `reason` of the criteria, `planned_hours` with at most two decimals, and an empty margin.
    `qualifications` are codes, `proven` lines "skill = level", and `steps` lines "level = percent more" of the
    `steps_skill`."""

    @ma.pre_load
    def take_from_fields(self, data: Mapping[str, Any], **_more: Any) -> dict[str, Any]:
        terms = dict(data)
        criteria = {name: terms.pop(name) for name in _IN_CRITERIA if name in terms}
        criteria["skills"] = _words(criteria.get("skills", ""))
        criteria["places"] = [_place(code) for code in _codes(terms)]
        criteria["qualifications"] = _words(terms.pop("qualifications", ""))
        criteria["skill_levels"] = dict(_pairs(terms.pop("proven", "")))
        steps = _steps(terms.pop("steps_skill", ""), terms.pop("steps", ""))
        if "planned_hours" in terms:
            terms["planned_minutes"] = _minutes(terms.pop("planned_hours"))
        if not terms.get("most_pieces"):
            terms.pop("most_pieces", None)
        for name in _MAY_BE_EMPTY:
            if "amount" not in terms.get(name, {}):
                terms.pop(name, None)
        return typed(self, terms) | {"criteria": criteria, "pay_steps": steps}

    def handle_error(self, error: ma.ValidationError, data: Any, **_more: Any) -> None:
        """What is wrong in the criteria stands beside the plain fields that they were written in."""
        error.messages = _plain(error.messages)


class PilotForm(PilotReportSchema):
    """`PilotReportSchema` with its places written as codes."""

    @ma.pre_load
    def take_from_fields(self, data: Mapping[str, Any], **_more: Any) -> dict[str, Any]:
        report = dict(data)
        return typed(self, report) | {"places": [_place(code) for code in _codes(report)]}

    def handle_error(self, error: ma.ValidationError, data: Any, **_more: Any) -> None:
        error.messages = lists_as_one(error.messages)


def values_of(gig: Gig) -> dict[str, Any]:
    """What stands in the form's fields for a gig."""
    criteria = gig.criteria
    values: dict[str, Any] = {
        "title": gig.title,
        "description": gig.description,
        "work_kind": str(gig.work_kind),
        "payment_model": str(gig.payment_model),
        "planned_hours": _plain_number(Decimal(gig.planned_minutes) / 60),
        "hazard_class": str(gig.hazard_class),
        "hazard_categories": list(gig.hazard_categories),
        "margin_party": gig.margin_party or "",
        "contact_id": str(gig.contact_id),
        "data_use": gig.data_use,
        "places": ", ".join(code_of(place) for place in criteria.places),
        "skills": list(criteria.skills),
        "reason": criteria.reason,
        "qualifications": ", ".join(criteria.qualifications),
        "proven": "\n".join(f"{need.skill} = {need.level}" for need in criteria.skill_levels),
    }
    if gig.most_pieces is not None:
        values["most_pieces"] = str(gig.most_pieces)
    if (steps := gig.pay_steps) is not None:
        values["steps_skill"] = steps.skill
        values["steps"] = "\n".join(f"{level} = {_more_percent(points)}" for level, points in steps.by_level)
    values |= {f"languages.{need.language}": str(need.level) for need in criteria.languages}
    values |= {f"unpaid.{kind}": str(minutes) for kind, minutes in gig.unpaid.items()}
    for name in ("rate", *_MAY_BE_EMPTY):
        money = getattr(gig, name)
        values |= money_values(name, money) if money is not None else {}
    return values


def money_values(name: str, money: Money) -> dict[str, str]:
    """What stands in the two fields of an amount."""
    return {f"{name}.amount": in_field(money), f"{name}.currency": money.currency}


def code_of(place: Where) -> str:
    """The one code of a place: US-KS, or KE."""
    return place.subdivision or place.country


def _codes(terms: dict[str, Any]) -> list[str]:
    """Every place that was ticked or written, each once."""
    boxes = terms.pop("known_places", [])
    ticked = boxes if isinstance(boxes, list) else [boxes]
    found = [*(box for box in ticked if box), *_words(terms.pop("places", ""))]
    return list(dict.fromkeys(code.upper() for code in found))


def _place(code: str) -> dict[str, str | None]:
    return {"country": code.partition("-")[0], "subdivision": code if "-" in code else None}


def _words(text: str | list[str]) -> list[str]:
    """Words that are separated by commas or blanks, or that come from several boxes."""
    parts = text if isinstance(text, list) else [text]
    return [word for part in parts for word in _SEPARATORS.split(part.strip()) if word]


def _pairs(text: str) -> list[tuple[str, Any]]:
    """Lines "name = number"; what is no number is left as it was typed, for the schema to refuse."""
    pairs = (line.rpartition("=") for line in lines(text))
    return [(name.strip(), int(number) if number.strip().isdecimal() else number) for name, _, number in pairs]


def _steps(skill: str, text: str) -> dict[str, Any] | None:
    """Lines "level = percent more" of a skill, as the API takes them; None where nothing is written."""
    pairs = [(level, more.replace(",", ".")) for level, more in ((n, str(p)) for n, p in _pairs(text))]
    if not pairs and not skill.strip():
        return None
    return {"skill": skill.strip(), "steps": [{"level": _number(n), "points": _points(more)} for n, more in pairs]}


def _number(text: str) -> Any:
    return int(text) if text.isdecimal() else text


def _points(more: str) -> Any:
    """12.5 percent more are 11250 ten-thousandths; what is no such number is left as it was typed."""
    try:
        points = NO_STEP + Decimal(more) * 100
    except InvalidOperation:
        return more
    return int(points) if points.is_finite() and points == points.to_integral_value() else more


def _more_percent(points: int) -> str:
    return _plain_number(Decimal(points - NO_STEP) / 100)


def _minutes(hours: str) -> Any:
    """Whole minutes; what is no number of hours is left as it was typed, for the schema to refuse."""
    try:
        minutes = Decimal(hours.replace(",", ".")) * 60
    except InvalidOperation:
        return hours
    return int(minutes) if minutes.is_finite() and minutes == minutes.to_integral_value() else hours


def _plain_number(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.01')).normalize():f}"


def _plain(messages: Any) -> dict[str, Any]:
    """The tree of errors with the criteria's at the top, and each list's as one."""
    found: dict[str, Any] = lists_as_one(messages)
    inner = found.pop("criteria", {})
    found |= inner if isinstance(inner, Mapping) else {"places": inner}
    if "skill_levels" in found:
        found["proven"] = [gettext("Write a skill = a level from 1 to 4 in each line.")]
        del found["skill_levels"]
    if "pay_steps" in found:
        found["steps"] = [gettext("Write a level = percent more in each line, such as 2 = 10.")]
        del found["pay_steps"]
    if "planned_minutes" in found:
        found["planned_hours"] = [gettext("Give hours above zero, such as 4 or 12.5.")]
        del found["planned_minutes"]
    return found
