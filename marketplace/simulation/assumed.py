"""What the simulation assumes of people and of demand: every number of it, in one place.

None of these was measured on people of this service: they are assumptions, chosen where nothing is published, and
whoever runs the service puts their own in their place (`Assumed` is plain data, `--assume NAME=NUMBER` on the command
line). What a policy is judged by is how it compares with the others on the same world, which depends far less on them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from marketplace.core.problems import Invalid


class BadAssumption(Invalid):
    code = "bad_assumption"
    title = "This is not an assumption of the simulation."


class Network(StrEnum):
    """By what network somebody hears of an offer."""

    STEADY = "steady"
    PATCHY = "patchy"
    POOR = "poor"


@dataclass(frozen=True, slots=True)
class Reach:
    """How fast a message comes by a network: half of them within `median_minutes`; and in which share of its spells of
    `spell_hours` there is no network at all."""

    median_minutes: float
    offline_share: float
    spell_hours: int


REACH: Final[Mapping[Network, Reach]] = MappingProxyType(
    {
        Network.STEADY: Reach(0.3, 0.01, 1),
        Network.PATCHY: Reach(4, 0.10, 2),
        Network.POOR: Reach(20, 0.25, 4),
    }
)


@dataclass(frozen=True, slots=True)
class Region:
    """Where people of the simulation live: country, zone, their share of all, and what share has which network."""

    country: str
    zone: str
    share: float
    networks: Mapping[Network, float]


def _region(country: str, zone: str, share: float, steady: float, patchy: float) -> Region:
    networks = {Network.STEADY: steady, Network.PATCHY: patchy, Network.POOR: 1 - steady - patchy}
    return Region(country, zone, share, MappingProxyType(networks))


REGIONS: Final = (
    _region("US", "America/Chicago", 0.10, 0.92, 0.06),
    _region("RO", "Europe/Bucharest", 0.10, 0.90, 0.08),
    _region("CO", "America/Bogota", 0.12, 0.70, 0.20),
    _region("EG", "Africa/Cairo", 0.12, 0.60, 0.28),
    _region("KE", "Africa/Nairobi", 0.20, 0.50, 0.32),
    _region("ID", "Asia/Jakarta", 0.20, 0.58, 0.28),
    _region("PH", "Asia/Manila", 0.16, 0.60, 0.27),
)


@dataclass(frozen=True, slots=True)
class Assumed:
    """Shares are from 0 to 1. `bursts` and `burst_shifts` are means."""

    says_yes: float = 0.78
    """To an offer in hours of which somebody said nothing."""
    wish_adds: float = 0.12
    """To that, in hours that they want; so much less in hours that they would rather not work."""
    says_nothing: float = 0.35
    """Of those who do not say yes."""
    answer_minutes: float = 25
    """Half of the answers come so soon after the message was read."""
    answer_spread: float = 1.1
    gives_back: float = 0.04
    """Of bookings, at some time before the start."""
    falls_ill: float = 0.02
    """Of bookings, in the hours before the start or at it."""
    stays_away: float = 0.015
    """Of bookings, without a word."""
    bursts: float = 1.5
    """A week: many shifts that are needed within hours."""
    burst_shifts: float = 5
    ahead_hours: float = 36
    """A burst is known at most so long before."""
    load: float = 0.45
    """The seats' hours that are planned, bursts aside, over the hours that all people want at most."""

    def but(self, name: str, value: float) -> "Assumed":
        """The same with one number changed. Raises BadAssumption."""
        known = sorted(field.name for field in fields(self))
        if name not in known:
            raise BadAssumption(f"There is no {name!r}.", field="assume", remedy=f"Name one of {', '.join(known)}.")
        if not 0 <= value <= (1 if getattr(self, name) < 1 else 10_000):
            raise BadAssumption(f"{name} = {value} is not possible.", field="assume", remedy="A share is from 0 to 1.")
        return replace(self, **{name: value})


SCENES: Final[Mapping[str, Assumed]] = MappingProxyType(
    {
        "calm": Assumed(),
        "bursts": Assumed(bursts=6, ahead_hours=10, load=0.35),
        "reluctant": Assumed(says_yes=0.45, gives_back=0.08, falls_ill=0.03),
    }
)
"""Markets that differ: policies are judged by all of them together."""
