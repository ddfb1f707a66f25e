"""A promised piece is held from the yes on, counted with the time, paid, and cut only with a reason (rule PIECES)."""

from collections.abc import Sequence

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.rules import Actor
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.disputes import service as disputes
from marketplace.gigs.models import Gig
from marketplace.ledger import queries as books
from marketplace.pay.models import PayLine
from marketplace.shifts import cuts, piece_counts
from marketplace.shifts.cuts import NewCut
from marketplace.shifts.models import Booking, Offer
from marketplace.shifts.timesheet_models import Timesheet, TimesheetCut, TimesheetLine
from marketplace.shifts.timesheet_rules import BadCut, CutCategory, FewerPieces, TimesheetStatus
from marketplace.standards.line_kinds import LineKind, Payee
from marketplace.standards.rules import PaymentModel
from tests.factories import accounts, pay
from tests.factories import disputes as make_disputes
from tests.factories import shifts as make
from tests.factories.shifts import Scene
from tests.pay.books import everything_holds


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def by_hour_and_piece() -> Scene:
    """15.00 an hour, 2.00 a piece, at most ten an hour."""
    return make.scene(payment_model=PaymentModel.HYBRID, piece_price=usd("2.00"), most_pieces=10)


def by_piece() -> Scene:
    """0.40 a piece, at most 60 an hour, and never less than 15.00. Its pilot is another test's."""
    scene = make.scene()
    gig = db.session.get_one(Gig, scene.gig.id)
    gig.payment_model, gig.piece_amount, gig.most_pieces = PaymentModel.PIECE, 40, 60
    db.session.flush()
    make.more_money(scene, usd("500.00"))
    return scene


def worked(scene: Scene, pieces: int) -> Booking:
    booking = make.worked(scene)
    return piece_counts.count(booking.id, pieces, by=whose(booking))


def whose(booking: Booking) -> Actor:
    return accounts.actor_of(booking.contractor_id)


def sheet_of(booking: Booking) -> Timesheet:
    found = select(Timesheet).join(TimesheetLine, TimesheetLine.timesheet_id == Timesheet.id)
    return db.session.scalars(found.where(TimesheetLine.booking_id == booking.id)).one()


def paid_lines(booking: Booking) -> dict[str, tuple[str, int | None]]:
    """What the person was paid for the booking, kind by kind, with the pieces."""
    own = select(PayLine).where(PayLine.booking_id == booking.id, PayLine.payee_kind == Payee.CONTRACTOR)
    found: dict[str, tuple[str, int | None]] = {}
    for line in db.session.scalars(own.order_by(PayLine.id)):
        money = Money.of(found.get(line.kind, ("0",))[0], "USD") + line.money
        count = None if line.pieces is None else line.pieces + (found.get(line.kind, ("0", 0))[1] or 0)
        found[line.kind] = (str(money.decimal), count)
    return found


def cut_of(scene: Scene, booking: Booking, pieces: int) -> TimesheetCut:
    line = db.session.scalars(select(TimesheetLine).where(TimesheetLine.booking_id == booking.id)).one()
    wanted = NewCut(line.id, 0, CutCategory.NOT_DELIVERED, "2.1", "Nothing came in.", pieces=pieces)
    cuts.cut(line.timesheet_id, [wanted], by=scene.company)
    return db.session.scalars(select(TimesheetCut).where(TimesheetCut.line_id == line.id)).one()


def test_pieces_are_paid_on_top_of_the_hours_out_of_what_the_yes_held(app: Flask) -> None:
    """Four hours at 15.00 and 20 pieces at 2.00: 60.00 and 40.00. Held are the hours' 67.40 and 40 pieces, 80.00 with
    3.20 of health cover and 4.00 of fee; what 20 pieces less cost goes back."""
    with transaction():
        scene = by_hour_and_piece()
        booking = worked(scene, 20)
        assert booking.held == usd("154.60")
        terms = db.session.get_one(Offer, booking.offer_id).terms
        told = {"price": {"amount": "2.00", "currency": "USD"}, "most": 40, "instead_of_wages": False}
        assert (terms["pieces"], terms["pay"]["amount"]) == (told, "60.00")
        pay.approved(scene, booking)
    free = books.balance(scene.gig.hold_account, "USD")
    pay.paid()
    assert paid_lines(booking) == {"wages": ("60.00", None), "piece": ("40.00", 20)}
    line = db.session.scalars(select(PayLine).where(PayLine.kind == LineKind.PIECE)).one()
    assert (line.rule, line.rule_version, line.rate, line.contract_version) == ("PIECES", 1, usd("2.00"), 1)
    assert pay.payslip_of(booking.contractor_id).net == usd("100.00")
    assert books.balance(scene.gig.hold_account, "USD") == free + usd("43.60")
    everything_holds()


@pytest.mark.parametrize(
    ("pieces", "lines"),
    [
        (130, {"piece": ("52.00", 130), "top_up": ("8.00", None)}),
        (200, {"piece": ("80.00", 200)}),
        (0, {"piece": ("0.00", 0), "top_up": ("60.00", None)}),
    ],
)
def test_by_the_piece_nobody_earns_less_than_the_hour(
    app: Flask, pieces: int, lines: dict[str, tuple[str, int | None]]
) -> None:
    with transaction():
        scene = by_piece()
        booking = worked(scene, pieces)
        pay.approved(scene, booking)
    pay.paid()
    assert paid_lines(booking) == lines
    everything_holds()


def test_pieces_that_were_cut_are_restored_by_a_ruling_and_paid(app: Flask) -> None:
    """200 pieces at 0.40 are 80.00; 40 are cut, 16.00, and 64.00 paid; a ruling gives 30 back, 12.00."""
    with transaction():
        scene = by_piece()
        booking = worked(scene, 200)
        cut = cut_of(scene, booking, 40)
    pay.paid()
    assert paid_lines(booking) == {"piece": ("64.00", 160)}
    everything_holds()
    dispute = make_disputes.claimed(cut)
    with transaction():
        assert disputes.advance_small(10) == 1, "16.00 are less than two hours"
    pay.paid()
    assert paid_lines(booking) == {"piece": ("80.00", 200)}
    with transaction():
        disputes.rule(dispute.id, None, "Thirty came.", restored_pieces=30, by=make_disputes.judge())
    assert (dispute.restored_pieces, dispute.restored_minutes) == (30, 0)
    everything_holds()


def test_a_restored_piece_that_the_top_up_has_paid_is_not_paid_twice(app: Flask) -> None:
    """150 pieces are 60.00, the rate of four hours. With 50 cut, 40.00 of pieces are topped up by 20.00; when all are
    restored the person has had their 60.00, and nothing is added."""
    with transaction():
        scene = by_piece()
        booking = worked(scene, 150)
        cut = cut_of(scene, booking, 50)
    pay.paid()
    assert paid_lines(booking) == {"piece": ("40.00", 100), "top_up": ("20.00", None)}
    dispute = make_disputes.claimed(cut)
    with transaction():
        disputes.rule(dispute.id, None, "All came.", restored_pieces=50, by=make_disputes.judge())
    pay.paid()
    net: Sequence[Money] = [Money.of(amount, "USD") for amount, _ in paid_lines(booking).values()]
    assert sum(money.amount for money in net) == 6000
    everything_holds()


def test_a_company_gives_pieces_and_only_a_cut_takes_them(scene: Scene) -> None:
    gig = db.session.get_one(Gig, scene.gig.id)
    gig.payment_model, gig.piece_amount, gig.most_pieces = PaymentModel.HYBRID, 200, 10
    make.more_money(scene, usd("500.00"))
    booking = make.worked(scene)
    piece_counts.count(booking.id, 10, by=scene.company)
    with pytest.raises(FewerPieces):
        piece_counts.count(booking.id, 9, by=scene.company)
    sheet = pay.approved(scene, booking)
    piece_counts.count(booking.id, 12, by=whose(booking))
    assert sheet.status is TimesheetStatus.SUBMITTED, "its company answers again"
    line = db.session.scalars(select(TimesheetLine).where(TimesheetLine.booking_id == booking.id)).one()
    for wrong in (
        NewCut(line.id, 0, CutCategory.NOT_DELIVERED, "2", "x", pieces=13),
        NewCut(line.id, 0, CutCategory.NOT_AT_WORK, "2", "x", pieces=1),
        NewCut(line.id, 1, CutCategory.NOT_DELIVERED, "2", "x"),
        NewCut(line.id, 1, CutCategory.COUNTED_TWICE, "2", "x", pieces=1),
        NewCut(line.id, 0, CutCategory.COUNTED_TWICE, "2", "x"),
    ):
        with pytest.raises(BadCut):
            cuts.cut(sheet.id, [wrong], by=scene.company)
