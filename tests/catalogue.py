"""A database as PostgreSQL's own catalogue tells it, so that two can be compared to the letter.

Alembic's comparison does not see exclusion and check constraints; the catalogue does.
"""

import psycopg

QUESTIONS = {
    "columns": """
        SELECT format('%s.%s %s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                      CASE WHEN a.attnotnull THEN ' not null' ELSE '' END,
                      CASE WHEN a.attidentity <> '' THEN ' identity' ELSE '' END)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0
          AND NOT a.attisdropped""",
    "constraints": """
        SELECT format('%s %s: %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 AND contype <> 'n'""",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
}
NOT_OURS = ("procrastinate_", "alembic_version")


def catalogue(dsn: str) -> dict[str, set[str]]:
    """Every column, constraint and index of the database's own tables."""
    with psycopg.connect(dsn) as connection:
        return {
            kind: {
                line
                for (line,) in connection.execute(question).fetchall()
                if not line.startswith(NOT_OURS) and not any(f" public.{name}" in line for name in NOT_OURS)
            }
            for kind, question in QUESTIONS.items()
        }
