"""Papers that hold until a day (rule PAPERS_END): who is told before, what rests after, how a renewed one ends that.

What is due is a query over the last days that operators accepted. A job tells people, and lets new offers rest while
somebody is asked to look; it decides nothing. Whoever renews in time never notices.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, Text, and_, cast, exists, func, or_, select, update

from marketplace.accounts.rules import CLOCK, Actor, OperatorRole, require_operator
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record_many
from marketplace.core.lifecycle import WrongState, move_one
from marketplace.workforce import bars, documents, proposals, validity
from marketplace.workforce.bars import ProposalKind, ProposalStatus, Source
from marketplace.workforce.models import Contractor, Requirement
from marketplace.workforce.paper_models import IdentityDeclaration, WorkDeclaration
from marketplace.workforce.papers import Purpose
from marketplace.workforce.rules import ContractorStatus, RequirementKind, RequirementStatus, Ruling
from marketplace.workforce.standing_models import Proposal

AT_WORK = (ContractorStatus.VETTED, ContractorStatus.SUSPENDED)
"""People who were taken in: what they show now renews what they showed before."""

# --- by the clock ---------------------------------------------------------------------------------------------------


def remind_due(limit: int = 200) -> int:
    """Tells people whose paper ends soon, once for each of the rule's reminders, unless a renewed one lies with an
    operator. Returns how many it told."""
    first, last = validity.REMINDERS
    end, told, today = Requirement.valid_until, Requirement.reminded_days, _today()
    due = _of_people_at_work(ContractorStatus.VETTED).where(
        Requirement.status != RequirementStatus.SUBMITTED,
        end <= _utc_day() + timedelta(days=first + 1),
        end >= today,
        or_(and_(end <= today + first, told.is_(None)), and_(end <= today + last, told > last)),
    )
    locked = due.order_by(end, Requirement.id).limit(limit).with_for_update(skip_locked=True, of=Requirement)
    by_days: dict[int, list[Requirement]] = defaultdict(list)
    for row, day in db.session.execute(locked.add_columns(today)):
        if (days := validity.reminder(row.valid_until, day, row.reminded_days)) is not None:
            by_days[days].append(row)
    for days, rows in by_days.items():
        seen = update(Requirement).where(Requirement.id.in_([row.id for row in rows]))
        db.session.execute(seen.values(reminded_days=days))
        record_many("requirement.ends_soon", [(row, _told(row)) for row in rows], by=CLOCK)
    return sum(map(len, by_days.values()))


def pause_due(limit: int = 200) -> int:
    """Lets new offers rest of people whose paper is over, and asks an operator to look. Returns how many people.

    They are locked first, as by whoever decides; what is due is then read again, so that a paper that was accepted in
    this moment pauses nobody.
    """
    due = _over()
    whose = select(Contractor).where(Contractor.id.in_(due.with_only_columns(Requirement.contractor_id)))
    locked = whose.order_by(Contractor.id).limit(limit).with_for_update(skip_locked=True)
    people = {who.id: who for who in db.session.scalars(locked.execution_options(populate_existing=True))}
    if not people:
        return 0
    still = due.where(Requirement.contractor_id.in_(people)).execution_options(populate_existing=True)
    for row in db.session.scalars(still.order_by(Requirement.id)).all():
        _pause(people[row.contractor_id], row)
    return len(people)


def _pause(who: Contractor, row: Requirement) -> None:
    made = proposals.propose(
        ProposalKind.PAPER_ENDED,
        who.id,
        {"requirement": str(row.id)} | _told(row),
        rule=validity.RULE.id,
        key=f"{row.id}:{row.valid_until}:{_utc_day()}",
        lasts=bars.PAPER_PAUSE,
    )
    if made is not None:
        proposals.pause(who, made, Source.PAPER, lasts=bars.PAPER_PAUSE)


# --- what people show anew ------------------------------------------------------------------------------------------


def begin_renewal(me: Contractor, row: Requirement, *, by: Actor) -> None:
    """The person, whom the caller has locked, declares something in place of what was accepted: it is open again, so
    that nothing is exchanged behind an operator's back. The old end still holds. Raises WrongState where it cannot be
    renewed yet."""
    check_renewable(me, row)
    move_one(row, RequirementStatus.OPEN, by=by, event="requirement.renewal_begun", data={"kind": row.kind})


def check_submitted_anew(me: Contractor, row: Requirement) -> None:
    """What was accepted is handed in anew: possible when it ends soon or is over, and what is declared in fields is
    declared anew first. Raises WrongState."""
    check_renewable(me, row)
    if row.kind in (RequirementKind.IDENTITY, RequirementKind.RIGHT_TO_WORK):
        raise WrongState(
            f"Declare it anew first: {row.kind}.",
            state=str(row.status),
            remedy="Declare the new paper (PUT /api/v1/contractors/me/declarations), then hand it in.",
        )


def check_renewable(me: Contractor, row: Requirement) -> None:
    """Raises WrongState, with the day from which on what was accepted can be shown anew."""
    if not validity.may_renew(row.valid_until, today_of(me)):
        first = row.renewable_from
        raise WrongState(
            f"An operator has accepted this: {row.kind}.",
            state=str(row.status),
            renewable_from=None if first is None else first.isoformat(),
        )


def ends_of(
    rows: Sequence[Requirement], ruled: Mapping[UUID, Ruling], people: Mapping[UUID, Contractor]
) -> dict[UUID, date | None]:
    """Until when each requirement holds that is found to be met, by its id: what the operator read, or what the person
    declared. One statement. Raises HasNoEnd, PaperExpired."""
    met = [row for row in rows if ruled[row.id].met]
    declared = _declared({row.contractor_id for row in met if row.kind in validity.HAVE_AN_END})
    ends: dict[UUID, date | None] = {}
    for row in met:
        end = ruled[row.id].valid_until or declared.get((row.contractor_id, row.kind))
        validity.check_end(row.kind, end, today_of(people[row.contractor_id]))
        ends[row.id] = end
    return ends


def accepted(rows: Sequence[Requirement], ends: Mapping[UUID, date | None], *, by: Actor) -> None:
    """Keeps until when what an operator has just accepted holds. What rested because the paper before was over goes on
    at once, and nobody has to look any more."""
    reasons = {str(row.id): row.reason for row in rows if row.valid_until is not None}
    for row in rows:
        if row.valid_until != ends[row.id] or row.reminded_days is not None:
            row.valid_until, row.reminded_days = ends[row.id], None
    if not reasons:
        return
    open_ = select(Proposal).where(
        Proposal.contractor_id.in_({row.contractor_id for row in rows}),
        Proposal.kind == ProposalKind.PAPER_ENDED,
        Proposal.status == ProposalStatus.OPEN,
        Proposal.evidence["requirement"].astext.in_(reasons),
    )
    for finding in db.session.scalars(open_.order_by(Proposal.id).with_for_update()).all():
        reason = reasons[finding.evidence["requirement"]]
        proposals.end_pause(finding, reason, by=by)
        values = {"ended_at": clock.now(), "decided_by": by.person_id, "reason": reason}
        move_one(finding, ProposalStatus.DISMISSED, by=by, event="proposal.dismissed", values=values)


def forget_in_time(rows: Sequence[Requirement], people: Mapping[UUID, Contractor]) -> None:
    """The documents by which a renewal was decided are erased as those of an application are."""
    for row in rows:
        if people[row.contractor_id].status in AT_WORK and row.kind in validity.HAVE_AN_END:
            documents.keep_until([row.contractor_id], clock.now(), Purpose(row.kind))


def renewals(seen_by: Actor) -> Select[Requirement]:
    """What people who are at work have handed in anew. Raises NotFound or Forbidden unless an operator of vetting
    asks."""
    require_operator(seen_by, OperatorRole.VETTING)
    return _of_people_at_work(*AT_WORK).where(Requirement.status == RequirementStatus.SUBMITTED)


def today_of(who: Contractor) -> date:
    """The day on somebody's own calendar."""
    return clock.now().astimezone(clock.zone(who.timezone)).date()


# --- what is due ----------------------------------------------------------------------------------------------------


def _over() -> Select[Requirement]:
    """What is over by its person's own calendar and has not been put before an operator, or not for long: what was
    dismissed for that day is not raised again."""
    asked = exists().where(
        Proposal.contractor_id == Requirement.contractor_id,
        Proposal.kind == ProposalKind.PAPER_ENDED,
        Proposal.evidence["requirement"].astext == cast(Requirement.id, Text),
        Proposal.evidence["until"].astext == func.to_char(Requirement.valid_until, "YYYY-MM-DD"),
        or_(Proposal.status == ProposalStatus.DISMISSED, Proposal.expires_at > clock.now()),
    )
    end = Requirement.valid_until
    return _of_people_at_work(ContractorStatus.VETTED).where(end <= _utc_day(), end < _today(), ~asked)


def _of_people_at_work(*statuses: ContractorStatus) -> Select[Requirement]:
    return (
        select(Requirement)
        .join(Contractor, Contractor.id == Requirement.contractor_id)
        .where(Contractor.status.in_(statuses))
    )


def _declared(people: Collection[UUID]) -> dict[tuple[UUID, RequirementKind], date | None]:
    if not people:
        return {}
    found = (
        select(Contractor.id, IdentityDeclaration.expires_on, WorkDeclaration.until)
        .outerjoin(IdentityDeclaration, IdentityDeclaration.contractor_id == Contractor.id)
        .outerjoin(WorkDeclaration, WorkDeclaration.contractor_id == Contractor.id)
        .where(Contractor.id.in_(people))
    )
    ends: dict[tuple[UUID, RequirementKind], date | None] = {}
    for person, identity, work in db.session.execute(found):
        ends |= {(person, RequirementKind.IDENTITY): identity, (person, RequirementKind.RIGHT_TO_WORK): work}
    return ends


def _today() -> ColumnElement[date]:
    """The day on the calendar of the contractor of the row."""
    return cast(func.timezone(Contractor.timezone, clock.now()), Date)


def _utc_day() -> date:
    return clock.now().date()


def _told(row: Requirement) -> dict[str, str]:
    return {"kind": str(row.kind), "until": str(row.valid_until)}
