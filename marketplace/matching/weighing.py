"""Weights are data: which version holds, every version there was, and how operators publish the next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from marketplace.accounts.rules import Actor, OperatorRole, reason_given, require_operator, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.problems import NotFound
from marketplace.matching.models import PublishedWeights, Trial
from marketplace.matching.objective import (
    MEANINGS,
    NEVER,
    NEWEST_SHIPPED,
    OF_SEATS,
    SHIPPED,
    NotTried,
    Part,
    Weights,
    check_start,
    check_weights,
)
from marketplace.matching.rules import TrialKind, TrialStatus

_PUBLISHING = 7302


@dataclass(frozen=True, slots=True)
class Version:
    """A version as everybody reads it. `report` is what it changed against the one before, as it was seen before it was
    published; empty, like the rest, of those that came with the service. `set_by` is told to operators alone."""

    weights: Weights
    reason: str = ""
    set_at: datetime | None = None
    set_by: UUID | None = None
    trial_id: UUID | None = None
    report: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """For the wire, without whoever published it."""
        return {
            "version": self.weights.version,
            "valid_from": self.weights.valid_from,
            "parts": self.weights.parts,
            "reason": self.reason,
            "published_at": self.set_at,
            "report": dict(self.report),
        }


def current() -> Weights:
    """The version that holds now: the newest whose day has come."""
    today = clock.now().date()
    holds = select(PublishedWeights).where(PublishedWeights.valid_from <= today)
    row = db.session.scalars(holds.order_by(PublishedWeights.version.desc()).limit(1)).one_or_none()
    return NEWEST_SHIPPED if row is None else _read(row)


def newest() -> Weights:
    """The version that was published last, which may begin to hold on a coming day."""
    row = db.session.scalars(select(PublishedWeights).order_by(PublishedWeights.version.desc()).limit(1)).one_or_none()
    return NEWEST_SHIPPED if row is None else _read(row)


def of(version: int) -> Weights:
    """One version. Raises NotFound."""
    if version in SHIPPED:
        return SHIPPED[version]
    row = db.session.scalars(select(PublishedWeights).where(PublishedWeights.version == version)).one_or_none()
    if row is None:
        raise NotFound
    return _read(row)


def history() -> Sequence[Version]:
    """Every version there ever was, the oldest first. Public."""
    rows = db.session.execute(
        select(PublishedWeights, Trial.result)
        .join(Trial, Trial.id == PublishedWeights.trial_id)
        .order_by(PublishedWeights.version)
    )
    published = (Version(_read(row), row.reason, row.set_at, row.set_by, row.trial_id, result) for row, result in rows)
    return [*(Version(shipped) for shipped in SHIPPED.values()), *published]


def objective() -> dict[str, Any]:
    """What counts, what it means and how much it weighs, every version of it; and what never counts."""
    return {
        "current": current().version,
        "parts": [
            {"part": part, "meaning": meaning, "ranks_people": part not in OF_SEATS}
            for part, meaning in MEANINGS.items()
        ],
        "never": list(NEVER),
        "items": [version.as_dict() for version in history()],
    }


def publish(trial_id: UUID, valid_from: date, reason: str, *, by: Actor) -> Version:
    """Operators of standards publish the weights that a trial has tried, as the next version, and say why.

    Nothing is overwritten: whoever wants the old weights back publishes them anew. Raises NotFound or Forbidden for
    others; NotTried while the trial is not done, or was made against other weights than the newest; BadWeights,
    BadStart, ReasonMissing.
    """
    require_operator(by, OperatorRole.STANDARDS)
    # Two who publish at once would make the same version twice: the second waits here, and has tried against old ones.
    db.session.execute(select(func.pg_advisory_xact_lock(_PUBLISHING)))
    trial, ahead = db.session.get(Trial, trial_id), newest()
    if trial is None or trial.kind is not TrialKind.WEIGHTS:
        raise NotFound
    if trial.status is not TrialStatus.DONE or trial.weights_version != ahead.version:
        raise NotTried
    parts = {part: int(trial.tried["weights"][part.value]) for part in Part}
    check_weights(parts)
    check_start(valid_from, clock.now().date(), ahead)
    row = PublishedWeights(
        version=ahead.version + 1,
        parts={part.value: weight for part, weight in parts.items()},
        valid_from=valid_from,
        reason=reason_given(reason),
        set_by=require_person(by),
        set_at=clock.now(),
        trial_id=trial.id,
    )
    db.session.add(row)
    db.session.flush()
    record("weights.published", row, by=by, data={"version": row.version})
    return Version(_read(row), row.reason, row.set_at, row.set_by, row.trial_id, trial.result)


def _read(row: PublishedWeights) -> Weights:
    parts = {part: int(row.parts[part.value]) for part in Part if part.value in row.parts}
    return Weights(row.version, row.valid_from, MappingProxyType(parts))
