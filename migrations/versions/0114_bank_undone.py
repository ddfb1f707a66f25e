"""Keep what a bank has undone: transfers that were taken back, and payments of ours that came back.

Both were passed over, so that the bank and the books said different sums. A line says what it did with the money and
by what it is known again; what it takes back is taken back once. The money of a payment that came back is its person's,
and no company's.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

from migrations.staying import refuse_while

revision = "0114"
down_revision = "0113"

BEFORE = "(status IN ('matched', 'booked')) = (company_id IS NOT NULL)"


def upgrade() -> None:
    op.add_column("bank_line", sa.Column("kind", sa.String(20), nullable=False, server_default="came"))
    op.add_column("bank_line", sa.Column("known_by", sa.String(20), nullable=False, server_default="bank_reference"))
    op.add_column("bank_line", sa.Column("undoes_id", sa.Uuid(), nullable=True))
    op.execute("UPDATE bank_line SET known_by = 'words' WHERE bank_reference = ''")
    for column in ("kind", "known_by"):
        op.alter_column("bank_line", column, server_default=None)
    op.create_check_constraint(op.f("ck_bank_line_kind"), "bank_line", "kind IN ('came', 'taken_back', 'came_back')")
    op.create_check_constraint(
        op.f("ck_bank_line_known_by"), "bank_line", "known_by IN ('bank_reference', 'entry_reference', 'words')"
    )
    op.create_foreign_key(op.f("fk_bank_line_undoes_id_bank_line"), "bank_line", "bank_line", ["undoes_id"], ["id"])
    op.create_index(
        "uq_bank_line_undoes_id",
        "bank_line",
        ["undoes_id"],
        unique=True,
        postgresql_where=sa.text("undoes_id IS NOT NULL"),
    )
    op.drop_constraint(op.f("ck_bank_line_known_whose"), "bank_line")
    op.create_check_constraint(
        op.f("ck_bank_line_known_whose"), "bank_line", f"{BEFORE} OR kind = 'came_back' AND company_id IS NULL"
    )
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'GRANT UPDATE (undoes_id) ON bank_line TO "{role}"')


def downgrade() -> None:
    refuse_while("bank_line", "kind <> 'came'", "what a bank has undone")
    op.drop_constraint(op.f("ck_bank_line_known_whose"), "bank_line")
    op.create_check_constraint(op.f("ck_bank_line_known_whose"), "bank_line", BEFORE)
    for column in ("undoes_id", "known_by", "kind"):
        op.drop_column("bank_line", column)
