"""Runs the migrations as the owner of the tables, which the application's role is not."""

from alembic import context
from flask import current_app
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

metadata = current_app.extensions["migrate"].db.metadata


def not_the_queues(name: str | None, kind: str, _parents: object) -> bool:
    """The queue's tables belong to Procrastinate, which brings its own schema."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


def run() -> None:
    engine = create_engine(current_app.config["OWNER_DATABASE_URI"], poolclass=NullPool)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            include_name=not_the_queues,
            compare_type=True,
            compare_server_default=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
