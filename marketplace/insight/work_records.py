"""Signed work records: what somebody did, attested by the service, in a file that is theirs (rule WORK_RECORD)."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Company
from marketplace.accounts.rules import Actor, Right, require_company, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.problems import NotFound
from marketplace.gigs.models import Gig
from marketplace.insight import issuer, status
from marketplace.insight.models import Naming, WorkRecord
from marketplace.insight.rules import (
    LIST_VALID_FOR,
    VALID_FOR,
    Because,
    NothingToAttest,
    Part,
    check_parts,
    hours,
    moment,
)
from marketplace.qualifications.models import Holding, Qualification
from marketplace.shifts.models import Booking
from marketplace.shifts.timesheet_models import Timesheet, TimesheetCut, TimesheetLine
from marketplace.shifts.timesheet_rules import TimesheetStatus
from marketplace.workforce import queries as workforce
from marketplace.workforce.queries import Profile

CONTEXT: tuple[Any, ...] = ("https://www.w3.org/ns/credentials/v2", MappingProxyType({"@vocab": "urn:setara:work#"}))
"""What the words of a record mean: the standard's, and ours for what it has no words for."""

MOST_LISTS = 2**31
"""No list has a greater number: the records on it would have numbers that no column holds."""


@dataclass(frozen=True, slots=True)
class Worked:
    """Approved time of somebody in one month, for one company and kind of work, in minutes. `lost` of those `handed_in`
    were cut and not restored."""

    month: str
    company_id: UUID
    kind: str
    handed_in: int
    lost: int

    @property
    def approved(self) -> int:
        return self.handed_in - self.lost


def preview(*, by: Actor) -> dict[str, Any]:
    """What each part of one's own record would say now, by its name. Raises NotFound for whoever is no contractor."""
    me = workforce.profile(require_person(by), by)
    done = _worked(me.contractor.id)
    return {str(part): told for part in Part if (told := _PARTS[part](me, done)) not in (None, [], {})}


def issue(parts: Collection[Part], *, by: Actor) -> tuple[WorkRecord, dict[str, Any]]:
    """A record with those parts, signed: its row, and the record, which is kept nowhere.

    Raises NoPartChosen, NothingToAttest when nothing was approved yet, NotFound for whoever is no contractor.
    """
    check_parts(parts)
    me = workforce.profile(require_person(by), by)
    done = _worked(me.contractor.id)
    if not done:
        raise NothingToAttest
    now = clock.now()
    row = WorkRecord(
        contractor_id=me.contractor.id,
        key_id=issuer.present().id,
        parts=[str(part) for part in Part if part in parts],
        issued_at=now,
        valid_until=now + VALID_FOR,
    )
    db.session.add(row)
    record("work_record.issued", row, by=by, data={"parts": row.parts})
    told = {str(part): _PARTS[part](me, done) for part in Part if part in parts}
    return row, issuer.signed(_credential(row, told))


def revoke(record_id: UUID, *, by: Actor) -> WorkRecord:
    """Takes one of one's own records back: from then on whoever checks it learns that. Repeating it is harmless. Raises
    NotFound."""
    found = own(record_id, by)
    if found.revoked_at is None:
        found.revoked_at, found.revoked_because = clock.now(), Because.BY_PERSON
        record("work_record.revoked", found, by=by, data={"because": str(Because.BY_PERSON)})
    return found


def revoke_all(person_id: UUID, because: Because) -> None:
    """For erasure: takes every record of a person back."""
    mine = update(WorkRecord).where(WorkRecord.contractor_id == person_id, WorkRecord.revoked_at.is_(None))
    db.session.execute(mine.values(revoked_at=clock.now(), revoked_because=because))


def issued(seen_by: Actor) -> Select[WorkRecord]:
    """The records that were signed for whoever asks."""
    return select(WorkRecord).where(WorkRecord.contractor_id == require_person(seen_by))


def own(record_id: UUID, seen_by: Actor) -> WorkRecord:
    """One of `issued()`. Raises NotFound."""
    found = db.session.scalars(issued(seen_by).where(WorkRecord.id == record_id)).one_or_none()
    if found is None:
        raise NotFound
    return found


def status_list(number: int) -> dict[str, Any]:
    """The list of that number, signed now: which of its records were taken back. Raises NotFound when no record stands
    on it."""
    first = number * status.SIZE
    on_it = WorkRecord.number >= first, WorkRecord.number < first + status.SIZE
    if number > MOST_LISTS or db.session.scalar(select(WorkRecord.id).where(*on_it).limit(1)) is None:
        raise NotFound
    gone = db.session.scalars(select(WorkRecord.number).where(*on_it, WorkRecord.revoked_at.is_not(None)))
    now, address = clock.now(), _list_address(number)
    return issuer.signed(
        {
            "@context": [CONTEXT[0]],
            "id": address,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": issuer.did(),
            "validFrom": moment(now),
            "validUntil": moment(now + LIST_VALID_FOR),
            "credentialSubject": {
                "id": f"{address}#list",
                "type": "BitstringStatusList",
                "statusPurpose": status.PURPOSE,
                "encodedList": status.encode(each - first for each in gone),
            },
        }
    )


# --- companies that may be named ------------------------------------------------------------------------------------


def may_be_named(company_id: UUID, *, seen_by: Actor) -> bool:
    """Whether the company agreed to be named in work records, for its members. Raises NotFound."""
    accounts.company(company_id, seen_by)
    return db.session.get(Naming, company_id) is not None


def set_naming(company_id: UUID, agreed: bool, *, by: Actor) -> bool:
    """A company agrees to be named in work records, or no longer does. What was signed before stays as it is. Raises
    NotFound, Forbidden."""
    require_company(by, company_id, Right.MEMBERS)
    company = accounts.company(company_id, by)
    found = db.session.get(Naming, company_id)
    if agreed and found is None:
        row = insert(Naming).values(company_id=company_id, agreed_by=by.person_id, agreed_at=clock.now())
        db.session.execute(row.on_conflict_do_nothing())
    elif not agreed and found is not None:
        db.session.delete(found)
    if agreed != (found is not None):
        record("company.naming_set", company, by=by, data={"agreed": agreed})
    return agreed


# --- what a record says ---------------------------------------------------------------------------------------------


def _credential(row: WorkRecord, told: Mapping[str, Any]) -> dict[str, Any]:
    """W3C Verifiable Credentials Data Model 2.0. The subject has no id: two records of one person are not to be known
    as such by those to whom they are shown."""
    db.session.flush()
    listed, position = status.place(row.number)
    address = _list_address(listed)
    return {
        "@context": [CONTEXT[0], dict(CONTEXT[1])],
        "id": f"urn:uuid:{row.id}",
        "type": ["VerifiableCredential", "WorkRecordCredential"],
        "issuer": issuer.did(),
        "validFrom": moment(row.issued_at),
        "validUntil": moment(row.valid_until),
        "credentialStatus": {
            "id": f"{address}#{position}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": status.PURPOSE,
            "statusListIndex": str(position),
            "statusListCredential": address,
        },
        "credentialSubject": {"type": "WorkRecord", **told},
    }


def lists_address() -> str:
    """Under which the lists of what was taken back stand, by their numbers."""
    return f"{current_app.config['BASE_URL']}/api/v1/work-records/status"


def _list_address(number: int) -> str:
    return f"{lists_address()}/{number}"


def _worked(person_id: UUID) -> list[Worked]:
    """Everything that was approved, in one statement. A cut that is not decided yet counts as lost."""
    paid = TimesheetLine.work_minutes + TimesheetLine.waiting_minutes + TimesheetLine.paid_break_minutes
    lost = func.coalesce(TimesheetCut.minutes - TimesheetCut.restored_minutes, 0)
    month = func.to_char(func.timezone(Timesheet.timezone, func.lower(Booking.during)), "YYYY-MM")
    found = (
        select(month, Timesheet.company_id, Gig.work_kind, func.sum(paid), func.sum(lost))
        .select_from(TimesheetLine)
        .join(Timesheet, Timesheet.id == TimesheetLine.timesheet_id)
        .join(Booking, Booking.id == TimesheetLine.booking_id)
        .join(Gig, Gig.id == Timesheet.gig_id)
        .outerjoin(TimesheetCut, TimesheetCut.line_id == TimesheetLine.id)
        .where(
            Timesheet.contractor_id == person_id,
            Timesheet.status.in_((TimesheetStatus.APPROVED, TimesheetStatus.LOCKED)),
            paid > 0,
        )
        .group_by(month, Timesheet.company_id, Gig.work_kind)
        .order_by(month, Timesheet.company_id, Gig.work_kind)
    )
    return [Worked(row[0], row[1], str(row[2]), int(row[3]), int(row[4])) for row in db.session.execute(found)]


def _name(me: Profile, _done: list[Worked]) -> str:
    return accounts.person(me.contractor.id).name


def _hours(_me: Profile, done: list[Worked]) -> list[dict[str, str]]:
    return [{"kind": kind, "hours": hours(_sum(done, kind=kind))} for kind in sorted({each.kind for each in done})]


def _period(_me: Profile, done: list[Worked]) -> dict[str, str]:
    months = sorted(each.month for each in done)
    return {"from": months[0], "until": months[-1]} if months else {}


def _companies(_me: Profile, done: list[Worked]) -> list[dict[str, str]]:
    """Those that agreed by name, the others by their country."""
    ids = {each.company_id for each in done}
    found = select(Company.id, Company.legal_name, Company.country, Naming.company_id)
    found = found.outerjoin(Naming, Naming.company_id == Company.id).where(Company.id.in_(ids)).order_by(Company.id)
    told = []
    for company_id, name, country, named in db.session.execute(found):
        here = [each for each in done if each.company_id == company_id]
        who = {"name": name} if named is not None else {}
        told.append(who | {"country": country, **_period(_me, here), "hours": hours(_sum(here))})
    return told


def _skills(me: Profile, _done: list[Worked]) -> list[dict[str, str]]:
    """Skills are the person's own word, and the record says so."""
    return [{"skill": skill, "basis": "declared"} for skill in me.skills]


def _languages(me: Profile, _done: list[Worked]) -> list[dict[str, str]]:
    return [{"language": name, "level": str(level), "basis": "declared"} for name, level in me.languages.items()]


def _qualifications(me: Profile, _done: list[Worked]) -> list[dict[str, Any]]:
    """What was shown in a test, or to a human with evidence, and is good now: each once, with its latest end."""
    held = Holding.contractor_id == me.contractor.id, Holding.since <= clock.now(), Holding.until > clock.now()
    found = select(Qualification, Holding.until).join(Holding, Holding.qualification_id == Qualification.id)
    rows = db.session.execute(found.where(*held).order_by(Qualification.code, Holding.until)).all()
    told = {}
    for known, until in rows:
        levels = {"skill": known.skill, "level": known.skill_level, "language": known.language}
        levels |= {"languageLevel": None if known.language_level is None else str(known.language_level)}
        said = {name: value for name, value in levels.items() if value is not None}
        told[known.code] = {"title": known.title, **said, "until": until.date().isoformat()}
    return list(told.values())


def _approval(_me: Profile, done: list[Worked]) -> dict[str, str]:
    handed_in, approved = sum(each.handed_in for each in done), _sum(done)
    if not handed_in:
        return {}
    percent = str(round(100 * approved / handed_in, 1))
    return {"handedIn": hours(handed_in), "approved": hours(approved), "percent": percent}


def _sum(done: Iterable[Worked], kind: str | None = None) -> int:
    return sum(each.approved for each in done if kind in (None, each.kind))


_PARTS: Mapping[Part, Callable[[Profile, list[Worked]], Any]] = MappingProxyType(
    {
        Part.NAME: _name,
        Part.HOURS: _hours,
        Part.PERIOD: _period,
        Part.COMPANIES: _companies,
        Part.SKILLS: _skills,
        Part.LANGUAGES: _languages,
        Part.QUALIFICATIONS: _qualifications,
        Part.APPROVAL: _approval,
    }
)
