"""What the schemas say of a field, in words for whoever fills in a form.

marshmallow's sentences are written for programmers ("Missing data for required field.") and come with their numbers
filled in, so that no catalogue could translate them. The API keeps them as they are; a page says these.
"""

import re

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

_FILL_IN = lazy_gettext("Fill this in.")
_CHOOSE = lazy_gettext("Choose one from the list.")
_LEAST = r"(?P<least>-?[0-9.]+)"
_MOST = r"(?P<most>-?[0-9.]+)"
_PLAIN: tuple[tuple[re.Pattern[str], LazyString], ...] = tuple(
    (re.compile(pattern, re.DOTALL), words)
    for pattern, words in (
        (r"Missing data for required field\.|Field may not be null\.", _FILL_IN),
        (r"Not a valid UUID\.|Must be one of: .*", _CHOOSE),
        (r'Give \{"amount": .*', lazy_gettext("Write an amount, such as 15.00.")),
        (r"Not a valid integer\.", lazy_gettext("Write a whole number.")),
        (r"Not a valid number\.|Special numeric values .*|Number too large\.", lazy_gettext("Write a number.")),
        (r"Not a valid date\.", lazy_gettext("This is not a date.")),
        (r"Not a valid time\.", lazy_gettext("This is not a time.")),
        (r"Not a valid (aware )?datetime\.", lazy_gettext("This is not a day and time.")),
        (r"Not a valid email address\.", lazy_gettext("This is not an e-mail address.")),
        (r"Not a valid .*|Invalid (value|type|input type)\.", lazy_gettext("This cannot be read.")),
        (r"String does not match expected pattern\.", lazy_gettext("This is not written as it is asked for.")),
        (
            f"Must be greater than or equal to {_LEAST} and less than or equal to {_MOST}\\.",
            lazy_gettext("At least %(least)s and at most %(most)s."),
        ),
        (f"Must be greater than or equal to {_LEAST}\\.", lazy_gettext("At least %(least)s.")),
        (f"Must be greater than {_LEAST}\\.", lazy_gettext("More than %(least)s.")),
        (f"Must be less than or equal to {_MOST}\\.", lazy_gettext("At most %(most)s.")),
        (
            f"Length must be between {_LEAST} and {_MOST}\\.",
            lazy_gettext("Too short or too long: %(least)s to %(most)s are possible."),
        ),
        (f"Shorter than minimum length {_LEAST}\\.", lazy_gettext("Too short: at least %(least)s are needed.")),
        (f"Longer than maximum length {_MOST}\\.", lazy_gettext("Too long: at most %(most)s are possible.")),
    )
)


def plain(sentence: str) -> str:
    """The sentence as a page says it, in the reader's language; one of our own as it is."""
    found = ((pattern.fullmatch(sentence), words) for pattern, words in _PLAIN)
    return next((str(words) % match.groupdict() for match, words in found if match), sentence)
