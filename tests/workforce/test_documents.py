"""Documents: handed in, seen by whoever may, each look told of, and erased when their time is over."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.accounts.rules import Actor, OperatorRole
from marketplace.core import clock, files, vault
from marketplace.core.db import db
from marketplace.core.events import Event, timeline
from marketplace.core.problems import Forbidden, NotFound
from marketplace.core.retention import PaperStatus
from marketplace.core.vault import Erased, SealedFile
from marketplace.workforce import documents, rules, service
from marketplace.workforce import papers as law
from marketplace.workforce.paper_models import Document
from marketplace.workforce.papers import Purpose
from tests import papers
from tests.factories import accounts, workforce

DAY = timedelta(days=1)


@pytest.fixture
def me(app: Flask) -> Actor:
    return accounts.actor_of(workforce.applied().id)


@pytest.fixture
def operator(app: Flask) -> Actor:
    return accounts.operator(OperatorRole.VETTING)


def id_of(me: Actor) -> UUID:
    assert me.person_id is not None
    return me.person_id


def handed_in(me: Actor, purpose: Purpose = Purpose.IDENTITY, content: bytes | None = None) -> Document:
    return documents.hand_in([(purpose, content or papers.png())], by=me)[0]


def names(me: Actor) -> list[str]:
    return [event.name for event in timeline("contractor", id_of(me))]


def test_a_document_lies_encrypted_and_says_what_it_is_not_what_it_shows(me: Actor) -> None:
    found = handed_in(me, content=papers.pdf(2))
    assert (found.media_type, found.pages, found.purpose) == (files.FileKind.PDF, 2, Purpose.IDENTITY)
    assert documents.read(id_of(me), found.id, by=me).bytes == papers.pdf(2)
    sealed = db.session.scalars(select(SealedFile.sealed)).one()
    assert b"%PDF" not in sealed
    (event,) = (each for each in timeline("document", found.id) if each.name == "document.handed_in")
    assert event.data == {"purpose": "identity"}


def test_one_bad_file_keeps_back_all(me: Actor) -> None:
    with pytest.raises(files.FileKindUnknown):
        documents.hand_in([(Purpose.IDENTITY, papers.png()), (Purpose.RESIDENCE, papers.zip_file())], by=me)
    assert documents.documents(id_of(me), me) == []
    assert db.session.scalar(select(func.count()).select_from(SealedFile)) == 0


def test_ten_documents_of_a_person_lie_here(me: Actor) -> None:
    documents.hand_in([(Purpose.RESIDENCE, papers.png())] * law.MOST_DOCUMENTS, by=me)
    with pytest.raises(law.TooManyDocuments):
        handed_in(me)
    documents.take_back(documents.documents(id_of(me), me)[0].id, by=me)
    handed_in(me)


def test_other_peoples_documents_do_not_exist(me: Actor, operator: Actor) -> None:
    found, other = handed_in(me), accounts.actor_of(workforce.applied().id)
    for read in (
        lambda: documents.read(id_of(me), found.id, by=other),
        lambda: documents.read(id_of(other), found.id, by=other),
        lambda: documents.read(id_of(other), found.id, by=operator),
        lambda: documents.documents(id_of(me), other),
        lambda: documents.take_back(found.id, by=other),
    ):
        with pytest.raises(NotFound):
            read()
    with pytest.raises(Forbidden):
        documents.read(id_of(me), found.id, by=accounts.operator(OperatorRole.FINANCE))


def test_every_look_by_an_operator_leaves_a_line(me: Actor, operator: Actor) -> None:
    found = handed_in(me)
    documents.read(id_of(me), found.id, by=me)
    assert "document.read" not in names(me)
    for _ in range(2):
        documents.read(id_of(me), found.id, by=operator)
    looks = [event for event in timeline("document", found.id) if event.name == "document.read"]
    assert [(event.doer_id, event.data) for event in looks] == [(operator.person_id, {})] * 2


def test_what_an_operator_looks_at_is_not_taken_back(me: Actor, operator: Actor) -> None:
    workforce.declared(me)
    found = next(each for each in documents.documents(id_of(me), me) if each.purpose is Purpose.IDENTITY)
    service.submit_requirement(rules.RequirementKind.IDENTITY, "A passport.", by=me)
    with pytest.raises(law.DocumentInUse):
        documents.take_back(found.id, by=me)
    service.decide_requirement(
        id_of(me), rules.RequirementKind.IDENTITY, rules.Ruling(False, "It is blurred."), by=operator
    )
    documents.take_back(found.id, by=me)
    assert found.status is PaperStatus.ERASED
    with pytest.raises(Erased):
        documents.read(id_of(me), found.id, by=operator)


# --- time -----------------------------------------------------------------------------------------------------------


def held(contractor_id: UUID) -> int:
    counted = select(func.count()).where(Document.contractor_id == contractor_id, Document.status == PaperStatus.HELD)
    return db.session.scalar(counted) or 0


def test_a_document_is_erased_when_the_decision_can_no_longer_be_contested(app: Flask, work: Callable[[], int]) -> None:
    """Vetted on day 0, both documents are held on day 29 and erased on day 30: the rows stay, the vault is empty."""
    ana = workforce.contractor()
    began = clock.now()
    clock.travel_to(began + 29 * DAY)
    work()
    assert held(ana.id) == 2
    clock.travel_to(began + 30 * DAY + timedelta(minutes=1))
    work()
    assert held(ana.id) == 0
    assert db.session.scalar(select(func.count()).select_from(SealedFile)) == 0
    erased = db.session.scalars(select(Event).where(Event.name == "document.erased")).all()
    assert {(event.doer_kind, event.data["purpose"]) for event in erased} == {("job", "identity"), ("job", "residence")}
    (first, _) = documents.documents(ana.id, accounts.actor_of(ana.id))
    with pytest.raises(Erased):
        documents.read(ana.id, first.id, by=accounts.actor_of(ana.id))


def test_what_nobody_decides_about_is_erased_after_180_days(app: Flask) -> None:
    made = workforce.applied()
    workforce.shown(accounts.actor_of(made.id))
    began = clock.now()
    clock.move_to(began + 179 * DAY)
    assert documents.erase_due(100) == 0
    clock.move_to(began + 180 * DAY + timedelta(minutes=1))
    assert documents.erase_due(100) == 2


def test_a_contested_refusal_keeps_its_documents_for_whoever_looks_again(app: Flask) -> None:
    operator = accounts.operator(OperatorRole.VETTING)
    made = workforce.ready(checked_by=operator)
    service.refuse(made.id, "The papers seem forged.", by=operator)
    began = clock.now()
    clock.move_to(began + 20 * DAY)
    service.contest("They are not.", by=accounts.actor_of(made.id))
    clock.move_to(began + 40 * DAY)
    assert documents.erase_due(100) == 0
    service.vet(made.id, "The registry confirms them.", by=accounts.operator(OperatorRole.VETTING))
    clock.move_to(began + 71 * DAY)
    assert documents.erase_due(100) == 2


def test_after_crypto_erasure_nothing_of_a_person_is_readable(app: Flask) -> None:
    ana, budi = workforce.contractor(), workforce.contractor()
    me = accounts.actor_of(ana.id)
    vault.throw_away(ana.id)
    for each in documents.documents(ana.id, me):
        with pytest.raises(Erased):
            documents.read(ana.id, each.id, by=me)
    with pytest.raises(Erased):
        handed_in(me)
    (other, _) = documents.documents(budi.id, accounts.actor_of(budi.id))
    assert documents.read(budi.id, other.id, by=accounts.actor_of(budi.id)).bytes
    assert documents.erase_all(ana.id, by=me) == 2
