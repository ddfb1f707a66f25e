"""A company asks an address to be one of its members, and whoever it belongs to answers.

Until now whoever managed members was told whether an address had an account, and made its owner a member without
asking. One row stands for a company and a person and is asked anew, so that nobody is written to twice a day. Who asked
stays, since a yes holds only while they may still give the role.
"""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"


def upgrade() -> None:
    op.create_table(
        "member_invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("good_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.CheckConstraint("role IN ('owner', 'manager', 'finance', 'viewer')", name=op.f("ck_member_invitation_role")),
        sa.CheckConstraint(
            "status IN ('waiting', 'accepted', 'declined', 'revoked')", name=op.f("ck_member_invitation_status")
        ),
        sa.CheckConstraint("(status = 'waiting') = (ended_at IS NULL)", name=op.f("ck_member_invitation_ended_when")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_member_invitation_company_id_company"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_member_invitation_person_id_person"),
        sa.ForeignKeyConstraint(["invited_by"], ["person.id"], name="fk_member_invitation_invited_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_member_invitation"),
        sa.UniqueConstraint("company_id", "person_id", name="uq_member_invitation_company_id_person_id"),
    )
    op.create_index("ix_member_invitation_person_id", "member_invitation", ["person_id"])


def downgrade() -> None:
    op.drop_table("member_invitation")
