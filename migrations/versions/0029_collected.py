"""Yeses that are collected where more people are asked than seats are open, and what was decided about them.

Whoever was asked first come, first served before keeps that: an offer that stands collects nothing. Somebody whose yes
is collected has an open offer like somebody who has not answered, so the index of open offers now counts both."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"

BEFORE = "status IN ('pending', 'accepted', 'declined', 'expired', 'withdrawn')"
NOW = "status IN ('pending', 'collected', 'accepted', 'declined', 'expired', 'withdrawn', 'not_chosen')"


def upgrade() -> None:
    op.add_column("offer", sa.Column("collects", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("offer", "collects", server_default=None)
    op.add_column("offer", sa.Column("decision", postgresql.JSONB(), nullable=True))
    _statuses(NOW, "status IN ('pending', 'collected')")
    op.create_check_constraint(
        op.f("ck_offer_yes_is_collected_where_said"),
        "offer",
        "collects OR status NOT IN ('collected', 'not_chosen')",
    )
    op.create_check_constraint(
        op.f("ck_offer_decided_of_a_yes"), "offer", "decision IS NULL OR status IN ('accepted', 'not_chosen')"
    )
    op.create_index("ix_offer_collected", "offer", ["expires_at"], postgresql_where=sa.text("status = 'collected'"))


def downgrade() -> None:
    op.drop_index("ix_offer_collected", "offer")
    op.drop_constraint(op.f("ck_offer_decided_of_a_yes"), "offer")
    op.drop_constraint(op.f("ck_offer_yes_is_collected_where_said"), "offer")
    op.execute("UPDATE offer SET status = 'withdrawn' WHERE status IN ('collected', 'not_chosen')")
    _statuses(BEFORE, "status = 'pending'")
    op.drop_column("offer", "decision")
    op.drop_column("offer", "collects")


def _statuses(known: str, is_open: str) -> None:
    op.drop_constraint(op.f("ck_offer_status"), "offer")
    op.create_check_constraint(op.f("ck_offer_status"), "offer", known)
    op.drop_index("uq_offer_shift_id_contractor_id", "offer")
    op.create_index(
        "uq_offer_shift_id_contractor_id",
        "offer",
        ["shift_id", "contractor_id"],
        unique=True,
        postgresql_where=sa.text(is_open),
    )
