"""How rows of the books become one digest that can be published: the hash tree, its proofs, and the line of a seal.

The tree is that of RFC 9162 (section 2.1, as in RFC 6962): SHA-256, a leaf is hashed behind the byte 0 and two nodes
behind the byte 1, so that neither can be taken for the other; a node without a neighbour goes up as it is. It is used
twice. The *parts* of an entry (what it is, its postings, the reasons of a payslip) are the leaves of a small tree, each
behind a salt of its own: a digest tells nothing to whoever guesses at an amount. How many parts there are, and the root
over them, is the leaf of the entry in the tree of its *seal*. The line of a seal names the seal before it by the digest
of that one's line, hashed behind the byte 2. Pure.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from marketplace.core.problems import Problem

SALT_BYTES = 32
FIRST_PREVIOUS = bytes(32)
"""What the first seal names as the one before it."""


class NotSealedYet(Problem):
    """What was booked is sealed by a job a little later."""

    code = "not_sealed_yet"
    status = 409
    title = "This has been booked, and is not sealed yet."
    remedy = "Ask again in half an hour."


class NothingToProve(Problem):
    """A payslip of leave that is too short to be worth a minor unit books nothing."""

    code = "nothing_was_booked"
    status = 409
    title = "This payslip moved no money, so nothing was booked that could be sealed."


class ProofForgotten(Problem):
    """Whoever it was about has been erased, and what would open the digest with them."""

    code = "proof_forgotten"
    status = 409
    title = "What would open this seal was thrown away with the person whom it was about."


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def line_hash(line: str) -> bytes:
    """The digest of a seal's line, by which the next seal names it."""
    return hashlib.sha256(b"\x02" + line.encode()).digest()


@dataclass(frozen=True, slots=True)
class Tree:
    """A hash tree over at least one leaf: `rows[0]` are the hashes of the leaves, the last row is the root alone."""

    rows: Sequence[Sequence[bytes]]

    @property
    def root(self) -> bytes:
        return self.rows[-1][0]

    def path(self, place: int) -> list[bytes]:
        """The neighbours on the way from a leaf to the root, from below."""
        found = []
        for row in self.rows[:-1]:
            if (beside := place ^ 1) < len(row):
                found.append(row[beside])
            place //= 2
        return found


def tree(leaves: Sequence[bytes]) -> Tree:
    """The tree over leaves that are hashed already."""
    rows = [list(leaves)]
    while len(rows[-1]) > 1:
        below = rows[-1]
        above = [node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)]
        rows.append(above + below[len(below) & ~1 :])
    return Tree(rows)


# --- an entry -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an entry with what opens its digest."""

    text: str
    salt: bytes

    @property
    def leaf(self) -> bytes:
        return leaf_hash(self.salt + self.text.encode())


def part_text(facts: Mapping[str, str | None]) -> str:
    """A part as it is hashed and read: a JSON object of texts in the order of their names, without those that are
    None."""
    told = {name: value for name, value in facts.items() if value is not None}
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def parts(texts: Sequence[str], salt: bytes) -> list[Part]:
    """The parts of an entry, each with a salt that follows from the entry's and its place: who is shown one of them
    can open no other."""
    return [Part(text, hmac.digest(salt, str(place).encode(), "sha256")) for place, text in enumerate(texts)]


def entry_tree(of: Sequence[Part]) -> Tree:
    return tree([part.leaf for part in of])


def entry_leaf(count: int, root: bytes) -> bytes:
    """The leaf of an entry in the tree of its seal."""
    return leaf_hash(count.to_bytes(8, "big") + root)


# --- a seal ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SealLine:
    """What is published of a seal: its number, the range of leaves that it covers, its root, and the seal before it."""

    number: int
    first: int
    count: int
    root: bytes
    previous: bytes
    sealed_at: datetime

    @property
    def text(self) -> str:
        """One line, without its end: number, first leaf, how many, root, the digest of the line before, moment."""
        return (
            f"{self.number} {self.first} {self.count} {self.root.hex()} {self.previous.hex()} {moment(self.sealed_at)}"
        )

    @property
    def digest(self) -> bytes:
        return line_hash(self.text)


def moment(at: datetime) -> str:
    """2026-12-01T10:00:00.000000Z, always with six digits."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def broken_links(lines: Sequence[SealLine]) -> list[str]:
    """Seals that do not follow the one before them: by number, by range, by digest. Oldest first, from the first on."""
    wrong, number, first, previous = [], 1, 0, FIRST_PREVIOUS
    for line in lines:
        if (line.number, line.first, line.previous) != (number, first, previous):
            wrong.append(f"seal {line.number} does not follow the one before it")
        number, first, previous = line.number + 1, line.first + line.count, line.digest
    return wrong
