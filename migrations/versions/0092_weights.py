"""Weights of matching are data: operators try them on paper, see what they would change, and publish the next version.

A version is never changed: what decided about somebody is explained by the weights that it was made with. A trial keeps
counts and nobody's id. The versions that came with the service stand in the code and have no row.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app
from sqlalchemy.dialects import postgresql

revision = "0092"
down_revision = "0091"


def upgrade() -> None:
    op.create_table(
        "trial",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("shift_id", sa.Uuid(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("weights_version", sa.Integer(), nullable=False),
        sa.Column("tried", postgresql.JSONB(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("result", postgresql.JSONB(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.CheckConstraint("kind IN ('weights', 'shift')", name=op.f("ck_trial_kind")),
        sa.CheckConstraint("status IN ('running', 'done', 'failed')", name=op.f("ck_trial_status")),
        sa.CheckConstraint("progress BETWEEN 0 AND steps", name=op.f("ck_trial_no_more_than_steps")),
        sa.CheckConstraint("(status = 'running') = (done_at IS NULL)", name=op.f("ck_trial_ended_when_done")),
        sa.CheckConstraint(
            "(kind = 'weights') = (company_id IS NULL) AND (kind = 'shift') = (shift_id IS NOT NULL)",
            name=op.f("ck_trial_of_a_company"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_trial_company_id_company"),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name="fk_trial_shift_id_shift"),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name="fk_trial_asked_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_trial"),
    )
    op.create_index("ix_trial_company_id_id", "trial", ["company_id", "id"])
    op.create_index("ix_trial_shift_id", "trial", ["shift_id"])
    op.create_table(
        "published_weights",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("parts", postgresql.JSONB(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trial_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name="fk_published_weights_set_by_person"),
        sa.ForeignKeyConstraint(["trial_id"], ["trial.id"], name="fk_published_weights_trial_id_trial"),
        sa.PrimaryKeyConstraint("id", name="pk_published_weights"),
        sa.UniqueConstraint("version", name="uq_published_weights_version"),
    )
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    owner = op.get_bind().execute(sa.text("SELECT current_user")).scalar_one()
    if role and role != owner:
        op.execute(f'REVOKE UPDATE, DELETE ON published_weights FROM "{role}"')


def downgrade() -> None:
    for table in ("published_weights", "trial"):
        op.drop_table(table)
