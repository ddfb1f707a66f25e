"""Invoices for what the service itself has earned from companies, and credit notes.

In prose. The fee on the pay of a run has moved when its payslips were booked; a job then writes one invoice for each
company and currency, with the handling fees of overturned cuts that were charged since. Its VAT comes on top and is
taken from what the company has available, or as soon as it has it: nobody's pay waits for it. What is wrong is mended
by a credit note, which gives the money back.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import Select, Text, cast, func, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from marketplace.accounts.models import Company, CompanyIdentity
from marketplace.accounts.rules import (
    CLOCK,
    Actor,
    OperatorRole,
    OwnCompany,
    Right,
    available_account,
    reason_given,
    require_company,
    require_operator,
)
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.ledger import service as ledger
from marketplace.ledger.models import JournalEntry, LedgerAccount, Posting
from marketplace.ledger.rules import Entry, Move
from marketplace.pay.invoices.models import (
    CompanyBilling,
    Invoice,
    InvoicedRun,
    InvoiceLine,
    InvoicesBegin,
    InvoiceSeries,
)
from marketplace.pay.models import PayLine, PayRun, Payslip
from marketplace.pay.rules import BOOKED, PayslipStatus
from marketplace.pay.runs.lines import PLATFORM_FEES
from marketplace.pay.taxes import vat_rules
from marketplace.pay.taxes.vat_rules import InvoiceKind, NotCreditable, Vat, vat_number, vat_of, vat_on
from marketplace.shifts.timesheet_models import TimesheetCut
from marketplace.shifts.timesheet_rules import CutEnd
from marketplace.standards import two_people
from marketplace.standards.act_models import MoneyAct
from marketplace.standards.act_rules import ActKind
from marketplace.standards.line_kinds import Payee

VAT = "platform:vat"
"""The account of VAT that the service has taken, and owes to its tax office."""
_ONE_AFTER_THE_OTHER = select(func.pg_advisory_xact_lock(func.hashtext("invoice")))


@dataclass(frozen=True, slots=True)
class Charge:
    """Something that a company has paid the service for, and no invoice says yet."""

    company_id: UUID
    cause: str
    kind: str
    money: Money
    supplied_on: date
    through: date | None = None


def issue_due(limit: int = 20) -> int:
    """Invoices the fees of runs that are booked, with the handling fees charged since, and takes VAT that was still
    open. Returns how many runs it looked at. As long as the seller is not named none is issued: an invoice that names
    nobody is none, and its number would be used up. No run waits for that, and all of them are issued later."""
    if not is_named():
        _take_open()
        return 0
    # Handling fees are of no run that could be locked: two that issue at once would both find them.
    db.session.execute(_ONE_AFTER_THE_OTHER)
    done = select(InvoicedRun.run_id).where(InvoicedRun.run_id == PayRun.id)
    due = select(PayRun.id).where(PayRun.status.in_(BOOKED), ~done.exists()).order_by(PayRun.id).limit(limit)
    runs = db.session.scalars(due.with_for_update(skip_locked=True)).all()
    charges = [*_fees(runs), *_handling(db.session.scalar(select(InvoicesBegin.at)))]
    for key in sorted({(each.company_id, each.money.currency) for each in charges}, key=str):
        _invoice(key[0], [each for each in charges if (each.company_id, each.money.currency) == key])
    db.session.add_all(InvoicedRun(run_id=run_id, at=clock.now()) for run_id in runs)
    _take_open()
    return len(runs)


def is_named() -> bool:
    """Whether the settings name who sells: SETARA_SELLER_NAME and SETARA_SELLER_ADDRESS."""
    seller = current_app.config["SELLER"]
    return bool(seller.get("name") and seller.get("address"))


def waiting(seen_by: Actor) -> int:
    """How many booked runs have no invoices since the seller is not named. For operators of finance."""
    require_operator(seen_by, OperatorRole.FINANCE)
    if is_named():
        return 0
    done = select(InvoicedRun.run_id).where(InvoicedRun.run_id == PayRun.id)
    due = select(func.count()).select_from(PayRun).where(PayRun.status.in_(BOOKED), ~done.exists())
    return db.session.scalar(due) or 0


def tell(company_id: UUID, number: str | None, address: str, *, by: Actor) -> CompanyBilling:
    """The company says how it wants to be billed. Raises BadVatNumber."""
    require_company(by, company_id, Right.MONEY)
    company = db.session.get_one(Company, company_id)
    told = {
        "vat_number": None if not number else vat_number(company.country, number),
        "address": address.strip(),
        "told_at": clock.now(),
    }
    # Two who tell it for the first time at once tell it one after the other: the later word holds.
    first = insert(CompanyBilling).values(company_id=company_id, **told)
    db.session.execute(first.on_conflict_do_update(index_elements=["company_id"], set_=told))
    row = db.session.get_one(CompanyBilling, company_id, populate_existing=True)
    record("company.billing_told", company, by=by)
    return row


def credit(invoice_id: UUID, net: Money, reason: str, *, by: Actor) -> Invoice | MoneyAct:
    """Credits a part of an invoice, or all of it, with its VAT: the company has the money at once, or where it is too
    much for one operator once another agrees (TWO_PEOPLE). For operators of finance, with a reason that the company
    reads. Raises NotFound, OwnCompany, NotCreditable, ReasonMissing, WaitsAlready."""
    require_operator(by, OperatorRole.FINANCE)
    alone = two_people.tally(by)
    found, vat = _creditable(invoice_id, net, by)
    why = reason_given(reason)
    said = {"net": net.amount, "currency": net.currency, "reason": why}
    # What the company has again is more than the net of it.
    much = net if found.vat_taken_at is None else net + vat
    return alone.once(ActKind.CREDITED, found.id, much, said, lambda: _credit(found, net, vat, why, by=by), by=by)


def credit_as_said(act: MoneyAct, said: Mapping[str, Any], *, by: Actor) -> Invoice:
    """A second operator has agreed to a credit note. Raises OwnCompany, NotCreditable."""
    net = Money(said["net"], said["currency"])
    found, vat = _creditable(UUID(act.subject), net, by)
    return _credit(found, net, vat, said["reason"], by=by)


def _creditable(invoice_id: UUID, net: Money, by: Actor) -> tuple[Invoice, Money]:
    """An invoice of which so much is left, locked, and the VAT of that part."""
    found = db.session.get(Invoice, invoice_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    if by.belongs_to(found.company_id):
        raise OwnCompany
    before = select(func.coalesce(func.sum(Invoice.net_amount), 0), func.coalesce(func.sum(Invoice.vat_amount), 0))
    net_before, vat_before = db.session.execute(before.where(Invoice.of_id == found.id)).one()
    left = found.net_amount - int(net_before)
    if found.kind is not InvoiceKind.INVOICE or net.currency != found.currency or not 0 < net.amount <= left:
        raise NotCreditable(field="money", left=str(Money(max(left, 0), found.currency)))
    share = vat_on(Money(int(net_before) + net.amount, net.currency), found.vat_percent)
    return found, Money(min(share.amount, found.vat_amount) - int(vat_before), net.currency)


def _credit(found: Invoice, net: Money, vat: Money, reason: str, *, by: Actor) -> Invoice:
    made = _write(
        InvoiceKind.CREDIT_NOTE, found.company_id, net, Vat(found.treatment, found.vat_percent), vat, of=found,
        reason=reason, by=by,
    )  # fmt: skip
    db.session.add(_line(made, Charge(found.company_id, f"credit:{made.id}", "credit", net, made.issued_at.date())))
    back = available_account(found.company_id)
    moves = [Move(PLATFORM_FEES, back, net)]
    if vat and found.vat_taken_at is not None:
        moves.append(Move(VAT, back, vat))
    ledger.post(Entry(f"credit:{made.id}", moves))
    return made


# --- reads ----------------------------------------------------------------------------------------------------------


def billing(company_id: UUID, seen_by: Actor) -> CompanyBilling:
    """How a company wants to be billed; as it told when it was verified, until it says otherwise."""
    require_company(seen_by, company_id, Right.MONEY)
    return _billing(company_id)


def invoices(company_id: UUID, seen_by: Actor) -> Select[Invoice]:
    """A company's invoices and credit notes. Raises NotFound or Forbidden."""
    if not seen_by.is_operator(OperatorRole.FINANCE):
        require_company(seen_by, company_id, Right.MONEY)
    return select(Invoice).where(Invoice.company_id == company_id)


def invoice(company_id: UUID, invoice_id: UUID, seen_by: Actor) -> Invoice:
    found = db.session.scalars(invoices(company_id, seen_by).where(Invoice.id == invoice_id)).one_or_none()
    if found is None:
        raise NotFound
    return found


def everything(seen_by: Actor) -> Select[Invoice]:
    """For operators of finance."""
    require_operator(seen_by, OperatorRole.FINANCE)
    return select(Invoice)


# --- the parts ------------------------------------------------------------------------------------------------------


def _fees(runs: Collection[UUID]) -> list[Charge]:
    key = (Payslip.run_id, PayRun.through, PayLine.company_id, PayLine.currency)
    sums = (
        select(*key, func.sum(PayLine.amount).label("amount"), func.min(Payslip.pay_date).label("pay_date"))
        .join(Payslip, Payslip.id == PayLine.payslip_id)
        .join(PayRun, PayRun.id == Payslip.run_id)
        .where(Payslip.run_id.in_(runs), PayLine.payee_kind == Payee.PLATFORM, PayLine.company_id.is_not(None))
        .where(Payslip.status == PayslipStatus.ISSUED)
        .group_by(*key)
        .order_by(*key)
    )
    return [
        Charge(row.company_id, f"fees:{row.run_id}:{row.company_id}:{row.currency}", "fee",
               Money(int(row.amount), row.currency), row.pay_date, row.through)
        for row in db.session.execute(sums)
        if row.amount and row.company_id is not None
    ]  # fmt: skip


def _handling(since: datetime | None) -> list[Charge]:
    """Handling fees of overturned cuts (rule REJECT) that no invoice has yet; not those of before there were
    invoices."""
    cause = func.concat("cut:", cast(TimesheetCut.id, Text), ":handling")
    told = select(InvoiceLine.id).where(InvoiceLine.cause == JournalEntry.cause)
    found = (
        select(TimesheetCut.company_id, JournalEntry.cause, JournalEntry.at, Posting.amount, Posting.currency)
        .join(JournalEntry, JournalEntry.cause == cause)
        .join(Posting, Posting.entry_id == JournalEntry.id)
        .join(LedgerAccount, LedgerAccount.id == Posting.destination_id)
        .where(TimesheetCut.ended_because == CutEnd.RULED, LedgerAccount.name == PLATFORM_FEES, ~told.exists())
        .where(JournalEntry.at >= since if since is not None else true())
        .order_by(JournalEntry.cause)
    )
    return [
        Charge(row.company_id, row.cause, "handling", Money(row.amount, row.currency), row.at.date())
        for row in db.session.execute(found)
    ]


def _invoice(company_id: UUID, charges: Sequence[Charge]) -> None:
    net = charges[0].money
    for each in charges[1:]:
        net += each.money
    country = current_app.config["SELLER"].get("country", "")
    company = db.session.get_one(Company, company_id)
    vat = vat_of(country, company.country, _billing(company_id).vat_number, clock.now().date())
    made = _write(InvoiceKind.INVOICE, company_id, net, vat, vat_on(net, vat.percent), by=CLOCK)
    db.session.add_all(_line(made, each) for each in charges)


def _write(
    kind: InvoiceKind,
    company_id: UUID,
    net: Money,
    vat: Vat,
    on_top: Money,
    *,
    by: Actor,
    of: Invoice | None = None,
    reason: str | None = None,
) -> Invoice:
    now = clock.now()
    series = vat_rules.series_of(kind, now.date())
    made = Invoice(
        id=new_id(), kind=kind, series=series, number=_next(series), company_id=company_id,
        of_id=None if of is None else of.id, currency=net.currency, net_amount=net.amount, vat_percent=vat.percent,
        vat_amount=on_top.amount, treatment=vat.treatment, reason=reason, issued_at=now,
        seller=dict(current_app.config["SELLER"]) if of is None else of.seller,
        buyer=buyer(company_id) if of is None else of.buyer,
        vat_taken_at=now if of is not None or not on_top else None,
    )  # fmt: skip
    db.session.add(made)
    record(f"{kind}.issued", made, by=by, data={"net": str(net.decimal), "currency": net.currency})
    return made


def _next(series: str) -> int:
    row = insert(InvoiceSeries).values(series=series, last=1)
    again = {"last": InvoiceSeries.last + 1}
    counted = row.on_conflict_do_update(index_elements=["series"], set_=again).returning(InvoiceSeries.last)
    number: int = db.session.execute(counted).scalar_one()
    return number


def _line(made: Invoice, charge: Charge) -> InvoiceLine:
    return InvoiceLine(
        id=new_id(), invoice_id=made.id, cause=charge.cause, kind=charge.kind, supplied_on=charge.supplied_on,
        through=charge.through, amount=charge.money.amount, currency=charge.money.currency,
    )  # fmt: skip


def _billing(company_id: UUID) -> CompanyBilling:
    told = db.session.get(CompanyBilling, company_id)
    if told is not None:
        return told
    address = db.session.scalar(select(CompanyIdentity.address).where(CompanyIdentity.company_id == company_id))
    return CompanyBilling(company_id=company_id, vat_number=None, address=address or "", told_at=clock.now())


def buyer(company_id: UUID) -> dict[str, str | None]:
    """Who buys, as an invoice names them. The caller may see the company's money."""
    company, told = db.session.get_one(Company, company_id), _billing(company_id)
    return {
        "name": company.legal_name,
        "address": told.address,
        "country": company.country,
        "vat_number": told.vat_number,
    }


def _take_open(limit: int = 100) -> None:
    """Takes VAT that is open, the oldest first, from whoever has it by now: who lacks it holds up nobody else."""
    db.session.flush()
    name = func.concat("company:", cast(Invoice.company_id, Text), ":available")
    there = (
        select(LedgerAccount.balance)
        .where(LedgerAccount.name == name, LedgerAccount.currency == Invoice.currency)
        .correlate(Invoice)
        .scalar_subquery()
    )
    less = aliased(Invoice)
    gone = select(func.sum(less.vat_amount)).where(less.of_id == Invoice.id).correlate(Invoice).scalar_subquery()
    has_it = Invoice.vat_amount - func.coalesce(gone, 0) <= func.coalesce(there, 0)
    waiting = select(Invoice).where(Invoice.vat_taken_at.is_(None), has_it).order_by(Invoice.id).limit(limit)
    rows = db.session.scalars(waiting.with_for_update(of=Invoice, skip_locked=True)).all()
    # Both are read once more under the locks: somebody may have credited an invoice, or spent the money.
    credited = _credited(rows)
    free = ledger.hold_still({(available_account(each.company_id), each.currency) for each in rows})
    entries = []
    for each in rows:
        purse = (available_account(each.company_id), each.currency)
        due = each.vat - credited.get(each.id, Money.zero(each.currency))
        if due > free[purse]:
            continue
        free[purse] -= due
        each.vat_taken_at = clock.now()
        if due:
            entries.append(Entry(f"invoice:{each.id}:vat", [Move(purse[0], VAT, due)]))
    ledger.post_many(entries)


def _credited(invoices: Sequence[Invoice]) -> dict[UUID, Money]:
    """The VAT of credit notes, by the invoice that they credit."""
    sums = select(Invoice.of_id, Invoice.currency, func.sum(Invoice.vat_amount).label("amount"))
    rows = db.session.execute(
        sums.where(Invoice.of_id.in_([each.id for each in invoices])).group_by(Invoice.of_id, Invoice.currency)
    )
    return {row.of_id: Money(int(row.amount), row.currency) for row in rows if row.of_id is not None}
