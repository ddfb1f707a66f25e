"""Matching: who is asked to take a shift, in which order, and why; for those who are not asked, why not.

`rules` holds the score and its published weights, pure. `service` reads the facts, stores what it saw and decided, and
makes the offers. Who may be booked at all stands in `shifts.eligibility`.
"""
