"""Countries by the part of the world in which they lie."""

from flask import Flask
from flask_babel import force_locale

from marketplace.web.continents import by_continent
from marketplace.web.words import territories


def test_every_country_lies_in_one_part_of_the_world(app: Flask) -> None:
    with app.test_request_context(), force_locale("id"):
        parts = dict(by_continent())
    assert sorted(pair for listed in parts.values() for pair in listed) == sorted(territories("id"))
    assert list(parts) == ["Afrika", "Amerika", "Asia", "Eropa", "Oseania", "Di tempat lain"]
    found = {code: part for part, listed in parts.items() for code, _ in listed}
    told = {code: found[code] for code in ("PT", "RU", "CV", "TL", "AQ")}
    assert told == {"PT": "Eropa", "RU": "Eropa", "CV": "Afrika", "TL": "Asia", "AQ": "Di tempat lain"}
