"""Rates that nobody entered: those of the European Central Bank, as they were fetched, once for each day."""

import sqlalchemy as sa
from alembic import op

from migrations.staying import refuse_while

revision = "0135"
down_revision = "0134"


def upgrade() -> None:
    op.alter_column("exchange_rate", "entered_by", nullable=True)
    once = ["base", "quote", "quoted_on", "source"]
    fetched = sa.text("entered_by IS NULL")
    op.create_index("uq_exchange_rate_fetched", "exchange_rate", once, unique=True, postgresql_where=fetched)


def downgrade() -> None:
    refuse_while("exchange_rate", "entered_by IS NULL", "exchange rates that were fetched")
    op.drop_index("uq_exchange_rate_fetched", "exchange_rate")
    op.alter_column("exchange_rate", "entered_by", nullable=False)
