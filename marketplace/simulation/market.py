"""A market lived through, moment by moment: who is asked when, what they say, who comes. Pure.

What the service does is done by its own code: the engine plans (`matching.engine`), the time to answer and the window
of collected yeses end as in `shifts.hours`, waves are sized by `matching.waves`. Between, as its jobs do: a plan when
work has come that no plan has seen, and every midnight; shifts that begin soon are looked at again every quarter of an
hour while seats are open; a seat that was given back is searched for at once.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from uuid import UUID

from marketplace.matching.engine import solve
from marketplace.matching.instance import Instance, Member, Opening, Past
from marketplace.matching.objective import NEWEST_SHIPPED
from marketplace.matching.rules import URGENT, Scored, lot, offer_until
from marketplace.matching.waves import MEASURED, Answers, half_of
from marketplace.shifts.eligibility import Busy
from marketplace.shifts.hours import LATE, LONGEST_WAIT, answered_until, collected_until, window_after
from marketplace.simulation.assumed import REACH
from marketplace.simulation.policies import Policy, Race
from marketplace.simulation.state import Kind, Lived, Offer, Said, Shift, happens, says
from marketplace.simulation.world import BEGINS, DAY, HOUR, PLANNED_AHEAD, Needed, Somebody, World, standby_id
from marketplace.standards.hazard import HazardClass

MINUTE = timedelta(minutes=1)
AGAIN_AFTER = timedelta(minutes=15)
CALLED_WITHIN = DAY
"""Who stands by takes a seat that is empty so shortly before the start (rule STANDBY)."""
ILL_WITHIN = 6 * HOUR


def live(world: World, policy: Policy, told: Callable[[float], None] | None = None) -> Lived:
    """Lives the world through by a policy: the same world and policy always come to the same. `told` hears how far it
    is, from 0 to 1."""
    return Market(world, policy, told or (lambda _: None)).run()


class Market:
    """The market while it runs."""

    def __init__(self, world: World, policy: Policy, told: Callable[[float], None]) -> None:
        self.world, self.policy, self.told = world, policy, told
        self.draws, self.assumed = world.draws, world.assumed
        self.lived = Lived()
        self.shifts: dict[UUID, Shift] = {}
        self.busy: dict[UUID, dict[UUID, Busy]] = {known: {} for known in world.people}
        self.past: dict[UUID, dict[UUID, Past]] = {known: {} for known in world.people}
        self.members: dict[UUID, Member] = {}
        self.answers: list[tuple[datetime, str, int, bool]] = []
        self._queue: list[tuple[datetime, int, int, Callable[[datetime], None]]] = []
        self._number = count()
        self._looks: set[datetime] = set()
        self._freed = 0

    def run(self) -> Lived:
        for needed in self.world.shifts:
            self._at(needed.known_at, Kind.START, partial(self._open, needed))
        day = BEGINS - PLANNED_AHEAD
        while day < self.world.ends:
            self._look_at(day)
            day += DAY
        whole = self.world.ends - (BEGINS - PLANNED_AHEAD)
        while self._queue:
            at, _, _, happens = heapq.heappop(self._queue)
            self.told(min(1.0, (at - (BEGINS - PLANNED_AHEAD)) / whole))
            happens(at)
        return self.lived

    def _at(self, at: datetime, kind: Kind, happens: Callable[[datetime], None]) -> None:
        heapq.heappush(self._queue, (at, kind, next(self._number), happens))

    def _look_at(self, at: datetime) -> None:
        """Has somebody looked for once at that moment, however many things ask for it."""
        if at not in self._looks:
            self._looks.add(at)
            self._at(at, Kind.LOOK, self._look)

    # --- work comes and begins ----------------------------------------------------------------------------------------

    def _open(self, needed: Needed, at: datetime, *, main: Shift | None = None) -> None:
        shift = self.shifts[needed.shift_id] = Shift(needed, standby_for=main, open_since=[at] * needed.seats)
        if main is not None:
            main.standby = shift
        self._at(needed.span.starts_at, Kind.START, lambda _: self._begin(shift))
        self._look_at(at)

    def _begin(self, shift: Shift) -> None:
        """The shift begins: who is not ill comes, who stands by takes the seat of who does not."""
        shift.begun = True
        for offer in list(shift.offers.values()):
            self._close(offer)
        if shift.standby_for is not None:
            return
        for known in [known for known in shift.booked if self._happens("stays_away", known, shift)]:
            self._release(shift, known)
        while shift.free > 0 and self._call(shift, shift.needed.span.starts_at):
            pass
        self._count(shift)

    def _count(self, shift: Shift) -> None:
        needed, lived = shift.needed, self.lived
        lived.seats += needed.seats
        lived.worked += len(shift.booked)
        if needed.is_burst:
            lived.burst_seats += needed.seats
            lived.burst_worked += len(shift.booked)
        for known in shift.booked:
            lived.minutes[known, (needed.span.starts_at - BEGINS).days // 7] += needed.span.minutes
            lived.worked_minutes += needed.span.minutes
        if shift.standby is not None:
            lived.standby_minutes += len(shift.standby.booked) * max(60, needed.span.minutes // 2)

    # --- who is asked -------------------------------------------------------------------------------------------------

    def _look(self, at: datetime) -> None:
        """One plan for everything that is due to be looked at."""
        due = [shift for shift in self.shifts.values() if self._is_due(shift, at)]
        if not due:
            return
        freed, openings = self._freed, [self._opening(shift, at) for shift in due]
        instance = Instance(
            at=at,
            weights=NEWEST_SHIPPED,
            seed=0,
            works=self.world.works,
            openings=sorted(openings, key=lambda each: each.shift_id),
            members=[self._member(who) for who in self.world.people.values()],
        )
        for planned in solve(instance):
            shift = self.shifts[planned.shift_id]
            shift.looked_at, shift.freed_before = at, freed
            self._ask(shift, [given.scored for given in planned.given], at)
        if any(self._wants_people(shift) and self._is_soon(shift, at) for shift in due):
            self._look_at(at + AGAIN_AFTER)

    def _is_due(self, shift: Shift, at: datetime) -> bool:
        """As the service's jobs have it, but that nobody looks again before anybody's time was freed: it would find
        nobody whom it has not asked."""
        if not self._wants_people(shift) or shift.needed.span.starts_at <= at:
            return False
        if shift.looked_at is None:
            return True
        again = shift.looked_at + AGAIN_AFTER <= at and shift.freed_before < self._freed
        return again and (self._is_soon(shift, at) or at.hour == at.minute == 0)

    def _wants_people(self, shift: Shift) -> bool:
        """Whether there are seats that nobody has and nobody is asked about; of places to stand by only while the shift
        itself has none."""
        main = shift.standby_for
        if shift.begun or (main is not None and main.free > 0):
            return False
        return shift.free > len(shift.offers)

    def _is_soon(self, shift: Shift, at: datetime) -> bool:
        return shift.needed.span.starts_at - at <= URGENT

    def _opening(self, shift: Shift, at: datetime) -> Opening:
        needed, seats = shift.needed, shift.free - len(shift.offers)
        waves = self.policy.waves(seats, needed.span.starts_at - at, self._measured(needed.gig_id, at))
        return Opening(needed.shift_id, needed.gig_id, needed.span, seats, frozenset(shift.asked), waves)

    def _measured(self, gig_id: UUID, at: datetime) -> dict[int, Answers]:
        kind, yeses, offers = self.world.works[gig_id].work_kind, Counter[int](), Counter[int]()
        self.answers = [each for each in self.answers if each[0] > at - MEASURED]
        for _, of, half, yes in self.answers:
            if of == kind:
                yeses[half] += yes
                offers[half] += 1
        return {half: Answers(yeses[half], offers[half]) for half in offers}

    def _member(self, who: Somebody) -> Member:
        """The person as the engine reads them; made anew only when something of theirs has changed."""
        if who.id not in self.members:
            person = replace(who.member.person, busy=tuple(self.busy[who.id].values()))
            self.members[who.id] = replace(who.member, person=person, past=tuple(self.past[who.id].values()))
        return self.members[who.id]

    def _ask(self, shift: Shift, chosen: Iterable[Scored], at: datetime) -> None:
        people = list(chosen)
        begins, free = shift.needed.span.starts_at, shift.free - len(shift.offers)
        part, usual = self.policy.answer_part, offer_until(at, begins) - at
        untils = []
        for scored in people:
            who = self.world.people[scored.candidate.contractor_id]
            until = at + (offer_until(at, begins, who.quiet, who.zone) - at) * part
            offer = Offer(shift, who, scored, at, usual * part, until, until, collects=len(people) > free)
            untils.append(until)
            shift.offers[who.id] = offer
            shift.asked.add(who.id)
            self.lived.offers += 1
            self.lived.seen[who.network] += 1
            self._occupy(offer.who.id, shift)
        if len(people) > free:
            shift.window = collected_until(max(untils), begins, at)
            self._at(shift.window, Kind.OVER, lambda now: self._decide_window(shift, now))
        for offer in [shift.offers[scored.candidate.contractor_id] for scored in people]:
            self._send(offer)

    # --- an offer and its answer --------------------------------------------------------------------------------------

    def _send(self, offer: Offer) -> None:
        """The message rings when it is not quiet, and comes when there is a network. As long as it is not known to have
        come, an offer stands as if it came at the last moment that is waited for (rule REACHED)."""
        who, begins = offer.who, offer.shift.needed.span.starts_at
        rings = who.quiet.ends(who.zone, offer.made_at) or offer.made_at
        if not offer.collects:
            offer.until = self._until(offer, rings + LONGEST_WAIT)
            self._at(offer.until, Kind.OVER, lambda now: self._expire(offer, now))
        if (comes := self._comes(who, rings)) < begins:
            self._at(comes, Kind.READ, lambda now: self._read(offer, now))

    def _comes(self, who: Somebody, rings: datetime) -> datetime:
        reach = REACH[who.network]
        comes = rings + self.draws.minutes(reach.median_minutes, 1.0, "delay", who.id, rings) * MINUTE
        for _ in range(48):
            spell = int((comes - BEGINS) / (reach.spell_hours * HOUR))
            if self.draws.share("offline", who.id, spell) >= reach.offline_share:
                return comes
            comes = BEGINS + (spell + 1) * reach.spell_hours * HOUR
        return comes

    def _until(self, offer: Offer, seen: datetime) -> datetime:
        minutes = int(offer.answer / MINUTE)
        return answered_until(seen, minutes, offer.first_until, offer.made_at, offer.shift.needed.span.starts_at)

    def _read(self, offer: Offer, at: datetime) -> None:
        if not self._is_open(offer):
            return
        offer.read_at, shift = at, offer.shift
        if at - offer.made_at > LATE:
            if offer.collects and shift.window is not None:
                shift.window = window_after(at, shift.window, offer.made_at, shift.needed.span.starts_at)
                self._at(shift.window, Kind.OVER, lambda now: self._decide_window(shift, now))
            elif not offer.collects:
                offer.until = self._until(offer, at)
                self._at(offer.until, Kind.OVER, lambda now: self._expire(offer, now))
        mine = (offer.who.id, shift.needed.shift_id)
        thinks = self.draws.minutes(self.assumed.answer_minutes, self.assumed.answer_spread, "thinks", *mine)
        if (said := says(self.world, offer.who, shift.needed)) is not Said.NOTHING:
            self._at(at + thinks * MINUTE, Kind.ANSWER, lambda now: self._answer(offer, said, now))

    def _answer(self, offer: Offer, said: Said, at: datetime) -> None:
        if not self._is_open(offer):
            return
        self.lived.answered += 1
        self.lived.in_time[offer.who.network] += 1
        self._remember(offer, yes=said is Said.YES, at=at)
        offer.said = said
        if said is Said.NO:
            self._close(offer)
        else:
            self.lived.yeses += 1
            if not offer.collects:
                self._book(offer, at)
            elif self.policy.race is Race.FIRST:
                self._first_come(offer, at)
        shift = offer.shift
        if shift.window is not None and all(each.said is Said.YES for each in shift.offers.values()):
            shift.window = at
            self._decide_window(shift, at)
        self._look_soon(shift, at)

    def _first_come(self, offer: Offer, at: datetime) -> None:
        if offer.shift.free > 0:
            self._book(offer, at)
        else:
            self.lived.in_vain += 1
            self._close(offer)

    def _expire(self, offer: Offer, at: datetime) -> None:
        if self._is_open(offer) and at >= offer.until and offer.said is not Said.YES:
            if offer.read_at is not None:
                self._remember(offer, yes=False, at=at)
            self._close(offer)
            self._look_soon(offer.shift, at)

    def _decide_window(self, shift: Shift, at: datetime) -> None:
        """All who said yes by the end of the window, the highest points first; each is told the result."""
        if shift.window is None or at < shift.window or shift.begun:
            return
        shift.window = None
        collected = [offer for offer in shift.offers.values() if offer.collects]
        seed = (shift.needed.shift_id,)
        collected.sort(key=lambda each: (-each.scored.score, lot(*seed, each.who.id)))
        for offer in collected:
            if offer.said is Said.YES and shift.free > 0:
                self._book(offer, at)
                continue
            self.lived.in_vain += offer.said is Said.YES
            if offer.said is not Said.YES and offer.read_at is not None:
                self._remember(offer, yes=False, at=at)
            self._close(offer)
        self._look_soon(shift, at)

    def _remember(self, offer: Offer, *, yes: bool, at: datetime) -> None:
        kind = self.world.works[offer.shift.needed.gig_id].work_kind
        self.answers.append((at, kind, half_of(offer.who.id), yes))

    def _is_open(self, offer: Offer) -> bool:
        return offer.shift.offers.get(offer.who.id) is offer and offer.said is Said.NOTHING

    def _close(self, offer: Offer) -> None:
        """The offer is over without a booking: the person's time is free again."""
        del offer.shift.offers[offer.who.id]
        self._free(offer.who.id, offer.shift)

    # --- bookings -----------------------------------------------------------------------------------------------------

    def _book(self, offer: Offer, at: datetime) -> None:
        shift, who = offer.shift, offer.who
        del shift.offers[who.id]
        self._take(shift, who, at)
        if shift.standby_for is None and shift.free == 0 and shift.standby is None:
            self._stand_by(shift, at)

    def _take(self, shift: Shift, who: Somebody, at: datetime) -> None:
        since = shift.open_since.pop(0)
        if shift.standby_for is None:
            times = self.lived.urgent_times if self._is_soon(shift, since) else self.lived.times
            times.append(int((at - since) / MINUTE))
        shift.booked[who.id] = who
        self._occupy(who.id, shift)
        span = shift.needed.span
        self.past[who.id][shift.needed.shift_id] = Past(
            span.starts_at, span.minutes, self.world.works[shift.needed.gig_id].company_id
        )
        if self._happens("falls_ill", who.id, shift):
            before = self.draws.share("ill", who.id, shift.needed.shift_id) * ILL_WITHIN
            self._at(max(at, span.starts_at - before), Kind.LEAVE, lambda now: self._leave(shift, who.id, now))
        elif self._happens("gives_back", who.id, shift):
            left = (span.starts_at - at) * self.draws.share("back", who.id, shift.needed.shift_id)
            self._at(at + left, Kind.LEAVE, lambda now: self._leave(shift, who.id, now))

    def _leave(self, shift: Shift, known: UUID, at: datetime) -> None:
        if known not in shift.booked or shift.begun:
            return
        self._release(shift, known, at)
        if shift.standby_for is None and shift.needed.span.starts_at - at <= CALLED_WITHIN:
            self._call(shift, at)
        self._look_soon(shift, at)

    def _release(self, shift: Shift, known: UUID, at: datetime | None = None) -> None:
        del shift.booked[known]
        self.past[known].pop(shift.needed.shift_id, None)
        shift.open_since.append(at or shift.needed.span.starts_at)
        self._free(known, shift)

    def _stand_by(self, shift: Shift, at: datetime) -> None:
        if (places := self.policy.standby(shift.needed.seats)) and shift.needed.span.starts_at > at:
            beside = replace(shift.needed, shift_id=standby_id(shift.needed.shift_id), seats=places)
            self._open(beside, at, main=shift)

    def _call(self, shift: Shift, at: datetime) -> bool:
        """Gives a seat that nobody has or is asked about to somebody who stands by, if anybody can come."""
        beside = shift.standby
        if beside is None or shift.free <= len(shift.offers):
            return False
        for known, who in list(beside.booked.items()):
            del beside.booked[known]
            beside.open_since.append(at)
            self._free(known, beside)
            if not self._happens("stays_away", known, beside):
                self._take(shift, who, at)
                return True
        return False

    def _happens(self, what: str, known: UUID, shift: Shift) -> bool:
        return happens(self.world, what, known, shift.needed)

    def _look_soon(self, shift: Shift, at: datetime) -> None:
        if self._wants_people(shift) and shift.needed.span.starts_at > at:
            soon = at if shift.looked_at is None else max(at, shift.looked_at + AGAIN_AFTER)
            if self._is_soon(shift, soon):
                self._look_at(soon)

    def _occupy(self, known: UUID, shift: Shift) -> None:
        hazard = self.world.works[shift.needed.gig_id].hazard_class if shift.standby_for is None else HazardClass.H0
        self.busy[known][shift.needed.shift_id] = Busy(shift.needed.span, hazard)
        self.members.pop(known, None)

    def _free(self, known: UUID, shift: Shift) -> None:
        self._freed += 1
        self.busy[known].pop(shift.needed.shift_id, None)
        self.members.pop(known, None)
