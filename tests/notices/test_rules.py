"""The table of words: complete in every language, and naming only facts that there are."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from babel.messages.pofile import read_po

from marketplace.core.language import CATALOGUES, words_of
from marketplace.notices.rules import (
    COMPANY_AUDIENCES,
    FACTS,
    MOST_TRIES,
    OPERATOR_AUDIENCES,
    Audience,
    Channel,
    next_try,
)
from marketplace.notices.tellings import TELLINGS, telling

NOW = datetime(2026, 3, 1, tzinfo=UTC)
WORDS = [words for tellings in TELLINGS.values() for each in tellings for words in (each.title, each.words)]
CATALOGUE = CATALOGUES / "id" / "LC_MESSAGES" / "notices.po"


def named(words: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s", words))


@pytest.mark.parametrize("words", sorted(set(WORDS)))
def test_words_name_facts_only(words: str) -> None:
    assert named(words) <= set(FACTS)
    assert "%" not in re.sub(r"%\(\w+\)s", "", words)


@pytest.mark.parametrize("words", sorted(set(WORDS)))
def test_words_are_translated_with_the_same_facts(words: str) -> None:
    translated = words_of("id").gettext(words)
    assert translated != words
    assert named(translated) == named(words)


def test_the_catalogue_holds_no_words_that_nobody_says() -> None:
    with CATALOGUE.open("rb") as source:
        known = {message.id for message in read_po(source) if message.id}
    beside = known - set(WORDS)
    assert beside == {
        "Hello %(name)s,",
        "%(money)s (sandbox: no money moves)",
        "%(day)s, %(begins)s to %(ends)s (%(zone)s)",
    }


def test_a_title_is_one_line() -> None:
    assert not [each.title for tellings in TELLINGS.values() for each in tellings if "\n" in each.title]


def test_every_audience_is_found_somehow() -> None:
    by_hand = {
        Audience.PERSON,
        Audience.CONTRACTOR,
        Audience.PLACE,
        Audience.COMMENTER,
        Audience.AUTHOR,
        Audience.COLLEAGUE,
        Audience.CHANNEL,
    }
    assert by_hand | set(COMPANY_AUDIENCES) | set(OPERATOR_AUDIENCES) == set(Audience)


def test_secret_links_go_by_e_mail_only() -> None:
    for tellings in TELLINGS.values():
        for each in tellings:
            assert ("link" in named(each.words)) <= (each.channel is Channel.MAIL)
            assert "link" not in named(each.title)


def test_the_words_of_an_audience() -> None:
    assert telling("booking.missed", Audience.CONTRACTOR).title.startswith("You were not seen")
    assert telling("booking.missed", Audience.GIGS).title.startswith("%(contractor)s did not come")


def test_a_message_is_tried_for_two_hours_and_then_given_up() -> None:
    waits = []
    tries = 1
    while (again := next_try(tries, NOW)) is not None:
        waits.append(again - NOW)
        tries += 1
    assert waits == [timedelta(minutes=m) for m in (1, 2, 4, 8, 16, 32, 64)]
    assert tries == MOST_TRIES
