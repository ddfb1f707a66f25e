"""The verbs of contractors: apply, show what is required, be decided about by people, say what one can do and when."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.queries import confirmed_person
from marketplace.accounts.rules import Actor, OperatorRole, reason_given, require_operator, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import WrongState, move, move_one
from marketplace.core.money import minor_digits
from marketplace.core.problems import NotFound
from marketplace.standards.hours import old_enough_on
from marketplace.standards.rules import HazardCategory, HazardClass, judge_age
from marketplace.workforce import (
    appeals,
    deciding,
    documents,
    evidence,
    intake,
    policy,
    queries,
    rules,
    screening,
    signals,
)
from marketplace.workforce.bars import AppealStatus, SignalKind
from marketplace.workforce.models import (
    Contractor,
    HazardConsent,
    Language,
    PayoutAccount,
    Requirement,
    Skill,
)
from marketplace.workforce.rules import (
    ContractorStatus,
    Level,
    NothingChosen,
    Outcome,
    RequirementKind,
    RequirementStatus,
    Ruling,
)

SANDBOX = "sandbox"
"""The rail that moves no money."""

# --- applying -------------------------------------------------------------------------------------------------------


def apply(
    country: str,
    subdivision: str | None,
    timezone: str,
    born_on: date,
    payout_currency: str,
    *,
    by: Actor,
    languages: Mapping[str, Level] | None = None,
    skills: Collection[str] = (),
    band: tuple[int, int] = (0, 40),
) -> Contractor:
    """Makes the person a contractor who waits to be vetted, with every requirement open.

    Raises EmailNotConfirmed, IntakePaused, AlreadyApplied, TooYoung, BadPlace, UnknownZone, BadMoney, BadProfile or
    BadBand.
    """
    person = confirmed_person(by)
    if db.session.get(Contractor, person.id) is None:
        intake.check_open()
    rules.check_place(country, subdivision)
    rules.check_band(*band)
    minor_digits(payout_currency)
    moment = clock.now()
    verdict = judge_age(born_on, moment, clock.zone(timezone))
    if verdict.failed:
        day = old_enough_on(born_on)
        remedy = f"Apply from {day.isoformat()} on: that is your birthday, where you live."
        raise rules.TooYoung(
            verdict.sentence, field="born_on", remedy=remedy, possible_on=day.isoformat(), verdict=verdict.as_dict()
        )
    row = insert(Contractor).values(
        id=person.id,
        status=ContractorStatus.APPLIED,
        country=country,
        subdivision=subdivision,
        timezone=timezone,
        born_on=born_on,
        band_min_hours=band[0],
        band_max_hours=band[1],
        payout_currency=payout_currency,
        applied_at=moment,
    )
    made = db.session.scalars(row.on_conflict_do_nothing().returning(Contractor)).one_or_none()
    if made is None:
        raise rules.AlreadyApplied
    asked = policy.current()
    _ask_for(made.id, asked.kinds, moment)
    record("contractor.applied", made, by=by, data={"policy": asked.version})
    _write_description(made.id, skills, languages or {})
    record("contractor.described", made, by=by)
    return made


def _ask_for(contractor_id: UUID, kinds: Collection[RequirementKind], moment: datetime) -> None:
    rows = [
        {
            "id": new_id(),
            "contractor_id": contractor_id,
            "kind": kind,
            "status": RequirementStatus.SUBMITTED if kind in rules.DECLARED_ON_APPLYING else RequirementStatus.OPEN,
            "note": "",
            "reason": "",
            "submitted_at": moment if kind in rules.DECLARED_ON_APPLYING else None,
        }
        for kind in kinds
    ]
    db.session.execute(insert(Requirement), rows)


def submit_requirement(kind: RequirementKind, note: str, *, by: Actor) -> Requirement:
    """`submit_requirements()` of one."""
    return submit_requirements({kind: note}, by=by)[0]


def submit_requirements(shown: Mapping[RequirementKind, str], *, by: Actor) -> list[Requirement]:
    """Shows what several requirements ask for, all of them or none; each note says what is shown.

    Agreeing to the terms needs nobody's decision and is met at once. Raises WrongState when one is submitted or met,
    NothingChosen, and EvidenceMissing, naming what was not declared or handed in.
    """
    me = _me(by)
    rows = _requirements({me.id: shown})
    evidence.check(me, shown)
    outcomes = {
        row.id: RequirementStatus.MET if row.kind in rules.MET_BY_SUBMITTING else RequirementStatus.SUBMITTED
        for row in rows
    }
    notes = {row.id: {"note": shown[row.kind]} for row in rows}
    _move_each(rows, outcomes, notes, {"submitted_at": clock.now()}, by)
    return rows


def open_sandbox_account(*, by: Actor) -> PayoutAccount:
    """Gives the contractor an account on the sandbox rail, once, and submits that requirement. No money moves there."""
    me = _me(by)
    row = insert(PayoutAccount).values(
        contractor_id=me.id, rail=SANDBOX, reference=f"{SANDBOX}_{uuid4().hex}", given_at=clock.now()
    )
    made = db.session.scalars(row.on_conflict_do_nothing().returning(PayoutAccount)).one_or_none()
    if made is None:
        raise rules.AccountKnown
    signals.note(me.id, SignalKind.PAYOUT_ACCOUNT, f"{made.rail} {made.reference}")
    submit_requirement(RequirementKind.PAYOUT_ACCOUNT, f"An account on the rail '{SANDBOX}'.", by=by)
    return made


# --- deciding -------------------------------------------------------------------------------------------------------


def decide_requirement(contractor_id: UUID, kind: RequirementKind, met: bool, reason: str, *, by: Actor) -> Requirement:
    """`decide_requirements()` about one."""
    return decide_requirements(contractor_id, {kind: Ruling(met, reason)}, by=by)[0]


def decide_requirements(
    contractor_id: UUID, rulings: Mapping[RequirementKind, Ruling], *, by: Actor
) -> list[Requirement]:
    """An operator has looked at what one person showed: each ruling has its own reason, and all are taken or none.

    Raises OwnCase, NothingChosen, NothingShown, ReasonMissing or WrongState. The contractor is locked, as in `vet`:
    nobody is taken in while somebody else refuses what they showed.
    """
    return decide_about_people({contractor_id: rulings}, by=by)


def decide_about_people(rulings: Mapping[UUID, Mapping[RequirementKind, Ruling]], *, by: Actor) -> list[Requirement]:
    """As `decide_requirements`, about several people in one act: all rulings are taken or none, each with its reason,
    and as many statements as for one person."""
    require_operator(by, OperatorRole.VETTING)
    locked = select(Contractor.id).where(Contractor.id.in_(rulings)).order_by(Contractor.id).with_for_update()
    if len(db.session.scalars(locked).all()) < len(rulings):
        raise NotFound
    for contractor_id in rulings:
        rules.check_decider(require_person(by), contractor_id, earlier=None)
    rows = _requirements(rulings)
    for row in rows:
        rules.check_shown(row.status)
    ruled = {row.id: rulings[row.contractor_id][row.kind] for row in rows}
    reasons = {row_id: {"reason": reason_given(ruling.reason)} for row_id, ruling in ruled.items()}
    outcomes = {
        row_id: RequirementStatus.MET if ruling.met else RequirementStatus.REFUSED for row_id, ruling in ruled.items()
    }
    _move_each(rows, outcomes, reasons, {"decided_by": by.person_id, "decided_at": clock.now()}, by)
    return rows


def vet(contractor_id: UUID, reason: str, *, by: Actor) -> Contractor:
    """An operator takes the contractor in. Raises RequirementsMissing, naming them, unless every one is met, and
    HitOpen unless a person has cleared every listed name that theirs is like."""
    me = deciding.for_operator(contractor_id, by)
    states = {row.kind: row.status for row in queries.requirements(contractor_id, by)}
    rules.check_all_met(states)
    screening.check(contractor_id)
    return _decide(me, ContractorStatus.VETTED, Outcome.VETTED, reason, by)


def refuse(contractor_id: UUID, reason: str, *, by: Actor) -> Contractor:
    """An operator turns the application down. The contractor reads the reason and can contest it."""
    return _decide(deciding.for_operator(contractor_id, by), ContractorStatus.REFUSED, Outcome.REFUSED, reason, by)


def suspend(contractor_id: UUID, reason: str, *, by: Actor) -> Contractor:
    """An operator stops new offers. Earned pay is still paid; the contractor reads the reason and can contest it."""
    return _decide(deciding.for_operator(contractor_id, by), ContractorStatus.SUSPENDED, Outcome.SUSPENDED, reason, by)


def reinstate(contractor_id: UUID, reason: str, *, by: Actor) -> Contractor:
    """An operator ends a suspension. Raises WrongState unless there is one."""
    me = deciding.for_operator(contractor_id, by)
    if me.status != ContractorStatus.SUSPENDED:
        raise rules.NotSuspended
    return _decide(me, ContractorStatus.VETTED, Outcome.REINSTATED, reason, by)


def contest(words: str, *, by: Actor) -> Contractor:
    """Contests the latest decision that can be contested: `appeals.contest()`. Returns the contractor."""
    appeals.contest(None, words, by=by)
    return _me(by)


def _decide(me: Contractor, new: ContractorStatus, outcome: Outcome, reason: str, by: Actor) -> Contractor:
    """An appeal against the decision that this one replaces is answered by it, by somebody else than who took it."""
    decider, moment = require_person(by), clock.now()
    last = next((each for each in queries.decisions(me.id) if each.outcome in rules.OF_STATUS), None)
    contested = last is not None and last.contested_at is not None
    rules.check_decider(decider, me.id, earlier=last.decided_by if last is not None and contested else None)
    deciding.write(me.id, outcome, reason, by=by)
    if last is not None and (appeal := appeals.open_against(last.id)) is not None:
        found = AppealStatus.UPHELD if outcome in rules.CONTESTABLE else AppealStatus.OVERTURNED
        appeals.close(appeal, found, reason, by=by)
    values = {"vetted_at": moment} if outcome is Outcome.VETTED else {}
    if outcome in (Outcome.VETTED, Outcome.REFUSED):
        documents.keep_until(me.id, moment)
    move_one(me, new, by=by, event=f"contractor.{outcome}", values=values)
    return me


# --- what one can do, and when --------------------------------------------------------------------------------------


def describe(*, skills: Collection[str], languages: Mapping[str, Level], by: Actor) -> Contractor:
    """Sets the contractor's skills and languages, in place of those before. Raises BadProfile."""
    me = _me(by, lock=True)
    db.session.execute(delete(Skill).where(Skill.contractor_id == me.id))
    db.session.execute(delete(Language).where(Language.contractor_id == me.id))
    _write_description(me.id, skills, languages)
    record("contractor.described", me, by=by)
    return me


def _write_description(contractor_id: UUID, skills: Collection[str], languages: Mapping[str, Level]) -> None:
    """Raises BadProfile."""
    known = rules.check_skills(list(skills))
    rules.check_languages(languages)
    if known:
        db.session.execute(insert(Skill), [{"contractor_id": contractor_id, "skill": skill} for skill in known])
    if languages:
        spoken = [{"contractor_id": contractor_id, "language": it, "level": level} for it, level in languages.items()]
        db.session.execute(insert(Language), spoken)


def give_hazard_consent(category: HazardCategory, up_to: HazardClass, *, by: Actor) -> HazardConsent:
    """Consents to be offered work of that category, up to that class, in place of an earlier consent to it.

    Raises BadConsent.
    """
    rules.check_consent(category, up_to)
    me = _me(by, lock=True)
    moment = clock.now()
    _end_consents(me.id, category)
    consent = HazardConsent(contractor_id=me.id, category=category, up_to=up_to, given_at=moment)
    db.session.add(consent)
    db.session.flush()
    record("hazard_consent.given", consent, by=by)
    return consent


def revoke_hazard_consent(category: HazardCategory, *, by: Actor) -> HazardConsent:
    """Ends the consent at once; nothing that ranks people reads that it was there. Raises NotFound if there is none."""
    me = _me(by, lock=True)
    ended = _end_consents(me.id, category)
    if ended is None:
        raise NotFound
    record("hazard_consent.revoked", ended, by=by)
    return ended


def _end_consents(contractor_id: UUID, category: HazardCategory) -> HazardConsent | None:
    live = update(HazardConsent).where(
        HazardConsent.contractor_id == contractor_id,
        HazardConsent.category == category,
        HazardConsent.revoked_at.is_(None),
    )
    return db.session.scalars(live.values(revoked_at=clock.now()).returning(HazardConsent)).one_or_none()


# --- finding --------------------------------------------------------------------------------------------------------


def _me(by: Actor, *, lock: bool = False) -> Contractor:
    return deciding.find(require_person(by), lock=lock)


def _requirements(asked: Mapping[UUID, Collection[RequirementKind]]) -> list[Requirement]:
    """Those of each person, in the order in which they are named. Raises NothingChosen when there is none."""
    wanted = [(person, kind) for person, kinds in asked.items() for kind in kinds]
    if not wanted:
        raise NothingChosen
    found = select(Requirement).where(tuple_(Requirement.contractor_id, Requirement.kind).in_(wanted))
    rows = {(row.contractor_id, row.kind): row for row in db.session.scalars(found)}
    if len(rows) < len(wanted):
        raise NotFound
    return [rows[each] for each in wanted]


def _move_each(
    rows: Sequence[Requirement],
    outcomes: Mapping[UUID, RequirementStatus],
    by_row: Mapping[UUID, Mapping[str, str]],
    values: Mapping[str, Any],
    by: Actor,
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
