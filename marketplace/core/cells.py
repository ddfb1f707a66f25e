"""Cells of a table that other programs open: none is a formula, and each says what it said once it is read back.

A spreadsheet takes what begins with one of five characters for a formula, and runs it (OWASP, CSV injection). Such a
cell is written behind an apostrophe, which spreadsheets do not show. A number with its sign is none: nothing runs.
"""

import re

_NUMBER = re.compile(r"[+-]\d+([.,]\d+)?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MARK = "'"


def harmless(words: str) -> str:
    """The words as a table may hold them."""
    plain = words.lstrip(_MARK)
    return f"{_MARK}{words}" if plain.startswith(_FORMULA) and not _NUMBER.fullmatch(words) else words


def meant(cell: str) -> str:
    """What a cell said before `harmless()`; any other as it is."""
    return cell[1:] if cell.startswith(_MARK) and harmless(cell[1:]) == cell else cell
