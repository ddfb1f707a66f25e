"""What the service holds about a person, section by section: the one table that says where a person stands in the
database. A test walks the catalogue and fails when a column names people and neither a section nor `BESIDE` speaks of
it, so that a later table cannot be forgotten.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, func, or_, select, union
from sqlalchemy.orm import InstrumentedAttribute, aliased

from marketplace.accounts.models import (
    Adoption,
    ApiKey,
    Company,
    Invitation,
    Member,
    MemberInvitation,
    OperatorGrant,
    Person,
)
from marketplace.contracts.benefit_models import CashOut, Expiry, Transfer
from marketplace.contracts.crew_models import CrewMember
from marketplace.contracts.models import (
    BenefitEntry,
    Contract,
    ContractVersion,
    DeclinedVersion,
    Enrolment,
    LeavePay,
    Signature,
    SignedName,
    StatusReading,
)
from marketplace.contracts.off_boarding_models import OffBoarding
from marketplace.contracts.rules import BenefitKind
from marketplace.core.events import Event
from marketplace.core.idempotency import StoredAnswer
from marketplace.core.vault import SealedFile
from marketplace.disputes.models import Dispute, Statement
from marketplace.gigs.models import Gig
from marketplace.insight.models import Credit, Erasure, WorkRecord
from marketplace.insight.rules import Fate
from marketplace.ledger.models import JournalEntry, LedgerAccount, Posting
from marketplace.matching.contest_models import MatchContest
from marketplace.matching.index_models import MatchPair, MatchPerson
from marketplace.matching.models import PlannedSeat, SavedShift
from marketplace.messages.channel_models import ChannelKey, ChannelMember, ChannelWords
from marketplace.messages.models import Message, Question, Thread
from marketplace.notices.address_models import Phone, PushSubscription
from marketplace.notices.models import Delivery, Notice, NoticeSetting
from marketplace.pay.by_hand.models import PaymentFinding
from marketplace.pay.contests.models import PayoutContest
from marketplace.pay.methods.models import PayoutMethod
from marketplace.pay.models import PayLine, PaymentOp, Payslip
from marketplace.pay.rails.models import RailAccount, RailPayout
from marketplace.pay.runs.fee_models import RailFee
from marketplace.pay.taxes.models import TaxDeclaration, Withholding
from marketplace.pay.taxes.year_models import YearStatement
from marketplace.qualifications.models import Answer, Attempt, Holding, TestContest
from marketplace.shifts.correction_models import Correction
from marketplace.shifts.feed_models import CalendarFeed
from marketplace.shifts.guarantee_models import Guarantee
from marketplace.shifts.handover_models import CoverCall, Handover, HandoverCode, SwapProposal
from marketplace.shifts.hazard_models import BackPay, HazardFlag, HazardFlagNote
from marketplace.shifts.leading_models import LeadMinutes, LeadPlan
from marketplace.shifts.models import Booking, Offer, TimeEntry
from marketplace.shifts.tap_models import ClockTap
from marketplace.shifts.timesheet_models import Timesheet, TimesheetCut, TimesheetLine
from marketplace.standards.hiding_models import Hiding
from marketplace.standards.models import RegionComment
from marketplace.surveys.models import Survey, SurveyAnswer
from marketplace.workforce.models import (
    AvailabilityException,
    AvailabilityWindow,
    Contractor,
    HazardConsent,
    Language,
    PayoutAccount,
    Requirement,
    Skill,
    VettingDecision,
)
from marketplace.workforce.paper_models import (
    Document,
    IdentityDeclaration,
    ResidenceChange,
    TaxProfile,
    TermsSignature,
    WorkDeclaration,
)
from marketplace.workforce.screening_models import Screened, ScreeningHit
from marketplace.workforce.standing_models import Appeal, Closing, IntakeWait, Proposal, Restriction, Signal, Strike

Told = Select[*tuple[Any, ...]]
Rows = Callable[[UUID], Told]
"""The rows of a section for one person, each column under the name that it has in the record."""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a record. `title` is English, which the catalogues of other languages are looked up by; `found_by`
    are the columns (`table.column`) that name the person."""

    name: str
    room: str
    title: str
    fate: Fate
    rows: Rows
    found_by: frozenset[str]
    table: Table
    """The table whose rows it tells; of several that it joins, the first."""
    empties: tuple[str, ...] = ()
    """The columns that are emptied where the fate is EMPTIED."""

    def __post_init__(self) -> None:
        if (self.fate is Fate.EMPTIED) is not bool(self.empties):
            raise ValueError(f"Say in `empties` which columns of the section {self.name!r} are emptied, or none.")


def _own(
    name: str,
    room: str,
    title: str,
    fate: Fate,
    key: InstrumentedAttribute[Any],
    *,
    without: tuple[str, ...] = (),
    empties: tuple[str, ...] = (),
) -> Section:
    """The rows of a table in which the column `key` names the person, all columns but those that are left out."""
    table = _table(key)
    columns = [column for column in table.c if column.name not in without]
    order = list(table.primary_key)
    return Section(
        name,
        room,
        title,
        fate,
        lambda person_id: select(*columns).where(key == person_id).order_by(*order),
        frozenset({f"{table.name}.{key.key}"}),
        table,
        empties,
    )


def _through(
    name: str,
    room: str,
    title: str,
    fate: Fate,
    link: InstrumentedAttribute[Any],
    owner: InstrumentedAttribute[Any],
    *,
    empties: tuple[str, ...] = (),
) -> Section:
    """The rows of a table that refers by `link` to a row in which `owner` names the person."""
    table, via = _table(link), _table(owner)
    target = next(iter(table.c[link.key].foreign_keys)).column
    return Section(
        name,
        room,
        title,
        fate,
        lambda person_id: (
            select(*table.c)
            .where(link.in_(select(target).select_from(via).where(owner == person_id)))
            .order_by(*table.primary_key)
        ),
        frozenset(),
        table,
        empties,
    )


def _table(key: InstrumentedAttribute[Any]) -> Table:
    table = key.class_.__table__
    assert isinstance(table, Table)
    return table


# --- sections that are more than a table ----------------------------------------------------------------------------


def _about(person_id: UUID) -> list[str]:
    """How events name somebody."""
    return [f"person:{person_id}", f"contractor:{person_id}"]


def own_accounts(person_id: UUID) -> list[str]:
    """The accounts of the ledger that are theirs: what they earned, and what is kept for them."""
    earned = [f"contractor:{person_id}:{each}" for each in ("payable", "in_flight")]
    return earned + [f"benefit:{person_id}:{each}" for each in ("health", "outgoing", *BenefitKind)]


def _events(person_id: UUID) -> Told:
    """What happened to them, or was done by them. Who else did it is not told: it is somebody's name."""
    mine = func.coalesce(Event.doer_id == person_id, False).label("by_you")
    told = or_(Event.doer_id == person_id, *(Event.about.contains([entry]) for entry in _about(person_id)))
    columns = (
        Event.id,
        Event.at,
        Event.name,
        mine,
        Event.doer_kind,
        Event.about,
        Event.data,
    )
    return select(*columns).where(told).order_by(Event.id)


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


def _companies(person_id: UUID) -> Told:
    """Who is meant by a `company_id` of the record."""
    ids = union(*(select(key).where(owner == person_id) for key, owner in _MET))
    return select(Company.id, Company.legal_name, Company.country).where(Company.id.in_(ids)).order_by(Company.id)


def _gigs(person_id: UUID) -> Told:
    """What is meant by a `gig_id` of the record, as everybody reads it to whom it is offered."""
    asked = select(Thread.gig_id).where(Thread.contractor_id == person_id)
    ids = select(Offer.gig_id).where(Offer.contractor_id == person_id).union(asked)
    told = (Gig.id, Gig.company_id, Gig.title, Gig.work_kind, Gig.hazard_class)
    return select(*told).where(Gig.id.in_(ids)).order_by(Gig.id)


def _survey_answers(person_id: UUID) -> Told:
    """What they said of gigs. Only their surveys know which answers are theirs."""
    theirs = select(Survey.answer_id).where(Survey.contractor_id == person_id, Survey.answer_id.is_not(None))
    return select(*_table(SurveyAnswer.id).c).where(SurveyAnswer.id.in_(theirs)).order_by(SurveyAnswer.id)


def _stored_answers(person_id: UUID) -> Told:
    """That a request was answered. The answer itself is what the rest of the record tells."""
    told = (StoredAnswer.key, StoredAnswer.at, StoredAnswer.status)
    return select(*told).where(StoredAnswer.actor == f"person:{person_id}").order_by(StoredAnswer.at)


_MET: tuple[tuple[InstrumentedAttribute[Any], InstrumentedAttribute[Any]], ...] = (
    (Offer.company_id, Offer.contractor_id),
    (Contract.company_id, Contract.contractor_id),
    (Member.company_id, Member.person_id),
    (Invitation.company_id, Invitation.person_id),
    (Thread.company_id, Thread.contractor_id),
)
_SAID = "What was said in them"
_G, _E, _S = Fate.GONE, Fate.EMPTIED, Fate.STAYS

SECTIONS: tuple[Section, ...] = (
    _own(
        "account",
        "accounts",
        "Your account",
        _E,
        Person.id,
        without=("password", "fs_uniquifier"),
        empties=("email", "name", "password", "confirmed_at"),
    ),
    _own("invitations", "accounts", "Who invited you", _G, Invitation.person_id),
    _own(
        "member_invitations",
        "accounts",
        "Companies that asked you to be a member",
        _G,
        MemberInvitation.person_id,
    ),
    _own("memberships", "accounts", "Companies whose member you are", _G, Member.person_id),
    _own(
        "adoptions",
        "accounts",
        "Guidelines that you signed for a company",
        _E,
        Adoption.signed_by,
        empties=("signed_name",),
    ),
    _own("operator_roles", "accounts", "What you are trusted with as an operator", _G, OperatorGrant.person_id),
    _own("api_keys", "accounts", "Keys and sign-ins", _G, ApiKey.person_id, without=("sha256",)),
    _own(
        "contractor",
        "workforce",
        "You as a contractor",
        _E,
        Contractor.id,
        empties=("born_on", "subdivision", "timezone"),
    ),
    _own(
        "requirements",
        "workforce",
        "What you showed, and what was decided about it",
        _E,
        Requirement.contractor_id,
        empties=("note", "reason"),
    ),
    _own(
        "vetting_decisions",
        "workforce",
        "Decisions about you",
        _E,
        VettingDecision.contractor_id,
        empties=("reason", "contest"),
    ),
    _own(
        "findings",
        "workforce",
        "What rules found about you, and what became of it",
        _E,
        Proposal.contractor_id,
        without=("other_id", "evidence", "key"),
        empties=("words", "reason"),
    ),
    _own("intake", "workforce", "Whether you wait to apply", _G, IntakeWait.person_id),
    _own("closings", "workforce", "The end of your account", _E, Closing.contractor_id, empties=("words",)),
    _own("signals", "workforce", "What your account was seen with, as digests", _G, Signal.person_id),
    _own("documents", "workforce", "Documents that you handed in", _G, Document.contractor_id),
    _own(
        "identity",
        "workforce",
        "The paper that shows who you are",
        _G,
        IdentityDeclaration.contractor_id,
        without=("number_hash",),
    ),
    _own("right_to_work", "workforce", "Why you may work where you live", _G, WorkDeclaration.contractor_id),
    _own(
        "tax_profile",
        "workforce",
        "Where you pay taxes",
        _G,
        TaxProfile.contractor_id,
        without=("sealed_number", "number_hash"),
    ),
    _own("terms", "workforce", "The terms of the service that you agreed to", _S, TermsSignature.contractor_id),
    _own("screening", "workforce", "When your name was compared with lists of sanctions", _G, Screened.contractor_id),
    _own(
        "screening_findings",
        "workforce",
        "Names on lists of sanctions that yours is like, and what a person said about it",
        _E,
        ScreeningHit.contractor_id,
        empties=("listed_name", "alike", "birth_date", "reason"),
    ),
    _own(
        "moves",
        "workforce",
        "Where you said that you moved",
        _E,
        ResidenceChange.contractor_id,
        empties=("note", "reason"),
    ),
    _own("payout_account", "workforce", "Where you are paid", _G, PayoutAccount.contractor_id),
    _own("skills", "workforce", "Your skills", _G, Skill.contractor_id),
    _own("languages", "workforce", "Your languages", _G, Language.contractor_id),
    _own("availability", "workforce", "When you want to work", _G, AvailabilityWindow.contractor_id),
    _own("availability_days", "workforce", "Days that differ from your week", _G, AvailabilityException.contractor_id),
    _own("restrictions", "workforce", "Bars from new offers", _E, Restriction.contractor_id, empties=("end_reason",)),
    _own("strikes", "workforce", "Strikes, and when they fall off", _S, Strike.contractor_id),
    _own("appeals", "workforce", "Appeals and their answers", _E, Appeal.contractor_id, empties=("reason",)),
    _own(
        "qualifications",
        "qualifications",
        "Qualifications that you hold or held",
        _E,
        Holding.contractor_id,
        empties=("evidence", "reason"),
    ),
    _own("test_attempts", "qualifications", "Tests that you took", _S, Attempt.contractor_id, without=("seed",)),
    _through("test_answers", "qualifications", "What you answered", _G, Answer.attempt_id, Attempt.contractor_id),
    _own(
        "test_contests",
        "qualifications",
        "Results that you contested",
        _E,
        TestContest.contractor_id,
        empties=("words", "reason"),
    ),
    _own(
        "match_contests",
        "matching",
        "Decisions about shifts that you contested",
        _E,
        MatchContest.contractor_id,
        empties=("words", "answer"),
    ),
    _own("hazard_consents", "workforce", "Distressing work that you opted into", _G, HazardConsent.contractor_id),
    Section(
        "companies",
        "accounts",
        "Companies that this record names",
        _S,
        _companies,
        frozenset(),
        _table(Company.id),
    ),
    _own("contracts", "contracts", "Your contracts", _E, Contract.contractor_id, empties=("end_reason",)),
    _own("contract_versions", "contracts", "Their texts", _S, ContractVersion.contractor_id),
    _through(
        "declined_versions",
        "contracts",
        "Changes that you declined",
        _S,
        DeclinedVersion.version_id,
        ContractVersion.contractor_id,
    ),
    _own("signatures", "contracts", "Your signatures", _S, Signature.person_id),
    _through("signed_names", "contracts", "The names under them", _G, SignedName.signature_id, Signature.person_id),
    _through(
        "contract_facts",
        "contracts",
        "What your work was found to be in fact",
        _S,
        StatusReading.contract_id,
        Contract.contractor_id,
    ),
    _own("calendar_feeds", "shifts", "Addresses of your calendar", _G, CalendarFeed.person_id, without=("sha256",)),
    _own("saved_shifts", "matching", "Open shifts that you keep in view", _G, SavedShift.contractor_id),
    _own("crews", "contracts", "Crews that you are in", _G, CrewMember.contractor_id),
    _own("guarantees", "shifts", "Hours that were guaranteed to you, week by week", _S, Guarantee.contractor_id),
    _own("off_boardings", "contracts", "The ends of your contracts, step by step", _S, OffBoarding.contractor_id),
    _own("enrolments", "contracts", "Your insurances", _E, Enrolment.contractor_id, empties=("member_number", "proof")),
    _own("benefits", "contracts", "Your benefits, entry by entry", _S, BenefitEntry.contractor_id),
    _own("leave_pay", "contracts", "Leave that was paid", _S, LeavePay.contractor_id),
    _own("rail_fees", "pay", "What a rail kept of your pay, and who made it good", _S, RailFee.contractor_id),
    _own("cash_outs", "contracts", "Benefits that were paid out to you", _S, CashOut.contractor_id),
    _own(
        "benefit_transfers",
        "contracts",
        "Benefits that went to another provider, or came from one",
        _E,
        Transfer.contractor_id,
        empties=("provider", "account", "evidence", "reason"),
    ),
    _own("leave_that_ended", "contracts", "Leave that ended with a year", _S, Expiry.contractor_id),
    Section("gigs", "gigs", "Gigs that this record names", _S, _gigs, frozenset(), _table(Gig.id)),
    _own(
        "offers", "shifts", "Offers, why you were asked, and your answers", _E, Offer.contractor_id, empties=("reason",)
    ),
    _own("bookings", "shifts", "Your shifts", _S, Booking.contractor_id),
    _own(
        "handovers",
        "shifts",
        "Shifts that you asked others to take",
        _S,
        Handover.contractor_id,
        without=("asked_id", "new_booking_id"),
    ),
    _own(
        "handovers_asked",
        "shifts",
        "Shifts that you were asked to take",
        _S,
        Handover.asked_id,
        without=("contractor_id", "booking_id", "new_booking_id"),
    ),
    _own(
        "cover_calls",
        "shifts",
        "Shifts that you were told were to be taken over",
        _S,
        CoverCall.contractor_id,
    ),
    _own("swap_proposals", "shifts", "Shifts that you offered for others", _S, SwapProposal.contractor_id),
    _own("handover_code", "shifts", "The code by which colleagues name you", _G, HandoverCode.contractor_id),
    _own("time_entries", "shifts", "Your clock", _S, TimeEntry.contractor_id),
    _own("lead_minutes", "shifts", "Minutes in which you lead others", _S, LeadMinutes.contractor_id),
    _own("lead_plans", "shifts", "Shifts that you are to lead once you have a seat", _S, LeadPlan.contractor_id),
    _own("clock_taps", "shifts", "What you pressed without network", _S, ClockTap.contractor_id),
    _own(
        "clock_corrections",
        "shifts",
        "Corrections of your clock, and why",
        _E,
        Correction.contractor_id,
        empties=("words", "answer"),
    ),
    _own("timesheets", "shifts", "Your timesheets", _S, Timesheet.contractor_id),
    _through("timesheet_lines", "shifts", "Their lines", _S, TimesheetLine.booking_id, Booking.contractor_id),
    _own(
        "timesheet_cuts",
        "shifts",
        "Time that a company cut, and why",
        _E,
        TimesheetCut.contractor_id,
        empties=("clause", "missing", "reason"),
    ),
    _own("back_pay", "shifts", "Back-pay for work that became heavier", _S, BackPay.contractor_id),
    _own("threads", "messages", "What you asked companies about", _S, Thread.contractor_id),
    _through(
        "thread_messages",
        "messages",
        "What was written in it",
        _E,
        Message.thread_id,
        Thread.contractor_id,
        empties=("words",),
    ),
    _own("questions", "messages", "How long you waited for answers", _S, Question.contractor_id),
    _own(
        "channel_memberships",
        "messages",
        "Channels of your own that you came into",
        _G,
        ChannelMember.contractor_id,
    ),
    _through(
        "channel_keys",
        "messages",
        "Their keys, sealed for you",
        _G,
        ChannelKey.member_id,
        ChannelMember.contractor_id,
    ),
    _through(
        "channel_words",
        "messages",
        "What you wrote there, encrypted",
        _G,
        ChannelWords.member_id,
        ChannelMember.contractor_id,
    ),
    _own("hazard_flags", "shifts", "What you flagged", _S, HazardFlag.contractor_id),
    _through(
        "hazard_flag_notes",
        "shifts",
        "What you wrote, and the answer",
        _E,
        HazardFlagNote.flag_id,
        HazardFlag.contractor_id,
        empties=("words", "answer"),
    ),
    _own(
        "match_index",
        "matching",
        "That searches can find you, by what you say of yourself",
        _G,
        MatchPerson.contractor_id,
        without=("marks",),
    ),
    _own(
        "match_index_companies",
        "matching",
        "Of whose seats they can",
        _G,
        MatchPair.contractor_id,
        without=("cell_id", "place", "rate_amount", "currency", "highest_class"),
    ),
    _own("planned_seats", "matching", "How plans ranked you", _G, PlannedSeat.contractor_id),
    _own("payslips", "pay", "Your payslips", _S, Payslip.contractor_id),
    _own("pay_lines", "pay", "Their lines", _S, PayLine.contractor_id),
    _own(
        "payouts",
        "pay",
        "Payouts to you",
        _E,
        PaymentOp.contractor_id,
        without=("idempotency_key",),
        empties=("reason", "why"),
    ),
    _own(
        "tax_declarations",
        "pay",
        "Where you paid taxes, as you declared it",
        _E,
        TaxDeclaration.contractor_id,
        without=("sealed_number",),
        empties=("last_digits",),
    ),
    _own(
        "withholdings",
        "pay",
        "Tax that was withheld from your pay",
        _E,
        Withholding.contractor_id,
        empties=("reason",),
    ),
    _own("year_statements", "pay", "What you were told of each year", _S, YearStatement.contractor_id),
    _own(
        "payout_methods",
        "pay",
        "Where you are paid, and were",
        _E,
        PayoutMethod.contractor_id,
        without=("sealed", "name_decided_by"),
        empties=("name_reason",),
    ),
    _through(
        "payment_findings",
        "pay",
        "What people found out of payouts to you",
        _E,
        PaymentFinding.payment_op_id,
        PaymentOp.contractor_id,
        empties=("reason",),
    ),
    _own(
        "payout_contests",
        "pay",
        "What you contested of payouts to you",
        _E,
        PayoutContest.contractor_id,
        empties=("told", "words", "answer"),
    ),
    _own("rail_accounts", "pay", "Your accounts at a payment rail", _S, RailAccount.contractor_id),
    _own("bank_payouts", "pay", "What went from there to your bank", _S, RailPayout.contractor_id),
    Section("postings", "ledger", "Every movement of your money", _S, _postings, frozenset(), _table(Posting.id)),
    _own("disputes", "disputes", "Your disputes", _S, Dispute.contractor_id),
    _through(
        "dispute_statements",
        "disputes",
        "What was said in them",
        _E,
        Statement.dispute_id,
        Dispute.contractor_id,
        empties=("words",),
    ),
    _own("surveys", "surveys", "Whether you said how the work of a gig was", _S, Survey.contractor_id),
    Section(
        "survey_answers",
        "surveys",
        "What you said of it",
        _E,
        _survey_answers,
        frozenset(),
        _table(SurveyAnswer.id),
        ("words",),
    ),
    _own(
        "region_comments",
        "standards",
        "What you said of changes that lower a protection",
        _E,
        RegionComment.person_id,
        empties=("words",),
    ),
    _own(
        "hidden_words",
        "standards",
        "Words of yours that were hidden, and why",
        _E,
        Hiding.author_id,
        empties=("reason", "contest", "answer", "lift_reason"),
    ),
    _own("work_records", "insight", "Work records that were signed for you", _S, WorkRecord.contractor_id),
    _own("credits", "insight", "Where you are named as somebody who worked there", _G, Credit.contractor_id),
    _own("erasure", "insight", "That you were erased", _S, Erasure.id),
    _own("notices", "notices", "What you were told", _G, Notice.person_id),
    # Named as in the first version of the format, when all of them were e-mails.
    _own(
        "mails",
        "notices",
        "Messages to you, and whether they arrived",
        _G,
        Delivery.person_id,
        without=("provider_id",),
    ),
    _own(
        "phones",
        "notices",
        "Telephone numbers that you gave",
        _G,
        Phone.person_id,
        without=("sealed", "fingerprint"),
    ),
    _own(
        "push_subscriptions",
        "notices",
        "Browsers that show you notifications",
        _G,
        PushSubscription.person_id,
        without=("sealed", "fingerprint"),
    ),
    _own("notice_settings", "notices", "How you chose to be told", _G, NoticeSetting.person_id),
    Section(
        "events",
        "core",
        "What happened, and what you did",
        _S,
        _events,
        frozenset({"event.doer_id", "event.subject_id", "event.about"}),
        _table(Event.id),
    ),
    _own("files", "core", "Files that you handed in, encrypted", _G, SealedFile.owner_id, without=("sealed",)),
    Section(
        "answered_requests",
        "core",
        "Requests whose answer is remembered for 30 days",
        _G,
        _stored_answers,
        frozenset({"stored_answer.actor"}),
        _table(StoredAnswer.key),
    ),
)
"""Every section, in the order of a record."""

_WHO_DID_IT = "who did it; each such act stands in the doer's own section of events"
BESIDE: Mapping[str, str] = MappingProxyType(
    {
        "match_stale.contractor_id": "that something of theirs was changed; it is gone within minutes",
        "invitation.invited_by": _WHO_DID_IT,
        "member_invitation.invited_by": _WHO_DID_IT,
        "company_decision.decided_by": _WHO_DID_IT,
        "rail_movement.explained_by": _WHO_DID_IT,
        "withholding.decided_by": _WHO_DID_IT,
        "tax_remittance.proposed_by": _WHO_DID_IT,
        "bank_statement.taken_by": _WHO_DID_IT,
        "pay_run.contractor_id": "that you asked to be paid at once; the payslip of it tells all",
        "bank_line.known_by": "which of the bank's references tells a transfer from others; it names nobody",
        "bank_line.matched_by": _WHO_DID_IT,
        "bank_line.decided_by": _WHO_DID_IT,
        "money_act.done_by": _WHO_DID_IT,
        "money_act.answered_by": _WHO_DID_IT,
        "tax_remittance.decided_by": _WHO_DID_IT,
        "payout_method.name_decided_by": _WHO_DID_IT,
        "manual_file.made_by": _WHO_DID_IT,
        "manual_file.released_by": _WHO_DID_IT,
        "payment_finding.found_by": _WHO_DID_IT,
        "payment_finding.answered_by": _WHO_DID_IT,
        "rail_pause.paused_by": _WHO_DID_IT,
        "requirement.decided_by": _WHO_DID_IT,
        "vetting_decision.decided_by": _WHO_DID_IT,
        "residence_change.decided_by": _WHO_DID_IT,
        "screening_hit.decided_by": _WHO_DID_IT,
        "vetting_policy.set_by": _WHO_DID_IT,
        "published_weights.set_by": _WHO_DID_IT,
        "trial.asked_by": _WHO_DID_IT,
        "vetting_policy.identity_by": "in which ways an identity may be checked; it names nobody",
        "proposal.decided_by": _WHO_DID_IT,
        "proposal.other_id": "the older of two accounts that share something; it is told to whoever looks, not to both",
        "exchange_rate.entered_by": _WHO_DID_IT,
        "benefit_plan_version.entered_by": _WHO_DID_IT,
        "benefit_plan_version.seconded_by": _WHO_DID_IT,
        "benefit_plan_version.contact": "whom everybody calls to claim under an insurance",
        "benefit_enrolment.entered_by": _WHO_DID_IT,
        "benefit_transfer.decided_by": _WHO_DID_IT,
        "region.entered_by": _WHO_DID_IT,
        "region.confirmed_by": _WHO_DID_IT,
        "region_change.proposed_by": _WHO_DID_IT,
        "region_change.decided_by": _WHO_DID_IT,
        "region_answer.answered_by": _WHO_DID_IT,
        "hiding.hidden_by": _WHO_DID_IT,
        "hiding.answered_by": _WHO_DID_IT,
        "hiding.lifted_by": _WHO_DID_IT,
        "gig_rate.set_by": _WHO_DID_IT,
        "gig_hazard.set_by": _WHO_DID_IT,
        "gig_instructions.author_id": _WHO_DID_IT,
        "gig_instructions.verified_by": _WHO_DID_IT,
        "gig_pilot.recorded_by": _WHO_DID_IT,
        "gig_inherited_pilot.linked_by": _WHO_DID_IT,
        "restriction.ended_by": _WHO_DID_IT,
        "appeal.answered_by": _WHO_DID_IT,
        "holding.granted_by": _WHO_DID_IT,
        "test_contest.decided_by": _WHO_DID_IT,
        "match_contest.answered_by": _WHO_DID_IT,
        "payout_contest.answered_by": _WHO_DID_IT,
        "chargeback.paid_again_by": _WHO_DID_IT,
        "test_version.written_by": _WHO_DID_IT,
        "content_report.reported_by": _WHO_DID_IT,
        "thread_message.said_by": _WHO_DID_IT,
        "published_answer.published_by": _WHO_DID_IT,
        "survey_concern.closed_by": _WHO_DID_IT,
        "timesheet.decided_by": _WHO_DID_IT,
        "lead_minutes.named_by": _WHO_DID_IT,
        "lead_plan.planned_by": _WHO_DID_IT,
        "crew_member.lead_named_by": _WHO_DID_IT,
        "clock_correction.made_by": _WHO_DID_IT,
        "clock_correction.answered_by": _WHO_DID_IT,
        "timesheet_cut.cut_by": _WHO_DID_IT,
        "dispute.ruled_by": _WHO_DID_IT,
        "dispute_statement.said_by": _WHO_DID_IT,
        "erasure.erased_by": _WHO_DID_IT,
        "company_naming.agreed_by": _WHO_DID_IT,
        "report_agreement.agreed_by": _WHO_DID_IT,
        "plan_input.body": "copies of what other sections tell, from which plans were reckoned, for 90 days;"
        " you are taken out of it when you are erased",
        "data_key.owner_id": "the key that what you handed in is encrypted with; thrown away with you",
        "gig.contact_id": "whom a gig names as its contact, with the events of that gig",
        "sandbox_lever.owner_id": "a test lever of the sandbox, which moves no money",
    }
)
"""Columns (`table.column`) that name people and that no section is found by, each with the reason."""
