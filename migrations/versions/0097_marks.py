"""Count how many people have each mark of the index.

Whoever looks for people with a rare mark looks them up by it; among many with common ones they are met on the way. To
know which it is, each was tried in vain first. One writer keeps the index, so a count is kept beside it and waits for
nobody.
"""

import sqlalchemy as sa
from alembic import op

revision = "0097"
down_revision = "0096"


def upgrade() -> None:
    op.create_table(
        "match_mark",
        sa.Column("mark", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name="pk_match_mark"),
    )
    op.execute("INSERT INTO match_mark SELECT mark, count(*) FROM match_person, unnest(marks) mark GROUP BY mark")


def downgrade() -> None:
    op.drop_table("match_mark")
