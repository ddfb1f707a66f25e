"""Reads of gigs. A draft is its company's own; what was published once may be read by every vetted contractor."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from marketplace.accounts.rules import Actor, Right, available_account, require_company
from marketplace.core import clock, events
from marketplace.core.db import db
from marketplace.core.lifecycle import WrongState
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.gigs.models import (
    Gig,
    GigFunding,
    GigRate,
    InheritedPilot,
    Instructions,
    Pilot,
    PublishDecision,
    RollingPilot,
)
from marketplace.gigs.rules import FundingKind, GigStatus, NotVetted, Where
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import LedgerAccount
from marketplace.standards import queries as standards
from marketplace.standards.rules import RULES, Confidence, Floor
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import ContractorStatus

CONFIDENTIAL = "hazard_flag."
"""How the names of events begin whose doer a company is not told."""


@dataclass(frozen=True, slots=True)
class Funds:
    """A gig's money. `held` is free in its hold; `committed` also counts what its bookings have reserved or paid;
    `available` is what the company could still put in."""

    held: Money
    committed: Money
    available: Money


@dataclass(frozen=True, slots=True)
class OpenGig:
    """An open gig as a contractor sees it: its rate beside the floor of where they live (an hour, rounded up, with the
    words of how it came about and how far that can be trusted) and the median that other companies pay for like work,
    if enough do."""

    gig: Gig
    floor: Money
    floor_words: str
    floor_confidence: Confidence | None
    median: Money | None


def gig(gig_id: UUID, seen_by: Actor) -> Gig:
    """The gig: for its company's members and operators always, for vetted contractors once it was published. Raises
    NotFound."""
    found = db.session.get(Gig, gig_id)
    if found is None:
        raise NotFound
    if _is_insider(found, seen_by) or (found.status is not GigStatus.DRAFT and _vetted(seen_by) is not None):
        return found
    raise NotFound


def company_gig(gig_id: UUID, seen_by: Actor) -> Gig:
    """The gig, for its company's members and operators only. Raises NotFound."""
    found = db.session.get(Gig, gig_id)
    if found is None or not _is_insider(found, seen_by):
        raise NotFound
    return found


def locked(gig_id: UUID, right: Right, by: Actor, *allowed: GigStatus) -> Gig:
    """The gig, locked until the transaction ends, for a member with that right. Raises NotFound or Forbidden, and
    WrongState unless it is in one of the states that are named."""
    found = select(Gig).where(Gig.id == gig_id).with_for_update().execution_options(populate_existing=True)
    gig = db.session.scalars(found).one_or_none()
    if gig is None:
        raise NotFound
    require_company(by, gig.company_id, right)
    if gig.status not in allowed:
        raise WrongState(f"The gig is {gig.status}; this is for one that is {' or '.join(allowed)}.", state=gig.status)
    return gig


def company_gigs(company_id: UUID, seen_by: Actor, status: GigStatus | None = None) -> Select[Gig]:
    """A company's gigs, of one status if it is given. Raises NotFound for whoever is neither member nor operator."""
    if not seen_by.is_operator():
        require_company(seen_by, company_id, Right.READ)
    found = select(Gig).where(Gig.company_id == company_id)
    return found if status is None else found.where(Gig.status == status)


def open_gigs(seen_by: Actor) -> Select[Gig]:
    """The open gigs that take people from where the contractor lives. Raises NotVetted."""
    contractor = _require_vetted(seen_by)
    home = Where(contractor.country, contractor.subdivision)
    country = Where(contractor.country)
    lives_there = or_(Gig.places.contains([home.as_dict()]), Gig.places.contains([country.as_dict()]))
    return select(Gig).where(Gig.status == GigStatus.OPEN, lives_there)


def side_by_side(gigs: Sequence[Gig], seen_by: Actor) -> list[OpenGig]:
    """What each gig pays beside what it must and what others do. Raises NotVetted."""
    contractor = _require_vetted(seen_by)
    today = clock.now().date()
    currencies = sorted({gig.currency for gig in gigs})
    home = (contractor.country, contractor.subdivision)
    floors = {code: standards.floor_for(*home, currency=code, on=today) for code in currencies}
    medians = like_work_medians(gigs)
    return [
        OpenGig(gig, floor.lowest_rate(), _words(floor), floor.confidence, medians.get(gig.id))
        for gig in gigs
        for floor in [floors[gig.currency]]
    ]


def like_work_median(gig: Gig) -> Money | None:
    """The median hourly rate of other companies' open gigs of the same kind, hazard class and currency; None where they
    are too few (LIKE_WORK)."""
    return like_work_medians([gig]).get(gig.id)


def like_work_medians(gigs: Sequence[Gig]) -> dict[UUID, Money]:
    """`like_work_median()` of many gigs, in one statement; gigs with too little like work are left out."""
    numbers = RULES["LIKE_WORK"].parameters
    other = aliased(Gig)
    is_like = and_(
        other.status == GigStatus.OPEN,
        other.company_id != Gig.company_id,
        other.work_kind == Gig.work_kind,
        other.hazard_class == Gig.hazard_class,
        other.currency == Gig.currency,
    )
    median = func.percentile_disc(0.5).within_group(other.rate_amount)
    found = select(Gig.id, Gig.currency, median.label("median")).join(other, is_like)
    enough = found.having(
        func.count() >= numbers["least_gigs"],
        func.count(other.company_id.distinct()) >= numbers["least_companies"],
    )
    rows = db.session.execute(enough.where(Gig.id.in_([gig.id for gig in gigs])).group_by(Gig.id))
    return {row.id: Money(row.median, row.currency) for row in rows}


def instructions(gig_id: UUID, seen_by: Actor) -> list[Instructions]:
    """The versions, newest first: all for insiders, the verified ones for vetted contractors. Raises NotFound."""
    found = gig(gig_id, seen_by)
    versions = select(Instructions).where(Instructions.gig_id == gig_id).order_by(Instructions.version.desc())
    if not _is_insider(found, seen_by):
        versions = versions.where(Instructions.verified_at.is_not(None))
    return list(db.session.scalars(versions))


def verified_versions(gig_id: UUID) -> dict[int, bool]:
    """The versions of the gig's instructions and whether each is verified. Without permission: for this room's gate."""
    versions = select(Instructions.version, Instructions.verified_at).where(Instructions.gig_id == gig_id)
    return {row.version: row.verified_at is not None for row in db.session.execute(versions)}


def instructions_at(gig_id: UUID, at: datetime) -> Instructions | None:
    """The version that holds in a shift that begins at that moment. Without permission: for rooms above."""
    found = select(Instructions).where(Instructions.gig_id == gig_id, Instructions.holds_from <= at)
    return db.session.scalars(found.order_by(Instructions.version.desc()).limit(1)).one_or_none()


def instructions_of(gig_id: UUID, version: int) -> Instructions | None:
    """One version. Without permission: for rooms above, who know that it was worked under."""
    found = select(Instructions).where(Instructions.gig_id == gig_id, Instructions.version == version)
    return db.session.scalars(found).one_or_none()


def verified_instructions(gig_id: UUID) -> Instructions | None:
    """The newest verified version. Without permission: for this room."""
    found = select(Instructions).where(Instructions.gig_id == gig_id, Instructions.verified_at.is_not(None))
    return db.session.scalars(found.order_by(Instructions.version.desc()).limit(1)).one_or_none()


def inherited_pilot(gig_id: UUID, seen_by: Actor) -> InheritedPilot | None:
    """The earlier gig whose pilot counts for this one, for insiders; None where none does. Raises NotFound."""
    return inherited_pilot_of(company_gig(gig_id, seen_by).id)


def inherited_pilot_of(gig_id: UUID) -> InheritedPilot | None:
    """`inherited_pilot()` without permission: for this room."""
    return db.session.get(InheritedPilot, gig_id)


def pilots(gig_id: UUID, seen_by: Actor) -> list[Pilot]:
    """The gig's pilots, oldest first, for insiders. Raises NotFound."""
    return pilots_of(company_gig(gig_id, seen_by).id)


def pilots_of(gig_id: UUID) -> list[Pilot]:
    """`pilots()` without permission: for this room's gate."""
    return list(db.session.scalars(select(Pilot).where(Pilot.gig_id == gig_id).order_by(Pilot.id)))


def rolling_pilot(gig_id: UUID, seen_by: Actor) -> RollingPilot | None:
    """What the gig's own approved shifts have shown, for insiders; None while they showed nothing, or where nothing
    limited its volume. Raises NotFound."""
    return rolling_pilot_of(company_gig(gig_id, seen_by).id)


def rolling_pilot_of(gig_id: UUID) -> RollingPilot | None:
    """`rolling_pilot()` without permission: for this room's gate."""
    return db.session.get(RollingPilot, gig_id)


def rates(gig_id: UUID, seen_by: Actor) -> list[GigRate]:
    """Every rate that the gig has promised, oldest first, for whoever may see the gig. Raises NotFound."""
    found = gig(gig_id, seen_by)
    return list(db.session.scalars(select(GigRate).where(GigRate.gig_id == found.id).order_by(GigRate.version)))


def decisions(gig_id: UUID, seen_by: Actor) -> Select[PublishDecision]:
    """The gate's answers, refusals too, for insiders. Raises NotFound."""
    return select(PublishDecision).where(PublishDecision.gig_id == company_gig(gig_id, seen_by).id)


def timeline(gig_id: UUID, seen_by: Actor) -> list[events.Event]:
    """The newest events about the gig and what belongs to it, newest first, for insiders. Raises NotFound.

    Operators see them all; what would tell a company who of its people flagged something is left out for it.
    """
    found = events.timeline("gig", company_gig(gig_id, seen_by).id)
    return [each for each in found if seen_by.is_operator() or not each.name.startswith(CONFIDENTIAL)]


def funds(gig_id: UUID, seen_by: Actor) -> Funds:
    """The gig's money, for insiders. Raises NotFound."""
    found = company_gig(gig_id, seen_by)
    names = [found.hold_account, available_account(found.company_id)]
    held, available = (ledger.balances(names, found.currency)[name] for name in names)
    return Funds(held, committed(found), available)


def committed(gig: Gig) -> Money:
    """What the company put into the gig less what it took back. Without permission: for this room's gate."""
    own = {FundingKind.FUNDED: GigFunding.amount, FundingKind.RETURNED: -GigFunding.amount}
    signed = case(own, value=GigFunding.kind, else_=0)
    amount = db.session.scalar(select(func.coalesce(func.sum(signed), 0)).where(GigFunding.gig_id == gig.id))
    return Money(int(amount or 0), gig.currency)


def closed_with_money(limit: int) -> list[UUID]:
    """Closed gigs that hold money again, because a booking gave back what it had not needed. For the clock."""
    name = func.concat("gig:", Gig.id, ":hold")
    found = select(Gig.id).join(LedgerAccount, and_(LedgerAccount.name == name, LedgerAccount.currency == Gig.currency))
    due = found.where(Gig.status == GigStatus.CLOSED, LedgerAccount.balance > 0).order_by(Gig.id).limit(limit)
    return list(db.session.scalars(due))


def _is_insider(gig: Gig, by: Actor) -> bool:
    return by.may(Right.READ, gig.company_id) or by.is_operator()


def _vetted(by: Actor) -> Contractor | None:
    # A company's key shows what the company may see, not what its maker may see as a contractor.
    found = None if by.person_id is None or by.kind == "key" else db.session.get(Contractor, by.person_id)
    return found if found is not None and found.status is ContractorStatus.VETTED else None


def _require_vetted(by: Actor) -> Contractor:
    found = _vetted(by)
    if found is None:
        raise NotVetted
    return found


def _words(floor: Floor) -> str:
    return floor.deciding.words() if floor.deciding is not None else ""


def stepped_gigs(seen_by: Actor, limit: int = 200) -> list[Gig]:
    """The newest open gigs that pay steps for levels of a skill, for vetted contractors. Raises NotVetted."""
    if _vetted(seen_by) is None:
        raise NotVetted
    found = select(Gig).where(Gig.status == GigStatus.OPEN, Gig.steps.is_not(None))
    return list(db.session.scalars(found.order_by(Gig.id.desc()).limit(limit)))


def titles(ids: Collection[UUID]) -> dict[UUID, str]:
    """The titles of many gigs, in one statement. The caller has made sure that the asker deals with them."""
    return {row.id: row.title for row in db.session.execute(select(Gig.id, Gig.title).where(Gig.id.in_(ids)))}
