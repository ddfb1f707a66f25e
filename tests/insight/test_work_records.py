"""Signed work records: what they attest, that strangers can check them, and that nothing else passes."""

import copy
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.accounts.rules import OperatorRole
from marketplace.cli import rotate_key
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.idempotency import StoredAnswer
from marketplace.insight import issuer, proof, verify, work_records
from marketplace.insight.rules import NothingToAttest, Part
from marketplace.insight.verify import Outcome, check, key_address
from marketplace.insight.verifying import verify as verify_here
from tests.conftest import again, kept
from tests.factories import accounts, disputes, pay, qualifications, shifts, workforce
from tests.web.visitor import Visitor

ALL = [str(part) for part in Part]


@pytest.fixture(scope="module")
def _ana(ground: None) -> Any:
    return kept(lambda: accounts.actor_of(disputes.worked_and_cut().contractor_id))


@pytest.fixture
def ana(_ana: Any, app: Flask) -> Any:
    """Somebody with four hours in Kansas, of which one was cut."""
    return again(_ana)


@pytest.fixture
def record(ana: Any) -> dict[str, Any]:
    return work_records.issue(list(Part), by=ana)[1]


def judged(record: Any, **more: Any) -> Outcome:
    text = record if isinstance(record, str) else json.dumps(record)
    return check(text, more.pop("at", clock.now()), fetch=more.pop("fetch", published), **more).outcome


def published(address: str) -> bytes:
    """What the service publishes, as a stranger gets it."""
    if address == key_address(issuer.did()):
        return json.dumps(issuer.did_document()).encode()
    return json.dumps(work_records.status_list(int(address.rsplit("/", 1)[1]))).encode()


def test_a_record_attests_what_was_chosen_and_nothing_else(ana: Any) -> None:
    """Four hours were handed in and one was cut: three hours of work, 75.0 % approved. The company is told by its
    country until it agrees to be named."""
    _, whole = work_records.issue(list(Part), by=ana)
    said = whole["credentialSubject"]
    assert said["hours"] == [{"kind": "image_labelling", "hours": "3.00"}]
    assert said["approval"] == {"handedIn": "4.00", "approved": "3.00", "percent": "75.0"}
    assert said["period"] == {"from": "2026-11", "until": "2026-11"}
    assert said["companies"] == [{"country": "DE", "from": "2026-11", "until": "2026-11", "hours": "3.00"}]
    assert said["skills"] == [{"skill": "image-labelling", "basis": "declared"}]
    assert said["qualifications"] == []
    assert said["name"] == "Ana Example"
    row, part = work_records.issue([Part.HOURS], by=ana)
    assert set(part["credentialSubject"]) == {"type", "hours"}
    assert str(ana.person_id) not in json.dumps([whole, part])
    assert row.parts == ["hours"]


def test_a_company_is_named_when_it_agreed(client: FlaskClient) -> None:
    there = shifts.scene()
    me = accounts.actor_of(pay.worked_and_approved(there).contractor_id)
    work_records.set_naming(there.company_id, True, by=there.company)
    (told,) = work_records.preview(by=me)["companies"]
    assert told["name"] == "Lab Example GmbH"
    work_records.set_naming(there.company_id, False, by=there.company)
    assert "name" not in work_records.preview(by=me)["companies"][0]


def test_a_passed_test_stands_in_it(ana: Any) -> None:
    found = qualifications.service_test()
    qualifications.taken(found, ana.person_id)
    (told,) = work_records.preview(by=ana)["qualifications"]
    assert told["title"] == found.title
    assert told["until"] > clock.now().date().isoformat()


def test_without_approved_work_there_is_nothing_to_attest(app: Flask) -> None:
    with pytest.raises(NothingToAttest):
        work_records.issue([Part.SKILLS], by=accounts.actor_of(workforce.contractor().id))


def test_a_stranger_can_check_it(record: dict[str, Any]) -> None:
    assert judged(record) is Outcome.VALID
    assert judged(json.dumps(record, indent=4, sort_keys=True)) is Outcome.VALID


def changed(record: dict[str, Any], *place: str, to: Any) -> dict[str, Any]:
    made = copy.deepcopy(record)
    node = made
    for step in place[:-1]:
        node = node[step]
    if to is None:
        del node[place[-1]]
    else:
        node[place[-1]] = to
    return made


def test_whoever_changes_it_is_found_out(record: dict[str, Any]) -> None:
    said = record["credentialSubject"]
    more = [{"kind": "image_labelling", "hours": "300.00"}]
    assert judged(changed(record, "credentialSubject", to=said | {"hours": more})) is Outcome.FORGED
    assert judged(changed(record, "credentialSubject", "name", to="Bea")) is Outcome.FORGED
    assert judged(changed(record, "validUntil", to="2099-01-01T00:00:00Z")) is Outcome.FORGED
    assert judged(changed(record, "proof", "created", to="2020-01-01T00:00:00Z")) is Outcome.FORGED
    assert judged(changed(record, "credentialStatus", to=None)) is Outcome.FORGED
    assert judged(changed(record, "proof", "proofValue", to="z1")) is Outcome.FORGED


def test_another_key_is_not_the_issuers(record: dict[str, Any]) -> None:
    """Signed rightly, by somebody else: with their key under our name, and under a name of theirs."""
    key = Ed25519PrivateKey.generate()
    plain = {name: value for name, value in record.items() if name != "proof"}
    own = f"{issuer.did()}#{proof.multikey(key.public_key())}"
    assert judged(proof.sign(plain, key, method=own, created="2026-11-23T00:00:00Z")) is Outcome.UNKNOWN_KEY
    ours = record["proof"]["verificationMethod"]
    assert judged(proof.sign(plain, key, method=ours, created="2026-11-23T00:00:00Z")) is Outcome.FORGED
    theirs = proof.sign(plain | {"issuer": "did:web:evil.example"}, key, method=own, created="2026-11-23T00:00:00Z")
    assert judged(theirs, keys=json.dumps(issuer.did_document())) is Outcome.UNKNOWN_KEY
    assert verify_here(json.dumps(theirs)).outcome is Outcome.NOT_CHECKED


def resigned(record: dict[str, Any], subject: Any) -> dict[str, Any]:
    document = {name: value for name, value in record.items() if name != "proof"}
    return issuer.signed(document | {"credentialSubject": subject})


def test_words_of_a_record_draw_nothing_on_the_terminal(record: dict[str, Any]) -> None:
    """Whoever signs chooses the words: none of them can stand as a line of its own, or steer what is shown."""
    said = {"name": "Ana\nsigned by   did:web:trusted.example\x1b[2J\u202e", "a\nb": [{"c\nd": "e\nf"}]}
    made = resigned(record, said)
    assert judged(made) is Outcome.VALID
    shown = verify.told(check(json.dumps(made), clock.now(), fetch=published))
    assert [line for line in shown.splitlines() if line.startswith("signed by")] == [f"signed by   {issuer.did()}"]
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert judged(resigned(record, ["nothing"])) is Outcome.UNREADABLE


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ((("proof", "cryptosuite"), "none"), Outcome.UNKNOWN_ALGORITHM),
        ((("proof", "cryptosuite"), "eddsa-rdfc-2022"), Outcome.UNKNOWN_ALGORITHM),
        ((("proof", "type"), "RsaSignature2018"), Outcome.UNKNOWN_ALGORITHM),
        ((("proof", "proofPurpose"), "authentication"), Outcome.UNKNOWN_ALGORITHM),
        ((("proof",), None), Outcome.UNKNOWN_ALGORITHM),
        ((("proof",), []), Outcome.UNKNOWN_ALGORITHM),
        ((("type",), ["VerifiableCredential"]), Outcome.UNREADABLE),
        ((("issuer",), None), Outcome.UNREADABLE),
    ],
)
def test_another_algorithm_or_shape(record: dict[str, Any], change: Any, expected: Outcome) -> None:
    place, value = change
    assert judged(changed(record, *place, to=value)) is expected


def test_texts_that_are_no_record(record: dict[str, Any]) -> None:
    twice = json.dumps(record).replace('"type": ["Ver', '"type": [], "type": ["Ver', 1)
    assert judged(twice) is Outcome.UNREADABLE
    assert judged("eyJhbGciOiJub25lIn0.e30.") is Outcome.UNKNOWN_ALGORITHM
    assert judged("") is Outcome.UNREADABLE
    assert judged("[]") is Outcome.UNREADABLE


def test_a_record_has_its_time(record: dict[str, Any]) -> None:
    now = clock.now()
    assert judged(record, at=now - timedelta(hours=1)) is Outcome.NOT_IN_TIME
    clock.move_to(now + timedelta(days=364))
    assert judged(record) is Outcome.VALID
    clock.move_to(now + timedelta(days=365))
    assert judged(record) is Outcome.NOT_IN_TIME


def test_what_was_taken_back_is_known_to_everybody(ana: Any) -> None:
    row, mine = work_records.issue([Part.HOURS], by=ana)
    _, other = work_records.issue([Part.HOURS], by=ana)
    saved = json.dumps(work_records.status_list(0))
    work_records.revoke(row.id, by=ana)
    assert (judged(mine), judged(other)) == (Outcome.REVOKED, Outcome.VALID)
    assert judged(mine, listed=saved) is Outcome.VALID
    assert judged(mine, listed=saved, at=clock.now() + timedelta(days=2)) is Outcome.NOT_CHECKED
    assert judged(mine, listed=json.dumps(other)) is Outcome.NOT_CHECKED
    assert judged(mine, listed=saved.replace("revocation", "suspension")) is Outcome.NOT_CHECKED


def test_keys_change_and_old_records_stay_good(record: dict[str, Any], ana: Any) -> None:
    admin = accounts.operator()
    issuer.rotate(lost=False, by=admin)
    _, newer = work_records.issue([Part.HOURS], by=ana)
    assert newer["proof"]["verificationMethod"] != record["proof"]["verificationMethod"]
    assert (judged(record), judged(newer)) == (Outcome.VALID, Outcome.VALID)
    issuer.rotate(lost=True, by=admin)
    assert (judged(record), judged(newer)) == (Outcome.VALID, Outcome.UNKNOWN_KEY)
    assert [row.revoked_because for row in db.session.scalars(work_records.issued(ana))].count("key_lost") == 1


def unreachable(address: str) -> bytes:
    raise OSError(f"no way to {address}")


def test_what_cannot_be_had_is_said(record: dict[str, Any]) -> None:
    assert judged(record, fetch=unreachable) is Outcome.NOT_CHECKED
    assert judged(record, fetch=unreachable, keys=json.dumps(issuer.did_document())) is Outcome.NOT_CHECKED
    assert judged(record | {"issuer": "did:key:z6Mk"}) is Outcome.NOT_CHECKED
    assert judged(record, keys="{}") is Outcome.UNKNOWN_KEY


@pytest.mark.parametrize(
    ("did", "address"),
    [
        ("did:web:setara.example", "https://setara.example/.well-known/did.json"),
        ("did:web:setara.example%3A8443:a:b", "https://setara.example:8443/a/b/did.json"),
        ("did:web:127.0.0.1%3A8000", "http://127.0.0.1:8000/.well-known/did.json"),
    ],
)
def test_where_keys_lie(did: str, address: str) -> None:
    assert key_address(did) == address


@pytest.mark.parametrize("did", ["did:key:z6Mk", "did:web:", "web:x", "did:web:user%40host", "did:web:a%2Fb", ""])
def test_names_that_are_not_of_hosts(did: str) -> None:
    with pytest.raises(ValueError, match="issuer"):
        key_address(did)


@pytest.mark.parametrize("address", ["file:///etc/passwd", "http://example.com/did.json", "ftp://localhost/x"])
def test_nothing_is_fetched_but_over_https(address: str) -> None:
    with pytest.raises(OSError, match="is not"):
        verify.fetch_from_web(address)


def test_the_command_of_the_readme(record: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With files only: no service, no network."""
    texts = {"record": record, "keys": issuer.did_document(), "list": work_records.status_list(0)}
    for name, content in texts.items():
        (tmp_path / name).write_text(json.dumps(content))
    beside = ["--keys", f"{tmp_path}/keys", "--status", f"{tmp_path}/list", "--at", clock.now().isoformat()]
    assert verify.main([f"{tmp_path}/record", *beside]) == 0
    said = capsys.readouterr().out
    assert "is as its issuer signed it" in said
    assert "image_labelling, hours: 3.00" in said
    (tmp_path / "record").write_text(json.dumps(record).replace('"3.00"', '"9.00"'))
    assert verify.main([f"{tmp_path}/record", *beside, "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["outcome"] == "forged"
    assert verify.main([f"{tmp_path}/nothing"]) == 2


# --- doors ----------------------------------------------------------------------------------------------------------

ROUTE = "/api/v1/work-records"


@pytest.mark.door(f"POST {ROUTE}", "works")
@pytest.mark.door(f"POST {ROUTE}", "not_signed_in")
@pytest.mark.door(f"POST {ROUTE}", "wrong_state")
@pytest.mark.door(f"POST {ROUTE}", "wrong_shape")
@pytest.mark.door(f"POST {ROUTE}/verifications", "works")
@pytest.mark.door(f"POST {ROUTE}/verifications", "wrong_shape")
@pytest.mark.door(f"GET {ROUTE}/status/<int:number>", "works")
def test_a_record_through_the_doors(client: FlaskClient, ana: Any) -> None:
    headers = accounts.bearer(ana)
    assert client.post(ROUTE, json={"parts": ALL}).status_code == 401
    assert client.post(ROUTE, json={"parts": ["rating"]}, headers=headers).status_code == 422
    assert client.post(ROUTE, json={"parts": ["name"]}, headers=headers).json["code"] == "no_part_chosen"
    newcomer = accounts.bearer(workforce.contractor().id)
    refused = client.post(ROUTE, json={"parts": ALL}, headers=newcomer)
    assert (refused.status_code, refused.json["code"]) == (409, "nothing_to_attest")
    made = client.post(ROUTE, json={"parts": ALL}, headers=headers | {"Idempotency-Key": "once"})
    assert made.status_code == 201
    assert db.session.scalars(select(StoredAnswer.body)).all() == [], "a record is kept nowhere"
    text = json.dumps(made.json["credential"])
    told = client.post(f"{ROUTE}/verifications", json={"record": text}).json
    assert (told["outcome"], told["record"]["credentialSubject"]["name"]) == ("valid", "Ana Example")
    assert client.post(f"{ROUTE}/verifications", json={"record": 7}).status_code == 422
    assert client.get(f"{ROUTE}/status/0").json["proof"]["cryptosuite"] == "eddsa-jcs-2022"
    assert client.get(f"{ROUTE}/status/7").status_code == 404
    assert client.get(f"{ROUTE}/status/{2**63}").status_code == 404


@pytest.mark.door(f"GET {ROUTE}", "works")
@pytest.mark.door(f"GET {ROUTE}", "not_signed_in")
@pytest.mark.door(f"GET {ROUTE}", "wrong_shape")
@pytest.mark.door(f"GET {ROUTE}/preview", "works")
@pytest.mark.door(f"GET {ROUTE}/preview", "not_signed_in")
@pytest.mark.door(f"POST {ROUTE}/<uuid:record_id>/revoke", "works")
@pytest.mark.door(f"POST {ROUTE}/<uuid:record_id>/revoke", "not_signed_in")
@pytest.mark.door(f"POST {ROUTE}/<uuid:record_id>/revoke", "not_mine")
def test_ones_own_records(client: FlaskClient, ana: Any, record: dict[str, Any]) -> None:
    headers, address = accounts.bearer(ana), f"{ROUTE}/{record['id'].rsplit(':', 1)[1]}/revoke"
    for path in (ROUTE, f"{ROUTE}/preview"):
        assert client.get(path).status_code == 401
    assert client.get(ROUTE, query_string={"limit": "x"}, headers=headers).status_code == 422
    assert client.get(f"{ROUTE}/preview", headers=headers).json["parts"]["name"] == "Ana Example"
    assert client.post(address).status_code == 401
    assert client.post(address, headers=accounts.bearer(workforce.contractor().id)).status_code == 404
    assert client.post(address, headers=headers).json["revoked_because"] == "by_person"
    assert [each["revoked_because"] for each in client.get(ROUTE, headers=headers).json["items"]] == ["by_person"]


KEYS = "/api/v1/issuer/keys"


@pytest.mark.door(f"GET {KEYS}", "works")
@pytest.mark.door(f"GET {KEYS}", "not_signed_in")
@pytest.mark.door(f"POST {KEYS}", "works")
@pytest.mark.door(f"POST {KEYS}", "not_signed_in")
@pytest.mark.door(f"POST {KEYS}", "wrong_shape")
def test_only_admins_change_the_key(client: FlaskClient) -> None:
    assert (client.get(KEYS).status_code, client.post(KEYS, json={"lost": False}).status_code) == (401, 401)
    vetter = accounts.bearer(accounts.operator(OperatorRole.VETTING))
    assert client.post(KEYS, json={"lost": False}, headers=vetter).status_code == 403
    headers = accounts.bearer(accounts.operator())
    assert client.post(KEYS, json={"lost": "no"}, headers=headers).status_code == 422
    for _ in range(2):
        made = client.post(KEYS, json={"lost": False}, headers=headers).json
    assert [each["retired_at"] is None for each in client.get(KEYS, headers=headers).json["items"]] == [True, False]
    assert made["multikey"] in json.dumps(client.get("/.well-known/did.json").json["assertionMethod"])


def test_the_command_changes_the_key(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(rotate_key, [])
    assert answer.exit_code == 0, answer.output
    assert "signed with z6Mk" in answer.output


NAMING = "/api/v1/companies/<uuid:company_id>/naming"


@pytest.mark.door(f"GET {NAMING}", "works")
@pytest.mark.door(f"GET {NAMING}", "not_signed_in")
@pytest.mark.door(f"GET {NAMING}", "not_mine")
@pytest.mark.door(f"PUT {NAMING}", "works")
@pytest.mark.door(f"PUT {NAMING}", "not_signed_in")
@pytest.mark.door(f"PUT {NAMING}", "not_mine")
@pytest.mark.door(f"PUT {NAMING}", "wrong_shape")
def test_a_company_says_whether_it_may_be_named(client: FlaskClient) -> None:
    company = accounts.company()
    path, headers = f"/api/v1/companies/{company.id}/naming", accounts.bearer(accounts.owner_of(company.id))
    assert (client.get(path).status_code, client.put(path, json={"agreed": True}).status_code) == (401, 401)
    other = accounts.bearer(accounts.owner_of(accounts.company().id))
    assert client.get(path, headers=other).status_code == 404
    assert client.put(path, json={"agreed": True}, headers=other).status_code == 404
    assert client.put(path, json={"agreed": "yes"}, headers=headers).status_code == 422
    for agreed in (True, True, False, False):
        assert client.put(path, json={"agreed": agreed}, headers=headers).json == {"agreed": agreed}
        assert client.get(path, headers=headers).json == {"agreed": agreed}


# --- pages ----------------------------------------------------------------------------------------------------------


def test_a_record_through_the_pages(client: FlaskClient, ana: Any) -> None:
    visitor = Visitor(client).signed_in(db.session.get_one(Person, ana.person_id))
    page = visitor.look("/me/work-record")
    assert "image labelling 3 h" in page.words
    refused = visitor.hand_in(page, parts=["name"])
    assert "A record of nothing attests nothing." in refused.words
    made = visitor.send("/me/work-record", parts=["hours", "name"])
    assert json.loads(made.html)["credentialSubject"]["name"] == "Ana Example"
    stranger = Visitor(client.application.test_client())
    checked = stranger.send("/verify", record=made.html)
    assert "is as its issuer signed it" in checked.words
    assert "Ana Example" in checked.words
    assert "altered" in stranger.send("/verify", record=made.html.replace("3.00", "4.00")).words
    listed = visitor.look("/me/work-record")
    action = next(form.action for form in listed.forms if form.action.endswith("/revoke"))
    assert "taken back" in visitor.hand_in(listed, action).words
    assert "This record was taken back." in stranger.send("/verify", record=made.html).words


def test_the_pages_of_keys_and_of_naming(client: FlaskClient) -> None:
    company = accounts.company()
    owner = Visitor(client).signed_in(db.session.get_one(Person, accounts.owner_of(company.id).person_id))
    path = f"/company/{company.id}/naming"
    assert "Your name may stand in them" in owner.send(path).words
    admin = Visitor(client.application.test_client())
    page = admin.signed_in(db.session.get_one(Person, accounts.operator().person_id)).send("/desk/issuer")
    assert "signs now" in page.words
