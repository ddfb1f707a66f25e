"""The books prove themselves: independent ways to the same number, compared. Reads only, and looks at everything."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, Text, and_, case, cast, func, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute as Column
from sqlalchemy.orm import aliased

from marketplace.accounts.rules import Actor, OperatorRole, require_operator
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.gigs.models import Gig, GigFunding
from marketplace.gigs.rules import FundingKind
from marketplace.ledger import queries as books
from marketplace.ledger.models import LedgerAccount, Posting
from marketplace.pay.bonuses.models import Bonus
from marketplace.pay.bonuses.rules import BonusStatus
from marketplace.pay.by_hand import proof as hand_proof
from marketplace.pay.models import PayLine, PaymentOp, Payslip, SandboxCall
from marketplace.pay.rules import SANDBOX, OpKind, OpStatus, PayslipStatus
from marketplace.pay.runs import benefit_proof, bonuses, rail_fees, so_far, trials, weeks, works
from marketplace.pay.runs.lines import owed
from marketplace.pay.runs.reasons import TimeAtTest, Work
from marketplace.pay.seals import proofs as seal_proofs
from marketplace.pay.taxes import proof as tax_proof
from marketplace.pay.taxes.models import Withholding
from marketplace.qualifications.models import Attempt, Qualification, TestFunding
from marketplace.qualifications.rules import FundingKind as TestFunds
from marketplace.shifts.guarantee_models import Guarantee
from marketplace.shifts.models import Booking
from marketplace.standards.line_kinds import OWN_BENEFITS


@dataclass(frozen=True, slots=True)
class Check:
    """One sentence that must be true of the books, how many things it was tried on, and where it is not true. What is
    tried on a part of them `in_turn` is tried on others, and on more or fewer, each time."""

    name: str
    sentence: str
    examined: int
    wrong: list[str] = field(default_factory=list)
    in_turn: bool = False

    @property
    def holds(self) -> bool:
        return not self.wrong


def prove() -> list[Check]:
    """Every check, in one order always. Each is right by itself, also while others work; that all tell of one moment
    takes a `snapshot()`."""
    return [check() for check in CHECKS]


def prove_to(seen_by: Actor) -> list[Check]:
    """`prove()` for an operator of finance."""
    require_operator(seen_by, OperatorRole.FINANCE)
    return prove()


def currencies_balance() -> Check:
    sums = books.sums_by_currency()
    wrong = [f"{code}: {Money(amount, code)}" for code, amount in sums.items() if amount]
    return Check("currencies_balance", "Every currency adds up to zero over all accounts.", len(sums), wrong)


def balances_are_sums() -> Check:
    kept = select(func.count(LedgerAccount.id)).where(LedgerAccount.balance.is_not(None))
    wrong = [f"{name} keeps {balance} {code}, has {real}" for name, code, balance, real in books.wrong_balances()]
    sentence = "Every kept balance is the sum of its postings."
    return Check("balances_are_sums", sentence, db.session.scalar(kept) or 0, wrong)


def held_covers_owed() -> Check:
    """Money for work is there before the work: what is owed until now never exceeds what is held for it. Time that the
    company has cut is owed as long as the cut is not settled."""
    # Holds are read before the work: a booking that is paid in between has left the work, and is no false alarm.
    of_work = or_(
        *(
            LedgerAccount.name.like(f"{root}:%:hold")
            for root in ("booking", "attempt", "guarantee", "rail_fee", "bonus")
        )
    )
    holds = select(LedgerAccount).where(of_work, LedgerAccount.balance > 0)
    held = {(hold.name, hold.currency): hold.balance or 0 for hold in db.session.scalars(holds)}
    found = so_far.not_yet_paid(clock.now())
    paid = works.issued([work.booking_id for work in found])
    tests = trials.not_yet_paid(clock.now())
    dues, wrong = [*weeks.not_yet_paid(), *rail_fees.not_yet_paid(), *bonuses.not_yet_paid()], []
    every: list[Work | TimeAtTest] = [*found, *tests]
    for each in every:
        try:
            dues.append((each.hold, _owed(each, paid)))
        except Exception as fault:
            # One price that cannot be told keeps no other from being looked at.
            wrong.append(f"{each.hold}: what is owed cannot be reckoned ({type(fault).__name__})")
    examined = len(dues) + len(wrong)
    for hold, due in dues:
        there = Money(held.get((hold, due.currency), 0), due.currency)
        if there < due:
            wrong.append(f"{hold}: owed {due}, held {there}")
    sentence = "What every booking, test, guaranteed week and bonus owes until now is held for it."
    return Check("held_covers_owed", sentence, examined, wrong)


def _owed(each: Work | TimeAtTest, paid: Mapping[UUID, Money]) -> Money:
    if isinstance(each, TimeAtTest):
        return trials.owed(each)
    return owed(each) - paid.get(each.booking_id, Money.zero(each.rate.currency))


def gigs_add_up() -> Check:
    """Put in less taken back is still in the gig's hold, in its bookings' holds, or was paid. What the service has
    advanced is in it; that a company pays it back is between the two."""
    came = {FundingKind.FUNDED: GigFunding.amount, FundingKind.ADVANCED: GigFunding.amount}
    signed = case(came | {FundingKind.RETURNED: -GigFunding.amount}, value=GigFunding.kind, else_=0)
    own = func.concat("gig:", cast(Gig.id, Text), ":hold") == LedgerAccount.name
    booked = func.concat("booking:", cast(Booking.id, Text), ":hold") == LedgerAccount.name
    parts: CompoundSelect[Any] = union_all(
        select(GigFunding.gig_id, GigFunding.currency, signed.label("amount")),
        select(Gig.id, LedgerAccount.currency, -LedgerAccount.balance).join(LedgerAccount, own),
        select(Booking.gig_id, LedgerAccount.currency, -LedgerAccount.balance).join(LedgerAccount, booked),
        _issued_lines(PayLine.gig_id, PayLine.currency, -PayLine.amount).where(
            # A bonus is for work on a gig, and none of the gig's money.
            PayLine.kind.not_in(OWN_BENEFITS),
            PayLine.gig_id.is_not(None),
            PayLine.bonus_id.is_(None),
        ),
    )
    sentence = "What was put into every gig is in its hold, in its bookings' holds, or was paid."
    return _adds_up("gigs_add_up", sentence, "gig", parts)


def tests_add_up() -> Check:
    """As `gigs_add_up`, of the tests of companies: the service's own are paid out of its pocket."""
    signed = case((TestFunding.kind == TestFunds.FUNDED, TestFunding.amount), else_=-TestFunding.amount)
    fund = func.concat("qualification:", cast(Qualification.id, Text), ":hold") == LedgerAccount.name
    held = func.concat("attempt:", cast(Attempt.id, Text), ":hold") == LedgerAccount.name
    owned = Attempt.company_id.is_not(None)
    paid = _issued_lines(Attempt.qualification_id, PayLine.currency, -PayLine.amount)
    parts: CompoundSelect[Any] = union_all(
        select(TestFunding.qualification_id, TestFunding.currency, signed.label("amount")),
        select(Qualification.id, LedgerAccount.currency, -LedgerAccount.balance).join(LedgerAccount, fund),
        select(Attempt.qualification_id, LedgerAccount.currency, -LedgerAccount.balance)
        .join(LedgerAccount, held)
        .where(owned),
        paid.join(Attempt, Attempt.id == PayLine.attempt_id).where(owned),
    )
    sentence = "What was set aside for every test is still there, with its attempts, or was paid."
    return _adds_up("tests_add_up", sentence, "qualification", parts)


def guarantees_add_up() -> Check:
    held = func.concat("guarantee:", cast(Guarantee.id, Text), ":hold") == LedgerAccount.name
    parts: CompoundSelect[Any] = union_all(
        select(Guarantee.id, Guarantee.currency, Guarantee.held_amount.label("amount")),
        select(Guarantee.id, LedgerAccount.currency, -LedgerAccount.balance).join(LedgerAccount, held),
        _issued_lines(PayLine.guarantee_id, PayLine.currency, -PayLine.amount).where(PayLine.guarantee_id.is_not(None)),
    )
    sentence = "What was held for every week of guaranteed hours is still there, or was paid."
    return _adds_up("guarantees_add_up", sentence, "guarantee", parts)


def bonuses_add_up() -> Check:
    """What was set aside for a bonus is still there, also while it waits for a second person, or was paid; of one that
    was taken back nothing is left."""
    set_aside = case((Bonus.status == BonusStatus.WITHDRAWN, 0), else_=Bonus.held_amount)
    held = func.concat("bonus:", cast(Bonus.id, Text), ":hold") == LedgerAccount.name
    parts: CompoundSelect[Any] = union_all(
        select(Bonus.id, Bonus.currency, set_aside.label("amount")),
        select(Bonus.id, LedgerAccount.currency, -LedgerAccount.balance).join(LedgerAccount, held),
        _issued_lines(PayLine.bonus_id, PayLine.currency, -PayLine.amount).where(PayLine.bonus_id.is_not(None)),
    )
    sentence = "What was held for every bonus is still there, was paid, or went back before it was owed."
    return _adds_up("bonuses_add_up", sentence, "bonus", parts)


def _adds_up(name: str, sentence: str, about: str, parts: CompoundSelect[Any]) -> Check:
    """Whether what came in is there or was paid: `parts`, which are (id, currency, amount), leave nothing of any."""
    each = parts.subquery()
    whose, currency, amount = each.c
    sums = select(whose.label("id"), currency.label("currency"), func.sum(amount).label("amount"))
    rows = db.session.execute(sums.group_by(whose, currency)).all()
    wrong = [f"{about}:{row.id}: {Money(int(row.amount), row.currency)} is missing" for row in rows if row.amount]
    return Check(name, sentence, len(rows), wrong)


def payslips_equal_postings() -> Check:
    """Three ways to one sum: the payslip's totals, its lines, and the postings of its entry."""
    own = PayLine.kind.in_(OWN_BENEFITS)
    lines = _totals(PayLine.payslip_id, PayLine.amount, PayLine.payee, own, select(PayLine)).subquery()
    payer = aliased(LedgerAccount)
    postings = _totals(
        Posting.entry_id,
        Posting.amount,
        LedgerAccount.name,
        payer.name.like("benefit:%"),
        select(Posting)
        .join(LedgerAccount, LedgerAccount.id == Posting.destination_id)
        .join(payer, payer.id == Posting.source_id),
    ).subquery()
    found = (
        select(Payslip, lines.c.net.label("l_net"), lines.c.benefits.label("l_benefits"), lines.c.cost.label("l_cost"))
        .add_columns(postings.c.net.label("p_net"), postings.c.benefits.label("p_benefits"))
        .add_columns(postings.c.cost.label("p_cost"))
        .outerjoin(lines, lines.c.key == Payslip.id)
        .outerjoin(postings, postings.c.key == Payslip.entry_id)
        .where(Payslip.status == PayslipStatus.ISSUED)
    )
    rows = db.session.execute(found).all()
    wrong = []
    for row in rows:
        slip = row.Payslip
        told = (slip.net_amount, slip.benefits_amount, slip.cost_amount)
        listed = (int(row.l_net or 0), int(row.l_benefits or 0), int(row.l_cost or 0))
        booked = (int(row.p_net or 0), int(row.p_benefits or 0), int(row.p_cost or 0))
        if not told == listed == booked:
            wrong.append(f"payslip:{slip.id}: says {told}, lists {listed}, booked {booked}")
    sentence = "Every payslip's totals are its lines' and its postings'."
    return Check("payslips_equal_postings", sentence, len(rows), wrong)


def benefits_equal_accruals() -> Check:
    examined, wrong = benefit_proof.accruals()
    sentence = "Every benefit on a payslip stands in the benefit ledger, and its money in an account."
    return Check("benefits_equal_accruals", sentence, examined, wrong)


def leave_is_there() -> Check:
    examined, wrong = benefit_proof.leave_taken()
    sentence = "Leave that was taken was there, with its money."
    return Check("leave_is_there", sentence, examined, wrong)


def benefits_move_whole() -> Check:
    examined, wrong = benefit_proof.moves()
    sentence = "What leaves a benefit is paid out or sent, to the minor unit."
    return Check("benefits_move_whole", sentence, examined, wrong)


def nobody_is_paid_twice() -> Check:
    """What a person was ever owed is still payable, on its way, or was paid: once."""
    ours = func.concat("contractor:", cast(Payslip.contractor_id, Text))
    standing = LedgerAccount.name.like("contractor:%:payable") | LedgerAccount.name.like("contractor:%:in_flight")
    paid = select(
        func.concat("contractor:", cast(PaymentOp.contractor_id, Text)), PaymentOp.currency, -PaymentOp.amount
    )
    parts = union_all(
        select(
            ours.label("who"), Payslip.currency, (Payslip.net_amount - Payslip.withheld_amount).label("amount")
        ).where(Payslip.status == PayslipStatus.ISSUED),
        select(
            func.concat("contractor:", cast(Withholding.contractor_id, Text)), Withholding.currency, -Withholding.amount
        ).where(Withholding.payslip_id.is_(None)),
        select(
            func.concat("contractor:", func.split_part(LedgerAccount.name, ":", 2)),
            LedgerAccount.currency,
            -LedgerAccount.balance,
        ).where(standing),
        paid.where(PaymentOp.kind == OpKind.PAYOUT, PaymentOp.status == OpStatus.DONE),
    ).subquery()
    sums = select(parts.c.who, parts.c.currency, func.sum(parts.c.amount).label("amount"))
    rows = db.session.execute(sums.group_by(parts.c.who, parts.c.currency)).all()
    wrong = [f"{r.who}: {Money(int(-r.amount), r.currency)} too much" for r in rows if r.amount]
    sentence = "Everybody's pay is payable, on its way, or paid: once."
    return Check("nobody_is_paid_twice", sentence, len(rows), wrong)


def taxes_add_up() -> Check:
    examined, wrong = tax_proof.differences()
    sentence = "What was withheld is on its payslip, and is still there or was paid to the authority."
    return Check("taxes_add_up", sentence, examined, wrong)


def rails_agree() -> Check:
    """Each payment that is done happened outside with its amount, and nothing happened outside that was not ordered."""
    undone = (OpStatus.SENT, OpStatus.UNKNOWN, OpStatus.PARKED, OpStatus.WAITING)
    happened = (OpStatus.DONE, OpStatus.REVERSED)
    agree = or_(
        and_(
            PaymentOp.status.in_(happened),
            PaymentOp.external_id == SandboxCall.external_id,
            PaymentOp.amount == SandboxCall.amount,
            PaymentOp.currency == SandboxCall.currency,
        ),
        # It happened, and the answer is still being looked for.
        and_(PaymentOp.status.in_(undone), SandboxCall.external_id.is_not(None)),
    )
    both = PaymentOp.idempotency_key == SandboxCall.key
    found = select(func.coalesce(PaymentOp.idempotency_key, SandboxCall.key).label("key"), agree.label("agree"))
    is_paid = or_(SandboxCall.invoice_due_at.is_(None), SandboxCall.invoice_paid_at.is_not(None))
    outside = and_(SandboxCall.external_id.is_not(None), is_paid)
    done = and_(PaymentOp.rail == SANDBOX, PaymentOp.status.in_(happened))
    joined = found.select_from(PaymentOp).join(SandboxCall, both, full=True).where(or_(outside, done))
    rows = db.session.execute(joined).all()
    wrong = [f"{row.key}: the rail and the books differ" for row in rows if not row.agree]
    return Check("rails_agree", "What was paid is what the rail did.", len(rows), wrong)


def hands_agree() -> Check:
    examined, wrong = hand_proof.differences()
    sentence = "What people have marked, and what is parked or under way, stands in the books with its sums."
    return Check("hands_agree", sentence, examined, wrong)


def seals_hold() -> Check:
    """Every seal follows from the one before it, and the books still say what was sealed: the newest entries each time,
    the others in turn."""
    looked, wrong = seal_proofs.broken(turn=int(clock.machine_time().timestamp()) // 300)
    return Check("seals_hold", "What was sealed of the books stands in them unchanged.", looked, wrong, in_turn=True)


CHECKS: tuple[Callable[[], Check], ...] = (
    currencies_balance,
    balances_are_sums,
    held_covers_owed,
    gigs_add_up,
    tests_add_up,
    guarantees_add_up,
    bonuses_add_up,
    payslips_equal_postings,
    benefits_equal_accruals,
    leave_is_there,
    benefits_move_whole,
    nobody_is_paid_twice,
    taxes_add_up,
    rails_agree,
    hands_agree,
    seals_hold,
)


def _issued_lines(*columns: Any) -> Select[Any]:
    issued = select(*columns).join(Payslip, Payslip.id == PayLine.payslip_id)
    return issued.where(Payslip.status == PayslipStatus.ISSUED)


def _totals(
    key: Column[Any], amount: Column[int], name: Column[str], own: ColumnElement[bool], found: Select[Any]
) -> Select[Any]:
    """The sums of net pay, of benefits and of what companies pay, by key; the account's name says which is which, and
    `own` what came from the person's own benefits."""
    net = func.coalesce(func.sum(amount).filter(name.like("contractor:%")), 0)
    benefits = func.coalesce(func.sum(amount).filter(name.like("benefit:%")), 0)
    cost = func.coalesce(func.sum(amount).filter(~own), 0).label("cost")
    columns = [key.label("key"), net.label("net"), benefits.label("benefits"), cost]
    return found.with_only_columns(*columns, maintain_column_froms=True).group_by(key)
