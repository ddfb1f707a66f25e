"""Tests of what somebody can do, what is held by passing one, and the levels of a skill that pay more."""
