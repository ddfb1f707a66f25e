"""The tables of gigs. Rates, pilots, fundings and the gate's answers are written once; of instructions only the
verification may be added, so the application's role may update those columns and no others."""

import sqlalchemy as sa
from alembic import op
from flask import current_app
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

WRITTEN_ONCE = ("gig_rate", "gig_pilot", "gig_funding", "publish_decision")
TABLES = ("publish_decision", "gig_funding", "gig_pilot", "gig_instructions", "gig_rate", "gig")


def upgrade() -> None:
    _gig()
    _gig_rate()
    _gig_instructions()
    _gig_pilot()
    _gig_funding()
    _publish_decision()
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    owner = op.get_bind().execute(sa.text("SELECT current_user")).scalar_one()
    if role and role != owner:
        op.execute(f'REVOKE UPDATE, DELETE ON {", ".join(WRITTEN_ONCE)} FROM "{role}"')
        op.execute(f'REVOKE UPDATE, DELETE ON gig_instructions FROM "{role}"')
        op.execute(f'GRANT UPDATE (checklist, verified_by, verified_at) ON gig_instructions TO "{role}"')


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def _gig() -> None:
    op.create_table(
        "gig",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("work_kind", sa.String(20), nullable=False),
        sa.Column("payment_model", sa.String(20), nullable=False),
        sa.Column("rate_amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("margin_amount", sa.BigInteger(), nullable=True),
        sa.Column("margin_party", sa.Text(), nullable=True),
        sa.Column("client_pays_amount", sa.BigInteger(), nullable=True),
        sa.Column("fee_percent", sa.Numeric(5, 2), nullable=False),
        sa.Column("planned_minutes", sa.Integer(), nullable=False),
        sa.Column("unpaid_minutes", sa.SmallInteger(), nullable=False),
        sa.Column("hazard_class", sa.String(20), nullable=False),
        sa.Column("hazard_categories", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("places", postgresql.JSONB(), nullable=False),
        sa.Column("skills", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("languages", postgresql.JSONB(), nullable=False),
        sa.Column("criteria_reason", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("data_use", sa.Text(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        _one_of("gig", "status", "draft", "open", "paused", "closed"),
        _one_of(
            "gig",
            "work_kind",
            "image_labelling",
            "video_labelling",
            "text_labelling",
            "audio_transcription",
            "translation",
            "response_ranking",
            "response_writing",
            "safety_review",
            "data_collection",
            "quality_review",
        ),
        _one_of("gig", "payment_model", "hourly", "piece", "hybrid", "performance"),
        _one_of("gig", "hazard_class", "H0", "H1", "H2", "H3"),
        sa.CheckConstraint("rate_amount > 0", name=op.f("ck_gig_rate_positive")),
        sa.CheckConstraint("margin_amount >= 0", name=op.f("ck_gig_margin_not_negative")),
        sa.CheckConstraint("client_pays_amount >= 0", name=op.f("ck_gig_client_pays_not_negative")),
        sa.CheckConstraint("(margin_amount IS NULL) = (margin_party IS NULL)", name=op.f("ck_gig_margin_has_a_party")),
        sa.CheckConstraint("planned_minutes > 0", name=op.f("ck_gig_planned_positive")),
        sa.CheckConstraint("unpaid_minutes BETWEEN 0 AND 59", name=op.f("ck_gig_unpaid_less_than_an_hour")),
        sa.CheckConstraint("fee_percent BETWEEN 0 AND 100", name=op.f("ck_gig_fee_is_a_percentage")),
        sa.CheckConstraint("jsonb_array_length(places) > 0", name=op.f("ck_gig_somewhere")),
        _refers("gig", "company_id", "company"),
        _refers("gig", "contact_id", "person"),
        sa.PrimaryKeyConstraint("id", name="pk_gig"),
    )
    op.create_index("ix_gig_company_id_id", "gig", ["company_id", "id"])
    op.create_index(
        "ix_gig_status_work_kind_hazard_class_currency", "gig", ["status", "work_kind", "hazard_class", "currency"]
    )
    op.create_index("ix_gig_places", "gig", ["places"], postgresql_using="gin")


def _gig_rate() -> None:
    op.create_table(
        "gig_rate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gig_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rate_amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("rate_amount > 0", name=op.f("ck_gig_rate_rate_positive")),
        _refers("gig_rate", "gig_id", "gig"),
        _refers("gig_rate", "set_by", "person"),
        sa.PrimaryKeyConstraint("id", name="pk_gig_rate"),
        sa.UniqueConstraint("gig_id", "version", name="uq_gig_rate_gig_id_version"),
    )


def _gig_instructions() -> None:
    op.create_table(
        "gig_instructions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gig_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.CHAR(64), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checklist", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("verified_by <> author_id", name=op.f("ck_gig_instructions_two_people")),
        sa.CheckConstraint(
            "(verified_by IS NULL) = (verified_at IS NULL)", name=op.f("ck_gig_instructions_verified_by_somebody")
        ),
        _refers("gig_instructions", "gig_id", "gig"),
        _refers("gig_instructions", "company_id", "company"),
        _refers("gig_instructions", "author_id", "person"),
        _refers("gig_instructions", "verified_by", "person"),
        sa.PrimaryKeyConstraint("id", name="pk_gig_instructions"),
        sa.UniqueConstraint("gig_id", "version", name="uq_gig_instructions_gig_id_version"),
    )
    op.create_index("ix_gig_instructions_company_id", "gig_instructions", ["company_id"])


def _gig_pilot() -> None:
    op.create_table(
        "gig_pilot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gig_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("workers", sa.Integer(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("places", postgresql.JSONB(), nullable=False),
        sa.Column("item_seconds_p75", sa.Integer(), nullable=False),
        sa.Column("paid_amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("feedback", sa.Text(), nullable=False),
        sa.Column("fixes", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("workers > 0", name=op.f("ck_gig_pilot_workers_positive")),
        sa.CheckConstraint("items > 0", name=op.f("ck_gig_pilot_items_positive")),
        sa.CheckConstraint("item_seconds_p75 > 0", name=op.f("ck_gig_pilot_time_positive")),
        sa.CheckConstraint("paid_amount >= 0", name=op.f("ck_gig_pilot_paid_not_negative")),
        _refers("gig_pilot", "gig_id", "gig"),
        _refers("gig_pilot", "company_id", "company"),
        _refers("gig_pilot", "recorded_by", "person"),
        sa.PrimaryKeyConstraint("id", name="pk_gig_pilot"),
    )
    op.create_index("ix_gig_pilot_gig_id_id", "gig_pilot", ["gig_id", "id"])
    op.create_index("ix_gig_pilot_company_id", "gig_pilot", ["company_id"])


def _gig_funding() -> None:
    op.create_table(
        "gig_funding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gig_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        _one_of("gig_funding", "kind", "funded", "returned"),
        sa.CheckConstraint("amount > 0", name=op.f("ck_gig_funding_amount_positive")),
        _refers("gig_funding", "gig_id", "gig"),
        _refers("gig_funding", "company_id", "company"),
        _refers("gig_funding", "entry_id", "journal_entry"),
        sa.PrimaryKeyConstraint("id", name="pk_gig_funding"),
    )
    op.create_index("ix_gig_funding_gig_id_id", "gig_funding", ["gig_id", "id"])
    op.create_index("ix_gig_funding_company_id", "gig_funding", ["company_id"])


def _publish_decision() -> None:
    op.create_table(
        "publish_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gig_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(20), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("verdicts", postgresql.JSONB(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _one_of("publish_decision", "question", "publish", "resume"),
        _one_of("publish_decision", "outcome", "passed", "refused"),
        _refers("publish_decision", "gig_id", "gig"),
        _refers("publish_decision", "company_id", "company"),
        sa.PrimaryKeyConstraint("id", name="pk_publish_decision"),
    )
    op.create_index("ix_publish_decision_gig_id_id", "publish_decision", ["gig_id", "id"])
    op.create_index("ix_publish_decision_company_id", "publish_decision", ["company_id"])


def _one_of(table: str, column: str, *options: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{option}'" for option in options)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}"))


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}_{target}")
