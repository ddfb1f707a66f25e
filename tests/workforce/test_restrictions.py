"""Restrictions: who may keep whom from which offers, for how long, and how it ends."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from uuid_utils.compat import uuid7

from jobs import standing as jobs
from marketplace.accounts.models import Person
from marketplace.accounts.rules import CLOCK, Actor, OperatorRole, ReasonMissing
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.lifecycle import WrongState
from marketplace.core.problems import Forbidden, NotFound, Unauthenticated
from marketplace.gigs import barring
from marketplace.gigs.rules import WorkKind
from marketplace.notices.models import Notice
from marketplace.workforce import bars, queries, restrictions, rules, service
from marketplace.workforce.bars import EVERYTHING, Bar, RestrictionStatus, Scope, Source, Target
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import ContractorStatus, Outcome
from tests.factories import accounts, shifts, standing, workforce

DAY = timedelta(days=1)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
COMPANY, GIG = uuid7(), uuid7()


# --- the law --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "covers"),
    [
        (EVERYTHING, (True, True, True)),
        (Target(Scope.COMPANY, COMPANY), (True, True, False)),
        (Target(Scope.GIG, COMPANY, GIG), (True, False, False)),
        (Target(Scope.CATEGORY, category="code"), (True, False, True)),
    ],
)
def test_a_bar_reaches_as_far_as_its_scope(target: Target, covers: tuple[bool, ...]) -> None:
    bar = Bar(uuid7(), Source.OPERATOR, target, NOON)
    offers = [(COMPANY, GIG, "code"), (COMPANY, uuid7(), "translation"), (uuid7(), uuid7(), "code")]
    assert tuple(bar.covers(*offer) for offer in offers) == covers


@given(st.sampled_from(Source), st.integers(-3, 400), st.integers(-3, 400))
def test_a_restriction_always_ends(source: Source, begins: int, ends: int) -> None:
    """An operator's within 90 days, a company's within 180, a pause within 7, counted from its beginning, which is now
    or later."""
    longest = {Source.OPERATOR: 90, Source.COMPANY: 180, Source.MATCH: 7, Source.PAPER: 90}[source]
    allowed = 0 <= begins <= longest and begins < ends <= begins + longest
    try:
        bars.check_span(source, NOON, NOON + begins * DAY, NOON + ends * DAY)
    except bars.BadExpiry:
        assert not allowed
    else:
        assert allowed


@pytest.mark.parametrize(
    "target",
    [
        Target(Scope.ALL, COMPANY),
        Target(Scope.COMPANY),
        Target(Scope.GIG, COMPANY),
        Target(Scope.CATEGORY),
        Target(Scope.CATEGORY, COMPANY, category="code"),
    ],
)
def test_a_scope_names_what_it_is_about_and_nothing_else(target: Target) -> None:
    with pytest.raises(bars.BadScope):
        bars.check_target(target, Source.OPERATOR)


def test_a_company_reaches_no_further_than_its_own_gigs() -> None:
    for target in (EVERYTHING, Target(Scope.CATEGORY, category="code")):
        with pytest.raises(bars.BadScope):
            bars.check_target(target, Source.COMPANY)


# --- deciding -------------------------------------------------------------------------------------------------------


def test_a_decision_needs_a_human_and_a_written_reason(app: Flask, work: Callable[[], int]) -> None:
    """Rule DECISION: no clock decides, no decision is without words, and the person can read them at once."""
    made, by = workforce.contractor(), standing.operator()
    until = clock.now() + DAY
    for machine in (CLOCK, Actor(None, "job", operator=frozenset(OperatorRole))):
        with pytest.raises((NotFound, Unauthenticated)):
            restrictions.restrict(made.id, EVERYTHING, "A model says so.", until, by=machine)
        with pytest.raises((NotFound, Unauthenticated)):
            service.suspend(made.id, "A model says so.", by=machine)
    with pytest.raises(ReasonMissing):
        restrictions.restrict(made.id, EVERYTHING, "  ", until, by=by)
    assert (made.status, restrictions.of_person(made.id, by)) == (ContractorStatus.VETTED, [])
    work()
    row = standing.restricted(made.id, by=by)
    (decision, *_) = queries.decisions(made.id)
    assert (decision.outcome, decision.reason, decision.decided_by) == (
        Outcome.RESTRICTED,
        standing.REASON,
        by.person_id,
    )
    assert row.decision.id == decision.id
    assert all(standing.REASON not in str(event.data) for event in timeline("contractor", made.id))
    work()
    notices = select(Notice).where(Notice.person_id == made.id).order_by(Notice.id.desc())
    told = db.session.scalars(notices.limit(1)).one()
    assert told.at.date() == decision.decided_at.date()


def test_nobody_restricts_themselves_and_no_other_operator_does(app: Flask) -> None:
    operator = standing.operator()
    assert operator.person_id is not None
    me = workforce.contractor(db.session.get_one(Person, operator.person_id))
    with pytest.raises(rules.OwnCase):
        standing.restricted(me.id, by=operator)
    with pytest.raises(Forbidden):
        standing.restricted(me.id, by=accounts.operator(OperatorRole.FINANCE))
    with pytest.raises(NotFound):
        standing.restricted(me.id, by=accounts.actor_of(workforce.contractor().id))


def test_what_is_named_exists(app: Flask) -> None:
    there, by = shifts.scene(), standing.operator()
    who, until = workforce.contractor(), clock.now() + DAY
    for named in ({"gig_id": uuid7()}, {"company_id": uuid7()}):
        with pytest.raises(bars.BadScope):
            barring.restrict(who.id, Scope.GIG if "gig_id" in named else Scope.COMPANY, "Why.", until, by=by, **named)
    row = barring.restrict(who.id, Scope.GIG, "Why.", until, gig_id=there.gig.id, by=by)
    assert (row.company_id, row.gig_id) == (there.company_id, there.gig.id)
    row = barring.restrict(who.id, Scope.CATEGORY, "Why.", until, work_kind=WorkKind.CODE, by=by)
    assert row.category == "code"
    with pytest.raises(bars.BarredAlready):
        barring.restrict(who.id, Scope.CATEGORY, "Why.", until, work_kind=WorkKind.CODE, by=by)


def test_a_company_blocks_whom_it_knows_for_its_own_gigs(app: Flask) -> None:
    there, other = shifts.scene(), shifts.scene()
    ana, stranger = shifts.contracted(there), workforce.contractor()
    with pytest.raises(NotFound):
        standing.blocked(there.company, there.company_id, stranger.id)
    with pytest.raises(NotFound):
        standing.blocked(there.company, other.company_id, ana.id)
    with pytest.raises(bars.BadScope):
        standing.blocked(there.company, there.company_id, ana.id, gig_id=other.gig.id)
    with pytest.raises(bars.BadExpiry):
        standing.blocked(there.company, there.company_id, ana.id, days=181)
    row = standing.blocked(there.company, there.company_id, ana.id)
    assert (row.source, row.scope, row.decision.outcome) == (Source.COMPANY, Scope.COMPANY, Outcome.BLOCKED)
    for seen_by in (there.company, accounts.actor_of(ana.id), standing.operator()):
        assert restrictions.one(row.id, seen_by) is row
    for stranger_to_it in (other.company, accounts.actor_of(stranger.id)):
        with pytest.raises(NotFound):
            restrictions.one(row.id, stranger_to_it)


# --- ending ---------------------------------------------------------------------------------------------------------


def test_its_end_comes_by_the_clock(app: Flask) -> None:
    made = workforce.contractor()
    row = standing.restricted(made.id, days=2)
    later = barring.restrict(
        made.id, Scope.CATEGORY, "Why.", clock.now() + 5 * DAY, clock.now() + 3 * DAY, work_kind=WorkKind.CODE,
        by=standing.operator(),
    )  # fmt: skip
    assert [bar.id for bar in barred(made.id)] == [row.id]
    clock.move_to(row.expires_at)
    assert barred(made.id) == []
    jobs.expire_restrictions()
    assert (row.status, later.status) == (RestrictionStatus.EXPIRED, RestrictionStatus.ACTIVE)
    clock.move_to(later.begins_at)
    assert [bar.id for bar in barred(made.id)] == [later.id]


def test_nobody_lifts_what_keeps_themselves_from_offers(app: Flask) -> None:
    by = standing.operator()
    own = workforce.contractor(db.session.get_one(Person, by.person_id))
    row = standing.restricted(own.id)
    with pytest.raises(rules.OwnCase):
        restrictions.lift(row.id, "I am good.", by=by)


def test_an_operator_lifts_any_and_a_company_its_own(app: Flask) -> None:
    there = shifts.scene()
    ana = shifts.contracted(there)
    by_operator, block = standing.restricted(ana.id), standing.blocked(there.company, there.company_id, ana.id)
    with pytest.raises(NotFound):
        restrictions.lift(by_operator.id, "We want them.", by=there.company)
    with pytest.raises(NotFound):
        restrictions.lift(block.id, "I am good.", by=accounts.actor_of(ana.id))
    with pytest.raises(ReasonMissing):
        restrictions.lift(block.id, " ", by=there.company)
    restrictions.lift(block.id, "They explained it.", by=there.company)
    restrictions.lift(by_operator.id, "A mistake.", by=standing.operator())
    assert {row.status for row in (block, by_operator)} == {RestrictionStatus.LIFTED}
    assert barred(ana.id) == []
    with pytest.raises(WrongState):
        restrictions.lift(block.id, "Once more.", by=there.company)


def barred(contractor_id: UUID) -> list[Bar]:
    who = db.session.get_one(Contractor, contractor_id)
    return restrictions.in_force([who], clock.now()).get(contractor_id, [])
