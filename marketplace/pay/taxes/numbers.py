"""Whether a tax number can be one by its check digits, as far as a library knows how they are reckoned. It decides
nothing: a typing error is seen before an authority sees it, and whoever is right all the same is believed."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from stdnum.exceptions import ValidationError
from stdnum.util import get_cc_module

_MODULES: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("AR", "cuil"): "cuit",
        ("BG", "egn"): "egn",
        ("BR", "cpf"): "cpf",
        ("CO", "nit"): "nit",
        ("DE", "idnr"): "idnr",
        ("ES", "nif"): "nif",
        ("GB", "utr"): "utr",
        ("IN", "pan"): "pan",
        ("KE", "kra_pin"): "pin",
        ("MX", "rfc"): "rfc",
        ("PL", "pesel"): "pesel",
        ("PL", "nip"): "nip",
        ("RO", "cnp"): "cnp",
        ("US", "ssn"): "ssn",
        ("US", "itin"): "itin",
        ("VE", "rif"): "rif",
    }
)
"""The library's name for what a kind of number is called here."""


def fits(country: str, kind: str, number: str) -> bool | None:
    """Whether the number can be one of that kind; None where nobody here knows how to tell."""
    name = _MODULES.get((country, kind))
    module = None if name is None else get_cc_module(country, name)
    if module is None:
        return None
    try:
        module.validate(number)
    except ValidationError:
        return False
    return True
