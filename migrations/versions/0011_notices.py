"""Notices in people's inboxes and the e-mails beside them. One of each for an event and a person, however often a job
that tells of the event runs."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

AUDIENCES = ("person", "contractor", "gigs", "timesheets", "money", "members", "vetting", "finance", "admin")


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("audience", audience(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_notice_event_id_event"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_notice_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.UniqueConstraint("event_id", "person_id", name="uq_notice_event_id_person_id"),
    )
    op.create_index("ix_notice_person_id_id", "notice", ["person_id", "id"])
    op.create_index("ix_notice_unread", "notice", ["person_id"], postgresql_where=sa.text("read_at IS NULL"))
    op.create_table(
        "mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("audience", audience(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "num_nulls(address, subject, body) IN (0, 3) AND (body IS NULL OR ended_at IS NOT NULL)",
            name=op.f("ck_mail_words_once_kept"),
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_mail_event_id_event"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_mail_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_mail"),
        sa.UniqueConstraint("event_id", "person_id", name="uq_mail_event_id_person_id"),
    )
    op.create_index("ix_mail_waiting", "mail", ["try_at"], postgresql_where=sa.text("ended_at IS NULL"))


def downgrade() -> None:
    op.drop_table("mail")
    op.drop_table("notice")


def audience() -> sa.Enum:
    return sa.Enum(*AUDIENCES, name="audience", native_enum=False, create_constraint=True, length=20)
