"""What a bank gives back after it had kept it, and a chargeback whose amount changes.

A chargeback that was lost was over: what the bank gave back later was booked on the service's pocket, and neither its
company nor whoever had borne it heard of it. A chargeback knows now what the bank has of it, and what the company has
paid again and the service has given up, less what they have back.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

from migrations.staying import refuse_while

revision = "0142"
down_revision = "0141"

STATES = "'inquiry', 'inquiry_reviewed', 'inquiry_closed', 'open', 'under_review', 'won', 'lost'"
ENDED = "(status IN ('won', 'lost', 'inquiry_closed'{more})) = (ended_at IS NOT NULL)"
BORNE = "bearer IS NULL OR status = 'lost' AND (bearer = 'company') = (paid_again_at IS NOT NULL)"
BORNE_NOW = "bearer IS NULL OR status IN ('lost', 'reinstated') AND (bearer <> 'company' OR paid_again_at IS NOT NULL)"
AMOUNTS = ("reinstated_amount", "paid_amount", "given_up_amount")
# Whoever comes back to this version has such causes already, and a cause that is there is booked no second time.
ENTRIES = """
UPDATE chargeback SET entries = made.entries
FROM (SELECT split_part(cause, ':', 2) AS id, count(*) AS entries
      FROM journal_entry WHERE cause LIKE 'chargeback:%' GROUP BY 1) AS made
WHERE made.id = chargeback.id::text
"""
RULES = {
    "reinstated_of_it": "reinstated_amount BETWEEN 0 AND amount",
    "reinstated_when": "(reinstated_amount > 0) = (reinstated_at IS NOT NULL)",
    "reinstated_whole": "status <> 'reinstated' OR reinstated_amount = amount",
    "borne_not_negative": "paid_amount >= 0 AND given_up_amount >= 0",
    "given_up_by_the_service": "given_up_amount = 0 OR bearer IS NOT NULL AND bearer = 'service'",
}


def upgrade() -> None:
    for column in AMOUNTS:
        op.add_column("chargeback", sa.Column(column, sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("chargeback", sa.Column("entries", sa.SmallInteger(), nullable=False, server_default="0"))
    op.add_column("chargeback", sa.Column("reinstated_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE chargeback SET paid_amount = amount WHERE paid_again_at IS NOT NULL AND status <> 'won'")
    op.execute("UPDATE chargeback SET given_up_amount = amount WHERE bearer = 'service'")
    op.execute(ENTRIES)
    for column in (*AMOUNTS, "entries"):
        op.alter_column("chargeback", column, server_default=None)
    _check("status", f"status IN ({STATES}, 'reinstated')")
    _check("ended_when", ENDED.format(more=", 'reinstated'"))
    _check("borne_once", BORNE_NOW)
    for name, rule in RULES.items():
        op.create_check_constraint(op.f(f"ck_chargeback_{name}"), "chargeback", rule)
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        changed = f"amount, {', '.join(AMOUNTS)}, entries, reinstated_at"
        op.execute(f'GRANT UPDATE ({changed}) ON chargeback TO "{role}"')


def downgrade() -> None:
    refuse_while("chargeback", "reinstated_amount > 0", "what banks have given back after all")
    whole = "paid_amount + given_up_amount = amount AND (paid_amount = 0 OR given_up_amount = 0)"
    partly = f"(paid_again_at IS NOT NULL OR bearer IS NOT NULL) AND status <> 'won' AND NOT ({whole})"
    refuse_while("chargeback", partly, "chargebacks that are paid again in part")
    for name in RULES:
        op.drop_constraint(op.f(f"ck_chargeback_{name}"), "chargeback", type_="check")
    _check("borne_once", BORNE)
    _check("ended_when", ENDED.format(more=""))
    _check("status", f"status IN ({STATES})")
    for column in ("reinstated_at", "entries", *AMOUNTS):
        op.drop_column("chargeback", column)
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'REVOKE UPDATE (amount) ON chargeback FROM "{role}"')


def _check(name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_chargeback_{name}"), "chargeback", type_="check")
    op.create_check_constraint(op.f(f"ck_chargeback_{name}"), "chargeback", condition)
