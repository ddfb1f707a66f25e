"""Jobs of money: pay runs and payments, what is made good of them, invoices, statements and benefits."""

from uuid import UUID

from jobs.runner import in_batches, job
from marketplace.accounts.rules import CLOCK
from marketplace.contracts import expiry
from marketplace.core.db import transaction
from marketplace.pay import service as pay
from marketplace.pay.invoices import invoicing
from marketplace.pay.rails import payments
from marketplace.pay.runs import pay_day, rail_fees
from marketplace.pay.runs import service as runs
from marketplace.pay.taxes import years as tax_years
from marketplace.shifts import guarantees


@job("pay.run", again=False)
def start_pay_run() -> None:
    with transaction():
        pay_day.start_due_runs(by=CLOCK)


@job(pay.ADVANCE_RUN)
def advance_pay_run(run_id: str) -> None:
    runs.finish_run(UUID(run_id))


@job("pay.advance_runs", again=False)
def advance_pay_runs() -> None:
    """Takes up the runs whose payouts have settled since, and those that a crash left."""
    runs.finish_runs()


@job(pay.ADVANCE_RAIL)
def advance_rail() -> None:
    payments.advance_ops()


@job("rail.advance_due", again=False)
def advance_due_payments() -> None:
    """Asks again about payments that had no answer."""
    payments.advance_ops()


@job("guarantees.reckon", again=False)
def reckon_guarantees() -> None:
    in_batches(guarantees.reckon_due)


@job("guarantees.recover", again=False)
def recover_guarantees() -> None:
    """One look: what is short of money now may stay so, and the next look comes soon."""
    with transaction():
        guarantees.recover_due(200)


@job("rail.owe_fees", again=False)
def owe_rail_fees() -> None:
    in_batches(rail_fees.owe_due)


@job("rail.recover_fees", again=False)
def recover_rail_fees() -> None:
    """One look, as with guaranteed hours."""
    with transaction():
        rail_fees.recover_due(200)


@job("pay.invoice", again=False)
def invoice_companies() -> None:
    """One look: VAT that a company lacks the money for may stay open, and the next look comes soon."""
    with transaction():
        invoicing.issue_due()


@job("taxes.issue_years", again=False)
def issue_year_statements() -> None:
    in_batches(tax_years.issue_due)


@job("benefits.tell", again=False)
def tell_of_expiry() -> None:
    in_batches(expiry.tell_due)


@job("benefits.expire", again=False)
def expire_benefits() -> None:
    in_batches(expiry.expire_due)
