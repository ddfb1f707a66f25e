"""Checks a proof of pay by itself: Python's standard library alone, no database, nothing of the service.

    python3 verify.py proof.json
    python3 verify.py proof.json --seals seals.txt
    python3 verify.py proof.json --seals https://setara.example/seals.txt

It is one file so that a stranger can read it whole, and it shares no line with what made the seals. A proof says: these
lines, with these amounts, stood in the books when the seal was made whose root everybody could read. Each step hashes
what it was given with SHA-256, as RFC 9162 (section 2.1) has it, and compares:

1. a line: the byte 0, its salt and its text are hashed; with its neighbours that gives the root of its entry;
2. an entry: the byte 0, how many parts it has (8 bytes) and that root are hashed, the leaf of the entry; with its
   neighbours that gives the root which the line of its seal names;
3. a seal: its line stands, letter for letter, in the list that the service publishes; and in that list each seal names
   the digest (byte 2, then the line) of the one before it. Whoever kept an older copy of the list compares them: what
   was published once begins every later one.

Exit codes: 0 all of it holds; 1 not a proof that can be read; 2 wrong command line; 3 something in it was changed; 4 it
holds in itself, and was compared with no published list.
"""

import argparse
import hashlib
import json
import sys
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

FORMAT = "setara-proof-1"
MOST_BYTES = 64 * 1024 * 1024
HOLDS, UNREADABLE, WRONG_COMMAND, CHANGED, NOT_COMPARED = 0, 1, 2, 3, 4


class Unreadable(ValueError):
    """It is no proof. The words say why."""


@dataclass
class Line:
    """A part of an entry: what it says, and whether it leads to the root of its entry."""

    told: dict[str, str]
    place: int
    leaf: str
    root: str
    holds: bool


@dataclass
class Entry:
    """An entry of the books with those of its parts that are shown."""

    parts: int
    root: str
    leaf: str
    seal: int
    place: int
    seal_root: str
    reached: str
    holds: bool
    lines: list[Line] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether every part of it is shown, and not a chosen few."""
        return len(self.lines) == self.parts


@dataclass
class Found:
    """What a check found. `published` is None where there was no list to compare with."""

    about: str
    entries: list[Entry]
    seals: list[str]
    published: bool | None
    chain: bool | None
    newest: str | None

    @property
    def is_unchanged(self) -> bool:
        return all(entry.holds and all(line.holds for line in entry.lines) for entry in self.entries)

    @property
    def code(self) -> int:
        if not self.is_unchanged or self.published is False or self.chain is False:
            return CHANGED
        return NOT_COMPARED if self.published is None else HOLDS


def check(text: str | bytes, published: str | None = None) -> Found:
    """Every step, also where one of them fails. `published` is the service's list of seals. Raises Unreadable."""
    proof = _object(text)
    if proof.get("format") != FORMAT:
        raise Unreadable(f"It is not a proof of the form {FORMAT}.")
    seals = _texts(proof, "seals")
    roots = {}
    for line in seals:
        number, _, count, root = _seal(line)
        roots[number] = (count, root)
    entries = [_entry(each, roots) for each in _list(proof, "entries")]
    if not entries:
        raise Unreadable("It proves nothing.")
    listed = chain = newest = None
    if published is not None:
        rows = published.splitlines()
        listed = bool(seals) and set(seals) <= set(rows)
        chain = _is_chain(rows)
        newest = rows[-1] if rows else None
    return Found(str(proof.get("about", "")), entries, seals, listed, chain, newest)


# --- the steps ------------------------------------------------------------------------------------------------------


def _entry(given: Any, roots: dict[int, tuple[int, bytes]]) -> Entry:
    if not isinstance(given, dict):
        raise Unreadable("An entry is no object.")
    parts, seal, place = (_number(given, name) for name in ("parts", "seal", "place"))
    raw = [_line(each, parts) for each in _list(given, "lines")]
    if not raw or len({line.place for line, _ in raw}) != len(raw):
        raise Unreadable("An entry shows none of its lines, or one of them twice.")
    head = next((line for line, _ in raw if line.place == 0), None)
    if head is None:
        raise Unreadable("An entry does not say which it is.")
    count, wanted = roots.get(seal, (0, b""))
    path = _digests(given, "path")
    # Where lines lead to several roots, the right one is that which leads on to the seal.
    ways = [(root, *_leaf(root, parts, place, count, path)) for root in dict.fromkeys(root for _, root in raw)]
    root, leaf, reached = next((way for way in ways if way[2] and way[2] == wanted), ways[0])
    for line, own in raw:
        # A line of another entry would be hung under this one's name.
        line.holds = bool(own) and own == root and line.told.get("entry") == head.told.get("entry")
    holds = bool(reached) and reached == wanted
    shown = [line for line, _ in raw]
    return Entry(parts, root.hex(), leaf.hex(), seal, place, wanted.hex(), reached.hex(), holds, shown)


def _leaf(root: bytes, parts: int, place: int, count: int, path: list[bytes]) -> tuple[bytes, bytes]:
    """The leaf of an entry of that root, and the root of a seal that it gives."""
    leaf = hashlib.sha256(b"\x00" + parts.to_bytes(8, "big") + root).digest()
    return leaf, _climb(leaf, place, count, path)


def _line(given: Any, parts: int) -> tuple[Line, bytes]:
    if not isinstance(given, dict) or not isinstance(given.get("text"), str):
        raise Unreadable("A line has no text.")
    place, text = _number(given, "place"), given["text"]
    salt = _digest(given.get("salt"))
    leaf = hashlib.sha256(b"\x00" + salt + text.encode()).digest()
    root = _climb(leaf, place, parts, _digests(given, "path"))
    told = {str(name): str(value) for name, value in _object(text).items()}
    return Line(told, place, leaf.hex(), root.hex(), False), root


def _climb(leaf: bytes, place: int, size: int, path: list[bytes]) -> bytes:
    """The root that a leaf and its neighbours give: RFC 9162, section 2.1.3.2. Nothing where they do not fit."""
    if not 0 <= place < size:
        return b""
    first, last, reached = place, size - 1, leaf
    for beside in path:
        if last == 0:
            return b""
        if first & 1 or first == last:
            reached = hashlib.sha256(b"\x01" + beside + reached).digest()
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            reached = hashlib.sha256(b"\x01" + reached + beside).digest()
        first, last = first >> 1, last >> 1
    return reached if last == 0 else b""


def _is_chain(rows: list[str]) -> bool:
    """Whether each seal follows from the one before it, from the first on."""
    number, first, before = 1, 0, "0" * 64
    for row in rows:
        own, begins, count, _ = _seal(row)
        if (own, begins, row.split(" ")[4]) != (number, first, before):
            return False
        number, first, before = own + 1, begins + count, hashlib.sha256(b"\x02" + row.encode()).hexdigest()
    return True


# --- reading --------------------------------------------------------------------------------------------------------


def _seal(line: str) -> tuple[int, int, int, bytes]:
    """The number, the first leaf, how many leaves, and the root."""
    words = line.split(" ")
    if len(words) != 6 or not all(_is_number(word) for word in words[:3]):
        raise Unreadable("This is not the line of a seal.")
    _digest(words[4])
    return int(words[0]), int(words[1]), int(words[2]), _digest(words[3])


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) < 20


def _object(text: str | bytes) -> dict[str, Any]:
    try:
        found = json.loads(text, object_pairs_hook=_once_each)
        json.dumps(found, ensure_ascii=False).encode()  # Half of a letter can be neither hashed nor shown.
    except (ValueError, RecursionError) as broken:
        raise Unreadable(f"It is not JSON that can be read: {broken}") from broken
    if not isinstance(found, dict):
        raise Unreadable("It is JSON, but not an object.")
    return found


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("A name stands in it twice.")
    return dict(pairs)


def _number(of: dict[str, Any], name: str) -> int:
    found = of.get(name)
    if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found < 2**53:
        raise Unreadable(f"{name} is not a whole number.")
    return found


def _list(of: dict[str, Any], name: str) -> list[Any]:
    found = of.get(name)
    if not isinstance(found, list):
        raise Unreadable(f"{name} is not a list.")
    return found


def _texts(of: dict[str, Any], name: str) -> list[str]:
    found = _list(of, name)
    if not all(isinstance(each, str) for each in found):
        raise Unreadable(f"{name} holds something else than texts.")
    return found


def _digests(of: dict[str, Any], name: str) -> list[bytes]:
    return [_digest(each) for each in _list(of, name)]


def _digest(text: Any) -> bytes:
    try:
        found = bytes.fromhex(text)
    except (TypeError, ValueError) as broken:
        raise Unreadable("A digest is not written in hexadecimal digits.") from broken
    if len(found) != 32 or text != found.hex():
        raise Unreadable("A digest is not 32 bytes long.")
    return found


# --- the command ----------------------------------------------------------------------------------------------------


def told(found: Found) -> str:
    """What was found, step by step, as a person reads it in a terminal."""
    rows = [f"about     {_harmless(found.about)}", ""]
    for entry in found.entries:
        head = next(line for line in entry.lines if line.place == 0)
        rows.append(f"entry     {_harmless(head.told.get('cause', ''))}  {_harmless(head.told.get('at', ''))}")
        shown = "all of them shown" if entry.is_whole else f"{len(entry.lines)} of them shown"
        rows.append(f"          {entry.parts} parts, {shown}, root {entry.root[:16]}...")
        for line in sorted(entry.lines, key=lambda each: each.place):
            if line.place:
                rows.append(f"  {_verdict(line.holds)} {_words(line.told)}")
            elif not line.holds:
                rows.append("  CHANGED  what the entry says of itself")
        rows.append(
            f"  {_verdict(entry.holds)} leaf {entry.place} of seal {entry.seal}, root {entry.seal_root[:16]}..."
        )
        rows.append("")
    rows += [f"seal      {_harmless(seal)}" for seal in found.seals]
    words = {None: "NOT COMPARED with a published list: use --seals", True: "HOLDS    ", False: "CHANGED  "}
    rows.append(words[found.published] + ("" if found.published is None else "in the published list"))
    if found.chain is not None:
        rows.append(f"{_verdict(found.chain)} each published seal follows from the one before it")
    sentence = {
        HOLDS: "All of it holds.",
        CHANGED: "Something was changed.",
        NOT_COMPARED: "It holds in itself. Compare the lines of its seals with the list that the service publishes.",
    }
    return "\n".join([*rows, "", sentence[found.code]])


def _verdict(holds: bool) -> str:
    return "HOLDS   " if holds else "CHANGED "


def _words(facts: dict[str, str]) -> str:
    what = facts.get("kind") or f"posting {facts.get('posting', '?')}"
    why = f"  {facts['rule']}" if "rule" in facts else ""
    seconds = int(facts["seconds"]) if _is_number(facts.get("seconds", "")) else 0
    time = f"  {seconds / 60:g} min" if seconds and "rule" in facts else ""
    rate = f" x {facts['rate']} an hour" if "rate" in facts and time else ""
    if _is_number(facts.get("pieces", "")):
        time, rate = f"  {facts['pieces']} pieces", f" x {facts.get('rate', '?')}"
    money = f"{facts.get('amount', '?')} {facts.get('currency', '?')}"
    return _harmless(f"{what:22} {money:>16}{why}{time}{rate}  {facts.get('from', '')} -> {facts.get('to', '')}")


def _harmless(text: str) -> str:
    """Without line ends and what steers a terminal: whoever made the file chose its words."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def _read(name: str) -> str:
    if urlsplit(name).scheme in ("http", "https"):
        with urlopen(name, timeout=30) as answer:  # noqa: S310 - the two schemes above, and the user's own word
            raw: bytes = answer.read(MOST_BYTES)
            return raw.decode()
    with sys.stdin if name == "-" else open(name, encoding="utf-8") as file:
        return file.read()


def main(arguments: list[str] | None = None) -> int:
    """The command. Returns the exit code."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("file", help="the proof; - reads it from standard input")
    asked.add_argument("--seals", metavar="LIST", help="the published list: a file, or its address")
    given = asked.parse_args(arguments)
    try:
        text, published = _read(given.file), _read(given.seals) if given.seals else None
    except (OSError, UnicodeDecodeError) as failed:
        sys.stderr.write(f"{failed}\n")
        return WRONG_COMMAND
    try:
        found = check(text, published)
    except Unreadable as broken:
        sys.stdout.write(f"{_harmless(str(broken))}\n")
        return UNREADABLE
    sys.stdout.write(told(found) + "\n")
    return found.code


if __name__ == "__main__":
    sys.exit(main())
