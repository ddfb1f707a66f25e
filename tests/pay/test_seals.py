"""Seals over real books: every entry once, also those that commit late; and what a person gets of it."""

import json
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from marketplace.accounts.rules import Actor
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.ids import new_id
from marketplace.core.problems import NotFound
from marketplace.insight import erasing
from marketplace.ledger.models import JournalEntry
from marketplace.pay import proof
from marketplace.pay.models import PayLine, Payslip
from marketplace.pay.seals import proofs as seal_proofs
from marketplace.pay.seals import sealing, verify
from marketplace.pay.seals.models import Seal, SealedEntry
from marketplace.pay.seals.rules import NothingToProve, NotSealedYet, ProofForgotten
from marketplace.shifts.models import Booking
from tests.conftest import Database, again, kept
from tests.factories import accounts
from tests.factories import pay as made

URL = "/api/v1/payslips/{}/seal-proof"


@pytest.fixture(scope="module")
def _booking(ground: None) -> Booking:
    def paid() -> Booking:
        booking = made.worked_and_approved()
        made.paid()
        return booking

    return kept(paid)


@pytest.fixture
def booking(_booking: Booking, app: Flask) -> Booking:
    return again(_booking)


def sealed() -> list[int]:
    """Seals what there is; how many entries each seal took."""
    taken = []
    while True:
        with transaction():
            taken.append(sealing.seal_due(limit=4))
        if taken[-1] < 4:
            return taken


def published() -> str:
    return "".join(seal_proofs.lines())


def proof_of(slip: Payslip, by: Actor) -> verify.Found:
    return verify.check(json.dumps(seal_proofs.of_payslip(slip.id, by)), published())


def test_every_entry_is_sealed_once_and_the_chain_holds(booking: Booking) -> None:
    entries = db.session.scalar(select(func.count(JournalEntry.id)))
    assert sum(sealed()) == entries == db.session.scalar(select(func.count(SealedEntry.entry_id)))
    assert sealing.waiting() == 0
    assert sealed() == [0]
    assert seal_proofs.broken() == (entries, [])
    assert proof.seals_hold().holds


def test_a_payslip_is_proved_with_its_lines_their_reasons_and_its_payout(booking: Booking) -> None:
    """Four hours at 15.00 USD: 60.00 by the rule BASE, and what arrived, all in published seals."""
    sealed()
    slip, me = made.payslip_of(booking.contractor_id), accounts.actor_of(booking.contractor_id)
    found = proof_of(slip, me)
    assert (found.code, all(entry.is_whole for entry in found.entries)) == (verify.HOLDS, True)
    told = [line.told for entry in found.entries for line in entry.lines]
    causes = {each["cause"].split(":")[0] for each in told if "postings" in each}
    assert causes == {"payslip", "payout"}
    reasons = [each for each in told if "rule" in each]
    assert {each["line"] for each in reasons} == {
        str(line) for line in db.session.scalars(select(PayLine.id).where(PayLine.payslip_id == slip.id))
    }
    (wages,) = (each for each in reasons if each["kind"] == "wages")
    assert (wages["amount"], wages["currency"], wages["seconds"], wages["rate"]) == ("60.00", "USD", "14400", "15.00")
    assert wages["contract"].endswith(" v1")


def test_what_commits_late_is_sealed_exactly_once(apart: Database, apart_app: Flask) -> None:
    """An entry with an older id commits after one with a newer id was sealed: the next seal has it."""
    old, new = new_id(), new_id()
    insert = "INSERT INTO journal_entry (id, cause, at, data) VALUES (%s, %s, now(), '{}')"
    dsn = apart.url.replace("+psycopg", "")
    with apart_app.app_context(), psycopg.connect(dsn) as slow:
        slow.execute(insert, [old, "late"])
        with psycopg.connect(dsn) as quick:
            quick.execute(insert, [new, "early"])
        assert sealed() == [1]
        slow.commit()
        assert (sealed(), sealed()) == ([1], [0])
        found = select(SealedEntry.seal_number, SealedEntry.entry_id).order_by(SealedEntry.seal_number)
        assert [tuple(row) for row in db.session.execute(found)] == [(1, new), (2, old)]
        assert seal_proofs.broken() == (2, [])


def test_what_is_older_than_a_day_waits_for_the_daily_look(app: Flask) -> None:
    def book(key: UUID, cause: str) -> None:
        with transaction():
            db.session.add(JournalEntry(id=key, cause=cause, at=clock.now(), data={}))

    now = new_id()
    day = int(timedelta(days=2).total_seconds() * 1000)
    sealed()
    book(now, "now")
    assert sealing.seal_due() == 1
    book(UUID(int=now.int - (day << 80)), "forgotten")
    assert (sealing.seal_due(), sealing.waiting(), sealing.seal_late(), sealing.waiting()) == (0, 1, 1, 0)


FIRST = "seal_number = 1 AND place IN (0, -1)"
CHANGES = {
    "UPDATE posting SET amount = amount # 1 WHERE id = (SELECT min(id) FROM posting)": "is not what seal",
    "UPDATE pay_line SET seconds = seconds # 1 WHERE kind = 'wages'": "is not what seal",
    "UPDATE journal_entry SET cause = reverse(cause) WHERE cause ~ '^payslip:|:pilsyap$'": "is not what seal",
    "UPDATE sealed_entry SET leaf = set_byte(leaf, 0, get_byte(leaf, 0) # 1) WHERE place = 0": "than its root says",
    "UPDATE seal SET root = set_byte(root, 0, get_byte(root, 0) # 1) WHERE number = 1": "does not follow",
    f"UPDATE sealed_entry SET place = -place - 1 WHERE {FIRST}": "seal 1 covers",
}
"""What the owner of the tables could do behind the books, each its own opposite; and how it is seen."""


def test_what_somebody_changes_behind_the_books_is_seen(apart: Database, apart_app: Flask) -> None:
    with apart_app.app_context(), psycopg.connect(apart.admin_dsn, autocommit=True) as owner:
        made.worked_and_approved()
        made.paid()
        sealed()
        for change, told in CHANGES.items():
            assert seal_proofs.broken()[1] == []
            db.session.rollback()
            assert owner.execute(change).rowcount
            assert any(told in each for each in seal_proofs.broken()[1]), change
            db.session.rollback()
            owner.execute(change)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE seal SET root = sha256(root)",
        "DELETE FROM seal",
        "UPDATE sealed_entry SET leaf = sha256(leaf)",
        "DELETE FROM sealed_entry",
        "UPDATE sealed_entry SET salt = sha256(salt)",
    ],
)
def test_the_application_may_seal_and_read_and_nothing_else(change: str, booking: Booking) -> None:
    sealed()
    with pytest.raises(DBAPIError), transaction():
        db.session.execute(text(change))


def test_whoever_is_erased_takes_the_salts_along_and_the_seals_still_hold(booking: Booking) -> None:
    sealed()
    person, slip = booking.contractor_id, made.payslip_of(booking.contractor_id)
    with transaction():
        db.session.execute(erasing._of_seals(person))
    salts = select(SealedEntry.salt).where(SealedEntry.entry_id == slip.entry_id)
    assert db.session.scalars(salts).one() is None
    with pytest.raises(ProofForgotten):
        seal_proofs.of_payslip(slip.id, accounts.actor_of(person))
    assert seal_proofs.broken()[1] == []
    kept_salts = select(func.count()).where(SealedEntry.salt.is_not(None))
    assert db.session.scalar(kept_salts), "what is not about the person keeps its salt"


def test_before_its_seal_there_is_no_proof(booking: Booking) -> None:
    slip, me = made.payslip_of(booking.contractor_id), accounts.actor_of(booking.contractor_id)
    with pytest.raises(NotSealedYet):
        seal_proofs.of_payslip(slip.id, me)
    sealed()
    with transaction():
        db.session.execute(update(Payslip).where(Payslip.id == slip.id).values(entry_id=None))
    with pytest.raises(NothingToProve):
        seal_proofs.of_payslip(slip.id, me)


# --- the doors ------------------------------------------------------------------------------------------------------


@pytest.mark.door("GET /api/v1/payslips/<uuid:payslip_id>/seal-proof", "works")
@pytest.mark.door("GET /api/v1/payslips/<uuid:payslip_id>/seal-proof", "not_signed_in")
@pytest.mark.door("GET /api/v1/payslips/<uuid:payslip_id>/seal-proof", "not_mine")
@pytest.mark.door("GET /api/v1/payslips/<uuid:payslip_id>/seal-proof", "wrong_state")
def test_the_door_of_the_proof(client: FlaskClient, booking: Booking) -> None:
    slip, me = made.payslip_of(booking.contractor_id), accounts.actor_of(booking.contractor_id)
    stranger = accounts.actor_of(accounts.person().id)
    address = URL.format(slip.id)
    assert client.get(address).status_code == 401
    early = client.get(address, headers=accounts.bearer(me))
    assert (early.status_code, early.json["code"]) == (409, "not_sealed_yet")
    sealed()
    mine = client.get(address, headers=accounts.bearer(me))
    assert verify.check(mine.get_data(), client.get("/seals.txt").get_data(as_text=True)).code == verify.HOLDS
    assert client.get(address, headers=accounts.bearer(stranger)).status_code == 404
    with pytest.raises(NotFound):
        seal_proofs.of_payslip(slip.id, stranger)


@pytest.mark.door("GET /api/v1/seals", "works")
@pytest.mark.door("GET /api/v1/seals", "wrong_shape")
@pytest.mark.door("GET /api/v1/seals/<int:number>", "works")
@pytest.mark.door("GET /api/v1/seals/<int:number>", "not_mine")
def test_everybody_reads_the_seals(client: FlaskClient, booking: Booking) -> None:
    sealed()
    first = client.get("/api/v1/seals?limit=1").json
    (newest,) = first["items"]
    assert first["next"] == newest["number"] == db.session.scalar(select(func.max(Seal.number)))
    before = client.get(f"/api/v1/seals?limit=1&after={first['next']}").json["items"][0]
    assert newest["previous"] == before["digest"]
    assert client.get(f"/api/v1/seals/{newest['number']}").json == newest
    assert client.get("/api/v1/seals/999999").status_code == 404
    assert client.get("/api/v1/seals?after=no").status_code == 422
    assert client.get(f"/api/v1/seals/{10**30}").status_code == 404
    assert client.get(f"/seals.txt?since={10**30}").get_data(as_text=True) == ""
    assert client.get(f"/seals?after=-{10**30}").status_code == 200
    lines = client.get("/seals.txt").get_data(as_text=True).splitlines()
    assert lines[-1] == newest["text"]
    assert client.get(f"/seals.txt?since={before['number']}").get_data(as_text=True).splitlines() == [newest["text"]]
