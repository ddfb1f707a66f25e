"""Seats that are to be handed over: who asks, what is offered for it, and the code by which somebody is named."""

from datetime import datetime
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CHAR, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Instant, choice
from marketplace.core.events import Subject
from marketplace.core.lifecycle import Stateful
from marketplace.shifts import handover_rules as rules
from marketplace.shifts.handover_rules import HandoverKind, HandoverStatus, ProposalStatus
from marketplace.shifts.models import Booking


class Handover(Stateful):
    """Somebody who is booked asks for somebody who takes their seat: everybody who may, or whoever has the
    `asked_code`.

    A code that is nobody's looks the same as one that is somebody's: `asked_id` is told to nobody but them. Events name
    neither the shift nor the company, which hears of it once it is done; see `handovers`.
    """

    __tablename__ = "handover"
    __table_args__ = (
        Index("uq_handover_booking_id", "booking_id", unique=True, postgresql_where=text("status = 'open'")),
        UniqueConstraint("new_booking_id"),
        CheckConstraint("asked_code IS NOT NULL OR asked_id IS NULL", name="asked_by_code"),
        CheckConstraint("(status = 'taken') = (new_booking_id IS NOT NULL)", name="taken_by_a_booking"),
        CheckConstraint("(status = 'open') = (settled_at IS NULL)", name="settled_when"),
        Index("ix_handover_contractor_id_made_at", "contractor_id", "made_at"),
        Index("ix_handover_asked_id", "asked_id", postgresql_where=text("asked_id IS NOT NULL")),
        Index("ix_handover_company_id", "company_id", postgresql_where=text("status = 'open'")),
    )
    about: ClassVar = MappingProxyType({"handover": "id", "booking": "booking_id", "contractor": "contractor_id"})
    transitions: ClassVar = rules.HANDOVER_TRANSITIONS

    kind: Mapped[HandoverKind] = mapped_column(choice(HandoverKind, "kind"))
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("booking.id"))
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    shift_id: Mapped[UUID] = mapped_column(ForeignKey("shift.id"), index=True)
    gig_id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"))
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    asked_code: Mapped[str | None] = mapped_column(CHAR(8))
    asked_id: Mapped[UUID | None] = mapped_column(ForeignKey("contractor.id"))
    made_at: Mapped[Instant]
    settled_at: Mapped[Instant | None]
    new_booking_id: Mapped[UUID | None] = mapped_column(ForeignKey("booking.id"))
    """Whose seat it is now."""
    status: Mapped[HandoverStatus] = mapped_column(choice(HandoverStatus, "status"))

    booking: Mapped[Booking] = relationship(lazy="raise", foreign_keys=booking_id)

    @property
    def named(self) -> bool:
        """Whether one person alone is asked."""
        return self.asked_code is not None

    @property
    def starts_at(self) -> datetime:
        return self.booking.starts_at

    @property
    def ends_at(self) -> datetime:
        return self.booking.ends_at


class CoverCall(Subject):
    """Somebody who may take a shift for which everybody is asked, and was told of it with these terms. It is no offer,
    holds no seat, and is over once somebody took the shift: `gone_at` is when they were told so."""

    __tablename__ = "cover_call"
    __table_args__ = (UniqueConstraint("handover_id", "contractor_id"),)
    about: ClassVar = MappingProxyType({"cover": "id", "handover": "handover_id", "contractor": "contractor_id"})

    handover_id: Mapped[UUID] = mapped_column(ForeignKey("handover.id"))
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"), index=True)
    terms_sha256: Mapped[str] = mapped_column(CHAR(64))
    made_at: Mapped[Instant]
    gone_at: Mapped[Instant | None]

    handover: Mapped[Handover] = relationship(lazy="raise")


class SwapProposal(Stateful):
    """A shift that somebody offers for the one of a request. `terms_sha256` is the digest of the terms of that one,
    which they have seen and agree to; who asked for the swap sees the terms of this one, and decides."""

    __tablename__ = "swap_proposal"
    __table_args__ = (
        Index(
            "uq_swap_proposal_handover_id_booking_id",
            "handover_id",
            "booking_id",
            unique=True,
            postgresql_where=text("status = 'waiting'"),
        ),
        UniqueConstraint("new_booking_id"),
        CheckConstraint("(status = 'accepted') = (new_booking_id IS NOT NULL)", name="accepted_by_a_booking"),
        CheckConstraint("(status = 'waiting') = (settled_at IS NULL)", name="settled_when"),
        Index("ix_swap_proposal_status", "status", postgresql_where=text("status = 'waiting'")),
    )
    about: ClassVar = MappingProxyType(
        {"swap": "id", "handover": "handover_id", "booking": "booking_id", "contractor": "contractor_id"}
    )
    transitions: ClassVar = rules.PROPOSAL_TRANSITIONS

    handover_id: Mapped[UUID] = mapped_column(ForeignKey("handover.id"))
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("booking.id"), index=True)
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"), index=True)
    shift_id: Mapped[UUID] = mapped_column(ForeignKey("shift.id"), index=True)
    gig_id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"))
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    terms_sha256: Mapped[str] = mapped_column(CHAR(64))
    made_at: Mapped[Instant]
    settled_at: Mapped[Instant | None]
    new_booking_id: Mapped[UUID | None] = mapped_column(ForeignKey("booking.id"))
    status: Mapped[ProposalStatus] = mapped_column(choice(ProposalStatus, "status"))

    handover: Mapped[Handover] = relationship(lazy="raise")
    booking: Mapped[Booking] = relationship(lazy="raise", foreign_keys=booking_id)

    @property
    def starts_at(self) -> datetime:
        return self.booking.starts_at

    @property
    def ends_at(self) -> datetime:
        return self.booking.ends_at


class HandoverCode(Subject):
    """By what somebody is named who may be asked to take a shift over. They give it to whom they like, and a new one
    ends the old one. It stands as it is: its owner reads it again and again, and it opens nothing."""

    __tablename__ = "handover_code"
    __table_args__ = (UniqueConstraint("contractor_id"), UniqueConstraint("code"))
    about: ClassVar = MappingProxyType({"handover_code": "id", "contractor": "contractor_id"})

    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    code: Mapped[str] = mapped_column(CHAR(8))
    made_at: Mapped[Instant]
