"""Screening: lists of sanctions as they were loaded, the names on them in the form in which they are compared, and the
people whose name is like one. What a person decided about a finding stays when a newer list takes the place of the
one that it came from, so that the same likeness is not asked about twice."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    op.create_table(
        "screening_list",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("sha256", sa.CHAR(64), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        moment("loaded_at"),
        moment("replaced_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_screening_list"),
    )
    op.create_index(
        "uq_screening_list_current",
        "screening_list",
        ["source"],
        unique=True,
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.create_table(
        "listed_name",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("names", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("keys", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("birth_date", sa.Text(), nullable=False),
        sa.Column("birth_year", sa.SmallInteger(), nullable=True),
        sa.Column("country", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["screening_list.id"], name="fk_listed_name_list_id_screening_list"),
        sa.PrimaryKeyConstraint("id", name="pk_listed_name"),
    )
    op.create_index("ix_listed_name_list_id", "listed_name", ["list_id"])
    op.create_index("ix_listed_name_keys", "listed_name", ["keys"], postgresql_using="gin")
    op.create_table(
        "screened",
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        moment("at"),
        sa.Column("name_md5", sa.CHAR(32), nullable=False),
        of_contractor("screened"),
        sa.PrimaryKeyConstraint("contractor_id", name="pk_screened"),
    )
    op.create_table(
        "screening_hit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("listed_name", sa.Text(), nullable=False),
        sa.Column("alike", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("birth_differs", sa.Boolean(), nullable=False),
        moment("found_at"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        moment("decided_at", nullable=True),
        sa.CheckConstraint("status IN ('open', 'cleared', 'confirmed')", name=op.f("ck_screening_hit_status")),
        of_contractor("screening_hit"),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name="fk_screening_hit_decided_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_screening_hit"),
        sa.UniqueConstraint(
            "contractor_id", "source", "listed_name", name="uq_screening_hit_contractor_id_source_listed_name"
        ),
    )
    op.create_index(
        "ix_screening_hit_status", "screening_hit", ["status"], postgresql_where=sa.text("status <> 'cleared'")
    )


def downgrade() -> None:
    for table in ("screening_hit", "screened", "listed_name", "screening_list"):
        op.drop_table(table)


def moment(column: str, nullable: bool = False) -> sa.Column[sa.DateTime]:
    return sa.Column(column, sa.DateTime(timezone=True), nullable=nullable)


def of_contractor(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name=f"fk_{table}_contractor_id_contractor")
