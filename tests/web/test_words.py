"""The words of pages: every one of them has an Indonesian, and what it names stays named."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import force_locale

from marketplace.core.language import CATALOGUES
from marketplace.core.money import Money
from marketplace.ledger.rules import short_of
from marketplace.notices.words import span
from marketplace.pay import proof
from marketplace.pay.bank.returns import CAME_BACK
from marketplace.pay.bank.rules import TAKEN_BACK
from marketplace.pay.queries import hold_names
from marketplace.pay.rails import rail
from marketplace.pay.rules import OP_EVENTS
from marketplace.pay.taxes.schemes import SCHEMES
from marketplace.standards.engagement import INDICATORS
from marketplace.standards.exchange import ECB
from marketplace.standards.rules import RULES
from marketplace.web import words
from marketplace.web.cited import cited, parts
from marketplace.web.code_names import NAMES
from marketplace.web.company_pictures import pilot_progress
from marketplace.web.happenings import event_names
from marketplace.web.problem_words import problem_said
from marketplace.web.rule_words import INPUTS, PARAMETERS, input_words

WEB = Path(words.__file__).parent
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
RESULTS = {"Parked", "Refused", "Unknown", "refusal"}
PLACES = re.compile(r"%\(\w+\)[sd]")


def said_by_pages() -> Iterator[tuple[str, str]]:
    """Each sentence of the pages with the file that says it first."""
    found = extract_from_dir(WEB, METHODS, keywords=KEYWORDS)  # type: ignore[arg-type]
    seen: dict[str, str] = {}
    for file, _line, message, _comments, _context in found:
        seen.setdefault(message if isinstance(message, str) else message[0], file)
    return iter(seen.items())


def known() -> dict[str, list[str]]:
    """Every Indonesian by its English."""
    return dict(told())


def told() -> Iterator[tuple[str, list[str]]]:
    """Each sentence of each file with its Indonesian."""
    for path in sorted((CATALOGUES / "id" / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as source:
            for message in read_po(source):
                if message.id:
                    key = message.id if isinstance(message.id, str) else message.id[0]
                    yield key, [message.string] if isinstance(message.string, str) else list(message.string)


def test_every_sentence_of_a_page_has_an_indonesian() -> None:
    translated = known()
    missing = [f"{file}: {sentence}" for sentence, file in said_by_pages() if not all(translated.get(sentence, [""]))]
    assert missing == []


def test_what_a_refusal_or_a_verdict_says_that_one_can_do_has_an_indonesian() -> None:
    """Whoever is not asked for a shift reads why, and what they can do: that stood there in English."""
    translated = known()
    rooms = (path for path in WEB.parent.rglob("*.py") if path.parts[-2] not in ("core", "simulation"))
    told = {
        str(node.value.value)
        for path in rooms
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.keyword) and node.arg == "remedy" and isinstance(node.value, ast.Constant)
    }
    assert {each for each in told if each and not all(translated.get(each, [""]))} == set()


def said_by_rails() -> Iterator[str]:
    """Why a payment is where it is, as rails say it, and what is written down of what a bank has undone: people read
    it."""
    for path in Path(rail.__file__).parents[1].rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in RESULTS:
                yield from (part.value for part in node.args if isinstance(part, ast.Constant) and " " in part.value)
            elif isinstance(node, ast.keyword) and node.arg == "why" and isinstance(node.value, ast.Constant):
                yield from [str(node.value.value)] if node.value.value else []
    yield from (CAME_BACK, TAKEN_BACK)


def test_why_a_payment_is_where_it_is_has_an_indonesian() -> None:
    sentences = set(said_by_rails())
    assert len(sentences) > 25
    assert sentences - set(known()) == set()


def test_a_sentence_is_told_in_one_way() -> None:
    """Of two only one is shown; where they differ, the other means something else, and wants a sentence of its own."""
    assert [sentence for sentence, times in Counter(sentence for sentence, _ in told()).items() if times > 1] == []


def test_a_translation_names_what_its_sentence_names() -> None:
    wrong = {
        english: words
        for english, indonesian in known().items()
        for words in indonesian
        if not set(PLACES.findall(words)) <= set(PLACES.findall(english)) | {"%(num)d"}
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("locale", "money", "expected"),
    [
        ("en", Money.of("15.00", "USD"), "$15.00\xa0USD"),
        ("en", Money.of("221246.30", "IDR"), "Rp\xa0221,246"),
        ("id", Money.of("221246.30", "IDR"), "Rp\xa0221.246"),
        ("id", Money.of("15.00", "USD"), "US$15,00"),
        # Chromium ends a line after the hyphen of "-US$15", and after a bare minus sign.
        ("en", Money.of("-15.00", "USD"), "\N{MINUS SIGN}\N{WORD JOINER}$15.00\xa0USD"),
        ("id", Money.of("-15.00", "EUR"), "\N{MINUS SIGN}\N{WORD JOINER}€15,00"),
    ],
)
def test_money_always_says_whose_it_is(app: Flask, locale: str, money: Money, expected: str) -> None:
    with app.test_request_context(), force_locale(locale):
        assert words.money_words(money, whole=money.currency == "IDR") == expected


@pytest.mark.parametrize(
    ("minutes", "expected"), [(0, "0 min"), (59, "59 min"), (60, "1 h"), (270, "4 h 30 min"), (8.4, "8 min")]
)
def test_a_duration_reads_as_hours_and_minutes(app: Flask, minutes: float, expected: str) -> None:
    with app.test_request_context():
        assert words.duration(minutes) == expected


def test_leave_is_told_to_the_second_so_that_its_line_multiplies_out(app: Flask) -> None:
    """3 h 50 min of work at 15.00 USD earn a thirtieth: 7 min 40 s, 1.92 USD. 8 min would be 2.00 USD."""
    with app.test_request_context():
        told = {460: "7 min 40 s", 480: "8 min", 3605: "1 h 5 s", 20: "20 s", 0: "0 min"}
        assert {seconds: words.exact_duration(seconds) for seconds in told} == told


def test_every_account_in_which_money_is_set_aside_has_a_word() -> None:
    named = str(hold_names(UUID(int=1)).compile(compile_kwargs={"literal_binds": True}))
    roots = set(re.findall(r"'(\w+):'", named))
    assert "rail_fee" in roots
    assert roots - NAMES["movement"].keys() == set()


def test_every_event_that_is_recorded_by_name_has_a_sentence() -> None:
    rooms = [path.read_text() for path in WEB.parent.rglob("*.py")]
    named = {name for text in rooms for name in re.findall(r"\brecord\(\s*\"([a-z_]+\.[a-z_]+)\"", text)}
    assert "sandbox_lever.pulled" in named
    of_payments = {event for events in OP_EVENTS.values() for event in events.values()}
    assert (named | of_payments) - set(event_names()) == set()


def test_a_span_past_midnight_writes_both_days_alike(app: Flask) -> None:
    begins = datetime(2023, 5, 9, 2, 30, tzinfo=UTC)
    for locale, expected in (
        ("en", "May 8, 2023, 9:30 PM to May 9, 2023, 3:30 AM (America/Bogota)"),
        ("id", "8 Mei 2023, 21.30 sampai 9 Mei 2023, 03.30 (America/Bogota)"),
    ):
        with app.test_request_context(), force_locale(locale):
            assert span(begins, begins + timedelta(hours=6), "America/Bogota").replace("\u202f", " ") == expected


def test_every_number_of_a_rule_has_a_word() -> None:
    assert {name for rule in RULES.values() for name in rule.parameters} - set(PARAMETERS) == set()


def test_everything_that_a_verdict_is_judged_by_has_a_word() -> None:
    """The names are read out of the code that judges: the keys of the mappings that it hands to a rule's verdict."""
    judged = {
        str(key.value)
        for path in WEB.parent.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "verdict"
        for part in call.args[2:3]
        for told in ast.walk(part)
        if isinstance(told, ast.Dict)
        for key in told.keys
        if isinstance(key, ast.Constant)
    }
    assert len(judged) > 40
    assert (judged | set(INDICATORS)) - set(INPUTS) == set()


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("decided_by", "house_floor", "house floor"),
        ("first_start", "2026-11-30T02:00:00+00:00", "Nov 30, 2026, 9:00\u202fAM Asia/Jakarta"),
        ("restriction", "01890c3e-0000-7000-8000-000000000000", ""),
        ("class", "H2", "distressing (H2)"),
    ],
)
def test_an_input_is_told_in_words(app: Flask, name: str, value: str, expected: str) -> None:
    with app.test_request_context():
        assert input_words(name, value, "Asia/Jakarta") == expected


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("platform_fee", "5 % on top", "5 % di atas tarif"),
        ("house_floor", "5.00 USD per hour", "US$5,00 per jam"),
        (
            "living_wage",
            "4268825 IDR per month / 173.33 h x 0.0000633 (European Central Bank, 2026-10-30)",
            "Rp4.268.825,00 per bulan / 173,33 jam × 0,0000633 (European Central Bank, Jumat, 30 Oktober 2026)",
        ),
        ("unpaid_minutes", "12 (reading 10, rework 2)", "12 (membaca petunjuk 10, mengerjakan ulang 2)"),
        ("margin", "2.00 USD an hour to nobody named", "US$2,00 per jam untuk tidak disebut siapa"),
        ("care_line", "not named", "belum disebut"),
    ],
)
def test_an_input_with_numbers_is_told_in_indonesian(app: Flask, name: str, value: str, expected: str) -> None:
    with app.test_request_context(), force_locale("id"):
        assert input_words(name, value) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (f"{ECB}, 2026-11-18", "Kurs acuan Bank Sentral Eropa, 2026-11-18"),
        (ECB, "Kurs acuan Bank Sentral Eropa"),
        ("Bank A, Nairobi", "Bank A, Nairobi"),
    ],
)
def test_the_source_of_a_rate_is_told_in_indonesian(app: Flask, source: str, expected: str) -> None:
    with app.test_request_context(), force_locale("id"):
        assert words.source_words(source) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("It begins at 2026-11-30T02:00:00+00:00.", "Mulainya 30 Nov 2026, 02.00 UTC."),
        (
            "Comments are open until 2026-12-08 15:00 UTC. So far 2 of them have no answer.",
            "Komentar dibuka sampai 8 Des 2026, 15.00 UTC. Sejauh ini 2 di antaranya belum dijawab.",
        ),
        ("The booking is working.", "Status pemesanannya: sedang bekerja."),
        ("There is 3.00 USD.", "Yang ada US$3,00."),
        ("", ""),
        (
            "It is void, and 4.00 USD came of it before: a person decides.",
            "Faktur itu batal, dan US$4,00 darinya sudah masuk sebelumnya: seseorang yang memutuskan.",
        ),
        (
            short_of("company:0199:available", Money(1000, "USD"), Money(1, "USD")).detail,
            "Dana perusahaan yang tersedia US$10,00; masih kurang US$0,01.",
        ),
        (
            short_of("bonus:0199:hold", Money(0, "USD"), Money(100, "USD")).detail,
            "Dana yang disisihkan untuk itu US$0,00; masih kurang US$1,00.",
        ),
        ("What somebody wrote stays as it is.", "What somebody wrote stays as it is."),
    ],
)
def test_a_refusal_is_told_in_indonesian(app: Flask, sentence: str, expected: str) -> None:
    with app.test_request_context(), force_locale("id"):
        assert problem_said(sentence) == expected


def test_every_sentence_that_is_proven_of_the_books_has_an_indonesian(app: Flask) -> None:
    assert {check.sentence for check in proof.prove()} - set(known()) == set()


def test_every_tax_law_is_told_in_indonesian() -> None:
    assert {words for law in SCHEMES for words in (law.title, law.source.title)} - set(known()) == set()


def test_a_source_keeps_its_titles_and_their_language_and_says_the_rest_in_the_readers(app: Flask) -> None:
    """FEE: "Fairwork, Cloudwork Principles (June 2024), 1.2 (pay after costs); the percentage is house policy"."""
    told = known()
    in_parts = [rule.source for rule in RULES.values() if rule.source not in told]
    ours = {part for source in in_parts for part in parts(source) if "ouse policy" in part}
    assert sorted(ours - told.keys()) == []
    fee = RULES["FEE"].source
    with app.test_request_context(), force_locale("id"):
        title, words = cited(fee).split("; ")
        assert cited("<b>").startswith('<span lang="en">&lt;b&gt;')
    assert title == '<span lang="en">Fairwork, Cloudwork Principles (June 2024), 1.2 (pay after costs)</span>'
    assert words == "persentasenya kebijakan rumah"
    with app.test_request_context(), force_locale("en"):
        assert cited(fee) == fee


def test_one_is_told_as_one(app: Flask) -> None:
    """A pilot of one place, of which none is covered yet."""
    gig: Any = SimpleNamespace(places=["US"])
    with app.test_request_context():
        *_, there = pilot_progress(gig, None)
        with force_locale("id"):
            *_, in_indonesian = pilot_progress(gig, None)
    assert (there.words, in_indonesian.words) == ("0 of 1 place", "0 dari 1 tempat")
