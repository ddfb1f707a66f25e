"""How a plan treats people: fill, offers and hours, by the place where they live and by the language that they speak.

Pure. Counts of several plans are added up, so that weights can be looked at over weeks. What fewer people stand behind
than rule REPORT asks for is told to nobody: small places are counted together, small languages left out, and of a group
of which fewer were asked it is not told what they were asked for.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final
from uuid import UUID

from marketplace.matching.instance import Instance, Member, Opening, Work
from marketplace.matching.planned import Planned
from marketplace.matching.rules import URGENT
from marketplace.shifts.hours import scheduled_minutes
from marketplace.standards.catalogue import RULES

Row = Mapping[str, Any]
Rows = Sequence[Row]
LEAST_PEOPLE: Final = RULES["REPORT"].parameters["least_people"]
OF_WHO_WAS_ASKED: Final = ("asked", "offers", "minutes")
"""Numbers of a row that are None where too few people stand behind them."""


def too_few(instance: Instance) -> frozenset[UUID]:
    """The gigs of which what is told would tell of single people: those under contract whom their places let in are
    fewer than rule REPORT asks for."""
    return frozenset(known for known, work in instance.works.items() if _is_few(instance, work))


def _is_few(instance: Instance, work: Work) -> bool:
    reached = (
        member
        for member in instance.members
        if work.company_id in member.signed
        and any(place.admits(member.person.country, member.person.subdivision) for place in work.criteria.places)
    )
    return sum(1 for _ in islice(reached, LEAST_PEOPLE)) < LEAST_PEOPLE


class Tally:
    """What several plans come to. `add` each of them, then `told()`."""

    def __init__(self) -> None:
        self.whole: Counter[str] = Counter()
        self.people: set[UUID] = set()
        self.asked: set[UUID] = set()
        self.places = _Groups()
        self.languages = _Groups()

    def add(self, instance: Instance, planned: Sequence[Planned]) -> None:
        openings = {opening.shift_id: opening for opening in instance.openings}
        members = {member.id: member for member in instance.members}
        self.people.update(members)
        for member in members.values():
            self.places.know(member.id, [member.person.country])
            self.languages.know(member.id, _spoken(member, instance))
        for each in planned:
            self._count(instance, openings[each.shift_id], each)
            for given in each.given:
                self._give(members[given.contractor_id], openings[each.shift_id], instance)

    def _count(self, instance: Instance, opening: Opening, each: Planned) -> None:
        soon = opening.span.starts_at - instance.at <= URGENT
        self.whole.update(seats=each.seats, filled=each.filled)
        if soon:
            self.whole.update(urgent_seats=each.seats, urgent_filled=each.filled)
        criteria = instance.works[opening.gig_id].criteria
        self.places.seats({place.country for place in criteria.places}, each.seats, each.filled)
        self.languages.seats({need.language for need in criteria.languages}, each.seats, each.filled)

    def _give(self, member: Member, opening: Opening, instance: Instance) -> None:
        minutes = scheduled_minutes(opening.span.starts_at, opening.span.ends_at)
        self.asked.add(member.id)
        self.whole.update(offers=1, minutes=minutes)
        self.places.give(member.id, [member.person.country], minutes)
        self.languages.give(member.id, _spoken(member, instance), minutes)

    def told(self) -> dict[str, Any]:
        """As JSON: the whole, then `places` and `languages` with enough people; a place without a code is all others
        together. `seats` and `filled` of a group are those of work that is open to its place, or needs its language.
        Where fewer than enough of a group were asked, the numbers of OF_WHO_WAS_ASKED are None; of one place alone they
        would be what the others leave of the whole, so the next smallest is not told with it."""
        counted = ("seats", "filled", "urgent_seats", "urgent_filled", "offers", "minutes")
        return {name: self.whole[name] for name in counted} | {
            "people": len(self.people),
            "asked": len(self.asked),
            "places": _silent(self.places.told(merged=True), adds_up=True),
            "languages": _silent(self.languages.told(merged=False), adds_up=False),
        }


class _Groups:
    """Counts by a code that groups people."""

    def __init__(self) -> None:
        self.people: dict[str, set[UUID]] = defaultdict(set)
        self.asked: dict[str, set[UUID]] = defaultdict(set)
        self.sums: dict[str, Counter[str]] = defaultdict(Counter)
        self.open_to: list[tuple[frozenset[str], int, int]] = []

    def know(self, known: UUID, codes: Iterable[str]) -> None:
        for code in codes:
            self.people[code].add(known)

    def seats(self, codes: Iterable[str], seats: int, filled: int) -> None:
        self.open_to.append((frozenset(codes), seats, filled))

    def give(self, known: UUID, codes: Iterable[str], minutes: int) -> None:
        for code in codes:
            self.asked[code].add(known)
            self.sums[code].update(offers=1, minutes=minutes)

    def told(self, *, merged: bool) -> list[dict[str, Any]]:
        """Groups with enough people, the largest first; the others together behind them, where that is possible."""
        ordered = sorted(self.people, key=lambda code: (-len(self.people[code]), code))
        named = [code for code in ordered if len(self.people[code]) >= LEAST_PEOPLE]
        rest = [code for code in ordered if code not in named]
        found = [self._row(code, [code]) for code in named]
        if not merged or not rest:
            return found
        # A rest of too few would be told by what the others leave of the whole, so it takes the smallest with it.
        while named and sum(len(self.people[code]) for code in rest) < LEAST_PEOPLE:
            rest.append(named.pop())
            found.pop()
        enough = sum(len(self.people[code]) for code in rest) >= LEAST_PEOPLE
        return [*found, self._row(None, rest)] if enough else []

    def _row(self, code: str | None, codes: Sequence[str]) -> dict[str, Any]:
        reached = [(seats, filled) for open_to, seats, filled in self.open_to if not open_to.isdisjoint(codes)]
        return {
            "code": code,
            "people": sum(len(self.people[each]) for each in codes),
            "asked": sum(len(self.asked[each]) for each in codes),
            "offers": sum(self.sums[each]["offers"] for each in codes),
            "minutes": sum(self.sums[each]["minutes"] for each in codes),
            "seats": sum(seats for seats, _ in reached),
            "filled": sum(filled for _, filled in reached),
        }


def _silent(rows: list[dict[str, Any]], *, adds_up: bool) -> list[dict[str, Any]]:
    """The rows, without what too few people stand behind."""
    asked = sorted((row for row in rows if row["asked"]), key=lambda row: row["asked"])
    few = [row for row in asked if row["asked"] < LEAST_PEOPLE]
    while adds_up and few and len(few) < len(asked) and sum(row["asked"] for row in few) < LEAST_PEOPLE:
        few.append(asked[len(few)])
    hidden = {row["code"] for row in few}
    return [row | dict.fromkeys(OF_WHO_WAS_ASKED) if row["code"] in hidden else row for row in rows]


def moved(before: Sequence[Planned], after: Sequence[Planned]) -> int:
    """How many seats would have somebody else, or nobody."""
    kept = {(each.shift_id, given.contractor_id) for each in after for given in each.given}
    return sum((each.shift_id, given.contractor_id) not in kept for each in before for given in each.given)


def beside(before: Rows, after: Rows) -> list[tuple[str | None, Row, Row]]:
    """Rows of two such lists that are of the same group, by the order of the first."""
    other = {row["code"]: row for row in after}
    return [(row["code"], row, other[row["code"]]) for row in before if row["code"] in other]


def _spoken(member: Member, instance: Instance) -> set[str]:
    proven = {proof.language for proof in member.person.proofs if proof.language and proof.until > instance.at}
    return {*member.person.languages, *proven}
