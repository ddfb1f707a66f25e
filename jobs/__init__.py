"""The clock, the worker and what they run: the top of the house, which no room imports.

The timetable is `schedule`, the answers to events are `reactions`, the truths that must hold are `checks`.
"""
