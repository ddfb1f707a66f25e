"""A payslip that cannot be booked waits in a run of its own, and the others of its run are paid.

One hold that was short by a minor unit stopped a whole run, and with it everybody whose timesheets that run had taken.
The run of a payslip may change until it is issued, and never after. A line keeps the run that reckoned it.

An earlier version charges fees by the run that a line names: those of a payslip that was parted from it would be
charged under a cause that is on an invoice already, and no invoice would be issued any more.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

from migrations.staying import refuse_while

revision = "0151"
down_revision = "0150"


def upgrade() -> None:
    op.add_column("pay_run", sa.Column("parted_from_id", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_pay_run_parted_from_id_pay_run", "pay_run", "pay_run", ["parted_from_id"], ["id"])
    op.execute(
        "CREATE TRIGGER payslip_keeps_its_run BEFORE UPDATE OF run_id ON payslip"
        " FOR EACH ROW EXECUTE FUNCTION payslip_stays()"
    )
    if role := _application():
        op.execute(f'GRANT UPDATE (run_id) ON payslip TO "{role}"')


def downgrade() -> None:
    refuse_while("pay_run", "parted_from_id IS NOT NULL", "runs of payslips that could not be booked with others")
    if role := _application():
        op.execute(f'REVOKE UPDATE (run_id) ON payslip FROM "{role}"')
    op.execute("DROP TRIGGER payslip_keeps_its_run ON payslip")
    op.drop_column("pay_run", "parted_from_id")


def _application() -> str | None:
    """The role that the application connects as, where it is not the owner."""
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    return role if role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one() else None
