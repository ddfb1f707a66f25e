"""Pictures of a company's pages: where its money is, which seats are filled, how a gig stands before the gate."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext, ngettext

from marketplace.core.money import Money
from marketplace.gigs.models import Gig, RollingPilot
from marketplace.gigs.queries import Funds
from marketplace.pay.queries import CompanyBalance, OwedSoFar
from marketplace.shifts.models import Shift
from marketplace.standards.catalogue import RULES
from marketplace.standards.verdicts import Outcome, Verdict, broken
from marketplace.web.pictures import Part, Segment, company_pays, stacked
from marketplace.web.words import money_words

ORDER = (Outcome.FAIL, Outcome.NOTE, Outcome.PASS)
"""What is broken is read first."""
MOST_SQUARES = 40
"""More seats than this are drawn as one bar."""


@dataclass(frozen=True, slots=True)
class Purse:
    """A company's money in one currency as one bar. `held` leaves out what is owed already."""

    currency: str
    available: Money
    held: Money
    owed: Money
    unknown: int
    """Bookings and tests of which nobody can say what is owed: what is held for them is all in `held`."""
    bar: Sequence[Segment]


@dataclass(frozen=True, slots=True)
class Seats:
    """The seats of a shift. `kinds` has one fill for each seat: taken, asked for, empty; empty if they are too many."""

    taken: int
    asked: int
    empty: int
    bar: Sequence[Segment]
    kinds: Sequence[str]

    @property
    def words(self) -> str:
        return str(
            ngettext(
                "%(taken)s of %(num)d seat taken, %(asked)s asked for, %(empty)s empty",
                "%(taken)s of %(num)d seats taken, %(asked)s asked for, %(empty)s empty",
                self.taken + self.asked + self.empty,
                taken=self.taken,
                asked=self.asked,
                empty=self.empty,
            )
        )


def purses(balances: Iterable[CompanyBalance], owed: OwedSoFar) -> list[Purse]:
    """Every currency of a company. What is owed is a part of what is held, and never more than it is drawn."""
    found = []
    for balance in balances:
        due = owed.sums.get(balance.currency, Money.zero(balance.currency))
        held = max(balance.held - due, Money.zero(balance.currency))
        parts = [
            Part(gettext("available"), money_words(balance.available), max(0, balance.available.amount), "a"),
            Part(gettext("held for work to come"), money_words(held), held.amount, "c"),
            Part(gettext("owed for work done"), money_words(due), due.amount, "b"),
        ]
        unknown = owed.unknown.get(balance.currency, 0)
        found.append(Purse(balance.currency, balance.available, held, due, unknown, stacked(parts)))
    return found


def seats(shift: Shift, asked: int) -> Seats:
    """`asked` are the open offers; more of them than there are empty seats are not drawn."""
    shown = min(asked, shift.seats_open)
    empty = shift.seats_open - shown
    parts = [
        Part(gettext("taken"), str(shift.seats_taken), shift.seats_taken, "a"),
        Part(gettext("asked for"), str(shown), shown, "b"),
        Part(gettext("empty"), str(empty), empty, "ground"),
    ]
    kinds = ["a"] * shift.seats_taken + ["b"] * shown + ["ground"] * empty
    return Seats(shift.seats_taken, shown, empty, stacked(parts), kinds if shift.seats <= MOST_SQUARES else ())


def funds_bar(funds: Funds, needed: Money) -> list[Segment]:
    """A gig's money against the highest cost of the planned work: free, with bookings or paid, and still missing."""
    zero = Money.zero(needed.currency)
    with_bookings, missing = max(funds.committed - funds.held, zero), max(needed - funds.committed, zero)
    return stacked(
        [
            Part(gettext("free for bookings"), money_words(funds.held), funds.held.amount, "a"),
            Part(gettext("reserved by bookings or paid"), money_words(with_bookings), with_bookings.amount, "c"),
            Part(gettext("missing"), money_words(missing), missing.amount, "ground"),
        ]
    )


def verdict_bar(verdicts: Sequence[Verdict]) -> list[Segment]:
    """How many rules are broken, pass with a note, and pass."""
    return outcome_bar(str(each.outcome) for each in verdicts)


def outcome_bar(outcomes: Iterable[str]) -> list[Segment]:
    """The same of stored verdicts, whose outcomes are words."""
    counted = Counter(outcomes)
    parts = [
        Part(gettext("broken"), str(counted[Outcome.FAIL]), counted[Outcome.FAIL], "fail"),
        Part(gettext("with a note"), str(counted[Outcome.NOTE]), counted[Outcome.NOTE], "note"),
        Part(gettext("pass"), str(counted[Outcome.PASS]), counted[Outcome.PASS], "pass"),
    ]
    return stacked(parts)


def verdict_words(verdicts: Iterable[Verdict]) -> str:
    """The verdicts in one sentence."""
    failed = len(broken(verdicts))
    if not failed:
        return str(gettext("Every rule of the gate is met."))
    return str(ngettext("%(num)d rule is broken.", "%(num)d rules are broken.", failed))


def paid_for(sums: Iterable[tuple[str, Money]]) -> dict[str, list[Segment]]:
    """What a company has paid by who gets it, one bar for each currency."""
    by_currency: dict[str, list[tuple[str, Money]]] = {}
    for payee, money in sums:
        by_currency.setdefault(money.currency, []).append((payee, money))
    return {code: company_pays(pairs, "payee_of_others") for code, pairs in sorted(by_currency.items())}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far something has come, in words and as a bar."""

    words: str
    segments: Sequence[Segment]


def pilot_progress(gig: Gig, rolling: RollingPilot | None) -> list[Progress]:
    """How much the approved shifts of a gig have shown of what a pilot has to."""
    numbers, places = RULES["PILOT"].parameters, len(gig.places)
    workers = rolling.workers if rolling else 0
    minutes = rolling.minutes if rolling else 0
    seen = len(rolling.places) if rolling else 0
    needed, hours = numbers["least_workers"], numbers["least_hours"]
    return [
        _progress(
            ngettext("%(there)s of %(num)d person", "%(there)s of %(num)d people", needed, there=workers),
            workers,
            needed,
        ),
        _progress(
            ngettext("%(there)s of %(num)d hour", "%(there)s of %(num)d hours", hours, there=minutes // 60),
            minutes,
            60 * hours,
        ),
        _progress(
            ngettext("%(there)s of %(num)d place", "%(there)s of %(num)d places", places, there=seen), seen, places
        ),
    ]


def _progress(words: str, there: int, needed: int) -> Progress:
    return Progress(words, stacked([Part(words, "", min(there, needed), "a")], whole=needed))
