"""What the minutes of a week were, kind by kind and day by day, and that each is told once."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from marketplace.core.db import db
from marketplace.core.http import SetaraFlask
from marketplace.shifts import attendance, outage, queries
from marketplace.shifts.clock_rules import EntryKind
from marketplace.shifts.timesheet_models import Timesheet
from marketplace.shifts.totals import MinuteKind, paid
from tests.factories import accounts, disputes
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene


def test_each_minute_is_told_by_its_kind(client: FlaskClient, scene: Scene) -> None:
    """Monday: 100 minutes of work, 20 of waiting, an outage of 75 of which 60 are paid, a paid break of 15, work to the
    end after four hours. Tuesday: two hours, of which the company cuts one, and the person disputes it; an hour comes
    beside it, since it was added late to a schedule."""
    ana = make.contracted(scene)
    monday = make.booked(scene, ana)
    me = accounts.actor_of(ana.id)
    make.at(MONDAY)
    attendance.clock_in(monday.id, by=me)
    for minutes, kind in ((100, EntryKind.WAITING), (120, EntryKind.OUTAGE), (195, EntryKind.PAID_BREAK)):
        make.at(MONDAY + timedelta(minutes=minutes))
        if kind is EntryKind.OUTAGE:
            outage.report_outage(monday.id, by=me)
        else:
            attendance.switch(monday.id, kind, by=me)
    make.at(MONDAY + timedelta(minutes=210))
    attendance.end_break(monday.id, by=me)
    tuesday = make.booked(scene, ana, starts_at=MONDAY + timedelta(days=1), hours=2)
    make.at(MONDAY + timedelta(minutes=240))
    attendance.clock_out(monday.id, by=me)
    make.work(tuesday)
    sheet = queries.timesheet(db.session.query(Timesheet.id).scalar(), seen_by=me)
    first, second = sheet.days
    assert (first.day, second.day) == (date(2026, 11, 23), date(2026, 11, 24))
    told = {str(kind): minutes for kind, minutes in first.minutes.items() if minutes}
    assert told == {"work": 130, "waiting": 20, "outage": 60, "paid_break": 15, "unpaid_break": 15}
    assert (paid(sheet.totals), sheet.totals[MinuteKind.WORK], sheet.is_disputed) == (225 + 120 + 60, 250, False)
    disputes.claimed(disputes.cut(scene, tuesday))
    shown = client.get(f"/api/v1/timesheets/{sheet.id}", headers=accounts.bearer(me)).get_json()
    assert shown["totals"].keys() == {str(kind) for kind in MinuteKind}
    assert (shown["totals"]["cut"], shown["totals"]["outage"], shown["is_disputed"]) == (60, 60, True)
    assert [each["minutes"]["work"] for each in shown["days"]] == [130, 120]
    assert paid(queries.timesheet(sheet.id, seen_by=me).totals) == 225 + 60 + 60


@pytest.mark.parametrize(("training", "kind"), [(True, "training"), (False, "work")])
def test_training_is_told_apart(app: SetaraFlask, training: bool, kind: str) -> None:
    scene = make.scene()
    booking = make.worked(scene)
    booking.is_training = training
    sheet = queries.timesheet(db.session.query(Timesheet.id).scalar(), seen_by=accounts.actor_of(booking.contractor_id))
    assert {str(each): minutes for each, minutes in sheet.totals.items() if minutes} == {kind: 240}
