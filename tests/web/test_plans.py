"""Plans at the desk, and what a contractor reads about being asked or not."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from marketplace.accounts import queries as people
from marketplace.accounts.rules import OperatorRole
from marketplace.core.db import db
from marketplace.matching import making, planning, service
from marketplace.matching.models import Plan
from marketplace.shifts.models import Offer
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene
from tests.web.visitor import Visitor


def at_the_desk(visitor: Visitor, role: OperatorRole = OperatorRole.ADMIN) -> Visitor:
    person_id = accounts.operator(role).person_id
    assert person_id is not None
    return visitor.signed_in(people.person(person_id))


def test_an_operator_has_the_coming_days_planned_and_sees_what_came_of_it(
    visitor: Visitor, scene: Scene, work: Callable[[], int]
) -> None:
    ana = make.contracted(scene)
    for _ in range(4):
        make.contracted(scene, band=(0, 3))
    make.shift(scene, seats=3)
    desk = at_the_desk(visitor)
    assert "Nothing has been planned yet." in desk.look("/desk/plans").words
    made = desk.send("/desk/plans", days="14")
    assert "A job makes it" in made.words
    again = desk.send("/desk/plans", days="14")
    assert again.status == 409
    assert "A plan of these companies is being made." in again.words
    work()
    plan = desk.look(made.address)
    for words in ("1 of 3", "1 offer was made.", "too few of 5 people were asked to tell more", "HOURS_BAND 2 seats"):
        assert words in plan.words
    assert "No solver was asked" in plan.words
    assert "one by one 1 seat is filled, " in plan.words
    assert "1 of 3 open seats are planned" in desk.look("/desk/plans").html
    assert db.session.scalars(select(Offer.contractor_id)).all() == [ana.id]


def test_a_plan_of_too_many_days_keeps_what_was_typed(visitor: Visitor, scene: Scene) -> None:
    refused = at_the_desk(visitor).send("/desk/plans", days="57")
    assert refused.status == 422
    assert refused.forms[-1].values["days"] == ["57"]
    assert db.session.scalars(select(Plan)).all() == []


def test_a_plan_that_failed_says_that_nothing_was_offered(visitor: Visitor, scene: Scene) -> None:
    made = planning.order(by=accounts.operator())
    making.give_up(made.id)
    shown = at_the_desk(visitor).look(f"/desk/plans/{made.id}")
    assert "It could not be made, and nothing of it was offered." in shown.words


def test_plans_need_the_desk(visitor: Visitor, scene: Scene) -> None:
    ana = make.contracted(scene)
    plan = planning.plan(MONDAY, MONDAY + timedelta(days=1), by=accounts.operator())
    visitor.signed_in(people.person(ana.id))
    for path in ("/desk/plans", f"/desk/plans/{plan.id}"):
        assert visitor.look(path).status == 404


def test_whoever_was_not_asked_reads_why(visitor: Visitor, scene: Scene) -> None:
    ana, budi = make.contracted(scene), make.contracted(scene, band=(0, 3))
    shift = make.shift(scene)
    (offer,) = service.match(shift.id, by=scene.company)
    visitor.signed_in(people.person(budi.id))
    listed = visitor.look("/work/not-asked")
    assert scene.gig.title in listed.words
    why = visitor.look(f"/work/shifts/{shift.id}/why")
    assert "HOURS_BAND" in why.words
    assert "Widen the band in your profile if you want more hours." in why.words
    asked = Visitor(visitor.client.application.test_client()).signed_in(people.person(ana.id))
    assert "There is none" in asked.look("/work/not-asked").words
    assert f"/work/shifts/{shift.id}/why" in asked.look(f"/work/offers/{offer.id}").html
    mine = asked.look(f"/work/shifts/{shift.id}/why")
    assert "the points were among the highest" in mine.words
    assert str(offer.reason["score"]) in mine.words


def test_a_shift_of_others_is_not_explained(visitor: Visitor, scene: Scene) -> None:
    shift, elsewhere = make.shift(scene), make.scene()
    visitor.signed_in(people.person(make.contracted(elsewhere).id))
    assert visitor.look(f"/work/shifts/{shift.id}/why").status == 404
    assert scene.gig.title not in visitor.look("/work/not-asked").words


def test_the_reason_can_be_read_in_indonesian(visitor: Visitor, scene: Scene) -> None:
    ana = make.contracted(scene)
    shift = make.shift(scene)
    service.match(shift.id, by=scene.company)
    person = people.person(ana.id)
    person.locale = "id"
    db.session.flush()
    visitor.signed_in(person)
    assert "karena poinnya termasuk yang tertinggi" in visitor.look(f"/work/shifts/{shift.id}/why").words
