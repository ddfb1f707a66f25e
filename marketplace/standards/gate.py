"""The publishing gate: every rule that an offer must keep before contractors see it, judged all at once.

A refusal names every broken rule, not the first. The public calculator asks this same function.
"""

from collections.abc import Callable, Sequence
from typing import Final

from marketplace.standards import fair_pay, hazard
from marketplace.standards.catalogue import RULES
from marketplace.standards.floor import Place
from marketplace.standards.hazard import HazardClass
from marketplace.standards.offer import BY_PIECE, CriterionKind, Offer, PaymentModel
from marketplace.standards.protected import is_protected_kind
from marketplace.standards.verdicts import Outcome, Verdict


def judge_offer(offer: Offer, places: Sequence[Place]) -> list[Verdict]:
    """Every rule of the gate, in one order always: pay by place, pay as a whole, then the gig and the company.

    The offer may be published when none of them failed. FLOOR, HAZARD in the classes H2 and H3, and PIECE_PRICE
    for work by the piece have one verdict for each place. An offer without a place fails FLOOR.
    """
    verdicts = [_no_place()] if not places else [fair_pay.judge_house_floor(offer, places[0])]
    for place in places:
        verdicts.append(fair_pay.judge_floor(offer, place))
        if offer.hazard_class in hazard.OPT_IN:
            verdicts.append(fair_pay.judge_hazard_pay(offer, place))
        if offer.payment_model is PaymentModel.PIECE:
            verdicts.append(fair_pay.judge_piece_price(offer, place))
    verdicts += [fair_pay.judge_currency(offer, tuple(places)), judge_reach(places), judge_pilot(offer, places)]
    judges = (judge for judge in OF_THE_OFFER if judge is not judge_pieces or offer.payment_model in BY_PIECE)
    return verdicts + [judge(offer) for judge in judges]


def pilot_cap_minutes(offer: Offer, places: Sequence[Place]) -> int | None:
    """The most minutes that the gig may have booked until its pilot is finished; None when nothing limits it."""
    return None if pilot_lacks(offer, places) is None else RULES["PILOT"].parameters["minutes_without_pilot"]


def judge_pilot(offer: Offer, places: Sequence[Place]) -> Verdict:
    """PILOT, rolling: hourly and hybrid work is its own pilot up to a volume, piece work waits for the price."""
    rule = RULES["PILOT"]
    lacks = pilot_lacks(offer, places)
    hourly = offer.payment_model in (PaymentModel.HOURLY, PaymentModel.HYBRID)
    cap = rule.parameters["minutes_without_pilot"]
    if lacks is None:
        sentence, outcome = "A paid pilot of the size asked for is finished.", Outcome.PASS
    elif hourly:
        sentence = f"Without a finished pilot the gig may have {cap // 60} hours booked: {lacks}."
        outcome = Outcome.NOTE
    else:
        sentence, outcome = f"Work by the piece waits for its pilot: {lacks}.", Outcome.FAIL
    pilot = offer.pilot
    return rule.verdict(
        outcome,
        sentence,
        {
            "payment_model": offer.payment_model.value,
            "finished": "yes" if pilot and pilot.finished else "no",
            "paid": "yes" if pilot and pilot.paid else "no",
            "workers": str(pilot.workers if pilot else 0),
            "items": str(pilot.items if pilot else 0),
            "approved_minutes": str(pilot.minutes if pilot else 0),
            "places": ", ".join(sorted(pilot.places)) if pilot else "",
        },
        limit=f"{rule.parameters['least_workers']} workers, {rule.parameters['least_items']} items or "
        f"{rule.parameters['least_hours']} approved hours, paid, finished",
        remedy="Run and record a paid pilot; its own shifts count.",
    )


def judge_reach(places: Sequence[Place]) -> Verdict:
    """RAIL_REACH: of BR and US-KS on a rail that pays nobody in Brazil a note names BR; BR alone is refused."""
    missing = sorted({place.name for place in places if not place.reached})
    names, nobody = ", ".join(missing), len(missing) == len({place.name for place in places})
    if not missing:
        sentence, outcome = "The service's payment rail pays people in every place of the offer.", Outcome.PASS
    elif nobody:
        sentence = f"The service's payment rail pays nobody in {names}, so nobody could be paid for this work."
        outcome = Outcome.FAIL
    else:
        sentence = (
            f"The service's payment rail pays nobody in {names} yet: what people there earn is theirs whole, and waits "
            "until they can be paid."
        )
        outcome = Outcome.NOTE
    return RULES["RAIL_REACH"].verdict(
        outcome,
        sentence,
        {"not_reached": names or "none"},
        remedy="Name a place where people are paid." if nobody else f"Leave out {names}, or tell people there first.",
    )


def judge_payment_model(offer: Offer) -> Verdict:
    return RULES["PAYMENT_MODEL"].verdict(
        offer.payment_model is not PaymentModel.PERFORMANCE,
        RULES["PAYMENT_MODEL"].sentence,
        {"payment_model": offer.payment_model.value},
        limit="hourly, piece or hybrid",
        remedy="Pay by the hour, or by the piece at a price that a pilot has shown to reach the floor.",
    )


def judge_pieces(offer: Offer) -> Verdict:
    """PIECES, asked of work that pays by the piece: what one pays is named, and so are the most that are counted."""
    price, most = offer.piece_price, offer.most_pieces_an_hour
    return RULES["PIECES"].verdict(
        price is not None,
        "What a piece pays is named, and every hour at work earns at least the hourly rate.",
        {
            "payment_model": offer.payment_model.value,
            "piece_price": str(price) if price else "none",
            "most_pieces_an_hour": str(most) if most else "not named",
            "rate": str(offer.rate),
        },
        remedy="Name what a piece pays, and how many an hour are counted at most.",
    )


def judge_instructions(offer: Offer) -> Verdict:
    return RULES["INSTRUCTIONS"].verdict(
        offer.instructions_verified,
        RULES["INSTRUCTIONS"].sentence,
        {"verified_by_another": "yes" if offer.instructions_verified else "no"},
        remedy="Have another member of the company read and verify the instructions.",
    )


def judge_company(offer: Offer) -> Verdict:
    return RULES["COMPANY"].verdict(
        offer.company_verified and offer.signatory_verified,
        RULES["COMPANY"].sentence,
        {
            "company": "verified" if offer.company_verified else "not verified",
            "signatory": "verified" if offer.signatory_verified else "not verified",
        },
        remedy="Complete the company's application; an operator verifies it.",
    )


def judge_criteria(offer: Offer) -> Verdict:
    """CRITERIA: each is of a kind that belongs to a job. A protected attribute is named as one."""
    kinds = {criterion: criterion.partition(":")[0].strip().lower() for criterion in offer.criteria}
    refused = [criterion for criterion, kind in kinds.items() if kind not in set(CriterionKind)]
    protected = sorted({kinds[criterion] for criterion in refused if is_protected_kind(kinds[criterion])})
    refused += offer.unknown_criteria
    return RULES["CRITERIA"].verdict(
        not refused,
        RULES["CRITERIA"].sentence,
        {
            "criteria": ", ".join(offer.criteria) or "none",
            "refused": ", ".join(refused) or "none",
            "protected": ", ".join(protected) or "none",
        },
        limit=", ".join(CriterionKind),
        remedy=f"Leave out {', '.join(refused)}." if refused else None,
    )


def judge_hazard_class(offer: Offer) -> Verdict:
    """HAZARD_CLASS: declared content decides the least class, and a class above H0 says what is in it."""
    unknown = sorted(set(offer.hazard_categories) - set(hazard.HazardCategory))
    least = hazard.least_class(offer.hazard_categories)
    undeclared = offer.hazard_class is not HazardClass.H0 and not offer.hazard_categories
    return RULES["HAZARD_CLASS"].verdict(
        not unknown and not undeclared and offer.hazard_class >= least,
        RULES["HAZARD_CLASS"].sentence,
        {
            "class": offer.hazard_class.value,
            "categories": ", ".join(sorted(offer.hazard_categories)) or "none",
            "unknown": ", ".join(unknown) or "none",
        },
        limit=least.value,
        remedy=f"Declare what is in the work, by its known categories, in class {least} or above.",
    )


def judge_care_line(offer: Offer) -> Verdict:
    """CARE_LINE: nobody begins distressing work without knowing whom they may call after it."""
    return RULES["CARE_LINE"].verdict(
        offer.hazard_class not in hazard.OPT_IN or offer.care_line_named,
        RULES["CARE_LINE"].sentence,
        {"class": offer.hazard_class.value, "care_line": "named" if offer.care_line_named else "not named"},
        remedy="Say on the company's page whom people call after distressing work, and how.",
    )


def judge_content(offer: Offer) -> Verdict:
    found = sorted(set(offer.hazard_categories) & hazard.ILLEGAL)
    return RULES["ILLEGAL_CONTENT"].verdict(
        not found,
        RULES["ILLEGAL_CONTENT"].sentence,
        {"unlawful": ", ".join(found) or "none"},
        remedy="This work cannot be done here. Report such material to the authority that the law names.",
    )


OF_THE_OFFER: Final[tuple[Callable[[Offer], Verdict], ...]] = (
    fair_pay.judge_share,
    fair_pay.judge_margins,
    fair_pay.judge_spread,
    fair_pay.judge_escrow,
    judge_payment_model,
    judge_pieces,
    judge_instructions,
    judge_company,
    judge_criteria,
    judge_hazard_class,
    judge_care_line,
    judge_content,
)
"""The rules that need nothing but the offer."""


def _no_place() -> Verdict:
    return RULES["FLOOR"].verdict(
        False, "The offer names no place, so no floor can be found.", {"places": "none"}, remedy="Name one place."
    )


def pilot_lacks(offer: Offer, places: Sequence[Place]) -> str | None:
    """What the offer's pilot lacks, in words; None where it is finished, paid and large enough."""
    pilot, numbers = offer.pilot, RULES["PILOT"].parameters
    if pilot is None or not pilot.finished:
        return "no pilot is finished"
    if not pilot.paid:
        return "the pilot was not paid"
    has_volume = pilot.items >= numbers["least_items"] or pilot.minutes >= 60 * numbers["least_hours"]
    if pilot.workers < numbers["least_workers"] or not has_volume:
        return f"it had {pilot.workers} workers, {pilot.items} items and {pilot.minutes // 60} approved hours"
    missing = sorted({place.name for place in places} - pilot.places)
    return f"nobody took part from {', '.join(missing)}" if missing else None
