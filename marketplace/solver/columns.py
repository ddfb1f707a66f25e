"""Columns of a file as arrays, each value judged; what is wrong is collected, so that one reading names all of it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from marketplace.solver.faults import BadFiles, Fault
from marketplace.solver.market import Many
from marketplace.solver.problem import HOURS_OF_WEEK, Bits, Longs

LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DIGITS = HOURS_OF_WEEK // 4
TIME = "%Y-%m-%dT%H:%MZ"
Flags = npt.NDArray[np.bool_]


class Table:
    """One file, as columns of text. `faults` grows while columns are read."""

    def __init__(self, folder: Path, name: str, kind: str, columns: Sequence[str], faults: list[Fault]) -> None:
        self.file, self.faults = f"{name}.{kind}", faults
        read = _read_parquet if kind == "parquet" else _read_csv
        found = read(folder / self.file, self.file)
        missing = [column for column in columns if column not in found.column_names]
        if missing:
            words = f"There is no column {', '.join(missing)}."
            raise BadFiles([Fault(self.file, 1, missing[0], "missing_column", words)])
        self.data = {column: _text(found[column]) for column in columns}
        self.rows = found.num_rows

    def text(self, column: str) -> pa.Array:
        return self.data[column]

    def list_of(self, column: str) -> list[str]:
        return list(self.data[column].to_pylist())

    def fault(self, wrong: Flags, column: str, code: str, sentence: str) -> None:
        """Notes a fault for every row that is wrong. `sentence` may show the value as {value}."""
        for row in np.flatnonzero(wrong)[:1000].tolist():
            value = self.data[column][row].as_py()
            self.faults.append(Fault(self.file, row + 2, column, code, sentence.format(value=value)))

    def number(self, column: str, least: int, most: int) -> Longs:
        """Whole numbers within a range."""
        text = self.data[column]
        is_number = _flags(pc.match_substring_regex(text, r"^-?[0-9]{1,15}$"))
        self.fault(~is_number, column, "not_a_number", "'{value}' is not a whole number.")
        found = np.asarray(pc.cast(pc.if_else(pa.array(is_number), text, "0"), pa.int64()))
        outside = is_number & ((found < least) | (found > most))
        self.fault(outside, column, "out_of_range", f"{{value}} is not from {least} to {most}.")
        return np.where(outside, least, found).astype(np.int64)

    def moment(self, column: str, epoch: datetime) -> Longs:
        """Minutes from the epoch of moments in UTC."""
        parsed = pc.strptime(self.data[column], format=TIME, unit="s", error_is_null=True)
        bad = _flags(pc.is_null(parsed))
        self.fault(bad, column, "bad_time", "'{value}' is not a moment in UTC such as 2026-11-30T08:00Z.")
        seconds = np.asarray(pc.fill_null(pc.cast(parsed, pa.int64()), int(epoch.timestamp())))
        return np.asarray((seconds - int(epoch.timestamp())) // 60, np.int64)

    def code(self, column: str, known: Sequence[str], words: str, code: str = "unknown_code") -> Longs:
        """The place of each value among the known ones."""
        found = pc.index_in(self.data[column], pa.array(known, pa.string()))
        self.fault(_flags(pc.is_null(found)), column, code, words)
        return np.asarray(pc.fill_null(found, 0), np.int64)

    def ids(self, column: str = "id") -> list[str]:
        """Names that are there and given once."""
        text = self.data[column]
        self.fault(_flags(pc.equal(text, "")), column, "no_id", "Every row has an id.")
        codes = np.asarray(text.dictionary_encode().indices)
        _, first = np.unique(codes, return_index=True)
        again = np.ones(len(codes), np.bool_)
        again[first] = False
        self.fault(again, column, "duplicate_id", "The id '{value}' stands in an earlier row too.")
        return self.list_of(column)

    def many(self, column: str, book: dict[str, int], *, closed: bool, with_level: bool = False) -> Many:
        """Codes with a space between them, each once; `book` numbers them and learns new ones if it is not closed."""
        parts = pc.split_pattern(self.data[column], " ")
        flat, row = pc.list_flatten(parts), np.asarray(pc.list_parent_indices(parts), np.int64)
        used = _flags(pc.not_equal(flat, ""))
        flat, row = flat.filter(pa.array(used)), row[used]
        encoded = flat.dictionary_encode()
        words = encoded.dictionary.to_pylist()
        codes, levels = self._codes(column, words, book, closed, with_level, row, np.asarray(encoded.indices))
        order = np.lexsort((codes, row))
        row, codes, levels = row[order], codes[order], levels[order]
        twice = (row[1:] == row[:-1]) & (codes[1:] == codes[:-1])
        self._fault_rows(column, row[1:][twice], "duplicate_code", "'{value}' names a code twice.")
        first = np.searchsorted(row, np.arange(self.rows + 1)).astype(np.int64)
        return Many(first, codes.astype(np.int32), levels.astype(np.int32))

    def _codes(
        self,
        column: str,
        words: Sequence[str],
        book: dict[str, int],
        closed: bool,
        with_level: bool,
        row: Longs,
        indices: npt.NDArray[np.integer],
    ) -> tuple[Longs, Longs]:
        code, level = np.zeros(len(words) + 1, np.int64), np.zeros(len(words) + 1, np.int64)
        bad = np.zeros(len(words) + 1, np.bool_)
        for place, word in enumerate(words):
            name, _, rank = word.partition(":") if with_level else (word, "", LEVELS[0])
            bad[place] = (closed and name not in book) or (with_level and rank not in LEVELS)
            code[place] = book.get(name, 0) if bad[place] else book.setdefault(name, len(book))
            level[place] = LEVELS.index(rank) if rank in LEVELS else 0
        wanted = "a code with its level, such as en:B2" if with_level else "a code that the manifest lists"
        self._fault_rows(column, row[bad[indices]], "unknown_code", f"In '{{value}}' each word is {wanted}.")
        return code[indices], level[indices]

    def _fault_rows(self, column: str, rows: Longs, code: str, sentence: str) -> None:
        wrong = np.zeros(self.rows, np.bool_)
        wrong[rows] = True
        self.fault(wrong, column, code, sentence)

    def hours(self, column: str) -> Bits:
        """Hours of a UTC week: 42 hexadecimal digits, windows in words, or nothing for all of them."""
        text = self.data[column]
        is_hex = _flags(pc.match_substring_regex(text, rf"^[0-9a-fA-F]{{{DIGITS}}}$"))
        made = np.zeros((self.rows, 3), np.uint64)
        if is_hex.any():
            made[is_hex] = _from_digits(text.filter(pa.array(is_hex)))
        others = np.flatnonzero(~is_hex)
        known: dict[str, Bits | None] = {}
        for row in others.tolist():
            words = text[row].as_py()
            if words not in known:
                known[words] = _from_windows(words)
            bits = known[words]
            if bits is None:
                self._fault_rows(column, np.array([row]), "bad_availability", _WINDOWS)
            else:
                made[row] = bits
        return made


_WINDOWS = (
    "'{value}' are neither 42 hexadecimal digits nor windows of whole hours that do not overlap, such as mon 09-17 sat "
    "10-14."
)


def _text(column: pa.ChunkedArray) -> pa.Array:
    made = pc.fill_null(pc.cast(column, pa.string()), "")
    whole = made.combine_chunks() if isinstance(made, pa.ChunkedArray) else made
    return whole if isinstance(whole, pa.Array) else pa.concat_arrays(whole.chunks)


def _flags(column: Any) -> Flags:
    return np.asarray(pc.fill_null(column, False), np.bool_)


def _from_digits(text: pa.Array) -> Bits:
    """The first digit holds the hours 0 to 3, the first of them in its highest bit."""
    letters = np.frombuffer("".join(text.to_pylist()).lower().encode(), np.uint8).reshape(-1, DIGITS)
    values = np.where(letters >= ord("a"), letters - ord("a") + 10, letters - ord("0"))
    made = np.zeros((len(letters), 3), np.uint64)
    for hour in range(HOURS_OF_WEEK):
        bit = (values[:, hour // 4] >> (3 - hour % 4)) & 1
        made[:, hour // 64] |= bit.astype(np.uint64) << np.uint64(hour % 64)
    return made


def digits_of(hours: Bits) -> list[str]:
    """The hours as 42 hexadecimal digits."""
    values = np.zeros((len(hours), DIGITS), np.uint8)
    for hour in range(HOURS_OF_WEEK):
        bit = (hours[:, hour // 64] >> np.uint64(hour % 64)) & np.uint64(1)
        values[:, hour // 4] |= (bit << np.uint64(3 - hour % 4)).astype(np.uint8)
    letters = np.frombuffer(b"0123456789abcdef", np.uint8)[values]
    return [row.tobytes().decode() for row in letters]


def _from_windows(words: str) -> Bits | None:
    made = [0, 0, 0]
    if not words.strip():
        made = [2**64 - 1, 2**64 - 1, 2**40 - 1]
    parts = words.lower().split()
    if len(parts) % 2:
        return None
    for day, window in zip(parts[::2], parts[1::2], strict=True):
        begin, _, end = window.partition("-")
        if day not in DAYS or not (begin.isdigit() and end.isdigit() and int(begin) < int(end) <= 24):
            return None
        for hour in range(int(begin), int(end)):
            word, bit = divmod(24 * DAYS.index(day) + hour, 64)
            if made[word] >> bit & 1:
                return None
            made[word] |= 1 << bit
    return np.array(made, np.uint64)


def _read_csv(path: Path, name: str) -> pa.Table:
    def read() -> pa.Table:
        with path.open("rb") as file:
            heading = file.readline().decode("utf-8-sig").strip().replace('"', "").split(",")
        options = pa.csv.ConvertOptions(column_types=dict.fromkeys(heading, pa.string()), strings_can_be_null=False)
        return pa.csv.read_csv(path, convert_options=options)

    return _reading(read, name)


def _read_parquet(path: Path, name: str) -> pa.Table:
    return _reading(lambda: pa.parquet.read_table(path), name)


def _reading(read: Callable[[], pa.Table], name: str) -> pa.Table:
    try:
        return read()
    except FileNotFoundError as error:
        raise BadFiles([Fault(name, None, None, "missing_file", "The file is not there.")]) from error
    except (pa.ArrowInvalid, UnicodeDecodeError, OSError) as error:
        words = f"The file cannot be read: {str(error).splitlines()[0]}"
        raise BadFiles([Fault(name, None, None, "unreadable", words)]) from error
