"""Sick leave taken, hazard flags, and shifts that a cap stops."""

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
