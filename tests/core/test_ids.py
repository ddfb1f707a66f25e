"""Keys: they sort by creation, and from a seed they are the same again."""

from datetime import UTC, datetime

from marketplace.core.ids import new_id, seeded, unseeded

SINCE = datetime(2023, 4, 27, tzinfo=UTC)


def test_keys_sort_by_creation() -> None:
    made = [new_id() for _ in range(1000)]
    assert made == sorted(made)
    assert len(set(made)) == 1000


def test_a_seed_makes_the_same_keys_again() -> None:
    with seeded(7, SINCE):
        first = [new_id() for _ in range(100)]
    with seeded(7, SINCE):
        again = [new_id() for _ in range(100)]
    with seeded(8, SINCE):
        other = [new_id() for _ in range(100)]
    assert first == again == sorted(first)
    assert not set(first) & set(other)


def test_unseeded_keys_in_between_do_not_change_the_seeded_ones() -> None:
    with seeded(7, SINCE):
        straight = [new_id() for _ in range(4)]
    with seeded(7, SINCE):
        first = [new_id(), new_id()]
        with unseeded():
            free = [new_id() for _ in range(3)]
        rest = [new_id(), new_id()]
    assert first + rest == straight
    assert not set(free) & set(straight)


def test_a_seeded_key_is_a_uuid_of_version_7_that_sorts_before_todays() -> None:
    with seeded(7, SINCE):
        key = new_id()
    assert key.version == 7
    assert key.variant == "specified in RFC 4122"
    assert key < new_id()
