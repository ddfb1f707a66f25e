"""Their work: offers, shifts, the clock, questions and plans."""

from uuid import UUID

from sqlalchemy import select

from marketplace.gigs.models import Gig
from marketplace.insight.sections.section import EMPTIED, GONE, STAYS, Section, Told, own, table_of, through
from marketplace.matching.index_models import MatchPair, MatchPerson
from marketplace.matching.models import PlannedSeat
from marketplace.messages.channel_models import ChannelKey, ChannelMember, ChannelWords
from marketplace.messages.models import Message, Question, Thread
from marketplace.shifts.correction_models import Correction
from marketplace.shifts.handover_models import CoverCall, Handover, HandoverCode, SwapProposal
from marketplace.shifts.hazard_models import BackPay, HazardFlag, HazardFlagNote
from marketplace.shifts.leading_models import LeadMinutes, LeadPlan
from marketplace.shifts.models import Booking, Offer, TimeEntry
from marketplace.shifts.tap_models import ClockTap
from marketplace.shifts.timesheet_models import Timesheet, TimesheetCut, TimesheetLine


def _gigs(person_id: UUID) -> Told:
    """What is meant by a `gig_id` of the record, as everybody reads it to whom it is offered."""
    asked = select(Thread.gig_id).where(Thread.contractor_id == person_id)
    ids = select(Offer.gig_id).where(Offer.contractor_id == person_id).union(asked)
    told = (Gig.id, Gig.company_id, Gig.title, Gig.work_kind, Gig.hazard_class)
    return select(*told).where(Gig.id.in_(ids)).order_by(Gig.id)


WORK: tuple[Section, ...] = (
    Section("gigs", "gigs", "Gigs that this record names", STAYS, _gigs, frozenset(), table_of(Gig.id)),
    own(
        "offers",
        "shifts",
        "Offers, why you were asked, and your answers",
        EMPTIED,
        Offer.contractor_id,
        empties=("reason",),
    ),
    own("bookings", "shifts", "Your shifts", STAYS, Booking.contractor_id),
    own(
        "handovers",
        "shifts",
        "Shifts that you asked others to take",
        STAYS,
        Handover.contractor_id,
        without=("asked_id", "new_booking_id"),
    ),
    own(
        "handovers_asked",
        "shifts",
        "Shifts that you were asked to take",
        STAYS,
        Handover.asked_id,
        without=("contractor_id", "booking_id", "new_booking_id"),
    ),
    own(
        "cover_calls",
        "shifts",
        "Shifts that you were told were to be taken over",
        STAYS,
        CoverCall.contractor_id,
    ),
    own("swap_proposals", "shifts", "Shifts that you offered for others", STAYS, SwapProposal.contractor_id),
    own("handover_code", "shifts", "The code by which colleagues name you", GONE, HandoverCode.contractor_id),
    own("time_entries", "shifts", "Your clock", STAYS, TimeEntry.contractor_id),
    own("lead_minutes", "shifts", "Minutes in which you lead others", STAYS, LeadMinutes.contractor_id),
    own("lead_plans", "shifts", "Shifts that you are to lead once you have a seat", STAYS, LeadPlan.contractor_id),
    own("clock_taps", "shifts", "What you pressed without network", STAYS, ClockTap.contractor_id),
    own(
        "clock_corrections",
        "shifts",
        "Corrections of your clock, and why",
        EMPTIED,
        Correction.contractor_id,
        empties=("words", "answer"),
    ),
    own("timesheets", "shifts", "Your timesheets", STAYS, Timesheet.contractor_id),
    through("timesheet_lines", "shifts", "Their lines", STAYS, TimesheetLine.booking_id, Booking.contractor_id),
    own(
        "timesheet_cuts",
        "shifts",
        "Time that a company cut, and why",
        EMPTIED,
        TimesheetCut.contractor_id,
        empties=("clause", "missing", "reason"),
    ),
    own("back_pay", "shifts", "Back-pay for work that became heavier", STAYS, BackPay.contractor_id),
    own("threads", "messages", "What you asked companies about", STAYS, Thread.contractor_id),
    through(
        "thread_messages",
        "messages",
        "What was written in it",
        EMPTIED,
        Message.thread_id,
        Thread.contractor_id,
        empties=("words",),
    ),
    own("questions", "messages", "How long you waited for answers", STAYS, Question.contractor_id),
    own(
        "channel_memberships",
        "messages",
        "Channels of your own that you came into",
        GONE,
        ChannelMember.contractor_id,
    ),
    through(
        "channel_keys",
        "messages",
        "Their keys, sealed for you",
        GONE,
        ChannelKey.member_id,
        ChannelMember.contractor_id,
    ),
    through(
        "channel_words",
        "messages",
        "What you wrote there, encrypted",
        GONE,
        ChannelWords.member_id,
        ChannelMember.contractor_id,
    ),
    own("hazard_flags", "shifts", "What you flagged", STAYS, HazardFlag.contractor_id),
    through(
        "hazard_flag_notes",
        "shifts",
        "What you wrote, and the answer",
        EMPTIED,
        HazardFlagNote.flag_id,
        HazardFlag.contractor_id,
        empties=("words", "answer"),
    ),
    own(
        "match_index",
        "matching",
        "That searches can find you, by what you say of yourself",
        GONE,
        MatchPerson.contractor_id,
        without=("marks",),
    ),
    own(
        "match_index_companies",
        "matching",
        "Of whose seats they can",
        GONE,
        MatchPair.contractor_id,
        without=("cell_id", "place", "rate_amount", "currency", "highest_class"),
    ),
    own("planned_seats", "matching", "How plans ranked you", GONE, PlannedSeat.contractor_id),
)
