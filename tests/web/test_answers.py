"""What a page answers when something was decided over people or money."""

from flask import Flask

from marketplace.web.answers import ANSWERS


def test_every_answer_belongs_to_a_page(app: Flask) -> None:
    assert {key.split()[0] for key in ANSWERS} <= set(app.view_functions)
