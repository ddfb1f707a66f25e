"""What the service holds about a person, section by section: the one table that says where a person stands in the
database. A test walks the catalogue and fails when a column names people and neither a section nor `BESIDE` speaks of
it, so that a later table cannot be forgotten.
"""

from marketplace.insight.sections.contracts import CONTRACTS
from marketplace.insight.sections.pay import PAY
from marketplace.insight.sections.people import PEOPLE
from marketplace.insight.sections.section import Section
from marketplace.insight.sections.voice import VOICE
from marketplace.insight.sections.work import WORK

SECTIONS: tuple[Section, ...] = (*PEOPLE, *CONTRACTS, *WORK, *PAY, *VOICE)
"""Every section, in the order of a record."""
