"""What a raised hazard class owes for work that was paid before it, and the pay lines that pay it.

Before, a raise reached back only to work that no pay run had taken, so that a flag which was answered a week late cost
the people who had done the work its premium.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

ABOUT = ("booking", "gig", "company", "contractor")


def upgrade() -> None:
    op.create_table(
        "back_pay",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(f"{table}_id", sa.Uuid(), nullable=False) for table in ABOUT),
        sa.Column("hazard_class", sa.String(20), nullable=False),
        sa.Column("held_amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.CheckConstraint("held_amount > 0", name=op.f("ck_back_pay_held_positive")),
        sa.CheckConstraint("hazard_class IN ('H0', 'H1', 'H2', 'H3')", name=op.f("ck_back_pay_hazard_class")),
        sa.CheckConstraint("status IN ('due', 'paid')", name=op.f("ck_back_pay_status")),
        *(sa.ForeignKeyConstraint([f"{t}_id"], [f"{t}.id"], name=f"fk_back_pay_{t}_id_{t}") for t in ABOUT),
        sa.PrimaryKeyConstraint("id", name="pk_back_pay"),
        sa.UniqueConstraint("booking_id", "hazard_class", name="uq_back_pay_booking_id_hazard_class"),
    )
    op.create_index("ix_back_pay_status", "back_pay", ["status"], postgresql_where=sa.text("status = 'due'"))
    op.add_column("pay_line", sa.Column("back_pay_id", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_pay_line_back_pay_id_back_pay", "pay_line", "back_pay", ["back_pay_id"], ["id"])


def downgrade() -> None:
    op.drop_constraint("fk_pay_line_back_pay_id_back_pay", "pay_line")
    op.drop_column("pay_line", "back_pay_id")
    op.drop_table("back_pay")
