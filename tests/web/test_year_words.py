"""What a new version of a year's statement has changed, as its person reads it."""

from typing import Any

from flask import Flask
from flask_babel import force_locale

from marketplace.pay.taxes import year_rules
from marketplace.web import year_words

KEY = "01a201db-54a7-7362-9934-5494111c8e12:USD"


def figures(earned: str, withheld: str, in_rupiah: str, **more: Any) -> dict[str, Any]:
    company = {
        "key": KEY, "company_id": KEY[:36], "name": "Lab Example GmbH", "currency": "USD", "law_currency": "IDR",
        "months": [{"key": 6, "month": 6, "earned": earned, "withheld": withheld}],
        "earned": earned, "withheld": withheld, "law_withheld": in_rupiah,
        "boxes": {"PPh dipotong": in_rupiah, "reported": in_rupiah != "24000"},
    }  # fmt: skip
    return {"year": 2026, "country": "ID", "form": "id_bukti_potong", "law": None, "companies": [company]} | more


def test_what_changed_is_told_in_words(app: Flask) -> None:
    old = figures("60.00", "1.50", "24000", benefits=[])
    paid_in = [{"key": "sick_accrual:USD", "kind": "sick_accrual", "currency": "USD", "paid_in": "2.40"}]
    new = figures("60.00", "1.00", "16000.5", benefits=paid_in, law="id.pph21")
    changed = year_rules.changes(old, new)
    with app.test_request_context():
        told = year_words.changes(changed, new)
        with force_locale("id"):
            in_indonesian = year_words.changes(changed, new)
    assert [each.replace("\xa0", " ") for each in told] == [
        "Sick leave: $2.40 USD. Before: nothing.",
        "Lab Example GmbH, PPh dipotong: Rp16,000.50. Before: Rp24,000.00.",
        "Lab Example GmbH, reported to an authority: yes. Before: no.",
        "Lab Example GmbH, withheld, in the currency of the law: Rp16,000.50. Before: Rp24,000.00.",
        "Lab Example GmbH, June 2026, withheld: $1.00 USD. Before: $1.50 USD.",
        "Lab Example GmbH, withheld: $1.00 USD. Before: $1.50 USD.",
        "The law that takes it: PPh 21 of non-employees. Before: nothing.",
    ]
    assert in_indonesian[4].startswith("Lab Example GmbH, Juni 2026, dipotong: ")
    assert not any("[" in each or "." in each.partition(":")[0] for each in told + in_indonesian)
