"""What the publishing gate is shown of a gig, and what it says. Judging changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from marketplace.accounts.models import CareLine, Company
from marketplace.accounts.rules import CompanyStatus
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.gigs import queries
from marketplace.gigs.instruction_rules import in_force, ready_to_publish
from marketplace.gigs.models import Gig
from marketplace.gigs.planned_cost import PlannedCost, planned_cost, planned_price
from marketplace.gigs.rules import Criteria, GigStatus
from marketplace.qualifications import queries as qualifications
from marketplace.standards import calculator
from marketplace.standards import queries as standards
from marketplace.standards.calculator import Reckoning
from marketplace.standards.rates import cost, price, stepped
from marketplace.standards.rules import (
    CriterionKind,
    Offer,
    PilotFacts,
    Place,
    UnpaidKind,
    Verdict,
    pilot_cap_minutes,
    pilot_lacks,
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Every verdict on a gig as it stands, and the hourly median paid for like work beside them, if there is any; and
    what its planned work costs."""

    reckoning: Reckoning
    like_work: Money | None
    cost: PlannedCost

    @property
    def verdicts(self) -> Sequence[Verdict]:
        return self.reckoning.verdicts


def judge(gig: Gig) -> Judgement:
    """What the gate would say now."""
    places = places_of(gig)
    planned = planned_cost(gig, places, clock.now().date())
    return Judgement(calculator.in_places(offer_of(gig), places), queries.like_work_median(gig), planned)


def judge_at(gig: Gig, rate: Money) -> list[Verdict]:
    """What the gate would say if the gig paid that rate. Raises BadOffer for another currency."""
    return judge_as(gig, rate, gig.criteria)


def judge_as(gig: Gig, rate: Money, criteria: Criteria) -> list[Verdict]:
    """What the gate would say if the gig paid that rate and asked that of people. Raises BadOffer for another
    currency."""
    needed = needed_funds(gig, rate)
    words = criteria_words(criteria)
    offer = replace(
        offer_of(gig), rate=rate, criteria=words, other_rates=_stepped_rates(gig, rate), funds_needed=needed
    )
    return list(calculator.in_places(offer, _known_places(criteria, gig.currency)).verdicts)


def pilot_cap(gig: Gig) -> int | None:
    """The most minutes that may be booked in the gig until its pilot is finished; None when nothing limits it."""
    return pilot_cap_minutes(offer_of(gig), places_of(gig))


def lacks_of_pilot(gig: Gig) -> str | None:
    """What the gig's pilot lacks, in words; None where it is finished."""
    return pilot_lacks(offer_of(gig), places_of(gig))


def offer_of(gig: Gig) -> Offer:
    """The gig as plain facts. Funds are what the company put in and did not take back, whether they are still in the
    hold or reserved by bookings already; both are meant for the planned work."""
    company = db.session.get_one(Company, gig.company_id)
    is_verified = company.status is CompanyStatus.VERIFIED
    return Offer(
        rate=gig.rate,
        payment_model=gig.payment_model,
        hazard_class=gig.hazard_class,
        hazard_categories=gig.hazard_categories,
        criteria=criteria_words(gig.criteria),
        unknown_criteria=_unknown(gig),
        other_rates=_stepped_rates(gig, gig.rate),
        fee_percent=gig.fee_percent,
        margin=gig.margin,
        margin_party=gig.margin_party,
        client_pays=gig.client_pays,
        unpaid=gig.terms.unpaid,
        piece_price=gig.piece_price,
        most_pieces_an_hour=gig.most_pieces,
        funds_held=queries.committed(gig),
        funds_needed=needed_funds(gig, gig.rate),
        instructions_verified=_instructions_verified(gig),
        company_verified=is_verified,
        # An operator verifies a company and its signatory in one decision.
        signatory_verified=is_verified,
        care_line_named=db.session.get(CareLine, gig.company_id) is not None,
        pilot=_pilot_facts([gig.id, *_inherited_from(gig)]),
    )


def places_of(gig: Gig) -> list[Place]:
    """The gig's places with what standards knows of them today, floors in the gig's currency."""
    return _known_places(gig.criteria, gig.currency)


def _known_places(criteria: Criteria, currency: str) -> list[Place]:
    codes = [(place.country, place.subdivision) for place in criteria.places]
    return standards.gate_places(codes, currency=currency, on=clock.now().date())


def needed_funds(gig: Gig, rate: Money) -> Money:
    """The highest cost of the whole planned work at that rate, all of it at the highest step of pay: pay, premiums,
    benefits, fee and margin."""
    return cost(price(planned_price(gig, rate)))


def _stepped_rates(gig: Gig, rate: Money) -> list[Money]:
    """What an hour of the gig earns at each of its steps (SPREAD)."""
    return [stepped(rate, points) for _, points in gig.pay_steps.by_level] if gig.pay_steps else []


def _unknown(gig: Gig) -> list[str]:
    """Qualifications that the gig asks for and nobody could get: unknown, closed, or another company's."""
    asked = gig.criteria.qualifications
    known = qualifications.known_codes(gig.company_id) if asked else {}
    return [f"{CriterionKind.QUALIFICATION}:{code}" for code in asked if code not in known]


def criteria_words(criteria: Criteria) -> list[str]:
    """Criteria as standards reads them: "skill:image-labelling", "language:en B2", "place:US-KS"."""
    return [
        *(f"{CriterionKind.PLACE}:{place.subdivision or place.country}" for place in criteria.places),
        *(f"{CriterionKind.SKILL}:{skill}" for skill in criteria.skills),
        *(f"{CriterionKind.LANGUAGE}:{need.language} {need.level}" for need in criteria.languages),
        *(f"{CriterionKind.SKILL}:{need.skill} level {need.level}" for need in criteria.skill_levels),
        *(f"{CriterionKind.QUALIFICATION}:{code}" for code in criteria.qualifications),
    ]


def _instructions_verified(gig: Gig) -> bool:
    versions: Mapping[int, bool] = queries.verified_versions(gig.id)
    if gig.status is GigStatus.DRAFT:
        return ready_to_publish(versions)
    return in_force(versions) is not None


def _inherited_from(gig: Gig) -> list[UUID]:
    """The earlier gig whose pilot counts for this one, as a list of one or none. A draft that has become other work
    since, by its terms or its instructions, has to be linked anew."""
    link = queries.inherited_pilot_of(gig.id)
    if link is None:
        return []
    if gig.status is GigStatus.DRAFT:
        words, root = queries.verified_instructions(gig.id), db.session.get_one(Gig, link.from_gig_id)
        is_other = gig.work_kind is not root.work_kind or gig.hazard_class > root.hazard_class
        if is_other or words is None or words.text_sha256 != link.instructions_sha256:
            return []
    return [link.from_gig_id]


def _pilot_facts(gig_ids: Sequence[UUID]) -> PilotFacts | None:
    """All finished pilots of a gig count together, with what its own shifts have shown, and with those that it has
    inherited: a small one in each place makes one that is large enough. Of the times and the unpaid minutes that they
    measured the longest counts."""
    pilots = [pilot for known in gig_ids for pilot in queries.pilots_of(known)]
    rolling = [each for known in gig_ids if (each := queries.rolling_pilot_of(known)) is not None]
    if not pilots and not rolling:
        return None
    shown = [*(pilot.places for pilot in pilots), *(each.places for each in rolling)]
    return PilotFacts(
        finished=True,
        paid=all(pilot.paid_amount > 0 for pilot in pilots),
        workers=sum(pilot.workers for pilot in pilots) + sum(each.workers for each in rolling),
        minutes=sum(each.minutes for each in rolling),
        items=sum(pilot.items for pilot in pilots),
        item_seconds_p75=max((pilot.item_seconds_p75 for pilot in pilots), default=None),
        unpaid={kind: max((pilot.unpaid.get(kind, 0) for pilot in pilots), default=0) for kind in UnpaidKind},
        places=frozenset(place["subdivision"] or place["country"] for places in shown for place in places),
    )
