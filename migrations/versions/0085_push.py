"""Browsers that show notifications. What a browser says of itself is encrypted with its person's key; a keyed digest of
its address keeps one browser with one person."""

import sqlalchemy as sa
from alembic import op

revision = "0085"
down_revision = "0084"

BEFORE = "way IN ('mail', 'sms', 'whatsapp')"
NOW = "way IN ('mail', 'sms', 'whatsapp', 'push')"


def upgrade() -> None:
    op.create_table(
        "push_subscription",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.CHAR(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_push_subscription_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_push_subscription"),
        sa.UniqueConstraint("fingerprint", name="uq_push_subscription_fingerprint"),
    )
    op.create_index("ix_push_subscription_person_id", "push_subscription", ["person_id"])
    op.drop_constraint(op.f("ck_delivery_way"), "delivery")
    op.create_check_constraint(op.f("ck_delivery_way"), "delivery", NOW)


def downgrade() -> None:
    op.execute("DELETE FROM delivery WHERE way = 'push'")
    op.drop_constraint(op.f("ck_delivery_way"), "delivery")
    op.create_check_constraint(op.f("ck_delivery_way"), "delivery", BEFORE)
    op.drop_table("push_subscription")
