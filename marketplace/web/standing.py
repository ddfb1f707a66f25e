"""A contractor's page of standing: what was decided about them, what holds until when, and how they contest it."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.rules import require_person
from marketplace.core import clock
from marketplace.gigs import barring
from marketplace.qualifications import queries as qualifications
from marketplace.web.contractor import blueprint, saved
from marketplace.web.forms import Form
from marketplace.workforce import appeals, proposals, queries, restrictions, strikes
from marketplace.workforce.bars import ProposalKind, ProposalStatus, RestrictionStatus
from marketplace.workforce.rules import CONTESTABLE
from marketplace.workforce.schemas import ContestSchema
from marketplace.workforce.standing_models import Proposal, Restriction


@blueprint.get("/standing")
def standing(
    contested: UUID | None = None, form: Form | None = None, answering: Form | None = None
) -> ResponseReturnValue:
    """Everything that was decided about the person, each with its reason, its end and the way to contest it."""
    by = actor()
    me = queries.contractor(require_person(by), by)
    rows = restrictions.of_person(me.id, by)
    decisions = queries.decisions(me.id)
    found = proposals.mine(me.id)
    shown = form or Form(ContestSchema)
    page = render_template(
        "contractor/standing.html",
        me=me,
        decisions=decisions,
        withdrawn=qualifications.withdrawn([each.id for each in decisions]),
        appeals=appeals.of_person(me.id),
        restrictions={row.decision_id: row for row in rows},
        pauses=[row for row in rows if row.proposal_id is not None],
        proposals=found,
        asked=_asked(found.values()),
        strikes={row.decision_id: row for row in strikes.of_person(me.id, by)},
        answering=answering or Form(ContestSchema),
        in_force=[row for row in rows if row.status is RestrictionStatus.ACTIVE],
        contestable=CONTESTABLE,
        # Each form has a key of its own; the one that was refused keeps what was typed.
        forms=lambda decision_id: shown if decision_id == contested else Form(ContestSchema),
        now_is=clock.now(),
        **named(rows, [each.company_id for each in decisions if each.company_id]),
    )
    return page, max(shown.status, answering.status if answering else 0)


@blueprint.post("/standing/<uuid:decision_id>/contest")
def contest_decision(decision_id: UUID) -> ResponseReturnValue:
    form = Form(ContestSchema)
    done = form.done(lambda data: appeals.contest(decision_id, data["words"], by=actor()))
    return saved(done, "standing") or standing(decision_id, form)


@blueprint.post("/standing/findings/<uuid:proposal_id>")
def answer_proposal(proposal_id: UUID) -> ResponseReturnValue:
    form = Form(ContestSchema)
    done = form.done(lambda data: proposals.answer(proposal_id, data["words"], by=actor()))
    return saved(done, "standing") or standing(answering=form)


def _asked(found: Iterable[Proposal]) -> list[Proposal]:
    """Missed shifts and very late noes at which a human looks, the latest first."""
    missed = (each for each in found if each.kind is ProposalKind.STRIKE and each.status is ProposalStatus.OPEN)
    return sorted(missed, key=lambda each: each.id, reverse=True)


def named(rows: list[Restriction], company_ids: Sequence[UUID] = ()) -> dict[str, Any]:
    """The names of the companies and gigs that some restrictions speak of, and of other companies."""
    spoken_of = [row.company_id for row in rows if row.company_id is not None]
    return {
        "companies": accounts.company_name([*spoken_of, *company_ids]),
        "gigs": barring.titles(rows),
    }
