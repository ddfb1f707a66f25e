"""Signed work records: the keys they are signed with, which there are, and which companies may be named in them.

What a record says is not kept: whoever it is about has it. Events are found by who did it, since a person's whole
record asks for that.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.create_table(
        "issuer_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("multikey", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lost_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("retired_at IS NOT NULL OR lost_at IS NULL", name=op.f("ck_issuer_key_lost_is_retired")),
        sa.PrimaryKeyConstraint("id", name="pk_issuer_key"),
        sa.UniqueConstraint("multikey", name="uq_issuer_key_multikey"),
    )
    op.create_index(
        "uq_issuer_key_signing",
        "issuer_key",
        [sa.text("(retired_at IS NULL)")],
        unique=True,
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    op.create_table(
        "work_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(start=0, minvalue=0), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("parts", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_because", sa.String(20), nullable=True),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_because IS NULL)", name=op.f("ck_work_record_revoked_for_a_reason")
        ),
        sa.CheckConstraint("cardinality(parts) > 0", name=op.f("ck_work_record_about_something")),
        sa.CheckConstraint(
            "revoked_because IN ('by_person', 'erased', 'key_lost')", name=op.f("ck_work_record_revoked_because")
        ),
        sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name="fk_work_record_contractor_id_contractor"),
        sa.ForeignKeyConstraint(["key_id"], ["issuer_key.id"], name="fk_work_record_key_id_issuer_key"),
        sa.PrimaryKeyConstraint("id", name="pk_work_record"),
        sa.UniqueConstraint("number", name="uq_work_record_number"),
    )
    op.create_index("ix_work_record_contractor_id_id", "work_record", ["contractor_id", "id"])
    op.create_index("ix_work_record_key_id", "work_record", ["key_id"])
    op.create_index(
        "ix_work_record_revoked", "work_record", ["number"], postgresql_where=sa.text("revoked_at IS NOT NULL")
    )
    op.create_table(
        "company_naming",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("agreed_by", sa.Uuid(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_company_naming_company_id_company"),
        sa.ForeignKeyConstraint(["agreed_by"], ["person.id"], name="fk_company_naming_agreed_by_person"),
        sa.PrimaryKeyConstraint("company_id", name="pk_company_naming"),
    )
    op.create_index("ix_event_doer_id_id", "event", ["doer_id", "id"], postgresql_where=sa.text("doer_id IS NOT NULL"))


def downgrade() -> None:
    op.drop_index("ix_event_doer_id_id", "event")
    op.drop_table("company_naming")
    op.drop_table("work_record")
    op.drop_table("issuer_key")
