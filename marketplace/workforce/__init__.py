"""The people who do the work: their application and vetting, what they can do, when they can, and what they consent to.

A machine proposes at most; whether somebody may work is decided by a person, in writing, and can be contested.
"""
