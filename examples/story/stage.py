"""What every scene stands on: the story so far, its moments, and ways to find whom it is about."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select

from examples.story.crowd import Crowd
from examples.story.hand import Hand
from examples.story.world import World
from marketplace.accounts.rules import Actor
from marketplace.core.db import db, transaction
from marketplace.core.problems import Problem
from marketplace.shifts.models import Booking
from marketplace.shifts.rules import BookingStatus


@dataclass
class Story:
    """The world, who acts in it, and what has happened so far."""

    app: Flask
    world: World
    hand: Hand
    crowd: Crowd
    tell: Callable[[str], None]
    journal: dict[str, Any] = field(default_factory=dict)
    """What the report tells of each scene: its words, and its numbers beside them."""

    seconds: dict[str, float] = field(default_factory=dict)
    """What the time went to."""

    def note(self, scene: str, words: str, **numbers: Any) -> None:
        """Tells of a scene and remembers it."""
        self.tell(words)
        self.journal[scene] = {"words": words} | numbers

    def actor(self, person_id: UUID) -> Actor:
        """The contractor with that key."""
        return self.world.person(self.crowd.number_of(person_id))

    def by_number(self, bookings: Sequence[Booking]) -> list[Booking]:
        """The bookings in the order of their people's numbers, which is the same wherever the story is played."""
        return sorted(bookings, key=lambda booking: self.crowd.number_of(booking.contractor_id))


Scene = Callable[[Story], None]


def at(day: int, hour: int, minute: int = 0, month: int = 5) -> datetime:
    return datetime(2023, month, day, hour, minute, tzinfo=UTC)


def refused(act: Callable[[], object]) -> Problem:
    try:
        with transaction():
            act()
    except Problem as refused:
        return refused
    raise AssertionError("The service should have refused this.")


def working(story: Story, gig: str) -> list[Booking]:
    """Whoever is at work in the gig, by number."""
    found = select(Booking).where(Booking.gig_id == story.world.gigs[gig], Booking.status == BookingStatus.WORKING)
    return story.by_number(db.session.scalars(found).all())


def booked(story: Story, gigs: Sequence[str], start: datetime) -> list[Booking]:
    """Whoever has said yes to a shift of the gigs that begins at that moment, by number."""
    found = select(Booking).where(
        Booking.gig_id.in_([story.world.gigs[gig] for gig in gigs]),
        Booking.status == BookingStatus.BOOKED,
        func.lower(Booking.during) == start,
    )
    return story.by_number(db.session.scalars(found).all())
