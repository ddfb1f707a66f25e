"""Two more kinds of work: predicting what text comes next, and code."""

from alembic import op

revision = "0019"
down_revision = "0018"

OLD = (
    "image_labelling",
    "video_labelling",
    "text_labelling",
    "audio_transcription",
    "translation",
    "response_ranking",
    "response_writing",
    "safety_review",
    "data_collection",
    "quality_review",
)
NEW = (*OLD[:5], "text_prediction", *OLD[5:7], "code", *OLD[7:])


def upgrade() -> None:
    _allow(NEW)


def downgrade() -> None:
    _allow(OLD)


def _allow(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint(op.f("ck_gig_work_kind"), "gig", type_="check")
    op.create_check_constraint(op.f("ck_gig_work_kind"), "gig", f"work_kind IN ({listed})")
