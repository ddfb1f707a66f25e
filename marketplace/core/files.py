"""Files that strangers hand in: what they are is found in their content, never in their name, and what comes out is
safe to look at.

Pictures are decoded and encoded anew, so that only the pixels are kept: no place and time of the camera, nothing hidden
behind the picture. A PDF is read to its last object and refused when it is encrypted or does anything by itself. Nobody
has looked for viruses, and nothing here says so.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject
from werkzeug.datastructures import FileStorage

from marketplace.core.problems import Invalid

MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 36_000_000
"""What a telephone's camera makes, with room to spare; three times as many bytes while it is decoded."""
LONGEST_SIDE = 2600
"""Pixels. Enough to read the small print of a passport's page; larger pictures are made smaller."""
MOST_PAGES = 20
MOST_OBJECTS = 20_000
_ACTIVE = frozenset(
    {"/JavaScript", "/JS", "/AA", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/RichMedia", "/XFA", "/SubmitForm"}
    | {"/ImportData", "/GoToR", "/GoToE", "/Movie", "/Sound", "/Rendition"}
)
"""Names in a PDF by which it acts, carries other files, or leads out of itself (ISO 32000-2, 12.6 and 7.11.4)."""
_UNREADABLE = "It begins like one, but it cannot be read to its end."
# What these libraries complain about is a part of the document, and nothing of a document belongs in a log.
for _name in ("PIL", "pypdf"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)
# Pillow would warn of a picture that is too large and then decode it; `_picture` refuses it before.
Image.MAX_IMAGE_PIXELS = None


class FileKind(StrEnum):
    PNG = "image/png"
    JPEG = "image/jpeg"
    PDF = "application/pdf"

    @property
    def ending(self) -> str:
        return {"image/png": "png", "image/jpeg": "jpg"}.get(self.value, "pdf")

    @property
    def is_picture(self) -> bool:
        return self is not FileKind.PDF


_BEGINNINGS = {b"\x89PNG\r\n\x1a\n": FileKind.PNG, b"\xff\xd8\xff": FileKind.JPEG, b"%PDF-": FileKind.PDF}


class FileEmpty(Invalid):
    code = "file_empty"
    title = "This file is empty."
    remedy = "Choose the picture or the PDF again."


class FileTooLarge(Invalid):
    code = "file_too_large"
    status = 413
    title = "This file is too large."
    remedy = "A file has at most 8 MB, 36 million pixels and 20 pages. Take the picture with a lower resolution."


class FileKindUnknown(Invalid):
    code = "file_kind_unknown"
    title = "This is neither a PNG or JPEG picture nor a PDF."
    remedy = "Take a photograph of the document, or export it as PDF. What a file is called makes no difference."


class FileBroken(Invalid):
    code = "file_broken"
    title = "This file is damaged."
    remedy = "Take the picture, or export the PDF, once more."


class FileEncrypted(Invalid):
    code = "file_encrypted"
    title = "This PDF is protected by a password."
    remedy = "Print it into a new PDF without a password, or photograph it."


class FileActive(Invalid):
    code = "file_active"
    title = "This PDF does something by itself, or carries other files."
    remedy = "Print it into a new PDF, or photograph it: scripts, forms and attachments are not taken."


@dataclass(frozen=True, slots=True)
class Clean:
    """A file that may be kept: what it is, and its content as it is kept. `pages` of a picture is 1."""

    kind: FileKind
    content: bytes = field(repr=False)
    pages: int


def content_of(sent: FileStorage) -> bytes:
    """All of a file that came with a request. What was too large for the memory lay on the disk, and is gone now."""
    with sent.stream as stream:
        return stream.read()


def inspect(content: bytes, *, at: str = "file") -> Clean:
    """What was handed in, made safe to look at. `at` is the field that a refusal is about.

    Raises FileEmpty, FileTooLarge, FileKindUnknown, FileBroken, FileEncrypted or FileActive.
    """
    if not content:
        raise FileEmpty(field=at)
    if len(content) > MOST_BYTES:
        raise FileTooLarge(f"It has {len(content) // 1024 // 1024 + 1} MB.", field=at)
    kind = next((kind for beginning, kind in _BEGINNINGS.items() if content.startswith(beginning)), None)
    if kind is None:
        raise FileKindUnknown(field=at)
    try:
        return _picture(kind, content, at) if kind.is_picture else _pdf(content, at)
    except Invalid:
        raise
    except Exception as broken:
        # Two large libraries read what a stranger made up; whatever they stumble over is the file's fault.
        raise FileBroken(_UNREADABLE, field=at) from broken


def _picture(kind: FileKind, content: bytes, at: str) -> Clean:
    with Image.open(BytesIO(content), formats=[kind.name]) as found:
        if found.width * found.height > MOST_PIXELS:
            raise FileTooLarge(f"It has {found.width * found.height // 1_000_000} million pixels.", field=at)
        found.load()
        turned = ImageOps.exif_transpose(found)
        turned.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        # A new picture has no metadata at all; what was transparent becomes white, as on paper.
        plain = Image.new("RGB", turned.size, "white")
        layer = turned.convert("RGBA")
        plain.paste(layer, mask=layer.getchannel("A"))
    made = BytesIO()
    plain.save(made, kind.name, **({"quality": 88} if kind is FileKind.JPEG else {}))
    return Clean(kind, made.getvalue(), 1)


def _pdf(content: bytes, at: str) -> Clean:
    reader = PdfReader(BytesIO(content))
    if reader.is_encrypted:
        raise FileEncrypted(field=at)
    if any(name in _ACTIVE for name in _names(reader, at)):
        raise FileActive(field=at)
    pages = len(reader.pages)
    if pages == 0:
        raise FileBroken("It has no page.", field=at)
    if pages > MOST_PAGES:
        raise FileTooLarge(f"It has {pages} pages.", field=at)
    for page in reader.pages:
        page.get_contents()
    return Clean(FileKind.PDF, content, pages)


def _names(reader: PdfReader, at: str) -> Iterator[str]:
    """Every name that stands in any object, whether anything leads to the object or not."""
    numbers = {number for found in reader.xref.values() for number in found} | set(reader.xref_objStm)
    if len(numbers) > MOST_OBJECTS:
        raise FileTooLarge(f"It has {len(numbers)} objects.", field=at)
    left: list[Any] = [reader.trailer, *(reader.get_object(number) for number in sorted(numbers) if number)]
    while left:
        node = left.pop()
        if isinstance(node, DictionaryObject):
            yield from node.keys()
            left.extend(node.raw_get(name) for name in node)
        elif isinstance(node, ArrayObject):
            left.extend(list.__iter__(node))
        elif isinstance(node, str):
            yield node
