"""Papers against a chargeback: attached within the limits of banks, sent with the words, erased, proved by digest."""

from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from marketplace.accounts.rules import Actor, OperatorRole
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.events import timeline
from marketplace.core.vault import SealedFile
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import chargeback_papers as papers
from marketplace.pay.rails import chargebacks, payments
from marketplace.pay.rails.chargeback_models import Chargeback, ChargebackEvidence, ChargebackPaper
from marketplace.pay.rails.chargeback_rules import (
    KEPT,
    MOST_BYTES,
    MOST_PAGES,
    EvidenceHandedIn,
    ShownAlready,
    Shows,
    TooMuchEvidence,
    check_room,
)
from marketplace.pay.rules import OpStatus
from marketplace.standards.catalogue import RULES
from tests import papers as files
from tests.conftest import again, kept
from tests.factories import accounts
from tests.pay.test_chargebacks import WORDS, ask, look, owner, taken_back

AT = "/api/v1/companies/<uuid:company_id>/chargebacks/<uuid:chargeback_id>/papers"
LIST, ATTACH, READ, TAKE_BACK = (
    f"GET {AT}",
    f"POST {AT}",
    f"GET {AT}/<uuid:evidence_paper_id>/content",
    f"DELETE {AT}/<uuid:evidence_paper_id>",
)


@pytest.fixture(scope="module")
def _chargeback(ground: None) -> Chargeback:
    return kept(taken_back)


@pytest.fixture
def chargeback(_chargeback: Chargeback, app: Flask) -> Chargeback:
    return again(_chargeback)


def attached(found: Chargeback, shows: Shows = Shows.RECEIPT, *, by: Actor | None = None) -> UUID:
    with transaction():
        return papers.attach(found.company_id, found.id, shows, files.png(), by=by or owner(found)).id


def handed_in(found: Chargeback) -> PaymentOp:
    with transaction():
        op_id = chargebacks.hand_in(found.company_id, found.id, WORDS, by=owner(found)).evidence_id
    return db.session.get_one(PaymentOp, op_id)


@pytest.mark.parametrize(
    ("held", "size", "pages", "refused"),
    [
        ({}, MOST_BYTES, MOST_PAGES, None),
        ({Shows.OTHER: (MOST_BYTES - 10, 1)}, 10, MOST_PAGES - 1, None),
        ({Shows.OTHER: (MOST_BYTES - 10, 1)}, 11, 1, TooMuchEvidence),
        ({Shows.OTHER: (10, 1)}, 10, MOST_PAGES, TooMuchEvidence),
        ({Shows.RECEIPT: (10, 1)}, 10, 1, ShownAlready),
    ],
)
def test_banks_take_4_5_megabytes_and_19_pages_and_one_paper_of_a_kind(
    held: Mapping[Shows, tuple[int, int]], size: int, pages: int, refused: type[Exception] | None
) -> None:
    if refused is None:
        check_room(held, Shows.RECEIPT, size, pages)
        return
    with pytest.raises(refused):
        check_room(held, Shows.RECEIPT, size, pages)


def test_what_was_said_is_erased_after_the_decision_and_stays_provable(chargeback: Chargeback) -> None:
    """Won at once, erased 30 days later: neither the words nor the paper are to be found, their digests are."""
    assert KEPT.after_decision.days == RULES["DOCUMENTS"].parameters["days_after_decision"]
    paper_id = attached(chargeback)
    op = handed_in(chargeback)
    with pytest.raises(EvidenceHandedIn):
        papers.take_back(chargeback.company_id, chargeback.id, paper_id, by=owner(chargeback))
    with pytest.raises(EvidenceHandedIn):
        papers.attach(chargeback.company_id, chargeback.id, Shows.OTHER, files.png(), by=owner(chargeback))
    look()
    assert str(db.session.get_one(Chargeback, chargeback.id, populate_existing=True).status) == "won"
    with transaction():
        clock.move_to(clock.now() + timedelta(days=29))
        assert papers.erase_due(10) == 0
        clock.move_to(clock.now() + timedelta(days=2))
        assert (papers.erase_due(10), papers.erase_due(10)) == (2, 0)
    found = db.session.get_one(Chargeback, chargeback.id, populate_existing=True)
    paper = db.session.get_one(ChargebackPaper, paper_id, populate_existing=True)
    assert (found.evidence_words, str(paper.status), paper.file_id) == ("", "erased", None)
    left = select(func.count()).select_from(SealedFile).where(SealedFile.owner_id == found.company_id)
    assert db.session.scalar(left) == 0
    db.session.refresh(op)
    assert found.evidence_sha256 == op.params["words_sha256"] == sha256(WORDS.encode()).hexdigest()
    assert op.params["papers"] == {"receipt": {"id": str(paper_id), "sha256": paper.sha256}}
    assert WORDS not in str(op.params)
    told = {event.name for event in timeline("chargeback", found.id)}
    assert {"chargeback.words_erased", "chargeback_paper.erased"} <= told


def test_words_can_be_emptied_and_not_changed(chargeback: Chargeback) -> None:
    handed_in(chargeback)
    with pytest.raises(IntegrityError) as refused, transaction():
        db.session.execute(text("UPDATE chargeback_evidence SET words = 'We agree.'"))
    assert isinstance(refused.value.orig, psycopg.errors.RestrictViolation)


def test_what_was_erased_before_it_went_out_goes_nowhere(chargeback: Chargeback) -> None:
    """Nobody sends half of what was said: an operator looks."""
    op = handed_in(chargeback)
    with transaction():
        said = db.session.scalars(select(ChargebackEvidence)).one()
        said.words, said.erased_at = "", clock.now()
    payments.advance_ops()
    db.session.refresh(op)
    assert (op.status, str(op.why).partition(":")[0]) == (
        OpStatus.PARKED,
        "What was to be handed in is not what was written down any more",
    )


# --- the doors ------------------------------------------------------------------------------------------------------


def ask_paper(client: FlaskClient, door: str, found: Chargeback, paper_id: UUID | None, who: Actor, **more: Any) -> Any:
    door = door.replace("<uuid:evidence_paper_id>", str(paper_id or uuid4()))
    if door == ATTACH:
        more = {"query_string": {"shows": "receipt"}, "data": {"file": (BytesIO(files.png()), "x.png")}} | more
    return ask(client, door, found, headers=accounts.bearer(who), **more)


@pytest.mark.door(LIST, "works")
@pytest.mark.door(ATTACH, "works")
@pytest.mark.door(READ, "works")
@pytest.mark.door(TAKE_BACK, "works")
@pytest.mark.door(ATTACH, "wrong_state")
@pytest.mark.door(READ, "wrong_state")
@pytest.mark.door(TAKE_BACK, "wrong_state")
@pytest.mark.door(ATTACH, "wrong_shape")
def test_papers_are_attached_read_and_taken_back(client: FlaskClient, chargeback: Chargeback) -> None:
    mine, desk = owner(chargeback), accounts.operator(OperatorRole.FINANCE)
    made = ask_paper(client, ATTACH, chargeback, None, mine)
    assert (made.status_code, made.json["status"], made.json["external_id"]) == (201, "held", None)
    paper_id = UUID(made.json["id"])
    twice = ask_paper(client, ATTACH, chargeback, None, mine)
    assert (twice.status_code, twice.json["code"]) == (409, "evidence_shown_already")
    for query, content, status, code in (
        ("nothing", files.png(), 422, "input_not_right"),
        ("uncategorized_file", b"words", 422, "file_kind_unknown"),
        ("uncategorized_file", files.pdf(MOST_PAGES), 413, "too_much_evidence"),
    ):
        told = {"query_string": {"shows": query}, "data": {"file": (BytesIO(content), "x")}}
        answer = ask_paper(client, ATTACH, chargeback, None, mine, **told)
        assert (answer.status_code, answer.json["code"]) == (status, code)
    (listed,) = ask_paper(client, LIST, chargeback, None, desk).json["items"]
    assert listed["sha256"] == sha256(ask_paper(client, READ, chargeback, paper_id, desk).data).hexdigest()
    looked = [event for event in timeline("chargeback", chargeback.id) if event.name == "chargeback_paper.read"]
    assert [event.doer_id for event in looked] == [desk.person_id]
    assert ask_paper(client, TAKE_BACK, chargeback, paper_id, desk).json["status"] == "erased"
    again = ask_paper(client, TAKE_BACK, chargeback, paper_id, mine)
    assert (again.status_code, again.json["code"]) == (409, "wrong_state")
    gone = ask_paper(client, READ, chargeback, paper_id, mine)
    assert (gone.status_code, gone.json["code"]) == (410, "erased")


@pytest.mark.door(LIST, "not_signed_in")
@pytest.mark.door(ATTACH, "not_signed_in")
@pytest.mark.door(READ, "not_signed_in")
@pytest.mark.door(TAKE_BACK, "not_signed_in")
@pytest.mark.door(LIST, "not_mine")
@pytest.mark.door(ATTACH, "not_mine")
@pytest.mark.door(READ, "not_mine")
@pytest.mark.door(TAKE_BACK, "not_mine")
def test_papers_of_others_do_not_exist(app: Flask, client: FlaskClient, chargeback: Chargeback) -> None:
    paper_id, stranger = attached(chargeback), accounts.actor_of(accounts.person().id)
    for door in (LIST, ATTACH, READ, TAKE_BACK):
        path = door.replace("<uuid:evidence_paper_id>", str(paper_id))
        sent: dict[str, Any] = {}
        if door == ATTACH:
            sent = {"query_string": {"shows": "receipt"}, "data": {"file": (BytesIO(files.png()), "x")}}
        assert ask(client, path, chargeback, **sent).status_code == 401
        assert ask_paper(client, door, chargeback, paper_id, stranger).status_code == 404
        if door != LIST and door != ATTACH:
            assert ask_paper(client, door, chargeback, uuid4(), owner(chargeback)).status_code == 404
