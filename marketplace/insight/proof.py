"""Signatures over JSON: W3C Data Integrity proofs of the cryptosuite `eddsa-jcs-2022`.

The document and the proof's own options are each put into the one canonical form of RFC 8785 and hashed with SHA-256;
the two digests, options first, are signed with Ed25519. Pure: no database, no network, no clock, so that whoever checks
a record runs these lines and nothing else of the service.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

TYPE, SUITE, PURPOSE = "DataIntegrityProof", "eddsa-jcs-2022", "assertionMethod"
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ED25519_PUBLIC = b"\xed\x01"
"""The multicodec of an Ed25519 public key."""
SIGNATURE_BYTES = 64


class Unreadable(ValueError):
    """The text is no JSON document that a signature could be about. The words say why."""


class BadKey(ValueError):
    """The text is not an Ed25519 public key in the form of a Multikey."""


def read(text: str | bytes) -> dict[str, Any]:
    """The JSON object in the text. Raises Unreadable also where two members have one name, since readers would
    disagree about which of them counts, and for numbers that have no one canonical form."""
    try:
        found = json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_number)
        rfc8785.dumps(found)
    except Unreadable:
        raise
    except RecursionError as deep:
        raise Unreadable("It is nested too deeply.") from deep
    except ValueError as broken:
        raise Unreadable(f"It is not JSON that can be signed: {broken}.") from broken
    if not isinstance(found, dict):
        raise Unreadable("It is JSON, but not an object.")
    return found


def sign(document: Mapping[str, Any], key: Ed25519PrivateKey, *, method: str, created: str) -> dict[str, Any]:
    """The document with a proof. `method` is the address of the public key, `created` a moment (XMLSchema)."""
    options = {
        "type": TYPE,
        "cryptosuite": SUITE,
        "created": created,
        "verificationMethod": method,
        "proofPurpose": PURPOSE,
    }
    if "@context" in document:
        options["@context"] = document["@context"]
    signature = key.sign(_to_sign(document, options))
    return dict(document) | {"proof": options | {"proofValue": f"z{base58(signature)}"}}


def is_signed_by(secured: Mapping[str, Any], key: Ed25519PublicKey) -> bool:
    """Whether the document's one proof, of our type and suite, was made over exactly this document with that key."""
    proof = dict(secured["proof"])
    signature = multibase(proof.pop("proofValue", None))
    document = {name: value for name, value in secured.items() if name != "proof"}
    if signature is None or len(signature) != SIGNATURE_BYTES or not _speaks_of(document, proof):
        return False
    try:
        key.verify(signature, _to_sign(document, proof))
    except InvalidSignature:
        return False
    return True


def public_key(multikey: str) -> Ed25519PublicKey:
    """The key in `z6Mk...`. Raises BadKey."""
    raw = multibase(multikey)
    if raw is None or not raw.startswith(_ED25519_PUBLIC) or len(raw) != 34:
        raise BadKey("It is not an Ed25519 public key (Multikey).")
    return Ed25519PublicKey.from_public_bytes(raw.removeprefix(_ED25519_PUBLIC))


def multikey(key: Ed25519PublicKey) -> str:
    """The key as text, as documents of keys name it: base58 of its multicodec and its 32 bytes."""
    return f"z{base58(_ED25519_PUBLIC + key.public_bytes_raw())}"


def base58(raw: bytes) -> str:
    """Bitcoin's alphabet of 58 letters; each zero byte in front is a 1."""
    number, letters = int.from_bytes(raw, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        letters = _BASE58[rest] + letters
    return "1" * (len(raw) - len(raw.lstrip(b"\0"))) + letters


def multibase(text: Any) -> bytes | None:
    """The bytes behind `z` and base58; None when it is something else."""
    if not isinstance(text, str) or not text.startswith("z") or len(text) > 200:
        return None
    number = 0
    for letter in text[1:]:
        place = _BASE58.find(letter)
        if place < 0:
            return None
        number = number * 58 + place
    zeros = len(text[1:]) - len(text[1:].lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def _to_sign(document: Mapping[str, Any], options: Mapping[str, Any]) -> bytes:
    """Section 3.3.4 of the suite: the digest of the options, then that of the document."""
    return b"".join(hashlib.sha256(rfc8785.dumps(dict(part))).digest() for part in (options, document))


def _speaks_of(document: Mapping[str, Any], proof: Mapping[str, Any]) -> bool:
    """A proof that names contexts is about a document that begins with them (section 3.3.2, step 4)."""
    if "@context" not in proof:
        return True
    own, named = _listed(document.get("@context")), _listed(proof["@context"])
    return own[: len(named)] == named


def _listed(contexts: Any) -> Sequence[Any]:
    return contexts if isinstance(contexts, list) else [contexts]


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Unreadable(f"The member {twice!r} stands in it twice.")
    return made


def _no_number(word: str) -> None:
    raise Unreadable(f"{word} is not a number of JSON.")
