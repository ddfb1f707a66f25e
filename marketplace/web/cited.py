"""Sources of rules and laws in the reader's language, as far as their words are ours.

A title of a law, a standard or a book stays as it was published, and says which language it is in, so that a screen
reader speaks it so.
"""

from collections.abc import Iterator

from flask_babel import get_locale
from markupsafe import Markup, escape

from marketplace.web.words import said

PUBLISHED_IN = "en"
"""The language in which the sources are written here."""


def cited(source: str) -> Markup:
    """A source as a page shows it: whole where its words are known in the reader's language, else part by part."""
    if str(get_locale() or PUBLISHED_IN) == PUBLISHED_IN:
        return escape(source)
    if (whole := said(source)) != source:
        return escape(whole)
    return Markup("; ").join(_part(each) for each in parts(source))


def parts(source: str) -> Iterator[str]:
    """What stands between its semicolons, but for those within parentheses."""
    depth, begun = 0, 0
    for at, letter in enumerate(source):
        depth += (letter == "(") - (letter == ")")
        if letter == ";" and depth == 0:
            yield source[begun:at].strip()
            begun = at + 1
    yield source[begun:].strip()


def _part(words: str) -> Markup:
    known = said(words)
    return escape(known) if known != words else Markup('<span lang="{}">{}</span>').format(PUBLISHED_IN, words)
