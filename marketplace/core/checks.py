"""Truths that must hold, asked all day. Which truths there are stands in `jobs/`, above all rooms."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

import structlog
from sqlalchemy import Text, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core import clock
from marketplace.core.db import Instant, db
from marketplace.core.events import Doer, Subject, record
from marketplace.core.ids import new_id

MOST_TOLD = 20
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence that must hold, and what was found to speak against it: lines of ids and numbers, none if it holds."""

    name: str
    sentence: str
    against: Sequence[str]


class CheckResult(Subject):
    """What the latest look at one truth found."""

    __tablename__ = "check_result"
    about: ClassVar = MappingProxyType({"check": "id"})

    name: Mapped[str] = mapped_column(Text, unique=True)
    at: Mapped[Instant]
    broken: Mapped[int]
    """How many things speak against it; 0 when it holds."""


def note(finding: Finding, *, by: Doer) -> None:
    """Writes down what was found.

    A broken truth is an error in the log every time, and an event when it breaks (`check.failed`) and when it holds
    again (`check.mended`).
    """
    against = list(finding.against)
    told = {"check": finding.name, "sentence": finding.sentence, "against": against[:MOST_TOLD]}
    row = _result(finding.name)
    was_broken, row.at, row.broken = row.broken, clock.now(), len(against)
    if against:
        log.error("check failed", **told)
    if bool(against) != bool(was_broken):
        record("check.failed" if against else "check.mended", row, by=by, data=told)


def found_broken() -> dict[str, int]:
    """For each truth that was ever asked, how many things spoke against it when it was asked last."""
    rows = db.session.execute(select(CheckResult.name, CheckResult.broken).order_by(CheckResult.name))
    return {row.name: row.broken for row in rows}


def _result(name: str) -> CheckResult:
    """The truth's row, locked; made when it is asked for the first time."""
    new: UUID = new_id()
    row = insert(CheckResult).values(id=new, name=name, at=clock.now(), broken=0)
    db.session.execute(row.on_conflict_do_nothing(index_elements=["name"]))
    return db.session.scalars(select(CheckResult).where(CheckResult.name == name).with_for_update()).one()
