"""A later gig of a company takes over the finished pilot of an earlier one.

Each gig had to run its own pilot, and its volume was capped anew for work that the company had tried before. A row says
from which gig, for which words of the instructions, what differs, and who said that it is the same work. It can be
pointed at another gig, never taken away: what is booked beyond the cap rests on it.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0064"
down_revision = "0063"


def upgrade() -> None:
    op.create_table(
        "gig_inherited_pilot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("from_gig_id", sa.Uuid(), nullable=False),
        sa.Column("instructions_sha256", sa.CHAR(64), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("linked_by", sa.Uuid(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id <> from_gig_id", name=op.f("ck_gig_inherited_pilot_of_another")),
        sa.ForeignKeyConstraint(["id"], ["gig.id"], name="fk_gig_inherited_pilot_id_gig"),
        sa.ForeignKeyConstraint(["from_gig_id"], ["gig.id"], name="fk_gig_inherited_pilot_from_gig_id_gig"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_gig_inherited_pilot_company_id_company"),
        sa.ForeignKeyConstraint(["linked_by"], ["person.id"], name="fk_gig_inherited_pilot_linked_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_gig_inherited_pilot"),
    )
    op.create_index("ix_gig_inherited_pilot_company_id", "gig_inherited_pilot", ["company_id"])
    op.create_index("ix_gig_inherited_pilot_from_gig_id", "gig_inherited_pilot", ["from_gig_id"])
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'REVOKE DELETE ON gig_inherited_pilot FROM "{role}"')


def downgrade() -> None:
    op.drop_table("gig_inherited_pilot")
