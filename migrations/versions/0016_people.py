"""Invitations by the list: people with an account who have chosen no password yet, and who invited them."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.alter_column("person", "password", existing_type=sa.Text(), nullable=True)
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("good_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_invitation_company_id_company"),
        sa.ForeignKeyConstraint(["invited_by"], ["person.id"], name="fk_invitation_invited_by_person"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_invitation_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.UniqueConstraint(
            "person_id", "company_id", name="uq_invitation_person_id_company_id", postgresql_nulls_not_distinct=True
        ),
    )
    op.create_index("ix_invitation_company_id_id", "invitation", ["company_id", "id"])


def downgrade() -> None:
    op.drop_table("invitation")
    # Nobody signs in with an empty hash: these accounts wait for a new password by e-mail.
    op.execute("UPDATE person SET password = '' WHERE password IS NULL")
    op.alter_column("person", "password", existing_type=sa.Text(), nullable=False)
