"""What a crew is: people under contract whom a company saves under a name. Pure."""

from typing import Final

from marketplace.core.problems import Conflict, Invalid
from marketplace.standards.catalogue import RULES

LONGEST_NAME: Final = 80
AT_ONCE: Final = 1000
"""People who are added in one request."""


MOST_LEAD_MINUTES: Final = RULES["LEAD"].parameters["most_minutes"]
"""How many minutes a lead has at most on each side of a shift (rule LEAD)."""


class BadCrewLead(Invalid):
    code = "bad_crew_lead"
    title = "The lead of a crew is one of its members, with minutes before a shift, after it, or both."
    remedy = "Add the person to the crew first, and name some minutes, at most 60 on each side."


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
