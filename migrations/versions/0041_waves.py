"""Near the start of a shift more people are asked than seats are open, so offers may be more than seats.

A plan's offers of one seat to one person had their number as an upper bound; what bounds them now is the wave, which
the plan's stored input tells. Measuring what all people answered in the last weeks reads offers by the time they were
made: they are written in that order, so a small BRIN index finds them."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_plan_no_more_offers_than_planned"), "plan")
    op.create_check_constraint(op.f("ck_plan_offered_not_negative"), "plan", "offered >= 0")
    op.drop_constraint(op.f("ck_match_run_no_more_than_seats"), "match_run")
    op.create_check_constraint(op.f("ck_match_run_seats_not_negative"), "match_run", "seats >= 0 AND offered >= 0")
    op.create_index("ix_offer_made_at", "offer", ["made_at"], postgresql_using="brin")


def downgrade() -> None:
    op.drop_index("ix_offer_made_at", "offer")
    op.drop_constraint(op.f("ck_match_run_seats_not_negative"), "match_run")
    op.execute(sa.text("UPDATE match_run SET offered = least(offered, seats)"))
    op.create_check_constraint(
        op.f("ck_match_run_no_more_than_seats"), "match_run", "seats >= 0 AND offered BETWEEN 0 AND seats"
    )
    op.drop_constraint(op.f("ck_plan_offered_not_negative"), "plan")
    op.execute(sa.text("UPDATE plan SET offered = least(offered, planned)"))
    op.create_check_constraint(op.f("ck_plan_no_more_offers_than_planned"), "plan", "offered BETWEEN 0 AND planned")
