"""The doors of payments by hand, of what was found out of payments, and of pauses. All for operators of finance."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core import idempotency
from marketplace.core.http import PageArgs, as_file, page, problems
from marketplace.pay.by_hand import files as manual_files
from marketplace.pay.by_hand import findings
from marketplace.pay.by_hand import schemas as s
from marketplace.pay.by_hand.models import ManualFile, PaymentFinding
from marketplace.pay.by_hand.rules import FileFormat
from marketplace.pay.rails import pausing
from marketplace.pay.rails.pause_models import RailPause

MEDIA = {FileFormat.PAIN_001: ("application/xml", "xml"), FileFormat.CSV: ("text/csv", "csv")}
files = Blueprint(
    "manual-files", __name__, url_prefix="/api/v1/manual-files", description="Files that a person pays by."
)
found = Blueprint(
    "payment-findings", __name__, url_prefix="/api/v1/payment-findings", description="What became of payments."
)
pauses = Blueprint(
    "rail-pauses", __name__, url_prefix="/api/v1/rail-pauses", description="Payouts of a currency that wait."
)
blueprints = (files, found, pauses)


@files.get("/waiting")
@files.response(200, s.ManualHeapsSchema)
@problems(files, 401, 403, 404)
def list_heaps() -> dict[str, Any]:
    """What waits to be paid by hand, as the files that could be made of it."""
    return {"items": manual_files.heaps(actor())}


@files.post("")
@files.arguments(s.ManualFileArgs)
@files.response(201, s.ManualFileSchema)
@problems(files, 400, 401, 403, 404, 409, 422)
@idempotency.required
def make_file(given: dict[str, Any]) -> ManualFile:
    """Freeze what waits into a file. Above the limit a second person lets it go."""
    return manual_files.make(**given, by=actor())


@files.get("")
@files.arguments(PageArgs, location="query")
@files.response(200, s.FilePage)
@problems(files, 401, 403, 404, 422)
def list_files(args: dict[str, Any]) -> dict[str, Any]:
    """Every file, the newest first."""
    return page(manual_files.files(actor()), ManualFile.id, **args)


@files.get("/<uuid:file_id>")
@files.etag
@files.response(200, s.ManualFileLinesSchema)
@problems(files, 401, 403, 404)
def show_file(file_id: UUID) -> dict[str, Any]:
    """A file, and the payments in it. Where the money goes stands in its content alone."""
    by = actor()
    file, lines = manual_files.file_of(file_id, by), manual_files.lines_of(file_id, by)
    held = sorted(manual_files.held_in(file), key=str)
    return {"file": file, "lines": lines, "is_seen": manual_files.is_seen(file), "held": held}


@files.get("/<uuid:file_id>/content")
@files.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
@problems(files, 401, 403, 404, 409)
def download_file(file_id: UUID) -> Response:
    """The file itself, the same bytes each time. Who takes it is remembered. Refused (`file_pays_listed`) while it
    would pay somebody who may stand on a list of sanctions."""
    return content_of(file_id)


def content_of(file_id: UUID) -> Response:
    """The answer that is a file's content, for the page too."""
    file, content = manual_files.download(file_id, by=actor())
    media, ending = MEDIA[file.format]
    return as_file(content, media, f"setara-{file.id.hex}.{ending}")


@files.post("/<uuid:file_id>/release")
@files.response(200, s.ManualFileSchema)
@problems(files, 400, 401, 403, 404, 409)
@idempotency.required
def release_file(file_id: UUID) -> ManualFile:
    """Let a file go that somebody else has made."""
    return manual_files.release(file_id, by=actor())


@files.post("/<uuid:file_id>/withdraw")
@files.response(200, s.ManualFileSchema)
@problems(files, 401, 403, 404, 409)
def withdraw_file(file_id: UUID) -> ManualFile:
    """Put the payments of a file back that nobody has downloaded or marked."""
    return manual_files.withdraw(file_id, by=actor())


# --- findings -------------------------------------------------------------------------------------------------------


@found.get("")
@found.arguments(PageArgs, location="query")
@found.response(200, s.FindingPage)
@problems(found, 401, 403, 404, 422)
def list_findings(args: dict[str, Any]) -> dict[str, Any]:
    """What was found and waits for a second person, the newest first."""
    return page(findings.waiting(actor()), PaymentFinding.id, **args)


# --- pauses ---------------------------------------------------------------------------------------------------------


@pauses.post("")
@pauses.arguments(s.PauseArgs)
@pauses.response(201, s.PauseSchema)
@problems(pauses, 401, 403, 404, 409, 422)
def pause(given: dict[str, str]) -> RailPause:
    """Have payouts of a currency wait at a rail, until somebody lets them go on."""
    return pausing.pause(**given, by=actor())


@pauses.get("")
@pauses.response(200, s.PausesSchema)
@problems(pauses, 401, 403, 404)
def list_pauses() -> dict[str, Any]:
    """What waits now, and until when."""
    return {"items": pausing.open_ones(actor())}


@pauses.post("/<uuid:pause_id>/resume")
@pauses.response(200, s.PauseSchema)
@problems(pauses, 401, 403, 404, 409)
def resume(pause_id: UUID) -> RailPause:
    """Let payouts go on, also where the rail would be tried later."""
    return pausing.resume(pause_id, by=actor())
