"""What is published of seals, who gets which proof, and whether what was sealed still stands in the books."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from marketplace.accounts.rules import Actor
from marketplace.core.db import db
from marketplace.core.problems import NotFound
from marketplace.ledger.models import JournalEntry
from marketplace.pay import queries
from marketplace.pay.models import PaymentOp, Payslip
from marketplace.pay.seals import sealing
from marketplace.pay.seals.models import Seal, SealedEntry
from marketplace.pay.seals.rules import (
    NothingToProve,
    NotSealedYet,
    ProofForgotten,
    SealLine,
    Tree,
    broken_links,
    entry_tree,
    parts,
    tree,
)
from marketplace.pay.seals.sealing import Opened
from marketplace.pay.taxes import withholding

FORMAT = "setara-proof-1"
LARGEST = 2**63 - 1
NEWEST, SAMPLE = 4, 4
"""Seals whose leaves a look of the invariants reads: the newest, and as many of all others, other ones each time."""


def seals(*, after: int | None = None, limit: int = 50) -> dict[str, Any]:
    """What is published, newest first, as a page: {"items", "next"}. For everybody."""
    found = select(Seal).order_by(Seal.number.desc()).limit(limit + 1)
    rows = list(db.session.scalars(found if after is None else found.where(Seal.number < _within(after))))
    lines = [row.line for row in rows[:limit]]
    return {"items": lines, "next": lines[-1].number if len(rows) > limit else None}


def seal(number: int) -> SealLine:
    """One seal. For everybody. Raises NotFound."""
    if (found := db.session.get(Seal, _within(number))) is None:
        raise NotFound
    return found.line


def lines(since: int = 0) -> Iterator[str]:
    """The published lines of all seals after that number, oldest first, each with its end. For everybody."""
    found = select(Seal).where(Seal.number > _within(since)).order_by(Seal.number)
    for row in db.session.scalars(found.execution_options(yield_per=1000)):
        yield f"{row.line.text}\n"


def _within(number: int) -> int:
    """The number, or the end of all numbers that a column can hold."""
    return max(0, min(number, LARGEST))


def newest() -> SealLine | None:
    """The last seal, which all before it follow from."""
    found = db.session.scalars(select(Seal).order_by(Seal.number.desc()).limit(1)).one_or_none()
    return None if found is None else found.line


def of_payslip(payslip_id: UUID, seen_by: Actor) -> dict[str, Any]:
    """The proof of a payslip: its entry with every line and reason, and what became of its payouts, each with the way
    to the root of its seal. For whoever is paid by it, and operators of finance.

    Raises NotFound, NotSealedYet, NothingToProve, ProofForgotten.
    """
    slip = queries.payslip(payslip_id, seen_by)
    if slip.entry_id is None:
        raise NothingToProve
    sealed = _sealed([slip.entry_id, *_later_entries(slip)])
    own = sealed.get(slip.entry_id)
    if own is None:
        raise NotSealedYet
    if own.salt is None:
        raise ProofForgotten
    told = [each for each in sealed.values() if each.salt is not None]
    trees = _trees({each.seal_number for each in told})
    opened = {each.entry_id: each for each in sealing.open_entries([each.entry_id for each in told])}
    numbers = sorted(trees)
    rows = db.session.scalars(select(Seal).where(Seal.number.in_(numbers)).order_by(Seal.number))
    return {
        "format": FORMAT,
        "about": f"payslip:{slip.id}",
        "entries": [_proof(opened[each.entry_id], each, trees[each.seal_number]) for each in told],
        "seals": [row.line.text for row in rows],
    }


def is_sealed(payslip: Payslip) -> int | None:
    """The number of the seal that a payslip's entry is in. The caller may see it."""
    return db.session.scalar(select(SealedEntry.seal_number).where(SealedEntry.entry_id == payslip.entry_id))


def _later_entries(slip: Payslip) -> Sequence[UUID]:
    """The entries of what was withheld of it, and of what was done to pay it out."""
    ops = db.session.scalars(select(PaymentOp.id).where(PaymentOp.payslip_id == slip.id)).all()
    back = db.session.scalars(select(PaymentOp.id).where(PaymentOp.of_id.in_(ops))).all()
    causes = [f"payout:{op}:{step}" for op in ops for step in ("begun", "done", "returned")]
    causes += [f"reversal:{op}:done" for op in back]
    causes += [f"withholding:{each.id}" for each in withholding.of_payslip(slip.id)]
    found = select(JournalEntry.id).where(JournalEntry.cause.in_(causes)).order_by(JournalEntry.id)
    return db.session.scalars(found).all()


def _sealed(entry_ids: Sequence[UUID]) -> dict[UUID, SealedEntry]:
    found = select(SealedEntry).where(SealedEntry.entry_id.in_(entry_ids)).order_by(SealedEntry.entry_id)
    rows = db.session.scalars(found.execution_options(populate_existing=True))
    return {row.entry_id: row for row in rows}


def _trees(numbers: set[int]) -> dict[int, Tree]:
    """The hash trees of these seals, as they were made."""
    leaves: dict[int, list[bytes]] = defaultdict(list)
    found = select(SealedEntry.seal_number, SealedEntry.leaf).where(SealedEntry.seal_number.in_(numbers))
    for row in db.session.execute(found.order_by(SealedEntry.seal_number, SealedEntry.place)):
        leaves[row.seal_number].append(row.leaf)
    return {number: tree(own) for number, own in leaves.items()}


def _proof(opened: Opened, sealed: SealedEntry, of_seal: Tree) -> dict[str, Any]:
    assert sealed.salt is not None, "looked at by the caller"
    own = parts(opened.texts, sealed.salt)
    small = entry_tree(own)
    return {
        "seal": sealed.seal_number,
        "place": sealed.place,
        "path": [each.hex() for each in of_seal.path(sealed.place)],
        "parts": len(own),
        "lines": [
            {
                "place": place,
                "text": part.text,
                "salt": part.salt.hex(),
                "path": [each.hex() for each in small.path(place)],
            }
            for place, part in enumerate(own)
        ],
    }


# --- whether it still holds -----------------------------------------------------------------------------------------


def broken(*, turn: int | None = None) -> tuple[int, list[str]]:
    """How many entries were looked at, and what of the seals does not hold: the chain of all of them; and of the newest
    and of some others, other ones at each `turn`, that their leaves give their roots and that the books still say what
    was sealed. Without a turn all are looked at."""
    chain = [row.line for row in db.session.scalars(select(Seal).order_by(Seal.number))]
    wrong, looked = broken_links(chain), 0
    for line in chain if turn is None else _chosen(chain, turn):
        rows = db.session.scalars(
            select(SealedEntry).where(SealedEntry.seal_number == line.number).order_by(SealedEntry.place)
        ).all()
        looked += len(rows)
        wrong += _of_seal(line, rows)
    counted = db.session.scalar(select(func.count()).select_from(SealedEntry)) or 0
    if counted != sum(line.count for line in chain):
        wrong.append(f"{counted} entries are sealed, and the seals count {sum(line.count for line in chain)}")
    return looked, wrong


def _chosen(chain: Sequence[SealLine], turn: int) -> Sequence[SealLine]:
    old, new = chain[:-NEWEST], chain[-NEWEST:]
    turns = -(-len(old) // SAMPLE) or 1
    return [*old[turn % turns :: turns], *new]


def _of_seal(line: SealLine, rows: Sequence[SealedEntry]) -> list[str]:
    if [row.place for row in rows] != list(range(line.count)):
        return [f"seal {line.number} covers {line.count} entries, and has {len(rows)}"]
    if tree([row.leaf for row in rows]).root != line.root:
        return [f"seal {line.number} has other leaves than its root says"]
    salts: Mapping[UUID, bytes | None] = {row.entry_id: row.salt for row in rows}
    leaves = {row.entry_id: row.leaf for row in rows}
    return [
        f"journal_entry:{opened.entry_id}: is not what seal {line.number} says"
        for opened in sealing.open_entries(list(salts))
        if (salt := salts[opened.entry_id]) is not None and sealing.leaf_of(opened, salt) != leaves[opened.entry_id]
    ]
