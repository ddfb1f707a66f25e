"""Who gets a seat where more people said yes than there are seats: the order of the points, as they stand now (RACE).

The score is the one by which people are asked; `shifts.collecting` asks the rules and gives the seats.
"""

from marketplace.matching import facts
from marketplace.matching.engine import order
from marketplace.shifts import collecting


def decide_due(limit: int = 1) -> int:
    """Decides windows in which yeses were collected and that are closed, and returns how many there were."""
    due = collecting.due(limit)
    for shift_id, until in due:
        if (window := collecting.close(shift_id, until)) is not None:
            collecting.decide(window, _order(window))
    return len(due)


def _order(window: collecting.Window) -> collecting.Order:
    """Those who said yes, the highest score first. Whoever has no contract any more, or is not vetted, is not in it."""
    said_yes = [offer.contractor_id for offer in window.yeses]
    instance = facts.read([(window.shift, window.gig)], only=said_yes, but_for=window.shift.id)
    return [(each.candidate.contractor_id, each.reason(instance.weights)) for each in order(instance)]
