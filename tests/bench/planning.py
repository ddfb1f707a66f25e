"""A market for measuring plans: one contractor of each company copied in the database until there are a thousand."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import func, select, text

from marketplace.accounts.rules import CLOCK
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.matching import facts, open_seats, planning
from marketplace.matching.models import Plan
from marketplace.shifts.models import Offer
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene

COMPANIES, PEOPLE, SHIFTS, SEATS = 4, 1000, 250, 6
ALL = SHIFTS * SEATS


class Undo(Exception):
    """Raised to give back what a round has written."""


def build(people: int = PEOPLE, shifts: int = SHIFTS) -> None:
    """Four open gigs of as many companies, so many people under contract with one each, six seats in each shift of two
    weeks: of a thousand people and 1,500 seats unless it is said otherwise."""
    with transaction():
        scenes = [make.scene(minutes=shifts * 2000, pilot=True) for _ in range(COMPANIES)]
        for number, scene in enumerate(scenes):
            crowd(scene, people // COMPANIES, number)
        for number in range(shifts):
            start = MONDAY + timedelta(hours=number * 13 % (24 * 12))
            make.shift(scenes[number % COMPANIES], start, hours=4 + number % 3, seats=SEATS)


def make_plans(size: int) -> None:
    """A plan of all open seats, with its offers; taken back so that the next round finds the same."""
    with suppress(Undo), transaction():
        now = clock.now()
        made = planning.plan(now, now + timedelta(days=28), by=CLOCK)
        assert made.offered == db.session.scalar(select(func.count()).select_from(Offer)) == size
        raise Undo


def read_facts(size: int) -> None:
    """What no plan can do without: reading the facts that it is reckoned from."""
    with transaction():
        now = clock.now()
        found = open_seats.openings(Plan(starts_at=now, ends_at=now + timedelta(days=28), company_id=None))
        assert sum(opening.seats for opening in facts.read(found).openings) == size


def crowd(scene: Scene, count: int, number: int = 0) -> None:
    """So many people with a contract with the scene's company, all like one. `number` keeps crowds apart."""
    model = make.contracted(scene)
    db.session.flush()
    ids = {
        "model": model.id,
        "count": count - 1,
        "company": f"{number}-",
    }
    who = _md5("person")
    named = {"email": f"{_label('p')} || '@bench.test'", "fs_uniquifier": _label("u")}
    copy("person", "row.id = :model", {"id": who} | named, ids)
    band = {"band_max_hours": "10 + n % 31", "payout_currency": "row.payout_currency"}
    copy("contractor", "row.id = :model", {"id": who} | band, ids)
    for table in ("contractor_skill", "contractor_language", "availability_window"):
        copy(table, "row.contractor_id = :model", {"contractor_id": who}, ids)
    contract, version = _md5("contract"), _md5("version")
    copy("contract", "row.contractor_id = :model", {"id": contract, "contractor_id": who}, ids)
    written = {"id": version, "contract_id": contract, "contractor_id": who}
    copy("contract_version", "row.contractor_id = :model", written, ids)
    signed = {"id": _md5("signature"), "version_id": version, "person_id": who}
    copy("signature", "row.person_id = :model AND row.version_id IS NOT NULL", signed, ids)


def _label(word: str) -> str:
    return f"('{word}' || :company || n)"


def _md5(word: str) -> str:
    return f"CAST(md5({_label(word)}) AS uuid)"


def copy(table: str, where: str, changes: Mapping[str, str], ids: Mapping[str, object]) -> None:
    """Copies the rows so many times, each with other values in the changed columns (SQL expressions of `n`)."""
    pairs = ", ".join(f"'{column}', {expression}" for column, expression in changes.items())
    db.session.execute(
        text(
            f"INSERT INTO {table} SELECT (jsonb_populate_record(row, jsonb_build_object({pairs}))).*"
            f" FROM {table} row, generate_series(1, :count) n WHERE {where}"
        ),
        ids,
    )
