"""What the references ask of this service, row by row.

Partnership on AI wrote five guidelines; P1 to P21 are our rules made from them. Fairwork's points are our own
assessment until Fairwork rates us.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Origin(StrEnum):
    """Where a row comes from."""

    GUIDELINES = "guidelines"
    """P1 to P21, made from the Partnership on AI's five guidelines and its path."""
    STANDARDS = "standards"
    """Rules that laws and Fairwork's principles gave rise to."""
    HOUSE = "house"
    """Where the house is stricter, or speaks because nobody else does."""


_GUIDELINES: Final[Mapping[str, str]] = {
    "P1": "An hour earns at least the living wage of where the contractor lives.",
    "P2": "What counts is pay over all minutes: reading, training, qualification, waiting, rework and breaks too.",
    "P3": "A piece price reaches the floor at the time that three of four pilot items took; live data check it again.",
    "P4": "The model of payment is stated; pay for performance alone is refused.",
    "P5": "Nobody is paid less than was offered: a rate rises, it never falls.",
    "P6": "Harder work earns more: by its hazard class and by the level of skill it asks for.",
    "P7": "A paid pilot comes first, with enough workers and items and somebody from each place.",
    "P8": "Contractors are chosen by declared criteria that belong to the job, never by what they are.",
    "P9": "Hazards, time, net pay and the use of the data are shown before a yes; a no changes no rank.",
    "P10": "Somebody other than the author verifies the instructions against a checklist.",
    "P11": "A new version of the instructions is announced; what was done under the old one is judged by the old one.",
    "P12": "Training and qualification are paid at the base rate, passed or failed.",
    "P13": "Each gig has a named contact and a channel, and a first answer comes within one business day.",
    "P14": "An open question stops every penalty for time; asked twice, it is a fault of the instructions.",
    "P15": "A rejection names its reason and evidence and can be contested before somebody not involved.",
    "P16": "Nobody works against a stopwatch: timers only guard safety, and pay by quota is refused.",
    "P17": "Breaks that belong to the work are paid as work.",
    "P18": "A contract ends with notice, a reason, all that is owed, the person's data and care where it was heavy.",
    "P19": "Each company's record is published: regions, intermediaries, pay, disputes, hazard hours, turnover.",
    "P20": "Whoever stands in between is declared with a margin, and the contractor's share is shown.",
    "P21": "Workers are asked after each gig and speak on changes of rules before they hold.",
}
_STANDARDS: Final[Mapping[str, str]] = {
    "FLOOR": "The rate after fees reaches the highest of minimum wage, living wage and house floor of the place.",
    "CURRENCY": "Contractors choose a national currency; the rate, its day and its source stand on the payslip.",
    "ESCROW": "A gig opens when pay, fees, premiums and benefits are held.",
    "PAY_TERM": "Work is paid within 7 days after its shift, and a company's silence is a yes.",
    "NOTICE": "A change or cancellation at short notice costs the company call-in pay.",
    "CALL_IN": "A shift that was begun pays a minimum.",
    "REST": "At least 11 hours lie between two days of work, more where the law says so.",
    "WEEK": "Nobody works more than 48 hours a week, all gigs together.",
    "DAY_OFF": "In seven days lie 24 hours of rest, more where the law says so.",
    "BREAK": "Work of more than 6 hours is broken for 30 minutes.",
    "OVERTIME": "Minutes beyond the place's standard week earn a premium.",
    "NIGHT": "Work between 22:00 and 06:00 earns 10 % more.",
    "AGE": "Nobody under 18 works.",
    "HAZARD": "Distressing work has caps, paid breaks, a premium, opt-in and care.",
    "SICK": "Each 30 hours worked earn one hour of paid sick leave.",
    "HEALTH": "The company pays a part of the earnings towards health cover.",
    "ACCIDENT": "Accidents are covered from the first minute, with insurer and policy on the shift.",
    "DECISION": "No machine rejects, suspends or ends: a named human does, with reasons, the same day.",
    "APPEAL": "A decision can be contested for 30 days; another person answers within 14.",
    "EXPLAIN": "What ranks people is published with its weights, and each offer says why it was made.",
    "EXPORT": "Everything about a person's work, ratings and pay is theirs to take, whenever they ask.",
    "SICK_CANCEL": "Who reports sick loses nothing in rank or rating.",
    "NO_RETALIATION": "No rank reads who declined, opted out, disputed or spoke for others.",
    "DATA": "No emotion, no private message and no hour outside work is watched.",
}
_HOUSE: Final[Mapping[str, str]] = {
    "HOUSE_FLOOR": "No hour earns less than 5.00 USD, wherever it is done; the highest floor wins.",
    "FLOOR": "A company sees the number that passes and the median paid for like work, side by side.",
    "SPREAD": "Within one gig the highest rate is at most twice the lowest.",
    "SHARE": "At least 70 % of what the company pays reaches the contractor, and every margin is named.",
    "NOTICE": "One curve by the hours before the start, whatever the gig is called.",
    "CALL_IN": "The call-in minimum never exceeds the schedule.",
    "HOURS_BAND": "Chosen bands of weekly hours are filled first; the rest is spread.",
    "RACE": "Open seats near their start do not go to the fastest network.",
    "WAVES": "Waves of offers are sized by the pool's acceptance, never by a person's.",
    "PILOT": "The first items of a gig run at hourly pay with a volume cap: a small company can open now.",
    "HAZARD": "Neutral hours fill the day after a cap, and a worker's flag raises the class with back-pay.",
    "REJECT": "A rejection names category, clause and what is missing; each overturned one costs its handling fee.",
    "APPEAL": "Small sums are paid at once and recovered from the company if the ruling says so.",
    "PAYOUT": "No balance is forfeited or carried on: paid within 7 days, at the company's cost.",
    "LANDED": "Promised net, reference and executed rate, fee and the amount that arrived stand on the payslip.",
    "PERSON": "A matching account, document or device goes to a human and pauses new offers, never earned pay.",
    "COMPANY": "Company and signatory are verified before the first gig opens.",
    "STATUS": "Signs of employment give a verdict on the contract, shown to both sides.",
    "INTAKE": "When seats per vetted person fall, intake pauses and says so.",
    "OUTAGE": "Power or network lost on a shift: a stated number of minutes is paid, with no strike.",
}

ASKED: Final[Mapping[Origin, Mapping[str, str]]] = MappingProxyType(
    {Origin.GUIDELINES: _GUIDELINES, Origin.STANDARDS: _STANDARDS, Origin.HOUSE: _HOUSE}
)
"""Every row that is asked, by where it comes from."""
