"""Problem: a refusal with a code and words. Raised by rules and verbs, rendered once, as RFC 9457 or as a page."""

from collections.abc import Mapping
from typing import Any, ClassVar


class Problem(Exception):
    """A refusal that a person can act on.

    A subclass fixes the code (stable, for programs), the HTTP status, the title (one sentence that is true of every
    case) and the remedy (what to do). An instance adds the detail (this case), the field it is about, and members of
    its own. Raising one rolls the transaction back; what somebody must hear of it all the
    same is handed to `db.make_sure()`.
    """

    code: ClassVar[str] = "problem"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "This cannot be done."
    remedy: ClassVar[str | None] = None

    def __init__(
        self, detail: str = "", *, field: str | None = None, remedy: str | None = None, **members: Any
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.field = field
        self.what_to_do = remedy or self.remedy
        self.members: Mapping[str, Any] = members

    def as_dict(self) -> dict[str, Any]:
        """The members of the RFC 9457 document, but for those that only a request knows."""
        body: dict[str, Any] = {
            "type": f"/problems/{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        if self.field is not None:
            body["field"] = self.field
        if self.what_to_do is not None:
            body["remedy"] = self.what_to_do
        return body | dict(self.members)


class NotFound(Problem):
    """It does not exist, or it belongs to somebody else: the two look the same from outside."""

    code = "not_found"
    status = 404
    title = "There is nothing here that you may see."
    remedy = "Check the address, and that you are signed in as the right person."


class Conflict(Problem):
    """The thing is not, or no longer, in a state that allows this."""

    code = "conflict"
    status = 409
    title = "This is not possible in the present state."
    remedy = "Load it again and look at what changed."


class Invalid(Problem):
    """The shape or the value of the input is wrong."""

    code = "invalid"
    status = 422
    title = "Something in the input is not right."


class Unauthenticated(Problem):
    code = "not_signed_in"
    status = 401
    title = "Sign in first."
    remedy = "Sign in, or send an API key as 'Authorization: Bearer KEY'."


class Forbidden(Problem):
    """The person is known and may see the thing, but may not do this with it."""

    code = "forbidden"
    status = 403
    title = "You may not do this."
    remedy = "Ask somebody whose role allows it."


class TooMany(Problem):
    code = "too_many_requests"
    status = 429
    title = "Too many requests."
    remedy = "Wait a little, then try again."
