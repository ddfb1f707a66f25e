"""Who a company is: what it told, refusals beside suspensions, contests of both, and the guidelines that it signed.

Companies that were verified before keep that: an operator had looked. They tell the rest when they
next change something.
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

FACTS = ("address", "register", "register_number", "owners", "authority", "register_proof", "authority_proof")
OLD = ("applied", "verified", "suspended")
NEW = ("applied", "verified", "refused", "suspended")


def upgrade() -> None:
    _allow(NEW)
    op.add_column("company_decision", sa.Column("contest", sa.Text(), nullable=True))
    op.add_column("company_decision", sa.Column("contested_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "company_identity",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in FACTS),
        sa.Column("tax_number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("tax_number_shown", sa.Text(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_company_identity_company_id_company"),
        sa.PrimaryKeyConstraint("company_id", name="pk_company_identity"),
    )
    op.create_table(
        "adoption",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text_sha256", sa.CHAR(64), nullable=False),
        sa.Column("signed_name", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.Uuid(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("withdrawn_at >= signed_at", name=op.f("ck_adoption_withdrawn_after_signed")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_adoption_company_id_company"),
        sa.ForeignKeyConstraint(["signed_by"], ["person.id"], name="fk_adoption_signed_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_adoption"),
    )
    op.create_index(
        "uq_adoption_live", "adoption", ["company_id"], unique=True, postgresql_where=sa.text("withdrawn_at IS NULL")
    )
    op.create_index("ix_adoption_company_id_id", "adoption", ["company_id", "id"])


def downgrade() -> None:
    op.drop_table("adoption")
    op.drop_table("company_identity")
    op.drop_column("company_decision", "contested_at")
    op.drop_column("company_decision", "contest")
    op.execute("DELETE FROM company_decision WHERE outcome = 'refused'")
    op.execute("UPDATE company SET status = 'applied' WHERE status = 'refused'")
    _allow(OLD)


def _allow(statuses: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{status}'" for status in statuses)
    for table, column in (("company", "status"), ("company_decision", "outcome")):
        op.drop_constraint(op.f(f"ck_{table}_{column}"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, f"{column} IN ({listed})")
