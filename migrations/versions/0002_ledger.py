"""The books. Entries and postings are written once: the application may add and read them, nothing else."""

import sqlalchemy as sa
from alembic import op
from flask import current_app
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

WRITTEN_ONCE = ("journal_entry", "posting")


def upgrade() -> None:
    op.create_table(
        "ledger_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("balance >= 0", name=op.f("ck_ledger_account_no_overdraft")),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_account"),
        sa.UniqueConstraint("name", "currency", name="uq_ledger_account_name_currency"),
        sa.UniqueConstraint("id", "currency", name="uq_ledger_account_id_currency"),
    )
    op.create_table(
        "journal_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_journal_entry"),
        sa.UniqueConstraint("cause", name="uq_journal_entry_cause"),
    )
    op.create_table(
        "posting",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("destination_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_posting_amount_positive")),
        sa.CheckConstraint("source_id <> destination_id", name=op.f("ck_posting_two_accounts")),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"], name="fk_posting_entry_id_journal_entry"),
        sa.ForeignKeyConstraint(
            ["source_id", "currency"],
            ["ledger_account.id", "ledger_account.currency"],
            name="fk_posting_source_id_currency_ledger_account",
        ),
        sa.ForeignKeyConstraint(
            ["destination_id", "currency"],
            ["ledger_account.id", "ledger_account.currency"],
            name="fk_posting_destination_id_currency_ledger_account",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_posting"),
    )
    op.create_index("ix_posting_entry_id", "posting", ["entry_id"])
    op.create_index("ix_posting_source_id_id", "posting", ["source_id", "id"])
    op.create_index("ix_posting_destination_id_id", "posting", ["destination_id", "id"])
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    owner = op.get_bind().execute(sa.text("SELECT current_user")).scalar_one()
    if role and role != owner:
        op.execute(f'REVOKE UPDATE, DELETE ON {", ".join(WRITTEN_ONCE)} FROM "{role}"')


def downgrade() -> None:
    for table in ("posting", "journal_entry", "ledger_account"):
        op.drop_table(table)
