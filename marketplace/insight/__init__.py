"""Insight: reads of all rooms below. What the service holds about one person, and what it can attest for them."""
