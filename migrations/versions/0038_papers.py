"""What applicants show: documents (their content lies in the vault), the paper, the basis of work, the tax profile, the
signed terms, moves, and the policy that says what is asked. Personal data stand in columns that can be emptied; a
paper's number is there as a keyed digest alone. When a requirement was handed in is kept, so that it can be measured
how long people wait."""

import sqlalchemy as sa
from alembic import op
from flask import current_app
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0037"

KINDS = ("identity", "age", "residence", "right_to_work", "payout_account", "terms")
TABLES = (
    "vetting_policy",
    "residence_change",
    "terms_signature",
    "tax_profile",
    "work_declaration",
    "identity_declaration",
    "document",
)
ONCE = ("terms_signature", "vetting_policy")


def upgrade() -> None:
    _allow_kinds((*KINDS[:4], "tax", *KINDS[4:]))
    op.add_column("requirement", sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True))
    document()
    declarations()
    residence_change()
    policy()
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    owner = op.get_bind().execute(sa.text("SELECT current_user")).scalar_one()
    if role and role != owner:
        for table in ONCE:
            op.execute(f'REVOKE UPDATE, DELETE ON {table} FROM "{role}"')


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.drop_column("requirement", "submitted_at")
    op.execute("DELETE FROM requirement WHERE kind = 'tax'")
    _allow_kinds(KINDS)


def document() -> None:
    op.create_table(
        "document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        choice("purpose", "document", ["identity", "residence", "right_to_work", "move"]),
        choice("status", "document", ["held", "erased"]),
        choice("media_type", "document", ["image/png", "image/jpeg", "application/pdf"]),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.SmallInteger(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        moment("handed_in_at"),
        moment("erase_at"),
        moment("erased_at", nullable=True),
        sa.CheckConstraint("(file_id IS NULL) = (status = 'erased')", name=op.f("ck_document_erased_without_file")),
        sa.CheckConstraint("(erased_at IS NULL) = (status = 'held')", name=op.f("ck_document_erased_when")),
        of_contractor("document"),
        sa.ForeignKeyConstraint(["file_id"], ["sealed_file.id"], name="fk_document_file_id_sealed_file"),
        sa.PrimaryKeyConstraint("id", name="pk_document"),
    )
    op.create_index("ix_document_erase_at", "document", ["erase_at"], postgresql_where=sa.text("status = 'held'"))
    op.create_index("ix_document_contractor_id_id", "document", ["contractor_id", "id"])


def declarations() -> None:
    op.create_table(
        "identity_declaration",
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        choice("provider", "identity_declaration", ["documents", "call"]),
        choice("kind", "identity_declaration", ["passport", "national_id", "driving_licence", "residence_permit"]),
        sa.Column("country", sa.CHAR(2), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("number_hash", sa.CHAR(64), nullable=True),
        moment("declared_at"),
        of_contractor("identity_declaration"),
        sa.PrimaryKeyConstraint("contractor_id", name="pk_identity_declaration"),
    )
    op.create_index("ix_identity_declaration_number_hash", "identity_declaration", ["number_hash"])
    op.create_table(
        "work_declaration",
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        choice("basis", "work_declaration", ["citizen", "permanent_resident", "free_movement", "permit"]),
        sa.Column("until", sa.Date(), nullable=True),
        moment("declared_at"),
        of_contractor("work_declaration"),
        sa.PrimaryKeyConstraint("contractor_id", name="pk_work_declaration"),
    )
    op.create_table(
        "tax_profile",
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.CHAR(2), nullable=True),
        sa.Column("number_kind", sa.Text(), nullable=False),
        sa.Column("sealed_number", sa.LargeBinary(), nullable=True),
        sa.Column("last_digits", sa.Text(), nullable=True),
        sa.Column("number_hash", sa.CHAR(64), nullable=True),
        moment("declared_at"),
        of_contractor("tax_profile"),
        sa.PrimaryKeyConstraint("contractor_id", name="pk_tax_profile"),
    )
    op.create_index("ix_tax_profile_number_hash", "tax_profile", ["number_hash"])
    op.create_table(
        "terms_signature",
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("text_sha256", sa.CHAR(64), nullable=False),
        moment("signed_at"),
        of_contractor("terms_signature"),
        sa.PrimaryKeyConstraint("contractor_id", "version", name="pk_terms_signature"),
    )


def residence_change() -> None:
    op.create_table(
        "residence_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        choice("status", "residence_change", ["asked", "granted", "refused", "withdrawn"]),
        sa.Column("from_country", sa.CHAR(2), nullable=False),
        sa.Column("from_subdivision", sa.Text(), nullable=True),
        sa.Column("country", sa.CHAR(2), nullable=False),
        sa.Column("subdivision", sa.Text(), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        moment("asked_at"),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        moment("decided_at", nullable=True),
        sa.CheckConstraint("subdivision LIKE country || '-%'", name=op.f("ck_residence_change_subdivision_of_country")),
        sa.CheckConstraint("(decided_at IS NULL) = (status = 'asked')", name=op.f("ck_residence_change_decided_when")),
        of_contractor("residence_change"),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name="fk_residence_change_decided_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_residence_change"),
    )
    op.create_index("ix_residence_change_contractor_id_id", "residence_change", ["contractor_id", "id"])
    op.create_index(
        "uq_residence_change_asked",
        "residence_change",
        ["contractor_id"],
        unique=True,
        postgresql_where=sa.text("status = 'asked'"),
    )


def policy() -> None:
    op.create_table(
        "vetting_policy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        *(
            sa.Column(name, postgresql.ARRAY(sa.Text()), nullable=False)
            for name in ("kinds", "identity_by", "documents_for", "work_evidence_in")
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        moment("set_at"),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name="fk_vetting_policy_set_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_vetting_policy"),
        sa.UniqueConstraint("version", name="uq_vetting_policy_version"),
    )


def choice(column: str, table: str, options: list[str]) -> sa.Column[str]:
    kind = sa.Enum(*options, name=op.f(f"ck_{table}_{column}"), native_enum=False, create_constraint=True, length=20)
    return sa.Column(column, kind, nullable=False)


def moment(column: str, nullable: bool = False) -> sa.Column[sa.DateTime]:
    return sa.Column(column, sa.DateTime(timezone=True), nullable=nullable)


def of_contractor(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name=f"fk_{table}_contractor_id_contractor")


def _allow_kinds(kinds: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_requirement_kind"), "requirement", type_="check")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(op.f("ck_requirement_kind"), "requirement", f"kind IN ({listed})")
