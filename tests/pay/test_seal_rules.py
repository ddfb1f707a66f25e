"""The hash tree, by RFC 9162's own definition, and the command that checks a proof, by everything that is changed."""

import hashlib
import json
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.pay.seals import rules, verify
from marketplace.pay.seals.rules import SealLine

AT = datetime(2026, 12, 1, 10, tzinfo=UTC)
SALT = bytes(range(32))
leaves = st.lists(st.binary(max_size=8), min_size=1, max_size=40)


def by_definition(data: list[bytes]) -> bytes:
    """The Merkle Tree Hash as RFC 9162, section 2.1.1, writes it down: split at the largest power of two below n."""
    if len(data) == 1:
        return hashlib.sha256(b"\x00" + data[0]).digest()
    split = 1 << (len(data) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + by_definition(data[:split]) + by_definition(data[split:])).digest()


@given(leaves)
def test_the_root_is_that_of_the_definition(data: list[bytes]) -> None:
    assert rules.tree([rules.leaf_hash(each) for each in data]).root == by_definition(data)


@given(leaves, st.data())
def test_every_leaf_reaches_the_root_by_its_own_path_and_by_no_other_place(data: list[bytes], draw: Any) -> None:
    made = rules.tree([rules.leaf_hash(each) for each in data])
    place = draw.draw(st.integers(0, len(data) - 1))
    leaf = rules.leaf_hash(data[place])
    assert verify._climb(leaf, place, len(data), made.path(place)) == made.root
    other = draw.draw(st.integers(0, len(data) + 3))
    if other != place and len(data) > 1:
        reached = verify._climb(leaf, other, len(data), made.path(place))
        assert reached != made.root or data[other] == data[place]


def test_a_node_is_never_taken_for_a_leaf() -> None:
    """Without the bytes in front, two leaves would hash as one leaf that is made of their hashes."""
    two = [rules.leaf_hash(b"1.00"), rules.leaf_hash(b"2.00")]
    assert rules.tree(two).root != rules.leaf_hash(b"".join(two))


def _line(number: int, before: SealLine | None, root: bytes, count: int = 1) -> SealLine:
    if before is None:
        return SealLine(number, 0, count, root, rules.FIRST_PREVIOUS, AT)
    return SealLine(number, before.first + before.count, count, root, before.digest, AT)


def proof(amounts: list[str], among: int = 5) -> tuple[dict[str, Any], str]:
    """A proof of one entry among others, made as the service makes it, and the published list."""
    texts = [rules.part_text({"entry": "e1", "cause": "payslip:1", "at": rules.moment(AT)})]
    texts += [rules.part_text({"entry": "e1", "posting": str(n), "amount": a}) for n, a in enumerate(amounts)]
    own = rules.parts(texts, SALT)
    small = rules.entry_tree(own)
    leaf = rules.entry_leaf(len(own), small.root)
    big = rules.tree([*(rules.leaf_hash(bytes([n])) for n in range(among)), leaf])
    first = _line(1, None, rules.leaf_hash(b"before"))
    second = _line(2, first, big.root, among + 1)
    third = _line(3, second, rules.leaf_hash(b"after"))
    lines = [
        {"place": n, "text": part.text, "salt": part.salt.hex(), "path": [each.hex() for each in small.path(n)]}
        for n, part in enumerate(own)
    ]
    entry = {
        "seal": 2,
        "place": among,
        "path": [each.hex() for each in big.path(among)],
        "parts": len(own),
        "lines": lines,
    }
    made = {"format": verify.FORMAT, "about": "payslip:1", "entries": [entry], "seals": [second.text]}
    return made, "".join(f"{line.text}\n" for line in (first, second, third))


def test_what_was_not_changed_holds() -> None:
    made, published = proof(["15.00", "4.20", "0.60"])
    found = verify.check(json.dumps(made), published)
    assert (found.code, found.is_unchanged, found.entries[0].is_whole) == (verify.HOLDS, True, True)
    assert verify.check(json.dumps(made)).code == verify.NOT_COMPARED


def test_one_line_can_be_shown_without_the_others() -> None:
    made, published = proof(["15.00", "4.20", "0.60"])
    made["entries"][0]["lines"] = [made["entries"][0]["lines"][place] for place in (0, 2)]
    found = verify.check(json.dumps(made), published)
    assert (found.code, found.entries[0].is_whole) == (verify.HOLDS, False)


@given(st.lists(st.decimals(0, 10**6, places=2).map(str), min_size=1, max_size=12), st.data())
def test_whatever_letter_is_changed_it_does_not_hold(amounts: list[str], draw: Any) -> None:
    made, published = proof(amounts)
    entry = made["entries"][0]
    line = draw.draw(st.sampled_from(entry["lines"]))
    what = draw.draw(st.sampled_from(["text", "salt", "path"]))
    if what == "path" and not line["path"]:
        what = "text"
    if what == "path":
        line["path"][0] = hashlib.sha256(bytes.fromhex(line["path"][0])).hexdigest()
    elif what == "salt":
        line["salt"] = hashlib.sha256(bytes.fromhex(line["salt"])).hexdigest()
    else:
        line["text"] = rules.part_text(json.loads(line["text"]) | {"amount": "999999999.99"})
    found = verify.check(json.dumps(made), published)
    assert found.code == verify.CHANGED
    assert {each.place for each in found.entries[0].lines if not each.holds} == {line["place"]}


def _of_another_entry(made: dict[str, Any]) -> None:
    other, _ = proof(["99.00"])
    made["entries"][0]["lines"][1] = other["entries"][0]["lines"][1]


def _another_seal(made: dict[str, Any]) -> None:
    made["seals"] = [made["seals"][0].replace("2 1 6", "2 1 7")]


def _another_place(made: dict[str, Any]) -> None:
    made["entries"][0]["place"] = 4


def _fewer_parts(made: dict[str, Any]) -> None:
    made["entries"][0]["parts"] -= 1


def _no_seal(made: dict[str, Any]) -> None:
    made["entries"][0]["seal"] = 9


@pytest.mark.parametrize("change", [_of_another_entry, _another_seal, _another_place, _fewer_parts, _no_seal])
def test_what_is_put_together_otherwise_does_not_hold(change: Any) -> None:
    made, published = proof(["15.00", "4.20", "0.60"])
    change(made)
    assert verify.check(json.dumps(made), published).code == verify.CHANGED


def test_a_list_whose_past_was_rewritten_is_seen() -> None:
    made, published = proof(["15.00"])
    first = published.splitlines()[0]
    rewritten = published.replace(first, first.replace(rules.leaf_hash(b"before").hex(), "ab" * 32))
    found = verify.check(json.dumps(made), rewritten)
    assert (found.published, found.chain, found.code) == (True, False, verify.CHANGED)


NOTHING = "00" * 32


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"format": "setara-proof-1", "format": "setara-proof-1"}',
        '{"format": "setara-proof-1", "entries": [], "seals": []}',
        '{"format": "setara-proof-1", "entries": [{}], "seals": []}',
        '{"format": "setara-proof-1", "entries": [], "seals": ["1 2 3"]}',
        '{"format": "setara-proof-1", "seals": [], "entries": [{"parts": 1, "seal": 1, "place": 0, "lines": [{}]}]}',
        pytest.param(
            f'{{"format": "setara-proof-1", "entries": [], "seals": ["{"9" * 5000} 0 1 {NOTHING} {NOTHING} now"]}}',
            id="a number of 5000 digits",
        ),
        '{"format": "setara-proof-1", "about": "\\ud800", "entries": [], "seals": []}',
    ],
)
def test_what_is_no_proof_is_said_to_be_none(text: str) -> None:
    with pytest.raises(verify.Unreadable):
        verify.check(text)


@given(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.integers() | st.text(), max_size=2)
)
def test_whatever_stands_in_a_proof_it_is_read_or_refused(value: Any) -> None:
    made, published = proof(["15.00"])
    for where, name in (
        (made, "entries"),
        (made, "seals"),
        (made["entries"][0], "lines"),
        (made["entries"][0], "seal"),
    ):
        kept, where[name] = where[name], value
        with suppress(verify.Unreadable):
            assert verify.check(json.dumps(made), published).code != verify.HOLDS
        where[name] = kept


def test_the_command_runs_by_itself(tmp_path: Path) -> None:
    """In another folder, with the standard library alone: no package of the service can be imported there."""
    made, published = proof(["15.00", "4.20"])
    (tmp_path / "verify.py").write_bytes(Path(verify.__file__).read_bytes())
    (tmp_path / "seals.txt").write_text(published)
    changed = json.loads(json.dumps(made))
    changed["entries"][0]["lines"][1]["text"] = changed["entries"][0]["lines"][1]["text"].replace("15.00", "16.00")
    told = []
    for name, each in (("right", made), ("wrong", changed)):
        (tmp_path / f"{name}.json").write_text(json.dumps(each))
        command = [sys.executable, "-I", "-S", "verify.py", f"{name}.json", "--seals", "seals.txt"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        told.append((done.returncode, done.stdout.splitlines()[-1], done.stderr))
    assert told == [(0, "All of it holds.", ""), (3, "Something was changed.", "")]
