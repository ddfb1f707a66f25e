"""Jobs at a real rail: people's accounts there, what it tells us, and its balance beside the books.

Where no rail has a key, they have nothing to do.
"""

from uuid import UUID

import structlog
from flask import current_app

from jobs.runner import in_batches, job
from marketplace.core.db import transaction
from marketplace.core.money import BadMoney
from marketplace.pay.rails import accounts as rail_accounts
from marketplace.pay.rails import chargebacks, deposit_invoices, landing, payments, reconciling, stripe_rules
from marketplace.pay.rails import inbox as rail_inbox
from marketplace.pay.rails.stripe_answers import NotAllowed, Unreachable
from marketplace.pay.rails.stripe_rules import NotCarried
from marketplace.pay.rules import UnknownRail

log = structlog.get_logger()
NOT_READ = (Unreachable, NotAllowed, UnknownRail, NotCarried, BadMoney)
"""Why one thing at a rail could not be read, which keeps no other waiting."""


def _is_configured() -> bool:
    return bool(current_app.config["STRIPE_KEY"])


@job(rail_accounts.OPEN_ACCOUNT)
def open_account(account_id: str) -> None:
    if _is_configured():
        rail_accounts.open_asked(UUID(account_id))


@job(rail_inbox.HANDLE)
def handle_calls() -> None:
    if _is_configured():
        rail_inbox.handle_due()


@job("rail.handle_waiting", again=False)
def handle_waiting_calls() -> None:
    """Answers again what could not be answered at once."""
    if _is_configured():
        rail_inbox.handle_due()


@job(rail_inbox.RECONCILE)
def reconcile() -> None:
    if _is_configured():
        reconciling.reconcile()


@job("rail.reconcile_due", again=False)
def reconcile_due() -> None:
    """Compares what moved at the rail with the books, also where it told nothing."""
    if _is_configured():
        reconciling.reconcile()


@job("rail.look_at_accounts", again=False)
def look_at_accounts() -> None:
    """Reads people's accounts again, one after the other. One that cannot be read stands in nobody's way."""
    if not _is_configured():
        return
    with transaction():
        due = rail_accounts.due_to_be_looked_at()
    for external_id in due:
        try:
            rail_accounts.look(external_id)
        except NotAllowed:
            continue  # It is written down beside the account.
        except Exception:
            log.exception("rail_account", account=external_id)


@job("rail.look_at_sandbox", again=False)
def look_at_sandbox() -> None:
    """Has the sandbox's banks take back, give back and send back what its levers say."""
    in_batches(chargebacks.look_at_sandbox)
    in_batches(landing.look_at_sandbox)


@job("chargebacks.remind", again=False)
def remind_of_deadlines() -> None:
    """Reminds of the deadlines of banks, after it has been read again whether they were moved. Of one that cannot be
    read people are reminded as it was told last: it stands in nobody's way."""
    with transaction():
        due = chargebacks.due_to_remind()
    for rail, name in due:
        if rail in stripe_rules.NAMES:
            _read_again(name)
    in_batches(chargebacks.remind_due)


@job("deposits.remind", again=False)
def remind_of_invoices() -> None:
    """Reminds companies of invoices for deposits that are overdue, after each was read again, as far as that can be."""
    with transaction():
        due = deposit_invoices.due_to_remind()
    for op_id in due:
        try:
            payments.look_again(op_id)
        except Exception:
            log.exception("deposit_invoice", payment=str(op_id))
    in_batches(deposit_invoices.remind_due)


@job("deposits.read_parts", again=False)
def read_parts_of_invoices() -> None:
    """Asks by which payments deposits by invoice have come that were done before anybody wrote that down: what goes
    back of them goes back by these."""
    if not _is_configured():
        return
    with transaction():
        unread = deposit_invoices.unread()
    for op_id in unread:
        try:
            payments.read_parts(op_id)
        except Exception:
            log.exception("deposit_invoice", payment=str(op_id))


def _read_again(name: str) -> None:
    try:
        rail_inbox.look_at_dispute(name)
    except NOT_READ:
        log.exception("dispute", dispute=name)
