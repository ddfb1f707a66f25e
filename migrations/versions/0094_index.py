"""An index of people, by which a seat that opens finds its best among very many at once.

A search read everybody who is under contract with the company: minutes, where they are a million. These tables hold
what narrows that, and follow from others. So that no verb can forget them, triggers of the owner write down in the same
transaction who was changed; a job brings the index up to date, and a search looks at those people themselves until
then. Nothing is reckoned here: everybody is written down as changed, and as long as very many are, a search reads
everybody as it did before.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0094"
down_revision = "0093"

STALE = """
CREATE FUNCTION match_stale_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO match_stale (contractor_id) VALUES (OLD.{column});
    ELSE
        INSERT INTO match_stale (contractor_id) VALUES (NEW.{column});
    END IF;
    RETURN NULL;
END $$
"""
COLUMNS = {"self": "id", "theirs": "contractor_id", "signer": "person_id"}
HOLDERS = """
CREATE FUNCTION match_stale_holders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO match_stale (contractor_id)
    SELECT DISTINCT contractor_id FROM holding WHERE qualification_id = NEW.id;
    RETURN NULL;
END $$
"""


def _distinct(*columns: str) -> str:
    new, old = (", ".join(f"{row}.{column}" for column in columns) for row in ("NEW", "OLD"))
    return f"WHEN (ROW({new}) IS DISTINCT FROM ROW({old}))"


ABOUT_THEM = (
    "status", "country", "subdivision", "timezone", "band_min_hours", "band_max_hours",
)  # fmt: skip
TRIGGERS = (
    ("contractor", "self", "INSERT", ""),
    ("contractor", "self", "UPDATE", _distinct(*ABOUT_THEM)),
    *(
        (table, "theirs", "INSERT OR UPDATE OR DELETE", "")
        for table in (
            "contractor_skill", "contractor_language", "availability_window", "availability_exception",
            "hazard_consent", "holding",
        )
    ),
    ("qualification", "holders", "UPDATE", _distinct("code", "skill", "skill_level", "language", "language_level")),
    ("contract", "theirs", "UPDATE", _distinct("status", "ends_at")),
    ("signature", "signer", "INSERT", "WHEN (NEW.party = 'contractor')"),
    ("booking", "theirs", "INSERT OR DELETE", ""),
    ("booking", "theirs", "UPDATE", _distinct("status", "during")),
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "match_person",
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("marks", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name="fk_match_person_contractor_id_contractor"),
        sa.PrimaryKeyConstraint("contractor_id", name="pk_match_person"),
    )
    op.create_index("ix_match_person_marks", "match_person", ["marks"], postgresql_using="gin")
    op.create_table(
        "match_cell",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("wishes", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("recent", sa.Integer(), nullable=False),
        sa.Column("company", sa.Integer(), nullable=False),
        sa.Column("band_min", sa.SmallInteger(), nullable=False),
        sa.Column("band_max", sa.SmallInteger(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_match_cell_company_id_company"),
        sa.PrimaryKeyConstraint("id", name="pk_match_cell"),
        sa.UniqueConstraint(
            "company_id", "wishes", "day", "recent", "company", "band_min", "band_max", name="uq_match_cell_bound"
        ),
    )
    op.create_table(
        "match_pair",
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("rate_amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.CHAR(3), nullable=True),
        sa.Column("highest_class", sa.CHAR(2), nullable=False),
        sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name="fk_match_pair_contractor_id_contractor"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_match_pair_company_id_company"),
        sa.ForeignKeyConstraint(["cell_id"], ["match_cell.id"], name="fk_match_pair_cell_id_match_cell"),
        sa.PrimaryKeyConstraint("contractor_id", "company_id", name="pk_match_pair"),
    )
    op.create_index("ix_match_pair_cell_id_place", "match_pair", ["cell_id", "place"])
    op.create_table(
        "match_stale",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_match_stale"),
    )
    for name, column in COLUMNS.items():
        op.execute(STALE.format(name=name, column=column))
    op.execute(HOLDERS)
    for table, function, events, when in TRIGGERS:
        op.execute(
            f"CREATE TRIGGER {_name(events)} AFTER {events} ON {table}"
            f" FOR EACH ROW {when} EXECUTE FUNCTION match_stale_{function}()"
        )
    op.execute("INSERT INTO match_stale (contractor_id) SELECT id FROM contractor WHERE status = 'vetted'")


def downgrade() -> None:
    for table, _, events, _ in TRIGGERS:
        op.execute(f"DROP TRIGGER {_name(events)} ON {table}")
    for name in (*COLUMNS, "holders"):
        op.execute(f"DROP FUNCTION match_stale_{name}()")
    for table in ("match_stale", "match_pair", "match_cell", "match_person"):
        op.drop_table(table)


def _name(events: str) -> str:
    return f"match_stale_{events.split()[0].lower()}"
