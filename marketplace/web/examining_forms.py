"""The forms of whoever writes a test: an item's answers as lines of text, and back."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask_babel import gettext

from marketplace.qualifications.models import Qualification
from marketplace.qualifications.rules import MOST_ITEMS, Paper, Reveal
from marketplace.qualifications.scoring import LONGEST_PROMPT, MOST_POINTS, BadItem, Item, ItemKind, check_item
from marketplace.web.amounts import in_field
from marketplace.web.typed import lines


class ItemForm(ma.Schema):
    """One item. `answers` are lines: choices, the right ones begin with a star; accepted texts; one pattern; a number,
    and behind a blank how far an answer may lie from it; "thing = class"; things in their right order."""

    kind = ma.fields.Enum(ItemKind, by_value=True, required=True)
    prompt = ma.fields.String(required=True, validate=ma.validate.Length(1, LONGEST_PROMPT))
    answers = ma.fields.String(required=True, validate=ma.validate.Length(1, 20_000))
    points = ma.fields.Integer(load_default=1, validate=ma.validate.Range(1, MOST_POINTS))
    explanation = ma.fields.String(load_default="")

    @ma.post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Item:
        written = lines(data.pop("answers"))
        ask, key = _parts(data["kind"], written)
        item = Item(ask=ask, key=key, **data)
        try:
            check_item(item)
        except BadItem as wrong:
            raise ma.ValidationError(gettext(wrong.detail), "answers") from wrong
        return item


class PaperForm(ma.Schema):
    """All of a version but its items."""

    pass_percent = ma.fields.Integer(required=True, validate=ma.validate.Range(1, 100))
    estimate_minutes = ma.fields.Integer(required=True, validate=ma.validate.Range(1, 240))
    draw = ma.fields.Integer(load_default=None, validate=ma.validate.Range(1, MOST_ITEMS))
    limit_minutes = ma.fields.Integer(load_default=None, validate=ma.validate.Range(1, 30_000))
    reveal = ma.fields.Enum(Reveal, by_value=True, load_default=Reveal.AFTER_PASS)

    @ma.post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Paper:
        return Paper(items=(), **data)


class VerdictForm(ma.Schema):
    """A decision about a contested item. `answers` as in `ItemForm`, for a correction."""

    verdict = ma.fields.String(required=True, validate=ma.validate.OneOf(("dismiss", "void", "correct")))
    answers = ma.fields.String(load_default="")
    reason = ma.fields.String(required=True, validate=ma.validate.Length(1, 2000))


def decided(item: Item, data: Mapping[str, str]) -> Mapping[str, Any] | None:
    """The corrected key; None where every answer is to count. What can be chosen stays as it was asked."""
    if data["verdict"] == "void":
        return None
    _ask, key = _parts(item.kind, lines(data["answers"]))
    known = {str(each["text"]): str(each["id"]) for name in item.ask for each in item.ask[name]}
    match item.kind:
        case ItemKind.CHOICE_ONE | ItemKind.CHOICE_MANY:
            return {"right": [known.get(text.lstrip("* "), "") for text in lines(data["answers"])]}
        case ItemKind.CLASSES:
            pairs = (text.rpartition("=") for text in lines(data["answers"]))
            return {"right": {known.get(thing.strip(), ""): known.get(where.strip(), "") for thing, _, where in pairs}}
        case ItemKind.RANKING:
            return {"order": [known.get(text, "") for text in lines(data["answers"])]}
        case _:
            return key


def spec_values(found: Qualification) -> dict[str, str]:
    """What stands in the fields of a description."""
    proves = found.proves
    return {
        "code": found.code,
        "title": found.title,
        "about": found.description,
        "rate.amount": in_field(found.rate),
        "rate.currency": found.currency,
        "proves.skill": proves.skill or "",
        "proves.skill_level": str(proves.skill_level or ""),
        "proves.language": proves.language or "",
        "proves.language_level": str(proves.language_level or ""),
        "valid_days": str(found.valid_days),
        "retake_days": str(found.retake_days),
        "most_attempts": str(found.most_attempts),
        "period_days": str(found.period_days),
    }


def _parts(kind: ItemKind, written: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    match kind:
        case ItemKind.CHOICE_ONE | ItemKind.CHOICE_MANY:
            options = _listed([text.lstrip("*").strip() for text in written])
            right = [each["id"] for each, text in zip(options, written, strict=True) if text.startswith("*")]
            return {"options": options}, {"right": right}
        case ItemKind.TEXT:
            return {}, {"accepted": written}
        case ItemKind.PATTERN:
            return {}, {"pattern": written[0] if written else ""}
        case ItemKind.NUMBER:
            value, _, tolerance = (written[0] if written else "").partition(" ")
            return {}, {"value": value, "tolerance": tolerance.strip() or "0"}
        case ItemKind.CLASSES:
            return _classes(written)
        case ItemKind.RANKING:
            things = _listed(written)
            return {"things": things}, {"order": [each["id"] for each in things]}


def _classes(written: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    pairs = [(thing.strip(), where.strip()) for thing, _, where in (text.rpartition("=") for text in written)]
    things = _listed([thing for thing, _ in pairs])
    classes = _listed(list(dict.fromkeys(where for _, where in pairs)), "c")
    by_text = {each["text"]: each["id"] for each in classes}
    right = {each["id"]: by_text[where] for each, (_, where) in zip(things, pairs, strict=True)}
    return {"things": things, "classes": classes}, {"right": right}


def _listed(texts: list[str], mark: str = "o") -> list[dict[str, str]]:
    return [{"id": f"{mark}{number}", "text": text} for number, text in enumerate(texts, 1)]
