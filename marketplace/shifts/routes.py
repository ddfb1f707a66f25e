"""The doors of shifts, offers, bookings and timesheets."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, make_response
from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core import idempotency
from marketplace.core.http import PageArgs, page, problems
from marketplace.shifts import (
    after_care,
    attendance,
    bulk,
    costing,
    cuts,
    moving,
    outage,
    piece_counts,
    prepared,
    queries,
    reached,
    scheduling,
    sick,
    timesheets,
)
from marketplace.shifts import booking_schemas as b
from marketplace.shifts import offers as offering
from marketplace.shifts import schemas as s
from marketplace.shifts import timesheet_schemas as t
from marketplace.shifts.beside import tells_beside
from marketplace.shifts.estimate_schemas import ShiftPriceSchema
from marketplace.shifts.models import Booking, Offer, Shift
from marketplace.shifts.timesheet_models import Timesheet

shifts = Blueprint("shifts", __name__, url_prefix="/api/v1/shifts", description="A company's shifts.")
offers = Blueprint("offers", __name__, url_prefix="/api/v1/offers", description="Shifts offered to people.")
bookings = Blueprint("bookings", __name__, url_prefix="/api/v1/bookings", description="Seats, and their clock.")
timesheet_doors = Blueprint(
    "timesheets", __name__, url_prefix="/api/v1/timesheets", description="What was worked in a week."
)
blueprints = (shifts, offers, bookings, timesheet_doors)

# --- shifts -----------------------------------------------------------------------------------------------------------


@shifts.post("")
@shifts.arguments(s.NewShiftSchema)
@shifts.response(201, s.PlannedShiftSchema)
@problems(shifts, 401, 403, 404, 409, 422)
@tells_beside
def schedule(given: dict[str, Any]) -> Shift:
    """Plan a shift of an open gig. `funds` says whether the gig's money reaches for all of its open seats."""
    return scheduling.schedule(**given, by=actor())


@shifts.post("/price")
@shifts.arguments(s.ShiftPlanSchema)
@shifts.response(200, ShiftPriceSchema)
@problems(shifts, 401, 403, 404, 409, 422)
def show_adding_price(given: dict[str, Any]) -> costing.ShiftPrice:
    """What a shift would cost, the least and the most, before you plan it. Nothing is planned."""
    return scheduling.adding_price(**given, by=actor())


@shifts.post("/sheet/look")
@shifts.arguments(s.ShiftSheetSchema)
@shifts.response(200, s.ShiftSheetLookSchema)
@problems(shifts, 401, 403, 404, 422)
def look_at_sheet(given: dict[str, Any]) -> bulk.Look:
    """What a file of shifts would plan, and what is wrong with which line. It plans nothing."""
    return bulk.look(**given, by=actor())


@shifts.post("/sheet")
@shifts.arguments(s.ShiftSheetSchema)
@shifts.response(201, s.PlannedShiftsSchema)
@problems(shifts, 401, 403, 404, 409, 422)
@tells_beside
def plan_sheet(given: dict[str, Any]) -> dict[str, Any]:
    """Plan every shift of a file, or none of them. `funds` says whether the gig's money reaches for all open seats."""
    return {"items": bulk.plan(**given, by=actor())}


@shifts.get("")
@shifts.arguments(s.ShiftListArgs, location="query")
@shifts.response(200, s.ShiftPage)
@problems(shifts, 401, 403, 404, 422)
def list_shifts(args: dict[str, Any]) -> dict[str, Any]:
    """The shifts of your companies; of one company, or of one gig, if you name it."""
    found = queries.company_shifts(args.pop("company_id"), args.pop("gig_id"), seen_by=actor())
    return page(found, Shift.id, **args)


@shifts.get("/<uuid:shift_id>")
@shifts.etag
@shifts.response(200, s.ShiftSchema)
@problems(shifts, 401, 403, 404)
def show_shift(shift_id: UUID) -> Shift:
    """One shift: your company's, or one that was offered to you."""
    return queries.shift(shift_id, seen_by=actor())


@shifts.get("/<uuid:shift_id>/cancellation-price")
@shifts.response(200, s.CancellationPriceSchema)
@problems(shifts, 401, 403, 404)
def show_cancellation_price(shift_id: UUID) -> scheduling.CancellationPrice:
    """What cancelling the shift would cost now."""
    return scheduling.cancellation_price(shift_id, by=actor())


@shifts.post("/<uuid:shift_id>/cancel")
@shifts.arguments(s.CancelSchema)
@shifts.response(200, s.ShiftSchema)
@problems(shifts, 400, 401, 403, 404, 409, 422)
@idempotency.required
def cancel(given: dict[str, Any], shift_id: UUID) -> Shift:
    """Cancel a shift, or end one that has begun, at the price that you saw. Everybody booked is compensated."""
    return scheduling.cancel_shift(shift_id, **given, by=actor())


@shifts.get("/<uuid:shift_id>/moving-price")
@shifts.response(200, s.MovingPriceSchema)
@problems(shifts, 401, 403, 404)
def show_moving_price(shift_id: UUID) -> moving.MovingPrice:
    """What moving the shift to another time would cost now."""
    return moving.moving_price(shift_id, by=actor())


@shifts.post("/<uuid:shift_id>/move")
@shifts.arguments(s.ShiftMoveSchema)
@shifts.response(201, s.ShiftSchema)
@problems(shifts, 400, 401, 403, 404, 409, 422)
@idempotency.required
def move(given: dict[str, Any], shift_id: UUID) -> Shift:
    """Move the shift at the price that you saw. Everybody booked is compensated and asked first about the new time,
    which is a shift of its own."""
    return moving.move_shift(shift_id, **given, by=actor())


@shifts.post("/<uuid:shift_id>/offers")
@shifts.arguments(s.NewOffersSchema)
@shifts.response(201, s.OffersMadeSchema)
@problems(shifts, 401, 403, 404, 409, 422)
def make_offers(given: dict[str, Any], shift_id: UUID) -> dict[str, list[Offer]]:
    """Ask people by hand. Whoever has an open offer of the shift is not asked twice."""
    chosen = [(person, {"words": given["reason"]}) for person in given["contractor_ids"]]
    return {"items": offering.offer(shift_id, chosen, given["expires_at"], by=actor())}


@shifts.get("/<uuid:shift_id>/offers")
@shifts.arguments(PageArgs, location="query")
@shifts.response(200, s.OfferPage)
@problems(shifts, 401, 403, 404, 422)
def list_offers_of_shift(args: dict[str, Any], shift_id: UUID) -> dict[str, Any]:
    """Everybody who was asked, for the company."""
    return page(queries.offers_of_shift(shift_id, seen_by=actor()), Offer.id, **args)


@shifts.get("/<uuid:shift_id>/bookings")
@shifts.arguments(PageArgs, location="query")
@shifts.response(200, b.BookingPage)
@problems(shifts, 401, 403, 404, 422)
def list_bookings_of_shift(args: dict[str, Any], shift_id: UUID) -> dict[str, Any]:
    """Everybody who has a seat, for the company."""
    return page(queries.bookings_of_shift(shift_id, seen_by=actor()), Booking.id, **args)


# --- offers -----------------------------------------------------------------------------------------------------------


@offers.get("")
@offers.arguments(s.OfferListArgs, location="query")
@offers.response(200, s.OfferPage)
@problems(offers, 401, 403, 422)
def list_my_offers(args: dict[str, Any]) -> dict[str, Any]:
    """What was offered to you."""
    return page(queries.my_offers(args.pop("status"), seen_by=actor()), Offer.id, **args)


@offers.get("/<uuid:offer_id>")
@offers.etag
@offers.response(200, s.OfferSchema)
@problems(offers, 401, 404)
def show_offer(offer_id: UUID) -> Offer:
    """One offer with all its terms. Once its person looks at it, it has reached them."""
    return reached.shown(queries.offer(offer_id, seen_by=actor()), by=actor())


@offers.post("/<uuid:offer_id>/accept")
@offers.response(200, b.BookingSchema)
@offers.alt_response(202, schema=s.OfferSchema, description="The yes is collected until the window closes")
@problems(offers, 400, 401, 403, 404, 409)
@idempotency.required
def accept(offer_id: UUID) -> Booking | Response:
    """Say yes: take a seat, and have its highest cost held; where more are asked than seats are open, be collected."""
    said = offering.say_yes(offer_id, by=actor())
    return queries.begun_or_not(said) if isinstance(said, Booking) else make_response(s.OfferSchema().dump(said), 202)


@offers.post("/<uuid:offer_id>/decline")
@offers.response(200, s.OfferSchema)
@problems(offers, 401, 403, 404, 409)
def decline(offer_id: UUID) -> Offer:
    """Say no. Nothing follows from it."""
    return offering.decline(offer_id, by=actor())


@offers.post("/<uuid:offer_id>/withdraw")
@offers.response(200, s.OfferSchema)
@problems(offers, 401, 403, 404, 409)
def withdraw(offer_id: UUID) -> Offer:
    """The company takes an unanswered offer back."""
    return offering.withdraw(offer_id, by=actor())


# --- bookings ---------------------------------------------------------------------------------------------------------


@offers.get("/<uuid:offer_id>/preparation")
@offers.response(200, b.PreparedSchema)
@problems(offers, 401, 404)
def show_offer_preparation(offer_id: UUID) -> prepared.Prepared:
    """The instructions that hold in the offered shift, and whom to ask."""
    return prepared.for_offer(offer_id, seen_by=actor())


@bookings.get("/after-care")
@bookings.response(200, b.AfterCaresSchema)
@problems(bookings, 401, 403)
def list_after_care() -> dict[str, Any]:
    """The care that stays open to you after very distressing work, who pays for it, and whom to call."""
    return {"items": after_care.mine(seen_by=actor())}


@bookings.get("/<uuid:booking_id>/preparation")
@bookings.response(200, b.PreparedSchema)
@problems(bookings, 401, 404)
def show_booking_preparation(booking_id: UUID) -> prepared.Prepared:
    """The instructions under which the shift is worked and judged, and whom to ask."""
    return prepared.for_booking(booking_id, seen_by=actor())


@bookings.get("")
@bookings.arguments(b.BookingListArgs, location="query")
@bookings.response(200, b.BookingPage)
@problems(bookings, 401, 403, 422)
def list_my_bookings(args: dict[str, Any]) -> dict[str, Any]:
    """Your seats, with their clocks."""
    return page(queries.my_bookings(args.pop("status"), seen_by=actor()), Booking.id, **args)


@bookings.get("/<uuid:booking_id>")
@bookings.etag
@bookings.response(200, b.BookingSchema)
@problems(bookings, 401, 404)
def show_booking(booking_id: UUID) -> Booking:
    """One booking with its clock: your own, or your company's."""
    return queries.booking(booking_id, seen_by=actor())


@bookings.post("/<uuid:booking_id>/clock-in")
@bookings.arguments(b.PressSchema, required=False)
@bookings.response(200, b.BookingSchema)
@problems(bookings, 401, 403, 404, 409, 422)
def clock_in(given: dict[str, Any], booking_id: UUID) -> Booking:
    """Start the clock. Pressing twice is pressing once."""
    return _shown(attendance.clock_in(booking_id, **given, by=actor()))


@bookings.post("/<uuid:booking_id>/clock-out")
@bookings.arguments(b.PressSchema, required=False)
@bookings.response(200, b.BookingSchema)
@problems(bookings, 401, 403, 404, 409, 422)
def clock_out(given: dict[str, Any], booking_id: UUID) -> Booking:
    """Stop the clock. The week's last clock-out hands the timesheet in."""
    return _shown(attendance.clock_out(booking_id, **given, by=actor()))


@bookings.post("/<uuid:booking_id>/start-break")
@bookings.arguments(b.BreakSchema)
@bookings.response(200, b.BookingSchema)
@problems(bookings, 401, 403, 404, 409, 422)
def start_break(given: dict[str, Any], booking_id: UUID) -> Booking:
    """Begin a paid or an unpaid break."""
    return _shown(attendance.start_break(booking_id, **given, by=actor()))


@bookings.post("/<uuid:booking_id>/end-break")
@bookings.arguments(b.PressSchema, required=False)
@bookings.response(200, b.BookingSchema)
@problems(bookings, 401, 403, 404, 409, 422)
def end_break(given: dict[str, datetime | None], booking_id: UUID) -> Booking:
    """Go back to work."""
    return _shown(attendance.end_break(booking_id, **given, by=actor()))


@bookings.put("/<uuid:booking_id>/pieces")
@bookings.arguments(b.PiecesSchema)
@bookings.response(200, b.BookingSchema)
@problems(bookings, 401, 403, 404, 409, 422)
def count_pieces(given: dict[str, int], booking_id: UUID) -> Booking:
    """Say how many pieces came of a shift that pays by the piece: your own, or as its company, which may say more and
    never fewer. It counts at once, and the timesheet shows it."""
    return _shown(piece_counts.count(booking_id, **given, by=actor()))


@bookings.post("/<uuid:booking_id>/release")
@bookings.response(200, b.BookingSchema)
@problems(bookings, 400, 401, 403, 404, 409)
@idempotency.required
def release(booking_id: UUID) -> Booking:
    """Give the seat back before the shift begins."""
    return _shown(offering.release(booking_id, by=actor()))


@bookings.get("/<uuid:booking_id>/sick")
@bookings.response(200, b.SickPaySchema)
@problems(bookings, 401, 403, 404, 409)
def show_sick_pay(booking_id: UUID) -> sick.SickPay:
    """What you would be paid if you reported sick now. Nothing is changed."""
    return sick.sick_pay(booking_id, by=actor())


@bookings.post("/<uuid:booking_id>/sick")
@bookings.response(200, b.BookingSchema)
@problems(bookings, 400, 401, 403, 404, 409)
@idempotency.required
def report_sick(booking_id: UUID) -> Booking:
    """You fell ill: the booking ends without harm, and your leave pays the rest of its schedule as far as it goes."""
    return _shown(sick.report_sick(booking_id, by=actor()))


@bookings.post("/<uuid:booking_id>/outage")
@bookings.response(200, b.BookingSchema)
@problems(bookings, 400, 401, 403, 404, 409)
@idempotency.required
def report_outage(booking_id: UUID) -> Booking:
    """Power or network is lost: the clock counts it, or you are excused from a shift that you could not begin."""
    return _shown(outage.report_outage(booking_id, by=actor()))


def _shown(booking: Booking) -> Booking:
    """The booking with its time entries, for whoever just changed it."""
    return queries.booking(booking.id, seen_by=actor())


# --- timesheets -------------------------------------------------------------------------------------------------------


@timesheet_doors.get("")
@timesheet_doors.arguments(t.TimesheetListArgs, location="query")
@timesheet_doors.response(200, t.TimesheetPage)
@problems(timesheet_doors, 401, 403, 404, 422)
def list_timesheets(args: dict[str, Any]) -> dict[str, Any]:
    """Your own timesheets, or those of a company."""
    found = queries.timesheets(args.pop("company_id"), args.pop("status"), seen_by=actor())
    return page(found, Timesheet.id, **args)


@timesheet_doors.get("/<uuid:timesheet_id>")
@timesheet_doors.etag
@timesheet_doors.response(200, t.TimesheetSchema)
@problems(timesheet_doors, 401, 404)
def show_timesheet(timesheet_id: UUID) -> Timesheet:
    """One timesheet, line by line."""
    return queries.timesheet(timesheet_id, seen_by=actor())


@timesheet_doors.post("/<uuid:timesheet_id>/submit")
@timesheet_doors.response(200, t.TimesheetSchema)
@problems(timesheet_doors, 401, 403, 404, 409)
def submit(timesheet_id: UUID) -> Timesheet:
    """Hand the week in before it is complete."""
    return _sheet(timesheets.submit(timesheet_id, by=actor()))


@timesheet_doors.post("/<uuid:timesheet_id>/approve")
@timesheet_doors.arguments(t.WholeSchema, required=False)
@timesheet_doors.response(200, t.TimesheetSchema)
@problems(timesheet_doors, 401, 403, 404, 409, 422)
def approve(_given: dict[str, Any], timesheet_id: UUID) -> Timesheet:
    """The company's yes to every line: no body, or an empty one. Without an answer it is approved after 72 hours."""
    return _sheet(timesheets.approve(timesheet_id, by=actor()))


@timesheet_doors.post("/<uuid:timesheet_id>/cut")
@timesheet_doors.arguments(t.CutsSchema)
@timesheet_doors.response(200, t.TimesheetSchema)
@problems(timesheet_doors, 401, 403, 404, 409, 422)
def cut(given: dict[str, Any], timesheet_id: UUID) -> Timesheet:
    """Cut paid minutes of some lines, each with its reason, and approve the rest. Their money stays held meanwhile."""
    chosen = [cuts.NewCut(**each) for each in given["cuts"]]
    return _sheet(cuts.cut(timesheet_id, chosen, by=actor()))


def _sheet(sheet: Timesheet) -> Timesheet:
    return queries.timesheet(sheet.id, seen_by=actor())
