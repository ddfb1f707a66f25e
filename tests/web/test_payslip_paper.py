"""The payslip on paper: it says what the page says, in every script, and is the same file each time."""

import json
import re
from io import BytesIO

import pytest
from flask import Flask
from flask_babel import force_locale
from pypdf import PdfReader

from marketplace.accounts import queries as accounts_queries
from marketplace.core import clock
from marketplace.core.db import transaction
from marketplace.pay import payslips
from marketplace.pay.seals import sealing, verify
from marketplace.shifts.models import Booking
from marketplace.web import paper
from marketplace.web.payslip_paper import paper_of
from tests.conftest import again, kept
from tests.factories import accounts
from tests.factories import pay as made
from tests.factories import standards as rates

ZONE = "America/Chicago"
NAMES = {
    "Łukasz Żółć Nguyễn Thị Ánh": 0,
    "Александр Ђорђевић": 0,
    "محمد عبد الله الحسن": 1,
    "สมชาย ใจดี": 1,
    "प्रिया शर्मा": 1,
    "አበበ በቂላ": 1,
    "রহিমা খাতুন": 1,
    "王小明 田中さくら": 1,
    "김민준": 1,
    "Ana سارة 王": 2,
}
"""Names, and how many fonts each needs beside the main one."""
IN_NO_FONT = {
    "ཚེ་རིང་སྒྲོལ་མ": "(tshe-ring-sgrol-m)",
    "އިބްރާހިމް މުހައްމަދު": "(ibraahim muhamadhu)",
    "ߛߎߟߋߡߊߣߊ ߞߊ߲ߕߍ": "(sulemana kante)",
    "𞤀𞤵𞤣𞤵 𞤁𞤭𞤢𞤤𞤤𞤮": "(Audu Diallo)",
    "ⵎⵓⵃⴰⵎⵎⴷ": "(muhammd)",
    "ᠪᠠᠲᠤ": "(batu)",
    "ꯃꯅꯤ ꯁꯤꯡꯍ": "(mni sinh)",
    "Ana ᏣᎳᎩ Kamau": "Ana (TsaLaGi) Kamau",
    "𠮷田": "(Kichi)田",
    "\U00020002王": "(U+20002)王",
    "王\U000e0100": "王",
    "އ": "(U+0787)",
}
"""Letters that no font has: Tibetan, Thaana, N'Ko, Adlam, Tifinagh, Mongolian, Meetei Mayek, Cherokee, rare Han."""


@pytest.fixture(scope="module")
def _booking(ground: None) -> Booking:
    def paid() -> Booking:
        booking = made.worked_and_approved()
        made.paid()
        with transaction():
            sealing.seal_due()
        return booking

    return kept(paid)


@pytest.fixture
def booking(_booking: Booking, app: Flask) -> Booking:
    return again(_booking)


def written(app: Flask, booking: Booking, locale: str = "en", currency: str | None = None) -> bytes:
    me = accounts.actor_of(booking.contractor_id)
    slip = made.payslip_of(booking.contractor_id)
    with app.test_request_context(), force_locale(locale):
        return paper_of(payslips.view(slip.id, currency=currency, seen_by=me), ZONE, me)


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


@pytest.mark.parametrize(("name", "fonts"), NAMES.items())
def test_every_script_has_its_font(name: str, fonts: int) -> None:
    assert len(list(paper.fonts_for(name))) == fonts
    known = paper._letters(*paper._MAIN).union(*(paper._letters(*font) for font in paper.fonts_for(name)))
    assert {ord(letter) for letter in name} <= known


def test_the_paper_says_what_the_page_says(app: Flask, booking: Booking) -> None:
    """Four hours at 15.00 USD: 60.00 net, 4.40 kept, 67.40 paid; 900,000 rupiah at 15,000, with its source."""
    with transaction():
        rates.rate("USD", "IDR", "15000", clock.now().date(), "Bank Indonesia")
    told = text_of(written(app, booking, currency="IDR")).replace("\xa0", " ")
    for words in (
        "$60.00 USD",
        "$4.40 USD",
        "$67.40 USD",
        "4 h × $15.00 USD an hour",
        "WAGES v",
        "Arrived",
        "Rp 900,000",
        "Bank Indonesia",
    ):
        assert words in told, words
    assert "until this payslip" in told


def test_the_same_payslip_is_the_same_file(app: Flask, booking: Booking) -> None:
    assert written(app, booking) == written(app, booking)


def test_its_proof_is_in_the_file_and_holds(app: Flask, booking: Booking) -> None:
    (proof,) = PdfReader(BytesIO(written(app, booking))).attachments["proof.json"]
    assert json.loads(proof)["about"] == f"payslip:{made.payslip_of(booking.contractor_id).id}"
    assert verify.check(proof).code == verify.NOT_COMPARED


def test_a_name_in_several_scripts_and_the_other_language(app: Flask, booking: Booking) -> None:
    accounts_queries.person(booking.contractor_id).name = "สมชาย محمد 王"
    content = written(app, booking, "id")
    told = text_of(content)
    assert "Slip bayaran" in told
    assert "สมชาย" in told
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in PdfReader(BytesIO(content)).pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert {name.partition("+")[2].partition("-")[0] for name in fonts} >= {"NotoSansThai", "NotoSansArabic"}


def test_a_name_in_no_font_is_never_cut_short(app: Flask, booking: Booking) -> None:
    """What no font has stands in Latin letters, where it would stand; Thaana, N'Ko and Adlam, from the right, too."""
    sheet = paper.Sheet()
    for name in IN_NO_FONT:
        sheet.add("text", name)
    told = text_of(sheet.paper("Names", language="en", made_at=clock.now()).bytes())
    joined = [re.sub(r"[\s\x00\U000e0100]", "", line) for line in told.splitlines()]
    assert joined == [said.replace(" ", "") for said in IN_NO_FONT.values()]
    accounts_queries.person(booking.contractor_id).name = "𞤀𞤵𞤣𞤵 𞤁𞤭𞤢𞤤𞤤𞤮"
    assert "(Audu Diallo)" in text_of(written(app, booking))
