"""Pay groups as operators of finance keep them. Who is in none is paid on every day."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select, text

from marketplace.accounts.rules import Actor, OperatorRole, require_operator
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.problems import NotFound
from marketplace.pay.groups.models import GroupedCountry, PayGroup
from marketplace.pay.groups.rules import CountryInGroup, GroupEnded, GroupNamedAlready, next_pay_day
from marketplace.standards.queries import COUNTRIES
from marketplace.standards.rules import UnknownPlace

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('pay_group'))")
"""Which countries are free is asked before it is written, and groups are changed seldom."""


def make(name: str, countries: Collection[str], weekdays: Collection[int], timezone: str, *, by: Actor) -> PayGroup:
    """A new group, whose people are paid on its days from now on. For operators of finance. Raises GroupNamedAlready,
    CountryInGroup, UnknownPlace, UnknownZone."""
    require_operator(by, OperatorRole.FINANCE)
    group = PayGroup(made_at=clock.now())
    _write(group, name, countries, weekdays, timezone)
    db.session.add(group)
    record("pay_group.made", group, by=by, data=_told(group))
    return group


def change(
    group_id: UUID, name: str, countries: Collection[str], weekdays: Collection[int], timezone: str, *, by: Actor
) -> PayGroup:
    """The group as it shall be. Runs that have begun go on as they began. Raises as `make()`, GroupEnded, NotFound."""
    group = _own(group_id, by)
    _write(group, name, countries, weekdays, timezone)
    record("pay_group.changed", group, by=by, data=_told(group))
    return group


def end(group_id: UUID, *, by: Actor) -> PayGroup:
    """Ends the group: its people are paid on every day again. Raises GroupEnded, NotFound."""
    group = _own(group_id, by)
    group.ended_at, group.members = clock.now(), []
    record("pay_group.ended", group, by=by)
    return group


def groups(seen_by: Actor) -> Select[PayGroup]:
    """The groups that have not ended. For operators of finance."""
    require_operator(seen_by, OperatorRole.FINANCE)
    return select(PayGroup).where(PayGroup.ended_at.is_(None))


def group(group_id: UUID, seen_by: Actor) -> PayGroup:
    """One group, ended or not. For operators of finance. Raises NotFound."""
    require_operator(seen_by, OperatorRole.FINANCE)
    found = db.session.get(PayGroup, group_id)
    if found is None:
        raise NotFound
    return found


def standing(group_id: UUID) -> PayGroup:
    """A group that has not ended, for the clock, and for verbs that have asked who may. Raises NotFound, GroupEnded."""
    found = db.session.get(PayGroup, group_id)
    if found is None:
        raise NotFound
    if found.ended_at is not None:
        raise GroupEnded
    return found


def of_country(country: str) -> PayGroup | None:
    """The group of whoever lives there; None where they are paid on every day."""
    grouped = select(PayGroup).join(GroupedCountry, GroupedCountry.group_id == PayGroup.id)
    return db.session.scalars(grouped.where(GroupedCountry.country == country)).one_or_none()


def in_force() -> list[PayGroup]:
    """Every group that has not ended, the oldest first, for the clock."""
    return list(db.session.scalars(select(PayGroup).where(PayGroup.ended_at.is_(None)).order_by(PayGroup.id)))


def next_day(group: PayGroup) -> datetime:
    """When its next pay day begins, today's left out."""
    return next_pay_day(clock.now(), group.weekdays, clock.zone(group.timezone))


def _own(group_id: UUID, by: Actor) -> PayGroup:
    found = group(group_id, by)
    db.session.refresh(found, with_for_update=True)
    if found.ended_at is not None:
        raise GroupEnded
    return found


def _write(group: PayGroup, name: str, countries: Collection[str], weekdays: Collection[int], timezone: str) -> None:
    wanted = sorted(set(countries))
    clock.zone(timezone)
    for country in wanted:
        if country not in COUNTRIES or len(country) != 2:
            raise UnknownPlace(f"{country!r} is not a country.", field="countries")
    db.session.execute(_ONE_AT_A_TIME)
    others = PayGroup.id.is_distinct_from(group.id)
    same = select(PayGroup.id).where(PayGroup.ended_at.is_(None), func.lower(PayGroup.name) == name.lower(), others)
    taken = (
        select(GroupedCountry.country, PayGroup.name).join(PayGroup).where(GroupedCountry.country.in_(wanted), others)
    )
    with db.session.no_autoflush:
        if db.session.scalar(same.limit(1)) is not None:
            raise GroupNamedAlready(field="name")
        for country, other in db.session.execute(taken.order_by(GroupedCountry.country)):
            raise CountryInGroup(f"{country} is in “{other}”.", field="countries")
    group.name, group.timezone, group.weekdays = name, timezone, sorted(set(weekdays))
    kept = {each.country: each for each in group.members}
    group.members = [kept.get(country) or GroupedCountry(country=country) for country in wanted]
    db.session.flush()


def _told(group: PayGroup) -> dict[str, object]:
    return {
        "name": group.name,
        "countries": group.countries,
        "weekdays": list(group.weekdays),
        "timezone": group.timezone,
    }
