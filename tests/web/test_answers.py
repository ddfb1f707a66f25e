"""What a page answers when something was decided over people or money."""

from uuid import UUID

import pytest
from flask import Flask

from marketplace.web.answers import ANSWERS, told

LAB = f"/company/{UUID(int=7)}"


def test_every_answer_belongs_to_a_page(app: Flask) -> None:
    assert {key.split()[0] for key in ANSWERS} <= set(app.view_functions)


@pytest.mark.parametrize(
    ("address", "sent", "words"),
    [
        (f"{LAB}/naming", {"agreed": "true"}, "Your name stands in work records"),
        (f"{LAB}/naming", {"agreed": "false"}, "Your name stands in no work record"),
        (f"{LAB}/adoption", {}, "Signed. The statement"),
        (f"{LAB}/adoption/withdraw", {}, "Taken back from now on."),
        (f"{LAB}/benefits", {}, "Offers to this person say who insures them"),
        (f"{LAB}/gigs/{UUID(int=8)}/pilot", {}, "Several pilots add up"),
        (f"{LAB}/tests/{UUID(int=8)}/do/close", {}, "Closed. Nobody begins it any more"),
        (f"/desk/tests/{UUID(int=8)}/do/close", {}, "Closed. Nobody begins it any more"),
        ("/desk/issuer", {}, "Saved."),
    ],
)
def test_a_page_says_what_follows(app: Flask, address: str, sent: dict[str, str], words: str) -> None:
    with app.test_request_context(address, method="POST", data=sent):
        assert words in told()
