"""The gig, scene by scene. Everything goes through the REST API; nothing here knows a table or a function of Setara.

The first operator is the one thing that REST cannot make: whoever installs the service names one by a command.
"""

import json
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from examples.one_gig.client import Client, Refused, until, words
from examples.one_gig.money import WAITS, PayByCard, paid_in, pay_by_hand, place_to_be_paid
from examples.one_gig.scene import Narrator

PASSWORD = "a quiet street at noon"  # noqa: S105 - of people that do not exist
MONDAY = "2023-05-08T13:00:00+00:00"
SHIFT = ("2023-05-09T14:00:00+00:00", "2023-05-09T18:00:00+00:00")
PAY_DAY = "2023-05-10T12:00:00+00:00"
IDENTITY = {
    "legal_name": "Prairie Vision Lab",
    "country": "US",
    "address": "100 Example Avenue, Topeka, KS 66603",
    "register": "Kansas Secretary of State, business entities",
    "register_number": "0000001",
    "register_proof": "https://register.example/kansas/0000001",
    "tax_number": "00-0000001",
    "owners": "Dana Owner",
    "signatory_name": "Dana Owner",
    "authority": "President, by the articles of incorporation",
    "authority_proof": "https://register.example/kansas/0000001/officers",
}
MakeOperator = Callable[[str], None]


@dataclass
class Cast:
    """Who plays: four people at four keyboards. All of them are made up."""

    owner: Client
    manager: Client
    contractor: Client
    operator: Client


@dataclass(frozen=True)
class Outcome:
    """What the gig came to, as the API told it."""

    refusal: dict[str, Any]
    offer: dict[str, Any]
    double_booking: dict[str, Any]
    payslip: dict[str, Any]
    rupiah: dict[str, Any]
    proof: dict[str, Any]


def play(url: str, make_operator: MakeOperator, say: Narrator, pay_by_card: PayByCard | None = None) -> Outcome:
    """Plays the gig at a service that has nobody in it yet, on whichever rail that has, and returns what it came to."""
    cast = _people(url, make_operator, say)
    cast.operator.put("/clock", {"now": MONDAY})
    company_id = _company(cast, say)
    contractor_id = _contractor(cast, say)
    _contract(cast, company_id, contractor_id, say)
    gig_id, refusal = _gig(cast, company_id, say, pay_by_card)
    offer, second = _shift(cast, gig_id, say)
    _work(cast, offer, say)
    payslip, rupiah = _pay(cast, say)
    proof = _proof(cast, say)
    return Outcome(refusal, offer, second, payslip, rupiah, proof)


def _people(url: str, make_operator: MakeOperator, say: Narrator) -> Cast:
    say.scene("Four people sign up and confirm their addresses.")
    nobody = Client(url)
    clients = []
    for name, email in (
        ("Dana Owner", "dana@lab.example"),
        ("Milo Manager", "milo@lab.example"),
        ("Ana Labeller", "ana@kansas.example"),
        ("Odi Operator", "odi@setara.example"),
    ):
        nobody.post("/people", {"email": email, "password": PASSWORD, "name": name, "locale": "en"})
        token = until(partial(_token_for, nobody, email), f"a message to {email}")
        nobody.post("/people/confirmations", {"token": token})
        client = Client(url)
        client.sign_in(email, PASSWORD)
        clients.append(client)
        say.tell(f"{name} <{email}> followed the link in the message.")
    make_operator("odi@setara.example")
    say.tell("Whoever runs the service made Odi an operator, by a command on the machine.")
    return Cast(*clients)


def _token_for(nobody: Client, email: str) -> str | None:
    for mail in nobody.get("/outbox")["items"]:
        if mail["address"] == email and "/confirm/" in mail["body"]:
            link: str = mail["body"].split("/confirm/")[1].split()[0]
            return link
    return None


def _company(cast: Cast, say: Narrator) -> str:
    say.scene("A lab registers; an operator looks at its papers and verifies it.")
    application = {"legal_name": "Prairie Vision Lab", "country": "US", "signatory_name": "Dana Owner"}
    company: str = cast.owner.post("/companies", application)["id"]
    cast.owner.put(f"/companies/{company}/identity", IDENTITY)
    cast.operator.post(
        f"/companies/{company}/verify", {"reason": "Entry in the register and signatory's passport seen."}
    )
    cast.owner.post(f"/companies/{company}/member-invitations", {"email": "milo@lab.example", "role": "manager"})
    asked: str = cast.manager.get("/people/me/member-invitations")["items"][0]["id"]
    cast.manager.post(f"/people/me/member-invitations/{asked}/answer", {"accepted": True})
    say.tell("Prairie Vision Lab is verified; Milo is its manager.")
    return company


def _contractor(cast: Cast, say: Narrator) -> str:
    say.scene("Ana applies as a contractor; a human decides every point, with a reason.")
    ana = cast.contractor
    ana.post(
        "/contractors",
        {
            "country": "US", "subdivision": "US-KS", "timezone": "America/Chicago", "born_on": "1990-05-17",
            "payout_currency": "USD", "languages": {"en": "C1"}, "skills": ["image-labelling"],
        },
    )  # fmt: skip
    say.tell(place_to_be_paid(ana))
    for purpose in ("identity", "residence"):
        ana.send_file(f"/contractors/me/documents?purpose={purpose}", _picture())
    ana.put(
        "/contractors/me/declarations",
        {
            "identity": {
                "kind": "passport", "country": "US", "expires_on": "2029-12-31", "number": "C0 312 5567",
            },
            "work": {"basis": "citizen"},
            "tax": {"country": "US", "number_kind": "none"},
            "terms_sha256": ana.get("/contractors/terms")["text_sha256"],
        },
    )  # fmt: skip
    for kind in ("identity", "residence", "right_to_work", "tax", "terms"):
        ana.post("/contractors/me/requirements", {"kind": kind, "note": "As declared."})
    ana.put("/contractors/me/availability", {"windows": [_whole_day(day) for day in range(7)]})
    contractor: str = ana.get("/people/me")["id"]
    file = cast.operator.get(f"/vetting/contractors/{contractor}")
    for requirement in file["requirements"]:
        if requirement["status"] != "met":
            decision = {"kind": requirement["kind"], "met": True, "reason": "Looked at it; it is as it should be."}
            cast.operator.post(f"/vetting/contractors/{contractor}/requirements", decision)
    cast.operator.post(f"/vetting/contractors/{contractor}/vet", {"reason": "Every requirement is met."})
    say.tell("Ana, in Kansas, is vetted.")
    return contractor


def _picture() -> bytes:
    """A photograph of a made-up document, as small as a PNG can be: one grey point."""
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in (
            (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
            (b"IDAT", zlib.compress(b"\0\x80")),
            (b"IEND", b""),
        )
    )


def _whole_day(day: int) -> dict[str, int]:
    return {"weekday": day, "start_minute": 0, "end_minute": 1440}


def _contract(cast: Cast, company_id: str, contractor_id: str, say: Narrator) -> None:
    say.scene("The lab offers a contract; Ana reads it and signs.")
    terms = json.loads((Path(__file__).parent / "terms.json").read_text())
    hidden = terms | {"nda": terms["nda"] | {"carve_outs": []}}
    try:
        cast.owner.post(f"/companies/{company_id}/contract-templates", {"terms": hidden, "name": "Dana Owner"})
    except Refused as refused:
        say.tell(f"First with a gag: refused. {refused.problem['detail']} {refused.problem['remedy']}")
    template = cast.owner.post(f"/companies/{company_id}/contract-templates", {"terms": terms, "name": "Dana Owner"})
    cast.owner.post(f"/contract-templates/{template['id']}/propose", {"contractor_ids": [contractor_id]})
    (contract,) = cast.contractor.get("/contracts")["items"]
    version = cast.contractor.get(f"/contracts/{contract['id']}/versions")["items"][-1]
    signing = {"name": "Ana Labeller", "text_sha256": version["text_sha256"]}
    cast.contractor.post(f"/contracts/{contract['id']}/sign", signing)
    say.tell(f"Signed by both over SHA-256 {version['text_sha256'][:16]}…, as {terms['engagement_type']}.")


def _terms_of_gig(cast: Cast, rate: str) -> dict[str, Any]:
    return {
        "title": "Label street pictures",
        "description": "Draw boxes around people, cars and signs in street pictures.",
        "work_kind": "image_labelling",
        "payment_model": "hourly",
        "rate": {"amount": rate, "currency": "USD"},
        "planned_minutes": 240,
        "hazard_class": "H0",
        "criteria": {
            "places": [{"country": "US", "subdivision": "US-KS"}],
            "skills": ["image-labelling"],
            "languages": {"en": "B2"},
            "reason": "The instructions are in English.",
        },
        "contact_id": cast.owner.get("/people/me")["id"],
        "data_use": "The labels train and test a model that sees streets.",
    }


def _gig(cast: Cast, company_id: str, say: Narrator, pay_by_card: PayByCard | None) -> tuple[str, dict[str, Any]]:
    say.scene("The lab writes a gig at 1.32 dollars an hour and asks to publish it. The gate refuses.")
    gig: str = cast.owner.post(f"/companies/{company_id}/gigs", _terms_of_gig(cast, "1.32"))["id"]
    refusal = _refused(lambda: cast.owner.post(f"/gigs/{gig}/publish"))
    for verdict in refusal["verdicts"]:
        if verdict["outcome"] == "fail":
            say.verdict(verdict)

    say.scene("At 15.00 dollars, with instructions that a second person verified and the money set aside, it opens.")
    cast.owner.put(f"/gigs/{gig}", _terms_of_gig(cast, "15.00"))
    words = "Draw a box around every person, car and sign. Edge cases, examples, contact and data handling: page 2."
    cast.owner.post(f"/gigs/{gig}/instructions", {"text": words})
    checked = {"checked": ["edge_cases", "examples", "contact", "data_handling", "no_targets"]}
    cast.manager.post(f"/gigs/{gig}/instructions/1/verify", checked)
    say.tell(paid_in(cast.owner, cast.operator, company_id, say, pay_by_card))
    cast.owner.post(f"/gigs/{gig}/fund", {"money": {"amount": "70.00", "currency": "USD"}})
    cast.owner.post(f"/gigs/{gig}/publish")
    say.tell("The gate passed it. Its verdicts are stored with their numbers and sources.")
    return gig, refusal


def _shift(cast: Cast, gig_id: str, say: Narrator) -> tuple[dict[str, Any], dict[str, Any]]:
    say.scene("A shift of four hours in Kansas; matching offers it to Ana and says why.")
    wanted = {"gig_id": gig_id, "starts_at": SHIFT[0], "ends_at": SHIFT[1], "timezone": "America/Chicago", "seats": 1}
    shift = cast.owner.post("/shifts", wanted)
    cast.owner.post(f"/shifts/{shift['id']}/match")
    (offer,) = cast.contractor.get("/offers")["items"]
    parts = ", ".join(f"{p['part']} {p['points']} of 100 (weight {p['weight']})" for p in offer["reason"]["parts"])
    say.tell(f"Why Ana: rank {offer['reason']['rank']}. {parts}.")
    booking = cast.contractor.post(f"/offers/{offer['id']}/accept")
    say.tell(f"Ana accepts. {words(booking['held'])}, the highest it can cost, is held for her booking.")

    say.scene("Somebody books Ana a second time for the same hours. The database says no.")
    second = _refused(lambda: _book_again(cast, wanted))
    say.tell(f"{second['status']} {second['code']}: {second['detail']}")
    return offer, second


def _book_again(cast: Cast, wanted: dict[str, Any]) -> None:
    shift = cast.owner.post("/shifts", wanted)
    cast.owner.post(
        f"/shifts/{shift['id']}/offers",
        {
            "contractor_ids": [cast.contractor.get("/people/me")["id"]],
            "reason": "She knows the pictures.",
            "expires_at": SHIFT[0],
        },
    )
    for offer in cast.contractor.get("/offers?status=pending")["items"]:
        cast.contractor.post(f"/offers/{offer['id']}/accept")


def _work(cast: Cast, offer: dict[str, Any], say: Narrator) -> None:
    say.scene("Ana clocks in on Tuesday at nine, and out at one. The lab approves her timesheet.")
    (booking,) = [b for b in cast.contractor.get("/bookings")["items"] if b["offer_id"] == offer["id"]]
    cast.operator.put("/clock", {"now": SHIFT[0]})
    cast.contractor.post(f"/bookings/{booking['id']}/clock-in")
    cast.operator.put("/clock", {"now": SHIFT[1]})
    cast.contractor.post(f"/bookings/{booking['id']}/clock-out")
    (sheet,) = cast.contractor.get("/timesheets")["items"]
    if sheet["status"] == "open":
        sheet = cast.contractor.post(f"/timesheets/{sheet['id']}/submit")
    sheet = cast.owner.post(f"/timesheets/{sheet['id']}/approve")
    say.tell(f"The timesheet of the week from {sheet['week']} is {sheet['status']}.")


def _pay(cast: Cast, say: Narrator) -> tuple[dict[str, Any], dict[str, Any]]:
    say.scene("On Wednesday, 10 May 2023, an operator starts the pay run.")
    cast.operator.put("/clock", {"now": PAY_DAY})
    cast.operator.post("/pay-runs", {"through": "2023-05-08"})
    until(lambda: _is_paid(cast), "the payslip")
    (slip,) = cast.contractor.get("/payslips")["items"]
    payslip = cast.contractor.get(f"/payslips/{slip['id']}")
    rupiah = cast.contractor.get(f"/payslips/{slip['id']}?currency=IDR")
    say.row("line", "minutes", "money", "to", "rule", "contract")
    for shown in payslip["lines"]:
        line = shown["line"]
        contract = f"{line['contract_id'][:8]} v{line['contract_version']}, {line['engagement_type']}"
        rule = f"{line['rule']} v{line['rule_version']}"
        say.row(line["kind"], line["minutes"], words(line["money"]), line["payee_kind"], rule, contract)
    net, benefits, cost = (words(slip[part]) for part in ("net", "benefits", "cost"))
    say.tell(f"Ana gets {net} and benefits of {benefits}; the lab pays {cost}.")
    exchange = rupiah["exchange"]
    say.tell(f"In rupiah: {words(rupiah['net_there'])}, at the rate of {exchange['quoted_on']}, {exchange['source']}.")
    return payslip, rupiah


def _is_paid(cast: Cast) -> bool:
    slips = cast.contractor.get("/payslips")["items"]
    payouts = cast.contractor.get(f"/payslips/{slips[0]['id']}")["payouts"] if slips else []
    if refused := [payout["why"] for payout in payouts if payout["status"] == "refused"]:
        raise RuntimeError(f"The payout was refused: {refused[0]}")
    if any((payout["rail"], payout["status"]) == ("manual", WAITS) for payout in payouts):
        pay_by_hand(cast.operator)
    return bool(payouts) and all(payout["status"] == "done" for payout in payouts)


def _proof(cast: Cast, say: Narrator) -> dict[str, Any]:
    say.scene("The proof, over everything that is in the books.")
    proof: dict[str, Any] = cast.operator.get("/proof")
    for check in proof["checks"]:
        say.tell(f"{'✓' if check['holds'] else '✗'} {check['sentence']} ({check['examined']} examined)")
    return proof


def _refused(act: Callable[[], Any]) -> dict[str, Any]:
    try:
        act()
    except Refused as refused:
        return refused.problem
    raise AssertionError("The service should have refused this.")
