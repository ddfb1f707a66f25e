"""Who hears of which event, and in which words: one table.

The words are English, which is also what the catalogues of other languages are looked up by. `%(gig)s` and its like are
facts about the event (`FACTS`), found when the words are shown, so that a notice holds no copy of a name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from marketplace.accounts.rules import OperatorRole, Right


class Audience(StrEnum):
    """Whom an event is told to. All but the first are told unless they did it themselves."""

    PERSON = "person"
    """The person that the event is about."""
    CONTRACTOR = "contractor"
    """The contractor that the event is about."""
    GIGS = "gigs"
    """Members of the company who may work on its gigs; likewise the next three for their rights."""
    TIMESHEETS = "timesheets"
    MONEY = "money"
    MEMBERS = "members"
    VETTING = "vetting"
    """Operators in this role; likewise the others below."""
    FINANCE = "finance"
    ADMIN = "admin"
    DISPUTES = "disputes"
    STANDARDS = "standards"
    PLACE = "place"
    """Contractors who live where the event is about."""
    COMMENTER = "commenter"
    """Whoever said what an operator has answered. The event names the answer, and nobody."""
    AUTHOR = "author"
    """Whoever wrote words that were hidden. The event names the hiding, and nobody."""
    COLLEAGUE = "colleague"
    """The other one of a handover: who is asked by name, or whose request a proposal answers. The event names the
    request or proposal, and not them."""
    CHANNEL = "channel"
    """Whoever is in a workers' own channel and has looked since they were told last. The event names nobody."""


COMPANY_AUDIENCES: Mapping[Audience, Right] = MappingProxyType(
    {
        Audience.GIGS: Right.GIGS,
        Audience.TIMESHEETS: Right.TIMESHEETS,
        Audience.MONEY: Right.MONEY,
        Audience.MEMBERS: Right.MEMBERS,
    }
)
OPERATOR_AUDIENCES: Mapping[Audience, OperatorRole] = MappingProxyType(
    {
        Audience.VETTING: OperatorRole.VETTING,
        Audience.FINANCE: OperatorRole.FINANCE,
        Audience.DISPUTES: OperatorRole.DISPUTES,
        Audience.ADMIN: OperatorRole.ADMIN,
        Audience.STANDARDS: OperatorRole.STANDARDS,
    }
)


class Channel(StrEnum):
    """Where it is told. What cannot wait until somebody looks goes outside too, by the ways that they chose; a secret
    goes to the one address that it is about."""

    INBOX = "inbox"
    BOTH = "both"
    EVERYWHERE = "everywhere"
    """In the inbox and by every way that they have, whatever they chose: whoever has taken over an account may have
    chosen a way of their own."""
    MAIL = "mail"
    NUMBER = "number"
    """As a text message to the telephone number that the event is about, and nowhere else."""


IN_INBOX = frozenset({Channel.INBOX, Channel.BOTH, Channel.EVERYWHERE})


@dataclass(frozen=True, slots=True)
class Telling:
    """How an event is told to one audience."""

    audience: Audience
    channel: Channel
    title: str
    words: str


FACTS = ("company", "gig", "contractor", "shift", "money", "test", "check", "place", "day", "link", "code", "home")
"""What words may name. `shift` is when it is, `check` a truth that broke, `place` where it
holds, `day` until when, `link` a secret address, `code` a secret number, `home` ours."""

_P, _C, _INBOX, _BOTH, _MAIL = Audience.PERSON, Audience.CONTRACTOR, Channel.INBOX, Channel.BOTH, Channel.MAIL

TELLINGS: Mapping[str, tuple[Telling, ...]] = MappingProxyType(
    {
        # People and companies.
        "person.verification_asked": (
            Telling(
                _P,
                _MAIL,
                "Confirm your e-mail address",
                "Open this link to confirm that this address is yours. It is good for two days. If you did not sign "
                "up, do not open it.\n\n%(link)s",
            ),
        ),
        "person.reset_asked": (
            Telling(
                _P,
                _MAIL,
                "Choose a new password",
                "Open this link to choose a new password. It is good for one day, and once. If you did not ask for it, "
                "nothing has to be done.\n\n%(link)s",
            ),
        ),
        "person.sign_up_repeated": (
            Telling(
                _P,
                _MAIL,
                "You have an account already",
                "Somebody, maybe you, tried to sign up with this address, which has an account. Sign in, or have a new "
                "password sent.",
            ),
        ),
        "person.password_changed": (
            Telling(
                _P,
                _BOTH,
                "Your password was changed",
                "If it was not you, have a new password sent at once and tell us.",
            ),
        ),
        "phone.code_asked": (
            Telling(
                _P,
                Channel.NUMBER,
                "Your code is %(code)s",
                "It is good for ten minutes. If you did not ask for it, nothing has to be done.",
            ),
        ),
        "phone.proven": (
            Telling(
                _P,
                _BOTH,
                "A telephone number was added to your account",
                "You are told of offers and shifts there from now on. If it was not you, have a new password sent at "
                "once and tell us.",
            ),
        ),
        "phone.ended": (
            Telling(
                _P,
                Channel.NUMBER,
                "No more messages come to this number",
                "It was taken out of an account, or another one stands there now. If it was not you, sign in and look.",
            ),
        ),
        "person.invited": (
            Telling(
                _P,
                _MAIL,
                "You are invited to work through Setara",
                "Open this link to choose a password, which also shows that this address is yours. It is good for 14 "
                "days. If you do not want to, nothing has to be done.\n\n%(link)s",
            ),
        ),
        "person.invited_by_company": (
            Telling(
                _P,
                _MAIL,
                "%(company)s invites you to work through Setara",
                "Open this link to choose a password, which also shows that this address is yours. Then you apply, an "
                "operator decides, and %(company)s can propose a contract to you. The link is good for 14 days. If you "
                "do not want to, nothing has to be done.\n\n%(link)s",
            ),
        ),
        "person.asked_by_company": (
            Telling(
                _P,
                _BOTH,
                "%(company)s invites you to work through Setara",
                "You have an account here, which %(company)s was not told. If you want it to know, and to propose a "
                "contract, say yes under your account within 14 days. If you do not want to, nothing has to be done.",
            ),
        ),
        "member_invitation.sent": (
            Telling(
                _P,
                _MAIL,
                "%(company)s asks you to be its member",
                "A member works in the name of %(company)s, as far as their role goes. Open this link to answer. If "
                "you have no password here yet, you choose one first, which also shows that this address is yours; the "
                "question then stands under your account. It is good for 14 days. If you do not want to, say no there, "
                "or do nothing.\n\n%(link)s",
            ),
        ),
        "member_invitation.accepted": (
            Telling(
                Audience.MEMBERS, _INBOX, "Somebody has become a member", "Whom you invited to %(company)s said yes."
            ),
        ),
        "member_invitation.declined": (
            Telling(
                Audience.MEMBERS,
                _INBOX,
                "An invitation was declined",
                "Whom you invited to be a member of %(company)s said no.",
            ),
        ),
        "member.added": (Telling(_P, _BOTH, "You are a member of %(company)s", "You can now work in its name."),),
        "member.role_changed": (
            Telling(_P, _INBOX, "Your role in %(company)s was changed", "What you may do there is different now."),
        ),
        "member.removed": (
            Telling(_P, _BOTH, "You are no longer a member of %(company)s", "You can no longer work in its name."),
        ),
        "operator.granted": (
            Telling(_P, _BOTH, "You are an operator", "You were trusted with a role in running the service."),
        ),
        "residence_change.asked": (
            Telling(Audience.VETTING, _INBOX, "%(contractor)s has moved", "Look at what shows where they live now."),
        ),
        "residence_change.granted": (
            Telling(
                _C,
                _BOTH,
                "Your new residence was accepted",
                "From now on the floor and the hours of the new place hold for new offers. What you have accepted "
                "keeps its terms.",
            ),
        ),
        "residence_change.refused": (
            Telling(
                _C,
                _BOTH,
                "What shows your new residence will not do",
                "The operator wrote why. You can show something else and ask again.",
            ),
        ),
        "screening_hit.found": (
            Telling(
                Audience.VETTING,
                _INBOX,
                "%(contractor)s has a name like one on a list of sanctions",
                "Look whether it is the same person, and write down why.",
            ),
        ),
        "company.applied": (
            Telling(
                Audience.VETTING,
                _INBOX,
                "%(company)s asks to be verified",
                "Look who the company and its signatory are.",
            ),
        ),
        "company.verified": (
            Telling(Audience.MEMBERS, _BOTH, "%(company)s is verified", "Its gigs can be published now."),
        ),
        "company.suspended": (
            Telling(
                Audience.MEMBERS,
                _BOTH,
                "%(company)s is suspended",
                "It can publish nothing until an operator verifies it again. Their reason stands on the company's "
                "page, and can be contested there for 30 days.",
            ),
        ),
        "company.refused": (
            Telling(
                Audience.MEMBERS,
                _BOTH,
                "%(company)s was not verified",
                "The reason stands on the company's page. Hand in anew what was not right, or contest it there for 30 "
                "days: somebody else looks again then.",
            ),
        ),
        "company.handed_in_again": (
            Telling(
                Audience.VETTING, _INBOX, "%(company)s has handed in anew", "Look at what is different, and decide."
            ),
        ),
        "company.changed": (
            Telling(
                Audience.VETTING,
                _INBOX,
                "%(company)s has changed its name, entry or signatory",
                "Look who they are now. Until you decide, its gigs are paused.",
            ),
            Telling(
                Audience.MEMBERS,
                _BOTH,
                "%(company)s is verified again",
                "Its name, entry or signatory was changed. Its gigs are paused until an operator has looked; what is "
                "booked stands.",
            ),
        ),
        "company.refusal_contested": (
            Telling(
                Audience.VETTING,
                _INBOX,
                "%(company)s contests its refusal",
                "Whoever did not take the decision looks at it again.",
            ),
        ),
        "company.suspension_contested": (
            Telling(
                Audience.VETTING,
                _INBOX,
                "%(company)s contests its suspension",
                "Whoever did not take the decision looks at it again.",
            ),
        ),
        # Contractors and contracts.
        "contractor.applied": (
            Telling(Audience.VETTING, _INBOX, "%(contractor)s applied", "Look at what was handed in, and decide."),
        ),
        "contractor.refusal_contested": (
            Telling(
                Audience.VETTING,
                _BOTH,
                "%(contractor)s contests a refusal",
                "Somebody who has not decided before looks again.",
            ),
        ),
        "contractor.suspension_contested": (
            Telling(
                Audience.VETTING,
                _BOTH,
                "%(contractor)s contests a suspension",
                "Somebody who has not decided before looks again.",
            ),
        ),
        "contractor.vetted": (Telling(_C, _BOTH, "You are vetted", "You can be offered shifts now."),),
        "contractor.refused": (
            Telling(
                _C, _BOTH, "Your application was refused", "The reason stands on your page. You can contest it there."
            ),
        ),
        "contractor.suspended": (
            Telling(
                _C,
                _BOTH,
                "You get no offers for now",
                "The reason stands on your page. You can contest it there. What you have earned is paid.",
            ),
        ),
        "contractor.reinstated": (Telling(_C, _BOTH, "You get offers again", "The suspension has ended."),),
        "restriction.made": (
            Telling(
                _C,
                _BOTH,
                "Some offers do not reach you for now",
                "An operator restricted them until a day that is said. The reason stands on your page of standing, and "
                "you can contest it there. Accepted shifts are kept, and what you have earned is paid.",
            ),
        ),
        "restriction.made_by_company": (
            Telling(
                _C,
                _BOTH,
                "%(company)s makes you no offers for now",
                "The reason and the day on which it ends stand on your page of standing, and you can contest it there. "
                "It counts nowhere else. Accepted shifts are kept, and what you have earned is paid.",
            ),
        ),
        "restriction.made_by_match": (
            Telling(
                _C,
                _BOTH,
                "New offers rest for some days",
                "Your account and an older one share something that usually belongs to one person. That proves "
                "nothing; somebody looks at it. Say on your page of standing what they should know. Without a decision "
                "within 7 days it ends by itself. Accepted shifts are kept, and what you have earned is paid.",
            ),
        ),
        "restriction.made_by_paper": (
            Telling(
                _C,
                _BOTH,
                "New offers rest: a paper of yours is over",
                "Show a new one on the page of your application. New offers go on in the moment in which an operator "
                "accepts it. If the old one still holds, say so on your page of standing, and somebody looks. Accepted "
                "shifts are kept, and what you have earned is paid.",
            ),
        ),
        "intake.paused": (
            Telling(
                Audience.VETTING,
                _BOTH,
                "New applications wait",
                "There is not enough work for the people who are here. The measure stands on the page of intake.",
            ),
        ),
        "intake.reopened": (
            Telling(Audience.VETTING, _BOTH, "Applications are taken again", "There is enough work again."),
        ),
        "intake.awaited": (
            Telling(
                Audience.MEMBERS,
                _INBOX,
                "%(contractor)s, whom you have invited, has to wait",
                "There is not enough work for the people who are here, so new applications wait. They are told when it "
                "opens again.",
            ),
        ),
        "intake.opened": (
            Telling(_C, _BOTH, "You can apply now", "Applications are taken again. You had asked to be told."),
        ),
        "contractor.closing": (
            Telling(
                _C,
                _BOTH,
                "Your account is being closed",
                "An operator decided it. The reason stands on your page of standing, and you can contest it there. "
                "Accepted shifts are kept, and everything that you have earned is paid first.",
            ),
        ),
        "contractor.closed": (
            Telling(
                _C,
                _BOTH,
                "Your account is closed",
                "Everything that was owed is paid. You can still sign in, read all of it, and take your record along.",
            ),
        ),
        "contractor.reopened": (
            Telling(_C, _BOTH, "Your account is open again", "The decision to close it no longer holds."),
        ),
        "proposal.made": (
            Telling(
                Audience.VETTING,
                _INBOX,
                "Something to look at: %(contractor)s",
                "A rule found something. It does nothing by itself; look at it, and decide or dismiss it.",
            ),
        ),
        "strike.proposed": (
            Telling(
                _C,
                _BOTH,
                "Somebody will look at a shift of yours",
                "You were not there, or gave the seat back very late. Nothing is decided. If you had a good cause, say "
                "so on your page of standing: whoever looks reads it first, and what is excused counts nothing.",
            ),
        ),
        "reliability.counted": (
            Telling(
                _C,
                _BOTH,
                "An operator has read what you said of a late no",
                "It was found no good cause, so it counts, for 30 days from when it happened. The reason stands on "
                "your page of standing, and you can contest it there. It keeps no offer from you.",
            ),
        ),
        "strike.given": (
            Telling(
                _C,
                _BOTH,
                "An operator gave a strike",
                "The reason stands on your page of standing, and you can contest it there. It keeps no offer from you, "
                "and falls off on %(day)s.",
            ),
        ),
        "strike.expired": (Telling(_C, _INBOX, "A strike has fallen off", "Its 30 days are over."),),
        "strike.lifted": (Telling(_C, _BOTH, "A strike was lifted", "It counts no more."),),
        "proposal.answered": (
            Telling(
                Audience.VETTING, _INBOX, "%(contractor)s says something about a finding", "Read it before you decide."
            ),
        ),
        "proposal.dismissed": (
            Telling(
                _C, _INBOX, "Somebody looked, and nothing follows", "What rested goes on. The reason stands there."
            ),
        ),
        "restriction.expired": (
            Telling(_C, _INBOX, "A restriction has ended", "Its time was over. Those offers reach you again."),
        ),
        "restriction.lifted": (
            Telling(_C, _BOTH, "A restriction was lifted", "It ended before its time. Those offers reach you again."),
        ),
        "appeal.filed": (
            Telling(
                Audience.VETTING,
                _BOTH,
                "%(contractor)s contests a decision",
                "Somebody who has not taken it answers within 14 days. Without an answer it falls.",
            ),
            Telling(
                Audience.GIGS,
                _INBOX,
                "%(contractor)s contests that you have blocked them",
                "An operator looks at it. Without an answer within 14 days the block ends.",
            ),
        ),
        "appeal.upheld": (
            Telling(_C, _BOTH, "Your appeal was answered: the decision stands", "The reason stands on your page."),
        ),
        "appeal.overturned": (
            Telling(_C, _BOTH, "Your appeal was answered: you were right", "The decision no longer holds."),
            Telling(Audience.GIGS, _INBOX, "A block of yours was lifted", "%(contractor)s had contested it."),
        ),
        "appeal.changed": (
            Telling(
                _C,
                _BOTH,
                "Your appeal was answered: something milder holds",
                "What holds now, and why, stands on your page of standing.",
            ),
            Telling(Audience.GIGS, _INBOX, "A block of yours ends earlier", "%(contractor)s had contested it."),
        ),
        "appeal.lapsed": (
            Telling(
                _C,
                _BOTH,
                "Nobody answered your appeal in time, which decides for you",
                "The decision no longer holds. An application that was refused waits again to be decided.",
            ),
            Telling(
                Audience.VETTING,
                _INBOX,
                "An appeal of %(contractor)s was not answered in time",
                "It was decided for them.",
            ),
            Telling(
                Audience.GIGS,
                _INBOX,
                "A block of yours has ended",
                "%(contractor)s had contested it, and nobody answered in time.",
            ),
        ),
        "requirement.submitted": (
            Telling(
                Audience.VETTING, _INBOX, "%(contractor)s handed something in", "Look at it, and say if it will do."
            ),
        ),
        "requirement.ends_soon": (
            Telling(
                _C,
                _BOTH,
                "A paper of yours is good until %(day)s",
                "Show a new one before that, on the page of your application. If it is over, new offers rest until an "
                "operator has accepted a new one. Accepted shifts are kept, and what you have earned is paid.",
            ),
        ),
        "requirement.refused": (
            Telling(_C, _BOTH, "Something you handed in will not do", "The reason stands on your page."),
        ),
        "contract.proposed": (
            Telling(
                _C,
                _BOTH,
                "A contract to sign: %(company)s",
                "Read it in peace. You get no offers of the company before it is signed.",
            ),
        ),
        "crew.member_added": (
            Telling(
                _C,
                _INBOX,
                "You are in a crew of %(company)s",
                "You can leave the crew at any time, under 'Contracts'. No points read who is in a crew.",
            ),
        ),
        "crew.member_removed": (
            Telling(
                _C,
                _INBOX,
                "You are no longer in a crew of %(company)s",
                "Your contract, your offers and your shifts stay as they are.",
            ),
        ),
        "contract.amendment_proposed": (
            Telling(
                _C,
                _BOTH,
                "A change of your contract: %(company)s",
                "The old terms hold until you sign. You need not.",
            ),
        ),
        "contract.amendment_declined": (
            Telling(
                Audience.MEMBERS,
                _INBOX,
                "%(contractor)s declined a change of the contract",
                "The version that was signed before holds on.",
            ),
        ),
        "contract.amendment_signed": (
            Telling(
                Audience.MEMBERS,
                _INBOX,
                "%(contractor)s signed a change of the contract",
                "The contract's page says from which day on it holds.",
            ),
        ),
        "contract.signed": (
            Telling(
                Audience.MEMBERS, _INBOX, "%(contractor)s signed the contract", "Shifts can be offered from now on."
            ),
        ),
        "contract.declined": (
            Telling(
                Audience.MEMBERS, _INBOX, "%(contractor)s declined the contract", "It costs nobody anything to say no."
            ),
        ),
        "contract.status_changed": (
            Telling(
                _C,
                _BOTH,
                "What your work for %(company)s is in fact has changed",
                "The rule STATUS says something else of your contract than before. A label does not decide who is "
                "employed; the contract's page says which facts count.",
            ),
            Telling(
                Audience.MEMBERS,
                _BOTH,
                "What the work of %(contractor)s is in fact has changed",
                "The rule STATUS says something else of the contract than before; its page says which facts count.",
            ),
        ),
        "contract.ended": (
            Telling(
                _C,
                _BOTH,
                "Your contract ends: %(company)s",
                "Notice was given; the contract's page says until when it still holds. What you have earned is paid.",
            ),
            Telling(Audience.MEMBERS, _INBOX, "The contract of %(contractor)s ends", "Notice was given."),
        ),
        "guarantee.owed": (
            Telling(
                _C,
                _INBOX,
                "Guaranteed hours are paid: %(company)s",
                "Fewer hours were offered than your contract guarantees. What is missing comes with your next payslip; "
                "the contract's page shows the week.",
            ),
            Telling(
                Audience.MONEY,
                _INBOX,
                "Guaranteed hours of %(contractor)s were not offered",
                "What was guaranteed and not offered was set aside from your money. The contract's page shows the "
                "week.",
            ),
        ),
        # Gigs, shifts, offers.
        "booking.instructions_changed": (
            Telling(
                _C,
                _BOTH,
                "New instructions: %(gig)s",
                "Other instructions hold in your shift %(shift)s and after it. What is new stands on the shift's page. "
                "What you have worked before is judged by the old ones.",
            ),
        ),
        "pilot.completed": (
            Telling(
                Audience.GIGS,
                _INBOX,
                "The pilot of %(gig)s is complete",
                "Its approved shifts have shown enough. How many hours are planned is no longer limited.",
            ),
        ),
        "instructions.written": (
            Telling(
                Audience.GIGS,
                _INBOX,
                "The instructions of %(gig)s are to be verified",
                "Somebody else than their author reads them and says that they are clear.",
            ),
        ),
        "gig.paused": (
            Telling(Audience.GIGS, _INBOX, "%(gig)s is paused", "It makes no new offers until it is resumed."),
        ),
        "offer.made": (
            Telling(
                _C,
                _BOTH,
                "An offer: %(gig)s",
                "%(company)s offers you a shift: %(shift)s. The offer says why you, what it pays and until when it "
                "stands. A no costs you nothing.",
            ),
        ),
        "offer.withdrawn": (
            Telling(_C, _INBOX, "An offer is gone: %(gig)s", "The shift was %(shift)s. It has nothing to do with you."),
        ),
        "offer.barred": (
            Telling(
                _C,
                _INBOX,
                "An offer is gone: %(gig)s",
                "Something was decided about you that keeps such offers away for now. The reason stands on your page "
                "of standing, and you can contest it there.",
            ),
        ),
        "offer.accepted": (
            Telling(Audience.GIGS, _INBOX, "%(contractor)s accepted: %(gig)s", "The shift is %(shift)s."),
        ),
        "offer.chosen": (
            Telling(
                _C,
                _BOTH,
                "You have the seat: %(gig)s",
                "Your yes was among the first in the order of the points. The shift is %(shift)s, and the money for "
                "it is set aside for you.",
            ),
            Telling(Audience.GIGS, _INBOX, "%(contractor)s has a seat: %(gig)s", "The shift is %(shift)s."),
        ),
        "offer.not_chosen": (
            Telling(
                _C,
                _BOTH,
                "The seats went to others: %(gig)s",
                "More people said yes than there were seats. The shift is %(shift)s. The offer tells your place and "
                "what decided; who was first had no part in it, and nothing follows from it.",
            ),
        ),
        "offer.declined": (
            Telling(Audience.GIGS, _INBOX, "%(contractor)s declined: %(gig)s", "The shift is %(shift)s."),
        ),
        "booking.cancelled": (
            Telling(
                _C,
                _BOTH,
                "Your shift was cancelled: %(gig)s",
                "It was %(shift)s. What you are owed for the cancellation is on your timesheet.",
            ),
        ),
        "shift.off_clock": (
            Telling(
                Audience.GIGS,
                _BOTH,
                "A new law moved the clock under a shift: %(gig)s",
                "It is at another hour than the series means: %(shift)s. People have seats in it, so it stays where it "
                "is until you move it, at the price of the rule NOTICE.",
            ),
        ),
        "booking.off_clock": (
            Telling(
                _C,
                _BOTH,
                "A new law moved the clock of your shift: %(gig)s",
                "On the clock it is at another hour than when you said yes: %(shift)s. The moment is the same, and it "
                "stays yours. If the company moves it, you are asked first and paid by the rule NOTICE.",
            ),
        ),
        "booking.released": (
            Telling(
                Audience.GIGS,
                _BOTH,
                "%(contractor)s gave a shift back: %(gig)s",
                "The shift is %(shift)s. Somebody else is searched for at once; the shift's page says what comes of "
                "it.",
            ),
        ),
        "booking.handed_over": (
            Telling(
                _C,
                _BOTH,
                "Somebody has taken your shift over: %(gig)s",
                "You are not booked any more for %(shift)s. It costs you nothing and harms nothing.",
            ),
            Telling(
                Audience.GIGS,
                _INBOX,
                "Somebody else comes: %(gig)s",
                "%(contractor)s has handed their seat over to somebody whom your requirements let pass. The shift is "
                "%(shift)s; its page says who comes.",
            ),
        ),
        "cover.wanted": (
            Telling(
                _C,
                _BOTH,
                "Somebody asks for cover: %(gig)s",
                "The shift is %(shift)s. Everybody who may do the work is asked at the same time, and whoever takes it "
                "first has it. No answer is an answer, too: nothing follows from it.",
            ),
        ),
        "cover.gone": (
            Telling(
                _C,
                _INBOX,
                "A shift that was to be had is gone: %(gig)s",
                "The shift %(shift)s was taken by somebody else, or is not to be handed over any more. Nothing follows "
                "for you.",
            ),
        ),
        "handover.asked": (
            Telling(
                Audience.COLLEAGUE,
                _BOTH,
                "Somebody asks you to take a shift: %(gig)s",
                "It is %(shift)s. You see everything that it pays and asks for before you answer. A no costs you "
                "nothing, and nobody but who asks hears of it.",
            ),
        ),
        "handover.refused": (
            Telling(
                _C,
                _INBOX,
                "The one whom you asked said no: %(gig)s",
                "You are still booked for %(shift)s. You can ask somebody else, or everybody who may do the work.",
            ),
        ),
        "handover.ended": (
            Telling(
                _C,
                _INBOX,
                "Nobody has taken your shift over: %(gig)s",
                "What you asked for %(shift)s has ended, because the shift began or your seat came to an end.",
            ),
        ),
        "swap_proposal.made": (
            Telling(
                Audience.COLLEAGUE,
                _BOTH,
                "A shift is offered for yours: %(gig)s",
                "What is offered is %(shift)s. You see everything that it pays and asks for before you answer.",
            ),
        ),
        "swap_proposal.declined": (
            Telling(
                _C,
                _INBOX,
                "Your shift was not taken for the other one: %(gig)s",
                "You stay booked for %(shift)s. Nothing follows from it.",
            ),
        ),
        "swap_proposal.ended": (
            Telling(
                _C,
                _INBOX,
                "The shift that you wanted is not to be had any more",
                "You offered %(gig)s, %(shift)s for it, and stay booked for that if you were.",
            ),
        ),
        "booking.stopped": (
            Telling(
                _C,
                _BOTH,
                "Your work was stopped: %(gig)s",
                "It was distressing, and its cap was reached or it became heavier than you had agreed to. The rest of "
                "the shift %(shift)s is paid all the same.",
            ),
            Telling(
                Audience.GIGS,
                _INBOX,
                "%(contractor)s had to stop: %(gig)s",
                "The shift is %(shift)s. The work is distressing, and the rest of it is paid as neutral hours.",
            ),
        ),
        "booking.class_raised": (
            Telling(
                _C,
                _BOTH,
                "Your work earns a higher premium: %(gig)s",
                "What you see there is heavier than was said. The premium holds for the whole shift %(shift)s.",
            ),
        ),
        "booking.excused": (
            Telling(
                Audience.GIGS,
                _BOTH,
                "%(contractor)s could not come: %(gig)s",
                "Power or network was lost in the shift %(shift)s. It is no missed shift.",
            ),
        ),
        "booking.taken_out": (
            Telling(
                _C,
                _BOTH,
                "You do not have to do this shift: %(gig)s",
                "The work of %(shift)s became heavier than you had agreed to, so you were taken out. What you are owed "
                "is on your timesheet, and it harms nothing.",
            ),
            Telling(
                Audience.GIGS,
                _INBOX,
                "%(contractor)s was taken out: %(gig)s",
                "The work of %(shift)s became heavier than they had agreed to. The seat is open again.",
            ),
        ),
        "thread.asked": (
            Telling(
                Audience.GIGS,
                _BOTH,
                "A question about %(gig)s",
                "%(contractor)s asks. A first reply is due within one business day.",
            ),
        ),
        "thread.answered": (
            Telling(_C, _BOTH, "Your question has an answer: %(gig)s", "%(company)s answered. You can go on asking."),
        ),
        "shift.told": (
            Telling(
                _C,
                _BOTH,
                "A message about your shift: %(gig)s",
                "%(company)s wrote about %(shift)s. You may answer and need not; silence counts for nothing.",
            ),
        ),
        "thread.told": (Telling(_C, _INBOX, "A message about %(gig)s", "%(company)s wrote to you."),),
        "thread.said": (Telling(Audience.GIGS, _INBOX, "A message about %(gig)s", "%(contractor)s wrote to you."),),
        "thread.closed": (
            Telling(_C, _INBOX, "A thread was closed: %(gig)s", "Write in it again, and it is open again."),
            Telling(Audience.GIGS, _INBOX, "A thread was closed: %(gig)s", "Write in it again, and it is open again."),
        ),
        "channel.news": (
            Telling(
                Audience.CHANNEL,
                _BOTH,
                "Something new among your colleagues",
                "Somebody wrote in a channel of your own. What, you can read there alone. You are told again once you "
                "have looked; there you can also mute it.",
            ),
        ),
        "question.overdue": (
            Telling(
                Audience.GIGS,
                _BOTH,
                "A question waits too long: %(gig)s",
                "One business day is over. Until you answer, no minute since the question can be cut as not worked, "
                "and your offers say how long people wait.",
            ),
        ),
        "survey.asked": (
            Telling(
                _C,
                _INBOX,
                "How was the work? %(gig)s",
                "If you like, say how it was: five questions, and words for operators. %(company)s never sees who "
                "answered or what anybody wrote. You are told this once.",
            ),
        ),
        "concern.opened": (
            Telling(
                Audience.STANDARDS,
                _INBOX,
                "People say little good of a gig: %(gig)s",
                "Somebody should look at what they say, and at the gig of %(company)s. Nothing follows by itself.",
            ),
        ),
        "concern.closed": (
            Telling(
                Audience.GIGS,
                _INBOX,
                "An operator looked at what people say of %(gig)s",
                "What they found stands on the page of the gig.",
            ),
        ),
        "defect.opened": (
            Telling(
                Audience.GIGS,
                _BOTH,
                "Asked twice, so the instructions are at fault: %(gig)s",
                "People asked twice about the same part. Write it better, or answer it for everybody.",
            ),
        ),
        "hazard_flag.raised": (
            Telling(
                Audience.GIGS,
                _BOTH,
                "Somebody flagged distressing content: %(gig)s",
                "Look at it and raise the class of the gig if it is so.",
            ),
            Telling(
                Audience.ADMIN,
                _BOTH,
                "Somebody flagged distressing content: %(gig)s",
                "Look whether the company answers, and raise the class or dismiss the flag.",
            ),
        ),
        "hazard_flag.upheld": (
            Telling(_C, _INBOX, "Your flag was right: %(gig)s", "The hazard class was raised. Thank you."),
        ),
        "hazard_flag.dismissed": (
            Telling(_C, _INBOX, "Your flag was looked at: %(gig)s", "The class stays as it is; the answer says why."),
        ),
        "hazard_flag.reported": (
            Telling(
                _C,
                _BOTH,
                "Nobody sees this any more: %(gig)s",
                "What you flagged is unlawful. The gig is closed, it was reported, and your work is paid. Thank you.",
            ),
            Telling(
                Audience.GIGS,
                _BOTH,
                "Closed because of unlawful content: %(gig)s",
                "An operator found in it what nobody may be given, and reported it. Everybody in it is paid.",
            ),
        ),
        "gig.class_raised": (
            Telling(Audience.GIGS, _BOTH, "The hazard class was raised: %(gig)s", "The gig's page says what it means."),
        ),
        "booking.reported_sick": (
            Telling(
                Audience.GIGS,
                _BOTH,
                "%(contractor)s fell ill: %(gig)s",
                "The shift is %(shift)s. For a seat that was not begun somebody else is searched for at once. Illness "
                "costs you nothing and harms nobody.",
            ),
        ),
        "booking.reminded": (
            Telling(
                _C,
                _BOTH,
                "Your shift is near: %(gig)s",
                "It is %(shift)s. If you cannot come, give the seat back, so that somebody else can take it.",
            ),
        ),
        "shift.lead_not_named": (
            Telling(
                Audience.GIGS,
                _BOTH,
                "Nobody leads your shift yet: %(gig)s",
                "Who was to lead the shift %(shift)s has a seat in it, but the minutes beside it could not be asked "
                "for. Name somebody else on the page of the shift.",
            ),
        ),
        "booking.break_due": (
            Telling(
                _C,
                _BOTH,
                "A break of 30 minutes is due: %(gig)s",
                "You have worked 6 hours without one. Your clock runs on, and every minute is paid, until you press "
                "it on the page of the shift.",
            ),
        ),
        "booking.paid_break_due": (
            Telling(
                _C,
                _BOTH,
                "A paid break is due: %(gig)s",
                "It belongs to your work, and nothing is taken off your pay for it. Press it on the page of the shift.",
            ),
        ),
        "booking.called": (
            Telling(
                _C,
                _BOTH,
                "You have a seat: %(gig)s",
                "You stood by for %(shift)s, and a seat is yours now. If the shift has begun, clock in within 15 "
                "minutes; if you said that you are ready, your clock runs already. The time until now is paid.",
            ),
            Telling(
                Audience.GIGS,
                _INBOX,
                "%(contractor)s, who stood by, has a seat: %(gig)s",
                "A seat was free in the shift %(shift)s.",
            ),
        ),
        "booking.stood_by": (
            Telling(
                _C,
                _BOTH,
                "You were not needed: %(gig)s",
                "You stood by for %(shift)s, and can go. What you are paid for it is on your timesheet.",
            ),
        ),
        "booking.confirm_asked": (
            Telling(
                _C,
                _INBOX,
                "Are you still coming? %(gig)s",
                "Your shift is %(shift)s. One tap on its page answers. If you cannot come, give the seat back, so that "
                "somebody else can take it.",
            ),
        ),
        "booking.confirm_urged": (
            Telling(
                _C,
                _BOTH,
                "Please say whether you come: %(gig)s",
                "Your shift is %(shift)s. One tap on its page answers: %(home)s. The seat stays yours without an "
                "answer too; the company only reads that it has none.",
            ),
            Telling(
                Audience.GIGS,
                _INBOX,
                "%(contractor)s has not confirmed: %(gig)s",
                "The shift is %(shift)s. The seat stays theirs, and silence counts against nobody. If you cannot do "
                "without the seat, have somebody stand by.",
            ),
        ),
        "booking.missed": (
            Telling(
                _C,
                _BOTH,
                "You were not seen on your shift: %(gig)s",
                "It was %(shift)s. If something kept you from it, tell the contact person.",
            ),
            Telling(Audience.GIGS, _INBOX, "%(contractor)s did not come: %(gig)s", "The shift was %(shift)s."),
        ),
        # Time and money.
        "timesheet.submitted": (
            Telling(
                Audience.TIMESHEETS,
                _BOTH,
                "A timesheet waits for you: %(gig)s",
                "%(contractor)s worked for you. Without an answer in 72 hours it is approved.",
            ),
        ),
        "booking.cap_exceeded": (
            Telling(
                Audience.STANDARDS,
                _INBOX,
                "Somebody worked beyond a cap without network: %(gig)s",
                "%(contractor)s could not be stopped at the cap of the hazard class, since their phone had no network. "
                "The time is paid. Look whether they need care, and whether shifts of %(company)s are too long.",
            ),
        ),
        "correction.made": (
            Telling(
                Audience.TIMESHEETS,
                _INBOX,
                "%(contractor)s corrected the clock: %(gig)s",
                "What stood before, what stands now and why are on the timesheet. You can agree there, or not.",
            ),
        ),
        "correction.by_company": (
            Telling(
                _C,
                _INBOX,
                "%(company)s corrected your clock: %(gig)s",
                "It gives you minutes and counts. If it was not so, say it on the page of the shift.",
            ),
        ),
        "correction.proposed": (
            Telling(
                _C,
                _BOTH,
                "%(company)s proposes another time: %(gig)s",
                "It would take minutes. Nothing changes unless you agree; both times and the reason stand on the page "
                "of the shift.",
            ),
        ),
        "correction.contested": (
            Telling(
                _C,
                _INBOX,
                "%(company)s does not agree with your correction: %(gig)s",
                "Why stands on the page of the shift. Your time counts on: only a cut, which you can dispute, takes "
                "minutes.",
            ),
            Telling(
                Audience.TIMESHEETS,
                _INBOX,
                "%(contractor)s does not agree with your correction: %(gig)s",
                "Why stands on the page of the clock. What the person's clock said before counts.",
            ),
        ),
        "timesheet.approved": (
            Telling(_C, _INBOX, "Your timesheet is approved: %(gig)s", "It is paid with the next pay run."),
        ),
        "timesheet.cut": (
            Telling(
                _C,
                _BOTH,
                "Time was cut from your timesheet: %(gig)s",
                "%(company)s gives a reason for each cut; they stand on the timesheet. The rest is approved and paid. "
                "If you do not agree, you can say so there for 30 days; as long the money stays held.",
            ),
        ),
        "region_change.proposed": (
            Telling(
                Audience.STANDARDS,
                _INBOX,
                "A change of a place waits for you",
                "It would lower a protection. Look at the source; when its comments are over and answered, "
                "confirm it or take it off the table.",
            ),
            Telling(
                Audience.PLACE,
                _INBOX,
                "A protection is to be lowered where you live: %(place)s",
                "What would change, and until when you can say what you think of it, stands on its page. It does not "
                "hold before, and every comment is answered in writing.",
            ),
        ),
        "region_change.confirmed": (
            Telling(
                Audience.PLACE,
                _INBOX,
                "A protection was lowered where you live: %(place)s",
                "From when it holds stands on its page, with the comments and what operators answered.",
            ),
        ),
        "region_change.refused": (
            Telling(
                Audience.PLACE,
                _INBOX,
                "A protection stays as it is where you live: %(place)s",
                "The change was taken off the table. The comments, and what operators answered, stay on its page.",
            ),
        ),
        "region_change.answered": (
            Telling(
                Audience.COMMENTER,
                _INBOX,
                "What you said was answered: %(place)s",
                "An operator answered what you said of a protection that is to be lowered. The answer stands on its "
                "page.",
            ),
        ),
        "hiding.made": (
            Telling(
                Audience.AUTHOR,
                _BOTH,
                "Words of yours were hidden",
                "An operator hid them from others and wrote why (rule ABUSE). The reason stands beside your words, "
                "under your account; you can contest it there for 30 days, and another operator looks then.",
            ),
        ),
        "hiding.contested": (
            Telling(
                Audience.VETTING,
                _INBOX,
                "That words were hidden is contested",
                "An operator who did not hide them answers within 14 days. What nobody answers is shown again.",
            ),
        ),
        "hiding.upheld": (
            Telling(
                Audience.AUTHOR,
                _BOTH,
                "Words of yours stay hidden",
                "Another operator looked and wrote why. The answer stands beside your words, under your account.",
            ),
        ),
        "hiding.lifted": (
            Telling(
                Audience.AUTHOR,
                _BOTH,
                "Words of yours are shown again",
                "An operator lifted what hid them and wrote why. It stands beside your words, under your account.",
            ),
        ),
        "hiding.lapsed": (
            Telling(
                Audience.AUTHOR,
                _BOTH,
                "Words of yours are shown again, because nobody answered",
                "You contested that they were hidden, and no operator answered within 14 days: that decides for you.",
            ),
        ),
        "dispute.claimed": (
            Telling(
                Audience.TIMESHEETS,
                _BOTH,
                "%(contractor)s disputes a cut: %(gig)s",
                "Answer with what shows that the time was not worked. An operator rules within 14 days.",
            ),
            Telling(
                Audience.DISPUTES,
                _INBOX,
                "A dispute to rule on: %(company)s",
                "Without a ruling within 14 days everything is restored.",
            ),
        ),
        "dispute.answered": (
            Telling(_C, _BOTH, "Something was said in your dispute: %(gig)s", "Read it and reply, if you want to."),
            Telling(
                Audience.TIMESHEETS,
                _BOTH,
                "Something was said in the dispute with %(contractor)s: %(gig)s",
                "Read it and answer, if you want to.",
            ),
        ),
        "dispute.advanced": (
            Telling(
                _C,
                _BOTH,
                "The disputed time is paid at once",
                "The sum is small, so the next pay run pays it before anybody has ruled. You keep it in any case.",
            ),
        ),
        "dispute.ruled": (
            Telling(
                _C,
                _BOTH,
                "Your dispute is decided: %(gig)s",
                "The ruling and its reason stand on the dispute's page. What was restored is paid with the next pay "
                "run.",
            ),
            Telling(
                Audience.TIMESHEETS,
                _BOTH,
                "The dispute with %(contractor)s is decided: %(gig)s",
                "The ruling and its reason stand on the dispute's page.",
            ),
        ),
        "dispute.defaulted": (
            Telling(
                _C,
                _BOTH,
                "All of your time is restored: %(gig)s",
                "Nobody ruled in time, which favours you. It is paid with the next pay run.",
            ),
            Telling(
                Audience.TIMESHEETS,
                _BOTH,
                "The time of %(contractor)s is restored: %(gig)s",
                "Nobody ruled in time, which favours the contractor.",
            ),
            Telling(
                Audience.DISPUTES, _INBOX, "A dispute was not ruled on in time: %(company)s", "Everything is restored."
            ),
        ),
        "dispute.withdrawn": (
            Telling(
                Audience.TIMESHEETS,
                _INBOX,
                "%(contractor)s withdrew a claim: %(gig)s",
                "The cut stands, and its money is the gig's again.",
            ),
        ),
        # Tests and what they show.
        "attempt.passed_after_correction": (
            Telling(
                _C,
                _BOTH,
                "You have passed a test after all",
                "An item of it was corrected, and everybody who took it was scored anew. You hold the qualification.",
            ),
        ),
        "qualification.funds_low": (
            Telling(
                Audience.MONEY,
                _BOTH,
                "The money for your test “%(test)s” is low",
                "It covers at most two more attempts. Set more aside, or the test will not be offered.",
            ),
        ),
        "qualification.out_of_funds": (
            Telling(
                Audience.MONEY,
                _BOTH,
                "The money for your test “%(test)s” is out",
                "Nobody can begin it now. Who has begun it goes on, and is paid. Set more aside to offer it again.",
            ),
        ),
        "qualification.granted": (
            Telling(_C, _BOTH, "You were given a qualification", "Read what shows it, and until when you hold it."),
        ),
        "qualification.withdrawn": (
            Telling(
                _C,
                _BOTH,
                "“%(test)s”, which you were given, was taken back",
                "Read why on your page of standing, where you can contest it for 30 days. Shifts that you accepted "
                "stay yours, at the pay that was promised.",
            ),
        ),
        "qualification.given_back": (
            Telling(
                _C,
                _BOTH,
                "You hold “%(test)s” again",
                "The decision to take it back fell. It ends when it would have ended.",
            ),
            Telling(
                Audience.GIGS,
                _INBOX,
                "%(contractor)s holds “%(test)s” again",
                "Your decision to take it back fell on appeal, or because nobody answered in time.",
            ),
        ),
        "qualification.ends_soon": (
            Telling(
                _C,
                _BOTH,
                "A qualification of yours ends within 30 days",
                "You can renew it from now on. The minutes of its test are paid.",
            ),
        ),
        "match_contest.filed": (
            Telling(
                Audience.DISPUTES,
                _BOTH,
                "%(contractor)s contests why they were, or were not, asked for a shift",
                "Somebody who is no party to it answers within 14 days. Without an answer it is decided for them.",
            ),
        ),
        "match_contest.upheld": (
            Telling(_C, _BOTH, "What you contested was answered: the decision was right", "Read the reason."),
        ),
        "match_contest.overturned": (
            Telling(
                _C,
                _BOTH,
                "What you contested was answered: you were right",
                "Read the reason. While the shift has an open seat you can ask for it.",
            ),
        ),
        "match_contest.lapsed": (
            Telling(
                _C,
                _BOTH,
                "Nobody answered what you contested in time, which decides for you",
                "While the shift has an open seat you can ask for it.",
            ),
            Telling(
                Audience.DISPUTES,
                _INBOX,
                "What %(contractor)s contested was not answered in time",
                "It was decided for them.",
            ),
        ),
        "test_contest.made": (
            Telling(
                Audience.GIGS,
                _BOTH,
                "%(contractor)s contests an item of a test: %(company)s",
                "Somebody who did not write it looks at it. A correction scores everybody anew who took the test.",
            ),
            Telling(
                Audience.VETTING, _INBOX, "An item of a test is contested", "Its owner or an operator looks at it."
            ),
        ),
        "test_contest.upheld": (
            Telling(
                _C, _BOTH, "An item that you contested was corrected", "Everybody who took the test is scored anew."
            ),
        ),
        "test_contest.dismissed": (
            Telling(_C, _BOTH, "An item that you contested stays as it is", "Read the reason."),
        ),
        "deposit.received": (
            Telling(Audience.MONEY, _INBOX, "%(money)s arrived", "The deposit of %(company)s can be used."),
        ),
        "deposit.refused": (
            Telling(Audience.MONEY, _BOTH, "A deposit of %(money)s was refused", "Nothing of it was booked."),
        ),
        "benefit_transfer.asked": (
            Telling(
                Audience.FINANCE, _INBOX, "A benefit waits to be sent: %(money)s", "%(contractor)s has named to whom."
            ),
        ),
        "benefit_transfer.sent": (
            Telling(_C, _BOTH, "%(money)s of your benefits was sent", "Where the proof is stands beside it."),
        ),
        "benefit_transfer.returned": (
            Telling(
                _C, _BOTH, "%(money)s of your benefits could not be sent", "It is your benefit again. Read the reason."
            ),
        ),
        "benefit_transfer.received": (
            Telling(_C, _BOTH, "%(money)s came to your benefits from another provider", "Read why, and where it is."),
        ),
        "benefit.will_expire": (
            Telling(
                _C,
                _BOTH,
                "Some of your sick leave ends with this year",
                "You have more hours than carry over. What is beyond the limit ends with the year where you live; the "
                "money of it is paid to you with the next payslip.",
            ),
        ),
        "benefit.expired": (
            Telling(
                _C,
                _BOTH,
                "Some of your sick leave has ended",
                "It was more than carries over. The money of it comes with your next payslip.",
            ),
        ),
        "payslip.issued": (
            Telling(_C, _BOTH, "Your payslip: %(money)s", "It shows every line with its rule and its contract."),
        ),
        "year_statement.issued": (
            Telling(_C, _BOTH, "Your statement of the year is there", "It says what you earned and what was withheld."),
        ),
        "year_statement.corrected": (
            Telling(_C, _BOTH, "Your statement of a year has changed", "The new version names what changed."),
        ),
        "invoice.issued": (
            Telling(Audience.MONEY, _INBOX, "There is an invoice", "It is for the fee of the service."),
        ),
        "credit_note.issued": (
            Telling(Audience.MONEY, _INBOX, "There is a credit note", "It says why; the money is available again."),
        ),
        "withholding.given_back": (
            Telling(_C, _BOTH, "Tax that was withheld is given back to you", "It is paid with the next pay run."),
        ),
        "payout.paid": (Telling(_C, _BOTH, "%(money)s was paid out to you", "It is on its way to your account."),),
        "payout.refused": (
            Telling(
                _C,
                _BOTH,
                "A payout of %(money)s came back",
                "Your account refused it. The money is still yours; look at your account's details.",
            ),
            Telling(Audience.FINANCE, _INBOX, "A payout of %(money)s came back", "%(contractor)s has been told."),
        ),
        "payout.delayed": (
            Telling(
                _C,
                _BOTH,
                "A payout of %(money)s is late",
                "It is not because of you: the payment rail could not send it. The money is yours as before, and it "
                "goes out as soon as it can.",
            ),
            Telling(
                Audience.FINANCE,
                _INBOX,
                "A payout of %(money)s was refused",
                "It is no fault of %(contractor)s. The page of pay says why, and whether it is tried again by itself.",
            ),
        ),
        "refund.reversed": (
            Telling(
                Audience.MONEY,
                _BOTH,
                "%(money)s that went back to you came back",
                "Your bank did not take it. It is available again.",
            ),
        ),
        "payout.parked": (
            Telling(
                Audience.FINANCE,
                _BOTH,
                "A payout of %(money)s is stuck",
                "It is to %(contractor)s. Look at it by hand.",
            ),
        ),
        "payout.reversed": (
            Telling(
                _C,
                _BOTH,
                "A payout of %(money)s was taken back",
                "It is yours as before, and is paid again. The payslip says why.",
            ),
        ),
        "payout_method.change_asked": (
            Telling(
                _P,
                Channel.EVERYWHERE,
                "Where you are paid is about to change",
                "The new account counts in 48 hours; until then pay goes to the old one. If it was not you, sign in, "
                "take the change back under “Where you are paid”, and choose a new password.",
            ),
        ),
        "payout_method.taken_back": (
            Telling(_P, _BOTH, "Where you are paid stays as it was", "The change was taken back."),
        ),
        "payout_method.in_force": (
            Telling(
                _P,
                Channel.EVERYWHERE,
                "Where you are paid has changed",
                "From now on pay goes to the new account. If it was not you, tell us at once.",
            ),
        ),
        "payout_method.name_differs": (
            Telling(
                _P,
                _BOTH,
                "Somebody looks at the name on your account",
                "It is not the name that your contracts carry. Pay to it waits until an operator has looked, and is "
                "not lost.",
            ),
            Telling(
                Audience.FINANCE,
                _INBOX,
                "%(contractor)s has given an account with another name",
                "Look whether it is theirs. Pay to it waits.",
            ),
        ),
        "payout_method.name_cleared": (
            Telling(_P, _BOTH, "The name on your account was cleared", "Pay goes there from now on."),
        ),
        "payout_method.refused": (
            Telling(
                _P,
                _BOTH,
                "Your account was refused",
                "The reason stands under “Where you are paid”. Your pay is kept; give an account that is your own.",
            ),
        ),
        "manual_file.made": (
            Telling(
                Audience.FINANCE,
                _INBOX,
                "A file of payments was made",
                "Above the limit a second person lets it go.",
            ),
        ),
        "payment_finding.made": (
            Telling(
                Audience.FINANCE,
                _INBOX,
                "Somebody has found what became of a payment",
                "Above the limit a second person looks too.",
            ),
        ),
        "rail_pause.began": (
            Telling(
                Audience.FINANCE,
                _BOTH,
                "Payouts of a currency wait",
                "The payment rail has no money for them, or somebody has stopped them. The page of pay says until "
                "when.",
            ),
        ),
        "rail_account.ready": (
            Telling(_C, _BOTH, "You can be paid", "Your account at the payment rail can receive money."),
        ),
        "rail_account.restricted": (
            Telling(
                _C,
                _BOTH,
                "You cannot be paid at the moment",
                "Your account at the payment rail can receive no money. Look at what is missing there.",
            ),
        ),
        "rail_account.bank_refused": (
            Telling(_C, _BOTH, "Your bank sent a payment back", "Look at your bank details at the payment rail."),
        ),
        "refund.returned": (
            Telling(Audience.MONEY, _INBOX, "%(money)s went back to you", "It may take some days to arrive."),
        ),
        "refund.refused": (
            Telling(Audience.MONEY, _BOTH, "%(money)s could not be sent back", "It is available again."),
        ),
        # The service itself.
        "check.failed": (
            Telling(Audience.ADMIN, _BOTH, "A check failed: %(check)s", "What it found stands in the log."),
        ),
        "check.mended": (Telling(Audience.ADMIN, _INBOX, "A check holds again: %(check)s", "Nothing is to be done."),),
    }
)

MOST_TRIES = 8


def telling(event: str, audience: Audience) -> Telling:
    """The words for an audience that the event is told to."""
    return next(each for each in TELLINGS[event] if each.audience is audience)


def next_try(tries: int, now: datetime) -> datetime | None:
    """When a message that was tried so often is tried again: after 1, 2, 4 ... 64 minutes. None: it is given up."""
    return None if tries >= MOST_TRIES else now + timedelta(minutes=2 ** (tries - 1))
