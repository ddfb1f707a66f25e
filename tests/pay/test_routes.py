"""The doors of pay, and their five questions."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from jobs.runner import run_pending
from marketplace.accounts.rules import CompanyRole, OperatorRole, Right
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.idempotency import HEADER
from marketplace.core.money import Money
from marketplace.pay import service
from marketplace.pay.models import PayLine, PaymentOp, PayRun
from marketplace.pay.rails import payments
from marketplace.pay.rules import LeverEffect, OpKind, OpStatus, RunStatus
from marketplace.pay.runs import lines
from marketplace.pay.runs import service as runs
from marketplace.shifts.models import Booking
from marketplace.shifts.timesheet_models import Timesheet
from tests.factories import accounts, shifts
from tests.factories import pay as made
from tests.factories.shifts import MONDAY

DEPOSIT = "POST /api/v1/companies/<uuid:company_id>/deposits"
DEPOSITS = "GET /api/v1/companies/<uuid:company_id>/deposits"
ONE_DEPOSIT = "GET /api/v1/companies/<uuid:company_id>/deposits/<uuid:deposit_id>"
BALANCE = "GET /api/v1/companies/<uuid:company_id>/balance"
PAY_LINES = "GET /api/v1/companies/<uuid:company_id>/pay-lines"
START = "POST /api/v1/pay-runs"
RUNS = "GET /api/v1/pay-runs"
PREVIEW = "GET /api/v1/pay-runs/preview"
TRY = "POST /api/v1/pay-runs/<uuid:run_id>/try"
RUN = "GET /api/v1/pay-runs/<uuid:run_id>"
SLIPS_OF_RUN = "GET /api/v1/pay-runs/<uuid:run_id>/payslips"
PROGRESS = "GET /api/v1/pay-runs/<uuid:run_id>/progress"
PAYSLIPS = "GET /api/v1/payslips"
PAYSLIP = "GET /api/v1/payslips/<uuid:payslip_id>"
PAYOUT = "GET /api/v1/payouts/<uuid:payout_id>"
RETRY = "POST /api/v1/payouts/<uuid:payout_id>/retry"
UNPARK = "POST /api/v1/payments/<uuid:payment_id>/unpark"
LEVER = "POST /api/v1/sandbox/levers"
ACCOUNT = "GET /api/v1/ledger/accounts/<string:name>"
PROOF = "GET /api/v1/proof"

OF_COMPANY = (DEPOSIT, DEPOSITS, ONE_DEPOSIT, BALANCE, PAY_LINES)
OF_FINANCE = (START, RUNS, PREVIEW, RUN, PROGRESS, SLIPS_OF_RUN, LEVER, PROOF, UNPARK, TRY)
OF_PERSON = (PAYSLIP, PAYOUT, RETRY)
MOVES_MONEY = (DEPOSIT, START, RETRY, UNPARK, TRY)
TEN = {"amount": "10.00", "currency": "USD"}
BODIES: dict[str, dict[str, Any]] = {
    DEPOSIT: {"money": TEN},
    START: {"through": "2027-12-31"},
    LEVER: {"effect": "decline", "kind": "deposit"},
}
QUERIES: dict[str, dict[str, Any]] = {PREVIEW: {"through": "2027-12-31"}}


def doors(*routes: str, question: str) -> list[Any]:
    """The routes as parameters of a test that answers the question for each."""
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


def ask(client: FlaskClient, route: str, who: dict[str, str] | None = None, *, of: Any = None, **more: Any) -> Any:
    """Makes the request of a route with a fresh Idempotency-Key. `of` is the id or the name that the path is about."""
    method, _, path = route.partition(" ")
    first, *rest = of if isinstance(of, tuple) else (of or uuid4(), uuid4())
    for name in ("<uuid:company_id>", "<uuid:run_id>", "<uuid:payslip_id>", "<uuid:payout_id>", "<uuid:payment_id>"):
        path = path.replace(name, str(first))
    path = path.replace("<string:name>", str(first)).replace("<uuid:deposit_id>", str(rest[0]) if rest else "")
    more = {"json": BODIES.get(route), "query_string": QUERIES.get(route)} | more
    return client.open(path, method=method, headers={HEADER: uuid4().hex} | (who or {}), **more)


def finance() -> dict[str, str]:
    return accounts.bearer(made.finance())


def owner_of(company_id: Any) -> dict[str, str]:
    return accounts.bearer(accounts.owner_of(company_id))


def paid_booking() -> Booking:
    """Four hours in Kansas, worked, approved and paid."""
    booking = made.worked_and_approved()
    made.paid()
    return booking


def payout_of(booking: Booking) -> PaymentOp:
    return db.session.scalars(select(PaymentOp).where(PaymentOp.contractor_id == booking.contractor_id)).one()


# --- the questions that are alike -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "route", doors(*OF_COMPANY, *OF_FINANCE, *OF_PERSON, PAYSLIPS, ACCOUNT, question="not_signed_in")
)
def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, route: str) -> None:
    answer = ask(client, route, of=f"contractor:{uuid4()}:payable" if route == ACCOUNT else None)
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize("route", doors(*OF_COMPANY, question="not_mine"))
def test_a_company_of_others_does_not_exist(client: FlaskClient, route: str) -> None:
    lab = accounts.company()
    op = made.deposited(lab.id, Money(1000, "USD"))
    stranger = owner_of(accounts.company(legal_name="Other Lab").id)
    assert ask(client, route, stranger, of=(lab.id, op.id)).status_code == 404


@pytest.mark.parametrize("route", OF_COMPANY)
def test_a_manager_does_not_see_the_money(client: FlaskClient, route: str) -> None:
    lab = accounts.company()
    manager = accounts.bearer(accounts.member(lab.id, CompanyRole.MANAGER))
    assert ask(client, route, manager, of=lab.id).status_code == 403


@pytest.mark.parametrize("route", doors(RUN, TRY, PROGRESS, SLIPS_OF_RUN, UNPARK, question="not_mine"))
@pytest.mark.parametrize("known", [True, False])
def test_only_operators_know_of_runs(client: FlaskClient, route: str, known: bool) -> None:
    lab = accounts.company()
    op = made.deposited(lab.id, Money(1000, "USD"))
    about = (op.id if route == UNPARK else made.started().id) if known else uuid4()
    assert ask(client, route, owner_of(lab.id), of=about).status_code == 404


@pytest.mark.parametrize("route", OF_FINANCE)
def test_what_is_for_finance_is_for_nobody_else(client: FlaskClient, route: str) -> None:
    assert ask(client, route, owner_of(accounts.company().id)).status_code == 404
    vetting = accounts.bearer(accounts.operator(OperatorRole.VETTING))
    assert ask(client, route, vetting).status_code == 403


@pytest.mark.parametrize("route", doors(*OF_PERSON, question="not_mine"))
def test_pay_of_others_does_not_exist(client: FlaskClient, route: str) -> None:
    booking = paid_booking()
    about = made.payslip_of(booking.contractor_id).id if route == PAYSLIP else payout_of(booking).id
    for stranger in (accounts.bearer(accounts.person()), owner_of(booking.company_id)):
        assert ask(client, route, stranger, of=about).status_code == 404


@pytest.mark.parametrize("route", MOVES_MONEY)
def test_what_moves_money_needs_a_key(client: FlaskClient, route: str) -> None:
    lab = accounts.company()
    who = owner_of(lab.id) if route == DEPOSIT else finance()
    answer = ask(client, route, who | {HEADER: ""}, of=lab.id)
    assert (answer.status_code, answer.json["code"]) == (400, "idempotency_key_required")


@pytest.mark.parametrize(
    ("route", "more"),
    [
        pytest.param(route, more, marks=pytest.mark.door(route, "wrong_shape"), id=f"{route} {number}")
        for number, (route, more) in enumerate(
            [
                (DEPOSIT, {"json": {}}),
                (DEPOSIT, {"json": {"money": {"amount": 10.0, "currency": "USD"}}}),
                (DEPOSIT, {"json": {"money": {"amount": "10.001", "currency": "USD"}}}),
                (DEPOSIT, {"json": {"money": {"amount": "0.00", "currency": "USD"}}}),
                (DEPOSIT, {"json": {"money": {"amount": "10.00", "currency": "XXQ"}}}),
                (DEPOSITS, {"query_string": {"limit": "0"}}),
                (PAY_LINES, {"query_string": {"after": "yesterday"}}),
                (START, {"json": {"through": "soon"}}),
                (START, {"json": {"company_id": "lab", "through": "2027-01-01"}}),
                (RUNS, {"query_string": {"limit": "many"}}),
                (PREVIEW, {"query_string": {}}),
                (SLIPS_OF_RUN, {"query_string": {"has_problem": "perhaps"}}),
                (PAYSLIPS, {"query_string": {"limit": "201"}}),
                (PAYSLIP, {"query_string": {"currency": "rupiah"}}),
                (LEVER, {"json": {"effect": "explode", "kind": "deposit"}}),
                (LEVER, {"json": {"effect": "decline", "kind": "deposit", "times": 0}}),
                (ACCOUNT, {"query_string": {"limit": "-1"}}),
            ]
        )
    ],
)
def test_input_of_the_wrong_shape_is_refused_by_its_place(
    client: FlaskClient, route: str, more: dict[str, Any]
) -> None:
    lab = accounts.company()
    who = owner_of(lab.id) if route in OF_COMPANY else finance()
    answer = ask(client, route, who, of=lab.id, **more)
    assert answer.status_code == 422
    assert answer.json.get("errors") or answer.json.get("field")


# --- what they do ---------------------------------------------------------------------------------------------------


@pytest.mark.door(DEPOSIT, "works")
@pytest.mark.door(DEPOSITS, "works")
@pytest.mark.door(ONE_DEPOSIT, "works")
@pytest.mark.door(BALANCE, "works")
def test_a_deposit_is_asked_for_and_becomes_available(client: FlaskClient) -> None:
    lab = accounts.company()
    owner = owner_of(lab.id)
    answer = ask(client, DEPOSIT, owner, of=lab.id)
    assert answer.status_code == 202
    assert (answer.json["status"], answer.json["money"], answer.json["rail"]) == ("intent", TEN, "sandbox")
    assert answer.json["moves_real_money"] is False
    payments.advance_ops()
    shown = ask(client, ONE_DEPOSIT, owner, of=(lab.id, answer.json["id"]))
    assert (shown.json["status"], shown.json["external_id"][:4]) == ("done", "sbx_")
    listed = ask(client, DEPOSITS, owner, of=lab.id)
    assert [item["id"] for item in listed.json["items"]] == [answer.json["id"]]
    balances = ask(client, BALANCE, owner, of=lab.id).json["balances"]
    assert balances == [{"currency": "USD", "available": TEN, "held": {"amount": "0.00", "currency": "USD"}}]


def test_the_same_key_is_the_same_deposit(client: FlaskClient) -> None:
    lab = accounts.company()
    owner = owner_of(lab.id) | {HEADER: "one"}
    first, second = (ask(client, DEPOSIT, owner, of=lab.id) for _ in range(2))
    assert (first.json, second.headers["Idempotency-Replayed"]) == (second.json, "true")
    payments.advance_ops()
    assert ask(client, BALANCE, owner, of=lab.id).json["balances"][0]["available"] == TEN
    other = ask(client, DEPOSIT, owner, of=lab.id, json={"money": TEN | {"amount": "11.00"}})
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")


def test_a_program_with_the_scope_deposits_and_one_without_does_not(client: FlaskClient) -> None:
    lab = accounts.company()
    assert ask(client, DEPOSIT, accounts.company_bearer(lab.id, Right.MONEY), of=lab.id).status_code == 202
    assert ask(client, DEPOSIT, accounts.company_bearer(lab.id, Right.READ), of=lab.id).status_code == 403


def test_a_run_for_a_company_that_does_not_exist_is_not_found(client: FlaskClient) -> None:
    made = ask(client, START, finance(), json={"company_id": str(uuid4()), "through": "2027-01-01"})
    assert (made.status_code, made.json["code"]) == (404, "not_found")


@pytest.mark.door(START, "works")
@pytest.mark.door(RUNS, "works")
@pytest.mark.door(RUN, "works")
@pytest.mark.door(PROGRESS, "works")
@pytest.mark.door(PREVIEW, "works")
def test_a_run_is_previewed_started_and_followed(
    client: FlaskClient, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    booking, operator = made.worked_and_approved(), finance()
    seen = ask(client, PREVIEW, operator)
    assert [(p["people"], p["cost"]["amount"]) for p in seen.json["currencies"]] == [(1, "67.40")]
    answer = ask(client, START, operator, json={"company_id": str(booking.company_id), "through": "2027-12-31"})
    assert (answer.status_code, answer.json["status"]) == (202, "started")
    run = db.session.scalars(select(PayRun)).one()
    steps = ("timesheets", "timesheets_in_all", "lines", "posted", "payslips", "sent", "done", "payouts")
    told = []
    while True:
        seen = ask(client, PROGRESS, operator, of=run.id).json
        told.append(tuple(seen[step] for step in steps))
        if not runs.advance_run(run.id):
            break
    payments.advance_ops()
    seen = ask(client, PROGRESS, operator, of=run.id).json
    lines = told[-1][2]
    assert (told[0], told[1]) == ((0, 1, 0, 0, 0, 0, 0, 0), (1, 1, lines, 0, 1, 0, 0, 1))
    assert tuple(seen[step] for step in steps) == (1, 1, lines, 1, 1, 1, 1, 1)
    assert lines == db.session.scalar(select(func.count(PayLine.id)))
    with statements() as asked:
        ask(client, PROGRESS, operator, of=run.id)
    assert not any("pay_line" in each for each in asked), "a look at a run of a million lines reads none of them"
    shown = ask(client, RUN, operator, of=run.id)
    assert shown.json["status"] == "paying"
    again = ask(client, RUN, operator | {"If-None-Match": shown.headers["ETag"]}, of=run.id)
    assert again.status_code == 304
    assert [item["id"] for item in ask(client, RUNS, operator).json["items"]] == [str(run.id)]
    query = {"company_id": str(booking.company_id), "through": "2027-12-31"}
    told = ask(client, PREVIEW, operator, query_string=query).json
    (usd,) = told["comparison"]
    assert (told["currencies"], told["compared_with"]["id"], usd["missing_people"]) == ([], str(run.id), 1)
    assert usd["difference"]["net"] == {"amount": "-60.00", "currency": "USD"}
    assert usd["largest_changes"][0]["contractor_id"] == str(booking.contractor_id)
    assert ask(client, RUN, operator).status_code == 404


@pytest.mark.door(PAYSLIPS, "works")
@pytest.mark.door(PAYSLIP, "works")
@pytest.mark.door(PAY_LINES, "works")
def test_a_payslip_tells_why_each_minute_earned_what(client: FlaskClient) -> None:
    booking = paid_booking()
    me = accounts.bearer(booking.contractor_id)
    (listed,) = ask(client, PAYSLIPS, me).json["items"]
    assert listed["net"] == {"amount": "60.00", "currency": "USD"}
    shown = ask(client, PAYSLIP, me, of=listed["id"], query_string={"currency": "EUR"}).json
    assert (shown["rail"], shown["moves_real_money"], shown["notice"]) == ("sandbox", False, "Sandbox: no money moves.")
    wages = shown["lines"][0]["line"]
    told = ("kind", "minutes", "rule", "rule_version", "contract_version", "engagement_type")
    assert [wages[name] for name in told] == ["wages", "240", "WAGES", 1, 1, "contractor"]
    assert (wages["rate"]["amount"], wages["money"]["amount"]) == ("15.00", "60.00")
    assert [(p["status"], p["kind"]) for p in shown["payouts"]] == [("done", "payout")]
    assert shown["no_rate"], "the bank's file does not reach this day"
    lines = ask(client, PAY_LINES, owner_of(booking.company_id), of=booking.company_id).json["items"]
    assert {line["id"] for line in lines} == {line["line"]["id"] for line in shown["lines"]}


@pytest.mark.door(TRY, "works")
@pytest.mark.door(TRY, "wrong_state")
def test_a_run_that_waits_alone_is_tried_again_when_finance_asks(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The price of the only timesheet of a run cannot be told: the run ends without it. Once it can be told nobody has
    to wait for the next day."""
    booking, operator = made.worked_and_approved(), finance()
    with monkeypatch.context() as broken:
        broken.setattr(lines, "priced", lambda *_: 1 // 0)
        seen = ask(client, PREVIEW, operator)
        assert (seen.status_code, seen.json["code"]) == (409, "pay_not_foreseen")
        run = made.started()
        assert runs.finish_run(run.id) is RunStatus.PAID
        (alone,) = db.session.scalars(select(PayRun).where(PayRun.parted_from_id == run.id))
        shown = ask(client, RUN, operator, of=alone.id).json
        (thing,) = db.session.scalars(select(Timesheet.id))
        assert (shown["status"], shown["things"]) == ("started", [str(thing)])
        assert ask(client, PREVIEW, operator).json["currencies"] == []
        with transaction():
            clock.move_to(clock.now() + timedelta(hours=1))
        assert ask(client, TRY, operator, of=alone.id).status_code == 202
        run_pending()
        again = ask(client, RUN, operator, of=alone.id).json
        assert (again["status"], again["try_at"] > shown["try_at"]) == ("started", True), "for nothing"
    assert ask(client, TRY, operator, of=alone.id).status_code == 202
    run_pending()
    assert made.payslip_of(booking.contractor_id).run_id == alone.id
    refused = ask(client, TRY, operator, of=alone.id)
    assert (refused.status_code, refused.json["code"]) == (409, "run_does_not_wait")
    assert ask(client, TRY, operator).status_code == 404


@pytest.mark.door(SLIPS_OF_RUN, "works")
def test_the_payslips_of_a_run_are_paged_and_parted_by_trouble(client: FlaskClient) -> None:
    there = shifts.scene()
    people = [made.worked_and_approved(there, starts_at=MONDAY + timedelta(days=day)).contractor_id for day in range(3)]
    made.lever(LeverEffect.DECLINE, owner_id=people[1])
    run = made.paid()
    operator = finance()

    def of(**query: Any) -> tuple[list[str], Any]:
        told = ask(client, SLIPS_OF_RUN, operator, of=run.id, query_string=query).json
        return [each["contractor_id"] for each in told["items"]], told["next"]

    first, after = of(limit=2)
    rest, end = of(limit=2, after=after)
    assert (sorted(first + rest), len(first), end) == (sorted(map(str, people)), 2, None)
    assert of(has_problem="true") == ([str(people[1])], None)
    assert sorted(of(has_problem="false")[0]) == sorted([str(people[0]), str(people[2])])
    (refused,) = db.session.scalars(select(PaymentOp).where(PaymentOp.contractor_id == people[1]))
    ask(client, RETRY, accounts.bearer(people[1]), of=refused.id)
    assert of(has_problem="true") == ([], None), "it is tried again"


@pytest.mark.door(PAYOUT, "works")
@pytest.mark.door(RETRY, "works")
@pytest.mark.door(RETRY, "wrong_state")
def test_a_refused_payout_is_retried_once(client: FlaskClient) -> None:
    booking = made.worked_and_approved()
    made.lever(LeverEffect.DECLINE)
    made.paid()
    me, refused = accounts.bearer(booking.contractor_id), payout_of(booking)
    shown = ask(client, PAYOUT, me, of=refused.id)
    assert (shown.json["status"], shown.json["refusal_code"]) == ("refused", "sandbox_declined")
    again = ask(client, RETRY, me, of=refused.id)
    assert (again.status_code, again.json["status"]) == (202, "intent")
    assert again.json["id"] != str(refused.id)
    twice = ask(client, RETRY, me, of=refused.id)
    assert (twice.status_code, twice.json["code"]) == (409, "payout_not_refused")


@pytest.mark.door(UNPARK, "works")
@pytest.mark.door(UNPARK, "wrong_state")
def test_a_parked_payment_goes_on(client: FlaskClient) -> None:
    lab = accounts.company()
    with transaction():
        op = service.deposit(lab.id, Money(1000, "USD"), by=accounts.owner_of(lab.id))
    assert ask(client, UNPARK, finance(), of=op.id).status_code == 409
    assert len(payments._claim(10)[1]) == 1
    payments.told({op.id: payments.NOT_FOUND})
    answer = ask(client, UNPARK, finance(), of=op.id)
    assert (answer.status_code, answer.json["status"]) == (200, "unknown")


@pytest.mark.door(LEVER, "works")
def test_a_lever_makes_the_sandbox_decline(client: FlaskClient) -> None:
    lab = accounts.company()
    pulled = ask(client, LEVER, finance(), json=BODIES[LEVER] | {"owner_id": str(lab.id), "times": 2})
    assert (pulled.status_code, pulled.json["times_left"]) == (201, 2)
    op = made.deposited(lab.id, Money(1000, "USD"))
    db.session.refresh(op)
    assert (op.kind, op.status) == (OpKind.DEPOSIT, OpStatus.REFUSED)


@pytest.mark.door(ACCOUNT, "works")
def test_an_account_of_one_s_own_is_read(client: FlaskClient) -> None:
    booking = paid_booking()
    me, company = accounts.bearer(booking.contractor_id), owner_of(booking.company_id)
    mine = ask(client, ACCOUNT, me, of=f"contractor:{booking.contractor_id}:payable").json
    assert [(line["source"], line["destination"], line["money"]["amount"]) for line in mine["lines"]] == [
        (booking.hold_account, mine["name"], "60.00"),
        (mine["name"], f"contractor:{booking.contractor_id}:in_flight", "60.00"),
    ]
    assert mine["balances"] == [{"amount": "0.00", "currency": "USD"}]
    assert ask(client, ACCOUNT, me, of=f"benefit:{booking.contractor_id}:health").status_code == 200
    for name in (f"company:{booking.company_id}:available", f"gig:{booking.gig_id}:hold", booking.hold_account):
        assert ask(client, ACCOUNT, company, of=name).status_code == 200
    assert ask(client, ACCOUNT, finance(), of="platform:fees").json["balances"] == [
        {"amount": "3.00", "currency": "USD"}
    ]


@pytest.mark.door(ACCOUNT, "not_mine")
def test_an_account_of_others_does_not_exist(client: FlaskClient) -> None:
    booking = paid_booking()
    stranger, company = accounts.bearer(accounts.person()), owner_of(booking.company_id)
    key = accounts.company_bearer(booking.company_id)
    theirs = f"contractor:{booking.contractor_id}:payable"
    for who in (stranger, company, key):
        assert ask(client, ACCOUNT, who, of=theirs).status_code == 404
    for name in (f"company:{booking.company_id}:available", f"gig:{booking.gig_id}:hold", booking.hold_account):
        assert ask(client, ACCOUNT, stranger, of=name).status_code == 404
    for name in ("platform:fees", "rail:sandbox", "nonsense", f"gig:{uuid4()}:hold", "company:lab"):
        assert ask(client, ACCOUNT, company, of=name).status_code == 404
        assert ask(client, ACCOUNT, finance(), of=f"{name}-not").status_code == 404


@pytest.mark.door(PROOF, "works")
def test_the_proof_is_told_with_its_counts(client: FlaskClient) -> None:
    paid_booking()
    checks = ask(client, PROOF, finance()).json["checks"]
    assert [check["name"] for check in checks if not check["holds"]] == []
    examined = {check["name"]: check["examined"] for check in checks}
    assert (examined["payslips_equal_postings"], examined["benefits_equal_accruals"]) == (1, 2)
