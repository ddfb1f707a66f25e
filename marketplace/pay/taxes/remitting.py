"""What is withheld goes to the authority: one operator proposes, another confirms that it was paid."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, select, update

from marketplace.accounts.rules import Actor, OperatorRole, require_operator, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.lifecycle import move_one
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.ledger import service as ledger
from marketplace.pay.taxes import rules as tax_rules
from marketplace.pay.taxes.models import Remittance, Withholding
from marketplace.pay.taxes.rules import NothingWithheld, OneAlone, RemittanceStatus


@dataclass(frozen=True, slots=True)
class Held:
    """What is withheld in a company's name for one country's authority and not on its way there."""

    company_id: UUID
    country: str
    money: Money
    oldest: date


def held(seen_by: Actor) -> list[Held]:
    """By company, country and currency, for operators of finance."""
    require_operator(seen_by, OperatorRole.FINANCE)
    key = (Withholding.company_id, Withholding.country, Withholding.currency)
    sums = select(*key, func.sum(Withholding.amount).label("amount"), func.min(Withholding.paid_on).label("oldest"))
    rows = db.session.execute(
        sums.where(Withholding.remittance_id.is_(None), Withholding.amount != 0).group_by(*key).order_by(*key)
    )
    return [Held(r.company_id, r.country, Money(int(r.amount), r.currency), r.oldest) for r in rows if r.amount]


def remittances(seen_by: Actor) -> Select[Remittance]:
    require_operator(seen_by, OperatorRole.FINANCE)
    return select(Remittance)


def propose(company_id: UUID, country: str, currency: str, through: date, *, by: Actor) -> Remittance:
    """Takes all that was withheld there by a day into one payment that another operator is to confirm. Raises
    NothingWithheld."""
    require_operator(by, OperatorRole.FINANCE)
    due = select(Withholding).where(
        Withholding.company_id == company_id,
        Withholding.country == country,
        Withholding.currency == currency,
        Withholding.paid_on <= through,
        Withholding.remittance_id.is_(None),
        Withholding.amount != 0,
    )
    rows: list[Withholding] = []
    # Read until nothing new is found: what was given back while its lock was waited for is not in what had been read.
    while len(found := db.session.scalars(due.order_by(Withholding.id).with_for_update()).all()) > len(rows):
        rows = list(found)
    amount = sum(row.amount for row in rows)
    if amount <= 0:
        raise NothingWithheld
    made = Remittance(
        company_id=company_id, country=country, through=through, amount=amount, currency=currency,
        proposed_by=require_person(by), proposed_at=clock.now(), status=RemittanceStatus.PROPOSED,
    )  # fmt: skip
    db.session.add(made)
    record("tax_remittance.proposed", made, by=by, data={"amount": str(made.money.decimal), "currency": currency})
    taken = update(Withholding).where(Withholding.id.in_([row.id for row in rows]))
    db.session.execute(taken.values(remittance_id=made.id), execution_options={"synchronize_session": False})
    db.session.expire_all()
    return made


def confirm(remittance_id: UUID, reference: str, *, by: Actor) -> Remittance:
    """Writes down that the authority was paid, with its reference. Raises OneAlone for who proposed it, WrongState."""
    row = _find(remittance_id, by)
    if row.proposed_by == by.person_id:
        raise OneAlone
    decided = {"decided_by": require_person(by), "decided_at": clock.now(), "reference": reference.strip()}
    move_one(row, RemittanceStatus.PAID, by=by, event="tax_remittance.paid", values=decided)
    ledger.post(tax_rules.remitted_entry(row.id, row.account, row.money))
    return row


def withdraw(remittance_id: UUID, *, by: Actor) -> Remittance:
    """Takes a proposal back, by whichever operator of finance: what it took waits again. Raises WrongState."""
    row = _find(remittance_id, by)
    decided = {"decided_by": require_person(by), "decided_at": clock.now()}
    move_one(row, RemittanceStatus.WITHDRAWN, by=by, event="tax_remittance.withdrawn", values=decided)
    freed = update(Withholding).where(Withholding.remittance_id == row.id).values(remittance_id=None)
    db.session.execute(freed, execution_options={"synchronize_session": False})
    return row


def _find(remittance_id: UUID, by: Actor) -> Remittance:
    require_operator(by, OperatorRole.FINANCE)
    row = db.session.get(Remittance, remittance_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    return row
