"""The ids of a world: what a parameter of a route may be, and what only operators may see."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute
from uuid_utils.compat import uuid7

from marketplace.accounts.models import ApiKey, Company, Member
from marketplace.accounts.paper_models import CompanyPaper
from marketplace.contracts.crew_models import Crew
from marketplace.contracts.models import Contract, Template
from marketplace.core.db import db
from marketplace.disputes.models import Dispute
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import GigStatus
from marketplace.ledger.models import LedgerAccount
from marketplace.matching.contest_models import MatchContest
from marketplace.matching.models import Plan, Trial
from marketplace.messages.channel_models import ChannelMember, ChannelWords
from marketplace.messages.models import Thread
from marketplace.notices.address_models import Phone
from marketplace.notices.models import Notice
from marketplace.pay.bonuses.models import Bonus
from marketplace.pay.by_hand.models import ManualFile, PaymentFinding
from marketplace.pay.contests.models import PayoutContest
from marketplace.pay.groups.models import PayGroup
from marketplace.pay.invoices.models import Invoice
from marketplace.pay.methods.models import PayoutMethod
from marketplace.pay.models import PaymentOp, PayRun, Payslip
from marketplace.pay.rails.chargeback_models import Chargeback, ChargebackPaper
from marketplace.pay.rails.pause_models import RailPause
from marketplace.pay.rules import OpKind
from marketplace.pay.taxes.year_models import YearStatement
from marketplace.qualifications.models import Attempt, Qualification, TestContest
from marketplace.shifts.correction_models import Correction
from marketplace.shifts.feed_models import CalendarFeed
from marketplace.shifts.handover_models import Handover, SwapProposal
from marketplace.shifts.hazard_models import HazardFlag
from marketplace.shifts.models import Booking, Offer, Shift
from marketplace.shifts.series_models import ShiftSeries
from marketplace.shifts.timesheet_models import Timesheet
from marketplace.standards.act_models import MoneyAct
from marketplace.standards.hiding_models import Hiding
from marketplace.standards.models import RegionChange, RegionComment
from marketplace.surveys.models import Concern, Survey
from marketplace.workforce import queries as workforce_queries
from marketplace.workforce.models import Contractor, VettingDecision
from marketplace.workforce.paper_models import Document, ResidenceChange
from marketplace.workforce.standing_models import Appeal, Proposal, Restriction
from tests.factories.shifts import Scene

OF_COMPANIES: Mapping[str, InstrumentedAttribute[UUID]] = {
    "company_id": Company.id,
    "gig_id": Gig.id,
    "shift_id": Shift.id,
    "offer_id": Offer.id,
    "booking_id": Booking.id,
    "timesheet_id": Timesheet.id,
    "dispute_id": Dispute.id,
    "plan_id": Plan.id,
    "trial_id": Trial.id,
    "flag_id": HazardFlag.id,
    "thread_id": Thread.id,
    "survey_id": Survey.id,
    "concern_id": Concern.id,
    "restriction_id": Restriction.id,
    "appeal_id": Appeal.id,
    "contract_id": Contract.id,
    "template_id": Template.id,
    "key_id": ApiKey.id,
    "crew_id": Crew.id,
    "series_id": ShiftSeries.id,
    "correction_id": Correction.id,
    "feed_id": CalendarFeed.id,
    "handover_id": Handover.id,
    "swap_id": SwapProposal.id,
    "paper_id": CompanyPaper.id,
    "bonus_id": Bonus.id,
}
"""Parameters that name a company's things."""


def ids_of(ours: Scene, ana: Contractor) -> dict[str, tuple[str, ...]]:
    """Ids that exist, and one that does not, for each parameter; and for the others values that mean something."""
    found = {name: [*_of(key, ours.company_id), *_of(key, None)] for name, key in OF_COMPANIES.items()}
    payments = select(PaymentOp.id).order_by(PaymentOp.id)
    found |= {
        "contractor_id": [ana.id, *db.session.scalars(select(Contractor.id).order_by(Contractor.id))],
        "document_id": [
            *db.session.scalars(select(Document.id).where(Document.contractor_id == ana.id)),
            *db.session.scalars(select(Document.id).where(Document.contractor_id != ana.id)),
        ],
        "change_id": list(db.session.scalars(select(RegionChange.id).order_by(RegionChange.id))),
        "comment_id": list(db.session.scalars(select(RegionComment.id).order_by(RegionComment.id))),
        "hiding_id": list(db.session.scalars(select(Hiding.id).order_by(Hiding.id))),
        "move_id": list(db.session.scalars(select(ResidenceChange.id).order_by(ResidenceChange.id))),
        "person_id": list(db.session.scalars(select(Member.person_id).order_by(Member.company_id, Member.person_id))),
        "decision_id": [
            *(row.id for row in workforce_queries.decisions(ana.id) if row.contest_until),
            *db.session.scalars(select(VettingDecision.id).order_by(VettingDecision.id)),
        ],
        "proposal_id": list(db.session.scalars(select(Proposal.id).order_by(Proposal.id.desc()))),
        "deposit_id": list(db.session.scalars(payments.where(PaymentOp.kind == OpKind.DEPOSIT))),
        "payout_id": list(db.session.scalars(payments.where(PaymentOp.kind == OpKind.PAYOUT))),
        "payment_id": list(db.session.scalars(payments)),
        "method_id": list(db.session.scalars(select(PayoutMethod.id).order_by(PayoutMethod.id))),
        "file_id": list(db.session.scalars(select(ManualFile.id).order_by(ManualFile.id))),
        "finding_id": list(db.session.scalars(select(PaymentFinding.id).order_by(PaymentFinding.id))),
        "act_id": list(db.session.scalars(select(MoneyAct.id).order_by(MoneyAct.id))),
        "pause_id": list(db.session.scalars(select(RailPause.id).order_by(RailPause.id))),
        "run_id": list(db.session.scalars(select(PayRun.id))),
        "group_id": list(db.session.scalars(select(PayGroup.id).order_by(PayGroup.id))),
        "payslip_id": list(db.session.scalars(select(Payslip.id).order_by(Payslip.id))),
        "member_id": list(db.session.scalars(select(ChannelMember.id).order_by(ChannelMember.id))),
        "words_id": list(db.session.scalars(select(ChannelWords.id).order_by(ChannelWords.id))),
        "invoice_id": list(db.session.scalars(select(Invoice.id).order_by(Invoice.id))),
        "withholding_id": [],
        "statement_id": list(db.session.scalars(select(YearStatement.id).order_by(YearStatement.id))),
        "remittance_id": [],
        "phone_id": list(db.session.scalars(select(Phone.id).order_by(Phone.id))),
        "notice_id": list(db.session.scalars(select(Notice.id).order_by(Notice.id))),
    }
    mine = select(Attempt).where(Attempt.contractor_id == ana.id).order_by(Attempt.id.desc())
    (attempt, *_rest) = tried = list(db.session.scalars(mine))
    found |= {
        "qualification_id": [*_of(Qualification.id, ours.company_id), *_of(Qualification.id, None)],
        "contest_id": [*_of(TestContest.id, ours.company_id), *_of(TestContest.id, None)],
        "match_contest_id": [*_match_contests(ours.company_id), *_match_contests(None)],
        "evidence_paper_id": _of(ChargebackPaper.id, ours.company_id),
        "chargeback_id": _of(Chargeback.id, ours.company_id),
        "payout_contest_id": _payout_contests(ours.company_id),
        "attempt_id": [each.id for each in tried],
        "item_id": attempt.item_ids,
    }
    found |= {"contractor_ids": found["contractor_id"], "contact_id": found["person_id"], "cut_id": found["dispute_id"]}
    values = {name: tuple(str(each) for each in dict.fromkeys([*ids, uuid7()])) for name, ids in found.items()}
    account = select(LedgerAccount.name).where(LedgerAccount.name.contains(str(ours.company_id)))
    names = sorted(db.session.scalars(account))
    return values | {
        "name": (*names, "rail:sandbox"),
        "endpoint": ("platform", "connect"),
        "month": ("2026-11", "2026-12"),
        "call_id": ("evt_1", "evt_2"),
        "movement_id": ("txn_1", "txn_2"),
        "rule_id": ("FLOOR", "REST"),
        "version": ("1", "2"),
        "number": ("2", "0"),
        "code": ("sick-leave",),
    }


def _of(key: InstrumentedAttribute[UUID], company_id: UUID | None) -> list[UUID]:
    """The ids of a company's rows, or of all rows."""
    table = key.class_
    owner = table.id if table is Company else table.company_id
    found = select(key).order_by(key)
    return list(db.session.scalars(found if company_id is None else found.where(owner == company_id)))


def _match_contests(company_id: UUID | None) -> list[UUID]:
    """What was contested of a company's shifts, or of all."""
    found = select(MatchContest.id).join(Shift, Shift.id == MatchContest.shift_id).order_by(MatchContest.id)
    return list(db.session.scalars(found if company_id is None else found.where(Shift.company_id == company_id)))


def _payout_contests(company_id: UUID) -> list[UUID]:
    """What people contested of payouts that a run of the company began."""
    found = select(PayoutContest.id).join(PaymentOp, PaymentOp.id == PayoutContest.payment_op_id)
    found = found.join(Payslip, Payslip.id == PaymentOp.payslip_id).join(PayRun, PayRun.id == Payslip.run_id)
    return list(db.session.scalars(found.where(PayRun.company_id == company_id).order_by(PayoutContest.id)))


def secrets_of(theirs: Scene) -> frozenset[str]:
    """What the second company has, but for its name and its published gigs, which contractors see."""
    private = set()
    for name, key in OF_COMPANIES.items():
        if name not in ("company_id", "gig_id"):
            private.update(_of(key, theirs.company_id))
    drafts = select(Gig.id).where(Gig.company_id == theirs.company_id, Gig.status == GigStatus.DRAFT)
    private.update(db.session.scalars(drafts))
    private.update(_of(Attempt.id, theirs.company_id))
    private.update(_of(TestContest.id, theirs.company_id))
    private.update(_match_contests(theirs.company_id))
    private.update(_payout_contests(theirs.company_id))
    private.update(_of(Chargeback.id, theirs.company_id))
    private.update(db.session.scalars(select(PaymentOp.id).where(PaymentOp.company_id == theirs.company_id)))
    workers = list(db.session.scalars(select(Booking.contractor_id).where(Booking.company_id == theirs.company_id)))
    private.update(workers)
    private.update(db.session.scalars(select(Payslip.id).where(Payslip.contractor_id.in_(workers))))
    return frozenset(str(each) for each in private)
