"""Deposits by bank statement: handed in, matched by reference, looked at by two people once it is much, booked once.

In prose. A company writes its reference on a transfer. An operator hands in the bank's statement; a look says what is
wrong with which line, and nothing is taken of a file with a fault. A line that names a company is booked at once; once
what one person alone has booked by a file, or on a day, comes to more than the limit, the rest waits until another
operator agrees (TWO_PEOPLE). A stray one waits for somebody who says whose it is, or sends it back, which is counted
likewise. The same file, and the same transfer in another file, change nothing. What the bank has undone is booked as
what it is, once (`reversals`), and so is a payment of ours that came back (`returns`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import Select, Text, cast, func, select
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.models import Company
from marketplace.accounts.rules import (
    Actor,
    OperatorRole,
    OwnCompany,
    reason_given,
    require_operator,
)
from marketplace.accounts.rules import require_person as person_of
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import WrongState, move, move_one
from marketplace.core.problems import NotFound
from marketplace.ledger import service as ledger
from marketplace.pay import rules
from marketplace.pay.bank import already, asked, balances, formats, holding, reopening, returns, reversals
from marketplace.pay.bank import rules as bank_rules
from marketplace.pay.bank.models import BankLine, BankStatement
from marketplace.pay.bank.rules import Incoming, LineKind, LineStatus, NoBankHere, Read, SamePerson, StatementNotGood
from marketplace.pay.by_hand import findings
from marketplace.pay.models import PaymentOp
from marketplace.pay.rules import MANUAL, OpKind
from marketplace.standards import two_people
from marketplace.standards.act_rules import ActKind
from marketplace.standards.two_people import Tally

SECOND = (LineStatus.MATCHED, LineStatus.ENDING)
"""Statuses of a line that waits for a second person."""


@dataclass(frozen=True, slots=True)
class Look:
    """What taking a file would do: each line with the company that it names, if any, and whether it is known."""

    read: Read
    lines: Sequence[tuple[Incoming, Company | None, bool]]


def look(content: str, *, by: Actor) -> Look:
    """Reads a statement and changes nothing. For operators of finance."""
    require_operator(by, OperatorRole.FINANCE)
    found = _read(content)
    known = _known(bank_rules.identities(found.lines))
    named = _companies(found.lines)
    pairs = zip(found.lines, bank_rules.identities(found.lines), strict=True)
    return Look(found, [(line, named.get(bank_rules.tail_of(line.words)), key in known) for line, key in pairs])


def remarks(content: str, *, by: Actor) -> Sequence[str]:
    """What somebody should know of a statement that they have taken. For operators of finance."""
    require_operator(by, OperatorRole.FINANCE)
    return _read(content).remarks


def _read(content: str) -> Read:
    read = bank_rules.in_time(formats.read(content), clock.now().date())
    return bank_rules.of_own_accounts(read, current_app.config["BANK_ACCOUNTS"])


def take(content: str, *, by: Actor) -> BankStatement:
    """Takes a statement: its lines are kept, and booked where it is known whose they are and one person is enough. The
    same file again is the one that was taken. Raises NoBankHere, StatementNotGood."""
    require_operator(by, OperatorRole.FINANCE)
    if current_app.config["RAIL"] != MANUAL:
        raise NoBankHere
    alone = two_people.tally(by)
    sha256 = bank_rules.digest(content)
    before = select(BankStatement).where(BankStatement.sha256 == sha256)
    if (taken := db.session.scalars(before).one_or_none()) is not None:
        return taken
    found = _read(content)
    if found.faults:
        raise StatementNotGood(faults=[list(each) for each in found.faults])
    first = insert(BankStatement).values(
        id=new_id(), sha256=sha256, format=found.format, incoming=len(found.lines), outgoing=found.outgoing, fresh=0,
        taken_by=person_of(by), taken_at=clock.now(),
    )  # fmt: skip
    # Two who hand the same file in at once: the second one waits here, and has what the first one has taken.
    mine = db.session.scalar(first.on_conflict_do_nothing(index_elements=["sha256"]).returning(BankStatement.id))
    made = db.session.scalars(before).one()
    if mine is None:
        return made
    lines = _keep(made, found.lines)
    balances.keep(made, found.balances)
    made.fresh = len(lines)
    record("bank_statement.taken", made, by=by, data={"lines": made.incoming, "fresh": made.fresh})
    named = _companies(found.lines)
    # Also payments that came back before: what kept one from being booked may be over.
    again = returns.strays(made.id)
    # All together, in the order in which everybody locks: the order of lines is the bank's.
    holding.hold_still([*lines, *again], [each.id for each in named.values()])
    # Looked at under these locks: who marks a deposit by hand at this moment comes before, or after.
    told, unsure = asked.booked(lines), asked.like_marked(lines)
    waits: list[tuple[BankLine, UUID]] = []
    # Those of them come first: another line of as much, of a day near it, would be taken for the same deposit.
    for line in sorted(lines, key=lambda each: each.id not in told):
        company = named.get(bank_rules.tail_of(line.words)) if line.kind is LineKind.CAME else None
        # Nobody books money to their own company: its line waits for somebody else.
        if company is None or line.id in unsure or by.belongs_to(company.id):
            continue
        if not _match(line, company.id, told, alone, by=by):
            waits.append((line, company.id))
    _wait(waits, by=by)
    # What came before what undoes it: a file may hold both.
    for line in (*lines, *again):
        if line.kind is not LineKind.CAME:
            undo = returns.undo if line.kind is LineKind.CAME_BACK else reversals.undo
            undo(line, alone, by=by)
    return made


def assign(line_id: UUID, company_id: UUID, *, another: str = "", by: Actor) -> BankLine:
    """Says whose a stray line is: booked at once, or where it takes two when another operator agrees. `another` says
    why it is no deposit of long ago under the same reference. Of what the bank has taken back: from whose deposits it
    is taken. Raises NotFound, OwnCompany, WrongState, LooksMarked, NotRefundable, InsufficientFunds."""
    require_operator(by, OperatorRole.FINANCE)
    alone = two_people.tally(by)
    line = _find(line_id, by)
    if db.session.get(Company, company_id) is None:
        raise NotFound
    _check_not_own(company_id, by)
    if line.status is not LineStatus.STRAY:
        raise WrongState(f"The line is {line.status}.")
    if line.kind is LineKind.CAME_BACK and returns.is_of_a_payout(line):
        raise WrongState("A payment of ours that came back is no company's.")
    if line.kind is LineKind.TAKEN_BACK:
        _check_not_theirs(line, by)
        reversals.take_from(line, company_id, alone, by=by)
        return line
    _hold_open(line, company_id)
    line.another = asked.check_another(line, another)
    if not _match(line, company_id, asked.booked([line]), alone, by=by):
        _wait([(line, company_id)], by=by)
    return line


def confirm(line_id: UUID, *, by: Actor) -> BankLine:
    """A second operator agrees whose it is: it is booked; or that it was sent back, or is the service's loss. Raises
    SamePerson, OwnCompany, OwnPayment, WrongState, NotFound, NotRefundable, InsufficientFunds, and LooksMarked where a
    deposit was marked meanwhile that it may be."""
    line = _find(line_id, by)
    if line.status not in (LineStatus.MATCHED, LineStatus.ENDING):
        raise WrongState(f"The line is {line.status}.")
    if line.matched_by == by.person_id:
        raise SamePerson
    _check_not_theirs(line, by)
    _hold_open(line, line.company_id)
    if line.status is LineStatus.ENDING:
        _check_endable(line)
        _end(line, by=by)
    elif line.kind is LineKind.TAKEN_BACK:
        reversals.book(line, by=by)
    elif line.company_id is None:
        returns.book(line, by=by)
    else:
        asked.check_another(line, line.another)
        _book(line, asked.booked_by(line), by=by)
    return line


def doubt(line_id: UUID, *, by: Actor) -> BankLine:
    """Takes back what nobody has agreed to: the line is stray again. Raises WrongState, NotFound."""
    line = _find(line_id, by)
    if line.company_id is not None and (op := asked.booked_by(line)) and op.company_id == line.company_id:
        raise WrongState("The deposit that this line tells of is booked already.")
    came = line.company_id is not None and line.kind is not LineKind.TAKEN_BACK
    if came and line.status is LineStatus.MATCHED and (found := asked.own_finding(line.company_id, line)) is not None:
        findings.contradict(found.id, by=by)
    asked.let_go(line, by=by)
    return line


def send_back(line_id: UUID, reason: str, *, by: Actor) -> BankLine:
    """Writes down that a stray transfer was sent back by bank, and why; of what the bank has taken back and that nobody
    answers for, that the service bears it. Where it takes two the line waits for another operator, and nothing is
    booked. Raises ReasonMissing, OwnCompany, WrongState, NotFound."""
    require_operator(by, OperatorRole.FINANCE)
    alone = two_people.tally(by)
    line = _find(line_id, by)
    if line.status is not LineStatus.STRAY:
        # What is matched is somebody's: whoever sees it otherwise takes the match back first (`doubt`).
        raise WrongState(f"The line is {line.status}.")
    asked.check_open(line)
    _check_endable(line)
    _check_not_theirs(line, by)
    said = {"reason": reason_given(reason), "matched_by": person_of(by)}
    if not alone.may([line.money], {line.statement_id}):
        move_one(line, LineStatus.ENDING, by=by, event="bank_line.ending", values=said)
        return line
    _end(line, by=by, **said)
    alone.did(ActKind.ENDED, line.id, line.money, line.statement_id)
    return line


# --- reads ----------------------------------------------------------------------------------------------------------


def lines(seen_by: Actor) -> Select[BankLine]:
    """Every line, for operators of finance."""
    require_operator(seen_by, OperatorRole.FINANCE)
    return select(BankLine)


def waiting(seen_by: Actor) -> Select[BankLine]:
    """Lines that a person has to look at."""
    return lines(seen_by).where(BankLine.status.in_((LineStatus.STRAY, *SECOND)))


def for_second(seen_by: Actor) -> Select[BankLine]:
    """Lines that wait for a second person, for operators of finance."""
    return lines(seen_by).where(BankLine.status.in_(SECOND))


def statements(seen_by: Actor) -> Select[BankStatement]:
    require_operator(seen_by, OperatorRole.FINANCE)
    return select(BankStatement)


# --- the parts ------------------------------------------------------------------------------------------------------


def _find(line_id: UUID, by: Actor) -> BankLine:
    require_operator(by, OperatorRole.FINANCE)
    row = db.session.get(BankLine, line_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    return row


def _check_not_own(company_id: UUID | None, by: Actor) -> None:
    """Raises OwnCompany: whose money it is, nobody decides for their own company."""
    if company_id is not None and by.belongs_to(company_id):
        raise OwnCompany


def _check_not_theirs(line: BankLine, by: Actor) -> None:
    """Raises OwnCompany of what is their own company's: what came for it, what takes back its transfer, and what names
    it where the bank has taken something back, which it owes."""
    _check_not_own(line.company_id, by)
    _check_not_own(_undone_of(line), by)
    if line.kind is LineKind.TAKEN_BACK and any(bank_rules.names(line.words, each) for each in by.companies):
        raise OwnCompany


def _check_endable(line: BankLine) -> None:
    """Raises WrongState of what came back of a payout that nobody has found to have failed: its person has to have it
    again first."""
    if line.kind is LineKind.CAME_BACK and returns.is_under_way(line):
        raise WrongState("The payout that came back is not payable to its person again.")


def _undone_of(line: BankLine) -> UUID | None:
    """Whose transfer a line takes back, where that is known."""
    return None if line.undoes_id is None else db.session.get_one(BankLine, line.undoes_id).company_id


def _end(line: BankLine, *, by: Actor, **said: Any) -> None:
    """The line is over: what it took the service bears, and else nothing is booked."""
    if line.kind is LineKind.TAKEN_BACK:
        ledger.post(bank_rules.borne_by_service(line.id, line.money, reopening.often(line.id)))
    decided = {"decided_by": person_of(by), "decided_at": clock.now()}
    event = "bank_line.borne" if line.kind is LineKind.TAKEN_BACK else "bank_line.sent_back"
    move_one(line, LineStatus.SENT_BACK, by=by, event=event, values=said | decided)


def _known(identities: Sequence[str]) -> set[str]:
    return set(db.session.scalars(select(BankLine.identity).where(BankLine.identity.in_(identities))))


def _companies(told: Sequence[Incoming]) -> dict[str | None, Company]:
    """The companies that lines name, by the end of their ids."""
    tails = {tail for line in told if (tail := bank_rules.tail_of(line.words)) is not None}
    end = func.split_part(cast(Company.id, Text), "-", 5)
    return {each.id.hex[-12:]: each for each in db.session.scalars(select(Company).where(end.in_(tails)))}


def _keep(of: BankStatement, told: Sequence[Incoming]) -> Sequence[BankLine]:
    """Writes down the lines that no statement had before, and returns them."""
    rows = [
        {
            "id": new_id(),
            "statement_id": of.id,
            "identity": identity,
            "booked_on": line.booked_on,
            "amount": line.money.amount,
            "currency": line.money.currency,
            "words": line.words,
            "payer": line.payer,
            "bank_reference": line.bank_reference,
            "kind": line.kind,
            "known_by": line.known_by,
            "status": LineStatus.STRAY,
        }
        for line, identity in zip(told, bank_rules.identities(told), strict=True)
    ]
    if not rows:
        return []
    # Two files may hold the same transfers in another order.
    rows.sort(key=lambda row: str(row["identity"]))
    made = insert(BankLine).on_conflict_do_nothing(index_elements=["identity"]).returning(BankLine.id)
    fresh = db.session.scalars(made, rows).all()
    return db.session.scalars(select(BankLine).where(BankLine.id.in_(fresh)).order_by(BankLine.id)).all()


def _hold_open(line: BankLine, company_id: UUID | None) -> None:
    """Locks what a transfer that came can be, in its turn. Raises WrongState where it is another company's deposit."""
    if line.kind is LineKind.CAME:
        holding.hold_still([line], [company_id] if company_id is not None else [])
        asked.check_open(line, company_id)


def _match(line: BankLine, company_id: UUID, told: dict[UUID, PaymentOp], alone: Tally, *, by: Actor) -> bool:
    """Books the line, unless a second person has to agree: returns whether nobody has to. `told` are the deposits that
    somebody has marked by the references of these lines: one is this company's, then no money moves by the line; or
    another's, then a person says whose the line is."""
    whose = {"company_id": company_id, "matched_by": person_of(by)}
    if (op := told.get(line.id)) is not None:
        if op.company_id == company_id:
            asked.post(line, op.id, by=by, **whose)
            # Of two lines under one reference the other one is not this deposit.
            for each in [each for each, same in told.items() if same.id == op.id]:
                del told[each]
    elif not alone.may([line.money], {line.statement_id}):
        return False
    elif _book(line, None, by=by, **whose):
        alone.did(ActKind.BOOKED, line.id, line.money, line.statement_id)
    return True


def _wait(matched: Sequence[tuple[BankLine, UUID]], *, by: Actor) -> None:
    """These lines wait for a second person, and so does what they say of deposits that were asked for. Of a statement
    that holds thousands, all of a company's at once."""
    whose: dict[UUID, list[UUID]] = {}
    for line, company_id in matched:
        whose.setdefault(company_id, []).append(line.id)
    old, new, event = LineStatus.STRAY, LineStatus.MATCHED, "bank_line.matched"
    for company_id, ids in whose.items():
        values = {"company_id": company_id, "matched_by": person_of(by)}
        if len(move(BankLine, ids, old=old, new=new, by=by, event=event, values=values)) < len(ids):
            raise WrongState("A line has changed since it was loaded.")
    left = asked.free(whose)
    for line, company_id in matched:
        if ops := left.get((company_id, line.money)):
            line.finding_id = findings.by_line(ops.pop(0), asked.found_by(line), waits=True, by=by).id


def _book(line: BankLine, told: PaymentOp | None, *, by: Actor, **whose: Any) -> bool:
    """The money is the company's: by the deposit that somebody has found already, under the line's own reference
    (`told`) or near its day, or that it had asked for, or by one of its own. Returns whether it was not before."""
    company_id = whose.get("company_id") or line.company_id
    assert company_id is not None, "only what is matched is booked"
    seen = asked.seen(company_id, line) if told is None else told.id
    op_id = seen or asked.settled(company_id, line, by=by) or _deposit(company_id, line, by=by)
    asked.post(line, op_id, by=by, **whose)
    return seen is None


def _deposit(company_id: UUID, line: BankLine, *, by: Actor) -> UUID:
    """A deposit that nobody had asked for: the bank has it already, so it goes through its states at once."""
    op = already.begun(line, OpKind.DEPOSIT, line.money, by=by, company_id=company_id)
    already.through(op, line, by=by)
    ledger.post(rules.deposit_received(op.id, MANUAL, company_id, line.money))
    return op.id
