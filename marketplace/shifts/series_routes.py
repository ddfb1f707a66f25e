"""The doors of shifts that recur."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core import idempotency
from marketplace.core.http import PageArgs, page, problems
from marketplace.shifts import changing, series
from marketplace.shifts import series_schemas as s
from marketplace.shifts.beside import tells_beside
from marketplace.shifts.changing import Wanted
from marketplace.shifts.models import Shift
from marketplace.shifts.schemas import ShiftPage
from marketplace.shifts.series_models import ShiftSeries

blueprint = Blueprint("shift_series", __name__, url_prefix="/api/v1", description="Shifts that recur.")


@blueprint.post("/shift-series/preview")
@blueprint.arguments(s.NewSeriesSchema)
@blueprint.response(200, s.SeriesPreviewSchema)
@problems(blueprint, 401, 403, 404, 422)
def preview(given: dict[str, Any]) -> series.Preview:
    """The first 60 times that such a series would have, and what those of four weeks cost. It plans nothing."""
    return series.preview(**given, by=actor())


@blueprint.post("/shift-series")
@blueprint.arguments(s.NewSeriesSchema)
@blueprint.response(201, s.StartedSeriesSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
@tells_beside
def start(given: dict[str, Any]) -> ShiftSeries:
    """Start a series. Its shifts are laid four weeks ahead, and go on being laid as time goes by."""
    return series.start(**given, by=actor())


@blueprint.get("/companies/<uuid:company_id>/shift-series")
@blueprint.arguments(s.SeriesListArgs, location="query")
@blueprint.response(200, s.SeriesPage)
@problems(blueprint, 401, 403, 404, 422)
def list_series(args: dict[str, Any], company_id: UUID) -> dict[str, Any]:
    """The series of your company, or of one of its gigs."""
    found = series.of_company(company_id, args.pop("gig_id"), seen_by=actor())
    return page(found, ShiftSeries.id, **args)


@blueprint.get("/shift-series/<uuid:series_id>")
@blueprint.etag
@blueprint.response(200, s.SeriesSchema)
@problems(blueprint, 401, 403, 404)
def show_series(series_id: UUID) -> ShiftSeries:
    """One series of your company."""
    return series.one(series_id, seen_by=actor())


@blueprint.get("/shift-series/<uuid:series_id>/shifts")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, ShiftPage)
@problems(blueprint, 401, 403, 404, 422)
def list_shifts(args: dict[str, Any], series_id: UUID) -> dict[str, Any]:
    """The shifts that were laid of the series, the cancelled ones among them."""
    return page(series.shifts_of(series_id, seen_by=actor()), Shift.id, **args)


@blueprint.get("/shift-series/<uuid:series_id>/day-price")
@blueprint.arguments(s.DayArgs, location="query")
@blueprint.response(200, s.SeriesPriceSchema)
@problems(blueprint, 401, 403, 404, 422)
def show_day_price(args: dict[str, Any], series_id: UUID) -> series.SeriesPrice:
    """What leaving that day out would cost now."""
    return series.price_of_day(series_id, **args, by=actor())


@blueprint.post("/shift-series/<uuid:series_id>/leave-out")
@blueprint.arguments(s.LeaveOutSchema)
@blueprint.response(200, s.SeriesSchema)
@problems(blueprint, 400, 401, 403, 404, 409, 422)
@idempotency.required
def leave_out(given: dict[str, Any], series_id: UUID) -> ShiftSeries:
    """Leave a day out, at the price that you saw. Everybody booked on it is compensated."""
    return series.leave_out(series_id, **given, by=actor())


@blueprint.get("/shift-series/<uuid:series_id>/ending-price")
@blueprint.arguments(s.LastDayArgs, location="query")
@blueprint.response(200, s.SeriesPriceSchema)
@problems(blueprint, 401, 403, 404, 422)
def show_ending_price(args: dict[str, Any], series_id: UUID) -> series.SeriesPrice:
    """What ending the series after that day would cost now."""
    return series.price_of_ending(series_id, **args, by=actor())


@blueprint.post("/shift-series/<uuid:series_id>/end")
@blueprint.arguments(s.EndSeriesSchema)
@blueprint.response(200, s.SeriesSchema)
@problems(blueprint, 400, 401, 403, 404, 409, 422)
@idempotency.required
def end(given: dict[str, Any], series_id: UUID) -> ShiftSeries:
    """End the series after a day, at the price that you saw. Everybody booked later is compensated."""
    return series.end(series_id, **given, by=actor())


@blueprint.post("/shift-series/<uuid:series_id>/change-price")
@blueprint.arguments(s.WantedSchema)
@blueprint.response(200, s.ChangePriceSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def show_change_price(given: dict[str, Any], series_id: UUID) -> changing.ChangePrice:
    """What changing the series from a day on would do, and cost now. It changes nothing."""
    return changing.price(series_id, Wanted(**given), by=actor())


@blueprint.post("/shift-series/<uuid:series_id>/change")
@blueprint.arguments(s.ChangeSeriesSchema)
@blueprint.response(201, s.SeriesSchema)
@problems(blueprint, 400, 401, 403, 404, 409, 422)
@idempotency.required
def change(given: dict[str, Any], series_id: UUID) -> ShiftSeries:
    """Change the series from a day on, at the price that you saw. A new series goes on from there, and is answered."""
    agreed, reason = given.pop("agreed"), given.pop("reason")
    return changing.change(series_id, Wanted(**given), agreed, reason, by=actor())
