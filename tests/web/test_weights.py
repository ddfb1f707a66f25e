"""Weights on pages: tried and published at the desk, read by everybody."""

from collections.abc import Callable
from datetime import timedelta

from marketplace.accounts import queries as people
from marketplace.accounts.rules import OperatorRole
from marketplace.core import clock
from marketplace.matching import weighing
from marketplace.matching.objective import NEWEST_SHIPPED
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import Scene
from tests.web.visitor import Visitor


def at_the_desk(visitor: Visitor, role: OperatorRole = OperatorRole.STANDARDS) -> Visitor:
    person_id = accounts.operator(role).person_id
    assert person_id is not None
    return visitor.signed_in(people.person(person_id))


def test_an_operator_sees_what_weights_would_change_and_everybody_reads_it_then(
    visitor: Visitor, scene: Scene, work: Callable[[], int]
) -> None:
    """Six people and five seats, so that it is told what people of their place were asked for."""
    for _ in range(6):
        make.contracted(scene)
    make.shift(scene, seats=5)
    desk = at_the_desk(visitor)
    usual = {f"weights.{part.value}": str(weight) for part, weight in NEWEST_SHIPPED.parts.items()}
    shown = desk.look("/desk/weights")
    assert {name: given[0] for name, given in shown.forms[-1].values.items() if name in usual} == usual
    refused = desk.send("/desk/weights", **(usual | {"weights.fill": "20"}))
    assert refused.status == 422
    assert "A filled seat would weigh 20, and what ranks people 110." in refused.words
    tried = desk.send("/desk/weights", **(usual | {"weights.availability": "0", "weights.spread": "25"}))
    assert "0 of 1 steps" in tried.words
    work()
    report = desk.look(tried.address)
    for words in ("30 → 0", "before: 5 of 5", "after: 5 of 5", "United States", "20 h in 5 offers to 5 of 6 people"):
        assert words in report.words
    late = desk.send(tried.address, valid_from="2020-01-01", reason="Spread hours more.")
    assert late.status == 422
    assert "A version holds from a coming day on" in late.words
    desk.send(tried.address, valid_from=clock.now().date().isoformat(), reason="Spread hours more.")
    assert weighing.current().version == 3
    public = Visitor(visitor.client.application.test_client()).look("/weights")
    for words in (
        "Version 3, in force",
        "Spread hours more.",
        "20 h in 5 offers to 5 of 6 people",
        "It came with the service.",
    ):
        assert words in public.words
    assert "was published since" in desk.look(tried.address).words
    make.booked(scene)
    assert "has held for a week yet" in desk.look("/desk/weights/realised").words
    make.at(make.MONDAY + timedelta(days=2))
    happened = desk.look("/desk/weights/realised")
    for words in ("Version 3", "before: 0 of 0", "after: 1 of 6", "too few people to tell more; 1 of 6 seats filled"):
        assert words in happened.words
    assert happened.html.count("<svg") >= 4


def test_what_too_few_were_asked_for_is_said_to_be_so(visitor: Visitor, scene: Scene, work: Callable[[], int]) -> None:
    for _ in range(6):
        make.contracted(scene)
    make.shift(scene, seats=2)
    desk = at_the_desk(visitor)
    tried = desk.send(
        "/desk/weights", **{f"weights.{part.value}": str(of) for part, of in NEWEST_SHIPPED.parts.items()}
    )
    work()
    words = desk.look(tried.address).words
    assert "too few of 6 people were asked to tell more; 2 of 2 seats filled" in words
    assert "in 2 offers" not in words


def test_the_desk_of_another_duty_reads_weights_and_changes_none(visitor: Visitor, scene: Scene) -> None:
    desk = at_the_desk(visitor, OperatorRole.VETTING)
    page = desk.look("/desk/weights")
    assert "Version 2, in force" in page.words
    assert "Try other weights" not in page.words
    assert "No version that operators have published has held" in desk.look("/desk/weights/realised").words
