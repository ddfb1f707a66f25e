"""Reads of surveys: one's own, figures of whole groups of answers, and words for operators without a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import Person
from marketplace.accounts.rules import Actor, OperatorRole, require_operator, require_person
from marketplace.core.db import db
from marketplace.core.problems import NotFound
from marketplace.gigs import queries as gigs
from marketplace.gigs.models import Gig
from marketplace.surveys.models import Concern, Survey, SurveyAnswer
from marketplace.surveys.rules import SCALE, TOGETHER, Ask, ConcernStatus, Figure


@dataclass(frozen=True, slots=True)
class Said:
    """What people say of a gig, as a company sees it. `figures` are empty until enough people have answered; `concerns`
    are what operators look at, or looked at."""

    gig: Gig
    figures: Sequence[Figure]
    concerns: Sequence[Concern]


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wrote, without a name unless they allowed it."""

    id: UUID
    gig_id: UUID
    gig_title: str
    words: str
    name: str | None


def my_surveys(*, seen_by: Actor) -> Select[Survey]:
    found = select(Survey).options(joinedload(Survey.gig), joinedload(Survey.answer))
    return found.where(Survey.contractor_id == require_person(seen_by))


def survey(survey_id: UUID, *, seen_by: Actor) -> Survey:
    """One of one's own. Raises NotFound."""
    found = my_surveys(seen_by=seen_by).where(Survey.id == survey_id)
    row = db.session.scalars(found.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound
    return row


def said_of(gig_id: UUID, *, seen_by: Actor) -> Said:
    """For members of the gig's company, and for operators. Raises NotFound."""
    gig = gigs.gig(gig_id, seen_by)
    if not (seen_by.belongs_to(gig.company_id) or seen_by.is_operator()):
        raise NotFound
    looked_at = select(Concern).where(Concern.gig_id == gig_id).order_by(Concern.id.desc())
    return Said(gig, figures(SurveyAnswer.gig_id == gig_id), db.session.scalars(looked_at).all())


def figures(*of: ColumnElement[bool], since: datetime | None = None, until: datetime | None = None) -> list[Figure]:
    """What was said to each question in the whole groups of the gigs that `of` names, in one statement; of groups that
    became whole from `since` on and before `until`. Nothing where there are none. Without permission: it names nobody.
    """
    whole = _groups(*of)
    found = select(*_counts(whole)).where(whole.c.size == TOGETHER)
    if since is not None:
        found = found.where(whole.c.complete_at >= since)
    if until is not None:
        found = found.where(whole.c.complete_at < until)
    row = db.session.execute(found).one()
    return _figures(row._mapping)


def figures_by_gig(*of: ColumnElement[bool]) -> dict[UUID, list[Figure]]:
    """`figures()` of each gig that has any, in one statement."""
    whole = _groups(*of)
    found = select(whole.c.gig_id, *_counts(whole)).where(whole.c.size == TOGETHER).group_by(whole.c.gig_id)
    return {row.gig_id: _figures(row._mapping) for row in db.session.execute(found.order_by(whole.c.gig_id))}


def said_of_gigs(after: UUID | None, limit: int, *, seen_by: Actor) -> list[tuple[Gig, list[Figure]]]:
    """Gigs of which enough people have spoken, newest first, with their figures: for operators of standards. `after`
    is the last one of the page before. Raises NotFound, Forbidden."""
    require_operator(seen_by, OperatorRole.STANDARDS)
    enough = select(SurveyAnswer.gig_id).group_by(SurveyAnswer.gig_id).having(func.count() >= TOGETHER)
    chosen = select(Gig).where(Gig.id.in_(enough)).order_by(Gig.id.desc()).limit(limit)
    rows = db.session.scalars(chosen if after is None else chosen.where(Gig.id < after)).all()
    found = figures_by_gig(SurveyAnswer.gig_id.in_([gig.id for gig in rows]))
    return [(gig, found[gig.id]) for gig in rows]


def _counts(whole: Any) -> list[Any]:
    """How many chose each point of each question."""
    return [
        func.count().filter(whole.c[f"{ask}_points"] == point).label(f"{ask}{point}") for ask in Ask for point in SCALE
    ]


def _figures(row: Any) -> list[Figure]:
    found = [Figure(ask, tuple(row[f"{ask}{point}"] for point in SCALE)) for ask in Ask]
    return [figure for figure in found if figure.answers]


def _groups(*of: ColumnElement[bool]) -> Any:
    """Every answer with the size of its group and the moment of its last one. Groups count by gig alone, whatever is
    asked about: figures of a company are made of the same groups as those of its gigs, and can be subtracted from each
    other to no effect."""
    number = func.row_number().over(
        partition_by=SurveyAnswer.gig_id, order_by=(SurveyAnswer.answered_at, SurveyAnswer.id)
    )
    points = [getattr(SurveyAnswer, f"{ask}_points") for ask in Ask]
    numbered = (
        select(SurveyAnswer.gig_id, SurveyAnswer.answered_at, *points, ((number - 1) // TOGETHER).label("place"))
        .where(*of)
        .subquery()
    )
    group = (numbered.c.gig_id, numbered.c.place)
    size = func.count().over(partition_by=group).label("size")
    complete_at = func.max(numbered.c.answered_at).over(partition_by=group).label("complete_at")
    return select(*numbered.c, size, complete_at).subquery()


def words(*, seen_by: Actor, after: UUID | None = None, limit: int = 50) -> list[Words]:
    """What people wrote, for operators of standards: in no order, so that none tells when it was written. `after` is
    the id of the last one of the page before. Raises NotFound, Forbidden."""
    require_operator(seen_by, OperatorRole.STANDARDS)
    found = (
        select(SurveyAnswer.id, SurveyAnswer.gig_id, Gig.title, SurveyAnswer.words, SurveyAnswer.named, Person.name)
        .join(Gig, Gig.id == SurveyAnswer.gig_id)
        .join(Survey, Survey.answer_id == SurveyAnswer.id)
        .join(Person, Person.id == Survey.contractor_id)
        .where(SurveyAnswer.words != "")
    )
    if after is not None:
        found = found.where(SurveyAnswer.id > after)
    rows = db.session.execute(found.order_by(SurveyAnswer.id).limit(limit))
    return [Words(row.id, row.gig_id, row.title, row.words, row.name if row.named else None) for row in rows]


def concerns(status: ConcernStatus | None = None, *, seen_by: Actor) -> Select[Concern]:
    """Figures that were low, of one status if it is named. For operators of standards. Raises NotFound, Forbidden."""
    require_operator(seen_by, OperatorRole.STANDARDS)
    found = select(Concern).options(joinedload(Concern.gig))
    return found if status is None else found.where(Concern.status == status)
