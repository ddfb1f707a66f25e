"""Unlawful content is reported: a third end of a flag, with whom was told.

Before, an operator could only dismiss a flag of unlawful content, or raise a class that may not hold it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

STATUSES = ("open", "upheld", "dismissed")


def upgrade() -> None:
    _allow((*STATUSES, "reported"))
    op.create_table(
        "content_report",
        sa.Column("flag_id", sa.Uuid(), nullable=False),
        sa.Column("reported_to", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("reported_by", sa.Uuid(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reported_to <> ''", name=op.f("ck_content_report_reported_to_given")),
        sa.ForeignKeyConstraint(["flag_id"], ["hazard_flag.id"], name="fk_content_report_flag_id_hazard_flag"),
        sa.ForeignKeyConstraint(["reported_by"], ["person.id"], name="fk_content_report_reported_by_person"),
        sa.PrimaryKeyConstraint("flag_id", name="pk_content_report"),
    )


def downgrade() -> None:
    op.drop_table("content_report")
    op.execute("UPDATE hazard_flag SET status = 'upheld' WHERE status = 'reported'")
    _allow(STATUSES)


def _allow(statuses: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_hazard_flag_status"), "hazard_flag")
    listed = ", ".join(f"'{each}'" for each in statuses)
    op.create_check_constraint(op.f("ck_hazard_flag_status"), "hazard_flag", f"status IN ({listed})")
