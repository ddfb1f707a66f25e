"""Tests, and what they show."""

from collections.abc import Mapping
from types import MappingProxyType

from marketplace.notices.rules import Audience, Channel, Telling

TOLD: Mapping[str, tuple[Telling, ...]] = MappingProxyType(
    {
        "attempt.passed_after_correction": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "You have passed a test after all",
                "An item of it was corrected, and everybody who took it was scored anew. You hold the qualification.",
            ),
        ),
        "qualification.funds_low": (
            Telling(
                Audience.MONEY,
                Channel.BOTH,
                "The money for your test “%(test)s” is low",
                "It covers at most two more attempts. Set more aside, or the test will not be offered.",
            ),
        ),
        "qualification.out_of_funds": (
            Telling(
                Audience.MONEY,
                Channel.BOTH,
                "The money for your test “%(test)s” is out",
                "Nobody can begin it now. Who has begun it goes on, and is paid. Set more aside to offer it again.",
            ),
        ),
        "qualification.granted": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "You were given a qualification",
                "Read what shows it, and until when you hold it.",
            ),
        ),
        "qualification.withdrawn": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "“%(test)s”, which you were given, was taken back",
                "Read why on your page of standing, where you can contest it for 30 days. Shifts that you accepted "
                "stay yours, at the pay that was promised.",
            ),
        ),
        "qualification.given_back": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "You hold “%(test)s” again",
                "The decision to take it back fell. It ends when it would have ended.",
            ),
            Telling(
                Audience.GIGS,
                Channel.INBOX,
                "%(contractor)s holds “%(test)s” again",
                "Your decision to take it back fell on appeal, or because nobody answered in time.",
            ),
        ),
        "qualification.ends_soon": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "A qualification of yours ends within 30 days",
                "You can renew it from now on. The minutes of its test are paid.",
            ),
        ),
        "test_contest.made": (
            Telling(
                Audience.GIGS,
                Channel.BOTH,
                "%(contractor)s contests an item of a test: %(company)s",
                "Somebody who did not write it looks at it. A correction scores everybody anew who took the test.",
            ),
            Telling(
                Audience.VETTING,
                Channel.INBOX,
                "An item of a test is contested",
                "Its owner or an operator looks at it.",
            ),
        ),
        "test_contest.upheld": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "An item that you contested was corrected",
                "Everybody who took the test is scored anew.",
            ),
        ),
        "test_contest.dismissed": (
            Telling(Audience.CONTRACTOR, Channel.BOTH, "An item that you contested stays as it is", "Read the reason."),
        ),
    }
)
