"""The ground: events, stored answers, the clock's offset, the queue, and what the application's role may do.

The application connects as a role that owns nothing: an owner could switch off every guard. It may read and write all
tables but those that are written once (events here, entries and postings in the ledger).
"""

import procrastinate
import sqlalchemy as sa
from alembic import op
from flask import current_app
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    connection = op.get_bind()
    role = connection.dialect.identifier_preparer.quote(app_role())
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    if has_app_role(connection):
        op.execute(f"ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}")
        op.execute(f"ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO {role}")
    # Procrastinate's schema holds %-signs and many statements: it goes through the driver as it stands.
    with connection.connection.driver_connection.cursor() as cursor:
        cursor.execute(procrastinate.schema.SchemaManager.get_schema())
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("doer_id", sa.Uuid(), nullable=True),
        sa.Column("doer_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
    )
    op.create_index("ix_event_about", "event", ["about"], postgresql_using="gin")
    op.create_index("ix_event_subject_id_id", "event", ["subject_id", "id"])
    op.create_table(
        "stored_answer",
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_sha256", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", postgresql.JSONB(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name="pk_stored_answer"),
    )
    op.create_index("ix_stored_answer_at", "stored_answer", ["at"])
    op.create_table(
        "clock_offset",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("microseconds", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_clock_offset_one_row")),
        sa.PrimaryKeyConstraint("id", name="pk_clock_offset"),
    )
    if has_app_role(connection):
        op.execute(f"REVOKE UPDATE, DELETE ON event FROM {role}")


def downgrade() -> None:
    connection = op.get_bind()
    role = connection.dialect.identifier_preparer.quote(app_role())
    for table in ("clock_offset", "stored_answer", "event"):
        op.drop_table(table)
    op.execute(
        """
        DO $$ DECLARE thing record; BEGIN
          FOR thing IN SELECT tablename FROM pg_tables
            WHERE schemaname = current_schema() AND tablename LIKE 'procrastinate%' LOOP
            EXECUTE format('DROP TABLE %I CASCADE', thing.tablename);
          END LOOP;
          FOR thing IN SELECT oid::regprocedure AS name FROM pg_proc
            WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'procrastinate%' LOOP
            EXECUTE format('DROP FUNCTION %s CASCADE', thing.name);
          END LOOP;
          FOR thing IN SELECT typname FROM pg_type
            WHERE typnamespace = current_schema()::regnamespace AND typname LIKE 'procrastinate%' LOOP
            EXECUTE format('DROP TYPE %I CASCADE', thing.typname);
          END LOOP;
        END $$
        """
    )
    if has_app_role(connection):
        op.execute(f"ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM {role}")
        op.execute(f"ALTER DEFAULT PRIVILEGES REVOKE ALL ON SEQUENCES FROM {role}")


def app_role() -> str:
    """The role of DATABASE_URL: the one that the application connects as."""
    url = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])
    return url.username or "setara_app"


def has_app_role(connection: sa.Connection) -> bool:
    """Whether the application has a role of its own, other than the owner that runs this."""
    found = sa.text("SELECT 1 FROM pg_roles WHERE rolname = :name AND rolname <> current_user")
    return connection.execute(found, {"name": app_role()}).first() is not None
