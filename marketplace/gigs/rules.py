"""What a gig may say, how its life runs, and what may be asked of the people who do it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from marketplace.core.money import Money
from marketplace.core.problems import Conflict, Forbidden, Invalid
from marketplace.qualifications.levels import MOST_LEVEL, PaySteps, check_steps
from marketplace.standards.protected import protected_attribute
from marketplace.standards.rules import (
    BY_PIECE,
    NOTHING_UNPAID,
    HazardCategory,
    HazardClass,
    PaymentModel,
    UnpaidKind,
    Verdict,
    broken,
)
from marketplace.workforce.rules import Level, check_languages, check_place, check_skills

LONGEST_TITLE = 120
LONGEST_TEXT = 20_000
LONGEST_PLAN = 60_000_000
"""Minutes: a million hours. A larger budget is a second gig."""
MOST_PLACES = 100
MOST_OF_A_PILOT = 1_000_000
MOST_PIECES_AN_HOUR = 10_000


class GigStatus(StrEnum):
    """A draft is the company's own; an open gig may be offered; a paused gig keeps what is booked but offers nothing
    new; a closed gig stays closed, and its unused money has gone back."""

    DRAFT = "draft"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


TRANSITIONS: Mapping[GigStatus, frozenset[GigStatus]] = MappingProxyType(
    {
        GigStatus.DRAFT: frozenset({GigStatus.OPEN, GigStatus.CLOSED}),
        GigStatus.OPEN: frozenset({GigStatus.PAUSED, GigStatus.CLOSED}),
        GigStatus.PAUSED: frozenset({GigStatus.OPEN, GigStatus.CLOSED}),
        GigStatus.CLOSED: frozenset(),
    }
)


NOT_CLOSED = (GigStatus.DRAFT, GigStatus.OPEN, GigStatus.PAUSED)


class WorkKind(StrEnum):
    """Kinds of data work. Gigs of one kind, hazard class and currency are "like work" when pay is compared."""

    IMAGE_LABELLING = "image_labelling"
    VIDEO_LABELLING = "video_labelling"
    TEXT_LABELLING = "text_labelling"
    AUDIO_TRANSCRIPTION = "audio_transcription"
    TRANSLATION = "translation"
    TEXT_PREDICTION = "text_prediction"
    """Saying what text comes next."""
    RESPONSE_RANKING = "response_ranking"
    RESPONSE_WRITING = "response_writing"
    CODE = "code"
    SAFETY_REVIEW = "safety_review"
    DATA_COLLECTION = "data_collection"
    QUALITY_REVIEW = "quality_review"


class Question(StrEnum):
    """What the gate was asked: to open a draft, or to open again what was paused."""

    PUBLISH = "publish"
    RESUME = "resume"


class DecisionOutcome(StrEnum):
    """What the gate answered."""

    PASSED = "passed"
    REFUSED = "refused"


class FundingKind(StrEnum):
    """Which way money went for a gig."""

    FUNDED = "funded"
    """From the company into the gig's hold."""
    RETURNED = "returned"
    """From the gig's hold back to the company."""
    ADVANCED = "advanced"
    """From the service into the gig's hold, because people are owed what the company has no money for (TOP_UP)."""
    RECOVERED = "recovered"
    """From the company to the service, for what was advanced."""


class BadTerms(Invalid):
    code = "bad_terms"
    title = "Something in the gig's terms is not right."


class ProtectedAttribute(Invalid):
    """Somebody tried to choose people by what they are. Refused before anything is stored."""

    code = "protected_attribute"
    title = "People are chosen by what the work needs, never by a protected attribute."
    remedy = "Name places, skills and languages that the work needs, and why."


class RateMayNotFall(Conflict):
    code = "rate_may_not_fall"
    title = "The rate of a published gig can rise, never fall."
    remedy = "Offer more than the present rate, or close this gig and write another."


class ClassMayNotFall(Conflict):
    code = "class_may_not_fall"
    title = "The hazard class of a published gig can rise, never fall."
    remedy = "Name a heavier class, or write another gig."


class ClassTooLight(Invalid):
    code = "class_too_light"
    title = "The class does not hold all of the categories."
    remedy = "Name the class of the most distressing content."


class RaiseNotFunded(Conflict):
    """The members `needed` and `missing` say what the raise has to hold, and what is not there."""

    code = "raise_not_funded"
    title = "There is not enough money to hold the higher premium for what is booked and worked."
    remedy = "Deposit the missing amount, then raise the class."


class NothingSetAside(Invalid):
    code = "nothing_set_aside"
    title = "What is set aside for a gig is an amount above zero."


class StillFunded(Conflict):
    code = "still_funded"
    title = "The currency cannot change while the gig holds money in the present one."
    remedy = "Take the money back first."


class NotFunded(Conflict):
    code = "not_funded"
    title = "The gig holds no money that could be taken back."


class NotVetted(Forbidden):
    code = "not_vetted"
    title = "Open gigs are shown to vetted contractors."
    remedy = "Apply as a contractor and wait for the operator's decision."


class CannotInherit(Conflict):
    """Rule PILOT: a pilot is taken over by like work of the same company alone."""

    code = "cannot_inherit_pilot"
    title = "The pilot of that gig cannot be taken over."
    remedy = "Run and record a pilot of this gig; its own shifts count."


class GateRefused(Invalid):
    """The gate said no. `verdicts` holds every rule with its inputs, source, limit and remedy."""

    code = "gate_refused"
    title = "The gig does not pass the publishing gate."
    remedy = "Mend what each failing verdict names, then ask again."


def refuse_protected(names: Iterable[str], *, field: str) -> None:
    """Raises ProtectedAttribute for the first name that chooses people by a protected attribute."""
    for name in names:
        if (attribute := protected_attribute(name)) is not None:
            raise ProtectedAttribute(f"{name!r} asks for {attribute}.", field=field, attribute=attribute)


@dataclass(frozen=True, slots=True, order=True)
class Where:
    """A country (ISO 3166-1 alpha-2) or one of its subdivisions (ISO 3166-2): `Where("US", "US-KS")`."""

    country: str
    subdivision: str | None = None

    def __post_init__(self) -> None:
        check_place(self.country, self.subdivision)

    def as_dict(self) -> dict[str, str | None]:
        return {"country": self.country, "subdivision": self.subdivision}

    def admits(self, country: str, subdivision: str | None) -> bool:
        """Whether somebody who lives there is meant: a country means all of its subdivisions."""
        return self.country == country and self.subdivision in (None, subdivision)


@dataclass(frozen=True, slots=True, order=True)
class LanguageNeed:
    """A language (ISO 639) and the level that the work needs at least."""

    language: str
    level: Level

    def as_dict(self) -> dict[str, str]:
        return {"language": self.language, "level": str(self.level)}


@dataclass(frozen=True, slots=True, order=True)
class SkillNeed:
    """A skill at the level that the work needs at least, proven by a qualification."""

    skill: str
    level: int


@dataclass(frozen=True, slots=True)
class Criteria:
    """Who can do the work, by what the work needs and nothing else (P8): who lives in one of the places and has all of
    the skills and languages. `reason` says why the work needs them."""

    places: Sequence[Where]
    skills: Sequence[str] = ()
    languages: Sequence[LanguageNeed] = ()
    reason: str = ""
    qualifications: Sequence[str] = ()
    """Codes of qualifications that are held at the start of the work."""
    skill_levels: Sequence[SkillNeed] = ()

    @property
    def for_training(self) -> "Criteria":
        """What somebody needs who is to learn the work: nothing that a test would have to prove (TRAINING)."""
        return replace(self, qualifications=(), skill_levels=())

    @property
    def levels(self) -> dict[str, Level]:
        """The languages, from code to level."""
        return {need.language: need.level for need in self.languages}

    @property
    def proven_levels(self) -> dict[str, int]:
        """The skills that have to be proven, from name to level."""
        return {need.skill: need.level for need in self.skill_levels}


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything a company says of a gig. `rate` is per hour of work, before the contractor's own taxes; the platform's
    fee and a third party's margin (per hour) come on top of it. `unpaid` are the minutes that an hour of paid work
    brings with it unpaid, by kind (P2). `piece_price` is what one piece pays, where work is paid by the piece (P3), and
    `most_pieces` how many of an hour of a shift are paid at most (PIECES). `client_pays` is what the company itself is
    paid for an hour of this work, where it sells the work on (P20)."""

    title: str
    description: str
    work_kind: WorkKind
    payment_model: PaymentModel
    rate: Money
    planned_minutes: int
    hazard_class: HazardClass
    criteria: Criteria
    contact_id: UUID
    data_use: str
    hazard_categories: Sequence[HazardCategory] = ()
    unpaid: Mapping[UnpaidKind, int] = field(default_factory=lambda: NOTHING_UNPAID)
    piece_price: Money | None = None
    most_pieces: int | None = None
    margin: Money | None = None
    margin_party: str | None = None
    client_pays: Money | None = None
    pay_steps: PaySteps | None = None
    """What levels of a skill earn beyond the rate (SKILL_STEP)."""


@dataclass(frozen=True, slots=True)
class PilotReport:
    """What a company says of a finished pilot: who took part and where they live, how many items, the seconds that
    three of four items took at most, what was paid altogether, the unpaid minutes that came with an hour of paid work
    by kind, what was said, and what was mended."""

    workers: int
    items: int
    places: Sequence[Where]
    item_seconds_p75: int
    paid: Money
    unpaid: Mapping[UnpaidKind, int] = field(default_factory=lambda: NOTHING_UNPAID)
    feedback: str = ""
    fixes: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a gig's approved shifts have shown: how many people from which of its places, in how many shifts and
    minutes."""

    workers: int
    shifts: int
    minutes: int
    places: Sequence[Where]


def check_terms(terms: Terms) -> None:
    """What is wrong with terms as they stand, whatever the gate will say. Raises BadTerms, or a Problem of workforce's
    rules for a skill or language that is none."""
    _check_words(terms)
    _check_money(terms)
    _check_criteria(terms.criteria)
    if terms.pay_steps is not None:
        check_steps(terms.pay_steps)


def _check_words(terms: Terms) -> None:
    for name, text, longest in (
        ("title", terms.title, LONGEST_TITLE),
        ("description", terms.description, LONGEST_TEXT),
        ("data_use", terms.data_use, LONGEST_TEXT),
    ):
        if not text.strip() or len(text) > longest:
            raise BadTerms(f"The {name} has 1 to {longest} characters.", field=name)


def _check_money(terms: Terms) -> None:
    if terms.rate.amount <= 0:
        raise BadTerms("The rate is more than zero.", field="rate")
    if not 1 <= terms.planned_minutes <= LONGEST_PLAN:
        raise BadTerms(f"A gig plans 1 to {LONGEST_PLAN} minutes of work.", field="planned_minutes")
    check_unpaid(terms.unpaid)
    _check_piece(terms)
    if (terms.margin is None) != (terms.margin_party is None):
        raise BadTerms("A margin and the third party that takes it are named together.", field="margin_party")
    for name in ("margin", "client_pays", "piece_price"):
        money = getattr(terms, name)
        if money is not None and (money.amount < 0 or money.currency != terms.rate.currency):
            raise BadTerms(f"The {name} is not below zero and in the currency of the rate.", field=name)


def _check_piece(terms: Terms) -> None:
    if terms.payment_model in BY_PIECE and terms.piece_price is None:
        raise BadTerms("Work by the piece names what a piece pays.", field="piece_price")
    if terms.piece_price is None:
        if terms.most_pieces is not None:
            raise BadTerms("Only work that is paid by the piece counts pieces.", field="most_pieces")
        return
    if terms.payment_model not in BY_PIECE:
        raise BadTerms("Only work that is paid by the piece has a price of a piece.", field="piece_price")
    if terms.piece_price.amount <= 0:
        raise BadTerms("A piece pays more than nothing.", field="piece_price")
    if terms.most_pieces is None or not 1 <= terms.most_pieces <= MOST_PIECES_AN_HOUR:
        raise BadTerms("Work by the piece says how many an hour are counted at most.", field="most_pieces")


def _check_criteria(criteria: Criteria) -> None:
    if not 1 <= len(set(criteria.places)) <= MOST_PLACES or len(set(criteria.places)) != len(criteria.places):
        raise BadTerms(f"A gig names 1 to {MOST_PLACES} places, each once.", field="places")
    refuse_protected(criteria.skills, field="skills")
    check_skills(criteria.skills)
    if len(criteria.levels) != len(criteria.languages):
        raise BadTerms("A language is asked for once, at one level.", field="languages")
    check_languages(criteria.levels)
    _check_proofs(criteria)
    asked = (criteria.skills, criteria.languages, criteria.qualifications, criteria.skill_levels)
    if any(asked) and not criteria.reason.strip():
        raise BadTerms("Skills and languages are asked for with the reason why the work needs them.", field="reason")


def _check_proofs(criteria: Criteria) -> None:
    """Whether there are such qualifications is the gate's to say; here only their shape is looked at."""
    refuse_protected(criteria.qualifications, field="qualifications")
    if check_skills(criteria.qualifications) != sorted(criteria.qualifications):
        raise BadTerms("A qualification is asked for once.", field="qualifications")
    levels = {need.skill: need.level for need in criteria.skill_levels}
    check_skills(list(levels))
    if len(levels) != len(criteria.skill_levels) or not all(1 <= level <= MOST_LEVEL for level in levels.values()):
        raise BadTerms(f"A skill is asked for once, at a level from 1 to {MOST_LEVEL}.", field="skill_levels")


def check_unpaid(unpaid: Mapping[UnpaidKind, int]) -> None:
    """Raises BadTerms unless an hour of paid work brings less than an hour of unpaid minutes with it."""
    if min(unpaid.values(), default=0) < 0 or sum(unpaid.values()) >= 60:
        raise BadTerms("An hour of work brings 0 to 59 unpaid minutes with it.", field="unpaid")


def check_pilot(report: PilotReport) -> None:
    """Raises BadTerms for counts that no pilot has."""
    for name in ("workers", "items", "item_seconds_p75"):
        if not 1 <= getattr(report, name) <= MOST_OF_A_PILOT:
            raise BadTerms("A pilot has workers, items and a time, each at least 1.", field=name)
    check_unpaid(report.unpaid)
    if report.paid.amount < 0:
        raise BadTerms("What was paid is not below zero.", field="paid")
    if not 1 <= len(set(report.places)) <= MOST_PLACES:
        raise BadTerms(f"A pilot names the 1 to {MOST_PLACES} places of its workers.", field="places")


def check_same_work(kind: WorkKind, heaviest: HazardClass, new_kind: WorkKind, new_class: HazardClass) -> None:
    """PILOT: what a pilot has shown counts for work of its kind that is no more distressing. Raises CannotInherit."""
    if new_kind is not kind:
        raise CannotInherit(f"That was {kind}, this is {new_kind}.", field="from_gig_id")
    if new_class > heaviest:
        raise CannotInherit(f"That was {heaviest}, this is {new_class}.", field="from_gig_id")


def check_raise(old: Money, new: Money) -> None:
    """P5: what was offered can rise, never fall. Raises RateMayNotFall, or CurrencyMismatch for another currency."""
    if new <= old:
        raise RateMayNotFall(f"It is {old} now.", field="rate", limit=str(old))


def newly_broken(before: list[Verdict], after: list[Verdict]) -> list[Verdict]:
    """What a change breaks: failing verdicts of rules that did not fail before it."""
    known = {verdict.rule for verdict in broken(before)}
    return [verdict for verdict in broken(after) if verdict.rule not in known]


def hold_account(gig_id: UUID) -> str:
    """The ledger's name of the money that a gig holds and no booking has reserved yet."""
    return f"gig:{gig_id}:hold"
