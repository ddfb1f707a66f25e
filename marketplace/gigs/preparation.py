"""The verbs of what a gig needs beside its terms: instructions that somebody verified, and a pilot."""

from collections.abc import Collection
from hashlib import sha256
from uuid import UUID

from sqlalchemy import func, select

from marketplace.accounts.rules import Actor, Right, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.money import CurrencyMismatch
from marketplace.core.problems import Forbidden, NotFound
from marketplace.gigs import gate, queries
from marketplace.gigs.instruction_rules import (
    AlreadyVerified,
    ChecklistItem,
    check_instructions,
    check_verifier,
    holds_from,
)
from marketplace.gigs.models import Gig, Instructions, Pilot, RollingPilot
from marketplace.gigs.rules import NOT_CLOSED, GigStatus, PilotReport, Shown, check_pilot


def write_instructions(gig_id: UUID, text: str, changes: str = "", *, by: Actor) -> Instructions:
    """A new version of what to do, with what changed since the one before. It counts once somebody else has verified
    it; until then an open gig keeps the version it has. Raises BadTerms, WrongState when the gig is closed."""
    gig = queries.locked(gig_id, Right.GIGS, by, *NOT_CLOSED)
    check_instructions(text)
    newest = select(func.coalesce(func.max(Instructions.version), 0)).where(Instructions.gig_id == gig_id)
    row = Instructions(
        gig_id=gig.id,
        company_id=gig.company_id,
        version=(db.session.scalar(newest) or 0) + 1,
        text=text,
        text_sha256=sha256(text.encode()).hexdigest(),
        changes=changes,
        author_id=require_person(by),
        written_at=clock.now(),
        checklist=[],
    )
    db.session.add(row)
    record("instructions.written", row, by=by, data={"version": row.version})
    return row


def verify_instructions(gig_id: UUID, version: int, checked: Collection[ChecklistItem], *, by: Actor) -> Instructions:
    """Another member than the author confirms each item of the checklist (P10). Where people work under another version
    already, this one holds after a notice (P11). Raises NotFound for an unknown version, SameAuthor,
    ChecklistIncomplete, AlreadyVerified, WrongState when the gig is closed."""
    gig = queries.locked(gig_id, Right.GIGS, by, *NOT_CLOSED)
    found = select(Instructions).where(Instructions.gig_id == gig_id, Instructions.version == version)
    row = db.session.scalars(found).one_or_none()
    if row is None:
        raise NotFound
    if row.is_verified:
        raise AlreadyVerified
    verifier = require_person(by)
    check_verifier(row.author_id, verifier, checked)
    row.checklist = sorted(set(checked))
    moment = clock.now()
    replaces = any(queries.verified_versions(gig_id).values())
    row.verified_by, row.verified_at = verifier, moment
    row.holds_from = holds_from(moment, replaces_another=replaces, is_draft=gig.status is GigStatus.DRAFT)
    data = {"version": version, "holds_from": row.holds_from.isoformat()}
    record("instructions.verified", row, by=by, data=data)
    return row


def roll_pilot(gig_id: UUID, shown: Shown, *, by: Actor) -> RollingPilot | None:
    """Writes down what the approved shifts of a gig have shown, while it is its own pilot; once the pilot is large
    enough its volume is no longer limited. None where nothing limits it any more. Only the service itself does."""
    if by.kind != "job":
        raise Forbidden("Only the service itself does this.")
    gig = db.session.get_one(Gig, gig_id, with_for_update={"key_share": True}, populate_existing=True)
    if gate.pilot_cap(gig) is None:
        return None
    row = db.session.get(RollingPilot, gig_id) or RollingPilot(id=gig.id, company_id=gig.company_id)
    row.workers, row.shifts, row.minutes = shown.workers, shown.shifts, shown.minutes
    row.places = [place.as_dict() for place in shown.places]
    row.rolled_at = clock.now()
    db.session.add(row)
    db.session.flush()
    if gate.pilot_cap(gig) is None:
        row.completed_at = row.rolled_at
        record("pilot.completed", row, by=by, data={"workers": row.workers, "minutes": row.minutes})
    return row


def record_pilot(gig_id: UUID, report: PilotReport, *, by: Actor) -> Pilot:
    """A finished pilot as the company reports it (P7). Several add up. Raises BadTerms, CurrencyMismatch, and
    WrongState when the gig is closed."""
    gig = queries.locked(gig_id, Right.GIGS, by, *NOT_CLOSED)
    check_pilot(report)
    if report.paid.currency != gig.currency:
        raise CurrencyMismatch(f"The gig is in {gig.currency}.", field="paid")
    row = Pilot(
        gig_id=gig.id,
        company_id=gig.company_id,
        workers=report.workers,
        items=report.items,
        places=[place.as_dict() for place in report.places],
        item_seconds_p75=report.item_seconds_p75,
        unpaid={str(kind): minutes for kind, minutes in report.unpaid.items()},
        paid_amount=report.paid.amount,
        currency=report.paid.currency,
        feedback=report.feedback,
        fixes=report.fixes,
        recorded_by=require_person(by),
        recorded_at=clock.now(),
    )
    db.session.add(row)
    record("pilot.recorded", row, by=by, data={"workers": report.workers, "items": report.items})
    return row
