"""What people were told of a year: figures that are frozen with their digest. A correction is the next version.

Nothing of it can be changed or deleted: it holds ids, names of companies and sums, and nobody's name or number.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app
from sqlalchemy.dialects import postgresql

revision = "0101"
down_revision = "0100"


def upgrade() -> None:
    op.create_table(
        "year_statement",
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("country", sa.CHAR(2), nullable=False),
        sa.Column("form", sa.String(20), nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.Column("sha256", sa.CHAR(64), nullable=False),
        sa.Column("changed", postgresql.JSONB(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "form IN ('us_1099_nec', 'id_bukti_potong', 'generic')", name=op.f("ck_year_statement_form")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_year_statement_version_from_one")),
        sa.ForeignKeyConstraint(
            ["contractor_id"], ["contractor.id"], name="fk_year_statement_contractor_id_contractor"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_year_statement"),
        sa.UniqueConstraint("contractor_id", "year", "version", name="uq_year_statement_contractor_id_year_version"),
    )
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'REVOKE UPDATE, DELETE ON year_statement FROM "{role}"')


def downgrade() -> None:
    op.drop_table("year_statement")
