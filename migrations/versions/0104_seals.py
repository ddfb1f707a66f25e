"""Seals: hash trees over the books, chained and published, by which people can show that no row was changed.

What is sealed is written once. Only the salt of an entry may be thrown away, with the person whom it is about: a
trigger of the owner lets the application put nothing in its place.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0104"
down_revision = "0103"


def upgrade() -> None:
    op.create_table(
        "seal",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0 AND first >= 0 AND count > 0", name=op.f("ck_seal_covers_something")),
        sa.CheckConstraint("length(root) = 32 AND length(previous) = 32", name=op.f("ck_seal_digests_are_whole")),
        sa.PrimaryKeyConstraint("number", name="pk_seal"),
        sa.UniqueConstraint("first", name="uq_seal_first"),
    )
    op.create_table(
        "sealed_entry",
        sa.Column("seal_number", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("length(leaf) = 32 AND length(salt) = 32", name=op.f("ck_sealed_entry_digests_are_whole")),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"], name="fk_sealed_entry_entry_id_journal_entry"),
        sa.ForeignKeyConstraint(["seal_number"], ["seal.number"], name="fk_sealed_entry_seal_number_seal"),
        sa.PrimaryKeyConstraint("seal_number", "place", name="pk_sealed_entry"),
        sa.UniqueConstraint("entry_id", name="uq_sealed_entry_entry_id"),
    )
    op.execute(
        "CREATE TRIGGER only_emptied BEFORE UPDATE OF salt ON sealed_entry"
        " FOR EACH ROW WHEN (NEW.salt IS NOT NULL) EXECUTE FUNCTION only_emptied('salt')"
    )
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'REVOKE UPDATE, DELETE ON seal, sealed_entry FROM "{role}"')
        op.execute(f'GRANT UPDATE (salt) ON sealed_entry TO "{role}"')


def downgrade() -> None:
    op.drop_table("sealed_entry")
    op.drop_table("seal")
