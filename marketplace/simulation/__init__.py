"""A market that is lived through on paper: what a way of asking people comes to, before anybody is asked that way.

Nothing here reads or writes the service's database. The engine, the rules of eligibility, the time to answer and the
window of collected yeses are those of the service, called as it calls them; only the people and their answers are made
up, and `assumed` says how.
"""
