"""What ways there are, and which are used: the pure part."""

import pytest

from marketplace.notices.tellings import TELLINGS
from marketplace.notices.ways import CANNOT_BE_MUTED, Kind, Way, clipped, kind_of, next_way, usual, ways_for

EVERYTHING = frozenset(Way)


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("offer.made", Kind.OFFERS),
        ("booking.reminded", Kind.SHIFTS),
        ("payslip.issued", Kind.MONEY),
        ("restriction.made", Kind.STANDING),
        ("thread.answered", Kind.TALK),
        ("person.password_changed", Kind.ACCOUNT),
    ],
)
def test_what_kind_an_event_is(event: str, kind: Kind) -> None:
    assert event in TELLINGS
    assert kind_of(event) is kind


def test_a_telephone_rings_for_work_alone_unless_its_owner_says_otherwise() -> None:
    assert {kind for kind in Kind if Way.SMS in usual(kind)} == {Kind.OFFERS, Kind.SHIFTS}
    assert not [kind for kind in Kind if Way.WHATSAPP in usual(kind)]


def test_what_somebody_chose_is_used_as_far_as_they_have_it() -> None:
    chosen = {Kind.OFFERS: frozenset({Way.WHATSAPP})}
    assert ways_for(Kind.OFFERS, chosen, EVERYTHING) == [Way.WHATSAPP]
    assert ways_for(Kind.OFFERS, chosen, {Way.MAIL}) == [Way.MAIL]
    assert ways_for(Kind.OFFERS, {Kind.OFFERS: frozenset()}, EVERYTHING) == []
    assert ways_for(Kind.MONEY, {}, EVERYTHING) == [Way.MAIL]


def test_what_fails_goes_on_by_what_costs_nobody_anything() -> None:
    assert next_way({Way.SMS}, EVERYTHING) is Way.PUSH
    assert next_way({Way.SMS, Way.PUSH}, EVERYTHING) is Way.MAIL
    assert next_way({Way.PUSH, Way.MAIL}, EVERYTHING) is Way.SMS
    assert next_way({Way.MAIL}, {Way.MAIL, Way.WHATSAPP}) is None
    assert next_way({Way.MAIL, Way.SMS, Way.PUSH}, EVERYTHING) is None


def test_pay_and_decisions_cannot_be_muted() -> None:
    assert {Kind.MONEY, Kind.STANDING, Kind.ACCOUNT} == CANNOT_BE_MUTED


def test_a_text_is_cut_between_words() -> None:
    assert clipped("An offer of four hours", 16) == "An offer of…"
    assert clipped("short", 16) == "short"
