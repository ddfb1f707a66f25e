"""The language of a page or a message. The words of each language are read from its catalogue as people write it (.po),
so that nothing has to be compiled first and the words can never be older than their source."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask
from flask_babel import Babel, Domain, get_locale

CATALOGUES = Path(__file__).parent.parent / "translations"


class Catalogues(Domain):
    """Flask-Babel's words from `translations/<language>/LC_MESSAGES/messages.po`, each read once a process."""

    def get_translations(self) -> NullTranslations:
        language = str(get_locale())
        if language not in self.cache:
            self.cache[language] = read_catalogue(CATALOGUES / language / "LC_MESSAGES" / "messages.po")
        translations: NullTranslations = self.cache[language]
        return translations


def init_app(app: Flask, choose: Callable[[], str | None]) -> None:
    """`choose` says the language of the running request; None is the default language."""
    babel = Babel(app, locale_selector=choose)
    babel.domain_instance = Catalogues()


def read_catalogue(path: Path) -> NullTranslations:
    """The words of a catalogue. The language that the code is written in has none: its words stand as they are."""
    if not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source))
    compiled.seek(0)
    return Translations(compiled)
