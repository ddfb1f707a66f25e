"""Which records were taken back: a long row of bits, one for each record (W3C Bitstring Status List v1.0).

Whoever checks a record loads the whole list, so that we do not learn which of its records they look at. Pure.
"""

import gzip
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable

SIZE = 131_072
"""Records of one list. The standard asks for at least so many, so that one stands among many."""
LARGEST = SIZE // 8
PURPOSE = "revocation"


class BadList(ValueError):
    """The text is not such a list."""


def place(number: int) -> tuple[int, int]:
    """In which list, and where in it, the record of that number stands. Both begin with 0."""
    return divmod(number, SIZE)


def encode(positions: Iterable[int]) -> str:
    """The list with the bits at these positions set; position 0 is the leftmost bit."""
    bits = bytearray(LARGEST)
    for position in positions:
        bits[position // 8] |= 0x80 >> position % 8
    packed = gzip.compress(bytes(bits), mtime=0)
    return "u" + urlsafe_b64encode(packed).decode().rstrip("=")


def is_set(encoded: str, position: int) -> bool:
    """Whether the record at the position was taken back. Raises BadList."""
    if not encoded.startswith("u") or not 0 <= position < SIZE:
        raise BadList("It is not a list that has this place.")
    try:
        packed = urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4))
        unpacked = zlib.decompressobj(wbits=31)
        bits = unpacked.decompress(packed, LARGEST + 1)
    except (ValueError, zlib.error) as broken:
        raise BadList("It cannot be unpacked.") from broken
    if len(bits) != LARGEST or not unpacked.eof:
        raise BadList("It does not have the size of a list.")
    return bool(bits[position // 8] & 0x80 >> position % 8)
