"""Where people pay taxes over time, what laws have withheld from their pay, and what authorities were paid of it.

A payslip says how much of its net pay is withheld, so that what is sent to the person is less by it; the lines that
say which law took it, from whose pay, stand beside it. A correction is a line of its own that waits for the next
payslip. Declarations and lines are written once: the payslip that gives something back, and the remittance that took a
line, are added; the end of a number and the words of a correction can be emptied.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0100"
down_revision = "0099"

MAY_CHANGE = {
    "tax_declaration": "last_digits",
    "tax_remittance": "status, reference, decided_by, decided_at",
    "withholding": "payslip_id, remittance_id, reason",
}


def upgrade() -> None:
    op.add_column("payslip", sa.Column("withheld_amount", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.create_check_constraint(op.f("ck_payslip_withheld_of_pay"), "payslip", "withheld_amount <= net_amount")
    op.create_table(
        "tax_declaration",
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.CHAR(2), nullable=False),
        sa.Column("number_kind", sa.Text(), nullable=False),
        sa.Column("sealed_number", sa.LargeBinary(), nullable=True),
        sa.Column("last_digits", sa.Text(), nullable=True),
        sa.Column("number_fits", sa.Boolean(), nullable=True),
        sa.Column("certificate", sa.String(20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "certificate IN ('none', 'small_earner', 'w9', 'w8ben')", name=op.f("ck_tax_declaration_certificate")
        ),
        sa.CheckConstraint("country ~ '^[A-Z]{2}$'", name=op.f("ck_tax_declaration_country_code")),
        sa.ForeignKeyConstraint(
            ["contractor_id"], ["contractor.id"], name="fk_tax_declaration_contractor_id_contractor"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_tax_declaration"),
    )
    op.create_index(
        "ix_tax_declaration_contractor_id_valid_from", "tax_declaration", ["contractor_id", "valid_from", "id"]
    )
    op.create_table(
        "tax_remittance",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.CHAR(2), nullable=False),
        sa.Column("through", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_tax_remittance_amount_positive")),
        sa.CheckConstraint(
            "decided_by <> proposed_by OR status = 'withdrawn'", name=op.f("ck_tax_remittance_two_persons")
        ),
        sa.CheckConstraint("(status = 'proposed') = (decided_at IS NULL)", name=op.f("ck_tax_remittance_decided_when")),
        sa.CheckConstraint(
            "(status = 'paid') = (reference IS NOT NULL)", name=op.f("ck_tax_remittance_paid_has_reference")
        ),
        sa.CheckConstraint("status IN ('proposed', 'paid', 'withdrawn')", name=op.f("ck_tax_remittance_status")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_tax_remittance_company_id_company"),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name="fk_tax_remittance_proposed_by_person"),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name="fk_tax_remittance_decided_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_tax_remittance"),
    )
    op.create_index("ix_tax_remittance_company_id", "tax_remittance", ["company_id"])
    op.create_index("ix_tax_remittance_open", "tax_remittance", ["id"], postgresql_where=sa.text("status = 'proposed'"))
    op.create_table(
        "withholding",
        sa.Column("payslip_id", sa.Uuid(), nullable=True),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.CHAR(2), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("why", sa.String(20), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("base_amount", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("percent", sa.Numeric(7, 4), nullable=True),
        sa.Column("law_base", sa.BigInteger(), nullable=True),
        sa.Column("law_amount", sa.BigInteger(), nullable=True),
        sa.Column("law_currency", sa.CHAR(3), nullable=False),
        sa.Column("rate_source", sa.Text(), nullable=True),
        sa.Column("of_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remittance_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("why IN ('withheld', 'below', 'no_rate', 'given_back')", name=op.f("ck_withholding_why")),
        sa.CheckConstraint(
            "(why = 'given_back') = (of_id IS NOT NULL)", name=op.f("ck_withholding_correction_of_another")
        ),
        sa.CheckConstraint(
            "CASE WHEN why = 'given_back' THEN amount < 0 ELSE amount >= 0 END", name=op.f("ck_withholding_sign")
        ),
        sa.CheckConstraint("why = 'given_back' OR payslip_id IS NOT NULL", name=op.f("ck_withholding_of_a_payslip")),
        sa.CheckConstraint(
            "(why = 'given_back') = (decided_by IS NOT NULL)", name=op.f("ck_withholding_correction_is_decided")
        ),
        sa.ForeignKeyConstraint(["payslip_id"], ["payslip.id"], name="fk_withholding_payslip_id_payslip"),
        sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name="fk_withholding_contractor_id_contractor"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_withholding_company_id_company"),
        sa.ForeignKeyConstraint(["of_id"], ["withholding.id"], name="fk_withholding_of_id_withholding"),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name="fk_withholding_decided_by_person"),
        sa.ForeignKeyConstraint(
            ["remittance_id"], ["tax_remittance.id"], name="fk_withholding_remittance_id_tax_remittance"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_withholding"),
    )
    op.create_index("ix_withholding_payslip_id", "withholding", ["payslip_id"])
    op.create_index("ix_withholding_contractor_id_paid_on", "withholding", ["contractor_id", "paid_on"])
    for name, columns, condition in (
        ("of_id", ["of_id"], "of_id IS NOT NULL"),
        ("waiting", ["contractor_id"], "payslip_id IS NULL"),
        ("unremitted", ["company_id", "country"], "remittance_id IS NULL"),
        ("remittance_id", ["remittance_id"], "remittance_id IS NOT NULL"),
    ):
        op.create_index(f"ix_withholding_{name}", "withholding", columns, postgresql_where=sa.text(condition))
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'GRANT UPDATE (withheld_amount) ON payslip TO "{role}"')
        for table, columns in MAY_CHANGE.items():
            op.execute(f'REVOKE UPDATE, DELETE ON {table} FROM "{role}"')
            op.execute(f'GRANT UPDATE ({columns}) ON {table} TO "{role}"')


def downgrade() -> None:
    for table in ("withholding", "tax_remittance", "tax_declaration"):
        op.drop_table(table)
    op.drop_constraint(op.f("ck_payslip_withheld_of_pay"), "payslip", type_="check")
    op.drop_column("payslip", "withheld_amount")
