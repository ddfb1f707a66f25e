"""Paper: a PDF in which every name can be written, and that is the same file whenever it is made of the same words.

Fonts are Noto's, from packages, under the SIL Open Font License, which allows to embed them; only the letters that are
used go into the file. Latin, Greek and Cyrillic stand in one font; for other scripts those are loaded that the words
need. Words are shaped (HarfBuzz), so that Arabic joins and runs from the right, and Indic and Thai marks find their
place. Letters that none of them has are written in Latin ones (`legible`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any

import segno
from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import MethodReturnValue, TextMode, WrapMode

from marketplace.web.legible import legible

_MAIN = ("manimgx_fonts", "NotoSans[wght].ttf")
_OTHERS = (
    *(
        ("manimgx_fonts", f"NotoSans{script}[wght].ttf")
        for script in (
            *("Arabic", "Armenian", "Bengali", "Devanagari", "Ethiopic", "Georgian", "Gujarati", "Gurmukhi", "Hebrew"),
            *("Kannada", "Khmer", "Lao", "Malayalam", "Myanmar", "Oriya", "Sinhala", "Tamil", "Telugu", "Thai"),
            "Symbols",
        )
    ),
    ("pylopdf_fonts_zh_cn", "NotoSansSC-Regular.otf"),
    ("pylopdf_fonts_ko", "NotoSansKR-Regular.otf"),
)
"""Fonts for what the main one lacks, in the order in which they are asked: the small ones first."""
_INK, _SOFT, _LINE, _ACCENT = (33, 37, 41), (90, 98, 104), (206, 212, 218), (13, 110, 95)
_BOLD: Mapping[str, Any] = MappingProxyType({"text_mode": TextMode.FILL_STROKE, "line_width": 0.12})
"""Letters with a line around them. To make the bold cut of a variable font takes seconds, each time."""
WIDTH = 180
"""Millimetres between the margins of A4."""


@lru_cache(maxsize=len(_OTHERS) + 1)
def _letters(package: str, name: str) -> frozenset[int]:
    """What a font can write."""
    with TTFont(_file(package, name), lazy=True) as font:
        return frozenset(font.getBestCmap())


def _file(package: str, name: str) -> Path:
    found = find_spec(package)
    if found is None or found.origin is None:
        raise FileNotFoundError(package)
    return Path(found.origin).parent / name


def fonts_for(words: str) -> Iterator[tuple[str, str]]:
    """The fonts beside the main one that can write what it cannot."""
    missing = {ord(letter) for letter in words if letter.isprintable()} - _letters(*_MAIN)
    for font in _OTHERS:
        if not missing:
            return
        if found := missing & _letters(*font):
            missing -= found
            yield font


Row = tuple[str, tuple[str, ...]]
"""A method of the paper and what it is given."""


@dataclass(slots=True)
class Sheet:
    """What a paper will say, in order, before it is known which fonts that needs."""

    rows: list[Row] = field(default_factory=list)

    def add(self, how: str, *what: str) -> None:
        self.rows.append((how, what))

    def paper(self, title: str, *, language: str, made_at: datetime) -> "Paper":
        words = "".join(text for _, texts in self.rows for text in texts)
        made = Paper(title, words, language=language, made_at=made_at)
        for how, what in self.rows:
            getattr(made, how)(*what)
        return made


class Paper:
    """A document that is written from top to bottom. `words` are all that it will say: its fonts are chosen by them."""

    def __init__(self, title: str, words: str, *, language: str, made_at: datetime) -> None:
        self._pdf = pdf = FPDF(format="A4")
        pdf.set_margins(15, 15)
        pdf.set_auto_page_break(auto=True, margin=18)
        pdf.add_font("main", "", _file(*_MAIN))
        others = list(fonts_for(words))
        for package, name in others:
            pdf.add_font(name, "", _file(package, name))
        self._known = _letters(*_MAIN).union(*(_letters(*font) for font in others))
        pdf.set_fallback_fonts([name for _, name in others], exact_match=False)
        pdf.set_text_shaping(use_shaping_engine=True)
        # By the moment of what it tells, so that the same words are the same file.
        pdf.set_creation_date(made_at)
        pdf.set_title(title)
        pdf.set_lang(language)
        pdf.set_producer("Setara")
        pdf.add_page()

    def big(self, text: str) -> None:
        self._write(text, size=20, bold=True)

    def heading(self, text: str) -> None:
        if self._pdf.get_y() > 250:
            self._pdf.add_page()
        self._pdf.ln(3)
        self._write(text, size=12, bold=True, ink=_ACCENT)
        self._rule()

    def text(self, text: str) -> None:
        self._write(text)

    def small(self, text: str) -> None:
        self._write(text, size=8, ink=_SOFT)

    def pair(self, label: str, value: str) -> None:
        """A label on the left and what it is beside it."""
        self._row([(label, 60, "L"), (value, WIDTH - 60, "L")])

    def sum(self, label: str, beside: str, amount: str) -> None:
        """What is paid, how it was reckoned, and the amount on the right."""
        self._row([(label, 62, "L"), (beside, 68, "L"), (amount, WIDTH - 130, "R")])

    def square(self, content: str, beside: Sequence[str]) -> None:
        """A QR code with words beside it."""
        pdf, side = self._pdf, 34.0
        if pdf.get_y() > 297 - 18 - side:
            pdf.add_page()
        top, left = pdf.get_y() + 2, pdf.l_margin
        matrix = segno.make_qr(content, error="m").matrix
        unit = side / len(matrix)
        pdf.set_fill_color(0, 0, 0)
        for row, cells in enumerate(matrix):
            for column, is_dark in enumerate(cells):
                if is_dark:
                    pdf.rect(left + column * unit, top + row * unit, unit, unit, style="F")
        pdf.set_xy(left + side + 5, top)
        for each in beside:
            self._font(8, _SOFT)
            pdf.set_x(left + side + 5)
            said = legible(each, self._known)
            pdf.multi_cell(WIDTH - side - 5, 4, said, align="L", new_x="LMARGIN", new_y="NEXT", wrapmode=WrapMode.CHAR)
        pdf.set_y(max(pdf.get_y(), top + side + 2))

    def attach(self, name: str, content: bytes, words: str) -> None:
        """Puts a file into the document, which readers can take out."""
        made = self._pdf.creation_date
        self._pdf.embed_file(
            bytes=content,
            basename=name,
            desc=words,
            creation_date=made,
            modification_date=made,
            mime_type="application/json",
        )

    def bytes(self) -> bytes:
        return bytes(self._pdf.output())

    def _rule(self) -> None:
        self._pdf.set_draw_color(*_LINE)
        y = self._pdf.get_y() + 0.5
        self._pdf.line(15, y, 15 + WIDTH, y)
        self._pdf.ln(1.5)

    def _write(self, text: str, *, size: int = 10, bold: bool = False, ink: tuple[int, int, int] = _INK) -> None:
        self._font(size, ink)
        text = legible(text, self._known)
        with self._pdf.local_context(**_BOLD if bold else {}):
            self._pdf.multi_cell(WIDTH, size * 0.5, text, align="L", new_x="LMARGIN", new_y="NEXT")

    def _row(self, cells: Sequence[tuple[str, float, str]]) -> None:
        """Cells beside each other, each as high as it needs; the next row begins below the highest."""
        pdf = self._pdf
        self._font(9, _INK)
        cells = [(legible(text, self._known), width, align) for text, width, align in cells]
        high = max(self._height(text, width) for text, width, _ in cells)
        if pdf.get_y() + high > 297 - 18:
            pdf.add_page()
        top, left = pdf.get_y(), pdf.l_margin
        for text, width, align in cells:
            pdf.set_xy(left, top)
            pdf.multi_cell(width, 4.6, text, align=align)
            left += width
        pdf.set_xy(pdf.l_margin, top + high + 0.7)

    def _height(self, text: str, width: float) -> float:
        found = self._pdf.multi_cell(width, 4.6, text, dry_run=True, output=MethodReturnValue.HEIGHT)
        assert isinstance(found, float | int), "it was asked for"
        return found

    def _font(self, size: int, ink: tuple[int, int, int]) -> None:
        self._pdf.set_font("main", "", size)
        self._pdf.set_text_color(*ink)
        self._pdf.set_draw_color(*ink)
