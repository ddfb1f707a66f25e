"""What holds each row of what is asked of this service: a rule, a record, a test.

Whoever builds what a row asks for writes it into HELD: the ids of rules, `table.column` of what is recorded or a file
of the documents, and the tests that fail when it no longer holds, each divided by spaces. `lacks` says what the row
asks for and nobody has built: a row is never held by words. A test looks up every rule, column, file and test that
stands here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from marketplace.standards.asked import ASKED, Origin


class State(StrEnum):
    HELD = "held"
    IN_PART = "in_part"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class Held:
    """What holds a row. Rules are ids of the catalogue; records are `table.column` or files; tests as pytest names
    them."""

    rules: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    lacks: str = ""


@dataclass(frozen=True, slots=True)
class Commitment:
    """One row: what is asked, by whom, and what holds it."""

    origin: Origin
    id: str
    asked: str
    held: Held

    @property
    def state(self) -> State:
        """Held only where a test holds a rule or a record, and nothing is lacking."""
        if not self.held.tests or not (self.held.rules or self.held.records):
            return State.NOT_YET
        return State.IN_PART if self.held.lacks else State.HELD


def _held(rules: str = "", records: str = "", tests: str = "", lacks: str = "") -> Held:
    return Held(tuple(rules.split()), tuple(records.split()), tuple(tests.split()), lacks)


_GATE = "tests/standards/test_gate.py"
_HOURS = "tests/standards/test_hours.py"
_RATES = "tests/standards/test_rates.py"
_GIGS = "tests/gigs/test_service.py"
_PUBLISHING = "tests/gigs/test_publishing.py"
_OFFERS = "tests/shifts/test_offers.py"
_DISPUTES = "tests/disputes/test_service.py"
_CONTRACTS = "tests/contracts/test_service.py"
_TERMS = "tests/contracts/test_rules.py"
_VETTING = "tests/workforce/test_service.py"
_CARE = "tests/shifts/test_raising.py"

HELD: Final[Mapping[Origin, Mapping[str, Held]]] = {
    Origin.GUIDELINES: {
        "P1": _held(
            "FLOOR HOUSE_FLOOR",
            "publish_decision.verdicts region.min_wage region.living_wage",
            f"{_GATE}::test_the_living_wage_decides_where_it_is_the_highest "
            "tests/standards/test_regions.py::test_a_whole_country_has_the_floor_of_its_dearest_part_at_the_gate "
            "tests/standards/test_offers.py::test_an_offer_is_judged_as_it_should_be",
            "Only four countries have a sourced living wage; elsewhere the minimum wage or the house floor holds.",
        ),
        "P2": _held(
            "FLOOR TOP_UP",
            "gig.unpaid gig_pilot.unpaid timesheet_line.waiting_minutes timesheet_line.paid_break_minutes",
            f"{_GATE}::test_the_effective_rate_counts_unpaid_minutes_and_fees "
            f"{_PUBLISHING}::test_what_the_pilot_measured_counts_against_the_floor "
            "tests/pay/test_top_ups.py::test_unpaid_minutes_count_and_the_rate_itself_is_enough_at_the_floor",
        ),
        "P3": _held(
            "PIECE_PRICE PIECES TOP_UP",
            "gig.piece_amount gig.most_pieces gig_pilot.item_seconds_p75 booking.pieces pay_line.pieces",
            f"{_GATE}::test_the_price_of_a_piece_is_set_by_the_pilots_time "
            "tests/pay/test_piece_pay.py::test_by_the_piece_nobody_earns_less_than_the_hour "
            "tests/pay/test_top_ups.py::test_a_floor_that_rose_after_the_yes_is_topped_up_when_the_work_is_paid",
        ),
        "P4": _held("PAYMENT_MODEL", "gig.payment_model", f"{_GATE}::test_pay_for_performance_alone_is_refused"),
        "P5": _held(
            "CONTRACT GUARANTEED_HOURS",
            "gig_rate.rate_amount contract_version.terms guarantee.owed_minutes",
            f"{_GIGS}::test_the_rate_rises_by_versions_and_never_falls "
            "tests/shifts/test_guarantees.py::test_ten_hours_are_guaranteed_and_four_are_given "
            f"{_CONTRACTS}::test_an_amendment_holds_once_it_is_signed_and_never_lowers_the_rate",
        ),
        "P6": _held(
            "HAZARD SKILL_STEP",
            "gig.hazard_class gig.steps booking.step_points",
            f"{_RATES}::test_the_hazard_premium_is_a_line_of_its_own {_RATES}::test_a_level_of_a_skill_pays_its_step",
        ),
        "P7": _held(
            "PILOT",
            "gig_pilot.workers gig_pilot.items gig_pilot.places gig_pilot.paid_amount gig_pilot.fixes "
            "gig_rolling_pilot.completed_at",
            f"{_GATE}::test_an_hourly_gig_is_its_own_pilot_up_to_a_volume {_PUBLISHING}::test_an_unpaid_pilot_is_none "
            "tests/shifts/test_piloting.py::test_five_people_and_twenty_hours_open_the_volume",
        ),
        "P8": _held(
            "CRITERIA",
            "gig.criteria_reason",
            f"{_GATE}::test_protected_attributes_choose_nobody "
            "tests/gigs/test_rules.py::test_a_protected_attribute_is_named_in_the_refusal",
        ),
        "P9": _held(
            "INFORMED",
            "offer.terms offer.terms_sha256 offer.status",
            f"{_OFFERS}::test_an_offer_shows_everything_before_the_yes "
            "tests/matching/test_service.py::test_a_no_changes_no_place_in_any_later_search",
        ),
        "P10": _held(
            "INSTRUCTIONS",
            "gig_instructions.verified_by gig_instructions.checklist gig_instructions.changes",
            f"{_GIGS}::test_somebody_else_verifies_once_and_wholly",
        ),
        "P11": _held(
            "INSTRUCTIONS_CHANGE",
            "gig_instructions.holds_from booking.instructions_version",
            "tests/shifts/test_prepared.py::test_a_shift_is_judged_under_the_version_that_held_when_it_began "
            "tests/shifts/test_prepared.py::test_whoever_is_booked_is_told_once_of_new_instructions",
        ),
        "P12": _held(
            "QUALIFICATION_TIME TRAINING",
            "attempt.paid_minutes attempt.held_amount pay_line.attempt_id booking.is_training",
            "tests/qualifications/test_pay.py::test_a_failed_test_is_paid_like_a_passed_one "
            "tests/shifts/test_training.py::test_training_is_paid_like_work_to_who_lacks_the_qualification",
        ),
        "P13": _held(
            "FIRST_REPLY",
            "gig.contact_id question.due_at question.answered_at",
            f"{_GIGS}::test_the_contact_is_a_member_and_a_place_exists "
            "tests/shifts/test_prepared.py::test_an_offer_and_a_booking_say_how_it_is_done_and_whom_to_ask "
            "tests/messages/test_rules.py::test_a_first_reply_is_due_within_one_business_day "
            "tests/messages/test_threads.py::test_how_fast_a_company_replies_counts_its_silence",
        ),
        "P14": _held(
            "OPEN_QUESTION ASKED_TWICE",
            "question.asked_at instruction_defect.part published_answer.answer",
            "tests/messages/test_protection.py::test_no_minute_that_waited_for_an_answer_is_cut "
            "tests/messages/test_threads.py::test_what_is_asked_twice_is_a_fault_of_the_instructions",
        ),
        "P15": _held(
            "REJECT DISPUTE APPEAL",
            "timesheet_cut.category timesheet_cut.clause timesheet_cut.missing dispute.ruled_by",
            "tests/shifts/test_cuts.py::test_a_cut_without_a_reason_is_refused "
            f"{_DISPUTES}::test_without_a_ruling_everything_is_restored {_DISPUTES}::test_who_may_not_rule",
        ),
        "P16": _held(
            "PAYMENT_MODEL TEST_TIMER INSTRUCTIONS",
            "gig.payment_model attempt.cap_minutes gig_instructions.checklist",
            f"{_GATE}::test_pay_for_performance_alone_is_refused "
            "tests/qualifications/test_rules.py::test_a_limit_is_three_times_what_three_of_four_people_need "
            "tests/gigs/test_rules.py::test_instructions_are_verified_by_somebody_else_and_wholly",
        ),
        "P17": _held("PAID_BREAK BREAK", "timesheet_line.paid_break_minutes", f"{_RATES}::test_paid_breaks_are_work"),
        "P18": _held(
            "PAY_TERM OFFBOARDING",
            "contract.ends_at contract.end_reason closing.words closing.stated closing.care_until closing.notice_until "
            "off_boarding.paid_at off_boarding.benefits_outcome",
            f"{_CONTRACTS}::test_the_company_gives_notice_and_the_contractor_may_leave_at_once "
            "tests/pay/test_closing.py::test_an_account_closes_when_nothing_is_owed_and_not_before "
            "tests/pay/test_off_boarding.py::test_the_end_of_a_contract_is_written_down_step_by_step",
        ),
        "P19": _held(
            "REPORT",
            "report_agreement.agreed_at adoption.withdrawn_at",
            "tests/insight/test_company_report.py::test_five_people_are_told_of_and_four_are_not "
            "tests/insight/test_company_report.py::test_what_ended_while_it_was_public_stays_public",
            "A company that neither adopted the guidelines nor agreed is read by itself and operators only.",
        ),
        "P20": _held(
            "MARGINS SHARE",
            "gig.margin_party gig.margin_amount gig.client_pays_amount contract_template.terms pay_line.payee_kind",
            f"{_GATE}::test_money_that_nobody_named_keeps_is_refused "
            f"{_TERMS}::test_who_stands_between_is_named_with_a_margin_on_top",
        ),
        "P21": _held(
            "SURVEY COMMENTS",
            "survey.asked_at survey_answer.words survey_concern.words region_change.comments_until "
            "region_comment.words region_answer.words",
            "tests/surveys/test_service.py::test_somebody_is_asked_once_when_their_work_is_paid "
            "tests/surveys/test_service.py::test_five_answers_are_told_and_nine_say_no_more "
            "tests/standards/test_comments.py::test_everybody_is_heard_before_a_protection_falls",
            "A new edition of a rule that stands in the code is announced by its release alone, in the changelog and "
            "the history of the rules.",
        ),
    },
    Origin.STANDARDS: {
        "FLOOR": _held("FLOOR", "publish_decision.verdicts", f"{_GATE}::test_floor_in_kansas_is_the_federal_minimum"),
        "CURRENCY": _held(
            "CURRENCY EXCHANGE",
            "contractor.payout_currency exchange_rate.source",
            "tests/pay/test_payslips.py::test_fifteen_dollars_are_221246_rupiah_on_10_may_2023",
        ),
        "ESCROW": _held(
            "ESCROW",
            "gig_funding.amount booking.held_amount",
            f"{_GATE}::test_the_planned_work_is_funded_before_it_opens",
        ),
        "PAY_TERM": _held(
            "PAY_TERM",
            "timesheet.submitted_at payslip.pay_date",
            "tests/pay/test_pay_term.py::test_every_shift_of_a_week_is_paid_within_seven_days",
        ),
        "NOTICE": _held("NOTICE", "booking.compensation_rule", "tests/shifts/test_hours.py::test_the_notice_curve"),
        "CALL_IN": _held("CALL_IN", "booking.compensation_minutes", f"{_RATES}::test_the_call_in_minimum"),
        "REST": _held(
            "REST",
            "region.daily_rest_hours",
            f"{_HOURS}::test_eleven_hours_lie_between_two_days_of_work {_HOURS}::test_the_strictest_rest_holds",
        ),
        "WEEK": _held(
            "WEEK",
            "booking.during",
            f"{_HOURS}::test_forty_eight_hours_end_a_week "
            "tests/shifts/test_races.py::test_the_week_has_48_hours_however_many_yeses_come_at_once",
        ),
        "DAY_OFF": _held(
            "DAY_OFF REST_DAY",
            "booking.during booking.premium_days",
            f"{_HOURS}::test_weekly_rest_is_longer_in_two_countries "
            "tests/standards/test_premium_days.py::test_days_of_rest",
        ),
        "BREAK": _held("BREAK", "time_entry.kind", f"{_HOURS}::test_more_than_six_hours_need_a_break"),
        "OVERTIME": _held(
            "OVERTIME PUBLIC_HOLIDAY",
            "booking.overtime_percent booking.premium_days pay_line.premium_days",
            f"{_RATES}::test_overtime_earns_its_premium "
            "tests/pay/test_premium_pay.py::test_christmas_is_promised_held_and_paid_by_name",
        ),
        "NIGHT": _held(
            "NIGHT",
            "timesheet_line.night_minutes pay_line.night_law",
            f"{_RATES}::test_work_at_night_earns_its_premium "
            "tests/pay/test_premium_pay.py::test_the_night_of_christmas_in_manila_is_paid_of_the_days_rate",
        ),
        "AGE": _held("AGE", "contractor.born_on", f"{_VETTING}::test_eighteen_is_reached_where_one_lives"),
        "HAZARD": _held(
            "HAZARD HAZARD_CLASS ILLEGAL_CONTENT PAID_BREAK AFTER_CARE CARE_LINE",
            "hazard_consent.revoked_at booking.stops_at company_care_line.call",
            "tests/shifts/test_caps.py::test_no_more_than_the_cap_is_ever_worked "
            f"{_VETTING}::test_a_consent_is_revoked_at_any_minute_and_its_history_stays "
            "tests/shifts/test_after_care.py::test_care_stays_open_for_six_months_after_the_last_minute",
            "Whom a company named for care it pays itself: no session is paid, or proven, through the service.",
        ),
        "SICK": _held(
            "SICK CARRY_OVER",
            "benefit_entry.quantity benefit_expiry.told_at",
            "tests/pay/test_sick_leave.py::test_a_sick_shift_of_four_hours_pays_the_one_hour_that_was_earned "
            "tests/contracts/test_moving.py::test_two_hours_too_many_end_and_their_money_is_paid",
        ),
        "HEALTH": _held(
            "HEALTH CASH_OUT TRANSFER",
            "benefit_entry.quantity benefit_cash_out.paid_at benefit_transfer.statement_sha256",
            f"{_RATES}::test_health_is_four_percent_of_everything_earned "
            "tests/pay/test_cash_out.py::test_the_health_money_of_four_hours_is_paid_out_by_the_next_run",
        ),
        "ACCIDENT": _held(
            "ACCIDENT",
            "benefit_plan_version.provider benefit_plan_version.policy_no benefit_enrolment.proof offer.terms",
            "tests/contracts/test_plans.py::test_an_offer_says_who_insures_or_that_nobody_does "
            "tests/contracts/test_plans.py::test_nobody_is_insured_by_words",
            "Where nobody insures, an offer says so and may be made all the same.",
        ),
        "DECISION": _held(
            "DECISION STANDING RESTRICTION BLOCK",
            "vetting_decision.decided_by vetting_decision.reason company_decision.decided_by restriction.decision_id",
            f"{_VETTING}::test_vetting_needs_everything_shown_and_a_written_reason "
            "tests/workforce/test_restrictions.py::test_a_decision_needs_a_human_and_a_written_reason",
        ),
        "APPEAL": _held(
            "APPEAL DISPUTE",
            "vetting_decision.contest appeal.answer_by appeal.answered_by appeal.reason dispute.claimed_at",
            f"{_VETTING}::test_a_refusal_is_contested_and_looked_at_by_somebody_else "
            "tests/workforce/test_appeals.py::test_what_nobody_answers_in_time_falls "
            f"{_DISPUTES}::test_without_a_ruling_everything_is_restored",
        ),
        "EXPLAIN": _held(
            "EXPLAIN",
            "match_run.weights_version offer.reason plan_input.body published_weights.parts match_contest.answer",
            "tests/matching/test_routes.py::test_the_weights_are_published "
            "tests/matching/test_weighing.py::test_a_published_version_ranks_from_its_day_on_and_old_plans_keep_theirs "
            "tests/matching/test_service.py::test_a_search_stores_what_it_saw_and_can_be_repeated_from_it "
            "tests/matching/test_contests.py::test_a_human_who_is_no_party_answers_in_writing",
        ),
        "EXPORT": _held(
            "EXPORT WORK_RECORD",
            "work_record.parts tests/insight/record-1.json",
            "tests/insight/test_record.py::test_a_record_is_whole_and_fits_its_schema "
            "tests/insight/test_record.py::test_no_column_that_names_people_is_forgotten",
        ),
        "SICK_CANCEL": _held(
            "SICK_CANCEL",
            "booking.sick_at",
            "tests/shifts/test_sick.py::test_nothing_that_ranks_people_reads_that_somebody_was_ill",
        ),
        "NO_RETALIATION": _held(
            "NO_RETALIATION",
            "match_run.input_sha256",
            "tests/matching/test_rules.py::test_the_score_has_no_place_for_a_no_a_dispute_or_who_somebody_is "
            "tests/matching/test_weighing.py::test_the_facts_of_a_plan_come_from_no_table_that_fairness_forbids "
            "tests/shifts/test_eligibility.py::test_no_rule_can_read_what_a_person_declined_disputed_or_said",
        ),
        "DATA": _held(
            "DATA",
            "time_entry.started_at",
            "tests/standards/test_watching.py::test_no_column_watches_people "
            "tests/shifts/test_hours.py::test_only_time_inside_the_shift_counts",
        ),
    },
    Origin.HOUSE: {
        "HOUSE_FLOOR": _held(
            "HOUSE_FLOOR",
            "publish_decision.verdicts",
            f"{_GATE}::test_a_place_without_data_falls_to_the_house_floor_and_says_so",
        ),
        "FLOOR": _held(
            "FLOOR LIKE_WORK",
            "publish_decision.verdicts",
            f"{_GIGS}::test_a_rate_stands_beside_its_floor_and_the_median_of_like_work "
            f"{_GIGS}::test_too_few_gigs_of_others_have_no_median",
        ),
        "SPREAD": _held(
            "SPREAD", "publish_decision.verdicts", f"{_GATE}::test_the_highest_rate_is_at_most_twice_the_lowest"
        ),
        "SHARE": _held(
            "SHARE MARGINS", "publish_decision.verdicts", f"{_GATE}::test_the_share_of_2023_would_be_refused"
        ),
        "NOTICE": _held(
            "NOTICE",
            "booking.compensation_rule booking.added_minutes shift.planned_at",
            "tests/shifts/test_hours.py::test_the_notice_curve "
            "tests/shifts/test_moving.py::test_moving_late_costs_by_the_curve_and_an_hour_before "
            "tests/shifts/test_adding.py::test_a_shift_added_late_pays_an_hour_beside_its_time",
        ),
        "CALL_IN": _held("CALL_IN", "booking.compensation_minutes", f"{_RATES}::test_the_call_in_minimum"),
        "HOURS_BAND": _held(
            "HOURS_BAND",
            "contractor.band_min_hours contractor.band_max_hours",
            "tests/matching/test_rules.py::test_a_full_band_is_not_asked_for_more "
            "tests/matching/test_engine.py::test_hours_are_shared_among_equals",
        ),
        "RACE": _held(
            "RACE",
            "offer.collects offer.decision",
            "tests/matching/test_deciding.py::test_three_of_five_yeses_and_the_fastest_is_not_among_them "
            "tests/shifts/test_races.py::test_twenty_people_and_three_seats",
        ),
        "WAVES": _held(
            "WAVES",
            "match_run.seats match_run.offered",
            "tests/matching/test_waves.py::test_so_many_are_asked_as_fill_the_seats "
            "tests/matching/test_waves.py::test_what_somebody_declined_changes_nothing_for_them",
        ),
        "PILOT": _held(
            "PILOT",
            "gig_pilot.recorded_at gig_inherited_pilot.from_gig_id",
            "tests/shifts/test_scheduling.py::test_no_more_is_planned_than_the_pilot_allows "
            "tests/gigs/test_inheriting.py::test_a_later_gig_does_not_start_anew",
        ),
        "HAZARD": _held(
            "HAZARD",
            "gig_hazard.back_to hazard_flag.at",
            f"{_CARE}::test_a_shift_that_becomes_heavier_after_two_hours "
            f"{_CARE}::test_back_pay_begins_on_the_day_of_the_first_flag",
        ),
        "REJECT": _held(
            "REJECT",
            "timesheet_cut.category timesheet_cut.clause timesheet_cut.missing",
            f"{_DISPUTES}::test_one_hour_cut_and_restored",
        ),
        "APPEAL": _held(
            "APPEAL_ADVANCE",
            "dispute.advanced_at dispute.restored_minutes",
            "tests/disputes/test_advances.py::test_a_small_sum_is_paid_at_once_and_a_lost_dispute_costs_the_service",
        ),
        "PAYOUT": _held(
            "PAYOUT PAY_TERM",
            "payment_op.amount payslip.net_amount rail_fee.amount bank_line.kept_amount",
            "tests/pay/test_pay_term.py::test_every_shift_of_a_week_is_paid_within_seven_days "
            "tests/pay/test_rail_fees.py::test_what_a_rail_keeps_is_paid_by_the_company "
            "tests/pay/test_returns.py::test_what_a_bank_keeps_on_the_way_back_the_company_bears",
        ),
        "LANDED": _held(
            "LANDED",
            "payment_op.arrived_amount payment_op.rail_fee_amount payment_op.executed_rate",
            "tests/pay/test_landed.py::test_what_arrived_stands_beside_what_was_promised",
        ),
        "PERSON": _held(
            "PERSON DECISION",
            "signal.fingerprint proposal.evidence restriction.proposal_id",
            "tests/workforce/test_signals.py::test_a_shared_payout_account_pauses_the_newer_for_seven_days "
            "tests/workforce/test_signals.py::test_a_paused_account_is_still_paid_and_keeps_its_shifts "
            "tests/workforce/test_signals.py::test_a_shared_phone_or_network_is_never_a_reason",
        ),
        "COMPANY": _held(
            "COMPANY",
            "company.verified_at company_decision.decided_by company_identity.register_number "
            "company_identity.authority_proof",
            f"{_GATE}::test_what_the_company_must_have_done "
            "tests/accounts/test_verification.py::test_a_new_signatory_is_verified_again_and_pauses_the_gigs_until_then",
        ),
        "INTAKE": _held(
            "INTAKE",
            "intake_measure.per_hundred intake_measure.status intake_wait.told_at",
            "tests/workforce/test_intake.py::test_below_a_seat_a_week_each_new_applications_wait "
            "tests/workforce/test_intake.py::test_who_waits_is_told_when_it_opens",
        ),
        "STATUS": _held(
            "STATUS",
            "contract_version.terms",
            "tests/standards/test_engagement.py::test_a_label_does_not_decide "
            "tests/standards/test_engagement.py::test_three_quarters_of_a_hundred_hours_are_dependence",
        ),
        "OUTAGE": _held(
            "OUTAGE",
            "time_entry.kind booking.compensation_rule",
            "tests/shifts/test_outage.py::test_an_hour_of_an_outage_is_paid_and_the_rest_is_a_break "
            "tests/shifts/test_outage.py::test_a_missed_shift_was_an_outage",
        ),
    },
}
"""What holds each row, by origin and id. A row that nothing holds stands here too, with what is lacking."""

COMMITMENTS: Final[tuple[Commitment, ...]] = tuple(
    Commitment(origin, row, asked, HELD[origin][row]) for origin, rows in ASKED.items() for row, asked in rows.items()
)
"""Every row of the references, in their order."""
BY_ORIGIN: Final[Mapping[Origin, tuple[Commitment, ...]]] = MappingProxyType(
    {origin: tuple(row for row in COMMITMENTS if row.origin is origin) for origin in Origin}
)
