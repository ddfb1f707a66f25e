"""What a bank says that it holds.

Statements tell how they begin and how they end, and nobody read it: the rail of files was compared with nothing. Once
it is written down it is never changed.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

from migrations.staying import refuse_while

revision = "0149"
down_revision = "0148"


def upgrade() -> None:
    op.create_table(
        "bank_balance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opening", sa.BigInteger(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("closing", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("opened_on <= closed_on", name=op.f("ck_bank_balance_days_in_order")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["bank_statement.id"], name="fk_bank_balance_statement_id_bank_statement"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_bank_balance"),
    )
    op.create_index("ix_bank_balance_statement_id", "bank_balance", ["statement_id"])
    op.create_index("ix_bank_balance_closed_on", "bank_balance", ["closed_on"])
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'REVOKE UPDATE, DELETE ON bank_balance FROM "{role}"')


def downgrade() -> None:
    # A statement is taken in once: nobody could tell it again.
    refuse_while("bank_balance", "true", "what banks say that they hold")
    op.drop_table("bank_balance")
