"""Which scene comes when: the table of everything that happens beside the ordinary.

A scene notes what the report will tell of it (`Story.note`). Whom it is about is chosen by number, so that the same
seed tells the same story.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from examples.story import script
from examples.story.before import planned, refused_gig, two_places
from examples.story.days import (
    approved_before_pay_day,
    cap_stops_the_shift,
    hazard_is_flagged,
    late_cancellation,
    one_falls_ill,
    one_will_forget,
    pay_day,
    queue_fills_again,
    queue_runs_empty,
    race,
    tomorrow,
)
from examples.story.quarrels import claim_against_the_cut, cut_with_a_reason, open_dispute, ruling
from examples.story.stage import Scene, at

BEFORE: Mapping[datetime, Sequence[Scene]] = MappingProxyType({at(24, 12, month=4): (refused_gig, planned, two_places)})
"""Scenes that come before people answer at their moment."""
DURING: Mapping[datetime, Sequence[Scene]] = MappingProxyType(
    {
        at(27, 16, month=4): (queue_runs_empty,),
        at(27, 16, 30, month=4): (queue_fills_again,),
        at(28, 15, month=4): (one_will_forget,),
        at(1, 11): (cut_with_a_reason,),
        at(2, 11): (claim_against_the_cut,),
        at(3, 9): (hazard_is_flagged,),
        at(3, 11): (cap_stops_the_shift,),
        at(3, 14): (ruling,),
        at(4, 18): (late_cancellation,),
        at(9, 13): (one_falls_ill,),
        at(9, 20): (race,),
        at(10, 11): (approved_before_pay_day, open_dispute),
        at(10, 12): (pay_day,),
        script.PRESENT: (tomorrow,),
    }
)
"""Scenes that come after people have come, gone and answered at their moment."""
