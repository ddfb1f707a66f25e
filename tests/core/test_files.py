"""Files of strangers: what they are is found in them, and what is kept of them is safe to look at."""

from io import BytesIO

import pytest
from PIL import Image

from marketplace.core import files
from marketplace.core.files import FileKind, inspect
from marketplace.core.problems import Invalid
from tests import papers


@pytest.mark.parametrize(
    ("content", "kind", "pages"),
    [
        (papers.png(), FileKind.PNG, 1),
        (papers.jpeg_with_a_place(), FileKind.JPEG, 1),
        (papers.pdf(), FileKind.PDF, 1),
        (papers.pdf(3), FileKind.PDF, 3),
    ],
    ids=["png", "jpeg", "pdf", "three pages"],
)
def test_what_a_file_is_stands_in_its_content(content: bytes, kind: FileKind, pages: int) -> None:
    clean = inspect(content)
    assert (clean.kind, clean.pages) == (kind, pages)
    assert inspect(clean.content) == clean or kind is FileKind.JPEG


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", files.FileEmpty),
        (papers.png()[:52], files.FileBroken),
        (papers.png()[:40], files.FileBroken),
        (papers.jpeg_with_a_place()[:-30], files.FileBroken),
        (papers.pdf()[:200], files.FileBroken),
        (b"%PDF-1.7 and nothing more", files.FileBroken),
        (papers.zip_file(), files.FileKindUnknown),
        (b"MZ\x90\x00 a program", files.FileKindUnknown),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", files.FileKindUnknown),
        (papers.bomb(), files.FileTooLarge),
        (papers.png() + bytes(files.MOST_BYTES), files.FileTooLarge),
        (papers.pdf(21), files.FileTooLarge),
        (papers.pdf_with_script(), files.FileActive),
        (papers.pdf_with_attachment(), files.FileActive),
        (papers.pdf_with_password(), files.FileEncrypted),
    ],
    ids=[
        "empty", "truncated PNG", "a PNG's head", "truncated JPEG", "truncated PDF", "a PDF's head", "zip named .pdf",
        "program", "SVG", "100 million pixels", "oversize", "too many pages", "PDF with JavaScript",
        "PDF with an attachment", "PDF with a password",
    ],
)  # fmt: skip
def test_bad_files_are_refused_with_what_to_do(content: bytes, problem: type[Invalid]) -> None:
    with pytest.raises(problem) as refused:
        inspect(content, at="document")
    assert refused.value.field == "document"
    assert refused.value.what_to_do


def test_nothing_but_the_pixels_of_a_picture_is_kept() -> None:
    given = papers.jpeg_with_a_place()
    assert b"taken at home" in given
    clean = inspect(given)
    assert b"taken at home" not in clean.content
    with Image.open(BytesIO(clean.content)) as kept:
        assert not kept.getexif()
        assert kept.size == (20, 40), "the picture stands upright, as the camera said"


def test_what_is_appended_to_a_picture_is_not_kept() -> None:
    assert b"<script>" not in inspect(papers.png() + b"<script>alert(1)</script>").content


def test_a_large_picture_is_made_smaller() -> None:
    with Image.open(BytesIO(inspect(papers.png((4000, 1000))).content)) as kept:
        assert kept.size == (2600, 650)
