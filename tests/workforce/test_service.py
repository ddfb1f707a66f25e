"""Applying, being decided about, and saying what one can do: through the real verbs."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.accounts.rules import CLOCK, Actor, CompanyRole, EmailNotConfirmed, OperatorRole, ReasonMissing
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.lifecycle import WrongState
from marketplace.core.problems import Forbidden, NotFound, Unauthenticated
from marketplace.standards.rules import HazardCategory, HazardClass
from marketplace.workforce import availability, queries, rules, service
from marketplace.workforce.calendar import Window
from marketplace.workforce.models import Contractor, HazardConsent, Requirement
from marketplace.workforce.rules import ContractorStatus, Level, RequirementKind, RequirementStatus, Ruling
from tests.factories import accounts, workforce


def vetting() -> Actor:
    return accounts.operator(OperatorRole.VETTING)


def names(contractor: Contractor) -> list[str]:
    return [event.name for event in timeline("contractor", contractor.id)]


# --- applying -------------------------------------------------------------------------------------------------------


def test_an_applicant_has_every_requirement_before_them(app: Flask) -> None:
    made = workforce.applied()
    me = accounts.actor_of(made.id)
    assert made.status == ContractorStatus.APPLIED
    states = {row.kind: row.status for row in queries.requirements(made.id, me)}
    assert states == dict.fromkeys(RequirementKind, RequirementStatus.OPEN) | {
        RequirementKind.AGE: RequirementStatus.SUBMITTED
    }
    known = queries.profile(made.id, me)
    assert (known.skills, known.languages) == (["image-labelling"], {"en": Level.C1})
    assert names(made) == ["contractor.described", "contractor.applied"]


def test_an_address_is_confirmed_before_one_applies(app: Flask) -> None:
    with pytest.raises(EmailNotConfirmed):
        workforce.applied(accounts.person(confirmed=False))


def test_nobody_applies_twice(app: Flask) -> None:
    who = accounts.person()
    workforce.applied(who)
    with pytest.raises(rules.AlreadyApplied):
        workforce.applied(who)


def test_eighteen_is_reached_where_one_lives(app: Flask) -> None:
    """At 04:00 UTC on 1 June it is still 31 May in Chicago, and 1 June already in Nairobi."""
    clock.move_to(datetime(2026, 6, 1, 4, 0, tzinfo=UTC))
    with pytest.raises(rules.TooYoung) as refused:
        workforce.applied(born_on=date(2008, 6, 1))
    assert refused.value.members["verdict"]["rule"] == "AGE"
    assert "2008" not in str(refused.value.members)
    assert refused.value.members["possible_on"] == "2026-06-01"
    assert "2026-06-01" in str(refused.value.what_to_do)
    workforce.applied(
        country="KE", subdivision=None, timezone="Africa/Nairobi", payout_currency="KES", born_on=date(2008, 6, 1)
    )


def test_a_refused_application_leaves_nothing(app: Flask) -> None:
    who = accounts.person()
    with pytest.raises(rules.BadBand):
        workforce.applied(who, band=(10, 49))
    with pytest.raises(rules.BadPlace):
        workforce.applied(who, country="us")
    with pytest.raises(clock.UnknownZone):
        workforce.applied(who, timezone="Kansas/Topeka")
    assert db.session.scalar(select(Contractor.id)) is None


# --- requirements ---------------------------------------------------------------------------------------------------


def test_what_is_shown_is_decided_by_an_operator(app: Flask) -> None:
    made = workforce.applied()
    me, operator = accounts.actor_of(made.id), vetting()
    workforce.declared(me)
    row = service.submit_requirement(RequirementKind.IDENTITY, "Passport, by video call", by=me)
    assert (row.status, row.note) == (RequirementStatus.SUBMITTED, "Passport, by video call")
    with pytest.raises(ReasonMissing):
        service.decide_requirement(made.id, RequirementKind.IDENTITY, Ruling(False, "  "), by=operator)
    service.decide_requirement(made.id, RequirementKind.IDENTITY, Ruling(False, "The picture is blurred."), by=operator)
    assert (row.status, row.reason) == (RequirementStatus.REFUSED, "The picture is blurred.")
    service.submit_requirement(RequirementKind.IDENTITY, "A better picture", by=me)
    service.decide_requirement(made.id, RequirementKind.IDENTITY, Ruling(True, "Seen."), by=operator)
    assert (row.status, row.decided_by) == (RequirementStatus.MET, operator.person_id)
    assert all(event.data.keys() <= {"kind", "from", "to"} for event in timeline("requirement", row.id))


def test_agreeing_to_the_terms_needs_nobody(app: Flask) -> None:
    made = workforce.applied()
    workforce.declared(accounts.actor_of(made.id))
    row = service.submit_requirement(RequirementKind.TERMS, "I agree.", by=accounts.actor_of(made.id))
    assert row.status == RequirementStatus.MET


def test_an_account_on_the_sandbox_rail_is_given_once_and_holds_no_bank_data(app: Flask) -> None:
    made = workforce.applied()
    me = accounts.actor_of(made.id)
    account = service.open_sandbox_account(by=me)
    assert account.reference.startswith("sandbox_")
    assert queries.profile(made.id, me).payout_rail == "sandbox"
    with pytest.raises(rules.AccountKnown):
        service.open_sandbox_account(by=me)


def test_where_another_rail_is_set_there_is_no_account_on_the_sandbox(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would let somebody be vetted whom nobody can pay."""
    made = workforce.applied()
    monkeypatch.setitem(app.config, "RAIL", "manual")
    with pytest.raises(rules.NotTheSandbox):
        service.open_sandbox_account(by=accounts.actor_of(made.id))


def test_nobody_decides_about_what_was_not_shown(app: Flask) -> None:
    made = workforce.applied()
    for kind in (RequirementKind.TERMS, RequirementKind.PAYOUT_ACCOUNT):
        with pytest.raises(rules.NothingShown):
            service.decide_requirement(made.id, kind, Ruling(True, "It will be all right."), by=vetting())
    states = {row.kind: row.status for row in queries.requirements(made.id, accounts.actor_of(made.id))}
    assert states[RequirementKind.TERMS] == states[RequirementKind.PAYOUT_ACCOUNT] == RequirementStatus.OPEN


# --- deciding -------------------------------------------------------------------------------------------------------


def test_vetting_needs_everything_shown_and_a_written_reason(app: Flask) -> None:
    operator = vetting()
    made = workforce.ready(checked_by=operator)
    with pytest.raises(ReasonMissing):
        service.vet(made.id, "", by=operator)
    service.decide_requirement(made.id, RequirementKind.RESIDENCE, Ruling(False, "Moved away."), by=operator)
    with pytest.raises(rules.RequirementsMissing) as missing:
        service.vet(made.id, "Looks right.", by=operator)
    assert missing.value.members["missing"] == ["residence"]
    service.submit_requirement(RequirementKind.RESIDENCE, "A new bill", by=accounts.actor_of(made.id))
    service.decide_requirement(made.id, RequirementKind.RESIDENCE, Ruling(True, "Seen."), by=operator)
    service.vet(made.id, "Everything was shown.", by=operator)
    assert (made.status, made.vetted_at is not None) == (ContractorStatus.VETTED, True)
    assert "contractor.vetted" in names(made)


def test_only_operators_of_vetting_decide_and_never_about_themselves(app: Flask) -> None:
    made = workforce.ready()
    with pytest.raises(NotFound):
        service.vet(made.id, "I am good.", by=accounts.actor_of(made.id))
    with pytest.raises(Forbidden):
        service.refuse(made.id, "No.", by=accounts.operator(OperatorRole.FINANCE))
    operator = vetting()
    own = workforce.ready(db.session.get_one(Person, operator.person_id))
    with pytest.raises(rules.OwnCase):
        service.vet(own.id, "I am good.", by=accounts.actor_of(operator))


def test_a_refusal_is_contested_and_looked_at_by_somebody_else(app: Flask) -> None:
    first, second = vetting(), vetting()
    made = workforce.ready(checked_by=first)
    me = accounts.actor_of(made.id)
    with pytest.raises(rules.NothingToContest):
        service.contest("I disagree.", by=me)
    service.refuse(made.id, "The papers seem forged.", by=first)
    decision = queries.decisions(made.id)[0]
    assert (decision.reason, decision.decided_by) == ("The papers seem forged.", first.person_id)
    service.contest("They are not; ask the registry.", by=me)
    assert made.status == ContractorStatus.APPLIED
    with pytest.raises(rules.NothingToContest):
        service.contest("And again.", by=me)
    with pytest.raises(rules.RuledBefore):
        service.vet(made.id, "Changed my mind.", by=first)
    service.vet(made.id, "The registry confirms them.", by=second)
    assert made.status == ContractorStatus.VETTED
    assert all("forged" not in str(event.data) for event in timeline("contractor", made.id))


def test_a_refusal_stands_after_thirty_days(app: Flask) -> None:
    operator = vetting()
    made = workforce.ready(checked_by=operator)
    service.refuse(made.id, "The papers seem forged.", by=operator)
    clock.move_to(clock.now() + timedelta(days=30, minutes=1))
    with pytest.raises(rules.TooLateToContest):
        service.contest("They are not.", by=accounts.actor_of(made.id))


def test_a_suspension_is_contested_and_ended_by_somebody_else(app: Flask) -> None:
    first, second = vetting(), vetting()
    made = workforce.contractor()
    service.suspend(made.id, "Two people share this account.", by=first)
    service.contest("My brother lent me his phone.", by=accounts.actor_of(made.id))
    assert made.status == ContractorStatus.SUSPENDED
    with pytest.raises(rules.RuledBefore):
        service.reinstate(made.id, "All is well.", by=first)
    service.reinstate(made.id, "All is well.", by=second)
    assert made.status == ContractorStatus.VETTED
    with pytest.raises(rules.NotSuspended):
        service.reinstate(made.id, "Once more.", by=second)


def test_an_uncontested_suspension_may_be_ended_by_whoever_began_it(app: Flask) -> None:
    operator = vetting()
    made = workforce.contractor()
    service.suspend(made.id, "A mistake.", by=operator)
    service.reinstate(made.id, "It was one.", by=operator)
    assert made.status == ContractorStatus.VETTED


def test_a_vetted_contractor_is_not_refused(app: Flask) -> None:
    made = workforce.contractor()
    with pytest.raises(WrongState):
        service.refuse(made.id, "Too late for that.", by=vetting())


# --- what one can do, and when --------------------------------------------------------------------------------------


def test_windows_and_bands_replace_those_before(app: Flask) -> None:
    made = workforce.contractor(windows=[Window(0, 540, 1020)])
    me = accounts.actor_of(made.id)
    availability.set_availability([Window(5, 1320, 120), Window(0, 540, 600)], by=me)
    availability.set_band(10, 20, by=me)
    known = queries.profile(made.id, me)
    assert known.windows == [Window(0, 540, 600), Window(5, 1320, 120)]
    assert (known.contractor.band_min_hours, known.contractor.band_max_hours) == (10, 20)


def test_a_consent_is_revoked_at_any_minute_and_its_history_stays(app: Flask) -> None:
    made = workforce.contractor()
    me = accounts.actor_of(made.id)
    service.give_hazard_consent(HazardCategory.VIOLENCE, HazardClass.H2, by=me)
    service.give_hazard_consent(HazardCategory.VIOLENCE, HazardClass.H3, by=me)
    assert [(row.up_to, row.revoked_at is None) for row in queries.consents(made.id, me)] == [
        ("H3", True),
        ("H2", False),
    ]
    service.revoke_hazard_consent(HazardCategory.VIOLENCE, by=me)
    with pytest.raises(NotFound):
        service.revoke_hazard_consent(HazardCategory.VIOLENCE, by=me)
    history = queries.consents(made.id, me)
    assert [(row.up_to, row.revoked_at is not None) for row in history] == [("H3", True), ("H2", True)]
    assert all("violence" not in str(event.data) for event in timeline("contractor", made.id))


def test_the_database_holds_one_live_consent_for_each_category(app: Flask) -> None:
    made = workforce.contractor()
    service.give_hazard_consent(HazardCategory.HATE, HazardClass.H2, by=accounts.actor_of(made.id))
    db.session.add(HazardConsent(contractor_id=made.id, category="hate", up_to="H2", given_at=clock.now()))
    with pytest.raises(Exception, match="uq_hazard_consent_live"):
        db.session.flush()


# --- reading --------------------------------------------------------------------------------------------------------


def test_other_peoples_records_do_not_exist(app: Flask) -> None:
    made = workforce.contractor()
    stranger = accounts.actor_of(accounts.person())
    for read in (queries.contractor, queries.profile, queries.requirements, queries.consents):
        with pytest.raises(NotFound):
            read(made.id, stranger)
    with pytest.raises(NotFound):
        queries.vetting_queue(stranger)
    with pytest.raises(NotFound):
        availability.set_band(1, 2, by=stranger)
    with pytest.raises(Unauthenticated):
        availability.set_band(1, 2, by=CLOCK)


def test_a_requirement_row_belongs_to_one_contractor(app: Flask) -> None:
    made = workforce.applied()
    db.session.add(
        Requirement(
            contractor_id=made.id, kind=RequirementKind.TERMS, status=RequirementStatus.OPEN, note="", reason=""
        )
    )
    with pytest.raises(Exception, match="uq_requirement_contractor_id_kind"):
        db.session.flush()


def test_a_company_sees_of_strangers_what_they_can_do_and_not_who_they_are(app: object) -> None:
    vetted, _waiting = workforce.contractor(), workforce.applied()
    company = accounts.company()
    (seen,) = queries.strangers(accounts.owner_of(company.id), 10)
    assert (seen.id, seen.country, seen.subdivision) == (vetted.id, "US", "US-KS")
    assert seen.skills == ["image-labelling"]
    assert seen.languages == {"en": Level.C1}
    for nobody in (accounts.person(), accounts.member(company.id, CompanyRole.MANAGER)):
        with pytest.raises(NotFound):
            queries.strangers(accounts.actor_of(nobody), 10)
