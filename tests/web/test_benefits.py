"""The pages of benefits: a person's statement, a company's insurances, the desk of plans."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts import queries as people
from marketplace.accounts.rules import CLOCK, OperatorRole
from marketplace.contracts import benefits, insurance, plans
from marketplace.contracts.benefit_models import Transfer
from marketplace.contracts.rules import Accrual, BenefitKind, Unit
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from tests.contracts.test_moving import stands, stipend
from tests.contracts.test_plans import COVER
from tests.factories import accounts, contracts, workforce
from tests.web.visitor import Visitor

AT = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)


def visit(client: FlaskClient, person_id: object) -> Visitor:
    return Visitor(client).signed_in(people.person(person_id))  # type: ignore[arg-type]


def test_a_person_reads_the_statement_and_takes_it_along(client: FlaskClient) -> None:
    clock.move_to(AT + timedelta(days=40))
    ana = workforce.contractor()
    benefits.accrue([Accrual(ana.id, "sick-leave", 480, "c", "booking:1", "SICK", 3, AT)], by=CLOCK)
    visitor = visit(client, ana.id)
    page = visitor.look("/work/benefits")
    for said in ("8 min", "It does not expire", "No company has insured you", "Month by month", "Sep 2026"):
        assert said in page.words, said
    assert client.get("/work/benefits/statement.csv").text.count("sick-leave") == 1
    assert client.get("/work/benefits/statement.json").json["rows"][0]["seconds"] == 480
    assert client.get("/work/benefits/statement.pdf").status_code == 404


@pytest.fixture
def cover() -> None:
    plans.create("cover", BenefitKind.ACCIDENT, Unit.MONEY, COVER, by=accounts.operator(OperatorRole.STANDARDS))


def test_a_company_writes_down_whom_it_has_insured(client: FlaskClient, app: object, cover: None) -> None:
    version = contracts.in_force(benefits=["cover"])
    visitor = visit(client, accounts.owner_of(version.company_id).person_id)
    path = f"/company/{version.company_id}/benefits"
    wrong = visitor.send(path, path, since="2026-06-01", until="2026-05-01", member_number="M-1", proof="file 7")
    assert (wrong.status, "It ends before it begins." in wrong.words) == (422, True)
    visitor.send(path, path, since="2026-06-01", member_number="M-1", proof="file 7")
    (own,) = insurance.of_person(version.contractor_id, CLOCK)
    assert own.enrolment.member_number == "M-1"
    end = f"{path}/{own.enrolment.id}/end"
    visitor.send(path, end, until="2026-07-01")
    assert not visitor.look(path).offers(end)


def test_two_operators_change_a_plan(client: FlaskClient, app: object, cover: None) -> None:
    one, two = (accounts.operator(OperatorRole.STANDARDS).person_id for _ in range(2))
    visitor = visit(client, one)
    path = "/desk/benefits/cover"
    visitor.send(path, path, provider="Cheap Ltd")
    page = visitor.look(path)
    assert "waits for a second person" in page.words
    assert not page.offers(f"{path}/2/second")
    other = visit(app.test_client(), two)  # type: ignore[attr-defined]
    other.send(path, f"{path}/2/second")
    assert plans.plans()["cover"].promise.provider == "Cheap Ltd"
    refused = other.send("/desk/benefits", "", code="sick-leave", title="Again", source="x", valid_from="2026-01-01")
    assert "There is a plan with this code." in refused.words


def test_a_person_has_a_benefit_paid_out_and_sends_the_rest_on(client: FlaskClient, app: object) -> None:
    ana = workforce.contractor()
    stipend(ana.id, Money.of("2.40", "USD"))
    visitor = visit(client, ana.id)
    path = "/work/benefits"
    wrong = visitor.send(path, path, **{"money.amount": "9.00"})
    assert (wrong.status, "There is not so much in this benefit." in wrong.words) == (409, True)
    visitor.send(path, path, **{"money.amount": "1.00"})
    assert "With the next pay run" in visitor.look(path).words
    visitor.send(f"{path}/transfer", "", provider="Mutual fund", account="ANA-1")
    assert "to Mutual fund" in visitor.look(path).words
    assert stands(ana.id, "health-stipend") == 0
    desk = visit(app.test_client(), accounts.operator(OperatorRole.FINANCE).person_id)  # type: ignore[attr-defined]
    (waiting,) = db.session.scalars(select(Transfer))
    one = f"/desk/transfers/{waiting.id}"
    assert "Mutual fund" in desk.look("/desk/transfers").words
    desk.send(one, f"{one}/returned", reason="No such number.")
    assert not desk.look(one).offers(f"{one}/sent")
    assert "No such number." in visitor.look(path).words
    given = {"provider": "Mutual fund", "account": "A", "evidence": "letter 5", "reason": "She asked for it."}
    amount = {"money.amount": "3.00", "money.currency": "USD", "plan": "health-stipend"}
    desk.send("/desk/transfers", "", contractor_id=str(ana.id), **given, **amount)
    assert stands(ana.id, "health-stipend") == 440
