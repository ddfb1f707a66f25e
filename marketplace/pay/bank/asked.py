"""Deposits that companies have asked for, and the lines of bank statements that tell of them.

In prose. A line above the limit makes a finding of the deposit that was asked for, and both wait for a second person at
desks of their own. They are the same money: whoever confirms the finding books the line by it, and a line whose
deposit is booked is nobody else's any more. Whoever says that the finding is not so doubts the line with it. A person
may write the reference of a transfer down themselves: one transfer is one deposit, whoever has told of it first.
What somebody has found under words of their own, and is as much as a line that was booked meanwhile, nobody confirms
before saying why it is another transfer.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from marketplace.accounts.rules import Actor, OperatorRole, require_operator
from marketplace.accounts.rules import require_person as person_of
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.lifecycle import WrongState, move_one
from marketplace.core.money import Money
from marketplace.pay.bank.models import BankLine
from marketplace.pay.bank.rules import SHORT, KnownBy, LineKind, LineStatus
from marketplace.pay.by_hand import findings
from marketplace.pay.by_hand.models import ManualPayment, PaymentFinding
from marketplace.pay.by_hand.rules import (
    FindingOutcome,
    FindingStatus,
    LooksBooked,
    LooksMarked,
    ManualStatus,
    ReferenceTaken,
    SeveralLines,
)
from marketplace.pay.models import PaymentOp
from marketplace.pay.rules import MANUAL, OpKind, OpStatus

OVER = (LineStatus.POSTED, LineStatus.SENT_BACK, LineStatus.KEPT)
"""What has become of a line of which nobody can say that it is a deposit still."""
SHARED = 128
"""Into so many locks, on either side of nought, references are parted."""
SEEN_WITHIN = timedelta(days=7)
"""How far the day that a person wrote down may be from the day on which the bank has booked a transfer."""
SAME_WITHIN = timedelta(days=45)
"""Likewise of what they wrote down under the bank's reference of it: a bank may give a reference twice."""


def find(op_ids: Collection[UUID], found: findings.Found, *, by: Actor) -> list[PaymentFinding]:
    """Writes down what became of these payments. Raises what `findings.find()` raises, ReferenceTaken where what a
    deposit is said to have come by is known of another, and LooksBooked where nobody else looks at it and a line that
    looks like it was booked since the deposit was asked for."""
    made = findings.find(op_ids, found, by=by)
    _check_reference(made)
    settled = [each for each in made if each.status is FindingStatus.HOLDS]
    lines = like_booked(settled) if settled else {}
    for each in settled:
        asked_at = db.session.get_one(PaymentOp, each.payment_op_id).created_at
        line = lines.get(each.id)
        if line is not None and line.decided_at is not None and line.decided_at >= asked_at:
            _check_another(each, line, found.another)
    return made


def confirm(finding_id: UUID, *, another: str = "", by: Actor) -> PaymentFinding:
    """A second operator has found the same: the finding settles its payment, and the line that has made it is booked.
    `another` says why it is another transfer than a line that looks like it. Raises what `findings.confirm()` raises,
    ReferenceTaken where its transfer was booked meanwhile, LooksBooked where it may have been, and SeveralLines."""
    require_operator(by, OperatorRole.FINANCE)
    # The line is locked before the finding, as by whoever confirms the line.
    lines = _lines_of(finding_id)
    if len(lines) > 1:
        raise SeveralLines(lines=[str(each.id) for each in lines])
    finding = findings.confirm(finding_id, by=by)
    if lines:
        post(lines[0], finding.payment_op_id, by=by)
        return finding
    _check_reference([finding])
    # Whoever books a line has locked the deposits that it may be, this one among them, so none is booked meanwhile.
    if (line := like_booked([finding]).get(finding.id)) is not None:
        _check_another(finding, line, another)
    return finding


def contradict(finding_id: UUID, *, by: Actor) -> PaymentFinding:
    """Takes a finding back that nobody has confirmed. The line that has made it is stray again: it would book a deposit
    of its own beside the one that was asked for. Raises what `findings.contradict()` raises."""
    require_operator(by, OperatorRole.FINANCE)
    lines = _lines_of(finding_id)
    finding = findings.contradict(finding_id, by=by)
    if len(lines) == 1:
        let_go(lines[0], by=by)
    return finding


def like_booked(found: Sequence[PaymentFinding]) -> dict[UUID, BankLine]:
    """By finding, the line that booked as much for the same company in those days by itself, and may be what somebody
    has found under another reference. The caller is an operator of finance."""
    booked, theirs = aliased(PaymentOp), aliased(PaymentFinding)
    by_line = or_(
        booked.params["bank_line"].astext == cast(BankLine.id, Text),
        exists().where(
            theirs.payment_op_id == booked.id,
            theirs.status == FindingStatus.HOLDS,
            theirs.reference == _own_reference(),
        ),
    )
    days = cast(BankLine.booked_on - PaymentFinding.happened_on, Integer)
    same = and_(
        BankLine.company_id == PaymentOp.company_id,
        BankLine.amount == PaymentOp.amount,
        BankLine.currency == PaymentOp.currency,
        BankLine.payment_op_id != PaymentOp.id,
        func.abs(days) <= SEEN_WITHIN.days,
    )
    pairs = (
        select(PaymentFinding.id, BankLine)
        .join(PaymentOp, PaymentOp.id == PaymentFinding.payment_op_id)
        .join(BankLine, same)
        .join(booked, booked.id == BankLine.payment_op_id)
        .where(PaymentFinding.id.in_([each.id for each in found]), PaymentFinding.outcome == FindingOutcome.HAPPENED)
        .where(PaymentOp.kind == OpKind.DEPOSIT, PaymentOp.rail == MANUAL)
        .where(BankLine.kind == LineKind.CAME, BankLine.status == LineStatus.POSTED, by_line)
    )
    # The nearest of them comes last, so that it stands.
    rows = db.session.execute(pairs.order_by(func.abs(days).desc(), BankLine.id.desc())).all()
    return {row.id: row.BankLine for row in rows}


def let_go(line: BankLine, *, by: Actor) -> None:
    """The line is nobody's: a person says whose it is."""
    nobody = dict.fromkeys(("company_id", "matched_by", "reason", "finding_id", "another"))
    move_one(line, LineStatus.STRAY, by=by, event="bank_line.doubted", values=nobody)


def post(line: BankLine, op_id: UUID, *, by: Actor, **whose: Any) -> None:
    """The line is that deposit, and is over."""
    decided = {"payment_op_id": op_id, "decided_by": person_of(by), "decided_at": clock.now()}
    move_one(line, LineStatus.POSTED, by=by, event="bank_line.booked", values=whose | decided)


def found_by(line: BankLine) -> findings.Found:
    """What a line says of a deposit."""
    day = min(line.booked_on, clock.now().date())
    return findings.Found(outcome=FindingOutcome.HAPPENED, reference=line.own_reference, happened_on=day)


def booked(lines: Collection[BankLine]) -> dict[UUID, PaymentOp]:
    """By line, the deposit that is booked by the line's own finding, whosever it is, and that no line has. A reference
    of the bank's is one transfer's for weeks; a number within a file is another's soon."""
    within = case((BankLine.known_by == KnownBy.ENTRY, SEEN_WITHIN.days), else_=SAME_WITHIN.days)
    return _under_reference(lines, _apart() <= within)


def like_marked(lines: Collection[BankLine]) -> dict[UUID, PaymentOp]:
    """By line, such a deposit of long before or after: the bank has given its reference twice, or somebody wrote a
    wrong day down. A person says which."""
    return _under_reference(lines, and_(BankLine.known_by != KnownBy.ENTRY, _apart() > SAME_WITHIN.days))


def is_unsure(line: BankLine) -> bool:
    """Whether a line may be a deposit of another time, and nobody has said why it is another."""
    return line.another is None and line.id in like_marked([line])


def check_another(line: BankLine, why: str | None) -> str | None:
    """Why a line is another transfer than a deposit of another time, where somebody says so. Raises LooksMarked where
    it may be that deposit, and nobody does."""
    if given := (why or "").strip():
        return given
    if (op := like_marked([line]).get(line.id)) is not None:
        raise LooksMarked(field="another", deposit=str(op.id))
    return None


def _apart() -> ColumnElement[int]:
    return func.abs(cast(BankLine.booked_on - PaymentFinding.happened_on, Integer))


def _under_reference(lines: Collection[BankLine], days: ColumnElement[bool]) -> dict[UUID, PaymentOp]:
    other = aliased(BankLine)
    pairs = (
        select(BankLine.id, PaymentOp)
        .join(PaymentFinding, func.lower(PaymentFinding.reference) == func.lower(_own_reference()))
        .join(PaymentOp, PaymentOp.id == PaymentFinding.payment_op_id)
        .where(BankLine.id.in_([line.id for line in lines]), BankLine.kind == LineKind.CAME)
        .where(PaymentOp.amount == BankLine.amount, PaymentOp.currency == BankLine.currency)
        .where(PaymentOp.kind == OpKind.DEPOSIT, PaymentOp.rail == MANUAL, PaymentOp.status == OpStatus.DONE)
        .where(PaymentFinding.status == FindingStatus.HOLDS, PaymentFinding.outcome == FindingOutcome.HAPPENED)
        .where(days)
        .where(~exists().where(other.payment_op_id == PaymentOp.id))
        .order_by(PaymentOp.id.desc())
    )
    return {row.id: row.PaymentOp for row in db.session.execute(pairs)} if lines else {}


def booked_by(line: BankLine) -> PaymentOp | None:
    """That deposit of one line."""
    return booked([line]).get(line.id)


def hold_references(references: Collection[str]) -> None:
    """Whoever says that a transfer is a deposit, or is none, waits here for whoever says so of the same one: by hand or
    by a line. Locked last, after payments and purses, and in one order; a statement may hold more references than a
    database has room for locks, so many share one."""
    told = func.unnest(literal([each.lower() for each in references], ARRAY(Text()))).column_valued("told")
    keys = select((func.hashtext(told) % SHARED).label("key")).distinct().order_by("key").subquery()
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("deposit"), keys.c.key)))


def check_open(line: BankLine, company_id: UUID | None = None) -> None:
    """Raises WrongState where the line's deposit is booked already, to another company than this. Nobody marks its
    reference by hand until the commit."""
    if line.kind is LineKind.CAME:
        hold_references([line.own_reference])
    op = booked_by(line)
    if op is not None and op.company_id != company_id:
        raise WrongState("The deposit that this line tells of is booked already.")


def seen(company_id: UUID, line: BankLine) -> UUID | None:
    """The deposit that a person has found at the bank by hand, within some days of this line, and that no other line
    has: it is this money, which must not be booked twice."""
    # Those that still wait are locked too: whoever confirms one at this moment comes before the line, or after it.
    found = _deposits(company_id, line.money).where(PaymentOp.status.in_((OpStatus.WAITING, OpStatus.DONE)))
    locked = found.order_by(PaymentOp.id).with_for_update().execution_options(populate_existing=True)
    ids = [op.id for op in db.session.scalars(locked).all() if op.status is OpStatus.DONE]
    taken = set(db.session.scalars(select(BankLine.payment_op_id).where(BankLine.payment_op_id.in_(ids))))
    free = [each for op_id, each in findings.of(ids).items() if op_id not in taken]
    near = [each for each in free if each.happened_on and abs(each.happened_on - line.booked_on) <= SEEN_WITHIN]
    return min((each.payment_op_id for each in near), default=None)


def settled(company_id: UUID, line: BankLine, *, by: Actor) -> UUID | None:
    """The deposit that the company had asked for, settled by this line."""
    if line.status is LineStatus.MATCHED:
        standing = own_finding(company_id, line)
        return None if standing is None else findings.confirm(standing.id, by=by).payment_op_id
    ops = _waiting(company_id, line.money)
    known = findings.of([op.id for op in ops])
    op_id = next((op.id for op in ops if op.id not in known), None)
    if op_id is not None:
        findings.by_line(op_id, found_by(line), waits=False, by=by)
    return op_id


def free(company_ids: Collection[UUID]) -> dict[tuple[UUID, Money], list[UUID]]:
    """The deposits that these companies have asked for and of which nobody has found anything, by company and amount,
    the oldest first."""
    is_found = exists().where(
        PaymentFinding.payment_op_id == PaymentOp.id, PaymentFinding.status != FindingStatus.CONTRADICTED
    )
    asked_for = select(PaymentOp).where(
        PaymentOp.company_id.in_(company_ids), PaymentOp.kind == OpKind.DEPOSIT, PaymentOp.rail == MANUAL, ~is_found
    )
    found: dict[tuple[UUID, Money], list[UUID]] = {}
    for op in db.session.scalars(_unseen(asked_for)) if company_ids else ():
        assert op.company_id is not None, "the query says so"
        found.setdefault((op.company_id, op.money), []).append(op.id)
    return found


def own_finding(company_id: UUID | None, line: BankLine) -> PaymentFinding | None:
    """What was found by this line of a deposit that the company has asked for, and nobody has confirmed."""
    known = findings.of([op.id for op in _waiting(company_id, line.money)]).values()
    if line.finding_id is not None:
        return next((each for each in known if each.id == line.finding_id), None)
    made = set(db.session.scalars(select(BankLine.finding_id).where(BankLine.finding_id.in_([e.id for e in known]))))
    own = [each for each in known if each.reference == line.own_reference and each.id not in made]
    return min(own, key=lambda each: each.id, default=None)


# --- the parts ------------------------------------------------------------------------------------------------------


def _check_another(finding: PaymentFinding, line: BankLine, why: str) -> None:
    """Keeps why it is another transfer than this line. Raises LooksBooked where nobody says why."""
    if not (given := why.strip()):
        told = f"A line of {line.booked_on} of the same amount, {line.own_reference}, is booked already."
        raise LooksBooked(told, field="another", line=str(line.id), deposit=str(line.payment_op_id))
    finding.another = given


def _check_reference(made: Sequence[PaymentFinding]) -> None:
    """Raises ReferenceTaken where a deposit is said to have come by the reference of a transfer that another deposit
    has, or of a line that is over. Looked at last: of two who write the same down at once, the second waits here."""
    of = {each.payment_op_id: each.reference for each in made if each.outcome is FindingOutcome.HAPPENED}
    by_bank = (PaymentOp.kind == OpKind.DEPOSIT, PaymentOp.rail == MANUAL)
    for op in db.session.scalars(select(PaymentOp).where(PaymentOp.id.in_(of), *by_bank)).all():
        reference = of[op.id].lower()
        hold_references([reference])
        others = (
            select(PaymentOp.id)
            .join(PaymentFinding, PaymentFinding.payment_op_id == PaymentOp.id)
            .where(PaymentOp.id != op.id, *by_bank, func.lower(PaymentFinding.reference) == reference)
            .where(PaymentFinding.outcome == FindingOutcome.HAPPENED)
            .where(PaymentFinding.status != FindingStatus.CONTRADICTED)
        )
        if (other := db.session.scalars(others.order_by(PaymentOp.id).limit(1)).one_or_none()) is not None:
            raise ReferenceTaken(f"It is the reference of deposit {other}.", field="reference", deposit=str(other))
        lines = (
            select(BankLine)
            .where(
                BankLine.kind == LineKind.CAME,
                BankLine.status.in_(OVER),
                BankLine.payment_op_id.is_distinct_from(op.id),
            )
            .where(BankLine.amount == op.amount, BankLine.currency == op.currency)
            .where(func.lower(_own_reference()) == reference)
        )
        if (line := db.session.scalars(lines.order_by(BankLine.id).limit(1)).one_or_none()) is not None:
            told = f"It is the reference of a line of {line.booked_on} that is over."
            raise ReferenceTaken(told, field="reference", line=str(line.id))


def _own_reference() -> ColumnElement[str]:
    """`BankLine.own_reference`, for a statement."""
    banks = func.btrim(BankLine.bank_reference)
    return case((banks != "", banks), else_=func.left(BankLine.identity, SHORT))


def _lines_of(finding_id: UUID) -> Sequence[BankLine]:
    """The line that has made a finding and waits as it does; of one that a person has made, those that have its
    reference, of the same day if there are such. Locked."""
    finding = PaymentFinding
    found = (
        select(BankLine, finding.happened_on)
        .join(PaymentOp, and_(PaymentOp.company_id == BankLine.company_id, PaymentOp.amount == BankLine.amount))
        .join(finding, finding.payment_op_id == PaymentOp.id)
        .where(finding.id == finding_id, finding.outcome == FindingOutcome.HAPPENED)
        .where(
            or_(
                BankLine.finding_id == finding.id,
                and_(BankLine.finding_id.is_(None), _own_reference() == finding.reference),
            )
        )
        .where(PaymentOp.kind == OpKind.DEPOSIT, PaymentOp.rail == MANUAL, PaymentOp.currency == BankLine.currency)
        .where(BankLine.kind == LineKind.CAME, BankLine.status == LineStatus.MATCHED)
        .order_by(BankLine.id)
        .with_for_update(of=BankLine)
    )
    rows = db.session.execute(found.execution_options(populate_existing=True)).all()
    own = [row.BankLine for row in rows if row.BankLine.finding_id == finding_id]
    same_day = [row.BankLine for row in rows if row.BankLine.booked_on == row.happened_on]
    return own or same_day or [row.BankLine for row in rows]


def _waiting(company_id: UUID | None, money: Money) -> Sequence[PaymentOp]:
    """Deposits of that amount that the company has asked for and that wait to be seen at the bank."""
    return db.session.scalars(_unseen(_deposits(company_id, money))).all()


def _unseen(deposits: Select[PaymentOp]) -> Select[PaymentOp]:
    """Those that wait to be seen at the bank, the oldest first."""
    found = deposits.join(ManualPayment, ManualPayment.payment_op_id == PaymentOp.id)
    found = found.where(PaymentOp.status == OpStatus.WAITING, ManualPayment.status == ManualStatus.WAITING)
    return found.order_by(PaymentOp.id)


def _deposits(company_id: UUID | None, money: Money) -> Select[PaymentOp]:
    return select(PaymentOp).where(PaymentOp.company_id == company_id, *_alike(money))


def _alike(money: Money) -> Sequence[ColumnElement[bool]]:
    """Whether a payment is a deposit of that amount that a person looks for at the bank."""
    return (
        PaymentOp.kind == OpKind.DEPOSIT,
        PaymentOp.rail == MANUAL,
        PaymentOp.amount == money.amount,
        PaymentOp.currency == money.currency,
    )
