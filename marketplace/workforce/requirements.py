"""What people show before they are taken in, of one person or of many: found, handed in, and moved together."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from marketplace.accounts.rules import Actor, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.lifecycle import WrongState, move
from marketplace.core.problems import NotFound
from marketplace.workforce import evidence, expiring, rules
from marketplace.workforce.models import Contractor, Requirement
from marketplace.workforce.rules import NothingChosen, RequirementKind, RequirementStatus

Shown = Sequence[tuple[Actor, Mapping[RequirementKind, str]]]
"""People, each with what they show and a note on it."""


def submit_many(shown: Shown) -> list[Requirement]:
    """As `service.submit_requirements()`, of many people, each in their own name: all of it is handed in, or nothing,
    in as many statements as for one."""
    actors = {require_person(by): by for by, _ in shown}
    notes = {require_person(by): kinds for by, kinds in shown}
    known = select(Contractor.id).where(Contractor.id.in_(actors))
    if len(db.session.scalars(known).all()) < len(actors):
        raise NotFound
    rows = find(notes)
    for row in rows:
        if row.status is RequirementStatus.MET:
            expiring.check_submitted_anew(db.session.get_one(Contractor, row.contractor_id), row)
    evidence.check(notes)
    outcomes = {
        row.id: RequirementStatus.MET if row.kind in rules.MET_BY_SUBMITTING else RequirementStatus.SUBMITTED
        for row in rows
    }
    said = {row.id: {"note": notes[row.contractor_id][row.kind]} for row in rows}
    by = {row.id: actors[row.contractor_id] for row in rows}
    move_each(rows, outcomes, said, {"submitted_at": clock.now()}, by)
    return rows


def find(asked: Mapping[UUID, Collection[RequirementKind]]) -> list[Requirement]:
    """Those of each person, in the order in which they are named. Raises NothingChosen when there is none."""
    wanted = [(person, kind) for person, kinds in asked.items() for kind in kinds]
    if not wanted:
        raise NothingChosen
    found = select(Requirement).where(tuple_(Requirement.contractor_id, Requirement.kind).in_(wanted))
    rows = {(row.contractor_id, row.kind): row for row in db.session.scalars(found)}
    if len(rows) < len(wanted):
        raise NotFound
    return [rows[each] for each in wanted]


def states(contractor_ids: Collection[UUID]) -> dict[UUID, dict[RequirementKind, RequirementStatus]]:
    """What was asked of each person, and how it stands. The caller has made sure that the asker may see it."""
    found: dict[UUID, dict[RequirementKind, RequirementStatus]] = {known: {} for known in contractor_ids}
    for row in db.session.scalars(select(Requirement).where(Requirement.contractor_id.in_(contractor_ids))):
        found[row.contractor_id][row.kind] = row.status
    return found


def move_each(
    rows: Sequence[Requirement],
    outcomes: Mapping[UUID, RequirementStatus],
    by_row: Mapping[UUID, Mapping[str, str]],
    values: Mapping[str, Any],
    by: Actor | Mapping[UUID, Actor],
) -> None:
    """One statement for each way in which some of them move. Raises WrongState, with nothing moved by the caller's
    transaction, when one cannot."""
    ways: dict[tuple[RequirementStatus, RequirementStatus], list[UUID]] = {}
    for row in rows:
        ways.setdefault((row.status, outcomes[row.id]), []).append(row.id)
    for (old, new), ids in ways.items():
        event, own = f"requirement.{new}", {row_id: by_row[row_id] for row_id in ids}
        moved = move(Requirement, ids, old=old, new=new, by=by, event=event, values=values, by_row=own, told=("kind",))
        if len(moved) < len(ids):
            raise WrongState("It has changed since it was loaded.", state=str(old), wanted=str(new))
