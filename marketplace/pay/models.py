"""Payments with the world outside, pay runs with their lines and payslips, and what the sandbox remembers."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import (
    CHAR,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Base, CurrencyCode, Id, Instant, Json, JsonMaybe, JsonRows, Minor, choice
from marketplace.core.events import Subject
from marketplace.core.lifecycle import Stateful
from marketplace.core.money import Money
from marketplace.pay import rules
from marketplace.pay.rules import LeverEffect, OpKind, OpStatus, PayslipStatus, RunStatus
from marketplace.shifts.hazard_models import BackPay
from marketplace.shifts.timesheet_models import TimesheetCut
from marketplace.standards.line_kinds import LineKind, Payee
from marketplace.workforce.pay_scope import PayScope


class PayRun(Stateful):
    """One pass from approved timesheets to payouts: of one company, of one person who asked for it (INSTANT_PAY), of a
    pay group, or of all."""

    __tablename__ = "pay_run"
    __table_args__ = (
        CheckConstraint("num_nonnulls(company_id, contractor_id, group_id) <= 1", name="of_one_scope"),
        CheckConstraint("(group_id IS NULL) = (countries IS NULL)", name="group_has_countries"),
        CheckConstraint(
            "all_but = '{}' OR num_nonnulls(company_id, contractor_id, group_id) = 0", name="all_but_of_all"
        ),
        CheckConstraint("parted_from_id IS NOT NULL OR num_nonnulls(things, try_at) = 0", name="waits_alone"),
        Index("ix_pay_run_contractor_id_id", "contractor_id", "id", postgresql_where=text("contractor_id IS NOT NULL")),
        Index("ix_pay_run_try_at", "try_at", postgresql_where=text("try_at IS NOT NULL")),
        Index("ix_pay_run_set_aside", "id", postgresql_where=text("things IS NOT NULL AND status = 'started'")),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"pay_run": "id", "company": "company_id", "contractor": "contractor_id"}
    )
    transitions: ClassVar = rules.RUN_TRANSITIONS

    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("company.id"), index=True)
    contractor_id: Mapped[UUID | None] = mapped_column(ForeignKey("contractor.id"))
    group_id: Mapped[UUID | None] = mapped_column(ForeignKey("pay_group.id"), index=True)
    countries: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    """Of a pay group, those that it had when the run began; the run keeps them."""
    all_but: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    """Countries of pay groups, which a run of everybody else that the clock begins leaves to them."""
    through: Mapped[date]
    """Timesheets of weeks that began on this day or earlier are paid."""
    rail: Mapped[str] = mapped_column(Text)
    started_at: Mapped[Instant]
    parted_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("pay_run.id"))
    """The run that reckoned its one payslip and could not book it, or could not reckon its things: they wait here
    alone, and keep nobody waiting."""
    things: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    """What could not be reckoned with the others of that run: until this one has, no other takes them."""
    try_at: Mapped[Instant | None]
    """From when on a run that waits alone is tried again."""
    begun_to: Mapped[UUID | None]
    """The payouts of all payslips up to this one are begun: a piece of a long run looks for the next ones behind it."""
    lines: Mapped[int] = mapped_column(default=0)
    """How many pay lines its payslips have, and of how many timesheets: counted as it goes, since a page that shows how
    far it is would else count a million of them."""
    timesheets: Mapped[int] = mapped_column(default=0)
    timesheets_due: Mapped[int | None]
    """How many timesheets waited for it when it began."""
    paid_for: Mapped[Json] = mapped_column(default=dict)
    """How many things of each kind it pays for, by currency, as `runs.counts` counts them; counted as it goes too."""
    status: Mapped[RunStatus] = mapped_column(choice(RunStatus, "status"))

    @property
    def scope(self) -> PayScope:
        return PayScope(self.through, self.company_id, self.contractor_id, self.countries, self.all_but, self.things)


class Payslip(Stateful):
    """What one person is paid by one run in one currency. Sums of its lines, kept so that they can be proved."""

    __tablename__ = "payslip"
    __table_args__ = (
        UniqueConstraint("run_id", "contractor_id", "currency"),
        Index("ix_payslip_run_id_id", "run_id", "id"),
        Index("ix_payslip_frozen", "run_id", "id", postgresql_where=text("status = 'frozen'")),
        CheckConstraint("net_amount >= 0 AND benefits_amount >= 0 AND cost_amount >= 0", name="no_negative_sums"),
        CheckConstraint("leave_amount BETWEEN 0 AND net_amount", name="leave_is_paid_out"),
        CheckConstraint("withheld_amount <= net_amount", name="withheld_of_pay"),
        CheckConstraint("status <> 'issued' OR (issued_at IS NOT NULL AND pay_date IS NOT NULL)", name="issued_when"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"payslip": "id", "contractor": "contractor_id", "pay_run": "run_id"}
    )
    transitions: ClassVar = rules.PAYSLIP_TRANSITIONS

    run_id: Mapped[UUID] = mapped_column(ForeignKey("pay_run.id"))
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"), index=True)
    currency: Mapped[CurrencyCode]
    net_amount: Mapped[Minor]
    """What is paid out to the person."""
    benefits_amount: Mapped[Minor]
    """What is set aside for the person."""
    leave_amount: Mapped[Minor] = mapped_column(default=0)
    """What of the net pay came from the person's own benefits: leave that was taken, benefits that are paid out."""
    withheld_amount: Mapped[Minor] = mapped_column(default=0, server_default=text("0"))
    """What of the net pay goes to a tax authority in the person's name; below zero where more is given back."""
    cost_amount: Mapped[Minor]
    """What the companies pay for it altogether: net pay but for what was the person's own, benefits, fees, margins."""
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("journal_entry.id"))
    issued_at: Mapped[Instant | None]
    pay_date: Mapped[date | None]
    status: Mapped[PayslipStatus] = mapped_column(choice(PayslipStatus, "status"))

    @property
    def net(self) -> Money:
        return Money(self.net_amount, self.currency)

    @property
    def withheld(self) -> Money:
        return Money(self.withheld_amount, self.currency)

    @property
    def due(self) -> Money:
        """What is sent to the person: the net pay without the tax that is withheld."""
        return self.net - self.withheld

    @property
    def benefits(self) -> Money:
        return Money(self.benefits_amount, self.currency)

    @property
    def leave(self) -> Money:
        return Money(self.leave_amount, self.currency)

    @property
    def cost(self) -> Money:
        return Money(self.cost_amount, self.currency)


class PayLine(Base):
    """One reason to pay: so much time, by that rule, under that contract, from this account to that.

    It pays a booking, a week whose guaranteed hours were not offered, or a bonus, under its contract; or the time of an
    attempt at a test, a benefit of the person's own, or what a rail kept of an earlier payout, which need none. `cause`
    names the piece that it pays, once and for ever: a second run that meets the same work is refused by the database. A
    correction is a line of its own, under a cause of its own.
    """

    __tablename__ = "pay_line"
    __table_args__ = (
        UniqueConstraint("cause"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("seconds >= 0", name="seconds_not_negative"),
        CheckConstraint("(kind = 'piece') = (pieces IS NOT NULL)", name="a_line_of_pieces_counts_them"),
        CheckConstraint("pieces >= 0", name="pieces_not_negative"),
        CheckConstraint(
            "(kind IN ('holiday_premium', 'rest_day_premium')) = (premium_days IS NOT NULL)",
            name="a_premium_of_days_names_them",
        ),
        CheckConstraint("night_law IS NULL OR kind = 'night_premium'", name="a_night_has_a_law"),
        CheckConstraint("floor IS NULL OR kind = 'top_up'", name="a_top_up_has_a_floor"),
        CheckConstraint("amount > 0 OR seconds > 0 OR pieces > 0", name="worth_something"),
        CheckConstraint(
            "num_nonnulls(gig_id, booking_id, timesheet_id) = CASE WHEN bonus_id IS NOT NULL THEN 1"
            " WHEN attempt_id IS NULL AND cash_out_id IS NULL"
            " AND guarantee_id IS NULL AND rail_fee_id IS NULL THEN 3 ELSE 0 END"
            " AND num_nonnulls(contract_id, contract_version_id, contract_version, engagement_type) ="
            " CASE WHEN attempt_id IS NULL AND cash_out_id IS NULL AND rail_fee_id IS NULL THEN 4 ELSE 0 END",
            name="of_work_or_of_a_test",
        ),
        CheckConstraint(
            "CASE WHEN cash_out_id IS NULL THEN company_id IS NOT NULL OR num_nonnulls(attempt_id, rail_fee_id) = 1"
            " ELSE company_id IS NULL AND attempt_id IS NULL END",
            name="has_a_payer",
        ),
        CheckConstraint("(kind = 'benefit_cash_out') = (cash_out_id IS NOT NULL)", name="cash_out_has_its_line"),
        CheckConstraint("(kind = 'rail_fee') = (rail_fee_id IS NOT NULL)", name="rail_fee_has_its_line"),
        CheckConstraint(
            "bonus_id IS NULL OR gig_id IS NOT NULL AND kind IN ('bonus', 'health_contribution')", name="bonus_of_a_gig"
        ),
        CheckConstraint("kind <> 'bonus' OR bonus_id IS NOT NULL", name="bonus_has_its_line"),
        Index(
            "ix_pay_line_not_of_work",
            "payslip_id",
            postgresql_where=text("attempt_id IS NOT NULL OR kind IN ('sick_leave', 'benefit_cash_out')"),
        ),
        Index("ix_pay_line_accrued", "contractor_id", "began_at", postgresql_where=text("kind = 'sick_accrual'")),
        *(
            Index(f"ix_pay_line_{rare}", rare, postgresql_where=text(f"{rare} IS NOT NULL"))
            for rare in ("attempt_id", "cash_out_id", "guarantee_id", "rail_fee_id", "bonus_id")
        ),
    )

    id: Mapped[Id]
    run_id: Mapped[UUID] = mapped_column(ForeignKey("pay_run.id"))
    """The run that reckoned it. Its payslip's is another where that could not be booked there (`pay.runs.parting`)."""
    payslip_id: Mapped[UUID] = mapped_column(ForeignKey("payslip.id"), index=True)
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("company.id"), index=True)
    """Who pays; None for a test of the service's own, and for what the person has already."""
    gig_id: Mapped[UUID | None] = mapped_column(ForeignKey("gig.id"))
    booking_id: Mapped[UUID | None] = mapped_column(ForeignKey("booking.id"), index=True)
    timesheet_id: Mapped[UUID | None] = mapped_column(ForeignKey("timesheet.id"))
    attempt_id: Mapped[UUID | None] = mapped_column(ForeignKey("attempt.id"))
    cash_out_id: Mapped[UUID | None] = mapped_column(ForeignKey("benefit_cash_out.id"))
    guarantee_id: Mapped[UUID | None] = mapped_column(ForeignKey("guarantee.id"))
    rail_fee_id: Mapped[UUID | None] = mapped_column(ForeignKey("rail_fee.id"))
    """The benefit that is paid out, where the line does that."""
    bonus_id: Mapped[UUID | None] = mapped_column(ForeignKey("bonus.id"))
    cut_id: Mapped[UUID | None] = mapped_column(ForeignKey("timesheet_cut.id"))
    """The cut that was overturned, where the line pays what that restored."""
    back_pay_id: Mapped[UUID | None] = mapped_column(ForeignKey("back_pay.id"))
    """The raise of the hazard class after the booking was paid, where the line pays the premium of that."""
    kind: Mapped[LineKind] = mapped_column(choice(LineKind, "kind"))
    payee_kind: Mapped[Payee] = mapped_column(choice(Payee, "payee_kind"))
    began_at: Mapped[Instant]
    seconds: Mapped[int]
    pieces: Mapped[int | None]
    """How many pieces it pays, each at the `rate`."""
    rate_amount: Mapped[int | None] = mapped_column(BigInteger)
    percent: Mapped[Decimal | None] = mapped_column(Numeric(7, 4))
    amount: Mapped[Minor]
    currency: Mapped[CurrencyCode]
    payer: Mapped[str] = mapped_column(Text)
    payee: Mapped[str] = mapped_column(Text)
    rule: Mapped[str] = mapped_column(Text)
    rule_version: Mapped[int]
    contract_id: Mapped[UUID | None] = mapped_column(ForeignKey("contract.id"))
    contract_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("contract_version.id"))
    contract_version: Mapped[int | None]
    engagement_type: Mapped[str | None] = mapped_column(Text)
    cause: Mapped[str] = mapped_column(Text)
    floor: Mapped[Json | None]
    """The published wage that a top-up reaches, with the exchange rate by which it was compared (TOP_UP)."""
    premium_days: Mapped[JsonRows]
    """The days that a premium of days is paid for, with the steps of their law, as they are paid in all."""
    night_law: Mapped[JsonMaybe]
    """What the law of the place says of its night, where it says anything (NIGHT)."""

    cut: Mapped[TimesheetCut | None] = relationship(lazy="selectin", viewonly=True)
    back_pay: Mapped[BackPay | None] = relationship(lazy="selectin", viewonly=True)

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def rate(self) -> Money | None:
        """Per hour; of a line of pieces, per piece; or None where the line is a percentage of other lines."""
        return None if self.rate_amount is None else Money(self.rate_amount, self.currency)

    @property
    def minutes(self) -> Decimal:
        """The line's time in minutes; whole but for sick leave, which accrues by two seconds for each minute."""
        return (Decimal(self.seconds) / 60).quantize(Decimal("0.01")).normalize()


class PaymentOp(Stateful):
    """One payment through a rail. Written down before the rail hears of it, with the key that every try will carry."""

    __tablename__ = "payment_op"
    __table_args__ = (
        UniqueConstraint("idempotency_key"),
        UniqueConstraint("rail", "external_id"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint(
            "status NOT IN ('done', 'with_payer', 'reversed') OR external_id IS NOT NULL", name="done_has_external_id"
        ),
        CheckConstraint("status <> 'refused' OR refusal_code IS NOT NULL", name="refused_has_reason"),
        CheckConstraint(
            "(kind IN ('deposit', 'refund', 'evidence')) = (company_id IS NOT NULL)", name="deposit_has_company"
        ),
        CheckConstraint("(arrived_amount IS NULL) = (arrived_currency IS NULL)", name="arrived_whole"),
        CheckConstraint("arrived_amount IS NULL OR status IN ('done', 'reversed')", name="arrived_when_done"),
        CheckConstraint("(kind IN ('payout', 'reversal')) = (contractor_id IS NOT NULL)", name="payout_has_contractor"),
        CheckConstraint("(kind IN ('refund', 'reversal', 'evidence')) = (of_id IS NOT NULL)", name="undoes_another"),
        CheckConstraint("(kind = 'payout') = (payslip_id IS NOT NULL)", name="payout_has_payslip"),
        # At most one payout of a payslip can still move, or has moved, money.
        Index(
            "uq_payment_op_payslip_id",
            "payslip_id",
            unique=True,
            postgresql_where=text("status NOT IN ('refused', 'reversed') AND payslip_id IS NOT NULL"),
        ),
        Index(
            "ix_payment_op_next_try_at",
            "next_try_at",
            postgresql_where=text("status IN ('intent', 'sent', 'unknown', 'with_payer')"),
        ),
        Index("ix_payment_op_refused", "id", postgresql_where=text("status = 'refused' AND kind = 'payout'")),
        Index("ix_payment_op_of_id", "of_id", postgresql_where=text("of_id IS NOT NULL")),
        Index("ix_payment_op_kept", "id", postgresql_where=text("rail_fee_amount > 0")),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"payment": "id", "company": "company_id", "contractor": "contractor_id", "payslip": "payslip_id"}
    )
    transitions: ClassVar = rules.OP_TRANSITIONS

    kind: Mapped[OpKind] = mapped_column(choice(OpKind, "kind"))
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("company.id"), index=True)
    contractor_id: Mapped[UUID | None] = mapped_column(ForeignKey("contractor.id"), index=True)
    payslip_id: Mapped[UUID | None] = mapped_column(ForeignKey("payslip.id"), index=True)
    of_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment_op.id"))
    """The deposit of which this sends something back, or which its bank has; or the payout that this takes back."""
    rail: Mapped[str] = mapped_column(Text)
    amount: Mapped[Minor]
    currency: Mapped[CurrencyCode]
    params: Mapped[Json]
    idempotency_key: Mapped[str] = mapped_column(Text)
    created_at: Mapped[Instant]
    next_try_at: Mapped[Instant]
    first_sent_at: Mapped[Instant | None]
    tries: Mapped[int] = mapped_column(default=0)
    external_id: Mapped[str | None] = mapped_column(Text)
    pay_url: Mapped[str | None] = mapped_column(Text)
    """The rail's own page where a waiting payment is made, until `waits_until`."""
    waits_until: Mapped[Instant | None]
    refusal_code: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    """Why an operator has a payout taken back. Emptied when the person is erased."""
    why: Mapped[str | None] = mapped_column(Text)
    """What the rail said when it was not simply done."""
    who_can_fix: Mapped[str | None] = mapped_column(Text)
    arrived_amount: Mapped[int | None] = mapped_column(BigInteger)
    arrived_currency: Mapped[str | None] = mapped_column(CHAR(3))
    rail_fee_amount: Mapped[int | None] = mapped_column(BigInteger)
    executed_rate: Mapped[Decimal | None] = mapped_column(Numeric)
    """What of a payout came into the person's hands, what the rail kept of it, and the rate that it took (LANDED)."""
    status: Mapped[OpStatus] = mapped_column(choice(OpStatus, "status"))

    undone: Mapped[list["PaymentOp"]] = relationship(
        primaryjoin="PaymentOp.id == foreign(remote(PaymentOp.of_id))", order_by="PaymentOp.id", viewonly=True
    )
    """What sends something of it back, or takes it back."""

    @property
    def arrived(self) -> Money | None:
        """None as long as it has not arrived, or where the rail does not say."""
        if self.arrived_amount is None or self.arrived_currency is None:
            return None
        return Money(self.arrived_amount, self.arrived_currency)

    @property
    def rail_fee(self) -> Money | None:
        return None if self.rail_fee_amount is None else Money(self.rail_fee_amount, self.currency)

    @property
    def landed_less_promised(self) -> Money | None:
        """How much more or, below zero, less arrived than was promised; None where the two cannot be compared."""
        there = self.arrived
        return None if there is None or there.currency != self.currency else there - self.money

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def moves_real_money(self) -> bool:
        """False on rails for tests, whose every payment says so."""
        return self.rail not in rules.FOR_TESTS

    @property
    def owner_id(self) -> UUID:
        """The company that pays in, or the contractor who is paid out."""
        owner = self.company_id if self.kind in (OpKind.DEPOSIT, OpKind.REFUND, OpKind.EVIDENCE) else self.contractor_id
        assert owner is not None, "the table's constraints say so"
        return owner


class SandboxCall(Base):
    """The sandbox's own memory of what it was asked to do: the world outside, not Setara's books."""

    __tablename__ = "sandbox_call"
    __table_args__ = (UniqueConstraint("external_id"),)

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    order_sha256: Mapped[str] = mapped_column(Text)
    kind: Mapped[OpKind] = mapped_column(choice(OpKind, "kind"))
    amount: Mapped[Minor]
    currency: Mapped[CurrencyCode]
    fee_amount: Mapped[Minor] = mapped_column(default=0)
    """What it kept of a payout."""
    at: Mapped[Instant]
    external_id: Mapped[str | None] = mapped_column(Text)
    """None when it said no."""
    charged_back_at: Mapped[Instant | None]
    """When the payer's bank takes the deposit back, because a lever says so."""
    inquired_at: Mapped[Instant | None]
    """When it only asks about it, likewise."""
    is_restricted: Mapped[bool] = mapped_column(default=False)
    """Whether it said no since the person's account could receive nothing."""
    failed_at: Mapped[Instant | None]
    """When the person's bank sends the payout back, because a lever says so."""
    invoice_due_at: Mapped[Instant | None]
    """Of a deposit by invoice, which has happened once it is paid."""
    invoice_paid_at: Mapped[Instant | None]
    invoice_void_at: Mapped[Instant | None]


class SandboxLever(Subject):
    """What the sandbox does to coming payments because an operator, or a test, wants to see it."""

    __tablename__ = "sandbox_lever"
    __table_args__ = (CheckConstraint("times_left >= 0", name="times_left_not_negative"),)
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"sandbox_lever": "id"})

    effect: Mapped[LeverEffect] = mapped_column(choice(LeverEffect, "effect"))
    kind: Mapped[OpKind] = mapped_column(choice(OpKind, "kind"))
    owner_id: Mapped[UUID | None]
    """Only payments of this company or contractor; everybody's when empty."""
    times_left: Mapped[int]
    pulled_at: Mapped[Instant]
