"""Seats that are handed over.

A request is about one booking, which stays what it is until somebody has taken the seat: then it ends as handed over,
and a new one begins in the same transaction. A swap is a request and a proposal that was accepted: two bookings end and
two begin, since no booking changes its person.
"""

import sqlalchemy as sa
from alembic import op

revision = "0082"
down_revision = "0081"

STATUSES = ("booked", "working", "worked", "released", "cancelled", "no_show", "sick", "taken_out", "excused")
AUDIENCES = (
    "person",
    "contractor",
    "gigs",
    "timesheets",
    "money",
    "members",
    "vetting",
    "finance",
    "admin",
    "disputes",
    "standards",
    "place",
    "commenter",
    "author",
)
OPEN, WAITING = sa.text("status = 'open'"), sa.text("status = 'waiting'")


def upgrade() -> None:
    _allow((*STATUSES, "handed_over"))
    _tell((*AUDIENCES, "colleague"))
    op.create_table(
        "handover",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("gig_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("asked_code", sa.CHAR(8), nullable=True),
        sa.Column("asked_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("new_booking_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.CheckConstraint("kind IN ('cover', 'swap')", name=op.f("ck_handover_kind")),
        sa.CheckConstraint(
            "status IN ('open', 'taken', 'refused', 'withdrawn', 'ended')", name=op.f("ck_handover_status")
        ),
        sa.CheckConstraint("asked_code IS NOT NULL OR asked_id IS NULL", name=op.f("ck_handover_asked_by_code")),
        sa.CheckConstraint(
            "(status = 'taken') = (new_booking_id IS NOT NULL)", name=op.f("ck_handover_taken_by_a_booking")
        ),
        sa.CheckConstraint("(status = 'open') = (settled_at IS NULL)", name=op.f("ck_handover_settled_when")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name="fk_handover_booking_id_booking"),
        sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name="fk_handover_contractor_id_contractor"),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name="fk_handover_shift_id_shift"),
        sa.ForeignKeyConstraint(["gig_id"], ["gig.id"], name="fk_handover_gig_id_gig"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_handover_company_id_company"),
        sa.ForeignKeyConstraint(["asked_id"], ["contractor.id"], name="fk_handover_asked_id_contractor"),
        sa.ForeignKeyConstraint(["new_booking_id"], ["booking.id"], name="fk_handover_new_booking_id_booking"),
        sa.PrimaryKeyConstraint("id", name="pk_handover"),
        sa.UniqueConstraint("new_booking_id", name="uq_handover_new_booking_id"),
    )
    op.create_index("uq_handover_booking_id", "handover", ["booking_id"], unique=True, postgresql_where=OPEN)
    op.create_index("ix_handover_contractor_id_made_at", "handover", ["contractor_id", "made_at"])
    op.create_index("ix_handover_asked_id", "handover", ["asked_id"], postgresql_where=sa.text("asked_id IS NOT NULL"))
    op.create_index("ix_handover_company_id", "handover", ["company_id"], postgresql_where=OPEN)
    op.create_index("ix_handover_shift_id", "handover", ["shift_id"])
    op.create_table(
        "swap_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("gig_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("terms_sha256", sa.CHAR(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("new_booking_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.CheckConstraint(
            "status IN ('waiting', 'accepted', 'declined', 'withdrawn', 'ended')", name=op.f("ck_swap_proposal_status")
        ),
        sa.CheckConstraint(
            "(status = 'accepted') = (new_booking_id IS NOT NULL)", name=op.f("ck_swap_proposal_accepted_by_a_booking")
        ),
        sa.CheckConstraint("(status = 'waiting') = (settled_at IS NULL)", name=op.f("ck_swap_proposal_settled_when")),
        sa.ForeignKeyConstraint(["handover_id"], ["handover.id"], name="fk_swap_proposal_handover_id_handover"),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name="fk_swap_proposal_booking_id_booking"),
        sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name="fk_swap_proposal_contractor_id_contractor"),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name="fk_swap_proposal_shift_id_shift"),
        sa.ForeignKeyConstraint(["gig_id"], ["gig.id"], name="fk_swap_proposal_gig_id_gig"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_swap_proposal_company_id_company"),
        sa.ForeignKeyConstraint(["new_booking_id"], ["booking.id"], name="fk_swap_proposal_new_booking_id_booking"),
        sa.PrimaryKeyConstraint("id", name="pk_swap_proposal"),
        sa.UniqueConstraint("new_booking_id", name="uq_swap_proposal_new_booking_id"),
    )
    op.create_index(
        "uq_swap_proposal_handover_id_booking_id",
        "swap_proposal",
        ["handover_id", "booking_id"],
        unique=True,
        postgresql_where=WAITING,
    )
    op.create_index("ix_swap_proposal_booking_id", "swap_proposal", ["booking_id"])
    op.create_index("ix_swap_proposal_contractor_id", "swap_proposal", ["contractor_id"])
    op.create_index("ix_swap_proposal_shift_id", "swap_proposal", ["shift_id"])
    op.create_index("ix_swap_proposal_status", "swap_proposal", ["status"], postgresql_where=WAITING)
    op.create_table(
        "handover_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.CHAR(8), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name="fk_handover_code_contractor_id_contractor"),
        sa.PrimaryKeyConstraint("id", name="pk_handover_code"),
        sa.UniqueConstraint("contractor_id", name="uq_handover_code_contractor_id"),
        sa.UniqueConstraint("code", name="uq_handover_code_code"),
    )


def downgrade() -> None:
    for table in ("notice", "delivery"):
        op.execute(f"DELETE FROM {table} WHERE audience = 'colleague'")
    _tell(AUDIENCES)
    op.drop_table("handover_code")
    op.drop_table("swap_proposal")
    op.drop_table("handover")
    op.execute("UPDATE booking SET status = 'released' WHERE status = 'handed_over'")
    _allow(STATUSES)


def _allow(options: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_booking_status"), "booking")
    listed = ", ".join(f"'{each}'" for each in options)
    op.create_check_constraint(op.f("ck_booking_status"), "booking", f"status IN ({listed})")


def _tell(audiences: tuple[str, ...]) -> None:
    allowed = ", ".join(f"'{each}'" for each in audiences)
    for table in ("notice", "delivery"):
        op.drop_constraint(op.f(f"ck_{table}_audience"), table)
        op.create_check_constraint(op.f(f"ck_{table}_audience"), table, f"audience IN ({allowed})")
