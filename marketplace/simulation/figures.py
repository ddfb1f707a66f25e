"""What a policy came to, in figures that can be compared, and which policy they choose. Pure."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from statistics import fmean, median, stdev
from typing import Any, Final

from marketplace.simulation.assumed import Network
from marketplace.simulation.state import Lived
from marketplace.simulation.world import Somebody, World

MOST_IN_VAIN: Final = 0.05
"""Of all yeses: more is work that was hoped for and not given."""
LEAST_EQUAL: Final = 0.9
"""The part of their hours with a steady network that a poor one must leave people at the least."""
CLEARLY: Final = 2
"""So many standard errors of the mean, over worlds that both policies lived through, are no chance."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares are from 0 to 1, times whole minutes. `bound` is the share of seats that nobody could exceed who knew
    every answer and every illness before; None where it was not reckoned. `chosen` is the part of the hours a week that
    people chose at the least which they worked. `idle` are paid minutes of who stood by in vain, over those worked."""

    policy: str
    seats: int
    filled: float
    bound: float | None
    filled_in_bursts: float
    minutes_to_fill: int
    """Half of the seats, from when they were open to the yes."""
    minutes_to_fill_soon: int
    """Nine in ten of those seats that came open when the start was near."""
    chosen: float
    chosen_by_region: Mapping[str, float]
    equal: float
    """What people with a poor network have of their hours, over what the same people would have with a steady one."""
    answered_by_network: Mapping[str, float]
    offers_a_seat: float
    in_vain: float
    idle: float
    worths: Sequence[float] = ()
    """What it was worth in each world, in one order for all policies."""

    @property
    def worth(self) -> float:
        """The share of seats that is filled, less what is paid for idle time: an hour that is paid and not worked is as
        bad as one that nobody filled."""
        return self.filled * (1 - self.idle)

    def bounded_by(self, most: int) -> "Figures":
        """The same, where nobody could have filled more seats than that."""
        return replace(self, bound=_share(most, self.seats))

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def figures(policy: str, lived: Lived, steady: Lived, world: World) -> Figures:
    """The figures of one world that was lived through, and once more with a steady network for all (`steady`)."""
    poor = [who for who in world.people.values() if who.network is Network.POOR]
    mine = _chosen(poor, lived, world.weeks)
    times = [*lived.times, *lived.urgent_times] or [0]
    urgent = sorted(lived.urgent_times) or [0]
    return Figures(
        policy=policy,
        seats=lived.seats,
        filled=_share(lived.worked, lived.seats),
        bound=None,
        filled_in_bursts=_share(lived.burst_worked, lived.burst_seats),
        minutes_to_fill=round(median(times)),
        minutes_to_fill_soon=urgent[len(urgent) * 9 // 10],
        chosen=_chosen(list(world.people.values()), lived, world.weeks),
        chosen_by_region={place: _chosen(who, lived, world.weeks) for place, who in _by(world, "region").items()},
        equal=1.0 if not (with_steady := _chosen(poor, steady, world.weeks)) else mine / with_steady,
        answered_by_network={kind: _share(lived.in_time[kind], lived.seen[kind]) for kind in _by(world, "network")},
        offers_a_seat=lived.offers / lived.seats if lived.seats else 0.0,
        in_vain=_share(lived.in_vain, lived.yeses),
        idle=_share(lived.standby_minutes, lived.worked_minutes),
    )


def over_worlds(each: Sequence[Figures]) -> Figures:
    """The mean over worlds of one policy, figure by figure; seats are summed."""
    (policy,) = {one.policy for one in each}
    bounds = [one.bound for one in each if one.bound is not None]

    def middle(name: str) -> float:
        return fmean(getattr(one, name) for one in each)

    def middles(name: str) -> dict[str, float]:
        keys = sorted({key for one in each for key in getattr(one, name)})
        return {key: fmean(getattr(one, name)[key] for one in each if key in getattr(one, name)) for key in keys}

    return Figures(
        policy=policy,
        seats=sum(one.seats for one in each),
        filled=middle("filled"),
        bound=fmean(bounds) if bounds else None,
        filled_in_bursts=middle("filled_in_bursts"),
        minutes_to_fill=round(middle("minutes_to_fill")),
        minutes_to_fill_soon=round(middle("minutes_to_fill_soon")),
        chosen=middle("chosen"),
        chosen_by_region=middles("chosen_by_region"),
        equal=middle("equal"),
        answered_by_network=middles("answered_by_network"),
        offers_a_seat=middle("offers_a_seat"),
        in_vain=middle("in_vain"),
        idle=middle("idle"),
        worths=[one.worth for one in each],
    )


def is_clearly_more(one: Figures, other: Figures) -> bool:
    """Whether one was worth more than the other in the same worlds, by more than chance would have it."""
    more = [mine - theirs for mine, theirs in zip(one.worths, other.worths, strict=True)]
    return len(more) > 1 and fmean(more) > CLEARLY * stdev(more) / math.sqrt(len(more))


def best(found: Sequence[Figures], used: str) -> Figures:
    """The policy that is chosen: of those that are fair the one that is worth most. What is `used` stays while it is
    fair and the best is not clearly worth more, since people know it. Where none is fair, the one that comes nearest
    with a poor network."""
    fair = [one for one in found if is_fair(one)]
    if not fair:
        return max(found, key=lambda one: (one.equal, one.policy))
    most = max(fair, key=lambda one: (one.worth, one.policy))
    return next((one for one in fair if one.policy == used and not is_clearly_more(most, one)), most)


def is_fair(one: Figures) -> bool:
    """Whether few yeses are in vain and a poor network costs nobody their hours."""
    return one.in_vain <= MOST_IN_VAIN and one.equal >= LEAST_EQUAL


def _by(world: World, what: str) -> dict[str, list[Somebody]]:
    found: dict[str, list[Somebody]] = {}
    for who in world.people.values():
        name = who.region.country if what == "region" else str(who.network)
        found.setdefault(name, []).append(who)
    return dict(sorted(found.items()))


def _chosen(people: Sequence[Somebody], lived: Lived, weeks: int) -> float:
    wanted, had = 0, Counter[str]()
    for who in people:
        least = who.member.band_min_minutes
        wanted += least * weeks
        had["minutes"] += sum(min(least, lived.minutes[who.id, week]) for week in range(weeks))
    return _share(had["minutes"], wanted)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
