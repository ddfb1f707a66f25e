"""Checks a signed work record without its issuer's database, and without trusting who hands it over.

    python -m marketplace.insight.verify record.json
    python -m marketplace.insight.verify record.json --keys did.json --status list.json

Without `--keys` the issuer's published keys are fetched from the address that the record names (did:web, over https;
read the name of that host, since it is whom you believe). Without `--status` the list of what was taken back is fetched
from where the record says.

Exit codes: 0 valid; 1 not a record that can be read; 2 wrong command line; 3 altered or forged; 4 a key that its issuer
does not publish, or has taken back; 5 another algorithm, or none; 6 expired, or not valid yet; 7 taken back; 8 keys or
list could not be had.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

from marketplace.insight import proof, status

MOST_BYTES = 1024 * 1024
PATIENCE = 15
"""Seconds that another machine has to answer."""
RECORD, LIST = "WorkRecordCredential", "BitstringStatusListCredential"


class Outcome(StrEnum):
    VALID = "valid"
    UNREADABLE = "unreadable"
    FORGED = "forged"
    UNKNOWN_KEY = "unknown_key"
    UNKNOWN_ALGORITHM = "unknown_algorithm"
    NOT_IN_TIME = "not_in_time"
    REVOKED = "revoked"
    NOT_CHECKED = "not_checked"


EXIT_CODES: Final[Mapping[Outcome, int]] = MappingProxyType(
    {
        Outcome.VALID: 0,
        Outcome.UNREADABLE: 1,
        Outcome.FORGED: 3,
        Outcome.UNKNOWN_KEY: 4,
        Outcome.UNKNOWN_ALGORITHM: 5,
        Outcome.NOT_IN_TIME: 6,
        Outcome.REVOKED: 7,
        Outcome.NOT_CHECKED: 8,
    }
)
SENTENCES: Final[Mapping[Outcome, str]] = MappingProxyType(
    {
        Outcome.VALID: "This record is as its issuer signed it, it is valid now, and it was not taken back.",
        Outcome.UNREADABLE: "This is not a work record that can be read.",
        Outcome.FORGED: "This record was altered after it was signed, or somebody else signed it.",
        Outcome.UNKNOWN_KEY: "This record names a key that its issuer does not publish, or has taken back.",
        Outcome.UNKNOWN_ALGORITHM: "This record is not signed in the way that is trusted here.",
        Outcome.NOT_IN_TIME: "This record is not valid at this time.",
        Outcome.REVOKED: "This record was taken back.",
        Outcome.NOT_CHECKED: "This record could not be checked.",
    }
)
Fetch = Callable[[str], bytes]
"""Gets what lies at an address. Raises OSError."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: `detail` says more about this case, `record` is the record as far as it was read."""

    outcome: Outcome
    detail: str = ""
    record: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        return SENTENCES[self.outcome]


class _Refused(Exception):
    def __init__(self, outcome: Outcome, detail: str = "") -> None:
        super().__init__(detail)
        self.finding = (outcome, detail)


def check(
    text: str | bytes, at: datetime, *, fetch: Fetch, keys: str | bytes | None = None, listed: str | bytes | None = None
) -> Finding:
    """Whether a record is what its issuer signed, valid `at` that moment, and not taken back.

    `keys` is the issuer's document of keys and `listed` its status list where they are at hand; what is not, `fetch`
    gets from where the record says.
    """
    record: dict[str, Any] = {}
    try:
        record = _read(text, "record")
        document = _document(record, keys, fetch)
        _check_signed(record, document, at, RECORD)
        _check_time(record, at)
        _check_says_something(record)
        _check_not_taken_back(record, document, at, listed, fetch)
    except _Refused as refused:
        return Finding(*refused.finding, record)
    return Finding(Outcome.VALID, record=record)


def key_address(did: str) -> str:
    """Where the keys of a did:web lie: https, but for this machine itself, where nobody stands in between. Raises
    ValueError for any other kind of name."""
    method, _, rest = did.removeprefix("did:").partition(":")
    if not did.startswith("did:") or method != "web" or not rest:
        raise ValueError("The issuer is not a did:web.")
    host, *path = [unquote(part) for part in rest.split(":")]
    split = urlsplit(f"//{host}")
    if split.netloc != host or not split.hostname or split.username or any("/" in part for part in path):
        raise ValueError("The issuer's name is not that of a host.")
    scheme = "http" if split.hostname in ("127.0.0.1", "localhost") else "https"
    return f"{scheme}://{host}/{'/'.join(path or ['.well-known'])}/did.json"


def fetch_from_web(address: str) -> bytes:
    """Raises OSError, also for what is too large or not on the web."""
    split = urlsplit(address)
    if split.scheme != "https" and split.hostname not in ("127.0.0.1", "localhost"):
        raise OSError(f"{address} is not an https address.")
    if split.scheme not in ("http", "https"):
        raise OSError(f"{address} is not on the web.")
    asked = Request(address, headers={"Accept": "application/json"})  # noqa: S310 - looked at above
    with urlopen(asked, timeout=PATIENCE) as answer:  # noqa: S310
        found: bytes = answer.read(MOST_BYTES + 1)
    if len(found) > MOST_BYTES:
        raise OSError(f"{address} is larger than {MOST_BYTES} bytes.")
    return found


# --- the steps ------------------------------------------------------------------------------------------------------


def _read(text: str | bytes, what: str) -> dict[str, Any]:
    start = text[:3] if isinstance(text, str) else text[:3].decode("latin-1")
    if start == "eyJ":
        raise _Refused(Outcome.UNKNOWN_ALGORITHM, "It is a JSON Web Token; records carry a Data Integrity proof.")
    try:
        return proof.read(text)
    except proof.Unreadable as broken:
        raise _Refused(Outcome.UNREADABLE, f"The {what}: {broken}") from broken


def _document(record: Mapping[str, Any], keys: str | bytes | None, fetch: Fetch) -> dict[str, Any]:
    """The issuer's keys: those at hand, or those it publishes."""
    did = _issuer(record)
    if keys is None:
        try:
            keys = fetch(key_address(did))
        except (OSError, ValueError) as failed:
            raise _Refused(Outcome.NOT_CHECKED, f"The keys of {did} could not be had: {failed}") from failed
    found = _read(keys, "document of keys")
    if found.get("id") != did:
        raise _Refused(Outcome.UNKNOWN_KEY, f"The keys are those of {found.get('id')}, the record is by {did}.")
    return found


def _issuer(record: Mapping[str, Any]) -> str:
    issuer = record.get("issuer")
    did = issuer.get("id") if isinstance(issuer, dict) else issuer
    if not isinstance(did, str):
        raise _Refused(Outcome.UNREADABLE, "It names no issuer.")
    return did


def _check_signed(record: Mapping[str, Any], document: Mapping[str, Any], at: datetime, kind: str) -> None:
    types = record.get("type")
    if not isinstance(types, list) or not {"VerifiableCredential", kind} <= set(map(str, types)):
        raise _Refused(Outcome.UNREADABLE, f"It is no {kind}.")
    signed = record.get("proof")
    if not isinstance(signed, dict):
        raise _Refused(Outcome.UNKNOWN_ALGORITHM, "It carries no signature, or more than one.")
    named = [signed.get(name) for name in ("type", "cryptosuite", "proofPurpose")]
    if named != [proof.TYPE, proof.SUITE, proof.PURPOSE]:
        raise _Refused(Outcome.UNKNOWN_ALGORITHM, f"It is signed as {named}.")
    if not proof.is_signed_by(record, _key(signed.get("verificationMethod"), document, at)):
        raise _Refused(Outcome.FORGED)


def _key(method: Any, document: Mapping[str, Any], at: datetime) -> Any:
    """The key of that address, if the issuer publishes it for such statements and has not taken it back."""
    allowed = document.get(proof.PURPOSE)
    methods = document.get("verificationMethod")
    known = [each for each in methods if isinstance(each, dict)] if isinstance(methods, list) else []
    found = next((each for each in known if each.get("id") == method), None)
    if found is None or not isinstance(allowed, list) or method not in allowed:
        raise _Refused(Outcome.UNKNOWN_KEY, f"{method} is not among the keys of {document.get('id')}.")
    if found.get("controller") != document.get("id"):
        raise _Refused(Outcome.UNKNOWN_KEY, f"{method} belongs to somebody else.")
    if "revoked" in found and _moment(found["revoked"], "the key's end") <= at:
        raise _Refused(Outcome.UNKNOWN_KEY, f"{method} was taken back on {found['revoked']}.")
    try:
        return proof.public_key(found.get("publicKeyMultibase", ""))
    except proof.BadKey as bad:
        raise _Refused(Outcome.UNKNOWN_KEY, f"{method}: {bad}") from bad


def _check_time(record: Mapping[str, Any], at: datetime) -> None:
    begins, ends = (_moment(record.get(name), name) for name in ("validFrom", "validUntil"))
    if at < begins:
        raise _Refused(Outcome.NOT_IN_TIME, f"It is valid from {record['validFrom']} on.")
    if at >= ends:
        raise _Refused(Outcome.NOT_IN_TIME, f"It was valid until {record['validUntil']}.")


def _check_says_something(record: Mapping[str, Any]) -> None:
    if not isinstance(record.get("credentialSubject"), dict):
        raise _Refused(Outcome.UNREADABLE, "It says nothing.")


def _check_not_taken_back(
    record: Mapping[str, Any], document: Mapping[str, Any], at: datetime, listed: str | bytes | None, fetch: Fetch
) -> None:
    entry = record.get("credentialStatus")
    if not isinstance(entry, dict) or entry.get("statusPurpose") != status.PURPOSE:
        raise _Refused(Outcome.UNREADABLE, "It does not say where it would be taken back.")
    address, index = entry.get("statusListCredential"), entry.get("statusListIndex")
    if not isinstance(address, str) or not isinstance(index, str) or not (index.isascii() and index.isdigit()):
        raise _Refused(Outcome.UNREADABLE, "It does not say where it would be taken back.")
    if listed is None:
        try:
            listed = fetch(address)
        except (OSError, ValueError) as failed:
            raise _Refused(Outcome.NOT_CHECKED, f"{address} could not be had: {failed}") from failed
    try:
        taken_back = _is_on(_read(listed, "list"), address, int(index), document, at)
    except _Refused as refused:
        raise _Refused(Outcome.NOT_CHECKED, f"The list of what was taken back is not good: {refused}") from refused
    if taken_back:
        raise _Refused(Outcome.REVOKED)


def _is_on(found: Mapping[str, Any], address: str, index: int, document: Mapping[str, Any], at: datetime) -> bool:
    if found.get("id") != address or _issuer(found) != document.get("id"):
        raise _Refused(Outcome.FORGED, f"It is not the list {address} of that issuer.")
    _check_signed(found, document, at, LIST)
    _check_time(found, at)
    subject = found.get("credentialSubject")
    if not isinstance(subject, dict) or subject.get("statusPurpose") != status.PURPOSE:
        raise _Refused(Outcome.UNREADABLE, "It is a list of something else.")
    try:
        return status.is_set(str(subject.get("encodedList")), index)
    except status.BadList as bad:
        raise _Refused(Outcome.UNREADABLE, str(bad)) from bad


def _moment(text: Any, what: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError) as broken:
        raise _Refused(Outcome.UNREADABLE, f"{what} is not a moment.") from broken
    if moment.tzinfo is None:
        raise _Refused(Outcome.UNREADABLE, f"{what} has no time zone.")
    return moment


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _now() -> datetime:
    """What this machine's own clock says: whoever checks a record asks nobody else for the time."""
    return datetime.fromtimestamp(time.time(), UTC)


# --- the command ----------------------------------------------------------------------------------------------------


def told(finding: Finding) -> str:
    """The finding as a person reads it in a terminal: what was found, by whom it is, and what it says."""
    lines = [finding.sentence, *([_harmless(finding.detail)] if finding.detail else [])]
    if finding.outcome is Outcome.VALID:
        record = finding.record
        lines += [
            "",
            f"signed by   {_harmless(_issuer(record))}",
            f"valid       {record['validFrom']} to {record['validUntil']}",
            *(
                f"{_harmless(name):11} {_line(value)}"
                for name, value in record["credentialSubject"].items()
                if name != "type"
            ),
        ]
    return "\n".join(lines)


def _harmless(text: str) -> str:
    """Without line ends and what steers a terminal: whoever signed the record chose its words, and could write another
    name under `signed by`."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def _line(value: Any) -> str:
    if isinstance(value, list):
        return "".join(f"\n            - {_line(each)}" for each in value).strip() if value else "none"
    if isinstance(value, dict):
        return ", ".join(f"{_harmless(name)}: {_line(inner)}" for name, inner in value.items())
    return _harmless(str(value))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command. Returns the exit code."""
    asked = argparse.ArgumentParser(
        prog="python -m marketplace.insight.verify",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    asked.add_argument("file", help="the record; - reads it from standard input")
    asked.add_argument("--keys", metavar="FILE", help="the issuer's did.json, instead of fetching it")
    asked.add_argument("--status", metavar="FILE", help="the status list, instead of fetching it")
    asked.add_argument("--at", metavar="MOMENT", type=_instant, help="check as of that moment, 2026-12-01T00:00:00Z")
    asked.add_argument("--json", action="store_true", help="say it as JSON")
    given = asked.parse_args(arguments)
    try:
        text = sys.stdin.buffer.read() if given.file == "-" else Path(given.file).read_bytes()
        beside = [Path(name).read_bytes() if name else None for name in (given.keys, given.status)]
    except OSError as failed:
        sys.stderr.write(f"{failed}\n")
        return 2
    finding = check(text, given.at or _now(), fetch=fetch_from_web, keys=beside[0], listed=beside[1])
    if given.json:
        shown = {"outcome": finding.outcome, "sentence": finding.sentence, "detail": finding.detail}
        sys.stdout.write(json.dumps(shown | {"record": finding.record}, ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write(told(finding) + "\n")
    return EXIT_CODES[finding.outcome]


if __name__ == "__main__":
    sys.exit(main())
