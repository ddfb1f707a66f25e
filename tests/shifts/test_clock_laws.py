"""A law that moves a clock, after shifts were laid on it: who keeps what, and who is told."""

import shutil
import zoneinfo
from collections.abc import Callable, Iterator
from datetime import UTC, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from zoneinfo import ZoneInfo, reset_tzpath

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.core.money import Money
from marketplace.notices.models import Notice
from marketplace.shifts import clock_laws, series, standby
from marketplace.shifts.models import Shift
from marketplace.shifts.rules import OfferStatus
from marketplace.shifts.series_models import ShiftSeries
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, ZONE, Scene
from tests.web.visitor import Visitor

LawMaker = Callable[[str, str], None]


@pytest.fixture
def law(tmp_path: Path) -> Iterator[LawMaker]:
    """`law(zone, like)`: from now on the clock of that zone goes as another's does, by the real rules of that one."""

    def pass_it(zone: str, like: str) -> None:
        place = tmp_path / zone
        place.parent.mkdir(parents=True, exist_ok=True)
        with as_file(files("tzdata.zoneinfo").joinpath(*like.split("/"))) as rules:
            shutil.copy(rules, place)
        reset_tzpath(to=[tmp_path])
        ZoneInfo.clear_cache()

    yield pass_it
    reset_tzpath(to=())
    ZoneInfo.clear_cache()


def held(of: ShiftSeries) -> list[Shift]:
    return list(db.session.scalars(select(Shift).where(Shift.series_id == of.id).order_by(Shift.starts_at)))


def hours(shifts: list[Shift]) -> list[int]:
    return [shift.starts_at.astimezone(UTC).hour for shift in shifts]


def test_the_rules_of_the_zones_are_those_of_the_pinned_package() -> None:
    """The machine's own would differ from one to the next."""
    assert ZoneInfo("Asia/Pontianak").utcoffset(MONDAY.replace(tzinfo=None)) == timedelta(hours=7)
    assert zoneinfo.TZPATH == ()


def test_shifts_without_people_follow_a_new_law_and_taken_ones_keep_their_moment(scene: Scene, law: LawMaker) -> None:
    """Kansas abolishes its winter time: nine in the morning is 14:00 in UTC, no longer 15:00. Of three shifts the first
    is Ana's and stays; the second stood in an offer, which is taken back; the third is free. All is told once."""
    of = make.series(scene, "FREQ=WEEKLY;BYDAY=MO;COUNT=3")
    first, second, third = held(of)
    booking = make.booked(scene, shift=first)
    offer = make.offered(scene, second, make.contracted(scene))
    assert clock_laws.follow_due() == 0
    law(ZONE, "America/Panama")
    assert (clock_laws.follow_due(), clock_laws.follow_due()) == (3, 0)
    assert hours([first, second, third]) == [15, 14, 14]
    assert (first.starts_at, offer.status) == (booking.starts_at, OfferStatus.WITHDRAWN)
    assert clock_laws.meant_instead(first) == (first.starts_at - timedelta(hours=1), first.ends_at - timedelta(hours=1))
    assert clock_laws.meant_instead(second) is None


def test_who_stands_by_keeps_their_moment_and_an_empty_standby_goes_along(scene: Scene, law: LawMaker) -> None:
    """Of three shifts nobody has a seat. For the first somebody stands by, so it stays at their moment and they are
    told; for the second nobody does as yet, and both stand at the new hour."""
    of = make.series(scene, "FREQ=WEEKLY;BYDAY=MO;COUNT=3")
    first, second, third = held(of)
    much = Money.of("1000", "USD")
    stands_by, empty = (standby.plan(each.id, 1, much, by=scene.company) for each in (first, second))
    booking = make.booked(scene, shift=stands_by)
    law(ZONE, "America/Panama")
    assert (clock_laws.follow_due(), clock_laws.follow_due()) == (3, 0)
    assert hours([first, stands_by, second, empty, third]) == [15, 15, 14, 14, 14]
    assert booking.starts_at == first.starts_at
    told = db.session.scalars(select(Event.name).where(Event.name.endswith("off_clock")).order_by(Event.name)).all()
    assert told == ["booking.off_clock", "shift.off_clock"]


def test_what_is_laid_later_stands_on_the_new_clock(scene: Scene, law: LawMaker) -> None:
    of = make.series(scene, "FREQ=WEEKLY;BYDAY=MO")
    law(ZONE, "America/Panama")
    clock.move_to(MONDAY + timedelta(days=7))
    series.fill_due()
    assert hours(held(of))[-1] == 14


def test_the_company_reads_which_hour_is_meant_and_both_sides_are_told(
    client: FlaskClient, scene: Scene, law: LawMaker, work: Callable[[], int]
) -> None:
    of = make.series(scene, "FREQ=WEEKLY;BYDAY=MO;COUNT=1")
    (shift,) = held(of)
    booking = make.booked(scene, shift=shift)
    law(ZONE, "America/Panama")
    clock_laws.follow_due()
    work()
    told = db.session.scalars(select(Notice.person_id).where(Notice.audience.in_(("gigs", "contractor")))).all()
    assert {booking.contractor_id, scene.company.person_id} <= set(told)
    owner = Visitor(client).signed_in(db.session.get_one(Person, scene.company.person_id))
    page = owner.look(f"/company/{scene.company_id}/shifts/{shift.id}")
    assert "The series means Nov 23, 2026, 9:00 AM to 11:00 AM" in page.words
    moving = owner.look(f"/company/{scene.company_id}/shifts/{shift.id}/move").form()
    assert [moving.values[name] for name in ("day", "begins", "ends")] == [["2026-11-23"], ["09:00"], ["11:00"]]
