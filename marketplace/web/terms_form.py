"""The terms of a contract as a form of plain fields, named by their dotted paths: `pay.amount`, `nda.carve_outs`."""

from collections.abc import Mapping, Sequence
from typing import Any

import marshmallow as ma

from marketplace.contracts.schemas import ContractTermsSchema
from marketplace.contracts.terms import LANGUAGES, OWN_WORDS, as_offered
from marketplace.core.problems import Problem
from marketplace.web import amounts
from marketplace.web.forms import Form
from marketplace.web.typed import lists_as_one, typed

BETWEEN = "between"
"""Rows of the form for parties in between: `between.0.name` stands for the term `intermediaries.0.name`."""
BUTTON = "then"
"""Which of the form's two buttons was pressed: `read` or `sign`."""
PARTIES = 2
"""How many rows there are."""
TRANSLATED = "translated"
"""The box that asks for a translation into the other language."""
IN_OTHER = "in_other"
"""The company's own words in that language: `in_other.nda.scope`. Those that are empty are translated by the house,
where they are its own, or stand as they are."""


class TermsForm(ContractTermsSchema):
    """Loads to (terms, name, text_sha256). `name` and `text_sha256` are empty until the text was read."""

    name = ma.fields.String(load_default="", validate=ma.validate.Length(0, 200))
    text_sha256 = ma.fields.String(load_default=None, validate=ma.validate.Regexp("^[0-9a-f]{64}$"))

    @ma.pre_load
    def take_from_fields(self, data: Mapping[str, Any], **_more: Any) -> dict[str, Any]:
        given = dict(data)
        given.pop(BUTTON, None)
        rows = [dict(row) for _, row in sorted(given.pop(BETWEEN, {}).items()) if row]
        given["intermediaries"] = _between(rows)
        given["via_third_party"] = bool(rows)
        given["translations"] = _translations(given)
        if (pay := given.get("pay", {})).get("amount"):
            given["pay"] = pay | {"amount": _amount(pay)}
        boxes = given.get("nda", {}).get("carve_outs", [])
        ticked = boxes if isinstance(boxes, list) else [boxes]
        given.setdefault("nda", {})["carve_outs"] = [box for box in ticked if box]
        translations = given.pop("translations")
        return typed(self, given) | {"via_third_party": bool(rows), "translations": translations}

    def handle_error(self, error: ma.ValidationError, data: Any, **_more: Any) -> None:
        """What is wrong with a list, or with a party in between, stands beside the field that it was written in."""
        tree = dict(error.messages) if isinstance(error.messages, Mapping) else {}
        rows = {BETWEEN: {str(number): row for number, row in tree.pop("intermediaries", {}).items()}}
        error.messages = lists_as_one(tree | rows)

    @ma.post_load
    def make_terms(self, data: dict[str, Any], **_more: Any) -> tuple[dict[str, Any], str, str | None]:
        name, text_sha256 = data.pop("name"), data.pop("text_sha256")
        return data, name, text_sha256


def values_of(terms: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the form's fields for these terms."""
    values = _flat({name: each for name, each in as_offered(terms).items() if name not in _ROWS})
    pay = terms["pay"]
    values["pay.amount"] = amounts.plain_in_field(str(pay["amount"]), str(pay["currency"]))
    for each in terms["translations"]:
        values[TRANSLATED] = "true"
        values |= {f"{IN_OTHER}.{path}": words for path, words in each["words"].items()}
    for number, party in enumerate(terms["intermediaries"][:PARTIES]):
        shown = party | {"margin_percent": amounts.plain_number_in_field(str(party["margin_percent"]))}
        values |= {f"{BETWEEN}.{number}.{name}": str(each) for name, each in shown.items()}
    return values


def _amount(pay: Mapping[str, str]) -> str:
    try:
        return amounts.amount(pay["amount"], pay.get("currency", ""))
    except amounts.NotRead as unread:
        raise ma.ValidationError({"pay": {"amount": [str(unread)]}}) from unread


def _between(rows: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """The parties in between, whose margins are typed as their reader writes numbers."""
    found, unread = [], {}
    for number, row in enumerate(rows):
        party = {**row, "margin_paid_by": "company"}
        if margin := party.get("margin_percent"):
            try:
                party["margin_percent"] = amounts.number(margin)
            except amounts.NotRead as wrong:
                unread[number] = {"margin_percent": [str(wrong)]}
        found.append(party)
    if unread:
        raise ma.ValidationError({"intermediaries": unread})
    return found


_ROWS = ("intermediaries", "translations")


def _translations(given: dict[str, Any]) -> list[dict[str, Any]]:
    """The translation that the form asks for, in the terms' shape. Takes its fields out of what was given."""
    wanted, words = given.pop(TRANSLATED, None), _flat(given.pop(IN_OTHER, {}))
    others = sorted(LANGUAGES - {given.get("language")})
    own = {path: text for path, text in words.items() if path in OWN_WORDS and text.strip()}
    return [{"language": others[0], "words": own}] if wanted else []


def show_refusals(form: Form) -> None:
    """Puts every term that was refused beside its field, with what to write instead."""
    problem: Problem | None = form.problem
    for each in problem.members.get("refusals", ()) if problem is not None else ():
        name = str(each["field"]).replace("intermediaries.", f"{BETWEEN}.")
        form.errors[name] = [each["detail"], each["remedy"]]


def _flat(terms: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in terms.items():
        path = f"{before}{name}"
        if isinstance(value, Mapping):
            found |= _flat(value, f"{path}.")
        elif isinstance(value, bool):
            found[path] = "true" if value else ""
        elif isinstance(value, list):
            found[path] = value if path in ("nda.carve_outs", "benefits") else "\n".join(value)
        else:
            found[path] = "" if value is None else str(value)
    return found
