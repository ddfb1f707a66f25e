"""A company's pages over ten thousand shifts beside the same pages over a hundred: statements, and milliseconds.

Half of the shifts are to come, with an offer each; the others were worked, and their timesheets wait for the company's
answer. The pages of both companies are asked in turn; the median of the rounds is printed, and the ratio of the two.

Run by `make bench`, on a database of its own; `tests/web/test_many_shifts.py` holds the number of statements.
"""

import os
import statistics
import time
from collections.abc import Iterator
from datetime import timedelta

import psycopg
from sqlalchemy import event, select
from sqlalchemy.engine import Engine

from marketplace.accounts.models import Person
from marketplace.app import create_app
from marketplace.core.db import db, transaction
from marketplace.core.sending import SENT
from marketplace.shifts.models import Shift
from marketplace.shifts.timesheet_models import TimesheetLine
from tests.bench.planning import copy
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, WEDNESDAY, Scene
from tests.web.visitor import Visitor

ROUNDS, FEW, MANY = 5, 100, 10_000
PAGES = {
    "overview": "",
    "shifts": "/shifts",
    "calendar of coverage": "/calendar?month=2026-12",
    "a day of it": "/calendar/2026-12-01",
    "gig": "/gigs/{gig}",
    "timesheets to approve": "/timesheets",
    "a shift": "/shifts/{shift}",
}


def grown(scene: Scene, count: int, number: int = 0) -> None:
    """So many shifts of the scene's gig: those to come with an offer each, those worked with a timesheet that waits for
    an answer. `number` keeps companies apart. It is a week after the first."""
    make.at(WEDNESDAY)
    person = make.contracted(scene)
    coming = make.shift(scene, MONDAY + timedelta(days=8), hours=1)
    offer = make.offered(scene, coming, person)
    booking = make.worked(scene, person, hours=1)
    make.at(MONDAY + timedelta(days=7))
    db.session.flush()
    line = db.session.scalars(select(TimesheetLine).where(TimesheetLine.booking_id == booking.id)).one()
    halves = {"count": count // 2 - 1, "company": f"{number}-"}
    coming_at = "row.starts_at + n % 50 * interval '1 day' + n % 8 * interval '1 hour'"
    times = {"starts_at": coming_at, "ends_at": f"{coming_at} + interval '1 hour'"}
    copy("shift", "row.id = :model", {"id": key("to come")} | times, halves | {"model": coming.id})
    own = {"id": key("offer"), "shift_id": key("to come")}
    copy("offer", "row.id = :model", own, halves | {"model": offer.id})
    past = {"id": key("past"), "starts_at": "row.starts_at - n * interval '2 hours'"}
    past["ends_at"] = "row.ends_at - n * interval '2 hours'"
    copy("shift", "row.id = :model", past, halves | {"model": booking.shift_id})
    taken = {"id": key("taken"), "shift_id": key("past")}
    copy("offer", "row.id = :model", taken, halves | {"model": booking.offer_id})
    worked = {"id": key("booking"), "offer_id": key("taken"), "shift_id": key("past")}
    copy("booking", "row.id = :model", worked, halves | {"model": booking.id})
    copy("timesheet", "row.id = :model", {"id": key("sheet")}, halves | {"model": line.timesheet_id})
    lines = {"id": key("line"), "timesheet_id": key("sheet"), "booking_id": key("booking")}
    copy("timesheet_line", "row.id = :model", lines, halves | {"model": line.id})


def key(word: str) -> str:
    """An id of the n-th copy, in SQL."""
    return f"CAST(md5('{word}' || :company || n) AS uuid)"


def addresses(scene: Scene) -> dict[str, str]:
    """Where the pages of the company are; the one shift is the last to come, for a worked one asks other questions."""
    own = select(Shift.id).where(Shift.company_id == scene.company_id)
    shift = db.session.scalars(own.order_by(Shift.starts_at.desc(), Shift.id).limit(1)).one()
    root = f"/company/{scene.company_id}"
    return {name: root + path.format(gig=scene.gig.id, shift=shift) for name, path in PAGES.items()}


def looked(visitor: Visitor, path: str) -> tuple[int, float]:
    """Opens the page: how many statements it took, and how many seconds."""
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    begun = time.perf_counter()
    try:
        with SENT.connected_to(seen.append):
            answer = visitor.client.get(path, headers={"Accept": "text/html"})
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert answer.status_code == 200, (path, answer.status_code)
    return len(seen), time.perf_counter() - begun


def main() -> None:
    app = create_app()
    with app.app_context():
        with transaction():
            scenes = [make.scene(minutes=9_000_000, pilot=True) for _ in (FEW, MANY)]
            for number, (scene, count) in enumerate(zip(scenes, (FEW, MANY), strict=True)):
                grown(scene, count, number)
            paths = [addresses(scene) for scene in scenes]
            owners = [db.session.get_one(Person, scene.company.person_id) for scene in scenes]
            for owner in owners:
                db.session.refresh(owner)
                db.session.expunge(owner)
        with psycopg.connect(os.environ["DATABASE_OWNER_URL"].replace("+psycopg", ""), autocommit=True) as owner:
            owner.execute("ANALYZE")
    # Outside of the application's context each request has one of its own, and nobody is taken for somebody else.
    visitors = [Visitor(app.test_client()).signed_in(owner) for owner in owners]
    print(f"{'a company page over shifts':28} {'statements':>12} {FEW:>10,} {MANY:>10,} {'ratio':>7}")
    for line in _compared(visitors, paths):
        print(line, flush=True)


def _compared(visitors: list[Visitor], paths: list[dict[str, str]]) -> Iterator[str]:
    for name in PAGES:
        both = zip(visitors, paths, strict=True)
        few, many = ([looked(who, where[name]) for _ in range(ROUNDS)] for who, where in both)
        counts = f"{few[-1][0]} / {many[-1][0]}"
        small, large = (statistics.median(seconds for _, seconds in found) for found in (few, many))
        yield f"{name:28} {counts:>12} {1000 * small:>7.1f} ms {1000 * large:>7.1f} ms {large / small:>7.2f}"


if __name__ == "__main__":
    main()
