"""Erasure, and words that are written once but can be emptied.

What was said in a dispute, and why time was cut, was written once because nobody may make it say something else. But it
is about people, and must go with them. So the application may update those columns again, and a trigger of the owner
lets it do one thing only: leave nothing of what stood there.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0048"
down_revision = "0047"

ONLY_EMPTIED = """
CREATE FUNCTION only_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    name text;
    was text;
    becomes text;
BEGIN
    FOREACH name IN ARRAY TG_ARGV LOOP
        was := to_jsonb(OLD) ->> name;
        becomes := to_jsonb(NEW) ->> name;
        IF was IS NOT NULL AND becomes IS DISTINCT FROM was AND becomes IS DISTINCT FROM '' THEN
            RAISE EXCEPTION 'What stands in % can be emptied and not changed.', name USING ERRCODE = '23001';
        END IF;
    END LOOP;
    RETURN NEW;
END $$
"""
GUARDED = {
    "timesheet_cut": ("clause", "missing", "reason"),
    "dispute_statement": ("words",),
}


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("(erased_by IS NULL) = (reason IS NULL)", name=op.f("ck_erasure_operators_say_why")),
        sa.ForeignKeyConstraint(["erased_by"], ["person.id"], name="fk_erasure_erased_by_person"),
        sa.ForeignKeyConstraint(["id"], ["person.id"], name="fk_erasure_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_erasure"),
    )
    op.execute(ONLY_EMPTIED)
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    owner = op.get_bind().execute(sa.text("SELECT current_user")).scalar_one()
    for table, columns in GUARDED.items():
        words = ", ".join(columns)
        quoted = ", ".join(f"'{column}'" for column in columns)
        op.execute(
            f"CREATE TRIGGER only_emptied BEFORE UPDATE OF {words} ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION only_emptied({quoted})"
        )
        if role and role != owner:
            op.execute(f'GRANT UPDATE ({words}) ON {table} TO "{role}"')


def downgrade() -> None:
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    owner = op.get_bind().execute(sa.text("SELECT current_user")).scalar_one()
    for table, columns in GUARDED.items():
        op.execute(f"DROP TRIGGER only_emptied ON {table}")
        if role and role != owner:
            kept = [column for column in columns if column != "reason"]
            op.execute(f'REVOKE UPDATE ({", ".join(kept)}) ON {table} FROM "{role}"')
    op.execute("DROP FUNCTION only_emptied()")
    op.drop_table("erasure")
