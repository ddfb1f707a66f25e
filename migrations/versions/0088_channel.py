"""A channel of the people who work for one company, which neither the company nor the service can read (OWN_CHANNEL).

Nothing here is readable: words, private keys and the keys of a channel come sealed from browsers. Whoever is a member
is known, since somebody has to be kept out; under which name is their own choice. What was sealed is never changed,
only deleted: by its writer, by the end of its days, or when a person is erased. Notices have a further audience.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0088"
down_revision = "0087"

BEFORE = (
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
    "colleague",
)
TABLES = ("channel", "channel_epoch", "channel_member", "channel_key", "channel_words")
MAY_CHANGE = "sealed_key, rounds, is_muted, left_at, told_at"


def upgrade() -> None:
    _channel()
    _members()
    _words()
    _tell((*BEFORE, "channel"))
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'REVOKE UPDATE ON channel_epoch, channel_key, channel_words, channel_member FROM "{role}"')
        op.execute(f'REVOKE DELETE ON channel_epoch FROM "{role}"')
        op.execute(f'GRANT UPDATE ({MAY_CHANGE}) ON channel_member TO "{role}"')


def downgrade() -> None:
    for table in ("notice", "delivery"):
        op.execute(f"DELETE FROM {table} WHERE audience = 'channel'")
    _tell(BEFORE)
    for table in reversed(TABLES):
        op.drop_table(table)


def _channel() -> None:
    op.create_table(
        "channel",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("handed_out", sa.Integer(), nullable=False),
        sa.CheckConstraint("epoch >= 0 AND handed_out >= 0", name=op.f("ck_channel_counted")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_channel_company_id_company"),
        sa.PrimaryKeyConstraint("id", name="pk_channel"),
        sa.UniqueConstraint("company_id", name="uq_channel_company_id"),
    )
    op.create_table(
        "channel_epoch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name="fk_channel_epoch_channel_id_channel"),
        sa.PrimaryKeyConstraint("id", name="pk_channel_epoch"),
        sa.UniqueConstraint("channel_id", "epoch", name="uq_channel_epoch_channel_id_epoch"),
    )


def _members() -> None:
    op.create_table(
        "channel_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("sealed_key", sa.Text(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("is_muted", sa.Boolean(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name="fk_channel_member_channel_id_channel"),
        sa.ForeignKeyConstraint(
            ["contractor_id"], ["contractor.id"], name="fk_channel_member_contractor_id_contractor"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_channel_member"),
    )
    here = sa.text("left_at IS NULL")
    for column in ("contractor_id", "name"):
        op.create_index(
            f"uq_channel_member_channel_id_{column}",
            "channel_member",
            ["channel_id", sa.text("lower(name)") if column == "name" else column],
            unique=True,
            postgresql_where=here,
        )
    op.create_index("ix_channel_member_contractor_id", "channel_member", ["contractor_id"])
    op.create_table(
        "channel_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.Text(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["channel_member.id"], name="fk_channel_key_member_id_channel_member"),
        sa.PrimaryKeyConstraint("id", name="pk_channel_key"),
        sa.UniqueConstraint("member_id", "epoch", name="uq_channel_key_member_id_epoch"),
    )


def _words() -> None:
    op.create_table(
        "channel_words",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name="fk_channel_words_channel_id_channel"),
        sa.ForeignKeyConstraint(["member_id"], ["channel_member.id"], name="fk_channel_words_member_id_channel_member"),
        sa.PrimaryKeyConstraint("id", name="pk_channel_words"),
        sa.UniqueConstraint("channel_id", "mark", name="uq_channel_words_channel_id_mark"),
    )
    op.create_index("ix_channel_words_channel_id_id", "channel_words", ["channel_id", "id"])
    op.create_index("ix_channel_words_member_id_said_at", "channel_words", ["member_id", "said_at"])
    op.create_index("ix_channel_words_said_at", "channel_words", ["said_at"])


def _tell(audiences: tuple[str, ...]) -> None:
    allowed = ", ".join(f"'{each}'" for each in audiences)
    for table in ("notice", "delivery"):
        op.drop_constraint(op.f(f"ck_{table}_audience"), table)
        op.create_check_constraint(op.f(f"ck_{table}_audience"), table, f"audience IN ({allowed})")
