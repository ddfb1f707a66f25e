"""What people write to each other, are asked, and say of the service."""

from collections.abc import Mapping
from types import MappingProxyType

from marketplace.notices.rules import Audience, Channel, Telling

TOLD: Mapping[str, tuple[Telling, ...]] = MappingProxyType(
    {
        "thread.asked": (
            Telling(
                Audience.GIGS,
                Channel.BOTH,
                "A question about %(gig)s",
                "%(contractor)s asks. A first reply is due within one business day.",
            ),
        ),
        "thread.answered": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Your question has an answer: %(gig)s",
                "%(company)s answered. You can go on asking.",
            ),
        ),
        "thread.told": (
            Telling(Audience.CONTRACTOR, Channel.INBOX, "A message about %(gig)s", "%(company)s wrote to you."),
        ),
        "thread.said": (
            Telling(Audience.GIGS, Channel.INBOX, "A message about %(gig)s", "%(contractor)s wrote to you."),
        ),
        "thread.closed": (
            Telling(
                Audience.CONTRACTOR,
                Channel.INBOX,
                "A thread was closed: %(gig)s",
                "Write in it again, and it is open again.",
            ),
            Telling(
                Audience.GIGS, Channel.INBOX, "A thread was closed: %(gig)s", "Write in it again, and it is open again."
            ),
        ),
        "channel.news": (
            Telling(
                Audience.CHANNEL,
                Channel.BOTH,
                "Something new among your colleagues",
                "Somebody wrote in a channel of your own. What, you can read there alone. You are told again once you "
                "have looked; there you can also mute it.",
            ),
        ),
        "question.overdue": (
            Telling(
                Audience.GIGS,
                Channel.BOTH,
                "A question waits too long: %(gig)s",
                "One business day is over. Until you answer, no minute since the question can be cut as not worked, "
                "and your offers say how long people wait.",
            ),
        ),
        "survey.asked": (
            Telling(
                Audience.CONTRACTOR,
                Channel.INBOX,
                "How was the work? %(gig)s",
                "If you like, say how it was: five questions, and words for operators. %(company)s never sees who "
                "answered or what anybody wrote. You are told this once.",
            ),
        ),
        "concern.opened": (
            Telling(
                Audience.STANDARDS,
                Channel.INBOX,
                "People say little good of a gig: %(gig)s",
                "Somebody should look at what they say, and at the gig of %(company)s. Nothing follows by itself.",
            ),
        ),
        "concern.closed": (
            Telling(
                Audience.GIGS,
                Channel.INBOX,
                "An operator looked at what people say of %(gig)s",
                "What they found stands on the page of the gig.",
            ),
        ),
        "defect.opened": (
            Telling(
                Audience.GIGS,
                Channel.BOTH,
                "Asked twice, so the instructions are at fault: %(gig)s",
                "People asked twice about the same part. Write it better, or answer it for everybody.",
            ),
        ),
        "region_change.proposed": (
            Telling(
                Audience.STANDARDS,
                Channel.INBOX,
                "A change of a place waits for you",
                "It would lower a protection. Look at the source; when its comments are over and answered, "
                "confirm it or take it off the table.",
            ),
            Telling(
                Audience.PLACE,
                Channel.INBOX,
                "A protection is to be lowered where you live: %(place)s",
                "What would change, and until when you can say what you think of it, stands on its page. It does not "
                "hold before, and every comment is answered in writing.",
            ),
        ),
        "region_change.confirmed": (
            Telling(
                Audience.PLACE,
                Channel.INBOX,
                "A protection was lowered where you live: %(place)s",
                "From when it holds stands on its page, with the comments and what operators answered.",
            ),
        ),
        "region_change.refused": (
            Telling(
                Audience.PLACE,
                Channel.INBOX,
                "A protection stays as it is where you live: %(place)s",
                "The change was taken off the table. The comments, and what operators answered, stay on its page.",
            ),
        ),
        "region_change.answered": (
            Telling(
                Audience.COMMENTER,
                Channel.INBOX,
                "What you said was answered: %(place)s",
                "An operator answered what you said of a protection that is to be lowered. The answer stands on its "
                "page.",
            ),
        ),
        "hiding.made": (
            Telling(
                Audience.AUTHOR,
                Channel.BOTH,
                "Words of yours were hidden",
                "An operator hid them from others and wrote why (rule ABUSE). The reason stands beside your words, "
                "under your account; you can contest it there for 30 days, and another operator looks then.",
            ),
        ),
        "hiding.contested": (
            Telling(
                Audience.VETTING,
                Channel.INBOX,
                "That words were hidden is contested",
                "An operator who did not hide them answers within 14 days. What nobody answers is shown again.",
            ),
        ),
        "hiding.upheld": (
            Telling(
                Audience.AUTHOR,
                Channel.BOTH,
                "Words of yours stay hidden",
                "Another operator looked and wrote why. The answer stands beside your words, under your account.",
            ),
        ),
        "hiding.lifted": (
            Telling(
                Audience.AUTHOR,
                Channel.BOTH,
                "Words of yours are shown again",
                "An operator lifted what hid them and wrote why. It stands beside your words, under your account.",
            ),
        ),
        "hiding.lapsed": (
            Telling(
                Audience.AUTHOR,
                Channel.BOTH,
                "Words of yours are shown again, because nobody answered",
                "You contested that they were hidden, and no operator answered within 14 days: that decides for you.",
            ),
        ),
    }
)
