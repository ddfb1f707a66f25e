"""The verbs of comments: what people say of a change that lowers a protection, and what operators answer.

A change is announced by being proposed. No event is written of a comment, because a timeline would show who spoke.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from marketplace.accounts.rules import Actor, OperatorRole, require_operator, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.lifecycle import WrongState
from marketplace.core.problems import NotFound
from marketplace.standards import hiding
from marketplace.standards.comment_rules import (
    CommentsOver,
    NoComment,
    NotToAnswer,
    OwnComment,
    Speaker,
    check_over,
    speaks_as,
)
from marketplace.standards.hiding_models import Hiding
from marketplace.standards.hiding_rules import HiddenKind, NothingToHide
from marketplace.standards.models import RegionAnswer, RegionChange, RegionComment, RegionVersion
from marketplace.standards.protection import ChangeStatus, Difference, RegionFacts, differences
from marketplace.standards.queries import facts_of

_WAITS = (RegionComment.words != "", RegionComment.answer_id.is_(None))
"""What is taken back, or erased with its person, needs no answer."""


@dataclass(frozen=True, slots=True)
class Announced:
    """A change that lowers a protection, as everybody reads it: what it changes, and how many comments it has."""

    row: RegionChange
    changed: Sequence[Difference]
    comments: int
    unanswered: int

    @property
    def is_open(self) -> bool:
        """Whether anybody may still comment."""
        return _is_open(self.row)

    @property
    def is_heard(self) -> bool:
        """Whether nothing of rule COMMENTS stands against confirming it."""
        return self.row.status is ChangeStatus.WAITING and not self.is_open and not self.unanswered

    def as_dict(self) -> dict[str, Any]:
        """The change for the wire, without whoever proposed or decided it."""
        row = self.row
        return {
            "id": row.id,
            "country": row.country,
            "subdivision": row.subdivision,
            "status": row.status,
            "lowers": row.lowers,
            "changed": self.changed,
            "source": RegionFacts.of(row.facts).source,
            "valid_from": row.valid_from,
            "announced_at": row.proposed_at,
            "comments_until": row.comments_until,
            "decided_at": row.decided_at,
            "version": row.version,
            "is_open": self.is_open,
            "comments": self.comments,
            "unanswered": self.unanswered,
        }


@dataclass(frozen=True, slots=True)
class Said:
    """A comment as one reader reads it: without words where they are hidden from them. `hidden_under` is the rule, and
    `hiding_id` is told to whoever reads the words all the same."""

    id: UUID
    speaker: Speaker
    words: str
    answer: RegionAnswer | None
    hidden_under: str | None
    hiding_id: UUID | None


# --- reads: all but one's own comment is public -----------------------------------------------------------------------


def announced() -> Select[RegionChange]:
    """Every change that was open to comments, or is."""
    return select(RegionChange).where(RegionChange.comments_until.is_not(None))


def told(rows: Sequence[RegionChange]) -> list[Announced]:
    """Changes with what they change and how many comments they have, in two statements however many they are."""
    said = func.count().filter(RegionComment.words != "")
    counted = select(RegionComment.change_id, said, func.count().filter(*_WAITS)).group_by(RegionComment.change_id)
    ids = [row.id for row in rows]
    found = db.session.execute(counted.where(RegionComment.change_id.in_(ids)))
    counts = {change_id: (comments, unanswered) for change_id, comments, unanswered in found}
    countries = {row.country for row in rows}
    known = select(RegionVersion).where(RegionVersion.country.in_(countries)).order_by(RegionVersion.version)
    versions = db.session.scalars(known).all()
    return [
        Announced(
            row, tuple(differences(_before(row, versions), RegionFacts.of(row.facts))), *counts.get(row.id, (0, 0))
        )
        for row in rows
    ]


def change(change_id: UUID) -> Announced:
    """One of them. Raises NotFound."""
    return told([_announced(announced().where(RegionChange.id == change_id))])[0]


def said_of(change_id: UUID) -> Select[RegionComment]:
    """What people said of a change, with what was answered. Its ids come in no order, so that none tells when it was
    written. Raises NotFound."""
    _announced(announced().where(RegionChange.id == change_id))
    found = select(RegionComment).options(joinedload(RegionComment.answer))
    found = found.where(RegionComment.change_id == change_id, RegionComment.words != "")
    return found.execution_options(populate_existing=True)


def read(rows: Sequence[RegionComment], *, seen_by: Actor | None) -> list[Said]:
    """Comments as somebody reads them, or a stranger (None). Hidden words are told to their author, to operators who
    vet, and to those of standards, who answer them."""
    hidden = hiding.of(HiddenKind.COMMENT, [row.id for row in rows])
    return [_said(row, hidden.get((row.id, row.person_id)), seen_by) for row in rows]


def comment(comment_id: UUID, *, seen_by: Actor) -> RegionComment:
    """One comment with its words, hidden or not: for its author and for operators who vet. Raises NotFound."""
    found = db.session.get(RegionComment, comment_id, populate_existing=True)
    if found is None or not hiding.may_read(found.person_id, seen_by):
        raise NotFound
    return found


def words_of(comment_ids: Collection[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """The change and the words of some comments, hidden or not. Without permission: it is for whoever may see that
    they were hidden."""
    found = select(RegionComment.id, RegionComment.change_id, RegionComment.words)
    rows = db.session.execute(found.where(RegionComment.id.in_(comment_ids)))
    return {row.id: (row.change_id, row.words) for row in rows}


def waiting_on(change_id: UUID) -> int:
    """How many comments have no answer."""
    found = select(func.count()).select_from(RegionComment).where(RegionComment.change_id == change_id, *_WAITS)
    return db.session.scalars(found).one()


def own(change_id: UUID, *, seen_by: Actor) -> RegionComment | None:
    """What the person said of the change, None when they said nothing."""
    found = select(RegionComment).options(joinedload(RegionComment.answer))
    found = found.where(RegionComment.change_id == change_id, RegionComment.person_id == require_person(seen_by))
    return db.session.scalars(found.execution_options(populate_existing=True)).one_or_none()


def answered_by(answer_ids: Collection[UUID]) -> dict[str, list[UUID]]:
    """Who wrote what some answers answer, by the answer; whoever took their words back is not among them. Without
    permission: it is for notices."""
    found = select(RegionComment.answer_id, RegionComment.person_id).where(RegionComment.answer_id.in_(answer_ids))
    found = found.where(RegionComment.words != "")
    writers: dict[str, list[UUID]] = {}
    for answer_id, person_id in db.session.execute(found.order_by(RegionComment.person_id)):
        writers.setdefault(str(answer_id), []).append(person_id)
    return writers


# --- verbs ------------------------------------------------------------------------------------------------------------


def say(change_id: UUID, words: str, *, by: Actor) -> RegionComment:
    """Says what one thinks of a change, or says it anew until the days are over: one comment a person and change.
    Raises NotFound, CommentsOver."""
    person_id = require_person(by)
    # Shared with others who comment, and before whoever decides: no comment comes in behind a decision.
    row = _announced(announced().where(RegionChange.id == change_id).with_for_update(read=True))
    if not _is_open(row):
        raise CommentsOver
    moment = clock.now()
    written = insert(RegionComment).values(
        id=uuid4(),
        change_id=change_id,
        person_id=person_id,
        speaker=speaks_as(is_operator=by.is_operator(), for_company=bool(by.companies)),
        words=words.strip(),
        written_at=moment,
    )
    anew = {"words": written.excluded.words, "edited_at": moment}
    db.session.execute(written.on_conflict_do_update(index_elements=["change_id", "person_id"], set_=anew))
    return _own(change_id, by)


def take_back(change_id: UUID, *, by: Actor) -> RegionComment:
    """Empties what one said, at any time. Raises NotFound, NoComment."""
    person_id = require_person(by)
    _announced(announced().where(RegionChange.id == change_id))
    mine = update(RegionComment).where(RegionComment.change_id == change_id, RegionComment.person_id == person_id)
    emptied = mine.where(RegionComment.words != "").values(words="").returning(RegionComment.id)
    if db.session.scalar(emptied) is None:
        raise NoComment
    return _own(change_id, by)


def answer(change_id: UUID, comment_ids: Collection[UUID], words: str, *, by: Actor) -> RegionAnswer:
    """An operator of standards answers comments, in words that everybody reads. Only when the days are over: what was
    answered is what stays. Raises NotFound, Forbidden, WrongState, CommentsOpen, NotToAnswer, OwnComment."""
    require_operator(by, OperatorRole.STANDARDS)
    person_id = require_person(by)
    row = _announced(announced().where(RegionChange.id == change_id).with_for_update())
    if row.status is not ChangeStatus.WAITING:
        raise WrongState(f"The change is {row.status}.", state=str(row.status))
    assert row.comments_until is not None
    check_over(row.comments_until, waiting_on(change_id), clock.now())
    wanted = set(comment_ids)
    found = select(RegionComment.person_id).where(RegionComment.change_id == change_id, *_WAITS)
    writers = db.session.scalars(found.where(RegionComment.id.in_(wanted)).with_for_update()).all()
    if len(writers) != len(wanted):
        raise NotToAnswer(field="comment_ids")
    if person_id in writers:
        raise OwnComment
    made = RegionAnswer(change_id=change_id, words=words.strip(), answered_by=person_id, answered_at=clock.now())
    db.session.add(made)
    db.session.flush()
    db.session.execute(update(RegionComment).where(RegionComment.id.in_(wanted)).values(answer_id=made.id))
    told = {"place": row.place, "comments": len(wanted), "answer": str(made.id)}
    record("region_change.answered", row, by=by, data=told)
    return made


def hide(change_id: UUID, comment_id: UUID, reason: str, *, by: Actor) -> Hiding:
    """An operator who vets hides a comment that abuses people (ABUSE). It waits for an answer like any other: operators
    of standards read it. Raises NotFound, Forbidden, NothingToHide, OwnWords, ReasonMissing, HiddenAlready."""
    require_operator(by, hiding.ROLE)
    row = comment(comment_id, seen_by=by)
    if row.change_id != change_id:
        raise NotFound
    if not row.words:
        raise NothingToHide
    return hiding.hide(HiddenKind.COMMENT, row.id, row.person_id, reason, by=by)


def _said(row: RegionComment, hidden: Hiding | None, seen_by: Actor | None) -> Said:
    reads = hidden is None or hiding.may_read(row.person_id, seen_by, OperatorRole.STANDARDS)
    return Said(
        id=row.id,
        speaker=row.speaker,
        words=row.words if reads else "",
        answer=row.answer,
        hidden_under=hidden.rule if hidden else None,
        hiding_id=hidden.id if hidden and reads else None,
    )


def _announced(found: Select[RegionChange]) -> RegionChange:
    row = db.session.scalars(found.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound
    return row


def _own(change_id: UUID, by: Actor) -> RegionComment:
    found = own(change_id, seen_by=by)
    assert found is not None
    return found


def _is_open(row: RegionChange) -> bool:
    until = row.comments_until
    return row.status is ChangeStatus.WAITING and until is not None and clock.now() < until


def _before(row: RegionChange, versions: Sequence[RegionVersion]) -> RegionFacts | None:
    """What the change was held against: the version that was looked at, else the country's newest of that time.
    `versions` are those of its country, the oldest first."""
    if row.based_on is not None:
        held = [each for each in versions if (each.subdivision, each.version) == (row.subdivision, row.based_on)]
    else:
        of_country = [each for each in versions if each.subdivision is None and row.subdivision is not None]
        held = [each for each in of_country if each.entered_at is None or each.entered_at <= row.proposed_at]
    held = [each for each in held if each.country == row.country]
    return facts_of(held[-1]) if held else None
