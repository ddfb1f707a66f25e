"""A contractor's pages about shifts that are handed over: asking for it, what others ask, and both sides of a swap."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.rules import Actor
from marketplace.contracts.models import ContractVersion
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.gigs.models import Gig
from marketplace.shifts import handover_codes as codes
from marketplace.shifts import handover_queries as reads
from marketplace.shifts import handovers
from marketplace.shifts import queries as shifts
from marketplace.shifts.handover_models import Handover, SwapProposal
from marketplace.shifts.handover_queries import Look
from marketplace.shifts.handover_rules import HandoverKind
from marketplace.shifts.handover_schemas import NewProposalSchema, TermsAgreedSchema
from marketplace.shifts.models import Booking, Shift
from marketplace.web.contractor import company_names
from marketplace.web.forms import Form
from marketplace.web.work import NOTHING_MORE, blueprint, own

MOST_SHOWN = 50
"""Requests of each kind on a page, and shifts that can be given, the newest or the soonest."""


class AskForm(ma.Schema):
    """Whom to ask: everybody, or whoever has the code."""

    class Meta:
        unknown = ma.EXCLUDE

    code = ma.fields.String(load_default=None, allow_none=True, validate=ma.validate.Length(max=40))


@blueprint.get("/handovers")
def list_handovers(form: Form | None = None) -> ResponseReturnValue:
    """What the person is asked for, what is offered for their shifts, what they asked for; and their code."""
    by = actor()
    asked = _newest(reads.asked_of(seen_by=by), Handover)
    offered = _newest(reads.offered_for_mine(seen_by=by), SwapProposal)
    mine = _newest(reads.mine(seen_by=by), Handover)
    rows = [*asked, *offered, *mine]
    return render_template(
        "work/handovers.html",
        asked=asked,
        offered=offered,
        mine=mine,
        code=codes.mine(by=by),
        names=accounts.person_name([each.contractor_id for each in asked]),
        companies=company_names(rows),
        titles=_titles(rows),
        zones=_zones(rows),
        form=form or Form(NOTHING_MORE),
    )


@blueprint.post("/handovers/code")
def new_handover_code() -> ResponseReturnValue:
    codes.new_code(by=actor())
    flash(gettext("This is your code now. One that you had names nobody any more."))
    return redirect(url_for("work.list_handovers"))


@blueprint.route("/shifts/<uuid:booking_id>/hand-over/<any(cover, swap):kind>", methods=["GET", "POST"])
def hand_over(booking_id: UUID, kind: str) -> ResponseReturnValue:
    """Asks for somebody who takes the shift, or swaps it: what that means, and whom to ask."""
    by = actor()
    booking = own(shifts.booking(booking_id, seen_by=by), by)
    form = Form(AskForm)
    made = None
    if request.method == "POST":
        made = form.run(lambda data: handovers.ask(booking_id, HandoverKind(kind), data["code"], by=by))
    if made is not None:
        flash(gettext("Asked. Until somebody has taken it, you are booked."))
        return redirect(url_for("work.show_handover", handover_id=made.id))
    db.session.refresh(booking, ["offer", "shift"])
    can_ask = booking.status == "booked" and clock.now() < booking.starts_at
    return render_template("work/hand_over.html", booking=booking, kind=kind, form=form, can_ask=can_ask), form.status


@blueprint.get("/handovers/<uuid:handover_id>")
def show_handover(handover_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    """One request: for whoever asks what came of it, for everybody else what they would say yes to."""
    by, shown_form = actor(), form or Form(NOTHING_MORE)
    in_return = request.args.get("in_return", type=UUID) or _typed_booking(shown_form)
    shown = reads.shown(handover_id, in_return, seen_by=by)
    found = shown.handover
    asker = accounts.person_name([found.contractor_id]).get(found.contractor_id, "") if found.asked_id else ""
    gives = list(db.session.scalars(reads.to_give(seen_by=by).order_by(Booking.during).limit(MOST_SHOWN)))
    rows = [found, *shown.proposals, *gives]
    page = render_template(
        "work/handover.html",
        shown=shown,
        found=found,
        asker=asker,
        gives=[] if shown.mine else gives,
        in_return=in_return,
        titles=_titles(rows),
        companies=company_names(rows),
        zones=_zones(rows),
        version=_version(shown.look),
        form=shown_form,
    )
    return page, shown_form.status


@blueprint.post("/handovers/<uuid:handover_id>/take")
def take_over(handover_id: UUID) -> ResponseReturnValue:
    form = Form(TermsAgreedSchema)
    made = form.run(lambda data: handovers.take(handover_id, **data, by=actor()))
    if made is None:
        return show_handover(handover_id, form)
    flash(gettext("The shift is yours. The money for it is set aside for you."))
    return redirect(url_for("work.show_booking", booking_id=made.id))


@blueprint.post("/handovers/<uuid:handover_id>/propose")
def propose_swap(handover_id: UUID) -> ResponseReturnValue:
    form = Form(NewProposalSchema)
    made = form.run(lambda data: handovers.propose(handover_id, **data, by=actor()))
    if made is None:
        return show_handover(handover_id, form)
    flash(gettext("Offered. You are told what they say; until then nothing has changed."))
    return redirect(url_for("work.show_handover", handover_id=handover_id))


@blueprint.post("/handovers/<uuid:handover_id>/end")
def end_handover(handover_id: UUID) -> ResponseReturnValue:
    form = Form(NOTHING_MORE)
    if not form.done(lambda _: handovers.end(handover_id, by=actor())):
        return show_handover(handover_id, form)
    flash(gettext("Done. Nothing follows from it."))
    return redirect(url_for("work.list_handovers"))


@blueprint.get("/swaps/<uuid:swap_id>")
def show_swap(swap_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    """Both sides of a swap: what the person gives, and what they would get."""
    by, shown_form = actor(), form or Form(NOTHING_MORE)
    found = reads.proposal(swap_id, seen_by=by)
    look = reads.look_at_proposal(swap_id, seen_by=by)
    rows = [found, found.handover]
    page = render_template(
        "work/swap.html",
        found=found,
        mine=found.contractor_id == by.person_id,
        look=look,
        gives=_own_terms(found, by),
        titles=_titles(rows),
        companies=company_names(rows),
        zones=_zones(rows),
        version=_version(look),
        form=shown_form,
    )
    return page, shown_form.status


@blueprint.post("/swaps/<uuid:swap_id>/accept")
def accept_swap(swap_id: UUID) -> ResponseReturnValue:
    form = Form(TermsAgreedSchema)
    made = form.run(lambda data: handovers.accept(swap_id, **data, by=actor()))
    if made is None:
        return show_swap(swap_id, form)
    flash(gettext("Swapped. This is your shift now, and the money for it is set aside for you."))
    return redirect(url_for("work.show_booking", booking_id=made.id))


@blueprint.post("/swaps/<uuid:swap_id>/end")
def end_swap(swap_id: UUID) -> ResponseReturnValue:
    form = Form(NOTHING_MORE)
    if not form.done(lambda _: handovers.decline(swap_id, by=actor())):
        return show_swap(swap_id, form)
    flash(gettext("Done. Nothing follows from it."))
    return redirect(url_for("work.list_handovers"))


# --- the parts of the pages -------------------------------------------------------------------------------------------


def _newest(found: Any, model: Any) -> list[Any]:
    return list(db.session.scalars(found.order_by(model.id.desc()).limit(MOST_SHOWN)))


def _typed_booking(form: Form) -> UUID | None:
    """The shift that was offered on a page that is shown again."""
    try:
        return UUID(str(form.value("booking_id")))
    except ValueError:
        return None


def _own_terms(found: SwapProposal, by: Actor) -> dict[str, Any]:
    """What the person was promised for the shift that they would give."""
    booking = found.booking if found.contractor_id == by.person_id else found.handover.booking
    own_one = own(shifts.booking(booking.id, seen_by=by), by)
    db.session.refresh(own_one, ["offer"])
    return own_one.offer.terms


def _version(look: Look | None) -> ContractVersion | None:
    if look is None or look.terms is None:
        return None
    return db.session.get_one(ContractVersion, UUID(look.terms["contract_version_id"]))


def _titles(rows: Any) -> dict[UUID, str]:
    found = select(Gig.id, Gig.title).where(Gig.id.in_({row.gig_id for row in rows}))
    return {row.id: row.title for row in db.session.execute(found)}


def _zones(rows: Any) -> dict[UUID, str]:
    found = select(Shift.id, Shift.timezone).where(Shift.id.in_({row.shift_id for row in rows}))
    return {row.id: row.timezone for row in db.session.execute(found)}
