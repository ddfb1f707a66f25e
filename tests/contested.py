"""The four doors of whatever can be contested: filed, listed, shown, answered. They are the same of payouts and of
offers, and so are the answers to what goes wrong at them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from flask.testing import FlaskClient

from marketplace.core.idempotency import HEADER
from tests.factories import accounts

WORDS = "It was not as it says."
Who = Mapping[str, str]


@dataclass(frozen=True)
class Doors:
    """The routes; `file` is about the thing, `show` and `answer` about the contest."""

    file: str
    list: str
    show: str
    answer: str

    def ask(self, client: FlaskClient, door: str, known: UUID | None = None, **more: Any) -> Any:
        method, _, path = door.partition(" ")
        path = re.sub(r"<uuid:\w+>", str(known or uuid4()), path)
        headers = {HEADER: str(uuid4())} | dict(more.pop("headers", {}))
        return client.open(path, method=method, headers=headers, **more)

    def are_gone_through(
        self, client: FlaskClient, about: UUID, mine: Who, desk: Who, work: Callable[[], int], told: tuple[str, str]
    ) -> None:
        """Filed once, listed for both sides, answered once; `told` is the member that says what is contested."""
        assert self.ask(client, self.file, about, json={"words": 1}, headers=mine).status_code == 422
        filed = self.ask(client, self.file, about, json={"reason": WORDS}, headers=mine)
        member, value = told
        assert (filed.status_code, filed.json[member], filed.json["words"]) == (201, value, WORDS)
        again = self.ask(client, self.file, about, json={"reason": WORDS}, headers=mine)
        assert (again.status_code, again.json["code"]) == (409, "nothing_to_contest")
        known = UUID(filed.json["id"])
        work()
        for headers in (mine, desk):
            listed = self.ask(client, self.list, headers=headers).json["items"]
            assert [each["id"] for each in listed] == [str(known)]
        assert self.ask(client, self.list, headers=desk, query_string={"status": "soon"}).status_code == 422
        wrong = self.ask(client, self.answer, known, json={"outcome": "lapsed", "reason": "No."}, headers=desk)
        assert (wrong.status_code, wrong.json["code"]) == (422, "input_not_right")
        right = {"outcome": "overturned", "reason": "The person is right."}
        assert self.ask(client, self.answer, known, json=right, headers=desk).json["status"] == "overturned"
        late = self.ask(client, self.answer, known, json=right, headers=desk)
        assert (late.status_code, late.json["code"]) == (409, "no_appeal")
        assert self.ask(client, self.show, known, headers=mine).json["answer"] == "The person is right."

    def are_closed_to_others(self, client: FlaskClient, about: UUID, contest: UUID) -> None:
        """Strangers are asked who they are; to whoever it is no business of, there is nothing."""
        answer = {"json": {"outcome": "upheld", "reason": "It was right."}}
        sent: dict[str, tuple[UUID | None, Any]] = {
            self.file: (about, {"json": {"reason": WORDS}}),
            self.list: (None, {}),
            self.show: (contest, {}),
            self.answer: (contest, answer),
        }
        for door, (known, more) in sent.items():
            assert self.ask(client, door, known, **more).status_code == 401
            stranger = self.ask(client, door, known, headers=accounts.bearer(accounts.person().id), **more)
            if door == self.list:
                assert stranger.json["items"] == []
            else:
                assert stranger.status_code == 404
