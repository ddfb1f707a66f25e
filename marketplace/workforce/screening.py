"""Comparing people with lists of sanctions. A machine finds names that are alike; whether it is the same person is said
by a person, with a reason, and nobody is refused by anything else."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import md5, sha256
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, any_, delete, exists, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.accounts.models import Person
from marketplace.accounts.rules import (
    CLOCK,
    CONSOLE,
    Actor,
    OperatorRole,
    reason_given,
    require_operator,
    require_person,
)
from marketplace.core import clock
from marketplace.core.db import db, make_sure
from marketplace.core.events import record, record_many
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import move_one
from marketplace.core.problems import NotFound
from marketplace.workforce import listed, names
from marketplace.workforce.listed import HitOpen, HitStatus
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import ContractorStatus, check_decider
from marketplace.workforce.screening_models import ListedName, Screened, ScreeningHit, ScreeningList

AT_ONCE = 2000
PREFIX = 3
_CURRENT = ScreeningList.replaced_at.is_(None)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A list that took the place of the one before: how many of its entries are new, and how many of before are gone.
    An entry whose name or birth date is written otherwise is both."""

    list: ScreeningList
    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How many people were compared with the lists that hold now, of how many."""

    compared: int
    all: int


def load_list(text: str, *, by: Actor) -> Loaded:
    """Loads a list in place of the one before of its source. Whoever is compared with it next is everybody.

    For the console and for administrators. Raises NotFound or Forbidden for others, BadList.
    """
    if by != CONSOLE:
        require_operator(by, OperatorRole.ADMIN)
    found, moment = listed.read_list(text), clock.now()
    older = select(ScreeningList.id).where(ScreeningList.source == found.source, _CURRENT)
    listed_before = select(ListedName.name, ListedName.birth_date).where(ListedName.list_id.in_(older))
    before = {(row.name, row.birth_date) for row in db.session.execute(listed_before)}
    after = {(entry.name, entry.birth_date) for entry in found.entries}
    db.session.execute(delete(ListedName).where(ListedName.list_id.in_(older)))
    replaced = update(ScreeningList).where(ScreeningList.source == found.source, _CURRENT)
    db.session.execute(replaced.values(replaced_at=moment))
    row = ScreeningList(
        source=found.source,
        dated_on=found.dated_on,
        sha256=sha256(text.encode()).hexdigest(),
        entries=len(found.entries),
        loaded_at=moment,
    )
    db.session.add(row)
    db.session.flush()
    rows = [_as_row(row.id, entry) for entry in found.entries]
    for start in range(0, len(rows), AT_ONCE):
        db.session.execute(insert(ListedName), rows[start : start + AT_ONCE])
    loaded = Loaded(row, len(after - before), len(before - after))
    counts = {"entries": row.entries, "added": loaded.added, "removed": loaded.removed}
    record("screening_list.loaded", row, by=by, data=counts)
    return loaded


def progress(seen_by: Actor) -> Progress:
    """How far the comparison with the lists of now has come. Raises NotFound or Forbidden unless an operator of vetting
    asks."""
    require_operator(seen_by, OperatorRole.VETTING)
    people = select(func.count()).select_from(Contractor).where(Contractor.status != ContractorStatus.CLOSED)
    left = db.session.scalars(select(func.count()).select_from(_due().subquery())).one()
    whole = db.session.scalars(people).one()
    return Progress(whole - left, whole)


def lists(seen_by: Actor) -> Sequence[ScreeningList]:
    """The lists that hold now, the newest first. Raises NotFound or Forbidden unless an operator of vetting asks."""
    require_operator(seen_by, OperatorRole.VETTING)
    return db.session.scalars(select(ScreeningList).where(_CURRENT).order_by(ScreeningList.loaded_at.desc())).all()


def hits(seen_by: Actor, status: HitStatus | None = HitStatus.OPEN) -> Select[ScreeningHit]:
    """What was found, of one status if it is given. Raises NotFound or Forbidden unless an operator of vetting asks."""
    require_operator(seen_by, OperatorRole.VETTING)
    found = select(ScreeningHit)
    return found if status is None else found.where(ScreeningHit.status == status)


def screen(contractor_ids: Collection[UUID]) -> list[ScreeningHit]:
    """Compares people with every list that holds now, and returns what is new. What a person has cleared stays so."""
    moment, rows, done = clock.now(), [], []
    people = select(Contractor.id, Contractor.born_on, Person.name).join(Person, Person.id == Contractor.id)
    for who in db.session.execute(people.where(Contractor.id.in_(contractor_ids)).order_by(Contractor.id)):
        year = who.born_on.year if who.born_on else None
        rows += [found | {"contractor_id": who.id, "found_at": moment} for found in _alike(who.name, year)]
        digest = md5(who.name.encode(), usedforsecurity=False).hexdigest()
        done.append({"contractor_id": who.id, "at": moment, "name_md5": digest})
    made = list(db.session.scalars(_new_hits(), rows)) if rows else []
    if done:
        row = insert(Screened)
        again = {"at": row.excluded.at, "name_md5": row.excluded.name_md5}
        db.session.execute(row.on_conflict_do_update(index_elements=["contractor_id"], set_=again), done)
    record_many("screening_hit.found", [(hit, {"score": hit.score}) for hit in made], by=CLOCK)
    return made


def screen_due(limit: int) -> int:
    """Compares whoever has not been compared since a list was loaded, or has another name now. Returns how many."""
    return _screen_of(_due(), limit)


def screen_left(which: Select[UUID | None], limit: int) -> int:
    """Likewise of those among these people who have left. Returns how many."""
    left = Contractor.status == ContractorStatus.CLOSED
    return _screen_of(_due(with_closed=True).where(left, Contractor.id.in_(which)), limit)


def _screen_of(due: Select[UUID], limit: int) -> int:
    rows = due.order_by(Contractor.id).limit(limit).with_for_update(of=Contractor, skip_locked=True)
    found = db.session.scalars(rows).all()
    screen(found)
    return len(found)


def check(contractor_ids: Collection[UUID]) -> None:
    """Before people are taken in: they were compared with the lists that hold now, and a person has cleared every name
    that theirs are like. Raises HitOpen."""
    _screen_surely(contractor_ids, with_closed=False)
    check_cleared(contractor_ids)


def check_cleared(contractor_ids: Collection[UUID]) -> None:
    """Raises HitOpen unless a person has cleared every listed name that was found to be like these people's."""
    waits = select(ScreeningHit.id).where(
        ScreeningHit.contractor_id.in_(contractor_ids), ScreeningHit.status != HitStatus.CLEARED
    )
    if found := db.session.scalars(waits).all():
        raise HitOpen(hits=[str(each) for each in found])


def held_back(contractor_ids: Collection[UUID]) -> dict[UUID, HitStatus]:
    """Those of these people to whom no pay goes now, whether they are with the service still or have left: a person has
    confirmed that theirs is a listed name, or has still to look. Whoever was not compared with the lists of now is
    compared here, and what was found is kept also where the caller refuses. It stays what it is until the commit."""
    _screen_surely(contractor_ids, with_closed=True)
    found = select(ScreeningHit).where(
        ScreeningHit.contractor_id.in_(contractor_ids), ScreeningHit.status != HitStatus.CLEARED
    )
    held = found.order_by(ScreeningHit.id).with_for_update(read=True).execution_options(populate_existing=True)
    # The confirmed come last, so that they stand.
    rows = sorted(db.session.scalars(held), key=lambda hit: hit.status is HitStatus.CONFIRMED)
    return {hit.contractor_id: hit.status for hit in rows if hit.status is not HitStatus.CLEARED}


def found_of(contractor_ids: Collection[UUID]) -> set[UUID]:
    """Those of these people of whom something was found that nobody has cleared; nobody is compared. For pages that
    tell of it: what pays asks `held_back()`. The caller has made sure that the asker may know."""
    people = literal(list(contractor_ids), ARRAY(Uuid()))
    found = select(ScreeningHit.contractor_id).where(
        ScreeningHit.contractor_id == any_(people), ScreeningHit.status != HitStatus.CLEARED
    )
    return set(db.session.scalars(found))


def is_found(contractor_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """The same of a column, for a statement that leaves such people out."""
    return exists().where(ScreeningHit.contractor_id == contractor_id, ScreeningHit.status != HitStatus.CLEARED)


def deciders(contractor_id: UUID) -> set[UUID]:
    """The operators by whose word this person stands on a list."""
    confirmed = ScreeningHit.status == HitStatus.CONFIRMED
    found = select(ScreeningHit.decided_by).where(ScreeningHit.contractor_id == contractor_id, confirmed)
    return {each for each in db.session.scalars(found) if each is not None}


def has_open(contractor_id: UUID) -> bool:
    """Whether a person has still to look at a likeness. The caller has made sure that the asker may know."""
    waits = exists().where(ScreeningHit.contractor_id == contractor_id, ScreeningHit.status == HitStatus.OPEN)
    return bool(db.session.scalar(select(waits)))


def decide(hit_id: UUID, same_person: bool, reason: str, *, by: Actor) -> ScreeningHit:
    """An operator says whether it is the same person, and why. Refusing or suspending them is another decision.

    Raises NotFound or Forbidden, OwnCase, ReasonMissing, WrongState when it was decided so already.
    """
    require_operator(by, OperatorRole.VETTING)
    found = db.session.get(ScreeningHit, hit_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    check_decider(require_person(by), found.contractor_id, earlier=None)
    new = HitStatus.CONFIRMED if same_person else HitStatus.CLEARED
    values = {"reason": reason_given(reason), "decided_by": by.person_id, "decided_at": clock.now()}
    move_one(found, new, by=by, event=f"screening_hit.{new}", values=values)
    return found


def _screen_surely(contractor_ids: Collection[UUID], *, with_closed: bool) -> None:
    """Compares those of these people who were not compared with the lists of now. Whoever stands in the way of a verb
    makes it refuse, and its transaction is rolled back: an operator would have nobody to decide about."""
    due = _due(with_closed=with_closed).where(Contractor.id.in_(contractor_ids))
    if found := db.session.scalars(due.order_by(Contractor.id)).all():
        screen(found)
        again = _due(with_closed=True).where(Contractor.id.in_(found))
        make_sure(f"screening {found}", lambda: screen(db.session.scalars(again).all()))


def _due(*, with_closed: bool = False) -> Select[UUID]:
    newest = select(func.max(ScreeningList.loaded_at)).where(_CURRENT).scalar_subquery()
    stale = or_(Screened.at.is_(None), Screened.at < newest, Screened.name_md5 != func.md5(Person.name))
    due = (
        select(Contractor.id)
        .join(Person, Person.id == Contractor.id)
        .outerjoin(Screened, Screened.contractor_id == Contractor.id)
        .where(newest.is_not(None), stale)
    )
    return due if with_closed else due.where(Contractor.status != ContractorStatus.CLOSED)


def _alike(name: str, born_year: int | None) -> list[dict[str, Any]]:
    """The listed people whose name is as alike as the rule asks. The index finds those with a part in common."""
    candidates = (
        select(ListedName, ScreeningList.source, ScreeningList.dated_on)
        .join(ScreeningList, ScreeningList.id == ListedName.list_id)
        .where(_CURRENT, ListedName.keys.overlap(_keys([name])))
        .order_by(ListedName.id)
    )
    found = []
    for entry, source, dated_on in db.session.execute(candidates):
        likeness = names.likeness(name, entry.names, born_year, entry.birth_year)
        if likeness is not None:
            found.append(
                {
                    "source": source,
                    "dated_on": dated_on,
                    "listed_name": entry.name,
                    "alike": likeness.listed_name,
                    "birth_date": entry.birth_date,
                    "country": entry.country,
                    "score": likeness.score,
                    "birth_differs": likeness.birth_differs,
                    "id": new_id(),
                    "status": HitStatus.OPEN,
                    "reason": "",
                }
            )
    return found


def _new_hits() -> Any:
    return insert(ScreeningHit).on_conflict_do_nothing().returning(ScreeningHit)


def _as_row(list_id: UUID, entry: listed.Entry) -> dict[str, Any]:
    known = [entry.name, *entry.aliases]
    return {
        "id": new_id(),
        "list_id": list_id,
        "name": entry.name,
        "names": known,
        "keys": _keys(known),
        "birth_date": entry.birth_date,
        "birth_year": entry.birth_year,
        "country": entry.country,
    }


def _keys(known: Sequence[str]) -> list[str]:
    """The beginnings of a name's parts, with their vowels and without."""
    parts = {part for name in known for part in names.normalised(name).split()}
    return sorted({part[:PREFIX] for part in parts} | {f"*{names.consonants(part)[:PREFIX]}" for part in parts})
