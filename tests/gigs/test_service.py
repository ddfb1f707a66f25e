"""A gig's life, from draft to closed: who changes it, who sees it, and that no way through it loses a cent."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from marketplace.accounts import service as accounts_service
from marketplace.accounts.rules import CLOCK, Actor, CompanyRole, OperatorRole, available_account
from marketplace.core.db import db
from marketplace.core.lifecycle import WrongState
from marketplace.core.money import Money
from marketplace.core.problems import Forbidden, NotFound, Problem
from marketplace.gigs import funding, gate, preparation, queries, service
from marketplace.gigs.instruction_rules import AlreadyVerified, ChecklistIncomplete, ChecklistItem, SameAuthor, in_force
from marketplace.gigs.models import Gig, PublishDecision
from marketplace.gigs.rules import (
    BadTerms,
    Criteria,
    GateRefused,
    GigStatus,
    LanguageNeed,
    NotVetted,
    Question,
    RateMayNotFall,
    StillFunded,
    Terms,
    Where,
)
from marketplace.ledger import queries as ledger
from marketplace.ledger import service as ledger_service
from marketplace.ledger.rules import Entry, Move
from marketplace.standards.rules import HazardCategory, HazardClass, UnknownPlace, UnpaidKind
from marketplace.workforce.rules import Level
from tests.factories import accounts, gigs, workforce


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def owner(gig: Gig) -> Actor:
    return accounts.owner_of(gig.company_id)


def failed(decision: PublishDecision) -> set[str]:
    return {verdict["rule"] for verdict in decision.verdicts if verdict["outcome"] == "fail"}


def told(gig: Gig) -> list[str]:
    return [event.name for event in reversed(queries.timeline(gig.id, owner(gig)))]


def balances(gig: Gig) -> tuple[Money, Money]:
    """What the company can dispose of, and what the gig holds."""
    found = ledger.balances([available_account(gig.company_id), gig.hold_account], gig.currency)
    return found[available_account(gig.company_id)], found[gig.hold_account]


# --- drafts ---------------------------------------------------------------------------------------------------------


def test_a_draft_keeps_its_terms(app: Flask) -> None:
    company = accounts.company()
    by = accounts.owner_of(company.id)
    assert by.person_id is not None
    said = gigs.terms(
        by.person_id,
        hazard_class=HazardClass.H2,
        hazard_categories=(HazardCategory.HATE,),
        margin=usd("1.50"),
        margin_party="Vendor Ltd",
        client_pays=usd("30"),
        unpaid={UnpaidKind.READING: 5},
        criteria=Criteria(
            places=(Where("KE"), gigs.KANSAS),
            skills=("image-labelling",),
            languages=(LanguageNeed("en", Level.B2),),
            reason="The examples are in English.",
        ),
    )
    gig = service.draft(company.id, said, by=by)
    db.session.expire_all()
    assert gig.terms == said
    assert gig.status is GigStatus.DRAFT
    assert told(gig) == ["gig.drafted"]


def test_a_draft_is_nobody_elses(app: Flask) -> None:
    gig = gigs.draft_gig()
    stranger = accounts.owner_of(accounts.company().id)
    with pytest.raises(NotFound):
        queries.gig(gig.id, stranger)
    with pytest.raises(NotFound):
        service.revise(gig.id, gig.terms, by=stranger)
    with pytest.raises(NotFound):
        queries.gig(gig.id, accounts.actor_of(workforce.contractor().id))
    with pytest.raises(Forbidden):
        service.revise(gig.id, gig.terms, by=accounts.member(gig.company_id, CompanyRole.VIEWER))
    assert queries.gig(gig.id, accounts.operator(OperatorRole.VETTING)) is gig


def test_the_contact_is_a_member_and_a_place_exists(app: Flask) -> None:
    with pytest.raises(BadTerms) as refused:
        gigs.draft_gig(contact_id=accounts.person().id)
    assert refused.value.field == "contact_id"
    with pytest.raises(UnknownPlace):
        gigs.draft_gig(criteria=Criteria(places=(Where("XX"),)))


def test_a_draft_is_revised_a_published_gig_is_not(app: Flask) -> None:
    gig = gigs.ready_gig()
    by = owner(gig)
    assert by.person_id is not None
    service.revise(gig.id, gigs.terms(by.person_id, title="Boxes around trams"), by=by)
    assert gig.title == "Boxes around trams"
    service.publish(gig.id, by=by)
    with pytest.raises(WrongState) as refused:
        service.revise(gig.id, gig.terms, by=by)
    assert refused.value.detail == "The gig is open; this is for one that is draft."


def test_the_currency_stays_while_there_is_money(app: Flask) -> None:
    gig = gigs.ready_gig()
    by = owner(gig)
    assert by.person_id is not None
    in_euro = gigs.terms(by.person_id, rate=Money.of("15.00", "EUR"))
    with pytest.raises(StillFunded):
        service.revise(gig.id, in_euro, by=by)
    funding.take_back(gig.id, by=by)
    assert service.revise(gig.id, in_euro, by=by).currency == "EUR"


# --- open, paused, closed -------------------------------------------------------------------------------------------


def test_pausing_and_resuming(app: Flask) -> None:
    gig = gigs.open_gig()
    service.pause(gig.id, by=owner(gig))
    assert gig.status is GigStatus.PAUSED
    decision = service.resume(gig.id, by=owner(gig))
    assert decision.passed
    assert decision.question is Question.RESUME
    assert gig.status is GigStatus.OPEN
    with pytest.raises(WrongState):
        service.resume(gig.id, by=owner(gig))
    assert len(queries.rates(gig.id, owner(gig))) == 1


def test_what_would_not_open_does_not_resume(app: Flask) -> None:
    gig = gigs.open_gig()
    operator = accounts.operator(OperatorRole.VETTING)
    accounts_service.suspend_company(gig.company_id, "does not answer", by=operator)
    assert service.pause_all(gig.company_id, by=CLOCK) == [gig.id]
    assert failed(service.resume(gig.id, by=owner(gig))) == {"COMPANY"}
    assert gig.status is GigStatus.PAUSED


def test_a_suspension_that_has_ended_pauses_nothing(app: Flask) -> None:
    gig = gigs.open_gig()
    assert service.pause_all(gig.company_id, by=CLOCK) == []
    assert gig.status is GigStatus.OPEN


def test_only_the_service_and_operators_pause_a_whole_company(app: Flask) -> None:
    gig = gigs.open_gig()
    with pytest.raises(NotFound):
        service.pause_all(gig.company_id, by=owner(gig))
    assert gig.status is GigStatus.OPEN


def test_a_paused_gig_can_be_closed_and_not_resumed_then(app: Flask) -> None:
    gig = gigs.open_gig()
    service.pause(gig.id, by=owner(gig))
    service.close(gig.id, by=owner(gig))
    assert gig.status is GigStatus.CLOSED
    with pytest.raises(WrongState):
        service.resume(gig.id, by=owner(gig))


def test_a_draft_that_is_closed_gives_back_what_was_put_into_it(app: Flask) -> None:
    gig = gigs.draft_gig()
    gigs.money_for(gig.company_id, usd("50.00"))
    funding.fund(gig.id, usd("50.00"), by=owner(gig))
    assert service.close(gig.id, by=owner(gig)).status is GigStatus.CLOSED
    assert balances(gig) == (usd("50.00"), usd("0.00"))


def test_bookings_do_not_count_against_a_resumed_gig(app: Flask) -> None:
    """What a booking has reserved was put in for the planned work, and still is."""
    gig = gigs.open_gig()
    ledger_service.post(Entry("booking:1:held", [Move(gig.hold_account, "booking:1:hold", usd("67.40"))]))
    service.pause(gig.id, by=owner(gig))
    assert service.resume(gig.id, by=owner(gig)).passed


def test_the_rate_rises_by_versions_and_never_falls(app: Flask) -> None:
    gig = gigs.open_gig()
    gigs.money_for(gig.company_id, usd("100"))
    funding.fund(gig.id, usd("100"), by=owner(gig))
    service.raise_rate(gig.id, usd("16.50"), by=owner(gig))
    assert gig.rate == usd("16.50")
    assert [(rate.version, rate.rate) for rate in queries.rates(gig.id, owner(gig))] == [
        (1, usd("15.00")),
        (2, usd("16.50")),
    ]
    for less in ("16.50", "15.00"):
        with pytest.raises(RateMayNotFall):
            service.raise_rate(gig.id, usd(less), by=owner(gig))


def test_a_raise_is_funded_first(app: Flask) -> None:
    gig = gigs.open_gig()
    with pytest.raises(GateRefused) as refused:
        service.raise_rate(gig.id, usd("15.01"), by=owner(gig))
    assert [v["rule"] for v in refused.value.members["verdicts"] if v["outcome"] == "fail"] == ["ESCROW"]
    assert gig.rate == usd("15.00")


def test_a_draft_has_no_rate_to_raise(app: Flask) -> None:
    gig = gigs.draft_gig()
    with pytest.raises(WrongState):
        service.raise_rate(gig.id, usd("20"), by=owner(gig))


# --- instructions ---------------------------------------------------------------------------------------------------


def test_somebody_else_verifies_once_and_wholly(app: Flask) -> None:
    gig = gigs.draft_gig()
    written = preparation.write_instructions(gig.id, "Draw tightly.", by=owner(gig))
    with pytest.raises(SameAuthor):
        preparation.verify_instructions(gig.id, 1, list(ChecklistItem), by=owner(gig))
    reader = accounts.member(gig.company_id)
    with pytest.raises(ChecklistIncomplete):
        preparation.verify_instructions(gig.id, 1, [ChecklistItem.EXAMPLES], by=reader)
    with pytest.raises(NotFound):
        preparation.verify_instructions(gig.id, 2, list(ChecklistItem), by=reader)
    preparation.verify_instructions(gig.id, 1, list(ChecklistItem), by=reader)
    assert written.verified_by == reader.person_id
    with pytest.raises(AlreadyVerified):
        preparation.verify_instructions(gig.id, 1, list(ChecklistItem), by=reader)


def test_the_database_refuses_an_author_who_verifies(app: Flask) -> None:
    gig = gigs.draft_gig()
    preparation.write_instructions(gig.id, "Draw tightly.", by=owner(gig))
    with pytest.raises(IntegrityError, match="two_people"), db.session.begin_nested():
        db.session.execute(
            text(
                "UPDATE gig_instructions SET verified_by = author_id, verified_at = written_at, holds_from = written_at"
            )
        )


def test_a_new_version_counts_when_it_is_verified(app: Flask) -> None:
    gig = gigs.open_gig()
    [first] = queries.instructions(gig.id, owner(gig))
    second = preparation.write_instructions(gig.id, "Draw more tightly.", "Tighter.", by=owner(gig))
    assert in_force(queries.verified_versions(gig.id)) == first.version
    preparation.verify_instructions(gig.id, 2, list(ChecklistItem), by=accounts.member(gig.company_id))
    assert in_force(queries.verified_versions(gig.id)) == second.version


def test_contractors_read_verified_instructions_only(app: Flask) -> None:
    gig = gigs.open_gig()
    preparation.write_instructions(gig.id, "Draw more tightly.", by=owner(gig))
    ana = accounts.actor_of(workforce.contractor().id)
    assert [row.version for row in queries.instructions(gig.id, ana)] == [1]
    assert [row.version for row in queries.instructions(gig.id, owner(gig))] == [2, 1]


# --- who sees what --------------------------------------------------------------------------------------------------


def test_vetted_people_see_open_gigs_of_their_place(app: Flask) -> None:
    in_java = Criteria(places=(Where("ID", "ID-JB"),))
    here, there, draft = gigs.open_gig(), gigs.open_gig(criteria=in_java), gigs.draft_gig()
    everywhere = gigs.open_gig(criteria=Criteria(places=(Where("US"),)), rate=Money.of("18.00", "USD"))
    ana = accounts.actor_of(workforce.contractor().id)
    seen = set(db.session.scalars(queries.open_gigs(ana)))
    assert {here, everywhere} <= seen
    assert not {there, draft} & seen
    service.pause(here.id, by=owner(here))
    assert here not in set(db.session.scalars(queries.open_gigs(ana)))
    assert queries.gig(here.id, ana) is here
    with pytest.raises(NotVetted):
        queries.open_gigs(accounts.actor_of(workforce.applied().id))
    with pytest.raises(NotVetted):
        queries.open_gigs(Actor(ana.person_id, "key"))


def test_a_rate_stands_beside_its_floor_and_the_median_of_like_work(app: Flask) -> None:
    company = accounts.company()
    mine = gigs.open_gig(company)
    gigs.open_gig(company, rate=usd("40.00"))
    others = [gigs.open_gig(rate=usd(rate)) for rate in ("12.00", "18.00", "21.00")]
    ana = accounts.actor_of(workforce.contractor().id)
    [row, first] = queries.side_by_side([mine, others[0]], ana)
    assert row.floor == usd("7.25")
    assert "7.25 USD per hour" in row.floor_words
    assert row.median == usd("18.00")
    assert first.median == usd("18.00")
    assert service.judge(mine.id, by=owner(mine)).like_work == usd("18.00")


def test_too_few_gigs_of_others_have_no_median(app: Flask) -> None:
    """Two companies with five gigs would tell what they pay; a third makes six gigs, and 10.00 their median."""
    one, two, mine = accounts.company(), accounts.company(), gigs.open_gig()
    for company, rate in ((one, "8.00"), (one, "9.00"), (one, "10.00"), (two, "11.00"), (two, "12.00")):
        gigs.open_gig(company, rate=usd(rate))
    assert queries.like_work_median(mine) is None
    gigs.open_gig(rate=usd("20.00"))
    assert queries.like_work_median(mine) == usd("10.00")


def test_without_like_work_there_is_no_median(app: Flask) -> None:
    gig = gigs.open_gig()
    gigs.open_gig(rate=Money.of("15.00", "EUR"))
    assert queries.like_work_median(gig) is None


def test_a_companys_gigs_by_status(app: Flask) -> None:
    company = accounts.company()
    draft, opened = gigs.draft_gig(company), gigs.open_gig(company)
    by = accounts.owner_of(company.id)
    assert set(db.session.scalars(queries.company_gigs(company.id, by))) == {draft, opened}
    assert list(db.session.scalars(queries.company_gigs(company.id, by, GigStatus.OPEN))) == [opened]
    with pytest.raises(NotFound):
        queries.company_gigs(company.id, accounts.owner_of(accounts.company().id))


# --- whatever is done -----------------------------------------------------------------------------------------------

DEPOSIT = usd("500.00")


def _revise(gig: Gig, rate: Money, by: Actor, company_id: UUID) -> None:
    assert by.person_id is not None
    said: Terms = gigs.terms(by.person_id, rate=rate)
    service.revise(gig.id, said, by=by)


def _verify(gig: Gig, _money: Money, _by: Actor, company_id: UUID) -> None:
    versions = queries.verified_versions(gig.id)
    reader = accounts.member(company_id)
    preparation.verify_instructions(gig.id, max(versions, default=1), list(ChecklistItem), by=reader)


VERBS: dict[str, Callable[[Gig, Money, Actor, UUID], Any]] = {
    "revise": _revise,
    "write": lambda gig, _money, by, _company: preparation.write_instructions(gig.id, "Draw.", by=by),
    "verify": _verify,
    "fund": lambda gig, money, by, _company: funding.fund(gig.id, money * 10, by=by),
    "take_back": lambda gig, _money, by, _company: funding.take_back(gig.id, by=by),
    "publish": lambda gig, _money, by, _company: service.publish(gig.id, by=by),
    "pause": lambda gig, _money, by, _company: service.pause(gig.id, by=by),
    "resume": lambda gig, _money, by, _company: service.resume(gig.id, by=by),
    "raise_rate": lambda gig, money, by, _company: service.raise_rate(gig.id, money, by=by),
    "close": lambda gig, _money, by, _company: service.close(gig.id, by=by),
}
steps = st.lists(
    st.tuples(st.sampled_from(sorted(VERBS)), st.integers(1, 3000).map(lambda cents: Money(cents, "USD"))),
    max_size=14,
)
"""Verbs with an amount: a rate up to 30.00 an hour, or a tenth of the money to put in."""


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps, st.booleans())
def test_whatever_is_done_a_failing_gig_never_opens_and_no_cent_is_lost(
    app: Flask, done: list[tuple[str, Money]], starts_ready: bool
) -> None:
    with db.session.begin_nested() as trial:
        company = accounts.company()
        gig = gigs.draft_gig(company)
        gigs.money_for(company.id, DEPOSIT)
        if starts_ready:
            gigs.verified_instructions(gig)
            funding.fund(gig.id, usd("200.00"), by=owner(gig))
        for verb, money in done:
            highest_rate = gig.rate
            was_public = gig.status is not GigStatus.DRAFT
            try:
                with db.session.begin_nested():
                    VERBS[verb](gig, money, owner(gig), company.id)
            except Problem:
                db.session.expire_all()
            available, held = balances(gig)
            assert available + held == DEPOSIT
            assert held == queries.committed(gig)
            assert held == usd("0") or gig.status is not GigStatus.CLOSED
            if gig.status is GigStatus.OPEN:
                assert not any(verdict.failed for verdict in gate.judge(gig).verdicts)
            if was_public:
                assert gig.rate >= highest_rate
        assert ledger.wrong_balances() == []
        trial.rollback()
