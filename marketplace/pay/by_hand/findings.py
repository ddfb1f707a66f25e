"""What a person found out about payments that a machine cannot know of: those made by hand, and those that are parked.

A finding settles its payment in the same transaction. Above the limit, each or in sum, it waits for a second person
(TWO_PEOPLE); until then nothing moves. Nothing is found twice.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, Uuid, any_, literal, select

from marketplace.accounts.rules import Actor, OperatorRole, OwnCompany, reason_given, require_operator, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import make, move, move_one
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.pay.by_hand import rail as manual_rail
from marketplace.pay.by_hand.models import ManualFile, ManualPayment, PaymentFinding
from marketplace.pay.by_hand.rules import (
    BadFinding,
    FileStatus,
    FindingOutcome,
    FindingStatus,
    FoundAlready,
    ManualStatus,
    NothingToFind,
    OwnPayment,
    PaysListed,
)
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import payments
from marketplace.pay.rules import MANUAL, OpKind, OpStatus
from marketplace.standards import two_people
from marketplace.standards.act_rules import ActKind, SecondPerson
from marketplace.workforce import screening
from marketplace.workforce.listed import HitStatus

MOVES: Mapping[FindingOutcome, frozenset[OpKind]] = MappingProxyType(
    {
        FindingOutcome.HAPPENED: frozenset({OpKind.PAYOUT, OpKind.REFUND, OpKind.DEPOSIT, OpKind.REVERSAL}),
        # Whoever was to have it can have it again.
        FindingOutcome.DID_NOT: frozenset({OpKind.PAYOUT, OpKind.REFUND}),
    }
)
"""Payments whose money moves in the books by such a finding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What somebody saw. `arrived` is None where nobody knows what came out at the other end."""

    outcome: FindingOutcome
    reference: str = ""
    happened_on: date | None = None
    arrived: Money | None = None
    reason: str = ""
    another: str = ""
    """Of a deposit, why it is another transfer than a line of a bank statement that looks like it."""


def find(op_ids: Collection[UUID], found: Found, *, by: Actor) -> list[PaymentFinding]:
    """Writes down what became of these payments, all of them or none, and settles those that need nobody else.

    For operators of finance. Raises NotFound, NothingToFind, FoundAlready, BadFinding, OwnPayment, OwnCompany,
    PaysListed.
    """
    require_operator(by, OperatorRole.FINANCE)
    _check(found)
    alone = two_people.tally(by)
    ops, findings = _found(op_ids, found, by)
    large = two_people.above_limit({op.money for op in ops})
    listed = _check_not_open(ops) if found.outcome is FindingOutcome.HAPPENED else set()
    told = zip(findings, ops, strict=True)
    pairs = [(finding, op) for finding, op in told if op.money not in large and op.contractor_id not in listed]
    moves = [op for _, op in pairs if op.kind in MOVES[found.outcome]]
    files = {op_id: row.file_id for op_id, row in _by_hand(moves).items()}
    if found.outcome is FindingOutcome.HAPPENED:
        # What they let go alone was counted with the file that it went by.
        before = alone.counted(ActKind.PAID, files)
        moves = [op for op in moves if op.id not in before]
    by_files = {file_id for op in moves if (file_id := files.get(op.id)) is not None}
    if not alone.may([op.money for op in moves], by_files):
        return findings
    for op in moves:
        alone.did(ActKind.FOUND, op.id, op.money, files.get(op.id))
    if pairs:
        _hold(pairs, {}, by=by)
    return findings


def by_line(op_id: UUID, found: Found, *, waits: bool, by: Actor) -> PaymentFinding:
    """What a line of a bank statement says of a payment. Whether one person is enough for it whoever books the line
    knows, since it is the same money. Raises NotFound, FoundAlready, NothingToFind, OwnPayment, OwnCompany."""
    (op,), (finding,) = _found([op_id], found, by)
    if not waits:
        _hold([(finding, op)], {}, by=by)
    return finding


def confirm(finding_id: UUID, *, by: Actor) -> PaymentFinding:
    """A second operator has found the same: it holds, and settles the payment. What the first one could not find any
    more does not hold either: the payment may have gone on since. Raises NotFound, SecondPerson, NothingToFind,
    FoundAlready, BadFinding, OwnPayment, OwnCompany, PaysListed, WrongState."""
    finding = _waiting(finding_id, by)
    if finding.found_by == by.person_id:
        raise SecondPerson
    (op,) = _locked([finding.payment_op_id])
    if finding.status is FindingStatus.WAITING:
        _check_each([op], finding, by)
    _hold([(finding, op)], {"answered_by": by.person_id, "answered_at": clock.now()}, by=by)
    return finding


def contradict(finding_id: UUID, *, by: Actor) -> PaymentFinding:
    """Takes a finding back that nobody has confirmed, one's own or another's: the payment is open again. Raises
    NotFound, WrongState."""
    finding = _waiting(finding_id, by)
    values = {"answered_by": by.person_id, "answered_at": clock.now()}
    move_one(finding, FindingStatus.CONTRADICTED, by=by, event="payment_finding.contradicted", values=values)
    return finding


def hold_still(op_ids: Collection[UUID]) -> None:
    """Locks these payments, what the rail of files remembers of them, and the files in which they are, in the order in
    which every finding does. For whoever writes several findings, and locks purses before the last of them."""
    found = select(PaymentOp).where(PaymentOp.id == any_(literal(list(op_ids), ARRAY(Uuid())))).order_by(PaymentOp.id)
    ops = db.session.scalars(found.with_for_update().execution_options(populate_existing=True)).all()
    files = {row.file_id for row in _by_hand(ops).values() if row.file_id is not None}
    in_order = select(ManualFile.id).where(ManualFile.id.in_(files)).order_by(ManualFile.id)
    db.session.scalars(in_order.with_for_update()).all()


def waiting(seen_by: Actor) -> Select[PaymentFinding]:
    """Findings that wait for a second person, for operators of finance."""
    require_operator(seen_by, OperatorRole.FINANCE)
    return select(PaymentFinding).where(PaymentFinding.status == FindingStatus.WAITING)


def of(op_ids: Collection[UUID]) -> dict[UUID, PaymentFinding]:
    """The finding that stands of each payment. The caller has made sure that the asker may see them."""
    found = select(PaymentFinding).where(
        PaymentFinding.payment_op_id == any_(literal(list(op_ids), ARRAY(Uuid()))),
        PaymentFinding.status != FindingStatus.CONTRADICTED,
    )
    return {row.payment_op_id: row for row in db.session.scalars(found)}


# --- the parts ------------------------------------------------------------------------------------------------------


def _found(op_ids: Collection[UUID], found: Found, by: Actor) -> tuple[list[PaymentOp], list[PaymentFinding]]:
    """The payments, locked, and what is written down of each, in the same order."""
    ops = _locked(op_ids)
    if of([op.id for op in ops]):
        raise FoundAlready
    _check_each(ops, found, by)
    return ops, _write(ops, found, by)


def _write(ops: Sequence[PaymentOp], found: Found, by: Actor) -> list[PaymentFinding]:
    now, arrived = clock.now(), found.arrived
    rows = [
        {
            "id": new_id(),
            "payment_op_id": op.id,
            "outcome": found.outcome,
            "reference": found.reference.strip(),
            "happened_on": found.happened_on,
            "arrived_amount": arrived.amount if arrived else None,
            "arrived_currency": arrived.currency if arrived else None,
            "reason": found.reason.strip(),
            "found_by": require_person(by),
            "found_at": now,
            "status": FindingStatus.WAITING,
        }
        for op in ops
    ]
    made = make(PaymentFinding, rows, by=by, event="payment_finding.made")
    if len(made) < len(rows):
        raise FoundAlready
    return _of(made)


def _check(found: Found) -> None:
    if found.outcome is FindingOutcome.DID_NOT:
        reason_given(found.reason)
    elif not found.reference.strip():
        raise BadFinding("What was paid has a reference.", field="reference")
    elif found.happened_on is None:
        raise BadFinding("What was paid was paid on a day.", field="happened_on")
    elif found.happened_on > clock.now().date():
        raise BadFinding("That day has not come yet.", field="happened_on")
    elif found.arrived is not None and found.arrived.amount <= 0:
        raise BadFinding("What arrived is more than nothing.", field="arrived")


def _check_each(ops: Sequence[PaymentOp], found: Found | PaymentFinding, by: Actor) -> None:
    paid_by_hand = _by_hand(ops)
    for op in ops:
        if op.contractor_id is not None and op.contractor_id == by.person_id:
            raise OwnPayment
        if op.company_id is not None and by.belongs_to(op.company_id):
            raise OwnCompany
        _check_open(op, paid_by_hand.get(op.id), found)
    if found.outcome is FindingOutcome.HAPPENED:
        _check_not_open(ops)
    # A transfer is one deposit; a file of many payouts may have one reference.
    own = [op for op in ops if op.kind is OpKind.DEPOSIT or (op.rail != MANUAL and op.external_id is None)]
    if found.outcome is FindingOutcome.HAPPENED and len(own) > 1:
        raise BadFinding("Each of these payments has a reference of its own.", field="reference")


def _check_not_open(ops: Sequence[PaymentOp]) -> set[UUID]:
    """Raises PaysListed where somebody who was paid by hand may stand on a list of sanctions: a human says first
    whether they do (SCREENING). Returns those of whom one has said so: what the bank has paid them is written down by
    two people, since it happened, and would be payable again otherwise."""
    paid = {op.contractor_id for op in ops if op.kind is OpKind.PAYOUT and op.rail == MANUAL}
    held = screening.held_back({each for each in paid if each is not None}) if paid else {}
    still_open = {whose for whose, status in held.items() if status is HitStatus.OPEN}
    if named := [str(op.id) for op in ops if op.contractor_id in still_open]:
        raise PaysListed(field="payment_ids", payments=named)
    return held.keys() - still_open


def _check_open(op: PaymentOp, by_hand: ManualPayment | None, found: Found | PaymentFinding) -> None:
    if op.status is OpStatus.PARKED and op.first_sent_at is not None:
        _check_name(op, found)
        return
    if by_hand is None or by_hand.status in (ManualStatus.PAID, ManualStatus.FAILED):
        raise FoundAlready if by_hand is not None else NothingToFind
    if op.kind is not OpKind.PAYOUT:
        return
    file = db.session.get(ManualFile, by_hand.file_id) if by_hand.file_id is not None else None
    if found.outcome is FindingOutcome.HAPPENED and (file is None or file.status is not FileStatus.RELEASED):
        raise NothingToFind
    if file is not None and file.status is FileStatus.MADE:
        raise NothingToFind


def _check_name(op: PaymentOp, found: Found | PaymentFinding) -> None:
    """A rail gives one name to one payment."""
    taken = select(PaymentOp.id).where(
        PaymentOp.rail == op.rail, PaymentOp.external_id == found.reference.strip(), PaymentOp.id != op.id
    )
    if found.outcome is FindingOutcome.HAPPENED and op.external_id is None and db.session.scalar(taken) is not None:
        raise BadFinding("This is the reference of another payment.", field="reference")


def _hold(pairs: Sequence[tuple[PaymentFinding, PaymentOp]], values: Mapping[str, Any], *, by: Actor) -> None:
    """From here on these findings hold, all of one outcome, and their payments are settled."""
    findings, ops = [each for each, _ in pairs], [op for _, op in pairs]
    held = move(
        PaymentFinding,
        [each.id for each in findings],
        old=FindingStatus.WAITING,
        new=FindingStatus.HOLDS,
        by=by,
        event="payment_finding.holds",
        values=values,
    )
    if len(held) < len(findings):
        raise FoundAlready
    by_hand = _by_hand(ops)
    happened = findings[0].outcome is FindingOutcome.HAPPENED
    new = ManualStatus.PAID if happened else ManualStatus.FAILED
    for old in (ManualStatus.WAITING, ManualStatus.IN_FILE):
        ids = [row.id for row in by_hand.values() if row.status is old]
        move(ManualPayment, ids, old=old, new=new, by=by, event=f"manual_payment.{new}")
    _settle_files({row.file_id for row in by_hand.values() if row.file_id is not None}, by=by)
    payments.told({op.id: manual_rail.result_of(each, op.kind, op.money, _name(each, op)) for each, op in pairs})


def _name(finding: PaymentFinding, op: PaymentOp) -> str:
    """What the rail calls the payment. Of one that is parked the person has read it at the rail."""
    return manual_rail.name_of(op.id) if op.rail == MANUAL else op.external_id or finding.reference


def _settle_files(file_ids: Collection[UUID], *, by: Actor) -> None:
    """A file ends with its last line. Two last lines are marked one after the other: the files' rows are locked."""
    found = select(ManualFile).where(ManualFile.id.in_(file_ids), ManualFile.status == FileStatus.RELEASED)
    rows = db.session.scalars(found.order_by(ManualFile.id).with_for_update()).all()
    open_ones = select(ManualPayment.file_id).where(
        ManualPayment.file_id.in_([row.id for row in rows]), ManualPayment.status == ManualStatus.IN_FILE
    )
    left = set(db.session.scalars(open_ones))
    over = [row.id for row in rows if row.id not in left]
    values = {"settled_at": clock.now()}
    old, new = FileStatus.RELEASED, FileStatus.SETTLED
    move(ManualFile, over, old=old, new=new, by=by, event="manual_file.settled", values=values)


def _locked(op_ids: Collection[UUID]) -> list[PaymentOp]:
    found = select(PaymentOp).where(PaymentOp.id.in_(op_ids)).order_by(PaymentOp.id).with_for_update()
    ops = list(db.session.scalars(found.execution_options(populate_existing=True)))
    if not ops or len(ops) < len(set(op_ids)):
        raise NotFound
    return ops


def _by_hand(ops: Sequence[PaymentOp]) -> dict[UUID, ManualPayment]:
    found = select(ManualPayment).where(ManualPayment.payment_op_id.in_([op.id for op in ops]))
    found = found.order_by(ManualPayment.id).with_for_update()
    rows = db.session.scalars(found.execution_options(populate_existing=True))
    return {row.payment_op_id: row for row in rows}


def _of(ids: Sequence[UUID]) -> list[PaymentFinding]:
    rows = db.session.scalars(select(PaymentFinding).where(PaymentFinding.id.in_(ids)))
    return sorted(rows, key=lambda row: str(row.payment_op_id))


def _waiting(finding_id: UUID, by: Actor) -> PaymentFinding:
    require_operator(by, OperatorRole.FINANCE)
    found = db.session.get(PaymentFinding, finding_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found
