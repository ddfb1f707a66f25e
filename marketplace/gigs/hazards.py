"""How distressing a gig is, and was: its hazard classes, one after another. They rise and never fall."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, cast, exists, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from marketplace.accounts.rules import Actor, OperatorRole, Right, require_company, require_operator
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.lifecycle import WrongState, move_one
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.gigs import funding, queries
from marketplace.gigs.models import Gig, GigHazard
from marketplace.gigs.rules import BadTerms, ClassMayNotFall, ClassTooLight, GigStatus
from marketplace.ledger.models import LedgerAccount
from marketplace.standards.hazard import ILLEGAL, HazardClass, least_class


def to_raise(gig_id: UUID, hazard_class: HazardClass, categories: Collection[str], *, by: Actor) -> Gig:
    """The gig that was published, locked so that nobody is booked in it meanwhile, if its class may be raised so by a
    member with the right to its gigs or by an operator of standards. A closed one may owe for what was done in it.

    Raises NotFound, Forbidden, WrongState, ClassMayNotFall, ClassTooLight, and BadTerms for content that is unlawful.
    """
    # Whoever accepts an offer shares this row first, and whoever writes a timesheet does not touch what is locked here.
    gig = db.session.get(Gig, gig_id, with_for_update={"key_share": True}, populate_existing=True)
    if gig is None:
        raise NotFound
    if by.is_operator() and not by.belongs_to(gig.company_id):
        require_operator(by, OperatorRole.STANDARDS)
    else:
        require_company(by, gig.company_id, Right.GIGS)
    if gig.opened_at is None:
        raise WrongState("The gig was never published.", state=str(gig.status))
    if hazard_class < gig.hazard_class:
        raise ClassMayNotFall(f"It is {gig.hazard_class}.", field="hazard_class")
    if ILLEGAL & set(categories):
        raise BadTerms("Unlawful content is given to nobody: close the gig.", field="categories")
    if hazard_class < (least := least_class([*gig.hazard_categories, *categories])):
        raise ClassTooLight(f"These categories need {least}.", field="hazard_class")
    return gig


def close_unlawful(gig: Gig, *, by: Actor) -> None:
    """Ends a gig that showed unlawful content. The caller has locked it and looked after what is booked."""
    if gig.status is not GigStatus.CLOSED:
        data = {"because": "unlawful_content"}
        move_one(gig, GigStatus.CLOSED, by=by, event="gig.closed", values={"closed_at": clock.now()}, data=data)
        funding.give_back(gig, by=by)


def set_class(
    gig: Gig, hazard_class: HazardClass, categories: Collection[str], *, back_to: datetime, unheld: Money, by: Actor
) -> GigHazard:
    """Writes down the class and what is seen in the work from now on. The caller has asked `to_raise()` and looks
    after what is booked."""
    old = gig.hazard_class
    gig.hazard_class = hazard_class
    gig.hazard_categories = sorted({*gig.hazard_categories, *categories})
    row = write_class(gig, clock.now(), by, back_to=back_to, unheld=unheld)
    data = {"from": str(old), "to": str(hazard_class), "categories": gig.hazard_categories, "unheld": str(unheld)}
    record("gig.class_raised", gig, by=by, data=data)
    return row


def write_class(
    gig: Gig, moment: datetime, by: Actor, *, back_to: datetime | None = None, unheld: Money | None = None
) -> GigHazard:
    """Adds the gig's present class to its history."""
    versions = select(func.coalesce(func.max(GigHazard.version), 0)).where(GigHazard.gig_id == gig.id)
    row = GigHazard(
        gig_id=gig.id,
        version=(db.session.scalar(versions) or 0) + 1,
        hazard_class=gig.hazard_class,
        categories=list(gig.hazard_categories),
        valid_from=moment,
        back_to=back_to or moment,
        unheld_amount=unheld.amount if unheld else 0,
        currency=gig.currency,
        set_by=by.person_id,
    )
    db.session.add(row)
    return row


def lock_unheld(limit: int) -> Sequence[Gig]:
    """For the clock: gigs whose last raise could not hold all of the premium and for which there is money now, those
    first that have waited longest, locked as for a raise. What somebody else is changing is left out."""
    newest = select(GigHazard).ext(distinct_on(GigHazard.gig_id))
    last = newest.order_by(GigHazard.gig_id, GigHazard.version.desc()).subquery()
    accounts = [
        func.concat("company:", cast(Gig.company_id, Text), ":available"),
        func.concat("gig:", cast(Gig.id, Text), ":hold"),
    ]
    there = exists().where(
        LedgerAccount.name.in_(accounts), LedgerAccount.currency == Gig.currency, LedgerAccount.balance > 0
    )
    found = select(Gig).join(last, last.c.gig_id == Gig.id).where(last.c.unheld_amount > 0, there)
    found = found.order_by(last.c.valid_from, Gig.id).limit(limit)
    locked = found.with_for_update(key_share=True, skip_locked=True, of=Gig)
    return db.session.scalars(locked.execution_options(populate_existing=True)).all()


def unheld_since(gig_id: UUID) -> datetime | None:
    """The moment from which work of the gig may earn less than its class, because the last raise could not hold all of
    the premium; None when it could."""
    newest = select(GigHazard).where(GigHazard.gig_id == gig_id).order_by(GigHazard.version.desc()).limit(1)
    row = db.session.scalars(newest).one_or_none()
    return row.back_to if row is not None and row.unheld else None


def history(gig_id: UUID, seen_by: Actor) -> list[GigHazard]:
    """Every class that the gig has had since it was published, oldest first, for whoever may see the gig. Raises
    NotFound."""
    found = queries.gig(gig_id, seen_by)
    rows = select(GigHazard).where(GigHazard.gig_id == found.id).order_by(GigHazard.version)
    return list(db.session.scalars(rows))
