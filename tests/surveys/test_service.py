"""Surveys: asked once, told in fives, read without a name, and looked at by a human (SURVEY, P21)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from jobs.runner import run_pending
from marketplace.accounts import queries as people
from marketplace.accounts.models import Company
from marketplace.accounts.rules import Actor, OperatorRole, OwnCompany
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.core.lifecycle import WrongState
from marketplace.core.problems import NotFound
from marketplace.insight import company_report
from marketplace.insight.report_rules import Quarter
from marketplace.notices.models import Notice
from marketplace.surveys import queries, service
from marketplace.surveys.models import Concern, SurveyAnswer
from marketplace.surveys.rules import OPEN_FOR, Ask, Figure, NothingWritten, SurveyEnded
from marketplace.workforce.models import Contractor
from tests.factories import accounts, gigs, pay, shifts, surveys, workforce
from tests.factories.shifts import MONDAY, Scene

GOOD, BAD = {"pay": 5}, {"pay": 1}


def of_pay(scene: Scene) -> Figure | None:
    """What the company reads of the question about pay."""
    found = queries.said_of(scene.gig.id, seen_by=scene.company).figures
    return next((figure for figure in found if figure.ask is Ask.PAY), None)


def test_somebody_is_asked_once_when_their_work_is_paid(scene: Scene) -> None:
    """Worked and approved is not paid yet; after the pay run there is one survey and one notice. Another shift of the
    same gig, and another look, bring no second one."""
    (who,) = (pay.worked_and_approved(scene).contractor_id,)
    assert service.ask_due(200) == 0
    pay.paid(scene.company_id)
    assert [service.ask_due(200), service.ask_due(200)] == [1, 0]
    run_pending()
    told_of = select(func.count()).select_from(Notice).join(Event, Event.id == Notice.event_id)
    assert db.session.scalar(told_of.where(Event.name == "survey.asked", Notice.person_id == who)) == 1
    person = db.session.get_one(Contractor, who)
    pay.worked_and_approved(scene, person=person, starts_at=MONDAY + timedelta(days=1))
    pay.paid(scene.company_id)
    assert service.ask_due(200) == 0


def test_whoever_has_a_shift_to_come_is_not_asked_yet(scene: Scene) -> None:
    booking = pay.worked_and_approved(scene)
    person = db.session.get_one(Contractor, booking.contractor_id)
    shifts.booked(scene, person, starts_at=MONDAY + timedelta(days=1))
    pay.paid(scene.company_id)
    assert service.ask_due(200) == 0


def test_five_answers_are_told_and_nine_say_no_more(scene: Scene) -> None:
    """Four answers of 5 points and one of 1: a mean of 4.20, and not before the fifth. Four more bad ones change
    nothing, the tenth answer tells of all ten: five of 5 points, five of 1, a mean of 3.00."""
    surveys.said(scene.gig, [GOOD] * 4)
    assert of_pay(scene) is None
    surveys.said(scene.gig, [BAD])
    first = of_pay(scene)
    assert first is not None
    assert (first.counts, first.mean) == ((1, 0, 0, 0, 4), Decimal("4.20"))
    surveys.said(scene.gig, [BAD] * 4)
    assert of_pay(scene) == first
    surveys.said(scene.gig, [GOOD])
    assert of_pay(scene) == Figure(Ask.PAY, (5, 0, 0, 0, 5))


def test_what_a_gig_and_its_company_are_told_differs_by_fives(scene: Scene) -> None:
    """Six answers about one gig and four about another: ten people, and the company's record tells of the five whole
    ones alone. With all ten it would say what the sixth said, the figure of the gig taken off."""
    other = gigs.open_gig(db.session.get_one(Company, scene.company_id))
    surveys.said(scene.gig, [GOOD] * 6)
    surveys.said(other, [BAD] * 4)
    quarter = Quarter.of(clock.now())
    said = company_report.show(scene.company_id, quarter, seen_by=scene.company).said
    assert Figure(Ask.PAY, (0, 0, 0, 0, 5)) in said
    before = company_report.show(scene.company_id, quarter.before, seen_by=scene.company).said
    assert before == []


def test_nobody_learns_who_answered(scene: Scene) -> None:
    """No event and no column of an answer names its person; a stranger has no figures."""
    before = db.session.scalar(select(func.count()).select_from(Event))
    (survey,) = surveys.said(scene.gig, [GOOD])
    assert db.session.scalar(select(func.count()).select_from(Event).where(Event.subject_id == survey.id)) == 0
    after = db.session.scalars(select(Event).offset(before)).all()
    assert not [event for event in after if event.name.startswith("survey")]
    assert {key.target_fullname for key in SurveyAnswer.__table__.foreign_keys} == {"gig.id", "company.id"}
    with pytest.raises(NotFound):
        queries.said_of(scene.gig.id, seen_by=accounts.actor_of(survey.contractor_id))


def test_operators_read_words_without_a_name_unless_it_is_allowed(scene: Scene) -> None:
    silent, open_hearted = (surveys.asked(scene.gig, workforce.contractor()) for _ in range(2))
    surveys.answered(silent, words=surveys.WORDS)
    surveys.answered(open_hearted, words="Good work.", named=True)
    desk = accounts.operator(OperatorRole.STANDARDS)
    read = {each.words: each.name for each in queries.words(seen_by=desk)}
    name = people.person(open_hearted.contractor_id).name
    assert read == {surveys.WORDS: None, "Good work.": name}
    service.empty_words(silent.id, by=accounts.actor_of(silent.contractor_id))
    assert [each.words for each in queries.words(seen_by=desk)] == ["Good work."]
    with pytest.raises(NothingWritten):
        service.empty_words(silent.id, by=accounts.actor_of(silent.contractor_id))
    with pytest.raises(NotFound):
        queries.words(seen_by=scene.company)


def test_one_may_decline_and_the_time_ends(scene: Scene) -> None:
    first, late = (surveys.asked(scene.gig, workforce.contractor()) for _ in range(2))
    service.decline(first.id, by=accounts.actor_of(first.contractor_id))
    with pytest.raises(SurveyEnded):
        surveys.answered(first)
    clock.move_to(clock.now() + OPEN_FOR)
    with pytest.raises(SurveyEnded):
        surveys.answered(late)
    assert db.session.scalar(select(func.count()).select_from(SurveyAnswer)) == 0


def test_low_figures_are_looked_at_and_nothing_else_follows(scene: Scene) -> None:
    """Three answers of 1 and two of 4 have a mean of 2.20, below 2.50: one concern. A human closes it with words; the
    same five answers open none again, five more do. The gig, its company and everybody's standing stay as they are."""
    surveys.said(scene.gig, [BAD, BAD, BAD, {}, {}])
    state = scene.gig.status
    assert [service.look(200), service.look(200)] == [1, 0]
    concern = db.session.scalars(select(Concern)).one()
    assert (concern.ask, concern.answers, concern.mean_hundredths) == (Ask.PAY, 5, 220)
    desk = accounts.operator(OperatorRole.STANDARDS)
    service.close(concern.id, "A bonus was announced in a chat, and not in the gig.", by=desk)
    assert service.look(200) == 0
    with pytest.raises(WrongState):
        service.close(concern.id, "Again.", by=desk)
    surveys.said(scene.gig, [BAD] * 5)
    assert service.look(200) == 1
    assert scene.gig.status is state
    assert not db.session.scalars(select(Event).where(Event.name.like("restriction.%"))).all()


def test_no_operator_looks_at_their_own_company(scene: Scene) -> None:
    concern = surveys.low(scene.gig)
    both = Actor(scene.company.person_id, companies=scene.company.companies, operator=frozenset({OperatorRole.ADMIN}))
    with pytest.raises(OwnCompany):
        service.close(concern.id, "All is well.", by=both)
