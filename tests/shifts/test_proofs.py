"""What people have proven: who may take a seat, and what a level of a skill earns, from the offer to the payslip."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.gigs import service as gig_service
from marketplace.gigs.rules import Criteria, LanguageNeed, SkillNeed
from marketplace.ledger import queries as books
from marketplace.pay.models import PayLine
from marketplace.qualifications import holdings
from marketplace.qualifications.levels import BadSteps, PaySteps, check_steps
from marketplace.qualifications.models import Holding, Qualification
from marketplace.qualifications.rules import Proves
from marketplace.shifts import attendance, offers, outage
from marketplace.shifts.models import Booking
from marketplace.shifts.rules import NotEligible
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import Level
from tests.factories import accounts, gigs, shifts
from tests.factories import pay as payroll
from tests.factories import qualifications as made
from tests.factories.shifts import MONDAY, Scene
from tests.pay.books import everything_holds

DAY = timedelta(days=1)
STEPS = PaySteps("image-labelling", ((2, 11_000), (3, 12_500)))


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def granted(test: Qualification, person: Contractor, days: int | None = None) -> Holding:
    """The person holds it, for so many days from now."""
    held = holdings.grant(test.id, person.id, "Seen.", "Known.", by=made.keeper())
    if days is not None:
        held.until = held.since + timedelta(days=days)
        db.session.flush()
    return held


def asking(**more: object) -> Criteria:
    return Criteria(places=(gigs.KANSAS,), reason="The work needs it.", **more)  # type: ignore[arg-type]


@pytest.fixture
def expert(app: Flask) -> Qualification:
    """Proves the third level of image labelling."""
    with transaction():
        shifts.at(MONDAY - 5 * DAY)
        return made.service_test(proves=Proves("image-labelling", 3))


def test_a_level_is_paid_from_the_offer_to_the_payslip(expert: Qualification) -> None:
    """4 hours at 15.00 USD at a step of 1.25: the offer says 18.75 an hour, the booking holds 83.50 (75.00, 2.50 for
    sick leave, 3.00 for health, 3.00 fee), and the payslip has 60.00 of wages and 15.00 for the level."""
    with transaction():
        scene = shifts.scene(pay_steps=STEPS)
        ana = shifts.contracted(scene)
        granted(expert, ana)
        there = shifts.shift(scene)
        offer = shifts.offered(scene, there, ana)
        assert offer.terms["pay_steps"]["rate"] == {"amount": "18.75", "currency": "USD"}
        assert offer.terms["pay"] == {"amount": "75.00", "currency": "USD"}
        booking = offers.accept(offer.id, by=accounts.actor_of(ana.id))
        assert (booking.step_points, booking.rate, booking.held) == (12_500, usd("15.00"), usd("83.50"))
        assert books.balance(booking.hold_account, "USD") == usd("83.50")
    with transaction():
        _work(scene, booking)
    everything_holds()
    payroll.paid()
    lines = db.session.scalars(select(PayLine).where(PayLine.booking_id == booking.id).order_by(PayLine.id))
    told = [(str(line.kind), line.money, line.rule) for line in lines]
    assert told[:2] == [("wages", usd("60.00"), "WAGES"), ("skill_step", usd("15.00"), "SKILL_STEP")]
    assert payroll.payslip_of(ana.id).net == usd("75.00")
    assert books.balance(booking.hold_account, "USD") == usd("0.00")
    everything_holds()


def test_an_outage_of_a_missed_shift_holds_the_step_too(expert: Qualification) -> None:
    """An hour at 18.75, with 0.75 for health: what is held anew pays it, and the run of everybody goes on."""
    with transaction():
        scene = shifts.scene(pay_steps=STEPS)
        ana = shifts.contracted(scene)
        granted(expert, ana)
        booking = shifts.booked(scene, ana)
        shifts.at(booking.starts_at + timedelta(minutes=31))
        assert attendance.mark_no_shows() == 1
        db.session.refresh(booking)
        outage.report_outage(booking.id, by=accounts.actor_of(ana.id))
        payroll.approved(scene, booking)
    everything_holds()
    payroll.paid()
    assert payroll.payslip_of(ana.id).net == usd("18.75")
    everything_holds()


def _work(scene: Scene, booking: Booking) -> None:
    me = accounts.actor_of(booking.contractor_id)
    shifts.at(booking.starts_at)
    attendance.clock_in(booking.id, by=me)
    shifts.at(booking.ends_at)
    attendance.clock_out(booking.id, by=me)
    payroll.approved(scene, booking)


def test_who_has_no_level_earns_the_rate_and_keeps_what_was_promised(expert: Qualification) -> None:
    """Bea has proven nothing: 60.00. Cara's level ends between the offer and the yes, and the promise stands (P5)."""
    scene = shifts.scene(pay_steps=STEPS)
    bea, cara = (shifts.contracted(scene) for _ in range(2))
    held = granted(expert, cara)
    there = shifts.shift(scene, seats=2)
    plain, stepped = (shifts.offered(scene, there, who) for who in (bea, cara))
    assert plain.terms["pay"]["amount"] == "60.00"
    held.until = MONDAY - DAY
    db.session.flush()
    assert offers.accept(plain.id, by=accounts.actor_of(bea.id)).step_points == 10_000
    assert offers.accept(stepped.id, by=accounts.actor_of(cara.id)).step_points == 12_500


def test_a_qualification_is_held_when_the_work_begins(expert: Qualification) -> None:
    """It is missing, then it ends before the shift, then it does not; each no says what is missing and since when."""
    scene = shifts.scene(criteria=asking(qualifications=(expert.code,)))
    ana = shifts.contracted(scene)
    there = shifts.shift(scene)
    with pytest.raises(NotEligible) as missing, db.session.begin_nested():
        shifts.offered(scene, there, ana)
    verdict = missing.value.members["verdict"]
    assert (verdict["rule"], verdict["inputs"]["missing"], verdict["inputs"]["ended"]) == (
        "CRITERIA",
        expert.code,
        "none",
    )
    granted(expert, ana, days=3)
    with pytest.raises(NotEligible) as ended, db.session.begin_nested():
        shifts.offered(scene, there, ana)
    assert ended.value.members["verdict"]["inputs"]["ended"] == f"{expert.code} 2026-11-21"
    assert "paid" in (ended.value.what_to_do or "")
    granted(expert, ana)
    assert shifts.offered(scene, there, ana).terms["pay"]["amount"] == "60.00"


def test_a_level_is_proven_and_not_declared(expert: Qualification) -> None:
    """Who says that they can label is not at level 3; a proof of level 3 is one of level 2 too."""
    scene = shifts.scene(criteria=asking(skill_levels=(SkillNeed("image-labelling", 2),)))
    ana = shifts.contracted(scene)
    there = shifts.shift(scene)
    with pytest.raises(NotEligible) as short, db.session.begin_nested():
        shifts.offered(scene, there, ana)
    assert short.value.members["verdict"]["inputs"]["proven"] == "image-labelling level 0"
    granted(expert, ana)
    assert shifts.offered(scene, there, ana)


def test_a_language_can_be_proven(app: Flask) -> None:
    shifts.at(MONDAY - 5 * DAY)
    german = made.service_test(proves=Proves(language="de", language_level=Level.C1))
    scene = shifts.scene(criteria=asking(languages=(LanguageNeed("de", Level.B2),)))
    ana = shifts.contracted(scene)
    granted(german, ana)
    assert shifts.offered(scene, shifts.shift(scene), ana)


def test_the_gate_knows_which_qualifications_there_are(expert: Qualification) -> None:
    """Its own and the service's pass; another company's and one that nobody knows do not."""
    company = accounts.company()
    own, foreign = made.company_test(company.id), made.company_test()
    codes = (own.code, expert.code, foreign.code, "nobody-knows")
    gig = gigs.draft_gig(company, criteria=asking(qualifications=codes))
    verdicts = {each.rule: each for each in gig_service.judge(gig.id, by=accounts.owner_of(company.id)).verdicts}
    refused = verdicts["CRITERIA"]
    assert refused.failed
    assert refused.inputs["refused"] == f"qualification:{foreign.code}, qualification:nobody-knows"


def test_steps_are_spread_at_most_twice_and_funded_at_the_highest(app: Flask) -> None:
    shifts.at(MONDAY)
    steep = gigs.draft_gig(pay_steps=PaySteps("code", ((1, 10_000), (4, 20_100))))
    by = accounts.owner_of(steep.company_id)
    verdicts = {each.rule: each for each in gig_service.judge(steep.id, by=by).verdicts}
    assert verdicts["SPREAD"].failed
    # 4 hours at 30.15 are 120.60; 4.02 for sick leave, 4.82 for health, and the fee of 3.00 on the base rate.
    assert verdicts["ESCROW"].inputs["needed"] == "132.44 USD"


@pytest.mark.parametrize(
    "steps", [(), ((2, 9_999),), ((2, 12_000), (3, 11_000)), ((3, 11_000), (2, 12_000)), ((5, 12_000),), ((0, 12_000),)]
)
def test_what_no_steps_may_be(steps: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(BadSteps):
        check_steps(PaySteps("code", steps))


def test_the_next_step_and_what_it_pays() -> None:
    assert [STEPS.at(level) for level in range(5)] == [10_000, 10_000, 11_000, 12_500, 12_500]
    assert [STEPS.after(level) for level in (0, 2, 3)] == [(2, 11_000), (3, 12_500), None]
