"""The clock, the worker and what they run: the top of the house. Nothing imports it but tests, cli and demo do by name.

The timetable is `schedule`, the answers to events are `reactions`, the truths that must hold are `checks`.
"""
