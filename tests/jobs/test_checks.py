"""The truths hold for a real world, and a lie about it is found."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from jobs import checks
from marketplace.accounts import service
from marketplace.accounts.rules import CONSOLE, OperatorRole
from marketplace.core.checks import found_broken
from marketplace.core.db import db, transaction
from marketplace.core.http import SetaraFlask
from marketplace.core.money import Money
from marketplace.notices import queries
from tests.conftest import Database
from tests.factories import accounts as make
from tests.factories import disputes, gigs, pay
from tests.factories import shifts as scenes
from tests.web.visitor import Visitor


def broken() -> dict[str, int]:
    return {name: count for name, count in found_broken().items() if count}


def test_the_truths_hold_after_a_booking(app: Flask) -> None:
    scenes.worked(scenes.scene())
    checks.run_checks()
    assert broken() == {}
    assert {"books.currencies_balance", "bookings.one_place", "shifts.seats"} <= set(found_broken())


def test_a_balance_that_was_touched_is_found_and_told(app: Flask, work: Callable[[], int]) -> None:
    company = make.company()
    admin = make.operator()
    gigs.money_for(company.id, Money.of("10.00", "USD"))
    work()
    db.session.execute(text("UPDATE ledger_account SET balance = balance + 1 WHERE balance IS NOT NULL"))
    checks.run_checks()
    assert broken()["books.balances_are_sums"] == 1
    work()
    titles = [notice.title for notice in queries.inbox(admin)["items"]]
    assert any(title.startswith("A check failed: ") for title in titles)


def test_a_cut_that_waits_for_no_dispute_is_found(app: Flask) -> None:
    cut = disputes.worked_and_cut()
    assert checks.strayed_disputes() == []
    disputes.claimed(cut)
    assert checks.strayed_disputes() == []
    db.session.execute(text("UPDATE dispute SET status = 'withdrawn', ended_at = now(), restored_minutes = 0"))
    assert checks.strayed_disputes() == [f"cut {cut.id}"]


def test_money_that_nobody_can_claim_any_more_is_found(app: Flask) -> None:
    cut = disputes.worked_and_cut()
    assert checks.idle_holds() == []
    pay.paid()
    assert checks.idle_holds() == [], "the cut can still be disputed"
    ended = "UPDATE timesheet_cut SET status = 'upheld', ended_at = now(), ended_because = 'unclaimed'"
    db.session.execute(text(ended))
    assert checks.idle_holds() == [f"booking:{cut.booking_id}:hold"]


def test_a_seat_that_was_not_counted_is_found(app: Flask) -> None:
    booking = scenes.booked(scenes.scene())
    assert checks.miscounted_shifts() == []
    db.session.execute(text("UPDATE shift SET seats_taken = 0"))
    assert checks.miscounted_shifts() == [f"shift {booking.shift_id} counts 0, has 1"]


def test_overlapping_bookings_are_found(app: Flask) -> None:
    """The database refuses them; the check is for the day when its constraint is gone, so it is taken away here."""
    scene = scenes.scene()
    booking = scenes.booked(scene)
    assert checks.overlapping_bookings() == []
    copied = "(SELECT * FROM booking LIMIT 0)"
    db.session.execute(text(f"CREATE TEMPORARY TABLE booking ON COMMIT DROP AS {copied}"))
    for _ in range(2):
        db.session.execute(text("INSERT INTO booking SELECT * FROM public.booking"))
    db.session.execute(text("UPDATE booking SET id = gen_random_uuid() WHERE ctid = (SELECT min(ctid) FROM booking)"))
    (found,) = checks.overlapping_bookings()
    assert str(booking.id) in found


@contextmanager
def edited(database: Database, hold: str) -> Iterator[None]:
    """Meanwhile a hold says more than was posted: whoever owns the tables can write that past every verb."""
    change = "UPDATE ledger_account SET balance = balance + %s WHERE name = %s"
    with psycopg.connect(database.owner_url.replace("+psycopg", ""), autocommit=True) as owner:
        assert owner.execute(change, [1, hold]).rowcount == 1
        yield
        owner.execute(change, [-1, hold])


@pytest.mark.truncating
def test_what_the_owner_of_the_tables_edits_is_seen_everywhere(apart: Database, apart_app: SetaraFlask) -> None:
    """On the page, over REST, by the job and in the metrics; and it is gone from all four once it is put right."""
    with apart_app.app_context():
        hold = pay.worked_and_approved().hold_account
        with transaction():
            admin = make.person()
            service.grant_operator(admin.id, OperatorRole.ADMIN, "looks at the books", by=CONSOLE)
            program = make.bearer(admin)
        browser = Visitor(apart_app.test_client()).signed_in(admin)

    def seen() -> tuple[bool, set[str], set[str], bool]:
        shown = apart_app.test_client().get("/api/v1/proof", headers=program).json
        assert shown is not None
        over_rest = {check["name"] for check in shown["checks"] if not check["holds"]}
        with apart_app.app_context():
            checks.run_checks()
            by_the_job = set(broken())
        metrics = apart_app.test_client().get("/metrics").text
        return (
            "truth-broken" in browser.look("/desk/proof").html,
            over_rest,
            by_the_job,
            'setara_check_broken{check="books.balances_are_sums"} 1.0' in metrics,
        )

    assert seen() == (False, set(), set(), False)
    with edited(apart, hold):
        names = {"balances_are_sums", "gigs_add_up"}
        assert seen() == (True, names, {f"books.{name}" for name in names}, True)
    assert seen() == (False, set(), set(), False)
