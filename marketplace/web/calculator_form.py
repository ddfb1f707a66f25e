"""An offer as anybody types it into the calculator: plain fields become what the API's verdicts take."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import marshmallow as ma

from marketplace.standards.rules import RULES
from marketplace.standards.schemas import CalculatorSchema
from marketplace.web import amounts
from marketplace.web.typed import lists_as_one, typed

AMOUNTS = ("rate", "piece_price", "client_pays", "margin")
FOR_GRANTED = ("ESCROW", "INSTRUCTIONS", "COMPANY")
"""Rules about what a company has done and not about what it offers: the calculator does not ask."""
_SEPARATORS = re.compile(r"[,;\s]+")


class OfferForm(CalculatorSchema):
    """Fields beside those of `CalculatorSchema`: `place` and `more_places` (codes in a text), `currency` of all
    amounts, `seconds` that three of four pilot items took, `more_rates` (amounts in a text). What a company must have
    done, and no stranger can, is taken for granted."""

    @ma.pre_load
    def take_from_fields(self, data: Mapping[str, Any], **_more: Any) -> dict[str, Any]:
        self.unread: dict[str, list[str]] = {}
        offer = dict(data)
        currency = str(offer.pop("currency", "USD"))
        places = list(_places(offer))
        for name in AMOUNTS:
            amount = offer.pop(name, "")
            if amount:
                offer[name] = self._money(name, amount, currency)
        more = _words(offer.pop("more_rates", ""), "; ")
        offer["other_rates"] = [self._money("more_rates", amount, currency) for amount in more]
        offer.setdefault("taken_percent", "0")
        offer["pilot"] = _pilot(offer.pop("seconds", None), places)
        done = dict.fromkeys(("instructions_verified", "company_verified", "signatory_verified"), "true")
        return typed(self, offer | done) | {"places": places, "pilot": offer["pilot"]}

    def handle_error(self, error: ma.ValidationError, data: Any, **_more: Any) -> None:
        """What is wrong with a part stands beside the plain field that it was written in."""
        error.messages = _plain(lists_as_one(error.messages)) | self.unread

    def _money(self, name: str, amount: str, currency: str) -> dict[str, str]:
        """What could not be read is empty, so that the schema does not take it either; the sentence stands beside."""
        try:
            return {"amount": amounts.amount(amount, currency), "currency": currency}
        except amounts.NotRead as unread:
            self.unread[name] = [str(unread)]
            return {"amount": "", "currency": currency}


def _places(offer: dict[str, Any]) -> Iterable[dict[str, str]]:
    codes = [offer.pop("place", ""), *_SEPARATORS.split(offer.pop("more_places", ""))]
    for code in dict.fromkeys(code.strip().upper() for code in codes):
        if code:
            country, _, part = code.partition("-")
            yield {"country": country} | ({"subdivision": code} if part else {})


def _pilot(seconds: Any, places: Iterable[Mapping[str, str]]) -> dict[str, Any] | None:
    """A pilot of the size that the rule asks for, where its time is said."""
    if not seconds:
        return None
    numbers = RULES["PILOT"].parameters
    names = [place.get("subdivision") or place["country"] for place in places]
    whole = int(seconds) if str(seconds).isdecimal() else seconds
    counts = {"workers": numbers["least_workers"], "items": numbers["least_items"], "item_seconds_p75": whole}
    return counts | {"finished": True, "paid": True, "places": names}


def _words(text: str, separators: str) -> list[str]:
    return [word for word in re.split(f"[{separators}]+", text) if word]


def _plain(messages: Any) -> Any:
    if not isinstance(messages, Mapping):
        return messages
    names = {"places": "more_places", "other_rates": "more_rates", "pilot": "seconds"}
    return {names.get(str(name), name): inner for name, inner in messages.items()}
