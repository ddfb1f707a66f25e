"""What they earned, and what became of it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from marketplace.contracts.rules import BenefitKind
from marketplace.insight.sections.section import EMPTIED, STAYS, Section, Told, own, table_of, through
from marketplace.ledger.models import JournalEntry, LedgerAccount, Posting
from marketplace.pay.bonuses.models import Bonus
from marketplace.pay.by_hand.models import PaymentFinding
from marketplace.pay.contests.models import PayoutContest
from marketplace.pay.methods.models import PayoutMethod
from marketplace.pay.models import PayLine, PaymentOp, Payslip
from marketplace.pay.rails.models import RailAccount, RailPayout
from marketplace.pay.taxes.models import TaxDeclaration, Withholding
from marketplace.pay.taxes.year_models import YearStatement
from marketplace.standards.act_models import MoneyAct


def own_accounts(person_id: UUID) -> list[str]:
    """The accounts of the ledger that are theirs: what they earned, and what is kept for them."""
    earned = [f"contractor:{person_id}:{each}" for each in ("payable", "in_flight")]
    return earned + [f"benefit:{person_id}:{each}" for each in ("health", "outgoing", *BenefitKind)]


def _postings(person_id: UUID) -> Told:
    """Every movement of their money. The accounts that are theirs carry their id."""
    source, destination = aliased(LedgerAccount), aliased(LedgerAccount)
    theirs = select(LedgerAccount.id).where(LedgerAccount.name.in_(own_accounts(person_id)))
    return (
        select(
            Posting.id,
            JournalEntry.at,
            JournalEntry.cause,
            source.name.label("source"),
            destination.name.label("destination"),
            Posting.amount,
            Posting.currency,
        )
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .join(source, source.id == Posting.source_id)
        .join(destination, destination.id == Posting.destination_id)
        .where(Posting.source_id.in_(theirs) | Posting.destination_id.in_(theirs))
        .order_by(Posting.id)
    )


PAY: tuple[Section, ...] = (
    own("payslips", "pay", "Your payslips", STAYS, Payslip.contractor_id),
    own("pay_lines", "pay", "Their lines", STAYS, PayLine.contractor_id),
    own(
        "bonuses",
        "pay",
        "Bonuses that companies wrote down for you, also what was not owed in the end",
        EMPTIED,
        Bonus.contractor_id,
        without=("written_by", "answered_by"),
        empties=("reason", "withdrawal"),
    ),
    own(
        "payouts",
        "pay",
        "Payouts to you",
        EMPTIED,
        PaymentOp.contractor_id,
        without=("idempotency_key",),
        empties=("reason", "why"),
    ),
    own(
        "tax_declarations",
        "pay",
        "Where you paid taxes, as you declared it",
        EMPTIED,
        TaxDeclaration.contractor_id,
        without=("sealed_number",),
        empties=("last_digits",),
    ),
    own(
        "withholdings",
        "pay",
        "Tax that was withheld from your pay",
        EMPTIED,
        Withholding.contractor_id,
        empties=("reason",),
    ),
    own("year_statements", "pay", "What you were told of each year", STAYS, YearStatement.contractor_id),
    own(
        "payout_methods",
        "pay",
        "Where you are paid, and were",
        EMPTIED,
        PayoutMethod.contractor_id,
        without=("sealed", "name_decided_by"),
        empties=("name_reason",),
    ),
    through(
        "payment_findings",
        "pay",
        "What people found out of payouts to you",
        EMPTIED,
        PaymentFinding.payment_op_id,
        PaymentOp.contractor_id,
        empties=("reason",),
    ),
    own(
        "payout_contests",
        "pay",
        "What you contested of payouts to you",
        EMPTIED,
        PayoutContest.contractor_id,
        empties=("told", "words", "answer"),
    ),
    own("rail_accounts", "pay", "Your accounts at a payment rail", STAYS, RailAccount.contractor_id),
    own("bank_payouts", "pay", "What went from there to your bank", STAYS, RailPayout.contractor_id),
    own(
        "money_acts",
        "standards",
        "What operators did with money of yours by hand",
        STAYS,
        MoneyAct.contractor_id,
        without=("said", "subject", "done_by", "answered_by"),
    ),
    Section("postings", "ledger", "Every movement of your money", STAYS, _postings, frozenset(), table_of(Posting.id)),
)
