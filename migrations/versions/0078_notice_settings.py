"""How people want to be told of each kind of thing, outside of the service. One row for each who chose anything: a kind
that it does not name, and a person without a row, are told as usual."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0078"
down_revision = "0077"


def upgrade() -> None:
    op.create_table(
        "notice_setting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("ways", postgresql.JSONB(), nullable=False),
        sa.Column("rings_when_urgent", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_notice_setting_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_notice_setting"),
        sa.UniqueConstraint("person_id", name="uq_notice_setting_person_id"),
    )


def downgrade() -> None:
    op.drop_table("notice_setting")
