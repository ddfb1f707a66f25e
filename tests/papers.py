"""Small files as people hand them in, made here: nobody's documents, good ones and bad ones."""

import zlib
from functools import lru_cache
from io import BytesIO
from struct import pack
from zipfile import ZipFile

from PIL import Image
from PIL.ExifTags import Base
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject


@lru_cache
def png(size: tuple[int, int] = (16, 12), colour: str = "teal") -> bytes:
    return _saved(Image.new("RGB", size, colour), "PNG")


@lru_cache
def jpeg_with_a_place() -> bytes:
    """As a telephone makes it: lying on its side, with the camera's words in it."""
    picture = Image.new("RGB", (40, 20), "teal")
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    exif[Base.ImageDescription] = "taken at home, 0.0263 S 109.3425 E"
    made = BytesIO()
    picture.save(made, "JPEG", exif=exif)
    return made.getvalue()


@lru_cache
def pdf(pages: int = 1) -> bytes:
    return _written(_blank(pages))


def pdf_with_script() -> bytes:
    writer = _blank(1)
    script = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("1;")})
    writer.root_object[NameObject("/OpenAction")] = script
    return _written(writer)


def pdf_with_attachment() -> bytes:
    writer = _blank(1)
    writer.add_attachment("more.exe", b"MZ")
    return _written(writer)


def pdf_with_password() -> bytes:
    writer = _blank(1)
    writer.encrypt("secret", algorithm="AES-256")
    return _written(writer)


def zip_file() -> bytes:
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        archive.writestr("passport.txt", "me")
    return made.getvalue()


def bomb(width: int = 10_000, height: int = 10_000) -> bytes:
    """A PNG of a few hundred kilobytes that would be 100 million pixels."""
    row = b"\0" + bytes(width // 8)
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return pack(">I", len(data)) + name + data + pack(">I", zlib.crc32(name + data))


def _saved(picture: Image.Image, kind: str) -> bytes:
    made = BytesIO()
    picture.save(made, kind)
    return made.getvalue()


def _blank(pages: int) -> PdfWriter:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=200, height=280)
    return writer


def _written(writer: PdfWriter) -> bytes:
    made = BytesIO()
    writer.write(made)
    return made.getvalue()
