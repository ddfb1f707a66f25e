"""Bank statements that operators hand in, and each line of money that came.

A file is known by its digest, a transfer by an identity of its own, so that neither counts twice. What a line says is
written once; whose it is, and what became of it, are added. Who paid and what they wrote stand in columns that can be
emptied.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0106"
down_revision = "0105"

MAY_CHANGE = {
    "bank_statement": "fresh",
    "bank_line": "status, company_id, payment_op_id, reason, matched_by, decided_by, decided_at, words, payer",
}


def upgrade() -> None:
    op.create_table(
        "bank_statement",
        sa.Column("sha256", sa.CHAR(64), nullable=False),
        sa.Column("format", sa.String(20), nullable=False),
        sa.Column("incoming", sa.Integer(), nullable=False),
        sa.Column("outgoing", sa.Integer(), nullable=False),
        sa.Column("fresh", sa.Integer(), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("format IN ('camt.053', 'mt940', 'csv')", name=op.f("ck_bank_statement_format")),
        sa.ForeignKeyConstraint(["taken_by"], ["person.id"], name="fk_bank_statement_taken_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_bank_statement"),
        sa.UniqueConstraint("sha256", name="uq_bank_statement_sha256"),
    )
    op.create_table(
        "bank_line",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("identity", sa.CHAR(64), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("payer", sa.Text(), nullable=False),
        sa.Column("bank_reference", sa.Text(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("payment_op_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("matched_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("status IN ('stray', 'matched', 'booked', 'sent_back')", name=op.f("ck_bank_line_status")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_bank_line_amount_positive")),
        sa.CheckConstraint(
            "(status IN ('matched', 'booked')) = (company_id IS NOT NULL)", name=op.f("ck_bank_line_known_whose")
        ),
        sa.CheckConstraint(
            "(status = 'booked') = (payment_op_id IS NOT NULL)", name=op.f("ck_bank_line_booked_is_a_deposit")
        ),
        sa.CheckConstraint(
            "(status = 'sent_back') = (reason IS NOT NULL)", name=op.f("ck_bank_line_sent_back_has_reason")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["bank_statement.id"], name="fk_bank_line_statement_id_bank_statement"
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_bank_line_company_id_company"),
        sa.ForeignKeyConstraint(["payment_op_id"], ["payment_op.id"], name="fk_bank_line_payment_op_id_payment_op"),
        sa.ForeignKeyConstraint(["matched_by"], ["person.id"], name="fk_bank_line_matched_by_person"),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name="fk_bank_line_decided_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_bank_line"),
        sa.UniqueConstraint("identity", name="uq_bank_line_identity"),
    )
    op.create_index("ix_bank_line_statement_id", "bank_line", ["statement_id"])
    op.create_index("ix_bank_line_payment_op_id", "bank_line", ["payment_op_id"])
    named, waiting = sa.text("company_id IS NOT NULL"), sa.text("status IN ('stray', 'matched')")
    op.create_index("ix_bank_line_company_id", "bank_line", ["company_id"], postgresql_where=named)
    op.create_index("ix_bank_line_waiting", "bank_line", ["id"], postgresql_where=waiting)
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        for table, columns in MAY_CHANGE.items():
            op.execute(f'REVOKE UPDATE, DELETE ON {table} FROM "{role}"')
            op.execute(f'GRANT UPDATE ({columns}) ON {table} TO "{role}"')


def downgrade() -> None:
    for table in reversed(MAY_CHANGE):
        op.drop_table(table)
