"""Contracts in two languages, and amendments that can be declined.

The database itself now refuses a text whose hash is another's, and a signature over another text than the one it stands
under, or by another person than the contractor of the version. A declined version is a row beside it, since versions
are written once. A translation belongs to the text with that hash; it can be read and added, like the text.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0026"
down_revision = "0025"

WRITTEN_ONCE = ("contract_translation", "declined_version")
OF_TEXT = "text_sha256 = encode(sha256(convert_to(text, 'UTF8')), 'hex')"
TEXTS = ("contract_template", "contract_version")


def upgrade() -> None:
    for table in TEXTS:
        op.create_unique_constraint(f"uq_{table}_id_text_sha256", table, ["id", "text_sha256"])
        op.create_check_constraint(op.f(f"ck_{table}_hash_is_of_text"), table, OF_TEXT)
    op.create_unique_constraint("uq_contract_version_id_contractor_id", "contract_version", ["id", "contractor_id"])
    signature()
    translation()
    declined_version()
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    owner = op.get_bind().execute(sa.text("SELECT current_user")).scalar_one()
    if role and role != owner:
        op.execute(f'REVOKE UPDATE, DELETE ON {", ".join(WRITTEN_ONCE)} FROM "{role}"')


def signature() -> None:
    op.add_column("signature", sa.Column("address_seal", sa.CHAR(64), nullable=True))
    for column, table in (("template_id", "contract_template"), ("version_id", "contract_version")):
        name = f"fk_signature_{column}_signed_sha256_{table}"
        op.create_foreign_key(name, "signature", table, [column, "signed_sha256"], ["id", "text_sha256"])
    name = "fk_signature_version_id_person_id_contract_version"
    op.create_foreign_key(name, "signature", "contract_version", ["version_id", "person_id"], ["id", "contractor_id"])


def translation() -> None:
    op.create_table(
        "contract_translation",
        sa.Column("original_sha256", sa.CHAR(64), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.CHAR(64), nullable=False),
        sa.CheckConstraint(OF_TEXT, name=op.f("ck_contract_translation_hash_is_of_text")),
        sa.PrimaryKeyConstraint("original_sha256", "language", name="pk_contract_translation"),
    )


def declined_version() -> None:
    op.create_table(
        "declined_version",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["contract_version.id"], name="fk_declined_version_version_id_contract_version"
        ),
        sa.PrimaryKeyConstraint("version_id", name="pk_declined_version"),
    )


def downgrade() -> None:
    op.drop_table("declined_version")
    op.drop_table("contract_translation")
    op.drop_constraint("fk_signature_version_id_person_id_contract_version", "signature")
    op.drop_constraint("fk_signature_version_id_signed_sha256_contract_version", "signature")
    op.drop_constraint("fk_signature_template_id_signed_sha256_contract_template", "signature")
    op.drop_column("signature", "address_seal")
    op.drop_constraint("uq_contract_version_id_contractor_id", "contract_version")
    for table in TEXTS:
        op.drop_constraint(op.f(f"ck_{table}_hash_is_of_text"), table)
        op.drop_constraint(f"uq_{table}_id_text_sha256", table)
