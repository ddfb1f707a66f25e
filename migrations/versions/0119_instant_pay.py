"""A pay run of one person who asks to be paid at once.

It is looked up by its person alone, to see when they asked last, so its index has no other run.
"""

import sqlalchemy as sa
from alembic import op

from migrations.staying import refuse_while

revision = "0119"
down_revision = "0118"
CHECK = "ck_pay_run_of_a_company_or_a_person"


def upgrade() -> None:
    op.add_column("pay_run", sa.Column("contractor_id", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_pay_run_contractor_id_contractor", "pay_run", "contractor", ["contractor_id"], ["id"])
    op.create_check_constraint(op.f(CHECK), "pay_run", "company_id IS NULL OR contractor_id IS NULL")
    mine = sa.text("contractor_id IS NOT NULL")
    op.create_index("ix_pay_run_contractor_id_id", "pay_run", ["contractor_id", "id"], postgresql_where=mine)


def downgrade() -> None:
    refuse_while(
        "pay_run", "contractor_id IS NOT NULL AND status = 'started'", "runs of one person that are being reckoned"
    )
    op.drop_index("ix_pay_run_contractor_id_id", "pay_run")
    op.drop_constraint(op.f(CHECK), "pay_run")
    op.drop_column("pay_run", "contractor_id")
