"""What matching saw and decided: a plan with its input, and for each shift who was given a seat of it, and why."""

from datetime import date
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import (
    CHAR,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, Id, Instant, Json, choice
from marketplace.core.events import Subject
from marketplace.core.lifecycle import Stateful
from marketplace.matching import rules
from marketplace.matching.rules import PlanScope, PlanStatus, TrialKind, TrialStatus


class Plan(Stateful):
    """One reckoning of who is asked for which seats: of one shift, of those that begin soon, or of a whole horizon.

    `company_id` is empty when it looked at all companies. Shifts that begin from `starts_at` until before `ends_at`
    belong to it. The input is stored beside it (`PlanInput`) and `input_sha256` is the digest of its canonical JSON; it
    is empty until the plan is done. `report` is what the plan comes to in numbers, see `matching.report`.
    """

    __tablename__ = "plan"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("seats >= 0 AND planned BETWEEN 0 AND seats", name="no_more_than_seats"),
        # Near the start more people are asked than seats are open, and their yeses collected.
        CheckConstraint("offered >= 0", name="offered_not_negative"),
        CheckConstraint("(status = 'done') = (input_sha256 IS NOT NULL)", name="done_has_an_input"),
        Index("ix_plan_company_id_id", "company_id", "id"),
        Index("ix_plan_horizon", "company_id", "made_at", postgresql_where=text("scope = 'horizon'")),
    )
    about: ClassVar = MappingProxyType({"plan": "id", "company": "company_id"})
    transitions: ClassVar = rules.PLAN_TRANSITIONS

    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("company.id"))
    scope: Mapped[PlanScope] = mapped_column(choice(PlanScope, "scope"))
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    made_at: Mapped[Instant]
    done_at: Mapped[Instant | None]
    weights_version: Mapped[int]
    seed: Mapped[int]
    seats: Mapped[int] = mapped_column(default=0)
    planned: Mapped[int] = mapped_column(default=0)
    offered: Mapped[int] = mapped_column(default=0)
    report: Mapped[Json]
    input_sha256: Mapped[str | None] = mapped_column(CHAR(64))
    status: Mapped[PlanStatus] = mapped_column(choice(PlanStatus, "status"))


class Trial(Stateful):
    """Something that was tried on paper: what it is, and what would come of it beside what comes of things as they are.
    Nothing else is ever changed by it. `progress` is how many of the `steps` are done.

    `company_id` and `shift_id` are empty of weights, which operators try. `result` holds counts, and nobody's id.
    """

    __tablename__ = "trial"
    __table_args__ = (
        CheckConstraint("progress BETWEEN 0 AND steps", name="no_more_than_steps"),
        CheckConstraint("(status = 'running') = (done_at IS NULL)", name="ended_when_done"),
        CheckConstraint(
            "(kind = 'weights') = (company_id IS NULL) AND (kind = 'shift') = (shift_id IS NOT NULL)",
            name="of_a_company",
        ),
        Index("ix_trial_company_id_id", "company_id", "id"),
    )
    about: ClassVar = MappingProxyType({"trial": "id", "company": "company_id", "shift": "shift_id"})
    transitions: ClassVar = rules.TRIAL_TRANSITIONS

    kind: Mapped[TrialKind] = mapped_column(choice(TrialKind, "kind"))
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("company.id"))
    shift_id: Mapped[UUID | None] = mapped_column(ForeignKey("shift.id"), index=True)
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[Instant]
    done_at: Mapped[Instant | None]
    weights_version: Mapped[int]
    tried: Mapped[Json]
    steps: Mapped[int]
    progress: Mapped[int] = mapped_column(default=0)
    result: Mapped[Json]
    status: Mapped[TrialStatus] = mapped_column(choice(TrialStatus, "status"))


class PublishedWeights(Subject):
    """A version of the weights that operators have published, from which day it holds, why, and the trial in which they
    saw what it changes. Versions are added, never changed."""

    __tablename__ = "published_weights"
    __table_args__ = (UniqueConstraint("version"),)
    about: ClassVar = MappingProxyType({"weights": "id", "trial": "trial_id"})

    version: Mapped[int] = mapped_column(SmallInteger)
    parts: Mapped[Json]
    valid_from: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    set_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[Instant]
    trial_id: Mapped[UUID] = mapped_column(ForeignKey("trial.id"))


class SavedShift(Base):
    """An open shift that somebody keeps in view. It tells nobody else, and nothing that decides reads it."""

    __tablename__ = "saved_shift"
    __table_args__ = (Index("ix_saved_shift_shift_id", "shift_id"),)

    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"), primary_key=True)
    shift_id: Mapped[UUID] = mapped_column(ForeignKey("shift.id"), primary_key=True)
    saved_at: Mapped[Instant]


class PlanInput(Base):
    """The instance that a plan was reckoned from, as canonical JSON, compressed by zlib. It speaks of people, so it is
    forgotten after 90 days, and an erased person's part of it with them (`matching.forgetting`): the plan's digest
    still says what it was, and nobody can repeat it."""

    __tablename__ = "plan_input"

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plan.id"), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class PlanPart(Base):
    """One part of a market that is being solved, as the solver's arrays, in which nobody is named, and then its answer.
    Whoever takes it says so, by machine time; it is there for as long as the plan is reckoned."""

    __tablename__ = "plan_part"

    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    seed: Mapped[int]
    made_at: Mapped[Instant] = mapped_column(server_default=func.clock_timestamp())
    taken_at: Mapped[Instant | None]
    problem: Mapped[bytes] = mapped_column(LargeBinary)
    plan: Mapped[bytes | None] = mapped_column(LargeBinary)


class MatchRun(Subject):
    """What a plan decided about one shift: its open seats, how many were offered, and the lowest score that was given
    one (`cutoff`). `turn` is the last turn at which somebody was given a seat, empty when a seat stayed open;
    `refused` then says how many people each rule kept out, by the first rule that did, where enough people could be
    meant (`fairness.too_few`). Never changed."""

    __tablename__ = "match_run"
    __table_args__ = (
        CheckConstraint("seats >= 0 AND offered >= 0", name="seats_not_negative"),
        Index("ix_match_run_shift_id_id", "shift_id", "id"),
        UniqueConstraint("plan_id", "shift_id"),
    )
    about: ClassVar = MappingProxyType({"match": "id", "shift": "shift_id", "gig": "gig_id", "company": "company_id"})

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plan.id"))
    shift_id: Mapped[UUID] = mapped_column(ForeignKey("shift.id"))
    gig_id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"), index=True)
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"), index=True)
    at: Mapped[Instant]
    weights_version: Mapped[int]
    seats: Mapped[int]
    offered: Mapped[int]
    cutoff: Mapped[int | None]
    turn: Mapped[int | None]
    refused: Mapped[Json]
    input_sha256: Mapped[str] = mapped_column(CHAR(64))


class PlannedSeat(Base):
    """A seat that a plan gave to somebody: at which turn of the plan, at which place among those asked for the shift.

    `offer_id` is empty when somebody's own yes, or another offer, was quicker than the plan. Never changed; it speaks
    of a person, so it can be erased with them.
    """

    __tablename__ = "planned_seat"
    __table_args__ = (
        UniqueConstraint("run_id", "contractor_id"),
        UniqueConstraint("plan_id", "turn"),
        Index("ix_planned_seat_contractor_id_plan_id", "contractor_id", "plan_id"),
    )

    id: Mapped[Id]
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plan.id"))
    run_id: Mapped[UUID] = mapped_column(ForeignKey("match_run.id"))
    shift_id: Mapped[UUID] = mapped_column(ForeignKey("shift.id"), index=True)
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    offer_id: Mapped[UUID | None] = mapped_column(ForeignKey("offer.id"), index=True)
    turn: Mapped[int]
    rank: Mapped[int]
    score: Mapped[int]
