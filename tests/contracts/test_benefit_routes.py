"""The doors of benefits, insurances and plans, and their five questions."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from marketplace.accounts.rules import CLOCK, CompanyRole, OperatorRole
from marketplace.contracts import benefits, plans, queries
from marketplace.contracts.models import ContractVersion
from marketplace.contracts.rules import Accrual, BenefitKind, TermsRefused, Unit
from marketplace.core import clock
from tests.contracts.test_plans import COVER
from tests.factories import accounts, contracts, workforce

STATEMENT = "GET /api/v1/contractors/me/benefits/statement"
TABLE = "GET /api/v1/contractors/me/benefits/statement.csv"
ENROLMENTS = "GET /api/v1/companies/<uuid:company_id>/enrolments"
ENROL = "POST /api/v1/companies/<uuid:company_id>/enrolments"
END = "POST /api/v1/enrolments/<uuid:enrolment_id>/end"
PLANS = "GET /api/v1/benefit-plans"
VERSIONS = "GET /api/v1/benefit-plans/<code>/versions"
CREATE = "POST /api/v1/benefit-plans"
REVISE = "POST /api/v1/benefit-plans/<code>/versions"
SECOND = "POST /api/v1/benefit-plans/<code>/versions/<int:number>/second"
TOTALS = "GET /api/v1/benefit-plans/totals"
PAID = "GET /api/v1/companies/<uuid:company_id>/benefits"
OF_STANDARDS = (CREATE, REVISE, SECOND, TOTALS)
OF_A_COMPANY = (ENROLMENTS, ENROL, PAID)

PROMISE = {
    "title": "Accident cover", "funder": "company", "source": "A letter", "valid_from": "2026-01-01",
    "provider": "Allsure AG", "policy_no": "P-17", "cover": "Accidents at work", "contact": "+49 30 1234",
}  # fmt: skip
NEW_PLAN = PROMISE | {"code": "cover", "kind": "accident", "unit": "money"}
ENROLMENT = {"plan": "cover", "since": "2026-01-01", "member_number": "M-1", "proof": "file 7"}
BODIES: dict[str, dict[str, Any]] = {
    ENROL: ENROLMENT | {"contractor_id": str(uuid4())},
    END: {"until": "2026-12-31"},
    CREATE: NEW_PLAN,
    REVISE: PROMISE,
}


def doors(*routes: str, question: str) -> list[Any]:
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


def ask(client: FlaskClient, route: str, ids: dict[str, UUID] | None = None, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    for name in ("company_id", "enrolment_id"):
        path = path.replace(f"<uuid:{name}>", str((ids or {}).get(name) or uuid4()))
    path = path.replace("<code>", str((ids or {}).get("code", "sick-leave"))).replace("<int:number>", "1")
    if route in BODIES:
        more.setdefault("json", BODIES[route])
    return client.open(path, method=method, **more)


def agreed() -> ContractVersion:
    """A contract in force that names an insurance."""
    plans.create("cover", BenefitKind.ACCIDENT, Unit.MONEY, COVER, by=accounts.operator(OperatorRole.STANDARDS))
    version = contracts.in_force(benefits=["sick-leave", "cover"])
    assert queries.in_force(version.company_id, version.contractor_id, clock.now()) is not None
    return version


@pytest.mark.parametrize("route", doors(STATEMENT, TABLE, *OF_A_COMPANY, END, *OF_STANDARDS, question="not_signed_in"))
def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, route: str) -> None:
    answer = ask(client, route)
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize("route", doors(*OF_A_COMPANY, END, REVISE, SECOND, question="not_mine"))
def test_others_have_no_such_thing(client: FlaskClient, route: str) -> None:
    company = accounts.company()
    headers = accounts.bearer(accounts.owner_of(accounts.company().id))
    assert ask(client, route, {"company_id": company.id}, headers=headers).status_code == 404


@pytest.mark.parametrize(
    ("route", "change"),
    [
        pytest.param(ENROL, {"since": "soon"}, marks=pytest.mark.door(ENROL, "wrong_shape")),
        pytest.param(END, {"until": None}, marks=pytest.mark.door(END, "wrong_shape")),
        pytest.param(CREATE, {"code": "Cover!"}, marks=pytest.mark.door(CREATE, "wrong_shape")),
        pytest.param(CREATE, {"policy_no": None}, marks=pytest.mark.door(CREATE, "wrong_shape")),
        pytest.param(REVISE, {"source": ""}, marks=pytest.mark.door(REVISE, "wrong_shape")),
        pytest.param(REVISE, {"amount": "1/40", "rule": "SICK"}, marks=pytest.mark.door(REVISE, "wrong_shape")),
    ],
)
def test_a_wrong_shape_is_refused(client: FlaskClient, route: str, change: dict[str, Any]) -> None:
    company = accounts.company()
    who: Any = accounts.owner_of(company.id) if route in (ENROL, END) else accounts.operator(OperatorRole.STANDARDS)
    answer = ask(client, route, {"company_id": company.id}, json=BODIES[route] | change, headers=accounts.bearer(who))
    assert answer.status_code == 422


@pytest.mark.door(ENROLMENTS, "wrong_shape")
def test_a_limit_of_nothing(client: FlaskClient) -> None:
    company = accounts.company()
    headers = accounts.bearer(accounts.owner_of(company.id))
    answer = ask(client, ENROLMENTS, {"company_id": company.id}, query_string={"limit": "0"}, headers=headers)
    assert answer.status_code == 422


@pytest.mark.door(ENROL, "works")
@pytest.mark.door(ENROL, "wrong_state")
@pytest.mark.door(ENROLMENTS, "works")
@pytest.mark.door(END, "works")
@pytest.mark.door(END, "wrong_state")
@pytest.mark.door(PAID, "works")
def test_a_person_is_insured_and_no_longer(client: FlaskClient) -> None:
    version = agreed()
    headers = accounts.bearer(accounts.owner_of(version.company_id))
    ids = {"company_id": version.company_id}
    body = ENROLMENT | {"contractor_id": str(version.contractor_id)}
    made = ask(client, ENROL, ids, json=body, headers=headers)
    assert (made.status_code, made.json["member_number"]) == (201, "M-1")
    again = ask(client, ENROL, ids, json=body, headers=headers)
    assert (again.status_code, again.json["code"]) == (409, "enrolled_already")
    assert [row["id"] for row in ask(client, ENROLMENTS, ids, headers=headers).json["items"]] == [made.json["id"]]
    mine = ask(client, STATEMENT, headers=accounts.bearer(version.contractor_id)).json
    assert [row["plan"]["promise"]["policy_no"] for row in mine["insured"]] == ["P-17"]
    one = {"enrolment_id": UUID(made.json["id"])}
    assert ask(client, END, one, headers=headers).json["until"] == "2026-12-31"
    late = ask(client, END, one, headers=headers)
    assert (late.status_code, late.json["code"]) == (409, "wrong_state")
    assert ask(client, PAID, ids, headers=headers).json == {"items": []}
    manager = accounts.bearer(accounts.member(version.company_id, CompanyRole.MANAGER))
    assert ask(client, ENROLMENTS, ids, headers=manager).status_code == 403


@pytest.mark.door(PLANS, "works")
@pytest.mark.door(VERSIONS, "works")
@pytest.mark.door(CREATE, "works")
@pytest.mark.door(CREATE, "wrong_state")
@pytest.mark.door(REVISE, "works")
@pytest.mark.door(REVISE, "wrong_state")
@pytest.mark.door(SECOND, "works")
@pytest.mark.door(SECOND, "wrong_state")
@pytest.mark.door(TOTALS, "works")
def test_a_plan_from_its_first_version_to_a_lesser_one(client: FlaskClient) -> None:
    one, two = (accounts.bearer(accounts.operator(OperatorRole.STANDARDS)) for _ in range(2))
    assert ask(client, CREATE, headers=one).json["number"] == 1
    assert ask(client, CREATE, headers=one).json["code"] == "benefit_plan_exists"
    cover: Any = {"code": "cover"}
    other = PROMISE | {"provider": "Cheap Ltd"}
    path = "/api/v1/benefit-plans/cover/versions"
    less = client.post(path, json=other, headers=one)
    assert (less.status_code, less.json["lowers"]) == (201, True)
    assert client.post(path, json=other, headers=one).json["code"] == "nothing_to_second"
    assert client.post(f"{path}/2/second", headers=one).json["code"] == "second_person_needed"
    assert client.post(f"{path}/2/second", headers=two).json["seconded_by"] is not None
    assert client.post(f"{path}/2/second", headers=two).status_code == 409
    assert [row["number"] for row in ask(client, VERSIONS, cover).json["items"]] == [2, 1]
    assert client.get("/api/v1/benefit-plans/lottery/versions").status_code == 404
    assert {row["code"] for row in ask(client, PLANS).json["items"]} == {"cover", "health-stipend", "sick-leave"}
    assert ask(client, TOTALS, headers=one).json == {"items": []}


@pytest.mark.door(STATEMENT, "works")
@pytest.mark.door(TABLE, "works")
def test_a_statement_is_taken_along(client: FlaskClient) -> None:
    ana = workforce.contractor()
    at = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
    benefits.accrue([Accrual(ana.id, "sick-leave", 480, "c", "booking:1", "SICK", 3, at)], by=CLOCK)
    headers = accounts.bearer(ana.id)
    told = ask(client, STATEMENT, headers=headers).json
    assert (told["courses"][0]["months"][0]["balance"], told["rows"][0]["seconds"]) == (480, 480)
    table = ask(client, TABLE, headers=headers)
    assert (table.mimetype, table.text.splitlines()[1].split(",")[1:4]) == ("text/csv", ["sick-leave", "accrue", "480"])


def test_a_contract_names_only_plans_that_are_offered(client: FlaskClient) -> None:
    over = {"valid_from": date(2020, 1, 1), "valid_to": date(2020, 12, 31)}
    promise = plans.promise_of({**{name: getattr(COVER, name) for name in COVER.__dataclass_fields__}, **over})
    plans.create("old", BenefitKind.ACCIDENT, Unit.MONEY, promise, by=accounts.operator(OperatorRole.STANDARDS))
    company = accounts.company()
    with pytest.raises(TermsRefused):
        contracts.template(company.id, benefits=["old"])
