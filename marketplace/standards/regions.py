"""The verbs of places: an operator changes what is known of one, a second confirms what would lower a protection."""

from datetime import date
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.rules import Actor, OperatorRole, require_operator, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import WrongState, move_one
from marketplace.core.money import minor_digits
from marketplace.core.problems import NotFound
from marketplace.standards import comments, queries
from marketplace.standards.comment_rules import OPEN_FOR, check_heard
from marketplace.standards.models import RegionChange, RegionVersion
from marketplace.standards.protection import (
    ChangedMeanwhile,
    ChangeStatus,
    NothingChanges,
    RegionFacts,
    SamePerson,
    check_facts,
    lowered,
)


def change(
    country: str,
    subdivision: str | None,
    facts: RegionFacts,
    *,
    by: Actor,
    valid_from: date | None = None,
    based_on: int | None = None,
) -> RegionChange:
    """What is known of a place from a day on, today if none is named. Operators of standards only.

    In force at once, unless it lowers a protection: then it is announced, open to comments, and waits for a second
    operator. `based_on` is the version that
    the operator looked at, None where there was none. Raises UnknownPlace, BadMoney, UnknownZone, BadRegion,
    NothingChanges, and ChangedMeanwhile when there is a newer version than that.
    """
    require_operator(by, OperatorRole.STANDARDS)
    today = clock.now().date()
    starts = valid_from or today
    queries.check_place(country, subdivision)
    minor_digits(facts.currency)
    for timezone in facts.timezones:
        clock.zone(timezone)
    check_facts(facts, starts, today)
    newest = queries.newest_version(country, subdivision)
    if (newest.version if newest else None) != based_on:
        raise ChangedMeanwhile
    if newest is not None and queries.facts_of(newest) == facts:
        raise NothingChanges
    lowers = lowered(_held_before(country, subdivision, newest), facts)
    moment = clock.now()
    row = RegionChange(
        country=country,
        subdivision=subdivision,
        based_on=based_on,
        facts=facts.as_json(),
        valid_from=starts,
        lowers=[str(protection) for protection in lowers],
        status=ChangeStatus.WAITING if lowers else ChangeStatus.IN_FORCE,
        proposed_by=require_person(by),
        proposed_at=moment,
        comments_until=moment + OPEN_FOR if lowers else None,
    )
    if not lowers:
        row.version = _written(row)
    db.session.add(row)
    db.session.flush()
    record(f"region_change.{'proposed' if lowers else 'entered'}", row, by=by, data=_told(row))
    return row


def confirm(change_id: UUID, *, by: Actor) -> RegionChange:
    """Somebody else than who proposed a change that lowers a protection says that it is so: it is in force, from its
    day or from today where that is over. Raises NotFound, SamePerson, WrongState, ChangedMeanwhile when another version
    has come in between, CommentsOpen and CommentsUnanswered until everybody was heard (rule COMMENTS)."""
    row = _waiting(change_id, by)
    person_id = require_person(by)
    if row.proposed_by == person_id:
        raise SamePerson
    newest = queries.newest_version(row.country, row.subdivision)
    if (newest.version if newest else None) != row.based_on:
        raise ChangedMeanwhile
    moment = clock.now()
    assert row.comments_until is not None
    check_heard(row.comments_until, comments.waiting_on(row.id), moment)
    starts = max(row.valid_from, moment.date())
    version = _written(row, valid_from=starts, confirmed_by=person_id)
    values = {"decided_by": person_id, "decided_at": moment, "valid_from": starts, "version": version}
    move_one(row, ChangeStatus.IN_FORCE, by=by, event="region_change.confirmed", values=values, data=_told(row))
    return row


def refuse(change_id: UUID, *, by: Actor) -> RegionChange:
    """Any operator of standards, the one who proposed it too, takes a waiting change off the table."""
    row = _waiting(change_id, by)
    values = {"decided_by": require_person(by), "decided_at": clock.now()}
    move_one(row, ChangeStatus.REFUSED, by=by, event="region_change.refused", values=values, data=_told(row))
    return row


def changes(seen_by: Actor, status: ChangeStatus | None = None) -> Select[RegionChange]:
    """What operators changed or proposed, of one status if it is named. For operators."""
    require_operator(seen_by)
    found = select(RegionChange)
    return found if status is None else found.where(RegionChange.status == status)


def _held_before(country: str, subdivision: str | None, newest: RegionVersion | None) -> RegionFacts | None:
    """What held for people there: the place's own newest version, else its country's."""
    held = newest if newest is not None or subdivision is None else queries.newest_version(country, None)
    return None if held is None else queries.facts_of(held)


def _waiting(change_id: UUID, by: Actor) -> RegionChange:
    require_operator(by, OperatorRole.STANDARDS)
    found = select(RegionChange).where(RegionChange.id == change_id).with_for_update()
    row = db.session.scalars(found.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound
    if row.status is not ChangeStatus.WAITING:
        raise WrongState(f"The change is {row.status}.", state=str(row.status))
    return row


def _written(row: RegionChange, valid_from: date | None = None, confirmed_by: UUID | None = None) -> int:
    """The number of the place's next version, which is written. Of two at once one finds the number taken, and is asked
    to look again."""
    facts = RegionFacts.of(row.facts)
    values = {name: getattr(facts, name) for name in RegionFacts.__dataclass_fields__}
    values |= {
        "id": new_id(),
        "country": row.country,
        "subdivision": row.subdivision,
        "version": (row.based_on or 0) + 1,
        "valid_from": valid_from or row.valid_from,
        "timezones": list(facts.timezones),
        "entered_by": row.proposed_by,
        "confirmed_by": confirmed_by,
        "entered_at": clock.now(),
    }
    added = insert(RegionVersion).values(values).on_conflict_do_nothing().returning(RegionVersion.version)
    version = db.session.scalar(added)
    if version is None:
        raise ChangedMeanwhile
    return version


def _told(row: RegionChange) -> dict[str, object]:
    return {"place": row.place, "lowers": list(row.lowers), "valid_from": row.valid_from.isoformat()}
