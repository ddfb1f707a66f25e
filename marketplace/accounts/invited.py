"""Lists of people to invite, as a company or an operator hands them in, and what is wrong with them line by line."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from marketplace.accounts.rules import LOCALES, BadAddress, address
from marketplace.core.problems import Conflict, Invalid

MOST_ROWS = 1000
MOST_BYTES = 256 * 1024
LONGEST_NAME = 200
INVITATION_LASTS = timedelta(days=14)
"""How long the link in an invitation is good for."""
WRITTEN_AGAIN_AFTER = timedelta(days=1)
"""Whoever has not answered is not written to again by the same inviter before that: silence is an answer, too."""
COLUMNS = ("email", "name", "locale")
"""The columns of a list as a CSV file, named in its first line; the last may be missing."""


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody to be invited: `locale` is the language of the message to them."""

    email: str
    name: str
    locale: str = LOCALES[0]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line, counted from one; for a file, its first line names the columns.

    The sentence has a place, as in `%(most)s`, for each thing that is `named`, so that it can be said in any language.
    """

    line: int
    sentence: str
    named: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def words(self) -> str:
        return self.sentence % self.named


class InvitationOutcome(StrEnum):
    INVITED = "invited"
    HAS_ACCOUNT = "has_account"
    """Left alone: whoever has an account already applies, and signs, by themselves. Only operators are told."""


@dataclass(frozen=True, slots=True)
class Invitee:
    """What became of one line of a list. `person_id` is of those whom an operator invited: a company is told the same
    of everybody, and learns who somebody is when they answer."""

    email: str
    outcome: InvitationOutcome
    person_id: UUID | None = None


class ListNotGood(Invalid):
    """`faults` name each bad line. Nobody was invited."""

    code = "list_not_good"
    title = "Something in the list is not right, so nobody was invited."
    remedy = "Correct the lines that are named, and send the whole list again."

    def __init__(self, faults: Sequence[Fault]) -> None:
        words = "; ".join(f"line {fault.line}: {fault.words}" for fault in faults[:3])
        told = [{"line": fault.line, "words": fault.words} for fault in faults]
        super().__init__(f"{len(faults)} bad lines. {words}", field="people", faults=told)
        self.faults = faults


class CompanyNotVerified(Conflict):
    code = "company_not_verified"
    title = "A company invites people once an operator has verified it."
    remedy = "Wait for the operators' decision about the company."


def read_csv(content: bytes) -> list[Invited]:
    """The people of a CSV file in UTF-8 with the columns email, name and, where wanted, locale, separated by commas or
    semicolons. Raises ListNotGood, naming every bad line."""
    if len(content) > MOST_BYTES:
        raise ListNotGood([Fault(1, "The file is larger than %(most)s kB.", {"most": MOST_BYTES // 1024})])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as bad:
        raise ListNotGood([Fault(content[: bad.start].count(b"\n") + 1, "This is not UTF-8.")]) from bad
    first = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in first else ",", strict=True)
    try:
        named = [name.strip().lower() for name in rows.fieldnames or ()]
        rows.fieldnames = named
        if not {"email", "name"} <= set(named) <= set(COLUMNS) or len(set(named)) < len(named):
            wanted = {"columns": ", ".join(COLUMNS)}
            raise ListNotGood([Fault(1, "The first line names the columns: %(columns)s.", wanted)])
        numbered = [(rows.line_num, row) for row in rows]
    except csv.Error as broken:
        told = {"broken": str(broken)}
        raise ListNotGood([Fault(rows.reader.line_num, "This is not CSV: %(broken)s.", told)]) from broken
    return check_list([(line, _person(row)) for line, row in numbered])


def check_list(people: Sequence[tuple[int, Invited]]) -> list[Invited]:
    """The people with their addresses as they are kept. Raises ListNotGood, naming every bad line."""
    if not people:
        raise ListNotGood([Fault(1, "Nobody stands in the list.")])
    if len(people) > MOST_ROWS:
        raise ListNotGood([Fault(people[MOST_ROWS][0], "There are more than %(most)s people.", {"most": MOST_ROWS})])
    good, faults, seen = [], [], dict[str, int]()
    for line, each in people:
        try:
            person = Invited(_email(each.email), _name(each.name), _locale(each.locale))
        except Invalid as bad:
            faults.append(Fault(line, bad.detail))
            continue
        if (before := seen.setdefault(person.email, line)) != line:
            faults.append(Fault(line, "The address stands in line %(before)s already.", {"before": before}))
        good.append(person)
    if faults:
        raise ListNotGood(faults)
    return good


def write_csv(people: Iterable[Invited]) -> str:
    """The list as a file that `read_csv` reads."""
    written = io.StringIO(newline="")
    rows = csv.writer(written)
    rows.writerow(COLUMNS)
    rows.writerows((each.email, each.name, each.locale) for each in people)
    return written.getvalue()


def _person(row: Mapping[str | None, str | None]) -> Invited:
    given = {name: (row.get(name) or "").strip() for name in COLUMNS}
    # A line with more fields than the first line names has them under None.
    name = given["name"] if None not in row else ""
    return Invited(given["email"], name, given["locale"] or LOCALES[0])


def _email(email: str) -> str:
    try:
        return address(email)
    except BadAddress as bad:
        raise Invalid(bad.title) from bad


def _name(name: str) -> str:
    said = " ".join(name.split())
    if not 0 < len(said) <= LONGEST_NAME or not said.isprintable():
        raise Invalid(
            f"A name has 1 to {LONGEST_NAME} characters, and a line has only the columns that the first names."
        )
    return said


def _locale(locale: str) -> str:
    if locale not in LOCALES:
        raise Invalid(f"The language is one of: {', '.join(LOCALES)}.")
    return locale
