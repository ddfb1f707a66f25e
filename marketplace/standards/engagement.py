"""What a contract makes of the person who signs it, whatever it calls them, and what of the money reaches them.

STATUS asks plain facts, each of which the ILO's Employment Relationship Recommendation (R198, 2006, paragraph 13) names
as an indicator of employment. Directive (EU) 2024/2831 presumes employment where facts show direction and control, and
leaves to the member states how many; the number here is ours. Both texts are cited from recall, not from a copy of
them. What can be measured, the share of somebody's hours that one company gives, is read from what really happens.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from fractions import Fraction
from typing import Final

from marketplace.standards.catalogue import RULES
from marketplace.standards.floor import in_digits
from marketplace.standards.hazard import HazardClass
from marketplace.standards.rates import FEE_PERCENT, benefits_part
from marketplace.standards.verdicts import Outcome, Verdict

SELF_EMPLOYED: Final = "contractor"
"""The one label that says that there is no employment. Under every other the law's protection is claimed already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """How the work is done, by the contract or in fact: what the company does and asks."""

    directs_how: bool = False
    """It says how the work is done, step by step, beyond what the result has to be."""
    sets_times: bool = False
    """It says when a person works: a shift that is offered cannot be refused freely."""
    fixed_hours: bool = False
    """The hours are the same every week."""
    exclusive: bool = False
    """The person may not work for others."""
    supplies_equipment: bool = False
    """The company provides the machines and programs that the work is done on."""
    integrated: bool = False
    """The person is a part of its teams: reports to a manager, goes to its meetings."""


INDICATORS: Final = tuple(field.name for field in fields(Practice))


@dataclass(frozen=True, slots=True)
class Dependence:
    """Hours that somebody worked in the last weeks: for one company, and for all."""

    minutes_here: int
    minutes_everywhere: int

    @property
    def percent(self) -> Fraction:
        return Fraction(100 * self.minutes_here, self.minutes_everywhere) if self.minutes_everywhere else Fraction(0)

    @property
    def is_one(self) -> bool:
        """Whether one company gives so many of the hours, and so many hours, that the person lives from it."""
        numbers = RULES["STATUS"].parameters
        enough = self.minutes_everywhere >= numbers["dependence_least_hours"] * 60
        return enough and self.percent >= numbers["dependence_percent"]


def judge_status(label: str, practice: Practice, dependence: Dependence | None = None) -> Verdict:
    """STATUS. `dependence` is None before anybody has worked.

    Fails where somebody is called self-employed while the facts are those of employment, and notes a single one.
    """
    rule = RULES["STATUS"]
    found = [name for name in INDICATORS if getattr(practice, name)]
    if dependence is not None and dependence.is_one:
        found.append("dependence")
    least = rule.parameters["indicators_for_presumption"]
    inputs = {name: "yes" if getattr(practice, name) else "no" for name in INDICATORS}
    inputs |= {"label": label, "dependence": _dependence_words(dependence), "indicators": str(len(found))}
    if label != SELF_EMPLOYED:
        sentence, outcome = "The contract claims an employment, or a protection near it.", Outcome.PASS
    elif len(found) >= least:
        sentence = "The contract calls the person self-employed, and its facts are those of employment."
        outcome = Outcome.FAIL
    elif found:
        sentence, outcome = "One fact speaks for employment; the label stands, and is watched.", Outcome.NOTE
    else:
        sentence, outcome = "No fact speaks for employment.", Outcome.PASS
    return rule.verdict(
        outcome,
        sentence,
        inputs,
        limit=f"fewer than {least} of: {', '.join((*INDICATORS, 'dependence'))}",
        remedy="Leave it to the person how and when they work, or engage them as an employee. A court is not bound by "
        "the label.",
    )


def judge_contract_share(margin_percents: Sequence[Decimal]) -> Verdict:
    """SHARE of an hour of neutral work under a contract, whatever its rate: pay and benefits out of what the company
    pays with the fee and every margin. Margins are in percent of the pay."""
    rule = RULES["SHARE"]
    least = Fraction(rule.parameters["least_percent"], 100)
    reaching = 1 + benefits_part(HazardClass.H0)
    beside = Fraction(FEE_PERCENT) / 100
    margins = sum((Fraction(each) / 100 for each in margin_percents), Fraction(0))
    share = reaching / (reaching + beside + margins)
    room = reaching / least - reaching - beside
    return rule.verdict(
        share >= least,
        rule.sentence,
        {
            "margins": ", ".join(f"{each} %" for each in margin_percents) or "none",
            "platform_fee": f"{FEE_PERCENT} %",
            "share": f"{in_digits(share * 100, 1)} %",
        },
        limit=f"margins of {in_digits(room * 100, 2)} % together",
        remedy=f"Let those in between keep at most {in_digits(room * 100, 2)} % of the pay together.",
    )


def _dependence_words(dependence: Dependence | None) -> str:
    if dependence is None:
        return "not measured yet"
    hours = in_digits(Fraction(dependence.minutes_everywhere, 60), 1)
    return f"{in_digits(dependence.percent, 1)} % of {hours} hours in {RULES['STATUS'].parameters['weeks']} weeks"
