"""Setara: a marketplace and scheduling service for AI data work."""

import gc

# Python looks for cycles after 700 new objects, which a start or a page makes in a moment: a quarter of the time of a
# start was the search through what is only just being imported.
gc.set_threshold(50_000, 20, 20)
