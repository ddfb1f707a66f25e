"""People, operators' grants, companies, members, API keys.

Addresses are compared in lower case, which a constraint holds, so that a plain unique index finds them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

OPERATOR_ROLES = ("admin", "vetting", "finance", "standards")
COMPANY_STATUSES = ("applied", "verified", "suspended")
COMPANY_ROLES = ("owner", "manager", "finance", "viewer")


def upgrade() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_person_email_lower_case")),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("email", name="uq_person_email"),
        sa.UniqueConstraint("fs_uniquifier", name="uq_person_fs_uniquifier"),
    )
    op.create_table(
        "operator_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", one_of(OPERATOR_ROLES, "role"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_operator_grant_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_operator_grant"),
        sa.UniqueConstraint("person_id", "role", name="uq_operator_grant_person_id_role"),
    )
    op.create_table(
        "company",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("status", one_of(COMPANY_STATUSES, "status"), nullable=False),
        sa.Column("legal_name", sa.Text(), nullable=False),
        sa.Column("country", sa.CHAR(2), nullable=False),
        sa.Column("signatory_name", sa.Text(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("country ~ '^[A-Z]{2}$'", name=op.f("ck_company_country_code")),
        sa.PrimaryKeyConstraint("id", name="pk_company"),
    )
    op.create_table(
        "member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", one_of(COMPANY_ROLES, "role"), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_member_company_id_company"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_member_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_member"),
        sa.UniqueConstraint("company_id", "person_id", name="uq_member_company_id_person_id"),
    )
    op.create_index("ix_member_person_id", "member", ["person_id"])
    op.create_table(
        "api_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("sha256", sa.CHAR(64), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(company_id IS NULL) = (cardinality(scopes) = 0)", name=op.f("ck_api_key_scopes_in_a_company")
        ),
        sa.CheckConstraint(
            "company_id IS NOT NULL OR expires_at IS NOT NULL", name=op.f("ck_api_key_personal_keys_expire")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_api_key_company_id_company"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_api_key_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_api_key"),
        sa.UniqueConstraint("prefix", name="uq_api_key_prefix"),
    )
    op.create_index("ix_api_key_company_id", "api_key", ["company_id"])
    op.create_index("ix_api_key_person_id", "api_key", ["person_id"])


def downgrade() -> None:
    for table in ("api_key", "member", "company", "operator_grant", "person"):
        op.drop_table(table)


def one_of(options: tuple[str, ...], column: str) -> sa.Enum:
    return sa.Enum(*options, name=column, native_enum=False, create_constraint=True, length=20)
