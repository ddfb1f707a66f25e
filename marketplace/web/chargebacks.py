"""A deposit that a bank took back: the company's claim page, and the operators' queue with the days that are left.

Both answer the bank with the same forms: words, and papers beside them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Self
from uuid import UUID

import marshmallow as ma
from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.rules import available_account
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.files import content_of
from marketplace.core.http import page
from marketplace.core.intake import takes_files
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.pay.rails import bearing, chargebacks, counting, funding
from marketplace.pay.rails import chargeback_papers as papers
from marketplace.pay.rails.chargeback_models import Chargeback
from marketplace.pay.rails.chargeback_routes import shown as shown_paper
from marketplace.pay.rails.chargeback_rules import (
    ANSWERABLE,
    Bearer,
    ChargebackOver,
    EvidenceHandedIn,
    NothingToCount,
    is_undecided,
)
from marketplace.pay.rails.chargeback_schemas import BearerArgs, EvidenceArgs, EvidencePaperArgs
from marketplace.pay.rails.counting import Counted
from marketplace.standards.rules import NoSourcedRate
from marketplace.web import choices
from marketplace.web.company import SHOWN, after, blueprint, saved
from marketplace.web.forms import Form
from marketplace.web.operator import blueprint as desk
from marketplace.web.operator import saved as saved_on_desk
from marketplace.web.operator_standing import MOST_SHOWN, SOON
from marketplace.web.pictures import Part, Segment, stacked
from marketplace.web.words import name_of

MOST_PASSED = 1_000_000
"""No list of what waits is as long."""

# --- the company's pages --------------------------------------------------------------------------------------------


@blueprint.get("/chargebacks")
def list_chargebacks(company_id: UUID) -> str:
    found = page(chargebacks.of_company(company_id, actor()), Chargeback.id, limit=SHOWN, after=after())
    return render_template(
        "company/chargebacks.html", found=found, left={each.id: time_left(each) for each in found["items"]}
    )


@blueprint.get("/chargebacks/<uuid:chargeback_id>")
def show_chargeback(company_id: UUID, chargeback_id: UUID, **forms: Form) -> ResponseReturnValue:
    """What was taken back and what it had paid for, until when evidence is taken, and the two ways out."""
    found = chargebacks.one(company_id, chargeback_id, actor())
    shown = _blank() | {"paying": Form(ma.Schema)} | forms
    return render_template(
        "company/chargeback.html",
        funded=funding.funded(found),
        may_pay=_may_pay(found),
        **_facts(found),
        **shown,
    ), max(form.status for form in shown.values())


@blueprint.post("/chargebacks/<uuid:chargeback_id>/evidence")
def hand_in_evidence(company_id: UUID, chargeback_id: UUID) -> ResponseReturnValue:
    form = Form(EvidenceArgs)
    if form.done(lambda data: chargebacks.hand_in(company_id, chargeback_id, data["words"], by=actor())):
        return saved("show_chargeback", chargeback_id=chargeback_id)
    return show_chargeback(company_id, chargeback_id, form=form)


@blueprint.post("/chargebacks/<uuid:chargeback_id>/papers")
@takes_files
def attach_evidence_paper(company_id: UUID, chargeback_id: UUID) -> ResponseReturnValue:
    form = Form(EvidencePaperArgs)
    if form.done(lambda data: papers.attach(company_id, chargeback_id, data["shows"], _sent(), by=actor())):
        return saved("show_chargeback", chargeback_id=chargeback_id)
    return show_chargeback(company_id, chargeback_id, showing=form)


@blueprint.get("/chargebacks/<uuid:chargeback_id>/papers/<uuid:paper_id>")
def show_evidence_paper(company_id: UUID, chargeback_id: UUID, paper_id: UUID) -> ResponseReturnValue:
    """A paper as it is kept."""
    content = papers.read(company_id, chargeback_id, paper_id, by=actor())
    return shown_paper(content, content.kind)


@blueprint.post("/chargebacks/<uuid:chargeback_id>/papers/<uuid:paper_id>/take-back")
def take_back_evidence_paper(company_id: UUID, chargeback_id: UUID, paper_id: UUID) -> ResponseReturnValue:
    papers.take_back(company_id, chargeback_id, paper_id, by=actor())
    return saved("show_chargeback", chargeback_id=chargeback_id)


@blueprint.post("/chargebacks/<uuid:chargeback_id>/pay-again")
def pay_chargeback_again(company_id: UUID, chargeback_id: UUID) -> ResponseReturnValue:
    form = Form(ma.Schema)
    if form.done(lambda _: chargebacks.pay_again(company_id, chargeback_id, by=actor())):
        return saved("show_chargeback", chargeback_id=chargeback_id)
    return show_chargeback(company_id, chargeback_id, paying=form)


# --- the operators' -------------------------------------------------------------------------------------------------


@desk.get("/chargebacks")
def list_chargebacks_on_desk() -> str:
    """What no bank has decided yet, what is due first at the top; then what is lost while nobody has said who bears it,
    since no deadline runs for that."""
    begin = min(max(request.args.get("from", 0, type=int), 0), MOST_PASSED)
    order = (bearing.is_undecided(), Chargeback.due_by.nulls_last(), Chargeback.id)
    waiting = chargebacks.waiting(actor()).order_by(*order).offset(begin).limit(MOST_SHOWN + 1)
    found = list(db.session.scalars(waiting))
    return render_template(
        "operator/chargebacks.html",
        found=[(each, time_left(each)) for each in found[:MOST_SHOWN]],
        further=begin + MOST_SHOWN if len(found) > MOST_SHOWN else None,
        names=accounts.company_name([each.company_id for each in found]),
    )


@desk.get("/chargebacks/<uuid:company_id>/<uuid:chargeback_id>", endpoint="show_chargeback")
def show_on_desk(company_id: UUID, chargeback_id: UUID, **forms: Form) -> ResponseReturnValue:
    """What was taken back, and how the bank is answered."""
    found = chargebacks.one(company_id, chargeback_id, actor())
    shown = _blank() | {"bearing": Form(BearerArgs), "counting_form": Form(ma.Schema)} | forms
    return render_template(
        "operator/chargeback.html",
        would_count=_would_count(found),
        name=accounts.company_name([company_id])[company_id],
        available=books.balance(available_account(company_id), found.currency),
        bearers=[(str(each), name_of("bearer", each)) for each in Bearer],
        **_facts(found),
        **shown,
    ), max(form.status for form in shown.values())


@desk.post("/chargebacks/<uuid:company_id>/<uuid:chargeback_id>/evidence", endpoint="hand_in_evidence")
def hand_in_on_desk(company_id: UUID, chargeback_id: UUID) -> ResponseReturnValue:
    form = Form(EvidenceArgs)
    if form.done(lambda data: chargebacks.hand_in(company_id, chargeback_id, data["words"], by=actor())):
        return saved_on_desk("show_chargeback", company_id=company_id, chargeback_id=chargeback_id)
    return show_on_desk(company_id, chargeback_id, form=form)


@desk.post("/chargebacks/<uuid:company_id>/<uuid:chargeback_id>/bearer")
def decide_bearer(company_id: UUID, chargeback_id: UUID) -> ResponseReturnValue:
    form = Form(BearerArgs)
    if form.done(lambda data: bearing.decide(company_id, chargeback_id, **data, by=actor())):
        of: dict[str, Any] = {"company_id": company_id, "chargeback_id": chargeback_id}
        return saved_on_desk("show_chargeback", made=form.made, **of)
    return show_on_desk(company_id, chargeback_id, bearing=form)


@desk.post("/chargebacks/<uuid:company_id>/<uuid:chargeback_id>/count")
def count_back(company_id: UUID, chargeback_id: UUID) -> ResponseReturnValue:
    form = Form(ma.Schema)
    if form.done(lambda _: counting.count(company_id, chargeback_id, by=actor())):
        of: dict[str, Any] = {"company_id": company_id, "chargeback_id": chargeback_id}
        return saved_on_desk("show_chargeback", made=form.made, **of)
    return show_on_desk(company_id, chargeback_id, counting_form=form)


@desk.post("/chargebacks/<uuid:company_id>/<uuid:chargeback_id>/papers", endpoint="attach_evidence_paper")
@takes_files
def attach_on_desk(company_id: UUID, chargeback_id: UUID) -> ResponseReturnValue:
    form = Form(EvidencePaperArgs)
    if form.done(lambda data: papers.attach(company_id, chargeback_id, data["shows"], _sent(), by=actor())):
        return saved_on_desk("show_chargeback", company_id=company_id, chargeback_id=chargeback_id)
    return show_on_desk(company_id, chargeback_id, showing=form)


@desk.get("/chargebacks/<uuid:company_id>/<uuid:chargeback_id>/papers/<uuid:paper_id>", endpoint="show_evidence_paper")
def show_paper_on_desk(company_id: UUID, chargeback_id: UUID, paper_id: UUID) -> ResponseReturnValue:
    """A paper as it is kept. The look is written down."""
    content = papers.read(company_id, chargeback_id, paper_id, by=actor())
    return shown_paper(content, content.kind)


@desk.post(
    "/chargebacks/<uuid:company_id>/<uuid:chargeback_id>/papers/<uuid:paper_id>/take-back",
    endpoint="take_back_evidence_paper",
)
def take_back_on_desk(company_id: UUID, chargeback_id: UUID, paper_id: UUID) -> ResponseReturnValue:
    papers.take_back(company_id, chargeback_id, paper_id, by=actor())
    return saved_on_desk("show_chargeback", company_id=company_id, chargeback_id=chargeback_id)


# --- what both show -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """How long a bank still waits: in words, as the part of its whole time that is left, and whether it ends soon."""

    words: str
    bar: Sequence[Segment]
    is_soon: bool


@dataclass(frozen=True, slots=True)
class CountedBefore:
    """What came back in another currency, as what it was counted, and by which rate of which day and source."""

    came: Money
    worth: Money
    rate: Fraction
    quoted_on: date
    source: str

    @classmethod
    def of(cls, told: Mapping[str, str]) -> Self:
        came, worth = (Money.of(told[name], told[currency]) for name, currency in _AMOUNTS)
        day = date.fromisoformat(told["quoted_on"])
        return cls(came, worth, Fraction(told["rate"]), day, told["source"])


_AMOUNTS = (("came", "came_currency"), ("amount", "currency"))


def time_left(found: Chargeback) -> TimeLeft | None:
    """None where the bank waits for nothing, or until no day that is known."""
    if found.status not in ANSWERABLE or found.due_by is None:
        return None
    left = max(found.due_by - clock.now(), timedelta())
    whole, hours = found.due_by - found.opened_at, int(left.total_seconds()) // 3600
    words = ngettext("%(num)d hour left", "%(num)d hours left", hours)
    if left >= timedelta(days=2):
        words = ngettext("%(num)d day left", "%(num)d days left", left.days)
    is_soon = left <= SOON
    part = Part(str(words), "", int(left.total_seconds()), "fail" if is_soon else "a")
    return TimeLeft(str(words), stacked([part], int(whole.total_seconds())), is_soon)


def _would_count(found: Chargeback) -> Counted | None:
    """As what an operator would count what came back in another currency; None where no source has a rate."""
    try:
        return counting.counted(found)
    except (NothingToCount, NoSourcedRate):
        return None


def _facts(found: Chargeback) -> dict[str, Any]:
    events = timeline("chargeback", found.id, limit=SHOWN)
    return {
        "counted": [CountedBefore.of(each.data) for each in events if each.name == "chargeback.counted"],
        "chargeback": found,
        "left": time_left(found),
        "undecided": is_undecided(found.status, found.owed, found.bearer),
        "papers": papers.papers(found),
        "evidence_shows": choices.EVIDENCE_SHOWS,
        "may_hand_in": _may_hand_in(found),
        "events": events,
    }


def _blank() -> dict[str, Form]:
    return {"form": Form(EvidenceArgs), "showing": Form(EvidencePaperArgs)}


def _may_pay(found: Chargeback) -> bool:
    return bool(found.owed) and found.bearer is None


def _may_hand_in(found: Chargeback) -> bool:
    try:
        papers.check_can_answer(found)
    except (ChargebackOver, EvidenceHandedIn):
        return False
    return True


def _sent() -> bytes:
    """The file that came with the form; nothing where none was chosen, which is refused as an empty one."""
    sent = request.files.get("file")
    return b"" if sent is None else content_of(sent)
