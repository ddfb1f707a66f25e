"""The verbs of surveys: ask once, answer or not, empty what one wrote, and look at what is low."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select, update

from marketplace.accounts.models import Person
from marketplace.accounts.rules import (
    CLOCK,
    Actor,
    OperatorRole,
    OwnCompany,
    reason_given,
    require_operator,
    require_person,
)
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record_many
from marketplace.core.lifecycle import WrongState, move_one
from marketplace.core.problems import NotFound
from marketplace.pay.models import PayLine, Payslip
from marketplace.pay.rules import PayslipStatus
from marketplace.shifts.models import Booking, Offer
from marketplace.shifts.rules import ACTIVE_BOOKING, OPEN_OFFER
from marketplace.shifts.timesheet_models import Timesheet
from marketplace.shifts.timesheet_rules import TimesheetStatus
from marketplace.surveys import queries
from marketplace.surveys.models import Concern, Survey, SurveyAnswer
from marketplace.surveys.rules import OPEN_FOR, Ask, ConcernStatus, NothingWritten, SurveyEnded


def ask_due(limit: int) -> int:
    """Asks whoever has nothing more to do, to answer or to be paid for at a gig for which they were paid in the last
    days: each once, with one notice. Returns how many."""
    now = clock.now()
    at_gig = {
        model: (model.gig_id == PayLine.gig_id, model.contractor_id == PayLine.contractor_id)
        for model in (Booking, Offer, Timesheet, Survey)
    }
    going_on = (
        exists().where(*at_gig[Survey]),
        exists().where(*at_gig[Booking], Booking.status.in_(ACTIVE_BOOKING)),
        exists().where(*at_gig[Offer], Offer.status.in_(OPEN_OFFER)),
        exists().where(*at_gig[Timesheet], Timesheet.status != TimesheetStatus.LOCKED),
    )
    paid = (
        select(PayLine.gig_id, PayLine.contractor_id, PayLine.company_id)
        .join(Payslip, Payslip.id == PayLine.payslip_id)
        .join(Person, Person.id == PayLine.contractor_id)
        .where(
            PayLine.booking_id.is_not(None),
            Payslip.status == PayslipStatus.ISSUED,
            Payslip.issued_at > now - OPEN_FOR,
            Person.active,
            *(~each for each in going_on),
        )
        .distinct()
        .order_by(PayLine.gig_id, PayLine.contractor_id)
        .limit(limit)
    )
    asked = [
        Survey(
            gig_id=row.gig_id,
            company_id=row.company_id,
            contractor_id=row.contractor_id,
            asked_at=now,
            closes_at=now + OPEN_FOR,
        )
        for row in db.session.execute(paid)
    ]
    db.session.add_all(asked)
    record_many("survey.asked", [(each, {}) for each in asked], by=CLOCK)
    return len(asked)


def answer(survey_id: UUID, points: Mapping[Ask, int], words: str = "", named: bool = False, *, by: Actor) -> Survey:
    """Answers every question on the scale, with words if one likes. `named` lets operators read one's name beside them.
    No event is written. Raises NotFound, SurveyEnded."""
    row = _open(survey_id, by)
    said = SurveyAnswer(
        gig_id=row.gig_id,
        company_id=row.company_id,
        answered_at=clock.now(),
        words=words.strip(),
        named=named,
        **{f"{ask}_points": points[ask] for ask in Ask},
    )
    db.session.add(said)
    db.session.flush()
    _end(row, answer_id=said.id)
    return queries.survey(survey_id, seen_by=by)


def decline(survey_id: UUID, *, by: Actor) -> Survey:
    """Says that one would rather not. Nobody is told. Raises NotFound, SurveyEnded."""
    _end(_open(survey_id, by))
    return queries.survey(survey_id, seen_by=by)


def empty_words(survey_id: UUID, *, by: Actor) -> Survey:
    """Takes back what one wrote, at any time; the points stay in the figures. Raises NotFound, NothingWritten."""
    row = queries.survey(survey_id, seen_by=by)
    emptied = update(SurveyAnswer).where(SurveyAnswer.id == row.answer_id, SurveyAnswer.words != "").values(words="")
    if db.session.scalar(emptied.returning(SurveyAnswer.id)) is None:
        raise NothingWritten
    return queries.survey(survey_id, seen_by=by)


def look(limit: int) -> int:
    """Opens a concern for each question of each gig whose mean is low, once for the same answers; an operator looks at
    it, and nothing else follows. Returns how many were opened."""
    now = clock.now()
    recent = select(SurveyAnswer.gig_id).where(SurveyAnswer.answered_at > now - OPEN_FOR)
    found = queries.figures_by_gig(SurveyAnswer.gig_id.in_(recent))
    low = [(gig_id, figure) for gig_id, figures in found.items() for figure in figures if figure.is_low]
    known = _looked_at({gig_id for gig_id, _ in low})
    new = [(gig_id, figure) for gig_id, figure in low if known.get((gig_id, figure.ask), -1) < figure.answers][:limit]
    companies = _companies({gig_id for gig_id, _ in new})
    opened = [
        Concern(
            gig_id=gig_id,
            company_id=companies[gig_id],
            ask=figure.ask,
            answers=figure.answers,
            mean_hundredths=int(figure.mean * 100),
            opened_at=now,
            status=ConcernStatus.OPEN,
        )
        for gig_id, figure in new
    ]
    db.session.add_all(opened)
    record_many("concern.opened", [(each, {"ask": str(each.ask)}) for each in opened], by=CLOCK)
    return len(opened)


def close(concern_id: UUID, reason: str, *, by: Actor) -> Concern:
    """An operator of standards looked at it, and says in `reason` what they found; the company reads that. Raises
    NotFound, Forbidden, OwnCompany, ReasonMissing, WrongState."""
    require_operator(by, OperatorRole.STANDARDS)
    found = select(Concern).where(Concern.id == concern_id).with_for_update()
    row = db.session.scalars(found.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound
    if by.belongs_to(row.company_id):
        raise OwnCompany
    if row.status is not ConcernStatus.OPEN:
        raise WrongState(f"It is {row.status}.", state=str(row.status))
    values = {"closed_at": clock.now(), "closed_by": require_person(by), "words": reason_given(reason)}
    move_one(row, ConcernStatus.CLOSED, by=by, event="concern.closed", values=values)
    return row


def _open(survey_id: UUID, by: Actor) -> Survey:
    row = queries.survey(survey_id, seen_by=by)
    if row.ended_at is not None or row.closes_at <= clock.now():
        raise SurveyEnded
    return row


def _end(row: Survey, **values: Any) -> None:
    """Once: of two at the same time one finds it ended, and what it wrote is rolled back."""
    ends = update(Survey).where(Survey.id == row.id, Survey.ended_at.is_(None))
    if db.session.scalar(ends.values(ended_at=clock.now(), **values).returning(Survey.id)) is None:
        raise SurveyEnded


def _looked_at(gig_ids: set[UUID]) -> dict[tuple[UUID, Ask], float]:
    """Of how many answers the newest concern of each gig and question was; without end while it is open."""
    still_open = func.bool_or(Concern.status == ConcernStatus.OPEN)
    found = select(Concern.gig_id, Concern.ask, func.max(Concern.answers), still_open)
    rows = db.session.execute(found.where(Concern.gig_id.in_(gig_ids)).group_by(Concern.gig_id, Concern.ask))
    return {(gig_id, ask): float("inf") if is_open else answers for gig_id, ask, answers, is_open in rows}


def _companies(gig_ids: set[UUID]) -> dict[UUID, UUID]:
    found = select(SurveyAnswer.gig_id, SurveyAnswer.company_id).where(SurveyAnswer.gig_id.in_(gig_ids)).distinct()
    return {row.gig_id: row.company_id for row in db.session.execute(found)}
