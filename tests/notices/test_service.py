"""Who is told of what, once, and in which words."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from marketplace.accounts import service as accounts
from marketplace.accounts.models import Company, Person
from marketplace.accounts.rules import CLOCK, Actor, CompanyRole, OperatorRole
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import Event, record
from marketplace.core.problems import Forbidden, NotFound
from marketplace.notices import queries, service
from marketplace.notices.models import Delivery, Notice
from marketplace.notices.rules import Audience
from marketplace.workforce import availability
from marketplace.workforce.calendar import Quiet
from tests.factories import accounts as make
from tests.factories import shifts as scenes
from tests.factories import workforce

Statements = Callable[[], AbstractContextManager[list[str]]]


def events(name: str) -> list[int]:
    return list(db.session.scalars(select(Event.id).where(Event.name == name)))


def told(name: str) -> set[tuple[str, Audience]]:
    """Who has an event of that name in the inbox, by name, and as whom."""
    found = select(Person.name, Notice.audience).join(Notice, Notice.person_id == Person.id)
    found = found.join(Event, Event.id == Notice.event_id).where(Event.name == name)
    return {(row.name, row.audience) for row in db.session.execute(found)}


def mailed(name: str) -> list[str]:
    found = select(Person.name).join(Delivery, Delivery.person_id == Person.id)
    found = found.join(Event, Event.id == Delivery.event_id).where(Event.name == name)
    return sorted(db.session.scalars(found))


def verified(company: Company) -> list[int]:
    """The event of a company's verification, once more."""
    return [record("company.verified", company, by=CLOCK).id]


def test_members_with_the_right_are_told_and_others_not(app: Flask) -> None:
    company = make.company(make.person(name="Olga"))
    make.member(company.id, CompanyRole.VIEWER)
    assert service.deliver(verified(company), by=CLOCK) == 2
    assert told("company.verified") == {("Olga", Audience.MEMBERS)}
    assert mailed("company.verified") == ["Olga"]


def test_telling_twice_is_telling_once(app: Flask) -> None:
    ids = verified(make.company())
    assert service.deliver(ids, by=CLOCK) == 2
    assert service.deliver(ids, by=CLOCK) == 0
    assert service.deliver([*ids, 987654321], by=CLOCK) == 0


def test_whoever_did_it_is_not_told(app: Flask) -> None:
    company = make.company(make.person(name="Olga"))
    mia = make.member(company.id, CompanyRole.OWNER)
    told_by_mia = record("company.verified", company, by=mia)
    service.deliver([told_by_mia.id], by=CLOCK)
    assert told("company.verified") == {("Olga", Audience.MEMBERS)}


def test_operators_of_the_role_and_admins_are_told(app: Flask) -> None:
    for role in (OperatorRole.VETTING, OperatorRole.FINANCE, OperatorRole.ADMIN):
        person = make.person(name=f"the one of {role}")
        accounts.grant_operator(person.id, role, "needed", by=Actor(None, "console"))
    make.company(verified=False)
    service.deliver(events("company.applied"), by=CLOCK)
    assert told("company.applied") == {
        ("the one of vetting", Audience.VETTING),
        ("the one of admin", Audience.VETTING),
    }


def test_a_secret_goes_by_e_mail_only(app: Flask) -> None:
    make.person(name="Ana", confirmed=False)
    service.deliver(events("person.verification_asked"), by=CLOCK)
    assert mailed("person.verification_asked") == ["Ana"]
    assert told("person.verification_asked") == set()


def test_an_event_without_words_tells_nobody(app: Flask) -> None:
    person = make.person()
    accounts.change_person(by=make.actor_of(person), name="Ana Other")
    assert service.deliver(events("person.changed"), by=CLOCK) == 0


def test_one_event_two_audiences(app: Flask) -> None:
    scene = scenes.scene()
    booking = scenes.booked(scene)
    missed = record("booking.missed", booking, by=CLOCK)
    service.deliver([missed.id], by=CLOCK)
    assert {audience for _, audience in told("booking.missed")} == {Audience.CONTRACTOR, Audience.GIGS}


def test_nobody_but_the_service_delivers(app: Flask) -> None:
    with pytest.raises(Forbidden):
        service.deliver([1], by=make.operator())


def test_the_inbox_speaks_the_readers_language(app: Flask) -> None:
    booking = scenes.booked(scenes.scene())
    ana = make.actor_of(booking.contractor_id)
    service.deliver(events("offer.made"), by=CLOCK)
    (first,) = queries.inbox(ana)["items"]
    assert first.event == "offer.made"
    assert first.title.startswith("An offer: ")
    assert " to " in first.words
    assert first.about["contractor"] == str(booking.contractor_id)
    assert first.about["offer"] == str(booking.offer_id)
    with force_locale("id"):
        (same,) = queries.inbox(ana)["items"]
    assert same.title == first.title.replace("An offer", "Tawaran")
    assert "sampai" in same.words


def test_words_name_what_they_are_about(app: Flask) -> None:
    company = make.company(legal_name="100% Fair Lab %(gig)s")
    service.deliver(verified(company), by=CLOCK)
    (notice,) = queries.inbox(make.owner_of(company.id))["items"]
    assert notice.title == "100% Fair Lab %(gig)s is verified"


def test_pages_of_the_inbox(app: Flask) -> None:
    company = make.company()
    olga = make.owner_of(company.id)
    service.deliver([verified(company)[0] for _ in range(5)], by=CLOCK)
    first = queries.inbox(olga, limit=3)
    second = queries.inbox(olga, limit=3, after=first["next"])
    assert [len(first["items"]), len(second["items"]), second["next"]] == [3, 2, None]
    assert {each.id for each in first["items"]}.isdisjoint({each.id for each in second["items"]})


def test_reading_one_and_all(app: Flask) -> None:
    company = make.company()
    olga = make.owner_of(company.id)
    service.deliver([verified(company)[0] for _ in range(3)], by=CLOCK)
    (newest, *_) = queries.inbox(olga)["items"]
    read_at = service.mark_read(newest.id, by=olga).read_at
    assert service.mark_read(newest.id, by=olga).read_at == read_at
    assert queries.count_unread(olga) == 2
    assert len(queries.inbox(olga, unread=True)["items"]) == 2
    assert service.mark_all_read(by=olga) == 2
    assert service.mark_all_read(by=olga) == 0
    assert queries.count_unread(olga) == 0


def test_a_notice_is_its_persons_alone(app: Flask) -> None:
    company = make.company()
    service.deliver(verified(company), by=CLOCK)
    (notice,) = queries.inbox(make.owner_of(company.id))["items"]
    with pytest.raises(NotFound):
        service.mark_read(notice.id, by=make.operator())
    with pytest.raises(NotFound):
        queries.notice(notice.id, make.operator())


def test_delivery_takes_a_constant_number_of_statements(app: Flask, statements: Statements) -> None:
    company, counts = make.company(), []
    for size in (2, 40):
        ids = [verified(company)[0] for _ in range(size)]
        with statements() as seen:
            assert service.deliver(ids, by=CLOCK) == 2 * size
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_inbox_takes_a_constant_number_of_statements(app: Flask, statements: Statements) -> None:
    company, counts = make.company(), []
    olga = make.owner_of(company.id)
    for size in (2, 40):
        service.deliver([verified(company)[0] for _ in range(size)], by=CLOCK)
        with statements() as seen:
            queries.inbox(olga, limit=size)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_jobs_carry_an_event_to_the_outbox(app: Flask, work: Callable[[], int]) -> None:
    """One line from verb to words: the event is recorded, answered, delivered, and the message kept."""
    make.person("new@example.com", name="Ana", locale="id", confirmed=False)
    work()
    (mail,) = queries.outbox()["items"]
    assert mail.address == "new@example.com"
    assert mail.subject == "Konfirmasikan alamat surel Anda"
    assert mail.body.startswith("Halo Ana,")
    token = mail.body.split("/confirm/")[1].split()[0]
    assert accounts.confirm(token).email == "new@example.com"


def test_no_mail_about_work_rings_in_somebodys_quiet_hours(app: Flask) -> None:
    """It is 03:00 in Kansas. Whoever needs a new password asked for it, and is awake."""
    asleep = workforce.contractor()
    availability.set_quiet(Quiet(1320, 390), by=make.actor_of(asleep.id))
    clock.move_to(datetime(2026, 12, 1, 9, tzinfo=UTC))
    ids = [record(name, asleep, by=CLOCK).id for name in ("contractor.vetted",)]
    service.deliver(ids, by=CLOCK)
    mail = db.session.scalars(select(Delivery).where(Delivery.person_id == asleep.id, Delivery.event_id.in_(ids))).one()
    assert mail.try_at == datetime(2026, 12, 1, 12, 30, tzinfo=UTC)
    assert db.session.scalars(select(Notice.at).where(Notice.event_id.in_(ids))).one() < clock.now()
    me = db.session.get_one(Person, asleep.id)
    asked = record("person.reset_asked", me, by=CLOCK).id
    service.deliver([asked], by=CLOCK)
    assert db.session.scalars(select(Delivery.try_at).where(Delivery.event_id == asked)).one() < clock.now()
