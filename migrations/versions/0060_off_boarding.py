"""The end of a contract is a record of its own.

What was due after a contract's end stood in its text and nowhere else, so nobody could see whether it was done. The
record is made when notice is given, and says step by step when each thing was done; what it says of the end itself is
written once. Contracts that ended before this have none: what was done then was not written down.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0060"
down_revision = "0059"

DONE = "access_ended_at, paid_at, benefits_settled_at, benefits_outcome, data_erased_at"


def upgrade() -> None:
    op.create_table(
        "off_boarding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("ended_through", sa.String(20), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pay_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("record_offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("access_ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("benefits_settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("benefits_outcome", sa.String(20), nullable=True),
        sa.Column("data_erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "ended_through IN ('company', 'contractor', 'account')", name=op.f("ck_off_boarding_ended_through")
        ),
        sa.CheckConstraint("benefits_outcome IN ('kept', 'paid_out')", name=op.f("ck_off_boarding_benefits_outcome")),
        sa.CheckConstraint("ends_at >= begun_at AND pay_by > ends_at", name=op.f("ck_off_boarding_in_order")),
        sa.CheckConstraint(
            "(benefits_settled_at IS NULL) = (benefits_outcome IS NULL)", name=op.f("ck_off_boarding_benefits_whole")
        ),
        sa.CheckConstraint(
            "paid_at IS NULL OR access_ended_at IS NOT NULL", name=op.f("ck_off_boarding_paid_after_the_end")
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_off_boarding_contract_id_contract"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_off_boarding_company_id_company"),
        sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name="fk_off_boarding_contractor_id_contractor"),
        sa.PrimaryKeyConstraint("id", name="pk_off_boarding"),
        sa.UniqueConstraint("contract_id", name="uq_off_boarding_contract_id"),
    )
    op.create_index("ix_off_boarding_contractor_id", "off_boarding", ["contractor_id"])
    waits = sa.text("benefits_settled_at IS NULL")
    op.create_index("ix_off_boarding_open", "off_boarding", ["ends_at"], postgresql_where=waits)
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    owner = op.get_bind().execute(sa.text("SELECT current_user")).scalar_one()
    if role and role != owner:
        op.execute(f'REVOKE UPDATE, DELETE ON off_boarding FROM "{role}"')
        op.execute(f'GRANT UPDATE ({DONE}) ON off_boarding TO "{role}"')


def downgrade() -> None:
    op.drop_table("off_boarding")
