"""A later gig takes over the finished pilot of an earlier one (rule PILOT), so that like work does not start anew.

The company says so for each gig. It is the same work where the instructions are the same to the letter, or where
somebody other than their author confirms that what changed does not make it other work.
"""

from uuid import UUID

from sqlalchemy import exists, or_, select

from marketplace.accounts.rules import Actor, Right, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.problems import NotFound
from marketplace.gigs import gate, queries
from marketplace.gigs.instruction_rules import SameAuthor
from marketplace.gigs.models import Gig, InheritedPilot, Instructions, Pilot, RollingPilot
from marketplace.gigs.rules import NOT_CLOSED, CannotInherit, check_same_work


def inherit_pilot(
    gig_id: UUID, from_gig_id: UUID, *, changes: str = "", same_work: bool = False, by: Actor
) -> InheritedPilot:
    """Takes over the pilot of an earlier gig of the company. Where the instructions differ, whoever did not write the
    new ones says what changed and that it is the same work. Doing it again changes the link.

    Raises NotFound, WrongState when the gig is closed, SameAuthor, and CannotInherit for other or more distressing
    work, for instructions that nobody has verified, and for a pilot that is not finished.
    """
    gig = queries.locked(gig_id, Right.GIGS, by, *NOT_CLOSED)
    source = queries.company_gig(from_gig_id, by)
    if source.company_id != gig.company_id:
        raise NotFound
    root = _root(source)
    if root.id == gig.id:
        raise CannotInherit("A gig does not inherit from itself.", field="from_gig_id")
    check_same_work(root.work_kind, root.hazard_class, gig.work_kind, gig.hazard_class)
    if (lacks := gate.lacks_of_pilot(source)) is not None:
        raise CannotInherit(f"Its pilot is not finished: {lacks}.", field="from_gig_id")
    new = _same_words(gig, root, changes, same_work, by)
    row = db.session.get(InheritedPilot, gig.id) or InheritedPilot(id=gig.id, company_id=gig.company_id)
    row.from_gig_id, row.instructions_sha256, row.changes = root.id, new.text_sha256, changes.strip()
    row.linked_by, row.linked_at = require_person(by), clock.now()
    db.session.add(row)
    record("pilot.inherited", row, by=by, data={"from": str(root.id)})
    return row


def earlier_gigs(gig: Gig) -> list[Gig]:
    """The company's other gigs of the same kind of work that have a pilot of their own, newest first. Whether it is
    finished is asked when it is taken over."""
    reported = exists().where(Pilot.gig_id == Gig.id)
    rolled = exists().where(RollingPilot.id == Gig.id, RollingPilot.completed_at.is_not(None))
    found = select(Gig).where(
        Gig.company_id == gig.company_id, Gig.id != gig.id, Gig.work_kind == gig.work_kind, or_(reported, rolled)
    )
    return list(db.session.scalars(found.order_by(Gig.id.desc()).limit(50)))


def _same_words(gig: Gig, root: Gig, changes: str, same_work: bool, by: Actor) -> Instructions:
    """The gig's verified instructions, if they are those of the earlier one or somebody answers for the difference."""
    new, old = queries.verified_instructions(gig.id), queries.verified_instructions(root.id)
    if new is None or old is None:
        raise CannotInherit("The instructions of both are verified first.", field="from_gig_id")
    if new.text_sha256 == old.text_sha256:
        return new
    if require_person(by) == new.author_id:
        raise SameAuthor
    if not same_work or not changes.strip():
        raise CannotInherit("The instructions differ: say what changed, and that it is the same work.", field="changes")
    return new


def _root(source: Gig) -> Gig:
    """The gig whose pilot it is: the source's own, or the one that the source has inherited from."""
    link = queries.inherited_pilot_of(source.id)
    return source if link is None else db.session.get_one(Gig, link.from_gig_id)
