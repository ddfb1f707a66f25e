"""From terms that a company offers to the whole text that is signed, with its translations. Reads nothing by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from marketplace.accounts.models import Company
from marketplace.contracts import terms as law
from marketplace.contracts.models import Contract, Template
from marketplace.contracts.rules import sha256_of
from marketplace.contracts.text import render
from marketplace.standards.rules import Place
from marketplace.workforce.models import Contractor

Terms = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """Terms with everything that was added to them, their prevailing text, and its translations by language."""

    terms: Mapping[str, Any]
    text: str
    translations: Mapping[str, str]

    @property
    def text_sha256(self) -> str:
        return sha256_of(self.text)


def for_company(terms: Terms, company: Company, titles: Mapping[str, str]) -> Written:
    """A company's own text of terms that `check_terms` accepts. `titles` are those of the benefit plans, by code."""
    own = {"id": str(company.id), "name": company.legal_name, "country": company.country}
    parties = {"company": own, "contractor": None}
    return write(dict(terms) | {"parties": parties, "template": None, "work_place": None}, titles)


@dataclass(frozen=True, slots=True)
class Since:
    """The first day of a version, and the day on which it was written."""

    first_day: date
    written_on: date


def for_contractor(
    template: Template,
    contract: Contract,
    person: Contractor,
    number: int,
    since: Since,
    place: Place,
    titles: Mapping[str, str],
) -> Written:
    """The text of one contractor's version number `number`, written from the company's own. `place` is where they
    work, with its floor as it stands on the day."""
    origin = {
        "id": str(template.id),
        "number": template.number,
        "text_sha256": template.text_sha256,
        "contract": str(contract.id),
        "version": number,
    }
    contractor = {"id": str(person.id), "country": person.country, "subdivision": person.subdivision}
    more = {
        "parties": template.terms["parties"] | {"contractor": contractor},
        "template": origin,
        "effective_from": since.first_day.isoformat(),
        "work_place": {"country": person.country, "subdivision": person.subdivision, "timezone": person.timezone},
    }
    return write(template.terms | more, titles, _floor_ref(place, since.written_on))


def write(terms: Terms, titles: Mapping[str, str], floor_ref: Mapping[str, Any] | None = None) -> Written:
    """The text of terms with parties, template and work place. The hash of each translation is a part of the prevailing
    text, so that whoever signs that has them too."""
    whole = dict(terms)
    whole["pay"] = terms["pay"] | {"floor_ref": floor_ref}
    whole["hazard"] = terms["hazard"] | {"disclosure_sha256": sha256_of(terms["hazard"]["disclosure"])}
    whole["verdicts"] = [verdict.as_dict() for verdict in law.verdicts(terms)]
    languages = [each["language"] for each in terms["translations"]]
    translations = {language: render(whole, titles, language) for language in languages}
    whole["translations"] = [
        {"language": each["language"], "words": each["words"], "text_sha256": sha256_of(translations[each["language"]])}
        for each in terms["translations"]
    ]
    return Written(MappingProxyType(whole), render(whole, titles), translations)


def _floor_ref(place: Place, on: date) -> dict[str, str | None] | None:
    """The floor of the place as the contract quotes it; None where nothing can be compared."""
    deciding = place.floor.deciding
    if deciding is None:
        return None
    lowest = place.floor.lowest_rate()
    return {
        "place": place.name,
        "on": on.isoformat(),
        "amount": str(lowest.decimal),
        "currency": lowest.currency,
        "decided_by": deciding.benchmark.kind.value,
        "source": deciding.benchmark.source,
        "as_of": deciding.benchmark.as_of,
        "confidence": deciding.benchmark.confidence.value if deciding.benchmark.confidence else None,
    }
