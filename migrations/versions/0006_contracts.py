"""Contracts and benefits. What was signed or entered is written once: the application may add and read, nothing else.

A signature keeps a salted seal of the typed name; the name stands in `signed_name`, which can be erased. The house's
own benefit plans are part of the schema: SICK and HEALTH accrue from the first hour, in every company.
"""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from alembic import op
from flask import current_app
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

WRITTEN_ONCE = ("contract_template", "contract_version", "signature", "benefit_entry")
TABLES = (
    "benefit_entry",
    "benefit_plan",
    "signed_name",
    "signature",
    "contract_version",
    "contract",
    "contract_template",
)
BENEFIT_KINDS = ["health_stipend", "sick_leave", "accident", "pension", "counselling", "equipment", "leave"]


def upgrade() -> None:
    template()
    contract()
    version()
    signature()
    plans = benefit_plan()
    benefit_entry()
    op.bulk_insert(plans, HOUSE_PLANS)
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    owner = op.get_bind().execute(sa.text("SELECT current_user")).scalar_one()
    if role and role != owner:
        op.execute(f'REVOKE UPDATE, DELETE ON {", ".join(WRITTEN_ONCE)} FROM "{role}"')


def template() -> None:
    op.create_table(
        "contract_template",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("terms", postgresql.JSONB(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.CHAR(64), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        refers("contract_template", "company_id", "company"),
        sa.PrimaryKeyConstraint("id", name="pk_contract_template"),
        sa.UniqueConstraint("company_id", "number", name="uq_contract_template_company_id_number"),
    )


def contract() -> None:
    op.create_table(
        "contract",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        choice("status", "contract", ["proposed", "in_force", "ended", "declined"]),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("(status = 'ended') = (ends_at IS NOT NULL)", name=op.f("ck_contract_ended_has_an_end")),
        refers("contract", "company_id", "company"),
        refers("contract", "contractor_id", "contractor"),
        sa.PrimaryKeyConstraint("id", name="pk_contract"),
    )
    op.create_index(
        "uq_contract_live",
        "contract",
        ["company_id", "contractor_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('proposed', 'in_force')"),
    )
    op.create_index("ix_contract_contractor_id", "contract", ["contractor_id"])


def version() -> None:
    op.create_table(
        "contract_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("terms", postgresql.JSONB(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.CHAR(64), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("effective_to >= effective_from", name=op.f("ck_contract_version_effective_order")),
        refers("contract_version", "contract_id", "contract"),
        refers("contract_version", "company_id", "company"),
        refers("contract_version", "contractor_id", "contractor"),
        refers("contract_version", "template_id", "contract_template"),
        sa.PrimaryKeyConstraint("id", name="pk_contract_version"),
        sa.UniqueConstraint("contract_id", "number", name="uq_contract_version_contract_id_number"),
    )
    op.create_index("ix_contract_version_company_id_contractor_id", "contract_version", ["company_id", "contractor_id"])


def signature() -> None:
    op.create_table(
        "signature",
        sa.Column("id", sa.Uuid(), nullable=False),
        choice("party", "signature", ["company", "contractor"]),
        sa.Column("template_id", sa.Uuid(), nullable=True),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        choice("method", "signature", ["typed_name"]),
        sa.Column("signed_sha256", sa.CHAR(64), nullable=False),
        sa.Column("name_seal", sa.CHAR(64), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(party = 'company') = (template_id IS NOT NULL) AND (party = 'contractor') = (version_id IS NOT NULL)",
            name=op.f("ck_signature_one_text"),
        ),
        refers("signature", "template_id", "contract_template"),
        refers("signature", "version_id", "contract_version"),
        refers("signature", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name="pk_signature"),
        sa.UniqueConstraint("template_id", name="uq_signature_template_id"),
        sa.UniqueConstraint("version_id", name="uq_signature_version_id"),
    )
    op.create_table(
        "signed_name",
        sa.Column("signature_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        refers("signed_name", "signature_id", "signature"),
        sa.PrimaryKeyConstraint("signature_id", name="pk_signed_name"),
    )


def benefit_plan() -> sa.Table:
    return op.create_table(
        "benefit_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        choice("kind", "benefit_plan", BENEFIT_KINDS),
        choice("unit", "benefit_plan", ["seconds", "money"]),
        sa.Column("funder", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("country", sa.CHAR(2), nullable=True),
        sa.Column("accrual", postgresql.JSONB(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("portable", sa.Boolean(), nullable=False),
        sa.Column("cash_out", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_benefit_plan_valid_order")),
        sa.PrimaryKeyConstraint("id", name="pk_benefit_plan"),
        sa.UniqueConstraint("code", name="uq_benefit_plan_code"),
    )


def benefit_entry() -> None:
    op.create_table(
        "benefit_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        choice("kind", "benefit_entry", ["accrue", "use", "expire", "transfer", "cash_out"]),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "CASE kind WHEN 'accrue' THEN quantity >= 0 WHEN 'transfer' THEN quantity <> 0 ELSE quantity < 0 END",
            name=op.f("ck_benefit_entry_direction"),
        ),
        refers("benefit_entry", "contractor_id", "contractor"),
        refers("benefit_entry", "plan_id", "benefit_plan"),
        sa.PrimaryKeyConstraint("id", name="pk_benefit_entry"),
        sa.UniqueConstraint("cause", name="uq_benefit_entry_cause"),
    )
    op.create_index("ix_benefit_entry_contractor_id_plan_id_at", "benefit_entry", ["contractor_id", "plan_id", "at"])


def choice(column: str, table: str, options: list[str]) -> sa.Column[str]:
    name = op.f(f"ck_{table}_{column}")
    kind = sa.Enum(*options, name=name, native_enum=False, create_constraint=True, length=20)
    return sa.Column(column, kind, nullable=False)


def refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")


HOUSE = {
    "funder": "company",
    "provider": None,
    "country": None,
    "portable": True,
    "cash_out": False,
    "valid_from": date(2026, 1, 1),
    "valid_to": None,
}
HOUSE_PLANS = [
    HOUSE
    | {
        "id": UUID("0199a000-0000-7000-8000-000000000001"),
        "code": "sick-leave",
        "title": "Paid sick leave",
        "kind": "sick_leave",
        "unit": "seconds",
        "accrual": {"per": "hour", "amount": "1/30", "unit": "hours", "cap_per_year": 40 * 3600},
        "rule": "SICK",
        "source": "1 hour per 30 worked, up to 40 hours a year: California Labor Code 246, New York Labor Law 196-b",
    },
    HOUSE
    | {
        "id": UUID("0199a000-0000-7000-8000-000000000002"),
        "code": "health-stipend",
        "title": "Health contribution",
        "kind": "health_stipend",
        "unit": "money",
        "accrual": {"per": "earnings", "amount": "4/100", "unit": "money", "cap_per_year": None},
        "rule": "HEALTH",
        "source": "4 % of gross earnings, as in the portable benefit pilots of Pennsylvania, Georgia and Maryland",
    },
]


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
