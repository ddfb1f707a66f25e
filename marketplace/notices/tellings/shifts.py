"""Gigs, shifts, offers and bookings, and who takes whose place."""

from collections.abc import Mapping
from types import MappingProxyType

from marketplace.notices.rules import Audience, Channel, Telling

TOLD: Mapping[str, tuple[Telling, ...]] = MappingProxyType(
    {
        "booking.instructions_changed": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "New instructions: %(gig)s",
                "Other instructions hold in your shift %(shift)s and after it. What is new stands on the shift's page. "
                "What you have worked before is judged by the old ones.",
            ),
        ),
        "pilot.completed": (
            Telling(
                Audience.GIGS,
                Channel.INBOX,
                "The pilot of %(gig)s is complete",
                "Its approved shifts have shown enough. How many hours are planned is no longer limited.",
            ),
        ),
        "instructions.written": (
            Telling(
                Audience.GIGS,
                Channel.INBOX,
                "The instructions of %(gig)s are to be verified",
                "Somebody else than their author reads them and says that they are clear.",
            ),
        ),
        "gig.paused": (
            Telling(Audience.GIGS, Channel.INBOX, "%(gig)s is paused", "It makes no new offers until it is resumed."),
        ),
        "gig.out_of_funds": (
            Telling(
                Audience.MONEY,
                Channel.BOTH,
                "The money of %(gig)s does not reach",
                "Somebody said yes to a shift of it and could not have the seat, because the gig holds too little for "
                "what the shift costs. Set more aside, and offers that are open can be taken.",
            ),
        ),
        "offer.made": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "An offer: %(gig)s",
                "%(company)s offers you a shift: %(shift)s. The offer says why you, what it pays and until when it "
                "stands. A no costs you nothing.",
            ),
        ),
        "offer.withdrawn": (
            Telling(
                Audience.CONTRACTOR,
                Channel.INBOX,
                "An offer is gone: %(gig)s",
                "The shift was %(shift)s. It has nothing to do with you.",
            ),
        ),
        "offer.barred": (
            Telling(
                Audience.CONTRACTOR,
                Channel.INBOX,
                "An offer is gone: %(gig)s",
                "Something was decided about you that keeps such offers away for now. The reason stands on your page "
                "of standing, and you can contest it there.",
            ),
        ),
        "offer.accepted": (
            Telling(Audience.GIGS, Channel.INBOX, "%(contractor)s accepted: %(gig)s", "The shift is %(shift)s."),
        ),
        "offer.chosen": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "You have the seat: %(gig)s",
                "Your yes was among the first in the order of the points. The shift is %(shift)s, and the money for "
                "it is set aside for you.",
            ),
            Telling(Audience.GIGS, Channel.INBOX, "%(contractor)s has a seat: %(gig)s", "The shift is %(shift)s."),
        ),
        "offer.not_chosen": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "The seats went to others: %(gig)s",
                "More people said yes than there were seats. The shift is %(shift)s. The offer tells your place and "
                "what decided; who was first had no part in it, and nothing follows from it.",
            ),
        ),
        "offer.declined": (
            Telling(Audience.GIGS, Channel.INBOX, "%(contractor)s declined: %(gig)s", "The shift is %(shift)s."),
        ),
        "booking.cancelled": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Your shift was cancelled: %(gig)s",
                "It was %(shift)s. What you are owed for the cancellation is on your timesheet.",
            ),
        ),
        "shift.off_clock": (
            Telling(
                Audience.GIGS,
                Channel.BOTH,
                "A new law moved the clock under a shift: %(gig)s",
                "It is at another hour than the series means: %(shift)s. People have seats in it, so it stays where it "
                "is until you move it, at the price of the rule NOTICE.",
            ),
        ),
        "booking.off_clock": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "A new law moved the clock of your shift: %(gig)s",
                "On the clock it is at another hour than when you said yes: %(shift)s. The moment is the same, and it "
                "stays yours. If the company moves it, you are asked first and paid by the rule NOTICE.",
            ),
        ),
        "booking.released": (
            Telling(
                Audience.GIGS,
                Channel.BOTH,
                "%(contractor)s gave a shift back: %(gig)s",
                "The shift is %(shift)s. Somebody else is searched for at once; the shift's page says what comes of "
                "it.",
            ),
        ),
        "booking.handed_over": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Somebody has taken your shift over: %(gig)s",
                "You are not booked any more for %(shift)s. It costs you nothing and harms nothing.",
            ),
            Telling(
                Audience.GIGS,
                Channel.INBOX,
                "Somebody else comes: %(gig)s",
                "%(contractor)s has handed their seat over to somebody whom your requirements let pass. The shift is "
                "%(shift)s; its page says who comes.",
            ),
        ),
        "cover.wanted": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Somebody asks for cover: %(gig)s",
                "The shift is %(shift)s. Everybody who may do the work is asked at the same time, and whoever takes it "
                "first has it. No answer is an answer, too: nothing follows from it.",
            ),
        ),
        "cover.gone": (
            Telling(
                Audience.CONTRACTOR,
                Channel.INBOX,
                "A shift that was to be had is gone: %(gig)s",
                "The shift %(shift)s was taken by somebody else, or is not to be handed over any more. Nothing follows "
                "for you.",
            ),
        ),
        "handover.asked": (
            Telling(
                Audience.COLLEAGUE,
                Channel.BOTH,
                "Somebody asks you to take a shift: %(gig)s",
                "It is %(shift)s. You see everything that it pays and asks for before you answer. A no costs you "
                "nothing, and nobody but who asks hears of it.",
            ),
        ),
        "handover.refused": (
            Telling(
                Audience.CONTRACTOR,
                Channel.INBOX,
                "The one whom you asked said no: %(gig)s",
                "You are still booked for %(shift)s. You can ask somebody else, or everybody who may do the work.",
            ),
        ),
        "handover.ended": (
            Telling(
                Audience.CONTRACTOR,
                Channel.INBOX,
                "Nobody has taken your shift over: %(gig)s",
                "What you asked for %(shift)s has ended, because the shift began or your seat came to an end.",
            ),
        ),
        "swap_proposal.made": (
            Telling(
                Audience.COLLEAGUE,
                Channel.BOTH,
                "A shift is offered for yours: %(gig)s",
                "What is offered is %(shift)s. You see everything that it pays and asks for before you answer.",
            ),
        ),
        "swap_proposal.declined": (
            Telling(
                Audience.CONTRACTOR,
                Channel.INBOX,
                "Your shift was not taken for the other one: %(gig)s",
                "You stay booked for %(shift)s. Nothing follows from it.",
            ),
        ),
        "swap_proposal.ended": (
            Telling(
                Audience.CONTRACTOR,
                Channel.INBOX,
                "The shift that you wanted is not to be had any more",
                "You offered %(gig)s, %(shift)s for it, and stay booked for that if you were.",
            ),
        ),
        "booking.stopped": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Your work was stopped: %(gig)s",
                "It was distressing, and its cap was reached or it became heavier than you had agreed to. The rest of "
                "the shift %(shift)s is paid all the same.",
            ),
            Telling(
                Audience.GIGS,
                Channel.INBOX,
                "%(contractor)s had to stop: %(gig)s",
                "The shift is %(shift)s. The work is distressing, and the rest of it is paid as neutral hours.",
            ),
        ),
        "booking.class_raised": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Your work earns a higher premium: %(gig)s",
                "What you see there is heavier than was said. The premium holds for the whole shift %(shift)s.",
            ),
        ),
        "booking.excused": (
            Telling(
                Audience.GIGS,
                Channel.BOTH,
                "%(contractor)s could not come: %(gig)s",
                "Power or network was lost in the shift %(shift)s. It is no missed shift.",
            ),
        ),
        "booking.taken_out": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "You do not have to do this shift: %(gig)s",
                "The work of %(shift)s became heavier than you had agreed to, so you were taken out. What you are owed "
                "is on your timesheet, and it harms nothing.",
            ),
            Telling(
                Audience.GIGS,
                Channel.INBOX,
                "%(contractor)s was taken out: %(gig)s",
                "The work of %(shift)s became heavier than they had agreed to. The seat is open again.",
            ),
        ),
        "shift.told": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "A message about your shift: %(gig)s",
                "%(company)s wrote about %(shift)s. You may answer and need not; silence counts for nothing.",
            ),
        ),
        "hazard_flag.raised": (
            Telling(
                Audience.GIGS,
                Channel.BOTH,
                "Somebody flagged distressing content: %(gig)s",
                "Look at it and raise the class of the gig if it is so.",
            ),
            Telling(
                Audience.ADMIN,
                Channel.BOTH,
                "Somebody flagged distressing content: %(gig)s",
                "Look whether the company answers, and raise the class or dismiss the flag.",
            ),
        ),
        "hazard_flag.upheld": (
            Telling(
                Audience.CONTRACTOR,
                Channel.INBOX,
                "Your flag was right: %(gig)s",
                "The hazard class was raised. Thank you.",
            ),
        ),
        "hazard_flag.dismissed": (
            Telling(
                Audience.CONTRACTOR,
                Channel.INBOX,
                "Your flag was looked at: %(gig)s",
                "The class stays as it is; the answer says why.",
            ),
        ),
        "hazard_flag.reported": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Nobody sees this any more: %(gig)s",
                "What you flagged is unlawful. The gig is closed, it was reported, and your work is paid. Thank you.",
            ),
            Telling(
                Audience.GIGS,
                Channel.BOTH,
                "Closed because of unlawful content: %(gig)s",
                "An operator found in it what nobody may be given, and reported it. Everybody in it is paid.",
            ),
        ),
        "gig.class_raised": (
            Telling(
                Audience.GIGS,
                Channel.BOTH,
                "The hazard class was raised: %(gig)s",
                "The gig's page says what it means.",
            ),
        ),
        "booking.reported_sick": (
            Telling(
                Audience.GIGS,
                Channel.BOTH,
                "%(contractor)s fell ill: %(gig)s",
                "The shift is %(shift)s. For a seat that was not begun somebody else is searched for at once. Illness "
                "costs you nothing and harms nobody.",
            ),
        ),
        "booking.reminded": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Your shift is near: %(gig)s",
                "It is %(shift)s. If you cannot come, give the seat back, so that somebody else can take it.",
            ),
        ),
        "shift.lead_not_named": (
            Telling(
                Audience.GIGS,
                Channel.BOTH,
                "Nobody leads your shift yet: %(gig)s",
                "Who was to lead the shift %(shift)s has a seat in it, but the minutes beside it could not be asked "
                "for. Name somebody else on the page of the shift.",
            ),
        ),
        "booking.break_due": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "A break of 30 minutes is due: %(gig)s",
                "You have worked 6 hours without one. Your clock runs on, and every minute is paid, until you press "
                "it on the page of the shift.",
            ),
        ),
        "booking.paid_break_due": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "A paid break is due: %(gig)s",
                "It belongs to your work, and nothing is taken off your pay for it. Press it on the page of the shift.",
            ),
        ),
        "booking.called": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "You have a seat: %(gig)s",
                "You stood by for %(shift)s, and a seat is yours now. If the shift has begun, clock in within 15 "
                "minutes; if you said that you are ready, your clock runs already. The time until now is paid.",
            ),
            Telling(
                Audience.GIGS,
                Channel.INBOX,
                "%(contractor)s, who stood by, has a seat: %(gig)s",
                "A seat was free in the shift %(shift)s.",
            ),
        ),
        "booking.stood_by": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "You were not needed: %(gig)s",
                "You stood by for %(shift)s, and can go. What you are paid for it is on your timesheet.",
            ),
        ),
        "booking.confirm_asked": (
            Telling(
                Audience.CONTRACTOR,
                Channel.INBOX,
                "Are you still coming? %(gig)s",
                "Your shift is %(shift)s. One tap on its page answers. If you cannot come, give the seat back, so that "
                "somebody else can take it.",
            ),
        ),
        "booking.confirm_urged": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Please say whether you come: %(gig)s",
                "Your shift is %(shift)s. One tap on its page answers: %(home)s. The seat stays yours without an "
                "answer too; the company only reads that it has none.",
            ),
            Telling(
                Audience.GIGS,
                Channel.INBOX,
                "%(contractor)s has not confirmed: %(gig)s",
                "The shift is %(shift)s. The seat stays theirs, and silence counts against nobody. If you cannot do "
                "without the seat, have somebody stand by.",
            ),
        ),
        "booking.missed": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "You were not seen on your shift: %(gig)s",
                "It was %(shift)s. If something kept you from it, tell the contact person.",
            ),
            Telling(Audience.GIGS, Channel.INBOX, "%(contractor)s did not come: %(gig)s", "The shift was %(shift)s."),
        ),
        "booking.cap_exceeded": (
            Telling(
                Audience.STANDARDS,
                Channel.INBOX,
                "Somebody worked beyond a cap without network: %(gig)s",
                "%(contractor)s could not be stopped at the cap of the hazard class, since their phone had no network. "
                "The time is paid. Look whether they need care, and whether shifts of %(company)s are too long.",
            ),
        ),
        "match_contest.filed": (
            Telling(
                Audience.DISPUTES,
                Channel.BOTH,
                "%(contractor)s contests why they were, or were not, asked for a shift",
                "Somebody who is no party to it answers within 14 days. Without an answer it is decided for them.",
            ),
        ),
        "match_contest.upheld": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "What you contested was answered: the decision was right",
                "Read the reason.",
            ),
        ),
        "match_contest.overturned": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "What you contested was answered: you were right",
                "Read the reason. While the shift has an open seat you can ask for it.",
            ),
        ),
        "match_contest.lapsed": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Nobody answered what you contested in time, which decides for you",
                "While the shift has an open seat you can ask for it.",
            ),
            Telling(
                Audience.DISPUTES,
                Channel.INBOX,
                "What %(contractor)s contested was not answered in time",
                "It was decided for them.",
            ),
        ),
    }
)
