"""An open gig with people under contract, shifts of it, offers, bookings, and weeks of finished work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from marketplace.accounts.rules import Actor
from marketplace.contracts import service as contracts
from marketplace.contracts.queries import versions
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.gigs import funding, preparation
from marketplace.gigs.models import Gig
from marketplace.shifts import attendance, corrections, offers, scheduling
from marketplace.shifts import series as recurring
from marketplace.shifts.clock_rules import EntryKind
from marketplace.shifts.correction_models import Correction
from marketplace.shifts.hours import Stretch
from marketplace.shifts.models import Booking, Offer, Shift
from marketplace.shifts.series_models import ShiftSeries
from marketplace.standards.engagement import INDICATORS
from marketplace.standards.hazard import HazardClass
from marketplace.workforce import service as contractors
from marketplace.workforce.models import Contractor
from tests.factories import accounts, gigs, workforce

MONDAY = datetime(2026, 11, 23, 15, tzinfo=UTC)
"""Nine in the morning of a Monday in Kansas. Tests that use a `Scene` begin on the Wednesday before."""
WEDNESDAY = MONDAY - timedelta(days=5, hours=3)
ZONE = "America/Chicago"
TERMS: Mapping[str, Any] = {
    "engagement_type": "contractor",
    "practice": dict.fromkeys(INDICATORS, False),
    "on_demand": True,
    "via_third_party": False,
    "intermediaries": [],
    "governing_law": "the law of Kansas",
    "dispute_forum": "the courts of Kansas",
    "language": "en",
    "translations": [],
    "pay": {
        "model": "hourly",
        "amount": "10.00",
        "currency": "USD",
        "unit": "hour",
        "payment_term_days": 7,
        "fee_bearer": "company",
        "fx_source": "ECB",
    },
    "hours": {"min_guaranteed": 0, "max_week": 48, "notice_days": 14, "cancellation": "by the notice curve"},
    "hazard": {"highest_class": "H3", "disclosure": "Some work shows distressing content."},
    "instructions_version": "the verified one",
    "ip": {"assignment": "to the company", "moral_rights": "kept", "only_when_paid": True},
    "nda": {"scope": "the data", "months": 12, "carve_outs": ["health", "union", "counsel", "regulator", "tax"]},
    "data_use": "To measure the work.",
    "termination": {"notice_days": 14, "reasons": ["The project ends."]},
    "offboarding": "All accruals are paid out.",
    "benefits": [],
    "effective_from": "2026-01-01",
    "effective_to": None,
}


@dataclass(frozen=True)
class Scene:
    """A company with an open gig, whose owner acts as `company`."""

    gig: Gig
    company: Actor

    @property
    def company_id(self) -> UUID:
        return self.gig.company_id


def scene(*, minutes: int = 2400, pilot: bool = False, **terms: Any) -> Scene:
    """An open gig that is funded for so many minutes of work; `terms` are members of the gig's terms. Without a
    finished pilot no more than 2400 minutes can be planned. It is Wednesday noon UTC, five days before MONDAY."""
    clock.move_to(WEDNESDAY)
    gig = gigs.open_gig(planned_minutes=minutes, **terms)
    by = accounts.owner_of(gig.company_id)
    if pilot:
        preparation.record_pilot(gig.id, gigs.pilot_report(), by=by)
    return Scene(gig, by)


def series(scene: Scene, rule: str = "FREQ=WEEKLY;BYDAY=MO,WE", **more: Any) -> ShiftSeries:
    """A series of the scene's gig from MONDAY on, two seats from nine to eleven in Kansas, unless `more` says other."""
    given: dict[str, Any] = {"first_day": MONDAY.date(), "begins": time(9), "ends": time(11), "seats": 2} | more
    return recurring.start(scene.gig.id, rule, timezone=ZONE, **given, by=scene.company)


def contracted(scene: Scene, *, highest_class: str = "H3", pay: str = "10.00", **more: Any) -> Contractor:
    """A vetted person in Kansas with a contract in force with the scene's company. `more` as for a contractor."""
    made = workforce.contractor(**more)
    contract(scene, made, highest_class=highest_class, pay=pay)
    return made


def contract(scene: Scene, person: Contractor, *, highest_class: str = "H3", pay: str = "10.00") -> None:
    """The scene's company proposes a contract, and the person signs it."""
    terms = dict(TERMS) | {
        "hazard": {"highest_class": highest_class, "disclosure": "Some work shows distressing content."},
        "pay": {**TERMS["pay"], "amount": pay},
    }
    contract_with(scene, person, terms)


def contract_with(scene: Scene, person: Contractor, terms: Mapping[str, Any]) -> None:
    """The same with these terms."""
    template = contracts.write_template(scene.company_id, terms, "Olga Owner", by=scene.company)
    (proposed,) = contracts.propose(template.id, [person.id], by=scene.company)
    me = accounts.actor_of(person.id)
    newest = versions(proposed.id, me)[0]
    contracts.sign(proposed.id, "Ana Example", newest.text_sha256, by=me)


def consent(person: Contractor, category: str, up_to: HazardClass) -> None:
    """The person consents to such work, up to that class."""
    contractors.give_hazard_consent(category, up_to, by=accounts.actor_of(person.id))


def shift(
    scene: Scene,
    starts_at: datetime = MONDAY,
    hours: float = 4,
    seats: int = 1,
    zone: str = ZONE,
    crew_id: UUID | None = None,
) -> Shift:
    """A shift of the scene's gig; four hours on Monday morning unless it says otherwise."""
    return scheduling.schedule(
        scene.gig.id, starts_at, starts_at + timedelta(hours=hours), zone, seats, crew_id, by=scene.company
    )


def offered(scene: Scene, shift: Shift, person: Contractor) -> Offer:
    """An offer by hand, open until the shift begins."""
    (made,) = offers.offer(shift.id, [(person.id, {"by": "hand"})], shift.starts_at, by=scene.company)
    return made


def asked(scene: Scene, shift: Shift, people: Sequence[Contractor], until: datetime | None = None) -> list[Offer]:
    """All of them are asked by hand at once, each in the order given."""
    chosen = [(person.id, {"by": "hand"}) for person in people]
    made = offers.offer(shift.id, chosen, until or shift.starts_at, by=scene.company)
    return [next(offer for offer in made if offer.contractor_id == person.id) for person in people]


def accepted(offer: Offer) -> Booking:
    """The booking that comes of the person's yes."""
    return offers.accept(offer.id, by=accounts.actor_of(offer.contractor_id))


def booked(scene: Scene, person: Contractor | None = None, shift: Shift | None = None, **times: Any) -> Booking:
    """A booking of a new person, or of the one named, in a new shift, or in the one named."""
    found = shift or globals()["shift"](scene, **times)
    who = person or contracted(scene)
    return offers.accept(offered(scene, found, who).id, by=accounts.actor_of(who.id))


def worked(scene: Scene, person: Contractor | None = None, **times: Any) -> Booking:
    """A booking that was worked from its first to its last minute."""
    return work(booked(scene, person, **times))


def work(booking: Booking) -> Booking:
    """The booking, worked from its first to its last minute."""
    me = accounts.actor_of(booking.contractor_id)
    at(booking.starts_at)
    attendance.clock_in(booking.id, by=me)
    at(booking.ends_at)
    return attendance.clock_out(booking.id, by=me)


def corrected(scene: Scene, booking: Booking) -> Correction:
    """The company proposes ten minutes less of a booking that was worked as a whole."""
    stretch = Stretch(EntryKind.WORK, booking.starts_at, booking.ends_at - timedelta(minutes=10))
    return corrections.correct(booking.id, [stretch], "The logs end.", by=scene.company)


def at(moment: datetime) -> None:
    """It is now that moment, and stays it: what a test takes is no time of anybody's work."""
    clock.move_to(moment, still=True)
    db.session.flush()


def more_money(scene: Scene, money: Money) -> None:
    """The company puts more money into the gig's hold."""
    gigs.money_for(scene.company_id, money)
    funding.fund(scene.gig.id, money, by=scene.company)
