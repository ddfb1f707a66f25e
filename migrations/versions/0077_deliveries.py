"""Messages by more ways than e-mail, each with what is known of its arrival, and telephone numbers to send them to.

What was an e-mail becomes a delivery: the same row for every way, so that one loop sends them, one receipt closes them
and one figure counts them. The number is encrypted with its person's own key; the code that proves it lies nowhere.
"""

import sqlalchemy as sa
from alembic import op

revision = "0077"
down_revision = "0076"

RENAMED = (
    ("pk_mail", "pk_delivery"),
    ("fk_mail_event_id_event", "fk_delivery_event_id_event"),
    ("fk_mail_person_id_person", "fk_delivery_person_id_person"),
    ("ck_mail_audience", "ck_delivery_audience"),
    ("ck_mail_words_once_kept", "ck_delivery_words_once_kept"),
)
WAYS = ("mail", "sms", "whatsapp")


def upgrade() -> None:
    op.rename_table("mail", "delivery")
    for old, new in RENAMED:
        op.execute(f"ALTER TABLE delivery RENAME CONSTRAINT {old} TO {new}")
    op.execute("ALTER INDEX ix_mail_waiting RENAME TO ix_delivery_waiting")
    op.add_column("delivery", sa.Column("way", way(), nullable=False, server_default="mail"))
    op.alter_column("delivery", "way", server_default=None)
    op.add_column("delivery", sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("delivery", sa.Column("provider_id", sa.Text(), nullable=True))
    op.drop_constraint("uq_mail_event_id_person_id", "delivery", type_="unique")
    op.create_unique_constraint("uq_delivery_event_id_person_id_way", "delivery", ["event_id", "person_id", "way"])
    op.create_check_constraint(
        op.f("ck_delivery_delivered_once_sent"),
        "delivery",
        "delivered_at IS NULL OR ended_at IS NOT NULL AND error IS NULL",
    )
    op.create_index("ix_delivery_person_id_id", "delivery", ["person_id", "id"])
    op.create_index("ix_delivery_at", "delivery", ["at"], postgresql_using="brin")
    op.create_table(
        "phone",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("region", sa.CHAR(2), nullable=False),
        sa.Column("fingerprint", sa.CHAR(64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("proven_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_phone_tries_counted")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_phone_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_phone"),
    )
    op.create_index("ix_phone_person_id", "phone", ["person_id"])
    op.create_index("ix_phone_fingerprint", "phone", ["fingerprint"])
    for name, condition in (("waiting", "proven_at IS NULL"), ("proven", "proven_at IS NOT NULL")):
        op.create_index(
            f"uq_phone_{name}",
            "phone",
            ["person_id"],
            unique=True,
            postgresql_where=sa.text(f"{condition} AND ended_at IS NULL"),
        )


def downgrade() -> None:
    op.drop_table("phone")
    op.drop_index("ix_delivery_at", "delivery")
    op.drop_index("ix_delivery_person_id_id", "delivery")
    op.drop_constraint(op.f("ck_delivery_delivered_once_sent"), "delivery")
    op.execute("DELETE FROM delivery WHERE way <> 'mail'")
    op.drop_constraint("uq_delivery_event_id_person_id_way", "delivery", type_="unique")
    op.drop_column("delivery", "provider_id")
    op.drop_column("delivery", "delivered_at")
    op.drop_column("delivery", "way")
    op.execute("ALTER INDEX ix_delivery_waiting RENAME TO ix_mail_waiting")
    for old, new in RENAMED:
        op.execute(f"ALTER TABLE delivery RENAME CONSTRAINT {new} TO {old}")
    op.rename_table("delivery", "mail")
    op.create_unique_constraint("uq_mail_event_id_person_id", "mail", ["event_id", "person_id"])


def way() -> sa.Enum:
    return sa.Enum(*WAYS, name="way", native_enum=False, create_constraint=True, length=20)
