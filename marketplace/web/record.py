"""Everything that the service holds about the person who looks, section by section, and the files of it."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.accounts.auth import actor
from marketplace.core.http import made_file
from marketplace.core.money import Money
from marketplace.insight import record
from marketplace.insight.rules import plain
from marketplace.web.public import blueprint
from marketplace.web.site import ask_to_sign_in
from marketplace.web.words import day, money_words, when


@blueprint.get("/account/record")
def whole_record() -> ResponseReturnValue:
    if (sign_in := ask_to_sign_in()) is not None:
        return sign_in
    found = record.glances(by=actor())
    rooms: dict[str, list[record.Glance]] = {}
    for glance in found:
        rooms.setdefault(glance.section.room, []).append(glance)
    return render_template("public/record.html", rooms=rooms, told=_told)


@blueprint.get("/account/record.json")
def record_as_json() -> ResponseReturnValue:
    if (sign_in := ask_to_sign_in()) is not None:
        return sign_in
    return made_file(record.as_json(by=actor()), "application/json", "setara-record.json")


@blueprint.get("/account/record.zip")
def record_as_tables() -> ResponseReturnValue:
    if (sign_in := ask_to_sign_in()) is not None:
        return sign_in
    return made_file(record.as_tables(by=actor()), "application/zip", "setara-record.zip")


def _told(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A row for reading: what it says, without the numbers under which it refers to others, which the files hold."""
    for name, value in row.items():
        if value not in (None, "", [], {}) and not name.endswith(("id", "sha256")):
            yield name.removesuffix("_amount").replace("_", " "), _words(name, value, row)


def _words(name: str, value: Any, row: Mapping[str, Any]) -> str:
    if isinstance(value, datetime):
        return when(value)
    if isinstance(value, date):
        return day(value)
    if name.endswith("amount") and row.get("currency"):
        return money_words(Money(value, row["currency"]))
    told = plain(value)
    return told if isinstance(told, str) else json.dumps(told, ensure_ascii=False)
