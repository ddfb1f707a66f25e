"""Cuts of timesheets, disputes about them, and what rulings restore."""

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
