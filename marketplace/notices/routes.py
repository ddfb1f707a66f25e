"""The doors of the inbox and of the local outbox."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core.http import PageArgs, problems
from marketplace.notices import queries, service
from marketplace.notices import schemas as s
from marketplace.notices.queries import Told

notices = Blueprint("notices", __name__, url_prefix="/api/v1/notices", description="What you were told of.")
outbox = Blueprint(
    "outbox", __name__, url_prefix="/api/v1/outbox", description="Messages that were kept and not sent: demonstrations."
)
blueprints = (notices, outbox)


@notices.get("")
@notices.arguments(s.InboxArgs, location="query")
@notices.response(200, s.InboxSchema)
@problems(notices, 401, 403, 422)
def list_notices(args: dict[str, Any]) -> dict[str, Any]:
    """Your notices, newest first."""
    return queries.inbox(actor(), **args)


@notices.post("/<uuid:notice_id>/read")
@notices.response(200, s.NoticeSchema)
@problems(notices, 401, 403, 404)
def mark_read(notice_id: UUID) -> Told:
    """Mark one notice as read."""
    service.mark_read(notice_id, by=actor())
    return queries.notice(notice_id, actor())


@notices.post("/read")
@notices.response(200, s.ReadSchema)
@problems(notices, 401, 403)
def mark_all_read() -> dict[str, int]:
    """Mark all of your notices as read."""
    return {"read": service.mark_all_read(by=actor())}


@outbox.get("")
@outbox.arguments(PageArgs, location="query")
@outbox.response(200, s.OutboxSchema)
@problems(outbox, 404, 422)
@outbox.doc(security=[])
def list_kept(args: dict[str, Any]) -> dict[str, Any]:
    """The messages that would have been sent. Open in development, tests and demonstrations only."""
    return queries.outbox(**args)
