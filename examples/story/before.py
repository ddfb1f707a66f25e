"""Before the first shift: a gig that is refused, a plan for everybody, and somebody who wants to be in two places."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from examples.story import outcome
from examples.story.stage import Story, refused
from examples.story.world import terms_of_gig
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.gigs import service as gigs
from marketplace.gigs.models import PublishDecision
from marketplace.gigs.rules import Where
from marketplace.shifts import offers, scheduling
from marketplace.shifts.models import Offer, Shift
from marketplace.shifts.rules import OfferStatus
from marketplace.standards.rules import PaymentModel


def refused_gig(story: Story) -> None:
    """The lab asks to publish the terms that TIME told of: 1.32 dollars an hour of 12.50 that the client pays."""
    owner = story.world.owner("lab")
    with transaction():
        told = replace(
            terms_of_gig(story.world, "lab", "hateful"),
            title="Label hateful and sexual text, as told",
            payment_model=PaymentModel.PIECE,
            rate=Money.of("1.32", "USD"),
            # TIME told of 150 to 250 passages in nine hours: 11.88 dollars for the fewest, and 28 an hour at the most.
            piece_price=Money.of("0.08", "USD"),
            most_pieces=28,
            client_pays=Money.of("12.50", "USD"),
            margin=None,
            margin_party=None,
        )
        told = replace(told, criteria=replace(told.criteria, places=(Where("KE", None),)))
        gig = gigs.draft(story.world.companies["lab"], told, by=owner)
        decision = gigs.publish(gig.id, by=owner)
        failed = [verdict for verdict in decision.verdicts if verdict["outcome"] == "fail"]
        stored = db.session.get_one(PublishDecision, decision.id).outcome
    words = f"A gig at 1.32 USD an hour is refused, with {len(failed)} broken rules, each with its source:"
    story.note("refusal", words, outcome=stored.value, verdicts=failed)
    for verdict in failed:
        passes = f" (passes at {verdict['limit']})" if verdict["limit"] else ""
        story.tell(f"  {verdict['rule']}: {verdict['sentence']}{passes}")


def planned(story: Story) -> None:
    """The timetable has planned every open seat of the two weeks, for all people at once; each offer has its reason."""
    with transaction():
        offered = select(func.count(Offer.id))
        made = db.session.scalar(offered) or 0
        reasoned = db.session.scalar(offered.where(Offer.reason.has_key("parts"))) or 0
        collecting = db.session.scalar(offered.where(Offer.collects)) or 0
        seats = db.session.scalar(select(func.sum(Shift.seats))) or 0
        plans = outcome.plans()
    words = (
        f"Matching plans {seats} seats of two weeks at once: {made} offers, {reasoned} of them with their reason. Most "
        f"are for one person alone. {collecting} are for shifts of the next 72 hours: there as many people are asked "
        "as are expected to fill the seats, by what others answer, and nobody has to be fast. The solver gave seats "
        f"together: {plans['points']} points of the published objective, {plans['points_one_by_one']} one by one."
    )
    story.note("plan", words, seats=seats, offers=made, with_reason=reasoned, collecting=collecting)


def two_places(story: Story) -> None:
    """Somebody who was offered a shift is asked by hand for another one at the same hours, and says yes to both."""
    first = _first_offer(story, "ranking")
    with transaction():
        offer = db.session.get_one(Offer, first)
        shift = db.session.get_one(Shift, offer.shift_id)
        reason = {"words": "The company asks by hand."}
        who = offer.contractor_id
        second = scheduling.schedule(
            shift.gig_id, shift.starts_at, shift.ends_at, shift.timezone, 1, by=story.world.owner("lab")
        )
        asked = offers.offer(second.id, [(who, reason)], clock.now() + timedelta(hours=8), by=story.world.owner("lab"))
        second_offer = asked[0].id
    me = story.world.person(story.crowd.number_of(who))
    with transaction():
        offers.accept(first, by=me)
    no = refused(lambda: offers.accept(second_offer, by=me))
    words = f"Somebody says yes to two shifts at the same hours. The second yes is refused: {no.title}"
    story.note("two_places", words, code=no.code)
    with transaction():
        offers.decline(second_offer, by=me)


def _first_offer(story: Story, gig: str) -> UUID:
    """The earliest pending offer of the gig whose seat is one person's alone, of the lowest number."""
    with transaction():
        rows = db.session.execute(
            select(Offer.id, Offer.contractor_id, Shift.starts_at)
            .join(Shift, Shift.id == Offer.shift_id)
            .where(Offer.gig_id == story.world.gigs[gig], Offer.status == OfferStatus.PENDING, ~Offer.collects)
        ).all()
    first: UUID = min(rows, key=lambda row: (row.starts_at, story.crowd.number_of(row.contractor_id))).id
    return first
