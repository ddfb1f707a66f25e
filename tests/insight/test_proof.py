"""Signatures: the specification's own test vector, and everything that is no signature of ours."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from marketplace.insight import proof, status

# W3C Data Integrity EdDSA Cryptosuites v1.0, appendix "Representation: eddsa-jcs-2022".
PUBLIC = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
SECRET = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
VALUE = "z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX"
DOCUMENT = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}


def test_the_vector_of_the_specification() -> None:
    secret = proof.multibase(SECRET)
    assert secret is not None
    key = Ed25519PrivateKey.from_private_bytes(secret[2:])
    assert proof.multikey(key.public_key()) == PUBLIC
    made = proof.sign(DOCUMENT, key, method=f"did:key:{PUBLIC}#{PUBLIC}", created="2023-02-24T23:36:38Z")
    assert made["proof"]["proofValue"] == VALUE
    assert proof.is_signed_by(made, proof.public_key(PUBLIC))


@given(st.binary(max_size=40))
def test_base58_comes_back(raw: bytes) -> None:
    assert proof.multibase(f"z{proof.base58(raw)}") == raw


@given(st.data())
def test_whatever_byte_of_a_signed_text_is_changed_it_is_noticed(data: st.DataObject) -> None:
    key = Ed25519PrivateKey.from_private_bytes(b"7" * 32)
    text = json.dumps(proof.sign(DOCUMENT, key, method="k", created="2023-02-24T23:36:38Z")).encode()
    place = data.draw(st.integers(0, len(text) - 1))
    changed = text[:place] + bytes([data.draw(st.integers(0, 255))]) + text[place + 1 :]
    try:
        found = proof.read(changed)
        good = "proof" in found and isinstance(found["proof"], dict) and proof.is_signed_by(found, key.public_key())
    except proof.Unreadable:
        return
    assert not good or found == proof.read(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": 1, "a": 2}', "twice"),
        ('{"a": {"b": 1, "b": 1}}', "twice"),
        ('{"a": NaN}', "not a number"),
        ('{"a": 9007199254740993}', "signed"),
        ('{"a": "\\ud800"}', "signed"),
        ("[1]", "not an object"),
        ("{", "not JSON"),
        ("[" * 100_000, "deeply"),
        (b"\xff\xfe", "not JSON"),
    ],
)
def test_what_readers_could_disagree_about_is_not_read(text: Any, words: str) -> None:
    with pytest.raises(proof.Unreadable, match=words):
        proof.read(text)


@pytest.mark.parametrize("text", ["", "z", "u123", "z0", PUBLIC[:-1], VALUE, "z" + "1" * 34])
def test_what_is_no_key(text: str) -> None:
    with pytest.raises(proof.BadKey):
        proof.public_key(text)


def test_a_list_tells_who_was_taken_back() -> None:
    encoded = status.encode([0, 9, status.SIZE - 1])
    assert [number for number in (0, 1, 8, 9, 10, status.SIZE - 1) if status.is_set(encoded, number)] == [
        0,
        9,
        status.SIZE - 1,
    ]
    assert (status.place(status.SIZE - 1), status.place(status.SIZE)) == ((0, status.SIZE - 1), (1, 0))
    for bad in ("", "x", "u", "u!!", "uAAAA", encoded[:-9]):
        with pytest.raises(status.BadList):
            status.is_set(bad, 0)
    with pytest.raises(status.BadList):
        status.is_set(encoded, status.SIZE)
