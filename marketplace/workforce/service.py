"""The verbs of contractors: apply, show what is required, be decided about by people, say what one can do and when."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import distinct_on

from marketplace.accounts.rules import Actor, OperatorRole, reason_given, require_operator, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record, record_each
from marketplace.core.lifecycle import WrongState, move
from marketplace.core.problems import NotFound
from marketplace.standards.rules import HazardCategory, HazardClass
from marketplace.workforce import (
    appeals,
    applying,
    deciding,
    documents,
    expiring,
    queries,
    requirements,
    rules,
    screening,
    versions,
)
from marketplace.workforce.bars import AppealStatus
from marketplace.workforce.models import (
    Contractor,
    HazardConsent,
    Language,
    PayoutAccount,
    Requirement,
    Skill,
    VettingDecision,
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
    application = applying.Application(
        by=by,
        country=country,
        subdivision=subdivision,
        timezone=timezone,
        born_on=born_on,
        payout_currency=payout_currency,
        languages=languages or {},
        skills=skills,
        band=band,
    )
    return applying.apply_many([application])[0]


def submit_requirement(kind: RequirementKind, note: str, *, by: Actor) -> Requirement:
    """`submit_requirements()` of one."""
    return submit_requirements({kind: note}, by=by)[0]


def submit_requirements(shown: Mapping[RequirementKind, str], *, by: Actor) -> list[Requirement]:
    """Shows what several requirements ask for, all of them or none; each note says what is shown.

    Agreeing to the terms needs nobody's decision and is met at once. Raises WrongState when one is submitted, or met
    and not yet to be renewed, NothingChosen, and EvidenceMissing, naming what was not declared or handed in.
    """
    return requirements.submit_many([(by, shown)])


def open_sandbox_account(*, by: Actor) -> PayoutAccount:
    """Gives the contractor an account on the sandbox rail, once, and submits that requirement. No money moves there.

    Raises NotTheSandbox, AccountKnown.
    """
    if current_app.config["RAIL"] != applying.SANDBOX:
        raise rules.NotTheSandbox
    return applying.open_sandbox_accounts([by])[0]


# --- deciding -------------------------------------------------------------------------------------------------------


def decide_requirement(contractor_id: UUID, kind: RequirementKind, ruling: Ruling, *, by: Actor) -> Requirement:
    """`decide_requirements()` about one."""
    return decide_requirements(contractor_id, {kind: ruling}, by=by)[0]


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
    and as many statements as for one person.

    What is met holds until the day that the ruling names, or that was declared. Raises HasNoEnd, PaperExpired, and
    ShownOtherwise where a ruling names what was seen and that is no longer there.
    """
    require_operator(by, OperatorRole.VETTING)
    people = queries.locked_many(rulings)
    for contractor_id in rulings:
        rules.check_decider(require_person(by), contractor_id, earlier=None)
    rows = requirements.find(rulings)
    for row in rows:
        rules.check_shown(row.status)
    ruled = {row.id: rulings[row.contractor_id][row.kind] for row in rows}
    reasons = {row_id: {"reason": reason_given(ruling.reason)} for row_id, ruling in ruled.items()}
    outcomes = {
        row_id: RequirementStatus.MET if ruling.met else RequirementStatus.REFUSED for row_id, ruling in ruled.items()
    }
    versions.check(rows, ruled)
    ends = expiring.ends_of(rows, ruled, people)
    requirements.move_each(rows, outcomes, reasons, {"decided_by": by.person_id, "decided_at": clock.now()}, by)
    expiring.accepted([row for row in rows if row.id in ends], ends, by=by)
    expiring.forget_in_time(rows, people)
    return rows


def vet(contractor_id: UUID, reason: str, *, by: Actor) -> Contractor:
    """An operator takes the contractor in. Raises RequirementsMissing, naming them, unless every one is met, and
    HitOpen unless a person has cleared every listed name that theirs is like."""
    return vet_people({contractor_id: reason}, by=by)[0]


def vet_people(reasons: Mapping[UUID, str], *, by: Actor) -> list[Contractor]:
    """As `vet()`, several people in one act, each with a reason of their own: all are taken in or nobody, in as many
    statements as for one. RequirementsMissing names whose they are."""
    people = deciding.several_for_operator(reasons, by)
    if not people:
        raise NothingChosen
    for contractor_id, states in requirements.states(reasons).items():
        rules.check_all_met(states, contractor_id)
    screening.check(reasons)
    _decide(people, ContractorStatus.VETTED, Outcome.VETTED, reasons, by)
    return people


def refuse(contractor_id: UUID, reason: str, *, by: Actor) -> Contractor:
    """An operator turns the application down. The contractor reads the reason and can contest it."""
    return _decide_one(deciding.for_operator(contractor_id, by), ContractorStatus.REFUSED, Outcome.REFUSED, reason, by)


def suspend(contractor_id: UUID, reason: str, *, by: Actor) -> Contractor:
    """An operator stops new offers. Earned pay is still paid; the contractor reads the reason and can contest it."""
    me = deciding.for_operator(contractor_id, by)
    return _decide_one(me, ContractorStatus.SUSPENDED, Outcome.SUSPENDED, reason, by)


def reinstate(contractor_id: UUID, reason: str, *, by: Actor) -> Contractor:
    """An operator ends a suspension. Raises WrongState unless there is one."""
    me = deciding.for_operator(contractor_id, by)
    if me.status != ContractorStatus.SUSPENDED:
        raise rules.NotSuspended
    return _decide_one(me, ContractorStatus.VETTED, Outcome.REINSTATED, reason, by)


def contest(words: str, *, by: Actor) -> Contractor:
    """Contests the latest decision that can be contested: `appeals.contest()`. Returns the contractor."""
    appeals.contest(None, words, by=by)
    return _me(by)


def _decide_one(me: Contractor, new: ContractorStatus, outcome: Outcome, reason: str, by: Actor) -> Contractor:
    _decide([me], new, outcome, {me.id: reason}, by)
    return me


def _decide(
    people: Sequence[Contractor], new: ContractorStatus, outcome: Outcome, reasons: Mapping[UUID, str], by: Actor
) -> None:
    """About people who are all of one status. An appeal against a decision that is replaced is answered by the new one,
    by somebody else than who took the old."""
    decider, moment = require_person(by), clock.now()
    contested = [last for last in _last_decisions(reasons) if last.contested_at is not None]
    for last in contested:
        rules.check_decider(decider, last.contractor_id, earlier=last.decided_by)
    deciding.write_many(reasons, outcome, by=by)
    for last in contested:
        if (appeal := appeals.open_against(last.id)) is not None:
            found = AppealStatus.UPHELD if outcome in rules.CONTESTABLE else AppealStatus.OVERTURNED
            appeals.close(appeal, found, reasons[last.contractor_id], by=by)
    values = {"vetted_at": moment} if outcome is Outcome.VETTED else {}
    if outcome in (Outcome.VETTED, Outcome.REFUSED):
        documents.keep_until(reasons, moment)
    _move_all(people, new, f"contractor.{outcome}", values, by)


def _last_decisions(contractor_ids: Collection[UUID]) -> Sequence[VettingDecision]:
    """The latest decision about the status of each person of whom there is one."""
    about = VettingDecision.contractor_id.in_(contractor_ids), VettingDecision.outcome.in_(rules.OF_STATUS)
    latest = select(VettingDecision).where(*about).ext(distinct_on(VettingDecision.contractor_id))
    return db.session.scalars(latest.order_by(VettingDecision.contractor_id, VettingDecision.id.desc())).all()


def _move_all(
    people: Sequence[Contractor], new: ContractorStatus, event: str, values: Mapping[str, Any], by: Actor
) -> None:
    """Raises WrongState unless all of them can be moved; the caller's transaction is rolled back then."""
    for old in sorted({each.status for each in people}):
        ids = [each.id for each in people if each.status is old]
        if len(move(Contractor, ids, old=old, new=new, by=by, event=event, values=values)) < len(ids):
            raise WrongState("It has changed since it was loaded.", state=str(old), wanted=str(new))


# --- what one can do, and when --------------------------------------------------------------------------------------


def describe(*, skills: Collection[str], languages: Mapping[str, Level], by: Actor) -> Contractor:
    """Sets the contractor's skills and languages, in place of those before. Raises BadProfile."""
    me = _me(by, lock=True)
    db.session.execute(delete(Skill).where(Skill.contractor_id == me.id))
    db.session.execute(delete(Language).where(Language.contractor_id == me.id))
    applying.write_descriptions({me.id: (skills, languages)})
    record("contractor.described", me, by=by)
    return me


def give_hazard_consent(category: HazardCategory, up_to: HazardClass, *, by: Actor) -> HazardConsent:
    """Consents to be offered work of that category, up to that class, in place of an earlier consent to it.

    Raises BadConsent.
    """
    return give_hazard_consents([(by, category, up_to)])[0]


def give_hazard_consents(given: Sequence[tuple[Actor, HazardCategory, HazardClass]]) -> list[HazardConsent]:
    """As `give_hazard_consent()`, of many people, each in their own name, and to several categories: all of it or
    nothing, in as many statements as for one."""
    for _, category, up_to in given:
        rules.check_consent(category, up_to)
    actors, moment = {require_person(by): by for by, _, _ in given}, clock.now()
    queries.locked_many(actors)
    _end_consents([(require_person(by), category) for by, category, _ in given])
    consents = [
        HazardConsent(contractor_id=require_person(by), category=category, up_to=up_to, given_at=moment)
        for by, category, up_to in given
    ]
    db.session.add_all(consents)
    db.session.flush()
    record_each("hazard_consent.given", [(each, {}, actors[each.contractor_id]) for each in consents])
    return consents


def revoke_hazard_consent(category: HazardCategory, *, by: Actor) -> HazardConsent:
    """Ends the consent at once; nothing that ranks people reads that it was there. Raises NotFound if there is none."""
    me = _me(by, lock=True)
    if not (ended := _end_consents([(me.id, category)])):
        raise NotFound
    record("hazard_consent.revoked", ended[0], by=by)
    return ended[0]


def _end_consents(which: Sequence[tuple[UUID, HazardCategory]]) -> Sequence[HazardConsent]:
    """Ends what people have consented to, of each the consent to that category."""
    live = update(HazardConsent).where(
        tuple_(HazardConsent.contractor_id, HazardConsent.category).in_(which), HazardConsent.revoked_at.is_(None)
    )
    return db.session.scalars(live.values(revoked_at=clock.now()).returning(HazardConsent)).all()


# --- finding --------------------------------------------------------------------------------------------------------


def _me(by: Actor, *, lock: bool = False) -> Contractor:
    return deciding.find(require_person(by), lock=lock)
