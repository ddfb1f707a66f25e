"""How a door answers of what may wait for a second operator (rule TWO_PEOPLE)."""

from typing import TypeVar

from flask import Response, make_response

from marketplace.standards.act_models import MoneyAct
from marketplace.standards.act_schemas import MoneyActSchema

T = TypeVar("T")


def done_or_waits(made: T | MoneyAct) -> T | Response:
    """What was done, or with 202 what waits."""
    return make_response(MoneyActSchema().dump(made), 202) if isinstance(made, MoneyAct) else made
