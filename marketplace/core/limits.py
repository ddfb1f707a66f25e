"""How often a stranger may knock. Counted in each process, or together where RATELIMIT_STORAGE_URI names a Redis.

Only doors that are open to strangers, or that cost much, carry a limit: `@limiter.limit(STRANGERS)`.
"""

from flask import request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

STRANGERS = "20/minute;200/hour"
"""From one network address. A school or a workshop may stand behind one address, so it is not less."""
GUESSES = "30/hour"
"""At one account, from wherever: NIST SP 800-63B, section 5.2.2, allows no more than 100 failures in a row."""
LISTS = "30/hour"
"""Of lists of people to write to, from one network address: a company with a thousand people needs a few tries."""

FILES = "120/hour"
"""Of files that are opened and looked through, from one network address."""

CURIOUS = "60/minute"
"""At what reckons for strangers, from one network address."""

WORDS = "30/hour"
"""Of words that everybody reads, from one person: enough to mend what one wrote."""

ONE_LINK = "60/hour"
"""Of one link in a message, from wherever: it can be given to nobody but its person."""

CODES = "10/hour"
"""Of codes that are sent to a telephone, from one person: each costs money, and rings somewhere."""

limiter = Limiter(get_remote_address, headers_enabled=True)


def account_tried() -> str:
    """The address that a sign-in names, whatever the network address is that it comes from."""
    body = request.get_json(silent=True)
    named = body.get("email") if isinstance(body, dict) else request.form.get("email")
    return f"account:{str(named or '').strip().lower()[:320]}"
