"""Contractors. Their personal data (birth date, notes, reasons, account) stand in columns that can be emptied; who
decided and when does not depend on them. One live hazard consent per category is held by a partial unique index."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

TABLES = (
    "hazard_consent",
    "availability_window",
    "contractor_language",
    "contractor_skill",
    "payout_account",
    "vetting_decision",
    "requirement",
    "contractor",
)


def upgrade() -> None:
    contractor()
    requirement()
    decision()
    profile()
    availability()
    consent()


def contractor() -> None:
    op.create_table(
        "contractor",
        sa.Column("id", sa.Uuid(), nullable=False),
        choice("status", "contractor", ["applied", "vetted", "refused", "suspended", "closed"]),
        sa.Column("country", sa.CHAR(2), nullable=False),
        sa.Column("subdivision", sa.Text(), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("band_min_hours", sa.SmallInteger(), nullable=False),
        sa.Column("band_max_hours", sa.SmallInteger(), nullable=False),
        sa.Column("payout_currency", sa.CHAR(3), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vetted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "band_min_hours >= 0 AND band_min_hours <= band_max_hours AND band_max_hours BETWEEN 1 AND 48",
            name=op.f("ck_contractor_band"),
        ),
        sa.CheckConstraint("subdivision LIKE country || '-%'", name=op.f("ck_contractor_subdivision_of_country")),
        sa.ForeignKeyConstraint(["id"], ["person.id"], name="fk_contractor_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_contractor"),
    )
    op.create_index("ix_contractor_status_country_subdivision", "contractor", ["status", "country", "subdivision"])


def requirement() -> None:
    kinds = ["identity", "age", "residence", "right_to_work", "payout_account", "terms"]
    op.create_table(
        "requirement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        choice("kind", "requirement", kinds),
        choice("status", "requirement", ["open", "submitted", "met", "refused"]),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        of_contractor("requirement"),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name="fk_requirement_decided_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_requirement"),
        sa.UniqueConstraint("contractor_id", "kind", name="uq_requirement_contractor_id_kind"),
    )


def decision() -> None:
    op.create_table(
        "vetting_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        choice("outcome", "vetting_decision", ["vetted", "refused", "suspended", "reinstated"]),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contest", sa.Text(), nullable=True),
        sa.Column("contested_at", sa.DateTime(timezone=True), nullable=True),
        of_contractor("vetting_decision"),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name="fk_vetting_decision_decided_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_vetting_decision"),
    )
    op.create_index("ix_vetting_decision_contractor_id_id", "vetting_decision", ["contractor_id", "id"])


def profile() -> None:
    op.create_table(
        "payout_account",
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("rail", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        of_contractor("payout_account"),
        sa.PrimaryKeyConstraint("contractor_id", name="pk_payout_account"),
    )
    op.create_table(
        "contractor_skill",
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        of_contractor("contractor_skill"),
        sa.PrimaryKeyConstraint("contractor_id", "skill", name="pk_contractor_skill"),
    )
    op.create_table(
        "contractor_language",
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        choice("level", "contractor_language", ["A1", "A2", "B1", "B2", "C1", "C2"]),
        of_contractor("contractor_language"),
        sa.PrimaryKeyConstraint("contractor_id", "language", name="pk_contractor_language"),
    )


def availability() -> None:
    op.create_table(
        "availability_window",
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("start_minute", sa.SmallInteger(), nullable=False),
        sa.Column("end_minute", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint(
            "weekday BETWEEN 0 AND 6 AND start_minute BETWEEN 0 AND 1439 AND end_minute BETWEEN 1 AND 1440"
            " AND start_minute <> end_minute",
            name=op.f("ck_availability_window_window"),
        ),
        of_contractor("availability_window"),
        sa.PrimaryKeyConstraint("contractor_id", "weekday", "start_minute", name="pk_availability_window"),
    )


def consent() -> None:
    op.create_table(
        "hazard_consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("up_to", sa.CHAR(2), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("up_to IN ('H1', 'H2', 'H3')", name=op.f("ck_hazard_consent_up_to")),
        sa.CheckConstraint("revoked_at >= given_at", name=op.f("ck_hazard_consent_revoked_after_given")),
        of_contractor("hazard_consent"),
        sa.PrimaryKeyConstraint("id", name="pk_hazard_consent"),
    )
    op.create_index(
        "uq_hazard_consent_live",
        "hazard_consent",
        ["contractor_id", "category"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )


def choice(column: str, table: str, options: list[str]) -> sa.Column[str]:
    kind = sa.Enum(*options, name=op.f(f"ck_{table}_{column}"), native_enum=False, create_constraint=True, length=20)
    return sa.Column(column, kind, nullable=False)


def of_contractor(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name=f"fk_{table}_contractor_id_contractor")


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
