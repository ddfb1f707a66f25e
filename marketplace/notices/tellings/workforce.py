"""Contractors: how they are vetted, what keeps them from work, and what they can say against it."""

from collections.abc import Mapping
from types import MappingProxyType

from marketplace.notices.rules import Audience, Channel, Telling

TOLD: Mapping[str, tuple[Telling, ...]] = MappingProxyType(
    {
        "contractor.applied": (
            Telling(
                Audience.VETTING, Channel.INBOX, "%(contractor)s applied", "Look at what was handed in, and decide."
            ),
        ),
        "contractor.refusal_contested": (
            Telling(
                Audience.VETTING,
                Channel.BOTH,
                "%(contractor)s contests a refusal",
                "Somebody who has not decided before looks again.",
            ),
        ),
        "contractor.suspension_contested": (
            Telling(
                Audience.VETTING,
                Channel.BOTH,
                "%(contractor)s contests a suspension",
                "Somebody who has not decided before looks again.",
            ),
        ),
        "contractor.vetted": (
            Telling(Audience.CONTRACTOR, Channel.BOTH, "You are vetted", "You can be offered shifts now."),
        ),
        "contractor.refused": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Your application was refused",
                "The reason stands on your page. You can contest it there.",
            ),
        ),
        "contractor.suspended": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "You get no offers for now",
                "The reason stands on your page. You can contest it there. What you have earned is paid.",
            ),
        ),
        "contractor.reinstated": (
            Telling(Audience.CONTRACTOR, Channel.BOTH, "You get offers again", "The suspension has ended."),
        ),
        "restriction.made": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Some offers do not reach you for now",
                "An operator restricted them until a day that is said. The reason stands on your page of standing, and "
                "you can contest it there. Accepted shifts are kept, and what you have earned is paid.",
            ),
        ),
        "restriction.made_by_company": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "%(company)s makes you no offers for now",
                "The reason and the day on which it ends stand on your page of standing, and you can contest it there. "
                "It counts nowhere else. Accepted shifts are kept, and what you have earned is paid.",
            ),
        ),
        "restriction.made_by_match": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "New offers rest for some days",
                "Your account and an older one share something that usually belongs to one person. That proves "
                "nothing; somebody looks at it. Say on your page of standing what they should know. Without a decision "
                "within 7 days it ends by itself. Accepted shifts are kept, and what you have earned is paid.",
            ),
        ),
        "restriction.made_by_paper": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "New offers rest: a paper of yours is over",
                "Show a new one on the page of your application. New offers go on in the moment in which an operator "
                "accepts it. If the old one still holds, say so on your page of standing, and somebody looks. Accepted "
                "shifts are kept, and what you have earned is paid.",
            ),
        ),
        "intake.paused": (
            Telling(
                Audience.VETTING,
                Channel.BOTH,
                "New applications wait",
                "There is not enough work for the people who are here. The measure stands on the page of intake.",
            ),
        ),
        "intake.reopened": (
            Telling(Audience.VETTING, Channel.BOTH, "Applications are taken again", "There is enough work again."),
        ),
        "intake.awaited": (
            Telling(
                Audience.MEMBERS,
                Channel.INBOX,
                "%(contractor)s, whom you have invited, has to wait",
                "There is not enough work for the people who are here, so new applications wait. They are told when it "
                "opens again.",
            ),
        ),
        "intake.opened": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "You can apply now",
                "Applications are taken again. You had asked to be told.",
            ),
        ),
        "contractor.closing": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Your account is being closed",
                "An operator decided it. The reason stands on your page of standing, and you can contest it there. "
                "Accepted shifts are kept, and everything that you have earned is paid first.",
            ),
        ),
        "contractor.closed": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Your account is closed",
                "Everything that was owed is paid. You can still sign in, read all of it, and take your record along.",
            ),
        ),
        "contractor.reopened": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Your account is open again",
                "The decision to close it no longer holds.",
            ),
        ),
        "proposal.made": (
            Telling(
                Audience.VETTING,
                Channel.INBOX,
                "Something to look at: %(contractor)s",
                "A rule found something. It does nothing by itself; look at it, and decide or dismiss it.",
            ),
        ),
        "strike.proposed": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Somebody will look at a shift of yours",
                "You were not there, or gave the seat back very late. Nothing is decided. If you had a good cause, say "
                "so on your page of standing: whoever looks reads it first, and what is excused counts nothing.",
            ),
        ),
        "reliability.counted": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "An operator has read what you said of a late no",
                "It was found no good cause, so it counts, for 30 days from when it happened. The reason stands on "
                "your page of standing, and you can contest it there. It keeps no offer from you.",
            ),
        ),
        "strike.given": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "An operator gave a strike",
                "The reason stands on your page of standing, and you can contest it there. It keeps no offer from you, "
                "and falls off on %(day)s.",
            ),
        ),
        "strike.expired": (
            Telling(Audience.CONTRACTOR, Channel.INBOX, "A strike has fallen off", "Its 30 days are over."),
        ),
        "strike.lifted": (Telling(Audience.CONTRACTOR, Channel.BOTH, "A strike was lifted", "It counts no more."),),
        "proposal.answered": (
            Telling(
                Audience.VETTING,
                Channel.INBOX,
                "%(contractor)s says something about a finding",
                "Read it before you decide.",
            ),
        ),
        "proposal.dismissed": (
            Telling(
                Audience.CONTRACTOR,
                Channel.INBOX,
                "Somebody looked, and nothing follows",
                "What rested goes on. The reason stands there.",
            ),
        ),
        "restriction.expired": (
            Telling(
                Audience.CONTRACTOR,
                Channel.INBOX,
                "A restriction has ended",
                "Its time was over. Those offers reach you again.",
            ),
        ),
        "restriction.lifted": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "A restriction was lifted",
                "It ended before its time. Those offers reach you again.",
            ),
        ),
        "appeal.filed": (
            Telling(
                Audience.VETTING,
                Channel.BOTH,
                "%(contractor)s contests a decision",
                "Somebody who has not taken it answers within 14 days. Without an answer it falls.",
            ),
            Telling(
                Audience.GIGS,
                Channel.INBOX,
                "%(contractor)s contests that you have blocked them",
                "An operator looks at it. Without an answer within 14 days the block ends.",
            ),
        ),
        "appeal.upheld": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Your appeal was answered: the decision stands",
                "The reason stands on your page.",
            ),
        ),
        "appeal.overturned": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Your appeal was answered: you were right",
                "The decision no longer holds.",
            ),
            Telling(Audience.GIGS, Channel.INBOX, "A block of yours was lifted", "%(contractor)s had contested it."),
        ),
        "appeal.changed": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Your appeal was answered: something milder holds",
                "What holds now, and why, stands on your page of standing.",
            ),
            Telling(Audience.GIGS, Channel.INBOX, "A block of yours ends earlier", "%(contractor)s had contested it."),
        ),
        "appeal.lapsed": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Nobody answered your appeal in time, which decides for you",
                "The decision no longer holds. An application that was refused waits again to be decided.",
            ),
            Telling(
                Audience.VETTING,
                Channel.INBOX,
                "An appeal of %(contractor)s was not answered in time",
                "It was decided for them.",
            ),
            Telling(
                Audience.GIGS,
                Channel.INBOX,
                "A block of yours has ended",
                "%(contractor)s had contested it, and nobody answered in time.",
            ),
        ),
        "requirement.submitted": (
            Telling(
                Audience.VETTING,
                Channel.INBOX,
                "%(contractor)s handed something in",
                "Look at it, and say if it will do.",
            ),
        ),
        "requirement.ends_soon": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "A paper of yours is good until %(day)s",
                "Show a new one before that, on the page of your application. If it is over, new offers rest until an "
                "operator has accepted a new one. Accepted shifts are kept, and what you have earned is paid.",
            ),
        ),
        "requirement.refused": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Something you handed in will not do",
                "The reason stands on your page.",
            ),
        ),
    }
)
