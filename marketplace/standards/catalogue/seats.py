"""Who is asked for a seat, in which order, and what they are told."""

from datetime import date
from typing import Final

from marketplace.standards.catalogue.entry import rule
from marketplace.standards.catalogue.references import FAIRWORK, PAI, SEATS_TEST
from marketplace.standards.verdicts import Basis, Rule

SEATS: Final[tuple[Rule, ...]] = (
    rule(
        "STANDING",
        Basis.HOUSE,
        "Work is offered to people whom an operator has vetted and who are not suspended.",
        "House policy: a person is vetted, suspended and reinstated by a human, with a written reason",
        f"{SEATS_TEST}::test_each_rule_can_say_no",
    ),
    rule(
        "CONTRACT",
        Basis.HOUSE,
        "A contract with the company is in force for the whole shift, promises no higher rate and covers its hazard "
        "class.",
        f"House policy after {FAIRWORK}, 3.1 (clear terms); {PAI} (P5: no pay below what was agreed)",
        f"{SEATS_TEST}::test_each_rule_can_say_no",
    ),
    rule(
        "ONE_PLACE",
        Basis.HOUSE,
        "Nobody is booked in two places at once.",
        "House policy, held by the database",
        f"{SEATS_TEST}::test_each_rule_can_say_no",
    ),
    rule(
        "AVAILABLE",
        Basis.HOUSE,
        "Nobody is asked to work at a time of which they said that they cannot.",
        "House policy: what people want counts as points, what they cannot do is no matter of points",
        f"{SEATS_TEST}::test_nobody_is_asked_about_time_that_they_keep_free",
    ),
    rule(
        "RACE",
        Basis.HOUSE,
        "A seat is offered to one person alone until the offer's time is over. Where more people are asked than seats "
        "are open, yeses are collected for a window of at least 15 minutes, at most a day and at most half of the time "
        "to the start; then the published points decide among them, never who was first, and each is told the result "
        "and why. Until then a yes can be taken back.",
        "House policy: first come, first served pays for a fast network",
        "tests/matching/test_deciding.py::test_three_of_five_yeses_and_the_fastest_is_not_among_them",
        least_minutes=15,
        most_minutes=1440,
    ),
    rule(
        "REACHED",
        Basis.HOUSE,
        "The time to answer an offer counts from the moment at which it reached its person: when a message about it "
        "was taken by whoever carries it, or a text message arrived, or they looked at it, and never in their quiet "
        "hours. Whoever has no other way is reached by the inbox. It waits at most 60 minutes for that, and not beyond "
        "half of the time to the shift, so that others can still be asked. A window of collected yeses stays open for "
        "15 minutes after somebody was reached who is in it, within the same half. What was seen within a minute "
        "counts as seen at once; what reached nobody counts as no answer, neither for waves nor for guaranteed hours.",
        "House policy: a slow network and a night's sleep must cost nobody their work",
        "tests/shifts/test_reached.py::test_the_time_to_answer_counts_from_when_it_was_seen",
        since=date(2026, 11, 29),
        wait_minutes=60,
        late_minutes=1,
    ),
    rule(
        "WAVES",
        Basis.HOUSE,
        "Until 72 hours before a shift each of its seats is offered to one person at a time. From then on so many are "
        "asked that no more yeses are expected than seats are open, by what all people answered to offers of such work "
        "in the last 28 days, as if there had been 16 yeses to 20 offers before; at most two for each seat. What "
        "somebody answered never counts for themselves: each half of the people is sized by the answers of the other.",
        "House policy: declines must not come back by the side door, and a yes should rarely be in vain",
        "tests/matching/test_waves.py::test_so_many_are_asked_as_fill_the_seats",
        within_hours=72,
        days=28,
        prior_offers=20,
        prior_yeses=16,
        most_times=2,
    ),
    rule(
        "QUIET",
        Basis.HOUSE,
        "In the quiet hours that somebody chose, on the clock of their own wall, nothing is sent to them: it waits "
        "until these are over. Messages about a shift of theirs that runs, or begins within 4 hours, ring all the "
        "same, and for whoever allows it an offer that would be over before. What they asked for themselves comes at "
        "once, and the inbox always has everything.",
        "House policy: who must be reachable at night is on call, and being on call is work",
        "tests/notices/test_quiet.py::test_what_rings_at_night_and_what_waits",
        since=date(2026, 11, 29),
        soon_hours=4,
    ),
    rule(
        "HANDOVER",
        Basis.HOUSE,
        "Until a shift begins, whoever is booked may ask one person, or everybody who may do the work, to take it "
        "over, alone or against a shift of theirs. Both see all terms before their yes, and every rule of a yes is "
        "asked of whoever takes a seat, for the week as it is afterwards. The seat is never empty in between: until "
        "somebody has taken it, whoever asks is booked. Nobody pays anybody for it, and nothing that ranks people "
        "reads any of it. The company is told who comes and does not pick: everybody whom its requirements let pass "
        "is equal. What a seat pays beside its time goes with it: a handover makes no hour of NOTICE, and saves none.",
        "House policy after Oregon, where no pay is owed for a changed schedule if employees swap or cover among "
        "themselves, which their employer may ask to approve before (ORS 653.455 (3)(b), read in copies of 2019 and "
        "2026); of Seattle (SMC 14.22) the same is said, with low confidence. Both are for retail, hotels and food. "
        "That a company does not approve is ours: a yes by its own requirements needs no second one, and whoever "
        "could refuse one person could choose people",
        "tests/shifts/test_handovers.py::test_a_cover_hands_over_seat_and_money_at_the_takers_own_terms",
        since=date(2026, 11, 29),
        most_people_asked_a_day=20,
        most_proposals_for_a_shift=20,
    ),
    rule(
        "CREW_FIRST",
        Basis.HOUSE,
        "Where a company chose so for a shift, a crew of its own is asked first: for at most 24 hours from the first "
        "search for it, and not in the last 7 days before the shift, so that everybody else has as long to answer as "
        "if there were no crew. Every offer of the shift says so. Being in a crew, leaving it or declining is no part "
        "of any points.",
        "House policy: people who know each other's work may stay together, and no shift is closed to the others",
        "tests/matching/test_crew_first.py::test_a_day_for_the_crew_and_no_shorter_time_for_the_others",
        since=date(2026, 11, 29),
        most_hours=24,
        last_days_without=7,
    ),
    rule(
        "INFORMED",
        Basis.STANDARD,
        "Before a yes an offer shows hazards, times, what is paid and what becomes of the data; a no changes no place "
        "in any later search.",
        f"{PAI} (P9: informed choice); {FAIRWORK}, 2.2 (risks are flagged before accepting)",
        "tests/shifts/test_offers.py::test_an_offer_shows_everything_before_the_yes",
        since=date(2026, 11, 29),
    ),
    rule(
        "EXPLAIN",
        Basis.LAW,
        "What ranks people is published with its weights; each offer tells its points, and each search is stored so "
        "that it can be repeated.",
        "Directive (EU) 2024/2831 (platform work), art. 9 and 11",
        "tests/matching/test_routes.py::test_the_weights_are_published",
        since=date(2026, 11, 29),
    ),
    rule(
        "NO_RETALIATION",
        Basis.STANDARD,
        "No rank and no rule of seats reads what somebody declined, opted out of, disputed or said.",
        f"{FAIRWORK}, 4.1 and 5.1; Directive (EU) 2024/2831 (platform work)",
        "tests/shifts/test_eligibility.py::test_no_rule_can_read_what_a_person_declined_disputed_or_said",
        since=date(2026, 11, 29),
    ),
    rule(
        "OWN_CHANNEL",
        Basis.LAW,
        "People who work for the same company can talk among themselves in a channel that neither the company nor the "
        "service reads: words are encrypted in their browsers, under keys that only members hold, and members let each "
        "other in. It has no door for the company, for operators and for programs, which learn neither who is in it "
        "nor how much is said. Encrypted words are deleted after 180 days, and nobody has to wait longer than 7 days "
        "for somebody to let them in before they may begin anew.",
        "Directive (EU) 2024/2831 (platform work), art. 20 (communication channels: private and secure, no access and "
        "no monitoring); ILO C087, art. 2; the numbers are house policy",
        "tests/browser/test_channel.py::test_two_people_talk_and_nobody_else_can_read_it",
        since=date(2026, 11, 29),
        keep_days=180,
        wait_days=7,
    ),
    rule(
        "DATA",
        Basis.LAW,
        "Nothing is kept of what people feel or do outside of their shifts; screens, keys, cameras and whereabouts are "
        "not watched.",
        "Directive (EU) 2024/2831 (platform work), art. 7",
        "tests/standards/test_watching.py::test_no_column_watches_people",
        since=date(2026, 11, 29),
    ),
    rule(
        "HOURS_BAND",
        Basis.HOUSE,
        "Nobody is asked to work more weekly hours than the band they chose.",
        "House policy: plans fill chosen bands first, then spread the rest",
        "tests/matching/test_rules.py::test_a_full_band_is_not_asked_for_more",
    ),
)
