"""What rules cite again and again: texts that others have written, and tests that hold them."""

from typing import Final

PAI: Final = "Partnership on AI, Responsible Sourcing of Data Enrichment Services (2021)"
FAIRWORK: Final = "Fairwork, Cloudwork Principles (June 2024)"
WTD: Final = "Directive 2003/88/EC (working time)"
GATE: Final = "tests/standards/test_gate.py"
HOURS_TEST: Final = "tests/standards/test_hours.py"
RATES: Final = "tests/standards/test_rates.py"
PIECES: Final = "tests/standards/test_pieces.py"
ENGAGEMENT: Final = "tests/standards/test_engagement.py"
SEATS_TEST: Final = "tests/shifts/test_eligibility.py"
QUALIFICATION_TESTS: Final = "tests/qualifications"
