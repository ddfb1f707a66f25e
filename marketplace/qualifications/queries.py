"""Reads of qualifications: their owners', what somebody can take, and what people hold, for rooms that offer work."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, select, true
from sqlalchemy.orm import selectinload

from marketplace.accounts.models import Company
from marketplace.accounts.rules import (
    CLOCK,
    Actor,
    CompanyStatus,
    OperatorRole,
    Right,
    require_company,
    require_operator,
)
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.ledger import queries as ledger
from marketplace.qualifications import attempt_rules
from marketplace.qualifications.attempt_rules import Past, Place
from marketplace.qualifications.levels import Proof
from marketplace.qualifications.models import (
    Answer,
    Attempt,
    Holding,
    ItemCorrection,
    Qualification,
    TestContest,
    TestFunding,
    TestItem,
    TestVersion,
)
from marketplace.qualifications.rules import SCORED, AttemptStatus, ContestStatus, QualificationStatus
from marketplace.standards import queries as standards
from marketplace.standards.hours import Span
from marketplace.workforce import queries as workforce
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import ContractorStatus


@dataclass(frozen=True, slots=True)
class Openness:
    """How a test stands for one person. `rate` is what an hour of it earns them, `minutes` what it typically takes,
    `pay` what those minutes earn; `free_from` when it may be taken (again), if that is still to come; `funded` whether
    the money for an attempt is there; `paused` whether its company is not verified at the moment."""

    qualification: Qualification
    version: TestVersion
    rate: Money
    minutes: int
    cap_minutes: int
    pay: Money
    needed: Money
    funded: bool
    held_until: datetime | None
    free_from: datetime | None
    running: UUID | None
    paused: bool = False

    @property
    def can_begin(self) -> bool:
        renewable = self.held_until is None or self.held_until - attempt_rules.REMIND_BEFORE <= clock.now()
        return self.funded and not self.paused and self.free_from is None and renewable


@dataclass(frozen=True, slots=True)
class ScoredItem:
    """One answer of a handed-in attempt, for the analysis of a version's items."""

    attempt_id: UUID
    item_id: UUID
    scored: int


# --- for whoever owns them --------------------------------------------------------------------------------------------


def may_own(by: Actor, company_id: UUID | None, right: Right = Right.GIGS) -> None:
    """A company's tests are its members', the service's its operators'. Raises NotFound or Forbidden."""
    if company_id is None:
        require_operator(by, OperatorRole.STANDARDS, OperatorRole.VETTING)
    else:
        require_company(by, company_id, right)


def owned(company_id: UUID | None, seen_by: Actor) -> Select[Qualification]:
    """The qualifications of a company, or of the service, for whoever may read its things."""
    may_own(seen_by, company_id, Right.READ)
    return select(Qualification).where(Qualification.company_id.is_not_distinct_from(company_id))


def own(qualification_id: UUID, seen_by: Actor, right: Right = Right.READ, *, lock: bool = False) -> Qualification:
    """A qualification for its owner. Raises NotFound or Forbidden."""
    found = db.session.get(Qualification, qualification_id, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise NotFound
    may_own(seen_by, found.company_id, right)
    return found


def versions(qualification_id: UUID) -> list[TestVersion]:
    """Every version with its items, the newest first. The caller has made sure that the asker may see them."""
    found = select(TestVersion).where(TestVersion.qualification_id == qualification_id)
    found = found.options(selectinload(TestVersion.items)).order_by(TestVersion.number.desc())
    return list(db.session.scalars(found.execution_options(populate_existing=True)))


def in_force(qualification_id: UUID) -> TestVersion | None:
    """The version that somebody who begins now gets: the newest published one, with its items."""
    return next((each for each in versions(qualification_id) if each.published_at is not None), None)


def funds(found: Qualification) -> Money | None:
    """What a company's test can still spend; None for the service's, which pays out of its own pocket."""
    return None if found.company_id is None else ledger.balance(found.fund_account, found.currency)


def fundings(qualification_id: UUID) -> list[TestFunding]:
    found = select(TestFunding).where(TestFunding.qualification_id == qualification_id)
    return list(db.session.scalars(found.order_by(TestFunding.id.desc())))


def attempts_at(qualification_id: UUID, seen_by: Actor) -> Select[Attempt]:
    """Every attempt at an owner's test, whoever made it."""
    return select(Attempt).where(Attempt.qualification_id == own(qualification_id, seen_by).id)


def granted(qualification_id: UUID, seen_by: Actor) -> Select[Holding]:
    """What an owner gave without a test, to whoever it was; what has ended or was taken back too."""
    found = select(Holding).where(Holding.qualification_id == own(qualification_id, seen_by).id)
    return found.where(Holding.granted_by.is_not(None))


def withdrawn(decision_ids: Collection[UUID]) -> dict[UUID, str]:
    """The title of the qualification that each of these decisions took back. The caller has made sure that the asker
    may read the decisions."""
    found = (
        select(Holding.withdrawal_id, Qualification.title)
        .join(Qualification, Qualification.id == Holding.qualification_id)
        .where(Holding.withdrawal_id.in_(decision_ids))
    )
    return {row.withdrawal_id: row.title for row in db.session.execute(found)}


def scored_items(version_id: UUID) -> list[ScoredItem]:
    """The scores of every answer to a version's items in handed-in attempts: one statement, however many there are."""
    found = (
        select(Answer.attempt_id, Answer.item_id, Answer.scored)
        .join(Attempt, Attempt.id == Answer.attempt_id)
        .where(Attempt.version_id == version_id, Attempt.status.in_(SCORED), Answer.scored.is_not(None))
    )
    return [ScoredItem(row.attempt_id, row.item_id, row.scored) for row in db.session.execute(found)]


def measured(version_ids: Collection[UUID]) -> dict[UUID, list[int]]:
    """The seconds that handed-in attempts took, by version."""
    found = select(Attempt.version_id, Attempt.worked_seconds)
    found = found.where(Attempt.version_id.in_(version_ids), Attempt.status.in_(SCORED))
    seconds: dict[UUID, list[int]] = {}
    for row in db.session.execute(found):
        seconds.setdefault(row.version_id, []).append(row.worked_seconds)
    return seconds


def corrections(item_ids: Collection[UUID]) -> dict[UUID, ItemCorrection]:
    """The newest correction of each item that has one."""
    found = select(ItemCorrection).where(ItemCorrection.item_id.in_(item_ids)).order_by(ItemCorrection.id)
    return {each.item_id: each for each in db.session.scalars(found)}


def contests(seen_by: Actor, company_id: UUID | None = None) -> Select[TestContest]:
    """The contested results of a company's tests, for its members; without a company those of all, for operators, and
    one's own for everybody else."""
    if company_id is not None:
        may_own(seen_by, company_id, Right.READ)
        return select(TestContest).where(TestContest.company_id == company_id)
    if seen_by.is_operator(OperatorRole.STANDARDS, OperatorRole.VETTING):
        return select(TestContest)
    return select(TestContest).where(TestContest.contractor_id == seen_by.person_id)


def to_decide(seen_by: Actor, company_id: UUID | None = None) -> Select[TestContest]:
    """Those of them that wait for a human."""
    return contests(seen_by, company_id).where(TestContest.status == ContestStatus.OPEN)


# --- for whoever takes them -------------------------------------------------------------------------------------------


def attempt(attempt_id: UUID, seen_by: Actor, *, lock: bool = False) -> Attempt:
    """One's own attempt, and nobody else's. Raises NotFound."""
    found = db.session.get(Attempt, attempt_id, with_for_update=lock or None, populate_existing=lock)
    if found is None or not seen_by.is_in_person(found.contractor_id):
        raise NotFound
    return found


def attempts_of(contractor_id: UUID) -> Select[Attempt]:
    """Everything that somebody tried. The caller has made sure that the asker may see it."""
    return select(Attempt).where(Attempt.contractor_id == contractor_id).options(selectinload(Attempt.qualification))


def answers(attempt_id: UUID) -> dict[UUID, Answer]:
    found = select(Answer).where(Answer.attempt_id == attempt_id)
    return {each.item_id: each for each in db.session.scalars(found)}


def items(item_ids: Sequence[UUID]) -> list[TestItem]:
    """The items, in the order given."""
    found = {each.id: each for each in db.session.scalars(select(TestItem).where(TestItem.id.in_(item_ids)))}
    return [found[each] for each in item_ids]


def past(contractor_id: UUID, qualification_id: UUID) -> Past:
    return pasts(contractor_id, [qualification_id])[qualification_id]


def pasts(contractor_id: UUID, qualification_ids: Collection[UUID]) -> dict[UUID, Past]:
    """What somebody has done with each of some tests, in two statements."""
    ended: dict[UUID, list[datetime]] = {each: [] for each in qualification_ids}
    mine = select(Attempt.qualification_id, Attempt.ended_at).where(
        Attempt.contractor_id == contractor_id, Attempt.qualification_id.in_(ended), Attempt.ended_at.is_not(None)
    )
    for row in db.session.execute(mine.order_by(Attempt.ended_at)):
        ended[row.qualification_id].append(row.ended_at)
    live = select(Holding.qualification_id, func.max(Holding.until).label("until")).where(
        Holding.contractor_id == contractor_id, Holding.qualification_id.in_(ended), Holding.until > clock.now()
    )
    rows = db.session.execute(live.group_by(Holding.qualification_id))
    held = {row.qualification_id: row.until for row in rows}
    return {each: Past(moments, held.get(each)) for each, moments in ended.items()}


def open_to(contractor_id: UUID, seen_by: Actor, code: str | None = None) -> list[Openness]:
    """Every test that is open, or the one of that code, as it stands for this person: what it pays them, when they may
    take it, whether they hold it. Raises NotFound as `workforce.contractor` does. A handful of statements, however
    many tests there are."""
    me = workforce.contractor(contractor_id, seen_by)
    named = true() if code is None else Qualification.code == code
    open_ones = select(Qualification).where(Qualification.status == QualificationStatus.OPEN, named)
    found = list(
        db.session.scalars(open_ones.order_by(Qualification.skill, Qualification.skill_level, Qualification.id))
    )
    current = _current([each.id for each in found])
    seconds = measured([version.id for version in current.values()])
    ids = [each.id for each in found if each.id in current]
    known, running = pasts(contractor_id, ids), _running(contractor_id)
    floors = {each.currency: floor_of(me, each.currency) for each in found}
    balances = _balances(found)
    trusted = verified([each.company_id for each in found if each.company_id is not None])
    shown = []
    for each in found:
        if (version := current.get(each.id)) is None:
            continue
        minutes = attempt_rules.typical_minutes(version.estimate_minutes, seconds.get(version.id, []))
        cap = attempt_rules.cap_minutes(minutes, version.limit_minutes)
        rate = attempt_rules.fair_rate(each.rate, floors[each.currency])
        needed = attempt_rules.highest_cost(rate, cap)
        mine = known[each.id]
        free = _free_from(each, mine)
        shown.append(
            Openness(
                qualification=each,
                version=version,
                rate=rate,
                minutes=minutes,
                cap_minutes=cap,
                pay=attempt_rules.wages(rate, minutes),
                needed=needed,
                funded=each.company_id is None or balances.get(each.id, Money.zero(each.currency)) >= needed,
                held_until=mine.held_until,
                free_from=free if free is not None and free > clock.now() else None,
                running=running.get(each.id),
                paused=each.company_id is not None and each.company_id not in trusted,
            )
        )
    return shown


def verified(company_ids: Collection[UUID]) -> set[UUID]:
    """Those of the companies whose tests may be begun: nobody works for one that is suspended, or is looked at anew."""
    found = select(Company.id).where(Company.id.in_(company_ids), Company.status == CompanyStatus.VERIFIED)
    return set(db.session.scalars(found))


def place_of(me: Contractor) -> Place:
    """Where the person lives, for the rules of working time."""
    region = standards.region(me.country, me.subdivision, clock.now().date())
    return Place(ZoneInfo(me.timezone), me.country, region.daily_rest_hours if region else None)


def floor_of(me: Contractor, currency: str) -> Money:
    """The least that an hour must earn where the person lives, rounded up to a whole minor unit."""
    floor = standards.floor_for(me.country, me.subdivision, currency=currency, on=clock.now().date())
    return floor.lowest_rate()


def holdings(contractor_id: UUID, seen_by: Actor) -> list[Holding]:
    """All that somebody holds or held, the latest first. Raises NotFound as `workforce.contractor` does."""
    workforce.contractor(contractor_id, seen_by)
    found = select(Holding).where(Holding.contractor_id == contractor_id).options(selectinload(Holding.qualification))
    return list(db.session.scalars(found.order_by(Holding.id.desc())))


def _free_from(found: Qualification, mine: Past) -> datetime | None:
    return attempt_rules.free_from(
        mine, retake_days=found.retake_days, most_attempts=found.most_attempts, period_days=found.period_days
    )


def _current(qualification_ids: Collection[UUID]) -> dict[UUID, TestVersion]:
    found = select(TestVersion).where(
        TestVersion.qualification_id.in_(qualification_ids), TestVersion.published_at.is_not(None)
    )
    return {each.qualification_id: each for each in db.session.scalars(found.order_by(TestVersion.number))}


def _running(contractor_id: UUID) -> dict[UUID, UUID]:
    found = select(Attempt.qualification_id, Attempt.id).where(
        Attempt.contractor_id == contractor_id, Attempt.status == AttemptStatus.STARTED
    )
    return {row.qualification_id: row.id for row in db.session.execute(found)}


def _balances(found: Sequence[Qualification]) -> dict[UUID, Money]:
    by_currency: dict[str, list[Qualification]] = {}
    for each in found:
        if each.company_id is not None:
            by_currency.setdefault(each.currency, []).append(each)
    balances: dict[UUID, Money] = {}
    for currency, some in by_currency.items():
        standing = ledger.balances([each.fund_account for each in some], currency)
        balances |= {each.id: standing[each.fund_account] for each in some}
    return balances


# --- for the rooms above ----------------------------------------------------------------------------------------------


def proofs(contractor_ids: Collection[UUID]) -> dict[UUID, list[Proof]]:
    """What each of these people holds or held, until when, and what it proves: one statement. The caller has made sure
    that the asker may know it."""
    found = (
        select(Holding.contractor_id, func.max(Holding.until).label("until"), Qualification)
        .join(Qualification, Qualification.id == Holding.qualification_id)
        .where(Holding.contractor_id.in_(contractor_ids))
        .group_by(Holding.contractor_id, Qualification.id)
        .order_by(Qualification.code)
    )
    proven: dict[UUID, list[Proof]] = {}
    for row in db.session.execute(found):
        what: Qualification = row.Qualification
        proof = Proof(what.code, row.until, what.skill, what.skill_level, what.language, what.language_level)
        proven.setdefault(row.contractor_id, []).append(proof)
    return proven


_MINUTES = func.coalesce(Attempt.paid_minutes, Attempt.cap_minutes)
"""Of an attempt that is under way all of its cap counts, since all of it may be used (TEST_HOURS)."""


def tried_by(contractor: Any, begins: Any, ends: Any) -> ScalarSelect[Any]:
    """The attempts of somebody between two moments, as JSON for `time_at_tests`: part of a statement about contractors.
    The arguments are columns of it, or parameters."""
    found = func.jsonb_agg(func.jsonb_build_array(Attempt.started_at, Attempt.last_seen_at, _MINUTES))
    return select(found).where(*_between(contractor, begins, ends)).scalar_subquery()


def time_at_tests(found: Sequence[Sequence[Any]] | None) -> list[Span]:
    """The time that those attempts took."""
    return [
        span
        for started, seen, minutes in found or ()
        for span in attempt_rules.spans(datetime.fromisoformat(started), datetime.fromisoformat(seen), minutes)
    ]


def _between(contractor: Any, begins: Any, ends: Any) -> tuple[ColumnElement[bool], ...]:
    return Attempt.contractor_id == contractor, Attempt.started_at < ends, Attempt.last_seen_at > begins


def worked(contractor_id: UUID, begins: datetime, ends: datetime) -> list[Span]:
    """The time that somebody spent at tests between two moments."""
    found = select(Attempt.started_at, Attempt.last_seen_at, _MINUTES).where(*_between(contractor_id, begins, ends))
    return [span for row in db.session.execute(found) for span in attempt_rules.spans(row[0], row[1], row[2])]


def known_codes(company_id: UUID) -> Mapping[str, Qualification]:
    """The open qualifications that a company's gigs may ask for: its own and the service's, by code."""
    found = select(Qualification).where(
        Qualification.status == QualificationStatus.OPEN,
        (Qualification.company_id == company_id) | Qualification.company_id.is_(None),
    )
    return {each.code: each for each in db.session.scalars(found.order_by(Qualification.code))}


def may_see(seen_by: Actor, contractor_id: UUID) -> bool:
    """Whether somebody's results are theirs to see: the person's own, the operators', the service's."""
    return seen_by.is_in_person(contractor_id) or seen_by.is_operator() or seen_by == CLOCK


def is_vetted(me: Contractor) -> bool:
    return me.status is ContractorStatus.VETTED
