"""What was issued stays: a migration is not taken back while there are rows that an earlier version could not keep.

A line of pay is sealed with its kind and what it counts, so it can be called nothing else without breaking its proof;
and what is owed, was booked or was answered is nobody's to delete. All steps of a downgrade are one transaction, so a
refusal undoes those before it too.
"""

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError


def refuse_while(table: str, condition: str, called: str) -> None:
    """Raises CommandError, which ends the command with its words, while any row of the table meets the condition."""
    count = op.get_bind().execute(sa.text(f"SELECT count(*) FROM {table} WHERE {condition}")).scalar_one()
    if count:
        raise CommandError(
            f"Not taken back, and nothing was changed: an earlier version could not keep {called} (rows of {table}:"
            f" {count}). To go back to it, restore the backup from before the upgrade into an empty database:"
            " python -m marketplace restore FILE."
        )
