"""The books as tests look at them: that they hold, what stands in them, and how to undo what was committed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import aliased

from marketplace.contracts.models import BenefitEntry
from marketplace.core.db import db
from marketplace.ledger.models import JournalEntry, LedgerAccount, Posting
from marketplace.pay import proof
from marketplace.pay.models import PayLine, PaymentOp, Payslip, SandboxCall


def everything_holds() -> None:
    """The proof finds nothing wrong."""
    assert [(check.name, check.wrong) for check in proof.prove() if not check.holds] == []


@contextmanager
def undone() -> Iterator[None]:
    """What is committed inside is rolled back at the end: a savepoint around the savepoints that commits are here."""
    db.session.remove()
    savepoint = cast(Connection, db.engine).begin_nested()
    try:
        yield
    finally:
        db.session.remove()
        savepoint.rollback()


def everything() -> list[list[object]]:
    """What stands in the books and on payslips, without ids and moments: two worlds with the same are the same."""
    source, destination = aliased(LedgerAccount), aliased(LedgerAccount)
    postings = select(Posting.amount, source.name, destination.name).join(source, source.id == Posting.source_id)
    facts = (
        select(PayLine.cause, PayLine.amount, PayLine.payee),
        select(Payslip.contractor_id, Payslip.net_amount, Payslip.cost_amount, Payslip.status),
        select(PaymentOp.kind, PaymentOp.amount, PaymentOp.status),
        select(SandboxCall.kind, SandboxCall.amount).where(SandboxCall.external_id.is_not(None)),
        select(BenefitEntry.cause, BenefitEntry.quantity),
        select(LedgerAccount.name, LedgerAccount.balance),
        select(func.count(JournalEntry.id)),
        postings.join(destination, destination.id == Posting.destination_id),
    )
    return [sorted(map(str, db.session.execute(fact))) for fact in facts]
