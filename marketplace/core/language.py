"""The language of a page or a message. The words of each language are read from its catalogues as people write them
(.po), so that nothing has to be compiled first and the words can never be older than their source."""

from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask
from flask_babel import Babel, Domain, get_locale

CATALOGUES = Path(__file__).parent.parent / "translations"


class Catalogues(Domain):
    """Flask-Babel's words from every .po of `translations/<language>/LC_MESSAGES`, read once a process."""

    def get_translations(self) -> NullTranslations:
        return words_of(str(get_locale()))


def init_app(app: Flask, choose: Callable[[], str | None]) -> None:
    """`choose` says the language of the running request; None is the default language."""
    babel = Babel(app, locale_selector=choose)
    babel.domain_instance = Catalogues()


@lru_cache(maxsize=8)
def words_of(language: str) -> NullTranslations:
    """The words of a language, also outside of a request, such as those that a text is written in for ever. Reading the
    catalogues takes a third of a second, so it is done once a process."""
    return _read(CATALOGUES / language / "LC_MESSAGES")


def _read(folder: Path) -> NullTranslations:
    """The language that the code is written in has no folder: its words stand as they are."""
    if not folder.exists():
        return NullTranslations()
    words = Catalog()
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as source:
            for message in read_po(source):
                words[message.id] = message
    compiled = BytesIO()
    write_mo(compiled, words)
    compiled.seek(0)
    return Translations(compiled)
