"""What applicants do at first, one of them or many: apply, say what they can do, get an account to be paid on.

Every verb takes a set, each person in their own name, and does for a thousand with as many statements as for one: all
of it, or nothing. `service` has them for one person.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.queries import confirmed_people
from marketplace.accounts.rules import Actor, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record_each
from marketplace.core.ids import new_id
from marketplace.core.money import minor_digits
from marketplace.core.problems import NotFound
from marketplace.standards.hours import old_enough_on
from marketplace.standards.rules import judge_age
from marketplace.workforce import intake, policy, requirements, rules, signals
from marketplace.workforce.bars import SignalKind
from marketplace.workforce.models import Contractor, Language, PayoutAccount, Requirement, Skill
from marketplace.workforce.rules import ContractorStatus, Level, RequirementKind, RequirementStatus

SANDBOX = "sandbox"
"""The rail that moves no money."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What somebody says of themselves when they apply."""

    by: Actor
    country: str
    subdivision: str | None
    timezone: str
    born_on: date
    payout_currency: str
    languages: Mapping[str, Level] = field(default_factory=dict)
    skills: Collection[str] = ()
    band: tuple[int, int] = (0, 40)


def apply_many(applications: Sequence[Application]) -> list[Contractor]:
    """Makes each of the people a contractor who waits to be vetted, with every requirement open.

    Raises EmailNotConfirmed, IntakePaused, AlreadyApplied, TooYoung, BadPlace, UnknownZone, BadMoney, BadProfile or
    BadBand, of the first of whom it is so; then nobody has applied.
    """
    given = {require_person(each.by): each for each in applications}
    confirmed_people([each.by for each in applications])
    if len(db.session.scalars(select(Contractor.id).where(Contractor.id.in_(given))).all()) < len(given):
        intake.check_open()
    moment = clock.now()
    for each in applications:
        _check(each, moment)
    rows = [
        {
            "id": person_id,
            "status": ContractorStatus.APPLIED,
            "country": each.country,
            "subdivision": each.subdivision,
            "timezone": each.timezone,
            "born_on": each.born_on,
            "band_min_hours": each.band[0],
            "band_max_hours": each.band[1],
            "payout_currency": each.payout_currency,
            "applied_at": moment,
        }
        for person_id, each in given.items()
    ]
    made = insert(Contractor).on_conflict_do_nothing().returning(Contractor)
    found = {row.id: row for row in db.session.scalars(made, rows)}
    if len(found) < len(applications):
        raise rules.AlreadyApplied
    asked = policy.current()
    _ask_for(list(given), asked.kinds, moment)
    record_each("contractor.applied", [(found[known], {"policy": asked.version}, given[known].by) for known in given])
    write_descriptions({known: (each.skills, each.languages) for known, each in given.items()})
    record_each("contractor.described", [(found[known], {}, given[known].by) for known in given])
    return [found[known] for known in given]


def open_sandbox_accounts(people: Sequence[Actor]) -> list[PayoutAccount]:
    """Gives each contractor an account on the sandbox rail, once, and submits that requirement. No money moves there.

    Raises AccountKnown.
    """
    moment, actors = clock.now(), {require_person(by): by for by in people}
    if len(db.session.scalars(select(Contractor.id).where(Contractor.id.in_(actors))).all()) < len(actors):
        raise NotFound
    rows = [
        {"contractor_id": known, "rail": SANDBOX, "reference": f"{SANDBOX}_{uuid4().hex}", "given_at": moment}
        for known in actors
    ]
    made = insert(PayoutAccount).on_conflict_do_nothing().returning(PayoutAccount)
    found = {account.contractor_id: account for account in db.session.scalars(made, rows)}
    if len(found) < len(people):
        raise rules.AccountKnown
    seen = {known: f"{found[known].rail} {found[known].reference}" for known in actors}
    signals.note_many(SignalKind.PAYOUT_ACCOUNT, seen)
    note = f"An account on the rail '{SANDBOX}'."
    requirements.submit_many([(by, {RequirementKind.PAYOUT_ACCOUNT: note}) for by in people])
    return [found[known] for known in actors]


def give_account(rail: str, reference: str, *, by: Actor) -> None:
    """Writes down where the person is paid, and hands that requirement in where it was asked for and is open. Their
    first account counts; who has one already keeps the row, and the rail knows the newer one."""
    me = require_person(by)
    row = {"contractor_id": me, "rail": rail, "reference": reference, "given_at": clock.now()}
    made = insert(PayoutAccount).values(row).on_conflict_do_nothing().returning(PayoutAccount.contractor_id)
    if db.session.scalar(made) is None:
        return
    signals.note_many(SignalKind.PAYOUT_ACCOUNT, {me: f"{rail} {reference}"})
    asked = requirements.states([me])[me].get(RequirementKind.PAYOUT_ACCOUNT)
    if asked in (RequirementStatus.OPEN, RequirementStatus.REFUSED):
        requirements.submit_many([(by, {RequirementKind.PAYOUT_ACCOUNT: f"An account on the rail '{rail}'."})])


def write_descriptions(told: Mapping[UUID, tuple[Collection[str], Mapping[str, Level]]]) -> None:
    """Writes down skills and languages of people of whom none are known. Raises BadProfile."""
    skills, spoken = [], []
    for known, (named, languages) in told.items():
        skills += [{"contractor_id": known, "skill": skill} for skill in rules.check_skills(list(named))]
        rules.check_languages(languages)
        spoken += [{"contractor_id": known, "language": it, "level": level} for it, level in languages.items()]
    if skills:
        db.session.execute(insert(Skill), skills)
    if spoken:
        db.session.execute(insert(Language), spoken)


def _check(given: Application, moment: datetime) -> None:
    rules.check_place(given.country, given.subdivision)
    rules.check_band(*given.band)
    minor_digits(given.payout_currency)
    verdict = judge_age(given.born_on, moment, clock.zone(given.timezone))
    if verdict.failed:
        day = old_enough_on(given.born_on)
        remedy = f"Apply from {day.isoformat()} on: that is your birthday, where you live."
        raise rules.TooYoung(
            verdict.sentence, field="born_on", remedy=remedy, possible_on=day.isoformat(), verdict=verdict.as_dict()
        )


def _ask_for(contractor_ids: Sequence[UUID], kinds: Collection[RequirementKind], moment: datetime) -> None:
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
        for contractor_id in contractor_ids
        for kind in kinds
    ]
    # Those that are open have no moment: rows of one shape after another make one statement.
    db.session.execute(insert(Requirement), sorted(rows, key=lambda row: row["submitted_at"] is None))
