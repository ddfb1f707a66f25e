"""Everything that a plan is reckoned from, as plain values that can be stored and read again. Pure.

A plan that is reckoned again from its stored instance is the same plan. The instance knows people by their ids, and
of their age only the full years; it speaks of people all the same, so it is kept where it can be erased.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from marketplace.core.money import Money
from marketplace.gigs.rules import Criteria, LanguageNeed, SkillNeed, Where
from marketplace.matching.objective import SHIPPED, Weights
from marketplace.matching.waves import Sizes
from marketplace.qualifications.levels import PaySteps, Proof
from marketplace.shifts.eligibility import Agreed, Busy, Person, Seat
from marketplace.standards.hazard import HazardClass
from marketplace.standards.hours import Span, age_on
from marketplace.workforce.bars import Bar, Scope, Source, Target
from marketplace.workforce.calendar import Calendar, Dated, Window, Wish
from marketplace.workforce.rules import ContractorStatus, Level

FORM = 4
"""The version of the shape that `as_dict` writes, and of how a plan follows from it. In the first, windows were wishes
to work and days were not told; until the third the weights were only named by their version, and there was one."""
GIVEN_BY_START = 4
"""From this form on the seats of the solver's answer are given in the order in which their shifts begin, and kept where
they count as much as those of the instant path. Until then they were given in the order of that path, and had to count
more (`matching.whole`)."""


@dataclass(frozen=True, slots=True)
class Work:
    """What one gig asks for and pays; `seat(span)` is a seat of one of its shifts."""

    gig_id: UUID
    company_id: UUID
    criteria: Criteria
    hazard_class: HazardClass
    hazard_categories: tuple[str, ...]
    rate: Money
    fee_percent: Decimal
    margin: Money | None
    work_kind: str = ""
    pay_steps: PaySteps | None = None
    is_training: bool = False

    @property
    def for_training(self) -> "Work":
        """The same work where it is only learned, as `eligibility.for_training()` has its seats."""
        return replace(
            self,
            criteria=self.criteria.for_training,
            hazard_class=HazardClass.H0,
            hazard_categories=(),
            pay_steps=None,
            is_training=True,
        )

    def seat(self, span: Span) -> Seat:
        return Seat(
            span=span,
            criteria=self.criteria,
            hazard_class=self.hazard_class,
            hazard_categories=self.hazard_categories,
            rate=self.rate,
            fee_percent=self.fee_percent,
            margin=self.margin,
            company_id=self.company_id,
            gig_id=self.gig_id,
            work_kind=self.work_kind,
            pay_steps=self.pay_steps,
            is_training=self.is_training,
        )


@dataclass(frozen=True, slots=True)
class First:
    """The crew that the company has asked first, and until when (rule CREW_FIRST)."""

    until: datetime
    people: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Opening:
    """A shift with seats that are free and that nobody is asked about. `asked` had an offer of it already. `waves` says
    how many places of the order are asked at most, of each half of the people (`matching.waves`)."""

    shift_id: UUID
    gig_id: UUID
    span: Span
    seats: int
    asked: frozenset[UUID]
    waves: Sizes
    first: First | None = None
    is_training: bool = False
    lot_bits: int = 0
    """Into how many groups people of equal scores are divided (`rules.lot`)."""

    def has_to_wait(self, contractor_id: UUID, at: datetime) -> bool:
        """Whether others are asked first at that moment."""
        return self.first is not None and at < self.first.until and contractor_id not in self.first.people

    def asked_first(self, at: datetime) -> Collection[UUID] | None:
        """Who alone is asked at that moment; None where nobody comes before others."""
        return None if self.first is None or at >= self.first.until else self.first.people

    @property
    def most(self) -> int:
        """How many people may be asked."""
        return max(self.waves)


@dataclass(frozen=True, slots=True)
class Signed:
    """A contract version under which somebody may work, and when it holds. See `contracts.queries.Holding`."""

    agreed: Agreed
    effective_from: date
    effective_to: date | None
    ends_at: datetime | None

    def holds(self, at: datetime) -> bool:
        day = at.astimezone(UTC).date()
        begun = self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)
        return begun and (self.ends_at is None or self.ends_at > at)

    @property
    def edges(self) -> list[datetime]:
        """The moments from which on `holds` may say something else than before."""
        first = datetime.combine(self.effective_from, time(), UTC)
        over = [] if self.effective_to is None else [datetime.combine(self.effective_to, time(), UTC) + timedelta(1)]
        return [first, *over, *([] if self.ends_at is None else [self.ends_at])]


@dataclass(frozen=True, slots=True)
class Past:
    """Time that was booked or worked, as the score counts it."""

    starts_at: datetime
    minutes: int
    company_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person: what the rules ask (`person`, whose contract is filled in for each seat), the versions they signed
    with each company, the latest first, the hours that they chose, and what they did lately.

    What the person is asked about and has not answered stands in `person.busy` like a booking.
    """

    person: Person
    signed: Mapping[UUID, Sequence[Signed]]
    band_min_minutes: int
    band_max_minutes: int
    past: Sequence[Past]

    @property
    def id(self) -> UUID:
        return self.person.contractor_id

    def under_contract(self, company_id: UUID, at: datetime) -> Person:
        """The person as the rules read them for work that ends at that moment."""
        found = next((each.agreed for each in self.signed.get(company_id, ()) if each.holds(at)), None)
        return self.person if found is None else replace(self.person, contract=found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One problem of matching: openings, the work they are for, and the people who may be asked, each in the order of
    their ids; and what counts how much. `at` is when the facts were read."""

    at: datetime
    weights: Weights
    seed: int
    works: Mapping[UUID, Work]
    openings: Sequence[Opening]
    members: Sequence[Member]
    is_narrowed: bool = False
    """Whether an index chose whom to look at among very many people: of those who are no members nothing is told, and
    the openings would have gone to the same people (`matching.searching`)."""
    wishes: Sequence[tuple[UUID, UUID]] | None = None
    """Where the solver was asked: the pairs of a shift and a person by which it gave all seats together
    (`matching.whole`)."""
    prices: Mapping[UUID, int] | None = None
    """By shift, what a seat of it had to count at the end of that, in points: so much others gained by the last of its
    seats."""
    form: int = FORM
    """The one in which it was kept first: a plan is repeated as plans followed from their instances then."""

    def work_of(self, opening: Opening) -> Work:
        """What an opening is for."""
        work = self.works[opening.gig_id]
        return work.for_training if opening.is_training else work

    def as_dict(self) -> dict[str, Any]:
        # An instance of all people says nothing of narrowing, and one without the solver nothing of it, as before there
        # was any.
        more: dict[str, Any] = {"narrowed": True} if self.is_narrowed else {}
        if self.wishes is not None:
            more["wishes"] = [[str(shift), str(person)] for shift, person in self.wishes]
        if self.prices is not None:
            more["prices"] = {str(shift): price for shift, price in self.prices.items()}
        return more | {
            "form": self.form,
            "at": self.at.isoformat(),
            "weights": self.weights.as_dict(),
            "seed": self.seed,
            "works": [_work_out(work) for work in self.works.values()],
            "openings": [_opening_out(opening) for opening in self.openings],
            "members": [_member_out(member, self.at) for member in self.members],
        }

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Instance":
        """The instance that `as_dict()` stored."""
        at = datetime.fromisoformat(stored["at"])
        works = [_work_in(work) for work in stored["works"]]
        return cls(
            at=at,
            weights=_weights_in(stored),
            seed=stored["seed"],
            works={work.gig_id: work for work in works},
            openings=[_opening_in(opening) for opening in stored["openings"]],
            members=[_member_in(member, at) for member in stored["members"]],
            is_narrowed=stored.get("narrowed", False),
            wishes=_wishes_in(stored.get("wishes")),
            prices=_prices_in(stored.get("prices")),
            form=stored["form"],
        )


def born_for(age: int, on: date) -> date:
    """The latest day of birth that makes somebody so old on that day: all that an instance tells of a birthday."""
    return date(on.year - age, on.month, min(on.day, 28) if on.month == 2 else on.day)


# --- to JSON and back -------------------------------------------------------------------------------------------------


def _wishes_in(stored: Sequence[Sequence[str]] | None) -> list[tuple[UUID, UUID]] | None:
    return None if stored is None else [(UUID(shift), UUID(person)) for shift, person in stored]


def _prices_in(stored: Mapping[str, int] | None) -> dict[UUID, int] | None:
    return None if stored is None else {UUID(shift): price for shift, price in stored.items()}


def _weights_in(stored: Mapping[str, Any]) -> Weights:
    return Weights.of_dict(stored["weights"]) if "weights" in stored else SHIPPED[stored["weights_version"]]


def _span_out(span: Span) -> list[str]:
    return [span.starts_at.isoformat(), span.ends_at.isoformat()]


def _span_in(stored: Sequence[str]) -> Span:
    return Span(datetime.fromisoformat(stored[0]), datetime.fromisoformat(stored[1]))


def _money_out(money: Money | None) -> list[Any] | None:
    return None if money is None else [money.amount, money.currency]


def _money_in(stored: Sequence[Any]) -> Money:
    return Money(stored[0], stored[1])


def _work_out(work: Work) -> dict[str, Any]:
    return {
        "gig": str(work.gig_id),
        "company": str(work.company_id),
        "places": [[place.country, place.subdivision] for place in work.criteria.places],
        "skills": list(work.criteria.skills),
        "languages": [[need.language, need.level.value] for need in work.criteria.languages],
        "reason": work.criteria.reason,
        "qualifications": list(work.criteria.qualifications),
        "skill_levels": work.criteria.proven_levels,
        "pay_steps": None if work.pay_steps is None else work.pay_steps.as_dict(),
        "work_kind": work.work_kind,
        "hazard": [work.hazard_class.value, list(work.hazard_categories)],
        "rate": _money_out(work.rate),
        "fee_percent": str(work.fee_percent),
        "margin": _money_out(work.margin),
    }


def _work_in(stored: Mapping[str, Any]) -> Work:
    criteria = Criteria(
        places=tuple(Where(country, subdivision) for country, subdivision in stored["places"]),
        skills=tuple(stored["skills"]),
        languages=tuple(LanguageNeed(language, Level(level)) for language, level in stored["languages"]),
        reason=stored["reason"],
        qualifications=tuple(stored.get("qualifications", ())),
        skill_levels=tuple(SkillNeed(skill, level) for skill, level in stored.get("skill_levels", {}).items()),
    )
    return Work(
        gig_id=UUID(stored["gig"]),
        company_id=UUID(stored["company"]),
        criteria=criteria,
        hazard_class=HazardClass(stored["hazard"][0]),
        hazard_categories=tuple(stored["hazard"][1]),
        rate=_money_in(stored["rate"]),
        fee_percent=Decimal(stored["fee_percent"]),
        margin=None if stored["margin"] is None else _money_in(stored["margin"]),
        work_kind=stored.get("work_kind", ""),
        pay_steps=PaySteps.of(stored.get("pay_steps")),
    )


def _opening_out(opening: Opening) -> dict[str, Any]:
    # An opening for work says nothing of training, as before there was any.
    groups = {"lot_bits": opening.lot_bits} if opening.lot_bits else {}
    return (
        ({"training": True} if opening.is_training else {})
        | groups
        | {
            "shift": str(opening.shift_id),
            "gig": str(opening.gig_id),
            "span": _span_out(opening.span),
            "seats": opening.seats,
            "waves": list(opening.waves),
            "asked": sorted(str(known) for known in opening.asked),
            "first": _first_out(opening.first),
        }
    )


def _opening_in(stored: Mapping[str, Any]) -> Opening:
    asked = frozenset(UUID(known) for known in stored["asked"])
    # Before there were waves as many people were asked as seats were open.
    first, second = stored.get("waves") or (stored["seats"], stored["seats"])
    span = _span_in(stored["span"])
    return Opening(
        shift_id=UUID(stored["shift"]),
        gig_id=UUID(stored["gig"]),
        span=span,
        seats=stored["seats"],
        asked=asked,
        waves=(first, second),
        first=_first_in(stored.get("first")),
        is_training=stored.get("training", False),
        lot_bits=stored.get("lot_bits", 0),
    )


def _first_out(first: First | None) -> list[Any] | None:
    return None if first is None else [first.until.isoformat(), sorted(str(known) for known in first.people)]


def _first_in(stored: Sequence[Any] | None) -> First | None:
    if stored is None:
        return None
    until, people = stored
    return First(datetime.fromisoformat(until), frozenset(UUID(known) for known in people))


def _signed_out(signed: Signed) -> list[Any]:
    agreed = signed.agreed
    return [
        str(agreed.version_id),
        _money_out(agreed.rate),
        agreed.highest_class.value,
        signed.effective_from.isoformat(),
        signed.effective_to and signed.effective_to.isoformat(),
        signed.ends_at and signed.ends_at.isoformat(),
    ]


def _signed_in(stored: Sequence[Any]) -> Signed:
    version, rate, highest, begins, last_day, ends_at = stored
    return Signed(
        Agreed(UUID(version), _money_in(rate), HazardClass(highest)),
        date.fromisoformat(begins),
        None if last_day is None else date.fromisoformat(last_day),
        None if ends_at is None else datetime.fromisoformat(ends_at),
    )


def _member_out(member: Member, at: datetime) -> dict[str, Any]:
    who = member.person
    age = None if who.born_on is None else age_on(who.born_on, at.astimezone(who.zone).date())
    return {
        "id": str(who.contractor_id),
        "status": who.status.value,
        "age": age,
        "place": [who.country, who.subdivision, who.zone.key],
        "skills": sorted(who.skills),
        "proofs": [_proof_out(proof) for proof in who.proofs],
        "languages": {language: level.value for language, level in who.languages.items()},
        "consents": {category: up_to.value for category, up_to in who.consents.items()},
        "busy": [[*_span_out(busy.span), busy.hazard_class.value, busy.active] for busy in who.busy],
        "bars": [_bar_out(bar) for bar in who.bars],
        "hours": [_text(who.daily_rest_hours), _text(who.weekly_hours), _text(who.overtime_multiplier)],
        "signed": {str(company): [_signed_out(each) for each in signed] for company, signed in member.signed.items()},
        "windows": [[each.weekday, each.start_minute, each.end_minute, each.wish] for each in who.calendar.windows],
        "dated": [_dated_out(dated) for dated in who.calendar.dated],
        "band": [member.band_min_minutes, member.band_max_minutes],
        "past": [[past.starts_at.isoformat(), past.minutes, str(past.company_id)] for past in member.past],
    }


def _member_in(stored: Mapping[str, Any], at: datetime) -> Member:
    country, subdivision, timezone = stored["place"]
    zone = ZoneInfo(timezone)
    rest, week, multiplier = (None if hours is None else Decimal(hours) for hours in stored["hours"])
    age = stored["age"]
    person = Person(
        contractor_id=UUID(stored["id"]),
        status=ContractorStatus(stored["status"]),
        born_on=None if age is None else born_for(age, at.astimezone(zone).date()),
        country=country,
        subdivision=subdivision,
        zone=zone,
        contract=None,
        skills=frozenset(stored["skills"]),
        languages={language: Level(level) for language, level in stored["languages"].items()},
        consents={category: HazardClass(up_to) for category, up_to in stored["consents"].items()},
        busy=tuple(Busy(_span_in(busy[:2]), HazardClass(busy[2]), busy[3]) for busy in stored["busy"]),
        calendar=_calendar_in(stored),
        daily_rest_hours=rest,
        weekly_hours=week,
        overtime_multiplier=multiplier,
        bars=tuple(_bar_in(bar) for bar in stored.get("bars", ())),
        proofs=tuple(_proof_in(proof) for proof in stored.get("proofs", ())),
    )
    return Member(
        person=person,
        signed={UUID(company): [_signed_in(each) for each in signed] for company, signed in stored["signed"].items()},
        band_min_minutes=stored["band"][0],
        band_max_minutes=stored["band"][1],
        past=[
            Past(datetime.fromisoformat(begun), minutes, UUID(company)) for begun, minutes, company in stored["past"]
        ],
    )


def _proof_out(proof: Proof) -> list[Any]:
    level = proof.language_level and proof.language_level.value
    return [proof.code, proof.until.isoformat(), proof.skill, proof.skill_level, proof.language, level]


def _proof_in(stored: Sequence[Any]) -> Proof:
    code, until, skill, skill_level, language, level = stored
    return Proof(
        code, datetime.fromisoformat(until), skill, skill_level, language, None if level is None else Level(level)
    )


def _dated_out(dated: Dated) -> list[Any]:
    days = [dated.first_day.isoformat(), dated.last_day.isoformat()]
    return [*days, dated.start_minute, dated.end_minute, dated.wish.value]


def _dated_in(stored: Sequence[Any]) -> Dated:
    first, last, start, end, wish = stored
    return Dated(date.fromisoformat(first), date.fromisoformat(last), start, end, Wish(wish))


def _calendar_in(stored: Mapping[str, Any]) -> Calendar:
    windows = tuple(Window(*each[:3], *(Wish(wish) for wish in each[3:])) for each in stored["windows"])
    return Calendar(windows, tuple(_dated_in(each) for each in stored.get("dated", ())))


def _bar_out(bar: Bar) -> list[Any]:
    about = bar.target
    named = [None if each is None else str(each) for each in (about.company_id, about.gig_id, about.category)]
    return [str(bar.id), bar.source.value, about.scope.value, *named, bar.until.isoformat()]


def _bar_in(stored: Sequence[Any]) -> Bar:
    bar_id, source, scope, company, gig, category, until = stored
    company_id, gig_id = (None if each is None else UUID(each) for each in (company, gig))
    target = Target(Scope(scope), company_id, gig_id, category)
    return Bar(UUID(bar_id), Source(source), target, datetime.fromisoformat(until))


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)
