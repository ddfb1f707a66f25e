"""The verbs of hiding: words that abuse people are read by their author and by operators alone (ABUSE).

A room that shows words hides them by `hide()`, after it has found them, and asks `of()` before it shows any. The words
stay where they are: what is written anew in their place stays hidden too, until somebody lifts it.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import Select, select, text
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.rules import CLOCK, Actor, OperatorRole, reason_given, require_operator, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import WrongState, move, move_one
from marketplace.core.problems import NotFound
from marketplace.standards.hiding_models import Hiding
from marketplace.standards.hiding_rules import (
    ANSWER_WITHIN,
    HiddenAlready,
    HiddenKind,
    HidingStatus,
    check_answer,
    check_contest,
    check_hider,
)

ROLE = OperatorRole.VETTING
"""Who hides and decides: whoever decides about people anyway, and not who writes the rules that people speak about."""
_SOMEBODY = Actor(person_id=None)
"""Whoever contests, in the event of it: a timeline would show who wrote the words."""
_HELD = Hiding.status != HidingStatus.LIFTED
_INDEXED = text("status <> 'lifted'")
"""The same as a text: where a statement is planned once for all values the index must be known without one."""
Found = Mapping[tuple[UUID, UUID], Hiding]
"""What is hidden, by thing and author."""


# --- reads ------------------------------------------------------------------------------------------------------------


def of(kind: HiddenKind, thing_ids: Collection[UUID]) -> Found:
    """Which words of these things are hidden, in one statement. Without permission: it is for whoever shows them."""
    held = select(Hiding).where(Hiding.kind == kind, Hiding.thing_id.in_(thing_ids), _HELD)
    return {(row.thing_id, row.author_id): row for row in db.session.scalars(held)}


def may_read(author_id: UUID, seen_by: Actor | None, *roles: OperatorRole) -> bool:
    """Whether somebody reads hidden words: their author, operators who decide about them, and those of `roles`."""
    return seen_by is not None and (seen_by.is_in_person(author_id) or seen_by.is_operator(ROLE, *roles))


def listed(status: HidingStatus | None = None, *, seen_by: Actor) -> Select[Hiding]:
    """What was hidden, of one status if it is named. For operators who vet. Raises NotFound, Forbidden."""
    require_operator(seen_by, ROLE)
    return select(Hiding) if status is None else select(Hiding).where(Hiding.status == status)


def mine(*, seen_by: Actor) -> Select[Hiding]:
    """Words of one's own that are hidden, or were."""
    return select(Hiding).where(Hiding.author_id == require_person(seen_by))


def one(hiding_id: UUID, *, seen_by: Actor) -> Hiding:
    """One of them, for its author and for operators who vet. Raises NotFound."""
    return _one(hiding_id, seen_by)


def authors_of(hiding_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Who wrote what was hidden. Without permission: it is for notices."""
    found = select(Hiding.id, Hiding.author_id).where(Hiding.id.in_(hiding_ids))
    return {row.id: row.author_id for row in db.session.execute(found)}


# --- verbs ------------------------------------------------------------------------------------------------------------


def hide(kind: HiddenKind, thing_id: UUID, author_id: UUID, reason: str, *, by: Actor) -> Hiding:
    """Hides words of somebody, for the room that found them. Raises NotFound, Forbidden, OwnWords, ReasonMissing,
    HiddenAlready."""
    require_operator(by, ROLE)
    person_id = require_person(by)
    check_hider(author_id, person_id)
    written = insert(Hiding).values(
        id=new_id(),
        kind=kind,
        thing_id=thing_id,
        author_id=author_id,
        reason=reason_given(reason),
        hidden_by=person_id,
        hidden_at=clock.now(),
        status=HidingStatus.HIDDEN,
    )
    once = written.on_conflict_do_nothing(index_elements=["kind", "thing_id", "author_id"], index_where=_INDEXED)
    made = db.session.scalars(once.returning(Hiding)).one_or_none()
    if made is None:
        raise HiddenAlready
    record("hiding.made", made, by=by)
    return made


def contest(hiding_id: UUID, words: str, *, by: Actor) -> Hiding:
    """The author says why their words should be shown: once, in time. Another operator than the one who hid them
    answers. Raises NotFound, NotContestable, ReasonMissing."""
    row = _one(hiding_id, by, lock=True)
    if not by.is_in_person(row.author_id):
        raise NotFound
    moment = clock.now()
    check_contest(row.status, row.hidden_at, moment)
    values = {"contest": reason_given(words), "contested_at": moment, "answer_by": moment + ANSWER_WITHIN}
    move_one(row, HidingStatus.CONTESTED, by=_SOMEBODY, event="hiding.contested", values=values)
    return row


def uphold(hiding_id: UUID, reason: str, *, by: Actor) -> Hiding:
    """Another operator finds that contested words stay hidden, and why. Raises NotFound, Forbidden, OwnWords, HidThem,
    AnsweredByTime, ReasonMissing, WrongState."""
    row = _to_decide(hiding_id, by)
    moment, person_id = clock.now(), require_person(by)
    if row.status is not HidingStatus.CONTESTED or row.answer_by is None:
        raise WrongState(f"It is {row.status}.", state=str(row.status))
    check_answer(row.author_id, row.hidden_by, row.answer_by, person_id, moment)
    values = {"answer": reason_given(reason), "answered_by": person_id, "answered_at": moment}
    move_one(row, HidingStatus.UPHELD, by=by, event="hiding.upheld", values=values)
    return row


def lift(hiding_id: UUID, reason: str, *, by: Actor) -> Hiding:
    """Shows the words again, at any time, and says why. Whoever hid them may: it is for the author, and answers a
    contest that waits. Raises NotFound, Forbidden, OwnWords, ReasonMissing, WrongState."""
    row = _to_decide(hiding_id, by)
    person_id = require_person(by)
    check_hider(row.author_id, person_id)
    values = {"lift_reason": reason_given(reason), "lifted_by": person_id, "lifted_at": clock.now()}
    move_one(row, HidingStatus.LIFTED, by=by, event="hiding.lifted", values=values)
    return row


def lapse_due(limit: int = 200) -> int:
    """Shows words again about which nobody has answered in time. Returns how many."""
    now, waits = clock.now(), Hiding.status == HidingStatus.CONTESTED
    due = select(Hiding.id).where(waits, Hiding.answer_by <= now).order_by(Hiding.answer_by).limit(limit)
    ids = db.session.scalars(due.with_for_update(skip_locked=True)).all()
    old, new = HidingStatus.CONTESTED, HidingStatus.LIFTED
    return len(move(Hiding, ids, old=old, new=new, by=CLOCK, event="hiding.lapsed", values={"lifted_at": now}))


def _to_decide(hiding_id: UUID, by: Actor) -> Hiding:
    require_operator(by, ROLE)
    return _one(hiding_id, by, lock=True)


def _one(hiding_id: UUID, seen_by: Actor, *, lock: bool = False) -> Hiding:
    found = db.session.get(Hiding, hiding_id, with_for_update=lock or None, populate_existing=lock)
    if found is None or not may_read(found.author_id, seen_by):
        raise NotFound
    return found
