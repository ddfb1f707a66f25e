"""What erasing a person does to each section of their record: statements, and nothing about who may ask for it.

What is deleted goes in the order of the foreign keys; what is emptied keeps its row, because it belongs to others too.
Nothing here touches a posting, an entry of a benefit, an event, a hash or a seal; the salts are thrown away that would
open a seal where it speaks of the person.
"""

import json
import re
from collections.abc import Iterator
from html import escape
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Delete, LargeBinary, Update, delete, func, literal, or_, select, update

from marketplace.accounts.models import Adoption, Person
from marketplace.core import vault
from marketplace.core.db import Base, db
from marketplace.core.events import Event
from marketplace.core.idempotency import StoredAnswer
from marketplace.insight.rules import NOBODYS_NAME, Because, Fate
from marketplace.insight.sections import SECTIONS
from marketplace.insight.sections.pay import own_accounts
from marketplace.insight.sections.section import Section
from marketplace.insight.work_records import revoke_all
from marketplace.ledger.models import LedgerAccount, Posting
from marketplace.notices.models import Delivery
from marketplace.pay.rails.deposit_invoice_models import DepositInvoice
from marketplace.pay.seals import sealing
from marketplace.pay.seals.models import SealedEntry
from marketplace.shifts.models import Offer
from marketplace.workforce.models import Contractor

_BY_HAND = frozenset({"account", "contractor", "offers"})
"""Sections of which more is emptied than words."""
SHORT_NAME = 5
"""Letters. What is shorter stands inside of other words."""


def erase(person: Person) -> None:
    """Empties and deletes whatever says who somebody is. Cannot be undone."""
    name, email, person_id = person.name, person.email, person.id
    revoke_all(person_id, Because.ERASED)
    # So that nothing of theirs is sealed, with a new salt, after the others were thrown away.
    sealing.seal_due()
    for section in _children_first():
        db.session.execute(_deleted(section, person_id))
    for section in SECTIONS:
        if section.fate is Fate.EMPTIED and section.name not in _BY_HAND:
            db.session.execute(_emptied(section, person_id))
    others = (*_of_statements(person_id, name), *_elsewhere(person_id, name, email), _of_seals(person_id))
    for statement in (*_of_offers(person_id), *_of_contractor(person_id), *others):
        db.session.execute(statement)
    vault.throw_away(person_id)
    _forget_account(person)
    db.session.flush()
    db.session.expire_all()


def _children_first() -> list[Section]:
    """The sections whose rows go, those that refer to others before what they refer to."""
    order = {table.name: number for number, table in enumerate(Base.metadata.sorted_tables)}
    gone = [section for section in SECTIONS if section.fate is Fate.GONE]
    return sorted(gone, key=lambda section: order[section.table.name], reverse=True)


def _deleted(section: Section, person_id: UUID) -> Delete:
    return delete(section.table).where(_theirs(section, person_id))


def _emptied(section: Section, person_id: UUID) -> Update:
    """Of a text that is there nothing is left, and one that is not there stays so."""
    values = {name: func.left(section.table.c[name], 0) for name in section.empties}
    return update(section.table).where(_theirs(section, person_id)).values(values)


def _theirs(section: Section, person_id: UUID) -> ColumnElement[bool]:
    condition = section.rows(person_id).whereclause
    assert condition is not None
    return condition


def _of_offers(person_id: UUID) -> Iterator[Update]:
    """A company's own words about why somebody was asked. What was promised, and its digest, hold none."""
    yield update(Offer).where(Offer.contractor_id == person_id).values(reason=Offer.reason.op("-")("words"))


def _of_contractor(person_id: UUID) -> Iterator[Update]:
    """The country stays, since rules and pay of the past are read by it; it names nobody."""
    values: dict[str, Any] = {"born_on": None, "subdivision": None, "timezone": "UTC"}
    yield update(Contractor).where(Contractor.id == person_id).values(values)


def _of_statements(person_id: UUID, name: str) -> Iterator[Update]:
    """The name under the public statements of companies that the person belonged to, whoever of the members typed it:
    what was signed, its digest and when stay. A membership has ended by now, and events remember it."""
    joined = Event.about.contains([f"person:{person_id}"]) & (Event.name == "member.added")
    founded = (Event.doer_id == person_id) & (Event.name == "company.applied")
    companies = {event.ref("company") for event in db.session.scalars(select(Event).where(joined | founded))}
    theirs = func.lower(Adoption.signed_name) == " ".join(name.split()).lower()
    yield update(Adoption).where(Adoption.company_id.in_(companies), theirs).values(signed_name="")


def _of_seals(person_id: UUID) -> Update:
    """What would open the digests of entries about their money."""
    theirs = select(LedgerAccount.id).where(LedgerAccount.name.in_(own_accounts(person_id)))
    entries = select(Posting.entry_id).where(Posting.source_id.in_(theirs) | Posting.destination_id.in_(theirs))
    return update(SealedEntry).where(SealedEntry.entry_id.in_(entries)).values(salt=None)


def _elsewhere(person_id: UUID, name: str, email: str) -> Iterator[Update]:
    """Copies: answers that are remembered for a while, messages to others in a local outbox, and whom an invoice for a
    deposit goes to."""
    body = StoredAnswer.body
    told = [
        func.pg_catalog.position(body, literal(each.encode(), LargeBinary))
        for each in _spellings(str(person_id), name, email)
    ]
    yield update(StoredAnswer).where(or_(*(place > 0 for place in told))).values(body=b"")
    yield update(DepositInvoice).where(DepositInvoice.email == email).values(email=None)
    for each in (email, name):
        # As a whole word: whoever is called "An" does not take it out of everybody's messages.
        word = re.sub(r"([^\w\s])", r"\\\1", each)
        changed = {
            column: func.regexp_replace(getattr(Delivery, column), rf"(?<!\w){word}(?!\w)", NOBODYS_NAME, "g")
            for column in ("address", "subject", "body")
        }
        yield (
            update(Delivery)
            .where(or_(*(getattr(Delivery, column).contains(each) for column in changed)))
            .values(changed)
        )


def _spellings(person_id: str, name: str, email: str) -> set[str]:
    """How answers name somebody: by their id, and by name as JSON has it, with letters of other scripts as numbers, or
    as a page does. A name so short that many a word contains it is looked for as a whole value alone."""
    as_json, as_letters = (json.dumps(name, ensure_ascii=escaped) for escaped in (True, False))
    on_page, address = (escape(each).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") for each in (name, email))
    whole = {as_json, as_letters, f">{on_page}<"}
    inside = {as_json[1:-1], as_letters[1:-1], on_page} if len(name) >= SHORT_NAME else set()
    return {person_id, email, address} | whole | inside


def _forget_account(person: Person) -> None:
    """The address is free again, and nobody can sign in."""
    person.email, person.name = f"{person.id}@erased.invalid", NOBODYS_NAME
    person.password, person.confirmed_at, person.active = None, None, False
    person.fs_uniquifier, person.locale = uuid4().hex, "en"
