"""Where people are paid, how that is changed, and payments that a person makes by a file.

A row of `payout_method` is one place where somebody is paid by one rail; what it says lies encrypted. An account at a
rail that is open today becomes one that is in force: it was the only one, so nothing has to wait. Two of somebody's
accounts at a rail may now be open, the one that counts and the one that is to; unique is the method's status.

A rail of files keeps its orders in `manual_payment` and what it wrote in `manual_file`; what a person found out of a
payment, in `payment_finding`, at most one of each. `rail_pause` has payouts of a currency wait where a rail has no
money for them. `payment_op` is not touched: it is the largest of these tables, and nothing here reads it again.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0103"
down_revision = "0102"

MAY_CHANGE = {
    "payout_method": "status, ended_at, sealed, name_check, name_reason, name_decided_by, name_decided_at",
    "manual_file": "status, released_by, released_at, settled_at, sealed_id",
    "manual_payment": "status, file_id, sent_amount, sent_currency, rate, quoted_on, rate_source",
    "payment_finding": "status, reason, answered_by, answered_at",
    "rail_pause": "tries, try_at, ended_at",
}
KINDS = "kind IN ('bank_account', 'mobile_money', 'e_wallet', 'stripe')"
OP_KINDS = "kind IN ('deposit', 'payout', 'refund', 'reversal')"


def upgrade() -> None:
    op.create_table(
        "payout_method",
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("rail", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("rail_account_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("name_check", sa.String(20), nullable=False),
        sa.Column("name_reason", sa.Text(), nullable=True),
        sa.Column("name_decided_by", sa.Uuid(), nullable=True),
        sa.Column("name_decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("takes_effect_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_payout_method_kind")),
        sa.CheckConstraint(
            "name_check IN ('same', 'waiting', 'cleared', 'refused')", name=op.f("ck_payout_method_name_check")
        ),
        sa.CheckConstraint(
            "status IN ('waiting', 'in_force', 'replaced', 'taken_back', 'refused')",
            name=op.f("ck_payout_method_status"),
        ),
        sa.CheckConstraint(
            "(kind = 'stripe') = (rail_account_id IS NOT NULL)", name=op.f("ck_payout_method_account_at_a_rail")
        ),
        sa.CheckConstraint(
            "(kind IN ('mobile_money', 'e_wallet')) = (provider IS NOT NULL)",
            name=op.f("ck_payout_method_has_a_provider"),
        ),
        sa.CheckConstraint(
            "(name_check IN ('same', 'waiting')) = (name_decided_at IS NULL)",
            name=op.f("ck_payout_method_name_decided_by_somebody"),
        ),
        sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name="fk_payout_method_contractor_id_contractor"),
        sa.ForeignKeyConstraint(
            ["rail_account_id"], ["rail_account.id"], name="fk_payout_method_rail_account_id_rail_account"
        ),
        sa.ForeignKeyConstraint(["name_decided_by"], ["person.id"], name="fk_payout_method_name_decided_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_payout_method"),
    )
    for column in ("contractor_id", "rail_account_id", "name_decided_by"):
        op.create_index(f"ix_payout_method_{column}", "payout_method", [column])
    for status in ("in_force", "waiting"):
        only = sa.text(f"status = '{status}'")
        op.create_index(
            f"uq_payout_method_{status}", "payout_method", ["contractor_id", "rail"], unique=True, postgresql_where=only
        )
    op.create_index(
        "ix_payout_method_due", "payout_method", ["takes_effect_at"], postgresql_where=sa.text("status = 'waiting'")
    )
    op.create_index(
        "ix_payout_method_name", "payout_method", ["id"], postgresql_where=sa.text("name_check = 'waiting'")
    )
    op.execute(
        "INSERT INTO payout_method (id, contractor_id, rail, kind, country, currency, rail_account_id, name_check,"
        " given_at, takes_effect_at, status)"
        " SELECT gen_random_uuid(), account.contractor_id, account.rail, 'stripe', account.country,"
        " contractor.payout_currency, account.id, 'same', account.asked_at, account.asked_at, 'in_force'"
        " FROM rail_account account JOIN contractor ON contractor.id = account.contractor_id"
        " WHERE account.closed_at IS NULL"
    )
    op.drop_index("uq_rail_account_open", "rail_account")
    op.create_index("ix_rail_account_contractor_id", "rail_account", ["contractor_id"])
    op.create_table(
        "manual_file",
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("format", sa.String(20), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("total_amount", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("sealed_id", sa.Uuid(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_manual_file_kind")),
        sa.CheckConstraint("format IN ('pain.001.001.09', 'csv')", name=op.f("ck_manual_file_format")),
        sa.CheckConstraint(
            "status IN ('made', 'released', 'withdrawn', 'settled')", name=op.f("ck_manual_file_status")
        ),
        sa.CheckConstraint("lines > 0 AND total_amount > 0", name=op.f("ck_manual_file_carries_something")),
        sa.CheckConstraint(
            "(status IN ('released', 'settled')) = (released_by IS NOT NULL)",
            name=op.f("ck_manual_file_released_by_somebody"),
        ),
        sa.ForeignKeyConstraint(["sealed_id"], ["sealed_file.id"], name="fk_manual_file_sealed_id_sealed_file"),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name="fk_manual_file_made_by_person"),
        sa.ForeignKeyConstraint(["released_by"], ["person.id"], name="fk_manual_file_released_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_manual_file"),
    )
    op.create_index("ix_manual_file_made_by", "manual_file", ["made_by"])
    op.create_index("ix_manual_file_released_by", "manual_file", ["released_by"])
    op.create_index(
        "ix_manual_file_kept", "manual_file", ["settled_at"], postgresql_where=sa.text("sealed_id IS NOT NULL")
    )
    op.create_table(
        "manual_payment",
        sa.Column("payment_op_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("method_id", sa.Uuid(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("sent_amount", sa.BigInteger(), nullable=True),
        sa.Column("sent_currency", sa.CHAR(3), nullable=True),
        sa.Column("rate", sa.Numeric(), nullable=True),
        sa.Column("quoted_on", sa.Date(), nullable=True),
        sa.Column("rate_source", sa.Text(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(OP_KINDS, name=op.f("ck_manual_payment_kind")),
        sa.CheckConstraint("status IN ('waiting', 'in_file', 'paid', 'failed')", name=op.f("ck_manual_payment_status")),
        sa.CheckConstraint("status <> 'in_file' OR file_id IS NOT NULL", name=op.f("ck_manual_payment_in_a_file")),
        sa.CheckConstraint("(file_id IS NULL) = (sent_amount IS NULL)", name=op.f("ck_manual_payment_sent_by_a_file")),
        sa.CheckConstraint(
            "(sent_amount IS NULL) = (sent_currency IS NULL)", name=op.f("ck_manual_payment_sent_whole")
        ),
        sa.ForeignKeyConstraint(
            ["payment_op_id"], ["payment_op.id"], name="fk_manual_payment_payment_op_id_payment_op"
        ),
        sa.ForeignKeyConstraint(["method_id"], ["payout_method.id"], name="fk_manual_payment_method_id_payout_method"),
        sa.ForeignKeyConstraint(["file_id"], ["manual_file.id"], name="fk_manual_payment_file_id_manual_file"),
        sa.PrimaryKeyConstraint("id", name="pk_manual_payment"),
        sa.UniqueConstraint("payment_op_id", name="uq_manual_payment_payment_op_id"),
    )
    op.create_index("ix_manual_payment_method_id", "manual_payment", ["method_id"])
    op.create_index(
        "ix_manual_payment_file_id", "manual_payment", ["file_id"], postgresql_where=sa.text("file_id IS NOT NULL")
    )
    op.create_index(
        "ix_manual_payment_waiting", "manual_payment", ["id"], postgresql_where=sa.text("status = 'waiting'")
    )
    op.create_table(
        "payment_finding",
        sa.Column("payment_op_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("arrived_amount", sa.BigInteger(), nullable=True),
        sa.Column("arrived_currency", sa.CHAR(3), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("found_by", sa.Uuid(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("outcome IN ('happened', 'did_not_happen')", name=op.f("ck_payment_finding_outcome")),
        sa.CheckConstraint("status IN ('waiting', 'holds', 'contradicted')", name=op.f("ck_payment_finding_status")),
        sa.CheckConstraint(
            "outcome <> 'happened' OR happened_on IS NOT NULL", name=op.f("ck_payment_finding_happened_on_a_day")
        ),
        sa.CheckConstraint(
            "(arrived_amount IS NULL) = (arrived_currency IS NULL)", name=op.f("ck_payment_finding_arrived_whole")
        ),
        sa.CheckConstraint(
            "status <> 'contradicted' OR answered_by IS NOT NULL",
            name=op.f("ck_payment_finding_contradicted_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["payment_op_id"], ["payment_op.id"], name="fk_payment_finding_payment_op_id_payment_op"
        ),
        sa.ForeignKeyConstraint(["found_by"], ["person.id"], name="fk_payment_finding_found_by_person"),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name="fk_payment_finding_answered_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_payment_finding"),
    )
    op.create_index("ix_payment_finding_found_by", "payment_finding", ["found_by"])
    op.create_index("ix_payment_finding_answered_by", "payment_finding", ["answered_by"])
    op.create_index(
        "uq_payment_finding_payment_op_id",
        "payment_finding",
        ["payment_op_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'contradicted'"),
    )
    op.create_index(
        "ix_payment_finding_waiting", "payment_finding", ["id"], postgresql_where=sa.text("status = 'waiting'")
    )
    op.create_table(
        "rail_pause",
        sa.Column("rail", sa.Text(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("paused_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(try_at IS NULL) = (paused_by IS NOT NULL)", name=op.f("ck_rail_pause_tried_or_by_hand")),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_rail_pause_tries_not_negative")),
        sa.ForeignKeyConstraint(["paused_by"], ["person.id"], name="fk_rail_pause_paused_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_rail_pause"),
    )
    op.create_index("ix_rail_pause_paused_by", "rail_pause", ["paused_by"])
    op.create_index(
        "uq_rail_pause_open",
        "rail_pause",
        ["rail", "currency"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        for table, columns in MAY_CHANGE.items():
            op.execute(f'REVOKE UPDATE, DELETE ON {table} FROM "{role}"')
            op.execute(f'GRANT UPDATE ({columns}) ON {table} TO "{role}"')


def downgrade() -> None:
    op.drop_table("rail_pause")
    op.drop_table("payment_finding")
    op.drop_table("manual_payment")
    op.drop_table("manual_file")
    op.execute(
        "UPDATE rail_account SET closed_at = asked_at WHERE id IN"
        " (SELECT rail_account_id FROM payout_method WHERE status = 'waiting')"
    )
    op.drop_table("payout_method")
    op.drop_index("ix_rail_account_contractor_id", "rail_account")
    op.create_index(
        "uq_rail_account_open",
        "rail_account",
        ["contractor_id", "rail"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
