"""The end of a year for leave: what is beyond the carry-over expires, and its money is paid out (rule CARRY_OVER).

In prose. A plan may say how many seconds of leave carry over; one that says nothing carries over everything, and money
never expires. Whoever has more is told at least 30 days before the year ends where they live; who was not told, because
the plan changed late or the hours came late, loses nothing that year. When the year is over the hours beyond it end.
What was put aside for them is the person's, and comes with the next payslip.
"""

from uuid import UUID

from sqlalchemy import exists, func, select

from marketplace.accounts.rules import CLOCK
from marketplace.contracts import leave
from marketplace.contracts.benefit_models import Expiry
from marketplace.contracts.cash_out import enter, set_aside
from marketplace.contracts.models import BenefitEntry
from marketplace.contracts.moving_rules import TOLD_BEFORE, TOLD_FROM, expires
from marketplace.contracts.plans import Plan, plans
from marketplace.contracts.rules import EntryKind, leave_account, leave_share
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.workforce.models import Contractor


def tell_due(limit: int = 100) -> int:
    """Tells people of leave that will expire, each once a year. Returns how many were told."""
    plan, now = plans()[leave.PLAN], clock.now()
    carries_over = plan.promise.carry_over
    if carries_over is None:
        return 0
    # Whoever is told now lives to the end of this year: the window to tell in closes weeks before it.
    year = now.year
    ends_at = func.make_timestamptz(year + 1, 1, 1, 0, 0, 0.0, Contractor.timezone)
    told = exists().where(Expiry.contractor_id == Contractor.id, Expiry.plan_id == plan.id, Expiry.year == year)
    found = (
        select(Contractor.id, ends_at.label("ends_at"))
        .join(BenefitEntry, BenefitEntry.contractor_id == Contractor.id)
        .where(BenefitEntry.plan_id == plan.id, ~told, ends_at.between(now + TOLD_BEFORE, now + TOLD_FROM))
        .group_by(Contractor.id)
        .having(func.sum(BenefitEntry.quantity) > carries_over)
        .order_by(Contractor.id)
        .limit(limit)
    )
    rows = db.session.execute(found).all()
    for row in rows:
        made = Expiry(
            contractor_id=row.id,
            plan_id=plan.id,
            year=year,
            carries_over=carries_over,
            ends_at=row.ends_at,
            told_at=now,
        )
        db.session.add(made)
        db.session.flush()
        record("benefit.will_expire", made, by=CLOCK)
    return len(rows)


def expire_due(limit: int = 100) -> int:
    """Ends the leave of which people were told, once their year is over. Returns how many people it looked at."""
    now = clock.now()
    due = select(Expiry.id, Expiry.contractor_id).where(Expiry.expired_at.is_(None), Expiry.ends_at <= now)
    rows = db.session.execute(due.order_by(Expiry.contractor_id, Expiry.id).limit(limit)).all()
    plan = plans()[leave.PLAN]
    for row in rows:
        # The person first, as everywhere: then nobody takes or asks for leave meanwhile.
        leave.lock_person(row.contractor_id)
        expiry = db.session.get_one(Expiry, row.id, with_for_update=True, populate_existing=True)
        if expiry.expired_at is None:
            _expire(expiry, plan)
    return len(rows)


def _expire(expiry: Expiry, plan: Plan) -> None:
    person, there = expiry.contractor_id, leave.available(expiry.contractor_id)
    keeps = plan.promise.carry_over
    # A plan that has become kinder since they were told is kind to them too.
    beyond = 0 if keeps is None else expires(there.seconds, _at(person, plan, expiry), max(keeps, expiry.carries_over))
    if beyond:
        cause = f"expiry:{expiry.id}"
        enter(person, plan, EntryKind.EXPIRE, -beyond, None, cause, "CARRY_OVER")
        shares = [share for money in there.money if (share := leave_share(money, beyond, there.seconds))]
        set_aside(person, plan, cause, leave_account(person), shares)
        record("benefit.expired", expiry, by=CLOCK, data={"minutes": beyond // 60})
    expiry.expired_at, expiry.quantity = clock.now(), beyond
    db.session.flush()


def _at(person: UUID, plan: Plan, expiry: Expiry) -> int:
    """What stood when the year ended."""
    until = select(func.coalesce(func.sum(BenefitEntry.quantity), 0)).where(
        BenefitEntry.contractor_id == person, BenefitEntry.plan_id == plan.id, BenefitEntry.at < expiry.ends_at
    )
    return int(db.session.scalar(until) or 0)
