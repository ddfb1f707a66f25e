"""People who were paid for their work at a gig, asked how it was, and what they say."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.gigs.models import Gig
from marketplace.surveys import service
from marketplace.surveys.models import Concern, Survey
from marketplace.surveys.rules import OPEN_FOR, TOGETHER, Ask
from marketplace.workforce.models import Contractor
from tests.factories import accounts, pay, shifts, workforce
from tests.factories.shifts import MONDAY, Scene

WORDS = "The boxes took twice as long as it said."
WELL: Mapping[Ask, int] = dict.fromkeys(Ask, 4)


def paid_for(scene: Scene, people: int = 1) -> list[UUID]:
    """So many people who worked four hours each and were paid."""
    made = [
        pay.worked_and_approved(scene, starts_at=MONDAY + timedelta(days=day)).contractor_id for day in range(people)
    ]
    pay.paid(scene.company_id)
    return made


def asked_after_work(people: int = 1, scene: Scene | None = None) -> list[Survey]:
    """Their surveys, asked for by the job's own verb."""
    there = scene or shifts.scene()
    paid_for(there, people)
    with transaction():
        service.ask_due(200)
    return list(db.session.query(Survey).filter_by(gig_id=there.gig.id).order_by(Survey.id))


def asked(gig: Gig, who: Contractor) -> Survey:
    """A survey as the job writes it, without the week of work before."""
    now = clock.now()
    row = Survey(
        gig_id=gig.id,
        company_id=gig.company_id,
        contractor_id=who.id,
        asked_at=now,
        closes_at=now + OPEN_FOR,
    )
    db.session.add(row)
    db.session.flush()
    return row


def answered(survey: Survey, words: str = "", named: bool = False, **points: int) -> Survey:
    """Four of five to everything but what `points` says by the question's name."""
    said = WELL | {Ask(name): value for name, value in points.items()}
    return service.answer(survey.id, said, words, named, by=accounts.actor_of(survey.contractor_id))


def said(gig: Gig, each: Sequence[Mapping[str, int]]) -> list[Survey]:
    """New people, asked without a week of work before, and what each says."""
    return [answered(asked(gig, workforce.contractor()), **points) for points in each]


def low(gig: Gig) -> Concern:
    """Five people whose pay was not at all as promised; an operator is to look."""
    said(gig, [{"pay": 1}] * TOGETHER)
    service.look(200)
    return db.session.query(Concern).filter_by(gig_id=gig.id).one()
