"""Benefit plans by version, insurances that are none or real, statements, and the caps of places."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from marketplace.accounts.rules import CLOCK, Actor, OperatorRole
from marketplace.contracts import benefits, insurance, plans, queries, service, statement
from marketplace.contracts.models import Enrolment
from marketplace.contracts.plan_rules import (
    BadPlan,
    NothingToSecond,
    PlanExists,
    Promise,
    SamePerson,
    check_promise,
    lowers,
)
from marketplace.contracts.rules import Accrual, BenefitKind, EnrolledAlready, NotInsurable, Unit
from marketplace.contracts.terms import as_offered
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.lifecycle import WrongState
from marketplace.core.problems import Forbidden, NotFound
from marketplace.shifts import offers
from marketplace.standards.sick_leave import sick_cap_seconds
from tests.factories import accounts, contracts, shifts, workforce

TODAY = date(2026, 6, 1)
SICK = Promise(
    title="Paid sick leave", funder="company", source="A statute", valid_from=TODAY, portable=True, cash_out=False,
    per="hour", amount="1/30", rule="SICK",
)  # fmt: skip
COVER = Promise(
    title="Accident cover", funder="company", source="The insurer's letter", valid_from=date(2020, 1, 1),
    portable=False, cash_out=False, per="shift", amount="0", provider="Allsure AG", policy_no="P-17",
    contact="+49 30 1234", cover="Accidents at work, up to 100,000 USD",
)  # fmt: skip


def operator(role: OperatorRole = OperatorRole.STANDARDS) -> Actor:
    return accounts.operator(role)


def test_a_plan_changes_by_a_version_and_less_needs_two_persons(app: Flask) -> None:
    one, two = operator(), operator()
    first = plans.plans()["sick-leave"]
    other_words = replace(first.promise, title="Sick leave")
    assert plans.revise("sick-leave", other_words, by=one).lowers is False
    assert (plans.plans()["sick-leave"].number, plans.plans()["sick-leave"].title) == (2, "Sick leave")
    less = plans.revise("sick-leave", replace(other_words, portable=False), by=one)
    assert (less.lowers, plans.plans()["sick-leave"].promise.portable) == (True, True)
    with pytest.raises(SamePerson):
        plans.second("sick-leave", 3, by=one)
    with pytest.raises(NothingToSecond):
        plans.revise("sick-leave", other_words, by=two)
    plans.second("sick-leave", 3, by=two)
    assert plans.plans()["sick-leave"].promise.portable is False
    with pytest.raises(NothingToSecond):
        plans.second("sick-leave", 3, by=two)
    assert [each.number for each in plans.versions("sick-leave")] == [3, 2, 1]


def test_plans_are_kept_by_operators_of_standards(app: Flask) -> None:
    with pytest.raises(NotFound):
        plans.create("cover", BenefitKind.ACCIDENT, Unit.MONEY, COVER, by=accounts.actor_of(accounts.person()))
    with pytest.raises(Forbidden):
        plans.create("cover", BenefitKind.ACCIDENT, Unit.MONEY, COVER, by=operator(OperatorRole.FINANCE))
    plans.create("cover", BenefitKind.ACCIDENT, Unit.MONEY, COVER, by=operator())
    with pytest.raises(PlanExists):
        plans.create("cover", BenefitKind.ACCIDENT, Unit.MONEY, COVER, by=operator())
    with pytest.raises(NotFound):
        plans.versions("lottery")


@pytest.mark.parametrize("table", ["benefit_plan_version", "benefit_enrolment", "contract_translation"])
def test_what_is_written_once_stays(app: Flask, table: str) -> None:
    key = "original_sha256" if table == "contract_translation" else "id"
    with pytest.raises(ProgrammingError, match="permission denied"), db.session.begin_nested():
        db.session.execute(text(f"UPDATE {table} SET {key} = {key}"))


@pytest.mark.parametrize(
    ("kind", "promise", "field"),
    [
        (BenefitKind.SICK_LEAVE, replace(SICK, amount="1/40"), "amount"),
        (BenefitKind.SICK_LEAVE, replace(SICK, waiting_days=3), "waiting_days"),
        (BenefitKind.SICK_LEAVE, replace(SICK, carry_over=0), "carry_over"),
        (BenefitKind.PENSION, replace(COVER, carry_over=100), "carry_over"),
        (BenefitKind.LEAVE, replace(SICK, rule=None, cash_out=True), "cash_out"),
        (BenefitKind.ACCIDENT, replace(COVER, policy_no=None), "policy_no"),
        (BenefitKind.PENSION, replace(COVER, provider=None), "policy_no"),
        (BenefitKind.ACCIDENT, replace(COVER, source=" "), "source"),
        (BenefitKind.ACCIDENT, replace(COVER, amount="much"), "amount"),
        (BenefitKind.ACCIDENT, replace(COVER, amount="1/0"), "amount"),
        (BenefitKind.ACCIDENT, replace(COVER, valid_to=date(2019, 1, 1)), "valid_to"),
    ],
)
def test_what_no_plan_can_promise(kind: BenefitKind, promise: Promise, field: str) -> None:
    with pytest.raises(BadPlan) as refused:
        check_promise(promise, kind)
    assert refused.value.field == field


PROMISES = st.builds(
    lambda **changed: replace(COVER, **changed),
    portable=st.booleans(),
    cash_out=st.booleans(),
    amount=st.sampled_from(["0", "1/40", "1/30", "1/20"]),
    waiting_days=st.integers(0, 3),
    cap_per_year=st.none() | st.integers(0, 3),
    carry_over=st.none() | st.integers(0, 3),
)


@given(PROMISES, PROMISES)
def test_one_of_two_different_promises_lowers(one: Promise, other: Promise) -> None:
    """Going there and back again takes something away at least once: nothing is lost by going round."""
    assert lowers(one, other) or lowers(other, one) or one == other
    assert not lowers(one, one)


# --- insurance --------------------------------------------------------------------------------------------------------


def test_an_offer_says_who_insures_or_that_nobody_does(app: Flask) -> None:
    plans.create("cover", BenefitKind.ACCIDENT, Unit.MONEY, COVER, by=operator())
    scene = shifts.scene()
    ana, ben = shifts.contracted(scene), shifts.contracted(scene)
    shift = shifts.shift(scene, seats=2)
    day = shift.starts_at.date()
    insured(scene, ana, day)
    made = offers.offer(shift.id, [(ana.id, {}), (ben.id, {})], shift.starts_at, by=scene.company)
    told = {offer.contractor_id: offer.terms["cover"] for offer in made}
    assert (told[ana.id]["insurer"], told[ana.id]["policy_no"], told[ana.id]["contact"]) == (
        "Allsure AG",
        "P-17",
        "+49 30 1234",
    )
    assert told[ben.id] is None


def insured(scene: shifts.Scene, person: Any, day: date, until: date | None = None) -> Enrolment:
    """The scene's company amends the contract by the cover, and enrols the person."""
    before = queries.in_force(scene.company_id, person.id, clock.now())
    assert before is not None
    terms = as_offered(before.terms) | {"benefits": ["cover"]}
    written = service.write_template(scene.company_id, terms, "Olga Owner", by=scene.company)
    contracts.signed(service.propose(written.id, [person.id], by=scene.company)[0])
    return insurance.enrol(scene.company_id, person.id, "cover", day, "M-1", "file 7", until, by=scene.company)


def test_nobody_is_insured_by_words(app: Flask) -> None:
    plans.create("cover", BenefitKind.ACCIDENT, Unit.MONEY, COVER, by=operator())
    scene = shifts.scene()
    ana = shifts.contracted(scene)
    day = clock.now().date()
    for plan in ("cover", "sick-leave", "lottery"):
        with pytest.raises(NotInsurable):
            insurance.enrol(scene.company_id, ana.id, plan, day, "M-1", "file 7", by=scene.company)
    made = insured(scene, ana, day)
    with pytest.raises(EnrolledAlready):
        insurance.enrol(scene.company_id, ana.id, "cover", day + timedelta(days=9), "M-1", "file", by=scene.company)
    covers = insurance.accident_covers([scene.company_id], [ana.id])
    assert covers.on(scene.company_id, ana.id, day - timedelta(days=1)) is None
    assert covers.on(scene.company_id, ana.id, day) is not None
    insurance.end(made.id, day + timedelta(days=3), by=scene.company)
    with pytest.raises(WrongState):
        insurance.end(made.id, day + timedelta(days=3), by=scene.company)
    with pytest.raises(NotFound):
        insurance.end(made.id, day, by=accounts.owner_of(accounts.company().id))
    covers = insurance.accident_covers([scene.company_id], [ana.id])
    assert covers.on(scene.company_id, ana.id, day + timedelta(days=4)) is None
    (own,) = insurance.of_person(ana.id, accounts.actor_of(ana.id))
    assert (own.plan.code, own.enrolment.member_number) == ("cover", "M-1")


# --- statements and caps ----------------------------------------------------------------------------------------------


def test_a_statement_tells_every_month_and_every_entry(app: Flask) -> None:
    clock.move_to(datetime(2026, 4, 10, tzinfo=UTC))
    ana = workforce.contractor()
    at = datetime(2026, 1, 20, tzinfo=UTC)
    for number, (moment, seconds) in enumerate([(at, 480), (at, 120), (at + timedelta(days=40), 60)]):
        earned = Accrual(ana.id, "sick-leave", seconds, f"c{number}", "booking:1", "SICK", 2, moment)
        benefits.accrue([earned], by=CLOCK)
    money = Accrual(ana.id, "health-stipend", 240, "h", "booking:1", "HEALTH", 1, at, "USD")
    benefits.accrue([money], by=CLOCK)
    shown = statement.statement(ana.id, accounts.actor_of(ana.id))
    health, sick = sorted(shown.courses, key=lambda course: course.plan.code)
    assert [(m.first_day.month, m.added, m.balance) for m in sick.months] == [
        (1, 600, 600), (2, 0, 600), (3, 60, 660), (4, 0, 660),
    ]  # fmt: skip
    assert [m.balance for m in health.months] == [240] * 4
    assert [row["seconds"] for row in shown.rows] == [480, 120, None, 60]
    lines = statement.as_csv(shown).splitlines()
    assert lines[0] == "at,plan,event,seconds,amount,currency,reference,rule,rule_version"
    assert lines[3].endswith("health-stipend,accrue,,2.40,USD,booking:1,HEALTH,1")
    (total,) = [each for each in statement.totals(operator()) if each.plan.code == "sick-leave"]
    assert (total.people, total.accrued, total.gone, total.stands) == (1, 660, 0, 660)
    with pytest.raises(NotFound):
        statement.totals(accounts.actor_of(ana.id))
    with pytest.raises(NotFound):
        statement.statement(ana.id, accounts.actor_of(accounts.person()))


@pytest.mark.parametrize("amount", ["1e9999999999999999", "1E5", "-1/30", "1/0", "a part", "1/" + "3" * 30])
def test_an_amount_is_a_part_that_can_be_reckoned(amount: str) -> None:
    with pytest.raises(BadPlan):
        check_promise(replace(SICK, rule=None, amount=amount), BenefitKind.SICK_LEAVE)


@pytest.mark.parametrize(
    ("place", "hours"), [(("US", "US-NY"), 56), (("US", "US-CO"), 48), (("US", "US-KS"), 40), (("KE", None), 40)]
)
def test_the_cap_of_a_year_is_that_of_the_place(place: tuple[str, str | None], hours: int) -> None:
    assert sick_cap_seconds(*place) == hours * 3600
