"""What the rule STATUS said of a contract by what really happened, whenever it was another than before."""

import sqlalchemy as sa
from alembic import op
from flask import current_app
from sqlalchemy.dialects import postgresql

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    op.create_table(
        "status_reading",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_status_reading_contract_id_contract"),
        sa.PrimaryKeyConstraint("contract_id", "read_at", name="pk_status_reading"),
    )
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    owner = op.get_bind().execute(sa.text("SELECT current_user")).scalar_one()
    if role and role != owner:
        op.execute(f'REVOKE UPDATE, DELETE ON status_reading FROM "{role}"')


def downgrade() -> None:
    op.drop_table("status_reading")
