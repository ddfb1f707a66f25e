"""Let a contest about whose an account is stay open beyond its days.

Silence decided for whoever had contested, and with that cleared a name on an account that an operator had doubted: of a
stolen account it was enough to wait. Such a contest is put before more operators when its days are over, and until when
an answer is asked for moves on. One whose days are over by then was decided by the rules of its day.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0117"
down_revision = "0116"


def upgrade() -> None:
    _each_role("GRANT UPDATE (answer_by) ON payout_contest TO")


def downgrade() -> None:
    _each_role("REVOKE UPDATE (answer_by) ON payout_contest FROM")


def _each_role(words: str) -> None:
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'{words} "{role}"')
