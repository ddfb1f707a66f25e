"""Companies show what they are as files, not as references alone. Contents lie in the vault, encrypted with the
company's key, so that the rows can stay when the files are erased."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"


def upgrade() -> None:
    op.create_table(
        "company_paper",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        choice("shows", ["entity", "authority", "owners"]),
        choice("status", ["held", "erased"]),
        choice("media_type", ["image/png", "image/jpeg", "application/pdf"]),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.SmallInteger(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erase_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(file_id IS NULL) = (status = 'erased')", name=op.f("ck_company_paper_erased_without_file")
        ),
        sa.CheckConstraint("(erased_at IS NULL) = (status = 'held')", name=op.f("ck_company_paper_erased_when")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_company_paper_company_id_company"),
        sa.ForeignKeyConstraint(["file_id"], ["sealed_file.id"], name="fk_company_paper_file_id_sealed_file"),
        sa.PrimaryKeyConstraint("id", name="pk_company_paper"),
    )
    is_held = sa.text("status = 'held'")
    op.create_index("ix_company_paper_erase_at", "company_paper", ["erase_at"], postgresql_where=is_held)
    op.create_index("ix_company_paper_company_id_id", "company_paper", ["company_id", "id"])


def downgrade() -> None:
    op.drop_table("company_paper")


def choice(column: str, options: list[str]) -> sa.Column[str]:
    name = op.f(f"ck_company_paper_{column}")
    kind = sa.Enum(*options, name=name, native_enum=False, create_constraint=True, length=20)
    return sa.Column(column, kind, nullable=False)
