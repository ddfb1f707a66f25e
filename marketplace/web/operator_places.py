"""Places at the desk: what is known of each, how many people it protects, and changes that a second person confirms."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.core import clock
from marketplace.core.http import page
from marketplace.core.problems import NotFound
from marketplace.standards import comments, queries, regions
from marketplace.standards.models import RegionChange
from marketplace.standards.protection import ChangeStatus, RegionFacts
from marketplace.standards.schemas import NewRegionChangeSchema
from marketplace.web import choices, words
from marketplace.web.amounts import number_in_field
from marketplace.web.forms import Form
from marketplace.web.operator import SHOWN, after, blueprint, saved
from marketplace.web.pictures import Part, Segment, stacked
from marketplace.web.typed import typed
from marketplace.web.words import named_place
from marketplace.workforce import queries as workforce
from marketplace.workforce.queries import Covered

DECISIONS = {"confirm": regions.confirm, "refuse": regions.refuse}
_FILLS = ("pass", "a", "note", "b", "ground")


class PlaceForm(NewRegionChangeSchema):
    """`NewRegionChangeSchema` with its zones written a line each, and nothing in `based_on` for a new place."""

    @ma.pre_load
    def take_from_fields(self, data: Mapping[str, Any], **_more: Any) -> dict[str, Any]:
        given = typed(self, data)
        given["facts"] = {name: value for name, value in given["facts"].items() if value not in ("", None)}
        return given | {"based_on": given.get("based_on")}


@blueprint.get("/places")
def list_places(form: Form | None = None) -> ResponseReturnValue:
    """What is known of every place, what waits for a second person, and how many people a sourced floor covers."""
    by, today = actor(), clock.now().date()
    shown = form or Form(ma.Schema)
    waiting = page(regions.changes(by, ChangeStatus.WAITING), RegionChange.id, limit=SHOWN, after=None)["items"]
    done = page(regions.changes(by), RegionChange.id, limit=SHOWN, after=after())
    covered = workforce.coverage(by, today)
    everybody = [each.proposed_by for each in [*waiting, *done["items"]]]
    return render_template(
        "operator/places.html",
        form=shown,
        waiting=comments.told(waiting),
        done=done,
        names=accounts.person_name(everybody),
        regions=queries.regions(today),
        named_place=named_place,
        me=by.person_id,
        covered=covered,
        coverage_bar=_coverage_bar(covered),
        coverage_words=_coverage_words(covered),
    ), shown.status


@blueprint.route("/places/change", methods=["GET", "POST"])
def change_place() -> ResponseReturnValue:
    """What is known of one place, to be changed: a new version, and a proposal where it lowers a protection."""
    code = (request.args.get("country", ""), request.args.get("subdivision") or None)
    queries.check_place(*code)
    newest = queries.newest_version(*code)
    seen = newest or queries.newest_version(code[0], None)
    form = Form(PlaceForm, _values(code, queries.facts_of(seen) if seen else None, newest.version if newest else None))
    if form.done(lambda data: regions.change(**data, by=actor())):
        return saved("list_places")
    return render_template(
        "operator/place_form.html",
        form=form,
        code=code,
        place=named_place(*code),
        newest=newest,
        currencies=words.currencies(),
        periods=choices.periods(),
        confidences=choices.confidences(),
    ), form.status


@blueprint.post("/places/changes/<uuid:change_id>/<decision>")
def decide_change(change_id: UUID, decision: str) -> ResponseReturnValue:
    if decision not in DECISIONS:
        raise NotFound
    form = Form(ma.Schema)
    done = form.done(lambda _: DECISIONS[decision](change_id, by=actor()))
    return saved("list_places") if done else list_places(form)


def _values(code: queries.Code, facts: RegionFacts | None, version: int | None) -> dict[str, Any]:
    values: dict[str, Any] = {"country": code[0], "subdivision": code[1] or "", "based_on": version or ""}
    for each in fields(facts) if facts else ():
        values[f"facts.{each.name}"] = _in_field(getattr(facts, each.name))
    return values


def _in_field(value: Any) -> str:
    """What is known as it stands in its field: sent back unchanged it says the same, in every language."""
    if isinstance(value, Decimal):
        return number_in_field(value)
    return "\n".join(value) if isinstance(value, tuple) else "" if value is None else str(value)


def _coverage_bar(covered: Sequence[Covered]) -> list[Segment]:
    return stacked(
        [
            Part(_confidence(each), str(each.contractors), each.contractors, fill)
            for each, fill in zip(covered, _FILLS, strict=True)
        ]
    )


def _confidence(covered: Covered) -> str:
    if covered.confidence is None:
        return str(gettext("no sourced floor: the house floor alone"))
    return str(
        gettext("sourced, %(confidence)s confidence", confidence=words.name_of("confidence", covered.confidence))
    )


def _coverage_words(covered: Sequence[Covered]) -> str:
    sourced = sum(each.contractors for each in covered if each.confidence is not None)
    everybody = sum(each.contractors for each in covered)
    share = round(100 * sourced / everybody) if everybody else 0
    return str(
        gettext(
            "%(sourced)s of %(all)s vetted contractors are covered by a sourced floor: %(share)s %%.",
            sourced=sourced,
            all=everybody,
            share=share,
        )
    )
