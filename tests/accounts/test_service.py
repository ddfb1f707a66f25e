"""People, companies, members and keys: what the verbs promise."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts import keys, queries, service
from marketplace.accounts.models import ApiKey, Member, OperatorGrant, Person
from marketplace.accounts.rules import (
    CONSOLE,
    Actor,
    AlreadyMember,
    CompanyRole,
    CompanyStatus,
    EmailNotConfirmed,
    KeyNotValid,
    LastOwner,
    NoSuchPerson,
    OperatorRole,
    OwnCompany,
    Right,
    RoleOutOfReach,
    ScopeOutOfReach,
    TokenNotValid,
    WrongCredentials,
)
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.events import Event, timeline
from marketplace.core.lifecycle import WrongState
from marketplace.core.problems import Forbidden, NotFound
from tests.factories import accounts

Statements = Callable[[], AbstractContextManager[list[str]]]


def names(word: str, subject_id: UUID) -> list[str]:
    """The names of the events about a thing, oldest first."""
    return [event.name for event in reversed(timeline(word, subject_id))]


# --- people ---------------------------------------------------------------------------------------------------------


def test_signing_up_leaves_events_with_ids_only(app: Flask) -> None:
    ana = accounts.person("Ana@Example.com", confirmed=False)
    assert (ana.email, ana.confirmed_at, ana.password[:8]) == ("ana@example.com", None, "$argon2i")
    assert names("person", ana.id) == ["person.signed_up", "person.verification_asked"]
    assert all(event.data == {} for event in timeline("person", ana.id))


def test_an_address_that_is_taken_is_told_to_its_owner_only(app: Flask) -> None:
    ana = accounts.person()
    before = ana.password
    assert service.sign_up(ana.email.upper(), "another long password", "Mallory") is None
    assert names("person", ana.id)[-1] == "person.sign_up_repeated"
    db.session.refresh(ana)
    assert (ana.password, ana.name) == (before, "Ana Example")


def test_a_link_confirms_its_own_address_and_may_be_followed_twice(app: Flask) -> None:
    ana, budi = accounts.person(confirmed=False), accounts.person(confirmed=False)
    link = service.verification_link(ana.id)
    assert link.startswith("http://127.0.0.1:8000/confirm/")
    token = link.rpartition("/")[2]
    assert service.confirm(token).id == ana.id
    service.confirm(token)
    assert names("person", ana.id).count("person.confirmed") == 1
    assert budi.confirmed_at is None
    for wrong in ("", "x", token[:-2], service.reset_link(ana.id).rpartition("/")[2]):
        with pytest.raises(TokenNotValid):
            service.confirm(wrong)


def test_a_new_password_ends_every_sign_in_and_uses_up_the_link(app: Flask) -> None:
    ana = accounts.person()
    old, session = service.sign_in(ana.email, accounts.PASSWORD), ana.fs_uniquifier
    token = service.reset_link(ana.id).rpartition("/")[2]
    service.reset_password(token, "five quiet orange boats")
    with pytest.raises(KeyNotValid):
        keys.find_key(old.secret)
    with pytest.raises(WrongCredentials):
        service.sign_in(ana.email, accounts.PASSWORD)
    assert keys.find_key(service.sign_in(ana.email, "five quiet orange boats").secret).person_id == ana.id
    assert ana.fs_uniquifier != session
    assert names("person", ana.id)[-1] == "person.password_changed"
    with pytest.raises(TokenNotValid):
        service.reset_password(token, "six quiet orange boats")


def test_asking_for_a_new_password_says_nothing_about_strangers(app: Flask) -> None:
    ana = accounts.person()
    service.ask_password_reset("nobody@example.com")
    service.ask_password_reset(ana.email)
    asked = db.session.scalars(select(Event).where(Event.name == "person.reset_asked")).all()
    assert [event.subject_id for event in asked] == [ana.id]


def test_signing_in(app: Flask) -> None:
    ana = accounts.person()
    issued = service.sign_in(f" {ana.email.upper()} ", accounts.PASSWORD)
    assert keys.find_key(issued.secret).person_id == ana.id
    assert issued.row.expires_at == issued.row.made_at + timedelta(hours=12)
    for email, password in [(ana.email, "wrong"), ("nobody@example.com", accounts.PASSWORD), ("", "")]:
        with pytest.raises(WrongCredentials):
            service.sign_in(email, password)
    ana.active = False
    with pytest.raises(WrongCredentials):
        service.sign_in(ana.email, accounts.PASSWORD)
    with pytest.raises(KeyNotValid):
        keys.find_key(issued.secret)


def test_operators_are_made_by_admins_and_at_the_console(app: Flask) -> None:
    ana = accounts.person()
    for _ in range(2):
        service.grant_operator(ana.id, OperatorRole.VETTING, "trained", by=CONSOLE)
    assert accounts.actor_of(ana).operator == {OperatorRole.VETTING}
    [event] = [event for event in timeline("person", ana.id) if event.name == "operator.granted"]
    assert (event.data, event.doer_kind) == ({"role": "vetting"}, "console")
    assert [grant.reason for grant in db.session.scalars(select(OperatorGrant))] == ["trained"]
    with pytest.raises(Forbidden):
        service.grant_operator(ana.id, OperatorRole.ADMIN, "wants more", by=accounts.actor_of(ana))
    with pytest.raises(NotFound):
        service.grant_operator(ana.id, OperatorRole.ADMIN, "wants more", by=accounts.actor_of(accounts.person()))
    service.grant_operator(ana.id, OperatorRole.ADMIN, "takes over", by=accounts.operator())
    assert OperatorRole.ADMIN in accounts.actor_of(ana).operator


def test_all_rights_of_a_person_take_one_statement(app: Flask, statements: Statements) -> None:
    company = accounts.company()
    owner = accounts.owner_of(company.id)
    with statements() as seen:
        assert accounts.actor_of(owner) == owner
    assert len(seen) == 1


# --- companies ------------------------------------------------------------------------------------------------------


def test_only_a_confirmed_person_applies(app: Flask) -> None:
    with pytest.raises(EmailNotConfirmed):
        accounts.company(accounts.person(confirmed=False))


BEFORE = ("company.applied", "company.described")


def test_a_company_is_verified_suspended_and_verified_again_each_time_with_a_reason(app: Flask) -> None:
    company, operator = accounts.company(verified=False), accounts.operator(OperatorRole.VETTING)
    assert company.status is CompanyStatus.APPLIED
    service.verify_company(company.id, "seen its papers", by=operator)
    assert company.verified_at is not None
    assert company.applied_at < company.verified_at <= timeline("company", company.id)[0].at
    with pytest.raises(WrongState):
        service.verify_company(company.id, "again", by=operator)
    service.suspend_company(company.id, "does not answer", by=operator)
    service.verify_company(company.id, "answered", by=operator)
    decisions = queries.decisions(company.id, accounts.owner_of(company.id))
    assert [(each.outcome, each.reason, each.decided_by) for each in decisions] == [
        (CompanyStatus.VERIFIED, "answered", operator.person_id),
        (CompanyStatus.SUSPENDED, "does not answer", operator.person_id),
        (CompanyStatus.VERIFIED, "seen its papers", operator.person_id),
    ]
    told = [event for event in timeline("company", company.id) if event.name not in BEFORE]
    assert [event.data for event in told] == [
        {"from": old, "to": each.outcome, "decision_id": str(each.id)}
        for old, each in zip(("suspended", "verified", "applied"), decisions, strict=True)
    ]


def test_a_company_does_not_verify_itself_and_finance_is_not_vetting(app: Flask) -> None:
    company = accounts.company(verified=False)
    with pytest.raises(NotFound):
        service.verify_company(company.id, "trust me", by=accounts.owner_of(company.id))
    with pytest.raises(Forbidden):
        service.verify_company(company.id, "trust me", by=accounts.operator(OperatorRole.FINANCE))
    assert company.status is CompanyStatus.APPLIED


def test_an_operator_does_not_verify_a_company_of_their_own(app: Flask) -> None:
    operator = accounts.operator(OperatorRole.VETTING)
    company = accounts.company(operator, verified=False)
    for decide in (service.verify_company, service.suspend_company):
        with pytest.raises(OwnCompany):
            decide(company.id, "I know who we are.", by=accounts.actor_of(operator))
    assert company.status is CompanyStatus.APPLIED


def test_other_peoples_companies_do_not_exist(app: Flask) -> None:
    company, stranger = accounts.company(), accounts.owner_of(accounts.company().id)
    reads = [queries.company, queries.members, queries.keys]
    for read in reads:
        with pytest.raises(NotFound):
            read(company.id, stranger)
    assert queries.company(company.id, accounts.operator()).id == company.id
    assert [c.id for c in queries.companies_of(stranger.person_id or uuid4())] == list(stranger.companies)


def test_members_come_change_and_go(app: Flask) -> None:
    company = accounts.company()
    owner, mia = accounts.owner_of(company.id), accounts.member(company.id, CompanyRole.VIEWER)
    assert mia.person_id is not None
    service.change_role(company.id, mia.person_id, CompanyRole.FINANCE, by=owner)
    assert accounts.actor_of(mia).may(Right.MONEY, company.id)
    service.remove_member(company.id, mia.person_id, by=accounts.actor_of(mia))
    assert accounts.actor_of(mia).companies == {}
    assert [name for name in names("person", mia.person_id) if name.startswith("member.")] == [
        "member.added",
        "member.role_changed",
        "member.removed",
    ]
    with pytest.raises(NotFound):
        service.change_role(company.id, mia.person_id, CompanyRole.VIEWER, by=owner)


def test_only_confirmed_people_who_are_no_members_yet_are_added(app: Flask) -> None:
    company = accounts.company()
    owner = accounts.owner_of(company.id)
    for email in ("nobody@example.com", accounts.person(confirmed=False).email):
        with pytest.raises(NoSuchPerson):
            service.add_member(company.id, email, CompanyRole.VIEWER, by=owner)
    mia = accounts.person()
    service.add_member(company.id, mia.email, CompanyRole.VIEWER, by=owner)
    with pytest.raises(AlreadyMember):
        service.add_member(company.id, mia.email, CompanyRole.OWNER, by=owner)
    with pytest.raises(Forbidden):
        service.add_member(company.id, accounts.person().email, CompanyRole.OWNER, by=accounts.actor_of(mia))


def test_a_key_that_manages_members_gives_no_role_beyond_its_scopes(app: Flask) -> None:
    company = accounts.company()
    owner, mia = accounts.owner_of(company.id), accounts.member(company.id, CompanyRole.VIEWER)
    robot = Actor(owner.person_id, "key", {company.id: frozenset({Right.READ, Right.MEMBERS})})
    assert mia.person_id is not None
    with pytest.raises(RoleOutOfReach):
        service.add_member(company.id, accounts.person().email, CompanyRole.OWNER, by=robot)
    with pytest.raises(RoleOutOfReach):
        service.change_role(company.id, mia.person_id, CompanyRole.FINANCE, by=robot)
    service.add_member(company.id, accounts.person().email, CompanyRole.VIEWER, by=robot)


def test_a_key_that_only_reads_does_not_end_its_makers_membership(app: Flask) -> None:
    company = accounts.company()
    second = accounts.member(company.id, CompanyRole.OWNER)
    assert second.person_id is not None
    with pytest.raises(Forbidden):
        service.remove_member(
            company.id, second.person_id, by=Actor(second.person_id, "key", {company.id: frozenset({Right.READ})})
        )
    assert accounts.actor_of(second).belongs_to(company.id)


def test_the_last_owner_stays(app: Flask) -> None:
    company = accounts.company()
    owner = accounts.owner_of(company.id)
    assert owner.person_id is not None
    with pytest.raises(LastOwner):
        service.remove_member(company.id, owner.person_id, by=owner)
    with pytest.raises(LastOwner):
        service.change_role(company.id, owner.person_id, CompanyRole.VIEWER, by=owner)
    accounts.member(company.id, CompanyRole.OWNER)
    service.remove_member(company.id, owner.person_id, by=owner)


@pytest.mark.truncating
def test_two_owners_cannot_remove_each_other_at_once(apart_app: Flask) -> None:
    with apart_app.app_context(), transaction():
        company_id = accounts.company().id
        first, second = accounts.owner_of(company_id), accounts.member(company_id, CompanyRole.OWNER)
    ready, refused = threading.Barrier(2), []

    def remove(by: Actor, other: Actor) -> None:
        with apart_app.app_context():
            ready.wait()
            try:
                with transaction():
                    service.remove_member(company_id, other.person_id or uuid4(), by=by)
            except LastOwner as last:
                refused.append(last)

    threads = [threading.Thread(target=remove, args=pair) for pair in [(first, second), (second, first)]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with apart_app.app_context():
        assert len(db.session.scalars(select(Member)).all()) == 1
    assert len(refused) == 1


# --- keys -----------------------------------------------------------------------------------------------------------


def test_a_key_is_kept_as_a_digest_only(app: Flask) -> None:
    company = accounts.company()
    issued = service.make_key(company.id, "robot", [Right.READ], by=accounts.owner_of(company.id))
    mark, prefix, secret = issued.secret.split("_", 2)
    assert (mark, prefix, len(secret)) == ("setara", issued.row.prefix, 43)
    row = db.session.execute(select(ApiKey.__table__).where(ApiKey.id == issued.row.id)).one()
    assert not any(secret in str(value) for value in row)


def test_a_key_acts_in_its_company_with_its_scopes(app: Flask) -> None:
    company = accounts.company()
    issued = service.make_key(company.id, "robot", [Right.READ, Right.GIGS], by=accounts.owner_of(company.id))
    known = keys.find_key(issued.secret)
    assert (known.company_id, known.rights) == (company.id, {Right.READ, Right.GIGS})


def test_a_key_does_what_its_maker_still_may(app: Flask) -> None:
    company = accounts.company()
    second = accounts.member(company.id, CompanyRole.OWNER)
    issued = service.make_key(company.id, "robot", [Right.READ, Right.MONEY], by=second)
    assert second.person_id is not None
    service.change_role(company.id, second.person_id, CompanyRole.VIEWER, by=accounts.owner_of(company.id))
    assert keys.find_key(issued.secret).rights == {Right.READ}
    service.remove_member(company.id, second.person_id, by=accounts.owner_of(company.id))
    with pytest.raises(KeyNotValid):
        keys.find_key(issued.secret)


def test_a_key_is_made_by_members_who_may_and_not_by_another_key(app: Flask) -> None:
    company = accounts.company()
    owner = accounts.owner_of(company.id)
    with pytest.raises(Forbidden):
        service.make_key(company.id, "robot", [Right.READ], by=accounts.member(company.id, CompanyRole.MANAGER))
    robot = Actor(owner.person_id, "key", owner.companies)
    with pytest.raises(Forbidden):
        service.make_key(company.id, "robot", [Right.READ], by=robot)
    with pytest.raises(ScopeOutOfReach):
        service.make_key(company.id, "robot", [], by=owner)


@pytest.mark.parametrize(
    "text", ["", "setara", "setara__", "setara_abc", "other_aa_bb", "setara_000000000000_secret", "é"]
)
def test_what_is_no_key(app: Flask, text: str) -> None:
    with pytest.raises(KeyNotValid):
        keys.find_key(text)


def test_a_wrong_secret_expiry_and_revocation(app: Flask) -> None:
    company = accounts.company()
    owner = accounts.owner_of(company.id)
    until = clock.now() + timedelta(days=1)
    issued = service.make_key(company.id, "robot", [Right.READ], until, by=owner)
    with pytest.raises(KeyNotValid):
        keys.find_key(issued.secret[:-1])
    clock.move_to(until)
    with pytest.raises(KeyNotValid):
        keys.find_key(issued.secret)
    lasting = service.make_key(company.id, "robot", [Right.READ], by=owner)
    keys.find_key(lasting.secret)
    with pytest.raises(NotFound):
        service.revoke_key(lasting.row.id, by=accounts.owner_of(accounts.company().id))
    for _ in range(2):
        service.revoke_key(lasting.row.id, by=owner)
    with pytest.raises(KeyNotValid):
        keys.find_key(lasting.secret)
    assert names("company", company.id).count("key.revoked") == 1


def test_personal_keys_are_revoked_by_their_person_only(app: Flask) -> None:
    ana, budi = accounts.person(), accounts.person()
    issued = service.sign_in(ana.email, accounts.PASSWORD)
    with pytest.raises(NotFound):
        service.sign_out(issued.row.id, by=accounts.actor_of(budi))
    service.sign_out(issued.row.id, by=accounts.actor_of(ana))
    with pytest.raises(KeyNotValid):
        keys.find_key(issued.secret)


def test_the_use_of_a_key_is_noted_once_a_minute(app: Flask, statements: Statements) -> None:
    with transaction():
        issued = service.sign_in(accounts.person().email, accounts.PASSWORD)
    started = clock.now()
    seen_at, counts = [], []
    for seconds in (0, 30, 61):
        clock.move_to(started + timedelta(seconds=seconds))
        with statements() as seen, transaction():
            keys.find_key(issued.secret)
        counts.append(len(seen))
        db.session.refresh(issued.row)
        seen_at.append(issued.row.last_used_at)
    assert counts == [2, 1, 2]
    assert seen_at[0] == seen_at[1]
    assert seen_at[2] >= started + timedelta(seconds=61)


@pytest.mark.truncating
def test_two_requests_with_one_key_do_not_wait_for_each_other(apart_app: Flask) -> None:
    with apart_app.app_context(), transaction():
        secret = keys.make_personal_key(accounts.person().id).secret
    with apart_app.app_context(), transaction():
        db.session.scalars(select(ApiKey).with_for_update()).one()
        with apart_app.app_context(), transaction():
            db.session.execute(select(Person.id).limit(1))
            db.session.connection().exec_driver_sql("SET LOCAL lock_timeout = '500ms'")
            keys.find_key(secret)
