"""The verb that seals the books: committed entries, each exactly once, in the order in which it finds them.

An entry that commits late, after others whose ids come after its own were sealed, goes into a later seal: what is not
in a seal is a query, never a mark that was passed. A look goes back a day from the newest entry that is sealed; once a
day one goes back to the beginning.
"""

import secrets
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, any_, exists, func, insert, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, aliased

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger.models import JournalEntry, LedgerAccount, Posting
from marketplace.pay.models import PayLine
from marketplace.pay.seals.models import Seal, SealedEntry
from marketplace.pay.seals.rules import (
    FIRST_PREVIOUS,
    SALT_BYTES,
    SealLine,
    entry_leaf,
    entry_tree,
    moment,
    part_text,
    parts,
    tree,
)

MOST = 4096
"""Entries in one seal: what a proof reads."""
LOOK_BACK = 24 * 60 * 60 * 1000
"""Milliseconds before the newest sealed entry's id from which on a look looks."""
_OF_PAYSLIP = "payslip:"
"""How the cause of an entry begins that books a payslip; its id follows."""
_ONE_AFTER_THE_OTHER = text("SELECT pg_advisory_xact_lock(hashtext('seal'))")


@dataclass(frozen=True, slots=True)
class Opened:
    """An entry as its seal has it: the texts of its parts in their order."""

    entry_id: UUID
    texts: Sequence[str]


def seal_due(limit: int = MOST) -> int:
    """Seals entries that are in no seal, as many as one seal takes. Returns how many."""
    return _seal(JournalEntry.id >= _since(), limit)


def seal_late(limit: int = MOST) -> int:
    """`seal_due()` over the whole of the books."""
    return _seal(None, limit)


def open_entries(entry_ids: Collection[UUID]) -> list[Opened]:
    """What these entries say, as it is hashed: the entry, its postings, and of a payslip the reason of each line.
    Oldest first."""
    found = select(JournalEntry).where(_among(JournalEntry.id, entry_ids)).order_by(JournalEntry.id)
    entries = db.session.scalars(found).all()
    postings, reasons = _postings(entry_ids), _reasons(entries)
    opened = []
    for entry in entries:
        own, why = postings[entry.id], reasons[entry.id]
        head = {
            "at": moment(entry.at),
            "cause": entry.cause,
            "entry": str(entry.id),
            "postings": str(len(own)),
            "reasons": str(len(why)),
        }
        opened.append(Opened(entry.id, [part_text(head), *own, *why]))
    return opened


def leaf_of(opened: Opened, salt: bytes) -> bytes:
    """The entry's leaf in the tree of its seal."""
    return entry_leaf(len(opened.texts), entry_tree(parts(opened.texts, salt)).root)


def _seal(condition: ColumnElement[bool] | None, limit: int) -> int:
    # Two that seal at once would find the same entries, and both go on from the same seal.
    db.session.execute(_ONE_AFTER_THE_OTHER)
    found = unsealed()
    ids = db.session.scalars((found if condition is None else found.where(condition)).limit(limit)).all()
    if not ids:
        return 0
    opened, leaves, rows = open_entries(ids), [], []
    for place, each in enumerate(opened):
        salt = secrets.token_bytes(SALT_BYTES)
        leaves.append(leaf_of(each, salt))
        rows.append({"place": place, "entry_id": each.entry_id, "leaf": leaves[-1], "salt": salt})
    line = _next_line(len(rows), tree(leaves).root)
    columns = ("number", "first", "count", "root", "previous", "sealed_at")
    db.session.execute(insert(Seal), [{name: getattr(line, name) for name in columns}])
    db.session.execute(insert(SealedEntry), [row | {"seal_number": line.number} for row in rows])
    return len(rows)


def unsealed() -> Select[UUID]:
    """The ids of entries that are in no seal, oldest first."""
    sealed = exists().where(SealedEntry.entry_id == JournalEntry.id)
    return select(JournalEntry.id).where(~sealed).order_by(JournalEntry.id)


def _since() -> UUID:
    """An id that is a day older than the newest entry that is sealed. Their first 48 bits are milliseconds."""
    newest = db.session.scalar(select(SealedEntry.entry_id).order_by(SealedEntry.entry_id.desc()).limit(1))
    return UUID(int=max(0, (newest.int >> 80) - LOOK_BACK) << 80) if newest else UUID(int=0)


def _next_line(count: int, root: bytes) -> SealLine:
    before = db.session.scalars(select(Seal).order_by(Seal.number.desc()).limit(1)).one_or_none()
    if before is None:
        return SealLine(1, 0, count, root, FIRST_PREVIOUS, clock.now())
    last = before.line
    return SealLine(last.number + 1, last.first + last.count, count, root, last.digest, clock.now())


# --- the parts of entries -------------------------------------------------------------------------------------------


def _postings(entry_ids: Collection[UUID]) -> Mapping[UUID, list[str]]:
    source, destination = aliased(LedgerAccount), aliased(LedgerAccount)
    found = (
        select(Posting, source.name.label("source"), destination.name.label("destination"))
        .join(source, source.id == Posting.source_id)
        .join(destination, destination.id == Posting.destination_id)
        .where(_among(Posting.entry_id, entry_ids))
        .order_by(Posting.id)
    )
    texts: dict[UUID, list[str]] = defaultdict(list)
    for row in db.session.execute(found):
        posting = row.Posting
        facts = {
            "amount": str(Money(posting.amount, posting.currency).decimal),
            "currency": posting.currency,
            "entry": str(posting.entry_id),
            "from": row.source,
            "posting": str(len(texts[posting.entry_id]) + 1),
            "to": row.destination,
        }
        texts[posting.entry_id].append(part_text(facts))
    return texts


def _reasons(entries: Sequence[JournalEntry]) -> Mapping[UUID, list[str]]:
    """The lines of the payslips that these entries book: why each amount was paid."""
    of = {UUID(entry.cause.removeprefix(_OF_PAYSLIP)): entry.id for entry in entries if _OF_PAYSLIP in entry.cause}
    texts: dict[UUID, list[str]] = defaultdict(list)
    if of:
        found = select(PayLine).where(_among(PayLine.payslip_id, of)).order_by(PayLine.id)
        for line in db.session.scalars(found):
            assert line.payslip_id is not None, "asked for by it"
            texts[of[line.payslip_id]].append(reason_text(of[line.payslip_id], line))
    return texts


def reason_text(entry_id: UUID, line: PayLine) -> str:
    """Why a line of a payslip was paid: time, rate, rule and contract, with its amount and where it goes."""
    counted = {} if line.pieces is None else {"pieces": str(line.pieces)}
    return part_text(
        counted
        | {
            "amount": str(line.money.decimal),
            "began": moment(line.began_at),
            "cause": line.cause,
            "contract": None if line.contract_id is None else f"{line.contract_id} v{line.contract_version}",
            "currency": line.currency,
            "engagement": line.engagement_type,
            "entry": str(entry_id),
            "from": line.payer,
            "kind": str(line.kind),
            "line": str(line.id),
            "percent": None if line.percent is None else f"{line.percent:.4f}",
            "rate": None if line.rate is None else str(line.rate.decimal),
            "rule": f"{line.rule} v{line.rule_version}",
            "seconds": str(line.seconds),
            "to": line.payee,
        }
    )


def _among(column: InstrumentedAttribute[Any], ids: Collection[UUID]) -> ColumnElement[bool]:
    """Whether the column is one of many ids, as one parameter."""
    return column == any_(literal(list(ids), ARRAY(Uuid())))


def waiting() -> int:
    """How many entries are in no seal."""
    return db.session.scalar(select(func.count()).select_from(unsealed().order_by(None).subquery())) or 0
