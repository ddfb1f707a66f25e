"""Pay groups: countries whose people are paid on days of the week that operators choose, and the runs that pay them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from migrations.staying import refuse_while

revision = "0133"
down_revision = "0132"

OF_ONE = "num_nonnulls(company_id, contractor_id, group_id) <= 1"
GROUPED = "(group_id IS NULL) = (countries IS NULL)"
OF_ALL = "all_but = '{}' OR num_nonnulls(company_id, contractor_id, group_id) = 0"


def upgrade() -> None:
    op.create_table(
        "pay_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("weekdays", ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_group")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 80", name=op.f("ck_pay_group_named")),
        sa.CheckConstraint("cardinality(weekdays) BETWEEN 1 AND 7", name=op.f("ck_pay_group_has_pay_days")),
        sa.CheckConstraint(
            "weekdays <@ ARRAY[1, 2, 3, 4, 5, 6, 7]::smallint[]", name=op.f("ck_pay_group_days_of_a_week")
        ),
    )
    named = sa.text("ended_at IS NULL")
    op.create_index("uq_pay_group_name", "pay_group", [sa.text("lower(name)")], unique=True, postgresql_where=named)
    op.create_table(
        "pay_group_country",
        sa.Column("country", sa.CHAR(2), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("country", name=op.f("pk_pay_group_country")),
        sa.ForeignKeyConstraint(["group_id"], ["pay_group.id"], name=op.f("fk_pay_group_country_group_id_pay_group")),
    )
    op.create_index("ix_pay_group_country_group_id", "pay_group_country", ["group_id"])
    op.add_column("pay_run", sa.Column("group_id", sa.Uuid(), nullable=True))
    op.add_column("pay_run", sa.Column("countries", ARRAY(sa.Text()), nullable=True))
    op.add_column("pay_run", sa.Column("all_but", ARRAY(sa.Text()), nullable=False, server_default="{}"))
    op.alter_column("pay_run", "all_but", server_default=None)
    op.create_foreign_key(op.f("fk_pay_run_group_id_pay_group"), "pay_run", "pay_group", ["group_id"], ["id"])
    op.create_index("ix_pay_run_group_id", "pay_run", ["group_id"])
    op.drop_constraint(op.f("ck_pay_run_of_a_company_or_a_person"), "pay_run")
    op.create_check_constraint(op.f("ck_pay_run_of_one_scope"), "pay_run", OF_ONE)
    op.create_check_constraint(op.f("ck_pay_run_group_has_countries"), "pay_run", GROUPED)
    op.create_check_constraint(op.f("ck_pay_run_all_but_of_all"), "pay_run", OF_ALL)


def downgrade() -> None:
    # A run of a group becomes one of all: once it is reckoned, what it has taken is its own.
    narrowed = "num_nonnulls(group_id, countries) > 0 OR all_but <> '{}'"
    refuse_while("pay_run", f"status = 'started' AND ({narrowed})", "runs of some countries that are being reckoned")
    for name in ("of_one_scope", "group_has_countries", "all_but_of_all"):
        op.drop_constraint(op.f(f"ck_pay_run_{name}"), "pay_run")
    op.create_check_constraint(
        op.f("ck_pay_run_of_a_company_or_a_person"), "pay_run", "company_id IS NULL OR contractor_id IS NULL"
    )
    op.drop_index("ix_pay_run_group_id", "pay_run")
    op.drop_column("pay_run", "all_but")
    op.drop_column("pay_run", "countries")
    op.drop_column("pay_run", "group_id")
    op.drop_table("pay_group_country")
    op.drop_table("pay_group")
