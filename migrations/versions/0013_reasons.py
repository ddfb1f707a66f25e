"""Reasons that people wrote about companies, in rows of their own."""

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
