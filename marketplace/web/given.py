"""Bonuses with the names behind their ids, as the pages of both sides show them."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from marketplace.accounts import queries as accounts
from marketplace.accounts.rules import Actor
from marketplace.core.db import db
from marketplace.gigs import queries as gigs
from marketplace.pay.bonuses import queries
from marketplace.pay.bonuses.models import Bonus
from marketplace.pay.models import PayLine


@dataclass(frozen=True, slots=True)
class Given:
    """A bonus with the names of whose it is, of its company and gig, and of who wrote it and who answered."""

    bonus: Bonus
    company: str
    gig: str
    person: str
    writer: str
    second: str


def to_come(by: Actor) -> list[Given]:
    """Those of the asker that no payslip pays yet, the oldest first."""
    return named(db.session.scalars(queries.to_come(by).order_by(Bonus.id)).all())


def of_lines(lines: Collection[PayLine]) -> dict[UUID | None, Given]:
    """What lines of pay pay for where it is a bonus. The caller may see the lines."""
    ids = {line.bonus_id for line in lines if line.bonus_id is not None}
    found = db.session.scalars(select(Bonus).where(Bonus.id.in_(ids))).all() if ids else []
    return {each.bonus.id: each for each in named(found)}


def named(bonuses: Collection[Bonus]) -> list[Given]:
    """In the same order; the caller may see them."""
    people = {each.contractor_id for each in bonuses} | {each.written_by for each in bonuses}
    answered = {each.answered_by for each in bonuses if each.answered_by is not None}
    names = accounts.person_name(list(people | answered))
    companies = accounts.company_name({each.company_id for each in bonuses})
    titles = gigs.titles({each.gig_id for each in bonuses})
    return [
        Given(
            bonus=each,
            company=companies[each.company_id],
            gig=titles[each.gig_id],
            person=names[each.contractor_id],
            writer=names[each.written_by],
            second=names[each.answered_by] if each.answered_by is not None else "",
        )
        for each in bonuses
    ]
