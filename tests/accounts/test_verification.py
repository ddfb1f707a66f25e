"""Who a company is: told, decided, and decided again when it changes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts import entity, papers, queries, service
from marketplace.accounts.entity import ToldOtherwise
from marketplace.accounts.models import Company, CompanyIdentity
from marketplace.accounts.paper_rules import Shows
from marketplace.accounts.rules import CLOCK, CompanyRole, CompanyStatus, OperatorRole
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.problems import Forbidden
from marketplace.gigs import service as gigs
from marketplace.gigs.rules import GigStatus
from tests.factories import accounts
from tests.factories import gigs as make
from tests.factories.accounts import IDENTITY
from tests.papers import png


def test_a_new_signatory_is_verified_again_and_pauses_the_gigs_until_then(app: Flask) -> None:
    gig = make.open_gig()
    owner = accounts.owner_of(gig.company_id)
    service.hand_in(gig.company_id, replace(IDENTITY, address="Moved Street 2", tax_number=None), by=owner)
    company = queries.company(gig.company_id, owner)
    assert company.status is CompanyStatus.VERIFIED
    service.hand_in(gig.company_id, replace(IDENTITY, signatory_name="Petra New", tax_number=None), by=owner)
    assert company.status is CompanyStatus.APPLIED
    assert gigs.pause_all(company.id, by=CLOCK) == [gig.id]
    db.session.refresh(gig)
    assert gig.status is GigStatus.PAUSED
    assert {verdict.rule for verdict in gigs.judge(gig.id, by=owner).verdicts if verdict.failed} == {"COMPANY"}
    service.verify_company(company.id, "Seen the new entry.", by=accounts.operator(OperatorRole.VETTING))
    assert gigs.resume(gig.id, by=owner).passed


def test_what_was_refused_waits_again_once_it_is_handed_in_anew(app: Flask) -> None:
    company, odi = accounts.company(verified=False), accounts.operator(OperatorRole.VETTING)
    owner = accounts.owner_of(company.id)
    service.refuse_company(company.id, "The register knows another signatory.", by=odi)
    service.hand_in(company.id, replace(IDENTITY, signatory_name="Petra New"), by=owner)
    assert company.status is CompanyStatus.APPLIED
    # It was not contested, so whoever refused it may look at what is new.
    service.verify_company(company.id, "Now it is right.", by=odi)


def test_a_contest_comes_within_thirty_days_and_once(app: Flask) -> None:
    company = accounts.company()
    owner, odi = accounts.owner_of(company.id), accounts.operator(OperatorRole.VETTING)
    service.suspend_company(company.id, "It does not answer.", by=odi)
    now = clock.now()
    with pytest.raises(entity.TooLateToContest):
        entity.check_contest(CompanyStatus.SUSPENDED, now, None, now + timedelta(days=31))
    service.contest_decision(company.id, "We do.", by=owner)
    with pytest.raises(entity.NothingToContest):
        service.contest_decision(company.id, "We really do.", by=owner)
    with pytest.raises(entity.DecidedBefore):
        service.verify_company(company.id, "It answers.", by=odi)
    service.verify_company(company.id, "It answers.", by=accounts.operator(OperatorRole.VETTING))


def test_the_tax_number_lies_encrypted_and_members_without_the_right_see_nothing(app: Flask) -> None:
    company = accounts.company()
    sealed, shown = db.session.execute(
        select(CompanyIdentity.tax_number_sealed, CompanyIdentity.tax_number_shown)
    ).one()
    assert b"123456789" not in sealed
    assert shown == "•••789"
    with pytest.raises(Forbidden):
        queries.identity(company.id, accounts.member(company.id, CompanyRole.MANAGER))
    with pytest.raises(entity.BadIdentity):
        entity.check_identity(replace(IDENTITY, tax_number=None), has_tax_number=False)


@pytest.mark.parametrize("decide", [service.verify_company, service.refuse_company, service.suspend_company])
def test_nothing_is_decided_about_what_was_not_seen(app: Flask, decide: Callable[..., Company]) -> None:
    """Neither words nor papers are exchanged between a look and its decision; a paper taken back is another, too."""
    company, operator = accounts.company(verified=False), accounts.operator(OperatorRole.VETTING)
    owner, minute = accounts.owner_of(company.id), timedelta(minutes=1)
    seen = service.told_at(company.id)
    clock.move_to(clock.now() + minute)
    paper = papers.hand_in(company.id, Shows.ENTITY, png(), by=owner)
    with pytest.raises(ToldOtherwise) as other:
        decide(company.id, "Entry seen.", seen, by=operator)
    assert other.value.members["changed"] == ["papers"]
    seen = service.told_at(company.id)
    clock.move_to(clock.now() + minute)
    service.hand_in(company.id, replace(IDENTITY, address="Moved Street 2", tax_number=None), by=owner)
    with pytest.raises(ToldOtherwise) as other:
        decide(company.id, "Entry seen.", seen, by=operator)
    assert other.value.members["changed"] == ["identity"]
    assert paper.handed_in_at == seen
    decided = decide(company.id, "Entry seen.", service.told_at(company.id), by=operator)
    assert decided.status is not CompanyStatus.APPLIED
