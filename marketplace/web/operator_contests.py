"""Operators answer what people contest about their offers and payouts: what is due next comes first."""

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.rules import OperatorRole, require_operator
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.gigs.models import Gig
from marketplace.matching import contests
from marketplace.matching.contest_models import MatchContest
from marketplace.matching.rules import ContestStatus
from marketplace.matching.schemas import ContestAnswerSchema
from marketplace.pay.contests import service as payout_contests
from marketplace.pay.contests.models import PayoutContest
from marketplace.pay.models import PaymentOp
from marketplace.shifts.models import Shift
from marketplace.web import choices
from marketplace.web.forms import Form
from marketplace.web.operator import SHOWN, blueprint, saved
from marketplace.web.operator_standing import MOST_SHOWN, SOON
from marketplace.web.pictures import score_bar
from marketplace.web.words import name_of

ANSWERS = (ContestStatus.UPHELD, ContestStatus.OVERTURNED)


@blueprint.get("/contested-offers")
def list_match_contests() -> str:
    """What waits for an answer. What is due soon stands out: without an answer it is decided for the person."""
    by = actor()
    require_operator(by, OperatorRole.DISPUTES)
    waiting = contests.listed(ContestStatus.OPEN, seen_by=by).order_by(MatchContest.answer_by, MatchContest.id)
    found = list(db.session.scalars(waiting.limit(MOST_SHOWN)))
    return render_template(
        "operator/match_contests.html",
        found=found,
        names=accounts.person_name([each.contractor_id for each in found]),
        soon=clock.now() + SOON,
    )


@blueprint.get("/contested-offers/<uuid:match_contest_id>")
def show_match_contest(match_contest_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    """What was told to the person, what they say, and the answer."""
    by = actor()
    require_operator(by, OperatorRole.DISPUTES)
    found = contests.one(match_contest_id, seen_by=by)
    shift, shown = db.session.get_one(Shift, found.shift_id), form or Form(ContestAnswerSchema)
    return render_template(
        "operator/match_contest.html",
        contest=found,
        shift=shift,
        gig=db.session.get_one(Gig, shift.gig_id),
        names=accounts.person_name([each for each in (found.contractor_id, found.answered_by) if each]),
        company=accounts.company_name([shift.company_id])[shift.company_id],
        bar=score_bar(found.told.get("reason", {}).get("parts", ())),
        is_party=by.person_id == found.contractor_id or by.belongs_to(shift.company_id),
        is_late=found.is_overdue(clock.now()),
        answers=_answers(),
        form=shown,
    ), shown.status


@blueprint.post("/contested-offers/<uuid:match_contest_id>")
def answer_match_contest(match_contest_id: UUID) -> ResponseReturnValue:
    form = Form(ContestAnswerSchema)
    if form.done(lambda data: contests.answer(match_contest_id, data["outcome"], data["reason"], by=actor())):
        return saved("show_match_contest", match_contest_id=match_contest_id)
    return show_match_contest(match_contest_id, form)


@blueprint.get("/contested-payouts")
def list_payout_contests() -> str:
    """Likewise, of payouts."""
    by = actor()
    require_operator(by, OperatorRole.DISPUTES)
    waiting = payout_contests.listed(ContestStatus.OPEN, seen_by=by)
    found = list(db.session.scalars(waiting.order_by(PayoutContest.answer_by, PayoutContest.id).limit(MOST_SHOWN)))
    return render_template(
        "operator/payout_contests.html",
        found=found,
        names=accounts.person_name([each.contractor_id for each in found]),
        soon=clock.now() + SOON,
    )


@blueprint.get("/contested-payouts/<uuid:payout_contest_id>")
def show_payout_contest(payout_contest_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    """What became of the payout and who decided that, what the person says, and the answer."""
    by = actor()
    require_operator(by, OperatorRole.DISPUTES)
    found = payout_contests.one(payout_contest_id, seen_by=by)
    shown, deciders = form or Form(ContestAnswerSchema), payout_contests.deciders(found.payment_op_id)
    known = accounts.person_name([found.contractor_id, *deciders, *([found.answered_by] if found.answered_by else [])])
    return render_template(
        "operator/payout_contest.html",
        contest=found,
        payout=db.session.get_one(PaymentOp, found.payment_op_id),
        names=known,
        deciders=sorted(known[each] for each in deciders),
        is_party=by.person_id in {found.contractor_id, *deciders},
        is_late=found.is_overdue(clock.now()),
        answers=_answers(),
        events=timeline("payment", found.payment_op_id, limit=SHOWN),
        form=shown,
    ), shown.status


@blueprint.post("/contested-payouts/<uuid:payout_contest_id>")
def answer_payout_contest(payout_contest_id: UUID) -> ResponseReturnValue:
    form = Form(ContestAnswerSchema)
    if form.done(lambda data: payout_contests.answer(payout_contest_id, data["outcome"], data["reason"], by=actor())):
        return saved("show_payout_contest", payout_contest_id=payout_contest_id)
    return show_payout_contest(payout_contest_id, form)


def _answers() -> list[choices.Choice]:
    return [(each.value, name_of("answer", each)) for each in ANSWERS]
