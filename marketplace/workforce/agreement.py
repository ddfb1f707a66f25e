"""The terms of the service, as people agree to them: a text with a version and a digest, so that it is known for ever
what somebody agreed to. A change is a new version; an old one stays as it was."""

import re
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from marketplace.core.problems import Conflict


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class TermsTranslation:
    """The terms in another language, for reading: it does not bind. The text that does names its digest, as a contract
    names those of its translations."""

    language: str
    text: str

    @property
    def text_sha256(self) -> str:
        return _digest(self.text)


@dataclass(frozen=True, slots=True)
class ServiceTerms:
    """A version of the terms. What somebody agrees to is `text`, in the language that prevails."""

    version: int
    valid_from: date
    text: str
    language: str = "en"
    translations: tuple[TermsTranslation, ...] = ()

    @property
    def sha256(self) -> str:
        return _digest(self.text)


_FIRST = """\
Between you and whoever runs this service.

1. You are paid for every minute on the clock, waiting and training too, by the rules that are published here. A rate
that you accepted can rise and never fall.
2. You may decline any offer, and stop at any time. Neither has an effect on later offers.
3. You work under the contract that you sign with a company. These terms take nothing from it, and nothing from the law
of the place where you live.
4. What you say about yourself is true, and nobody else works through your account.
5. Your documents are encrypted, looked at by the operators who vet people and by nobody else, and erased after the time
that the rules name. Each look is written down, and you can read who looked at what.
6. A person decides about you, in writing, on the same day. You can contest a refusal and a suspension, and somebody who
did not decide it looks at it again.
7. What you have earned is paid whatever is decided.
8. You may speak with anybody about your pay and your work, join others, and see a doctor, a lawyer or an authority.
9. Your record is yours: you can have all of it at any time, and close your account.
"""
_INDONESIAN = TermsTranslation(
    "id",
    """\
Terjemahan, untuk dibaca. Yang berlaku adalah teks bahasa Inggris; jika keduanya berbeda, teks itulah yang menentukan.

Antara Anda dan siapa pun yang menjalankan layanan ini.

1. Anda dibayar untuk setiap menit yang tercatat, termasuk menunggu dan berlatih, menurut aturan yang diterbitkan di
sini. Tarif yang sudah Anda terima boleh naik dan tidak pernah turun.
2. Anda boleh menolak tawaran apa pun, dan berhenti kapan saja. Keduanya tidak berpengaruh pada tawaran berikutnya.
3. Anda bekerja di bawah kontrak yang Anda tanda tangani dengan perusahaan. Ketentuan ini tidak mengurangi apa pun dari
kontrak itu, dan tidak pula dari hukum tempat tinggal Anda.
4. Yang Anda nyatakan tentang diri Anda benar, dan tidak ada orang lain yang bekerja lewat akun Anda.
5. Dokumen Anda dienkripsi, hanya dilihat oleh operator yang memeriksa orang, dan dihapus setelah waktu yang disebut
aturan. Setiap kali dilihat dicatat, dan Anda dapat membaca siapa melihat apa.
6. Manusialah yang memutuskan tentang Anda, secara tertulis, pada hari yang sama. Anda dapat membantah penolakan dan
penangguhan, dan seseorang yang tidak mengambil keputusan itu memeriksanya lagi.
7. Yang sudah Anda peroleh dibayar, apa pun keputusannya.
8. Anda boleh berbicara dengan siapa saja tentang bayaran dan pekerjaan Anda, berserikat dengan orang lain, dan menemui
dokter, pengacara, atau pihak berwenang.
9. Catatan Anda milik Anda: Anda dapat memperoleh semuanya kapan saja, dan menutup akun Anda.
10. Bahasa yang berlaku adalah bahasa Inggris. Terjemahan berdiri di sampingnya dan tidak mengikat.
""",
)
_SECOND = (
    _FIRST
    + f"""\
10. The prevailing language is English. A translation into Indonesian, SHA-256 {_INDONESIAN.text_sha256}, stands beside
this text and does not bind.
"""
)
VERSIONS = (
    ServiceTerms(1, date(2026, 11, 22), _FIRST),
    ServiceTerms(2, date(2026, 11, 29), _SECOND, translations=(_INDONESIAN,)),
)
"""Every version there ever was, the newest last."""
CURRENT = VERSIONS[-1]


@dataclass(frozen=True, slots=True)
class TermsChange:
    """What an edition says otherwise than one before it, clause by clause."""

    before: ServiceTerms
    now: ServiceTerms
    added: tuple[str, ...]
    gone: tuple[str, ...]


def change_since(version: int) -> TermsChange | None:
    """What the terms that hold now say otherwise than those of a version; None when they are those."""
    if version == CURRENT.version:
        return None
    before = next(each for each in VERSIONS if each.version == version)
    old, new = (_clauses(each.text) for each in (before, CURRENT))
    added = tuple(each for each in new if each not in old)
    return TermsChange(before, CURRENT, added, tuple(each for each in old if each not in new))


def _clauses(text: str) -> list[str]:
    """The numbered clauses, each in one line."""
    return [" ".join(clause.split()) for clause in re.split(r"\n(?=\d+\. )", text)]


class OtherText(Conflict):
    """`version` and `text_sha256` are those of the terms that hold now."""

    code = "other_text"
    title = "These are not the terms that hold now."
    remedy = "Read the present ones, and agree to those if you do."


def check_text(text_sha256: str) -> None:
    """Raises OtherText."""
    if text_sha256 != CURRENT.sha256:
        raise OtherText(field="terms_sha256", version=CURRENT.version, text_sha256=CURRENT.sha256)
