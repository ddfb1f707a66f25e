"""Let a pay run of a million time entries write each of its lines once.

A line belongs to its payslip from its beginning, so that no line is written a second time for that, and a payslip is
the sum of its lines at every commit. Its sums may therefore grow as long as it is frozen; once it is issued a trigger
of the owner's refuses that to everybody, as it was refused before. Of a line nothing at all is changed any more.

A run that was computed and not yet frozen has lines without a payslip: they get theirs here, or nobody would ever pay
them.

What may accrue to a person in a year is asked for each of them, and was found by looking through every line there ever
was: leave has an index of its own. Four indexes that hold only what is rare leave out the lines that have none of it.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0108"
down_revision = "0107"

RARE = ("attempt_id", "cash_out_id", "guarantee_id", "rail_fee_id")
SUMS = "net_amount, benefits_amount, leave_amount, cost_amount"
STAYS = """
CREATE FUNCTION payslip_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> 'frozen' THEN
        RAISE EXCEPTION 'permission denied for table payslip: what was issued stays' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$
"""


OPENED = """
INSERT INTO payslip
    (id, run_id, contractor_id, currency, net_amount, benefits_amount, leave_amount, cost_amount, status)
SELECT gen_random_uuid(), run_id, contractor_id, currency,
    coalesce(sum(amount) FILTER (WHERE payee_kind = 'contractor'), 0),
    coalesce(sum(amount) FILTER (WHERE payee_kind = 'benefits'), 0),
    coalesce(sum(amount) FILTER (WHERE kind IN ('sick_leave', 'benefit_cash_out')), 0),
    coalesce(sum(amount) FILTER (WHERE kind NOT IN ('sick_leave', 'benefit_cash_out')), 0),
    'frozen'
FROM pay_line WHERE payslip_id IS NULL
GROUP BY run_id, contractor_id, currency
"""
JOINED = """
UPDATE pay_line SET payslip_id = slip.id
FROM payslip slip
WHERE payslip_id IS NULL AND slip.run_id = pay_line.run_id AND slip.contractor_id = pay_line.contractor_id
    AND slip.currency = pay_line.currency
"""


def upgrade() -> None:
    op.execute(OPENED)
    op.execute(JOINED)
    op.alter_column("pay_line", "payslip_id", nullable=False)
    op.create_index(
        "ix_pay_line_accrued", "pay_line", ["contractor_id", "began_at"], postgresql_where="kind = 'sick_accrual'"
    )
    for column in RARE:
        op.drop_index(f"ix_pay_line_{column}", table_name="pay_line")
        op.create_index(f"ix_pay_line_{column}", "pay_line", [column], postgresql_where=f"{column} IS NOT NULL")
    op.execute(STAYS)
    op.execute(
        f"CREATE TRIGGER payslip_stays BEFORE UPDATE OF {SUMS} ON payslip FOR EACH ROW EXECUTE FUNCTION payslip_stays()"
    )
    if role := _application():
        op.execute(f'GRANT UPDATE ({SUMS}) ON payslip TO "{role}"')
        op.execute(f'REVOKE UPDATE (payslip_id) ON pay_line FROM "{role}"')


def downgrade() -> None:
    if role := _application():
        op.execute(f'REVOKE UPDATE ({SUMS}) ON payslip FROM "{role}"')
        op.execute(f'GRANT UPDATE (payslip_id) ON pay_line TO "{role}"')
    op.execute("DROP TRIGGER payslip_stays ON payslip")
    op.execute("DROP FUNCTION payslip_stays()")
    for column in RARE:
        op.drop_index(f"ix_pay_line_{column}", table_name="pay_line")
        op.create_index(f"ix_pay_line_{column}", "pay_line", [column])
    op.drop_index("ix_pay_line_accrued", table_name="pay_line")
    op.alter_column("pay_line", "payslip_id", nullable=True)


def _application() -> str | None:
    """The role that the application connects as, where it is not the owner."""
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    return role if role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one() else None
