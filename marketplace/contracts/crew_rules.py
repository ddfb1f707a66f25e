"""What a crew is: people under contract whom a company saves under a name. Pure."""

from typing import Final

from marketplace.core.problems import Conflict, Invalid

LONGEST_NAME: Final = 80
AT_ONCE: Final = 1000
"""People who are added in one request."""


class NotUnderContract(Invalid):
    code = "not_under_contract"
    title = "A crew is made of people whose contract with the company is in force."
    remedy = "Propose a contract first, or leave these people out."


class CrewNamedAlready(Conflict):
    code = "crew_named_already"
    title = "The company has a crew of that name."
    remedy = "Choose another name, or close the other crew."


class CrewClosed(Conflict):
    code = "crew_closed"
    title = "The crew was closed."
    remedy = "Make a new crew."
