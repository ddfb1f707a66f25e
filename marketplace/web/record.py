"""Everything that the service holds about the person who looks, section by section, and the files of it."""

from collections.abc import Sequence

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.core.http import made_file
from marketplace.gigs import queries as gigs
from marketplace.insight import record
from marketplace.web.public import blueprint
from marketplace.web.record_words import Reader, told
from marketplace.web.site import ask_to_sign_in


@blueprint.get("/account/record")
def whole_record() -> ResponseReturnValue:
    if (sign_in := ask_to_sign_in()) is not None:
        return sign_in
    found = record.glances(by=actor())
    rooms: dict[str, list[record.Glance]] = {}
    for glance in found:
        rooms.setdefault(glance.section.room, []).append(glance)
    return render_template("public/record.html", rooms=rooms, told=told, reader=_reader(found))


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


def _reader(found: Sequence[record.Glance]) -> Reader:
    """Times are told in the zone where the person lives; companies and gigs by their names, in two statements."""
    rows = [row for glance in found for row in glance.newest]
    own = next((glance for glance in found if glance.section.name == "contractor"), None)
    named = {kind: {row[kind] for row in rows if row.get(kind)} for kind in ("company_id", "gig_id")}
    names = accounts.company_name(named["company_id"]) | gigs.titles(named["gig_id"])
    return Reader(own.newest[0]["timezone"] if own else None, names)
