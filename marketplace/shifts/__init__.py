"""Shifts: from a planned shift to an approved timesheet.

The verbs stand by their noun: `scheduling` (shifts), `offers` (offers and the yes), `attendance` (bookings and the
clock), `timesheets`, `cuts` (of timesheets). The law stands in `rules` (lives and refusals), `hours` (time and minutes)
and `eligibility` (who may be booked, and why not); all three are pure.

Rows are locked in one order everywhere, so that no two transactions wait for each other: contractor, shift, booking,
offer, time entry, timesheet, cut, accounts of the ledger.
"""
