"""Countries by the part of the world in which they lie, for forms in which many can be ticked without a script."""

from functools import lru_cache
from importlib.resources import files

from babel import Locale
from flask_babel import get_locale, gettext

from marketplace.web.words import territories

_PARTS = {"Africa": "002", "America": "019", "Asia": "142", "Europe": "150", "Australia": "009", "Pacific": "009"}
"""Where the IANA database puts a country's first zone, as the United Nations number the part (M49)."""
_IN_OCEANS = {
    "002": "CV IO KM MG MU RE SC SH TF YT",
    "019": "BM FK",
    "142": "MV",
    "150": "FO IS SJ",
    "009": "CC CX",
}
"""Those whose zones are named after an ocean, by M49."""
_ELSEWHERE = ""


def by_continent() -> list[tuple[str, list[tuple[str, str]]]]:
    """The parts of the world by name, each with the codes and names of its countries, in the reader's language; what
    lies in none of them, as Antarctica, is last."""
    language = str(get_locale())
    named, parts = Locale.parse(language).territories, _parts()
    found: dict[str, list[tuple[str, str]]] = {part: [] for part in dict.fromkeys(_PARTS.values())}
    for code, name in territories(language):
        found.setdefault(parts.get(code, _ELSEWHERE), []).append((code, name))
    told = sorted((str(named[part]), listed) for part, listed in found.items() if part)
    return told + [(str(gettext("Elsewhere")), listed) for part, listed in found.items() if not part]


@lru_cache(maxsize=1)
def _parts() -> dict[str, str]:
    table = files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    found: dict[str, str] = {}
    for code, _, zone, *_ in rows:
        found.setdefault(code, _PARTS.get(zone.split("/")[0], _ELSEWHERE))
    return found | {code: part for part, codes in _IN_OCEANS.items() for code in codes.split()}
