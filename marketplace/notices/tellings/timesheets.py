"""What was worked: timesheets, corrections of the clock, cuts and their disputes."""

from collections.abc import Mapping
from types import MappingProxyType

from marketplace.notices.rules import Audience, Channel, Telling

TOLD: Mapping[str, tuple[Telling, ...]] = MappingProxyType(
    {
        "timesheet.submitted": (
            Telling(
                Audience.TIMESHEETS,
                Channel.BOTH,
                "A timesheet waits for you: %(gig)s",
                "%(contractor)s worked for you. Without an answer in 72 hours it is approved.",
            ),
        ),
        "correction.made": (
            Telling(
                Audience.TIMESHEETS,
                Channel.INBOX,
                "%(contractor)s corrected the clock: %(gig)s",
                "What stood before, what stands now and why are on the timesheet. You can agree there, or not.",
            ),
        ),
        "correction.by_company": (
            Telling(
                Audience.CONTRACTOR,
                Channel.INBOX,
                "%(company)s corrected your clock: %(gig)s",
                "It gives you minutes and counts. If it was not so, say it on the page of the shift.",
            ),
        ),
        "booking.pieces_missing": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Nobody has counted your pieces: %(gig)s",
                "Say on the page of the shift how many came of it, within 48 hours after it: only what is counted is "
                "paid by the piece.",
            ),
            Telling(
                Audience.TIMESHEETS,
                Channel.INBOX,
                "Nobody has counted the pieces of a shift: %(gig)s",
                "%(contractor)s has worked it and said no number. If you know how many came of it, say so on the "
                "timesheet before you answer it.",
            ),
        ),
        "booking.pieces_by_company": (
            Telling(
                Audience.CONTRACTOR,
                Channel.INBOX,
                "%(company)s counted your pieces: %(gig)s",
                "How many stands on the page of the shift. If there were more, say so there within 48 hours after it.",
            ),
        ),
        "correction.proposed": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "%(company)s proposes another time: %(gig)s",
                "It would take minutes. Nothing changes unless you agree; both times and the reason stand on the page "
                "of the shift.",
            ),
        ),
        "correction.contested": (
            Telling(
                Audience.CONTRACTOR,
                Channel.INBOX,
                "%(company)s does not agree with your correction: %(gig)s",
                "Why stands on the page of the shift. Your time counts on: only a cut, which you can dispute, takes "
                "minutes.",
            ),
            Telling(
                Audience.TIMESHEETS,
                Channel.INBOX,
                "%(contractor)s does not agree with your correction: %(gig)s",
                "Why stands on the page of the clock. What the person's clock said before counts.",
            ),
        ),
        "timesheet.approved": (
            Telling(
                Audience.CONTRACTOR,
                Channel.INBOX,
                "Your timesheet is approved: %(gig)s",
                "It is paid with the next pay run.",
            ),
        ),
        "timesheet.cut": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Something was cut from your timesheet: %(gig)s",
                "%(company)s gives a reason for each cut; they stand on the timesheet. The rest is approved and paid. "
                "If you do not agree, you can say so there for 30 days, in which the money stays held.",
            ),
        ),
        "dispute.claimed": (
            Telling(
                Audience.TIMESHEETS,
                Channel.BOTH,
                "%(contractor)s disputes a cut: %(gig)s",
                "Answer with what shows that the time was not worked. An operator rules within 14 days.",
            ),
            Telling(
                Audience.DISPUTES,
                Channel.INBOX,
                "A dispute to rule on: %(company)s",
                "Without a ruling within 14 days everything is restored.",
            ),
        ),
        "dispute.answered": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Something was said in your dispute: %(gig)s",
                "Read it and reply, if you want to.",
            ),
            Telling(
                Audience.TIMESHEETS,
                Channel.BOTH,
                "Something was said in the dispute with %(contractor)s: %(gig)s",
                "Read it and answer, if you want to.",
            ),
        ),
        "dispute.advanced": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "The disputed time is paid at once",
                "The sum is small, so the next pay run pays it before anybody has ruled. You keep it in any case.",
            ),
        ),
        "dispute.ruled": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Your dispute is decided: %(gig)s",
                "The ruling and its reason stand on the dispute's page. What was restored is paid with the next pay "
                "run.",
            ),
            Telling(
                Audience.TIMESHEETS,
                Channel.BOTH,
                "The dispute with %(contractor)s is decided: %(gig)s",
                "The ruling and its reason stand on the dispute's page.",
            ),
        ),
        "dispute.defaulted": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "All of your time is restored: %(gig)s",
                "Nobody ruled in time, which favours you. It is paid with the next pay run.",
            ),
            Telling(
                Audience.TIMESHEETS,
                Channel.BOTH,
                "The time of %(contractor)s is restored: %(gig)s",
                "Nobody ruled in time, which favours the contractor.",
            ),
            Telling(
                Audience.DISPUTES,
                Channel.INBOX,
                "A dispute was not ruled on in time: %(company)s",
                "Everything is restored.",
            ),
        ),
        "dispute.withdrawn": (
            Telling(
                Audience.TIMESHEETS,
                Channel.INBOX,
                "%(contractor)s withdrew a claim: %(gig)s",
                "The cut stands, and its money is the gig's again.",
            ),
        ),
    }
)
