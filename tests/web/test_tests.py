"""The pages of tests: taking one without a script, contesting it, and deciding about it."""

import pytest
from flask import Flask

from marketplace.accounts import queries as people
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.qualifications import queries
from marketplace.qualifications.levels import PaySteps
from marketplace.qualifications.models import Attempt, Qualification, TestContest
from marketplace.qualifications.rules import AttemptStatus, QualificationStatus
from marketplace.qualifications.scoring import Item, ItemKind
from marketplace.web.examining_forms import ItemForm
from tests.factories import accounts as people_made
from tests.factories import gigs, workforce
from tests.factories import pay as payroll
from tests.factories import qualifications as made
from tests.factories.qualifications import RIGHT, WRITTEN
from tests.factories.shifts import MONDAY
from tests.web.visitor import Visitor


def _fields(attempt: Attempt) -> dict[str, object]:
    """The answers of the factories as a form sends them."""
    sent: dict[str, object] = {}
    for item in queries.items(attempt.item_ids):
        value = RIGHT[item.kind]
        if isinstance(value, dict):
            sent |= {f"a__{item.id}__{thing}": str(place) for thing, place in value.items()}
        else:
            sent[f"a__{item.id}"] = value
    return sent


def test_a_test_is_taken_without_a_script(visitor: Visitor) -> None:
    made.at(MONDAY)
    made.service_test()
    ana = workforce.contractor()
    tab = visitor.signed_in(people.person(ana.id))
    shown = tab.send("/work/tests", "/begin")
    attempt = db.session.query(Attempt).one()
    done = tab.hand_in(shown, "/hand-in", **_fields(attempt))
    assert "100 %" in done.words
    assert "$0.20 USD are paid to you for 1 min, pass or fail." in done.words
    assert "you are here" in tab.look("/work/tests/leads").words


def test_a_failed_item_is_contested_and_corrected(visitor: Visitor) -> None:
    made.at(MONDAY)
    test = made.company_test(items=[WRITTEN])
    ana = workforce.contractor()
    tab = visitor.signed_in(people.person(ana.id))
    shown = tab.send("/work/tests", "/begin")
    item = queries.versions(test.id)[0].items[0]
    failed = tab.hand_in(shown, "/hand-in", **{f"a__{item.id}": "frame"})
    assert "You can take it again from" in failed.words
    contested = tab.hand_in(failed, "/contest", words="A frame is a box.")
    assert "You contested an item" in contested.words
    tab.client.post("/sign-out", data={"csrf_token": contested.forms[0].values["csrf_token"]})
    judge = Visitor(tab.client.application.test_client()).signed_in(people.person(made.manager_of(test).person_id))
    contest = db.session.query(TestContest).one()
    address = f"/company/{test.company_id}/tests/contested/{contest.id}"
    refused = judge.send(address, verdict="correct", answers="", reason="It is.")
    assert refused.status == 422
    judge.hand_in(refused, verdict="correct", answers="frame", reason="It is.")
    assert db.session.query(Attempt).one().status is AttemptStatus.PASSED


def test_a_company_writes_funds_and_publishes(visitor: Visitor) -> None:
    owner = people_made.person("olga@lab.example")
    company = people_made.company(owner)
    gigs.money_for(company.id, Money.of("20.00", "USD"))
    tab = visitor.signed_in(owner)
    root = f"/company/{company.id}/tests"
    shown = tab.send(f"{root}/new", title="Boxes", code="boxes", about="Boxes.", rate__amount="12.00")
    assert "A draft that only you see." in shown.words
    with_item = tab.hand_in(shown, "/items", kind="text", prompt="What?", answers="a box")
    funded = tab.hand_in(with_item, "/fund", money__amount="10.00")
    assert "$10.00 USD" in funded.words
    assert "Whoever begins from now on gets this version" in tab.hand_in(funded, "/do/publish").words
    test = db.session.query(Qualification).one()
    assert test.status is QualificationStatus.OPEN
    back = tab.send(f"{root}/{test.id}", "/do/take-back")
    limited = tab.hand_in(back, "/paper", limit_minutes="5")
    assert (limited.status, "at least 3 times the estimate" in limited.words) == (422, True)


def test_a_payslip_names_the_test(visitor: Visitor) -> None:
    with transaction():
        made.at(MONDAY)
        done = made.taken(made.service_test(), workforce.contractor().id)
    payroll.paid()
    slip = payroll.payslip_of(done.contractor_id)
    page = visitor.signed_in(people.person(done.contractor_id)).look(f"/work/pay/{slip.id}")
    assert "Paid by Setara, pass or fail. A test stands under no contract." in page.words


def test_operators_write_the_service_s_tests(visitor: Visitor) -> None:
    keeper = made.keeper()
    test = made.service_test(by=keeper)
    tab = visitor.signed_in(people.person(keeper.person_id))
    assert test.title in tab.look("/desk/tests").words
    assert "See it as a contractor" in tab.look(f"/desk/tests/{test.id}").words
    assert tab.look(f"/desk/tests/{made.company_test().id}").status == 404


@pytest.mark.parametrize(
    ("kind", "answers", "key"),
    [
        ("choice_one", "One\n*Two", {"right": ["o2"]}),
        ("number", "3.14 0.01", {"value": "3.14", "tolerance": "0.01"}),
        ("number", "3", {"value": "3", "tolerance": "0"}),
        ("classes", "Cat = animal\nCar = thing", {"right": {"o1": "c1", "o2": "c2"}}),
        ("ranking", "Best\nWorst", {"order": ["o1", "o2"]}),
        ("text", "a box\nbox", {"accepted": ["a box", "box"]}),
    ],
)
def test_answers_are_written_as_lines(app: Flask, kind: str, answers: str, key: dict[str, object]) -> None:
    with app.test_request_context():
        item = ItemForm().load({"kind": kind, "prompt": "?", "answers": answers})
    assert isinstance(item, Item)
    assert (item.kind, item.key) == (ItemKind(kind), key)


def test_a_gig_s_steps_are_written_as_lines(visitor: Visitor) -> None:
    """What was written stands in the form again; a step below the rate is refused beside its field."""
    owner = people_made.person("olga@lab.example")
    gig = gigs.draft_gig(people_made.company(owner))
    tab = visitor.signed_in(owner)
    address = f"/company/{gig.company_id}/gigs/{gig.id}/edit"
    tab.send(
        address,
        steps_skill="image-labelling",
        steps="2 = 10\n3 = 12,5",
        proven="image-labelling = 1",
        reason="It is hard.",
    )
    db.session.refresh(gig)
    assert gig.pay_steps == PaySteps("image-labelling", ((2, 11_000), (3, 11_250)))
    assert gig.criteria.proven_levels == {"image-labelling": 1}
    shown = tab.look(address)
    assert shown.form().values["steps"] == ["2 = 10\n3 = 12.5"]
    refused = tab.hand_in(shown, steps="2 = -5")
    assert (refused.status, "such as 2 = 10" in refused.words) == (422, True)
