"""Papers against chargebacks, and words of evidence that can be erased.

What a company had said to a bank stood in the payment's frozen words for ever. It stands in a table of its own now,
where it is emptied 30 days after the bank's decision, and the payment keeps its digest. Papers lie in the vault as all
others; the rail's own name of one is written down before any evidence names it, so that a death in between doubles
nothing.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

from migrations.staying import refuse_while

revision = "0121"
down_revision = "0120"

PAPERS, WORDS = "chargeback_paper", "chargeback_evidence"


def upgrade() -> None:
    op.create_table(
        WORDS,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_op_id", sa.Uuid(), nullable=False),
        sa.Column("chargeback_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("words_sha256", sa.Text(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erase_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(erased_at IS NULL) <> (words = '')", name=op.f(f"ck_{WORDS}_erased_without_words")),
        sa.ForeignKeyConstraint(["payment_op_id"], ["payment_op.id"], name=f"fk_{WORDS}_payment_op_id_payment_op"),
        sa.ForeignKeyConstraint(["chargeback_id"], ["chargeback.id"], name=f"fk_{WORDS}_chargeback_id_chargeback"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{WORDS}"),
        sa.UniqueConstraint("payment_op_id", name=f"uq_{WORDS}_payment_op_id"),
    )
    op.create_index(f"ix_{WORDS}_chargeback_id", WORDS, ["chargeback_id"])
    op.create_index(f"ix_{WORDS}_erase_at", WORDS, ["erase_at"], postgresql_where=sa.text("erased_at IS NULL"))
    op.create_table(
        PAPERS,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("chargeback_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        choice("shows", ["receipt", "service_documentation", "customer_communication", "uncategorized_file"], 22),
        choice("status", ["held", "erased"]),
        choice("media_type", ["image/png", "image/jpeg", "application/pdf"]),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.SmallInteger(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erase_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(file_id IS NULL) = (status = 'erased')", name=op.f(f"ck_{PAPERS}_erased_without_file")),
        sa.CheckConstraint("(erased_at IS NULL) = (status = 'held')", name=op.f(f"ck_{PAPERS}_erased_when")),
        sa.ForeignKeyConstraint(["chargeback_id"], ["chargeback.id"], name=f"fk_{PAPERS}_chargeback_id_chargeback"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=f"fk_{PAPERS}_company_id_company"),
        sa.ForeignKeyConstraint(["file_id"], ["sealed_file.id"], name=f"fk_{PAPERS}_file_id_sealed_file"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{PAPERS}"),
    )
    is_held = sa.text("status = 'held'")
    op.create_index(f"ix_{PAPERS}_erase_at", PAPERS, ["erase_at"], postgresql_where=is_held)
    op.create_index(f"ix_{PAPERS}_chargeback_id_id", PAPERS, ["chargeback_id", "id"])
    op.create_index(f"ix_{PAPERS}_company_id", PAPERS, ["company_id"])
    op.create_index(f"uq_{PAPERS}_held", PAPERS, ["chargeback_id", "shows"], unique=True, postgresql_where=is_held)
    op.execute(MOVE_WORDS)
    op.execute(LEAVE_DIGESTS)
    op.execute(
        f"CREATE TRIGGER only_emptied BEFORE UPDATE OF words ON {WORDS}"
        " FOR EACH ROW EXECUTE FUNCTION only_emptied('words')"
    )
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        for table, changed in (
            (WORDS, "words, erase_at, erased_at"),
            (PAPERS, "status, file_id, external_id, erase_at, erased_at"),
        ):
            op.execute(f'REVOKE UPDATE, DELETE ON {table} FROM "{role}"')
            op.execute(f'GRANT UPDATE ({changed}) ON {table} TO "{role}"')


def downgrade() -> None:
    refuse_while("chargeback_paper", "status = 'held'", "papers against chargebacks")
    # The digests stay with the words: of those that were erased nothing else could be proved any more.
    op.execute(
        "UPDATE payment_op SET params = params || jsonb_build_object('words', words)"
        f" FROM {WORDS} WHERE {WORDS}.payment_op_id = payment_op.id"
    )
    op.drop_table(PAPERS)
    op.drop_table(WORDS)


MOVE_WORDS = """
INSERT INTO chargeback_evidence
    (id, payment_op_id, chargeback_id, words, words_sha256, handed_in_at, erase_at, erased_at)
SELECT gen_random_uuid(), op.id, chargeback.id, op.params ->> 'words',
       coalesce(op.params ->> 'words_sha256', encode(sha256(convert_to(op.params ->> 'words', 'UTF8')), 'hex')),
       op.created_at, least(op.created_at + interval '365 days', chargeback.ended_at + interval '30 days'),
       CASE WHEN op.params ->> 'words' = '' THEN now() END
FROM payment_op AS op JOIN chargeback ON chargeback.id::text = op.params -> 'metadata' ->> 'chargeback'
WHERE op.kind = 'evidence'
"""
LEAVE_DIGESTS = """
UPDATE payment_op
SET params = jsonb_build_object('papers', '{}'::jsonb) || params - 'words'
    || jsonb_build_object('words_sha256', words_sha256)
FROM chargeback_evidence WHERE chargeback_evidence.payment_op_id = payment_op.id
"""


def choice(column: str, options: list[str], length: int = 20) -> sa.Column[str]:
    name = op.f(f"ck_{PAPERS}_{column}")
    kind = sa.Enum(*options, name=name, native_enum=False, create_constraint=True, length=length)
    return sa.Column(column, kind, nullable=False)
