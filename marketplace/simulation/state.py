"""What a simulated market consists of while it runs: shifts, offers, and what has been counted. Pure."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from uuid import UUID

from marketplace.matching.rules import Scored
from marketplace.simulation.world import Needed, Somebody, World


class Kind(IntEnum):
    """What happens; of things at one moment the first of these comes first."""

    READ = 0
    ANSWER = 1
    OVER = 2
    LEAVE = 3
    START = 4
    LOOK = 5


class Said(IntEnum):
    NOTHING = 0
    NO = 1
    YES = 2


@dataclass(slots=True)
class Offer:
    """One question to one person. `until` moves when it is read late."""

    shift: "Shift"
    who: Somebody
    scored: Scored
    made_at: datetime
    answer: timedelta
    first_until: datetime
    until: datetime
    collects: bool
    read_at: datetime | None = None
    said: Said = Said.NOTHING


@dataclass(slots=True)
class Shift:
    """A shift while it is filled. `standby_for` is the shift that this one is a place to stand by for."""

    needed: Needed
    standby_for: "Shift | None" = None
    standby: "Shift | None" = None
    booked: dict[UUID, Somebody] = field(default_factory=dict)
    open_since: list[datetime] = field(default_factory=list)
    """One for each seat that nobody has: from when on."""
    asked: set[UUID] = field(default_factory=set)
    offers: dict[UUID, Offer] = field(default_factory=dict)
    window: datetime | None = None
    looked_at: datetime | None = None
    freed_before: int = 0
    """How often anybody's time had been freed when people were last looked for."""
    begun: bool = False

    @property
    def free(self) -> int:
        return self.needed.seats - len(self.booked)


@dataclass(slots=True)
class Lived:
    """What came of it, counted. Minutes are of shifts that were worked; `times` are minutes from when a seat was open
    to the yes that filled it."""

    seats: int = 0
    worked: int = 0
    burst_seats: int = 0
    burst_worked: int = 0
    offers: int = 0
    answered: int = 0
    yeses: int = 0
    in_vain: int = 0
    times: list[int] = field(default_factory=list)
    urgent_times: list[int] = field(default_factory=list)
    """Of the seats that came open when the start was near."""
    minutes: Counter[tuple[UUID, int]] = field(default_factory=Counter)
    """By person and week."""
    seen: Counter[str] = field(default_factory=Counter)
    """Offers by the network of those asked, and of these the ones that were answered in time."""
    in_time: Counter[str] = field(default_factory=Counter)
    standby_minutes: int = 0
    """Paid to who stood by and was not called."""
    worked_minutes: int = 0


def says(world: World, who: Somebody, needed: Needed) -> Said:
    """What somebody answers when they read an offer of that shift: the same whenever they are asked."""
    assumed, begins = world.assumed, needed.span.starts_at
    wants = who.member.person.calendar.wants(who.zone, begins, needed.span.ends_at)
    wish = {True: assumed.wish_adds, False: -assumed.wish_adds, None: 0.0}[wants]
    yes = min(0.98, max(0.02, assumed.says_yes + wish + who.likes))
    drawn = world.draws.share("says", who.id, needed.shift_id)
    if drawn < yes:
        return Said.YES
    return Said.NOTHING if drawn > 1 - (1 - yes) * assumed.says_nothing else Said.NO


def happens(world: World, what: str, known: UUID, needed: Needed) -> bool:
    """Whether that befalls somebody who is booked for the shift: an assumption's name, and its share of bookings."""
    return world.draws.share(what, known, needed.shift_id) < float(getattr(world.assumed, what))
