"""The lives of things: the page is current, every state has a way in and a way out, and every arrow is walked."""

from marketplace.states import arrows, models, states_page
from tests.conftest import ROOT


def test_the_page_of_the_diagrams_is_current() -> None:
    """If this fails: python -m marketplace.states > docs/states.md"""
    assert (ROOT / "docs" / "states.md").read_text() == states_page()


def test_every_status_can_be_reached_and_every_life_ends() -> None:
    """From a first status each other can be come to, and from each of them a last one: nothing is caught for ever."""
    assert len(models()) > 20
    for model in models():
        follows = {str(old): {str(new) for new in following} for old, following in model.transitions.items()}
        assert set().union(*follows.values()) <= set(follows), model
        first = set(follows) - set().union(*follows.values())
        # Where a status can be left and come back to, the first one named is the first one.
        first = first or {next(iter(follows))}
        assert _from(first, follows) == set(follows), model
        last = {status for status, following in follows.items() if not following}
        if last:
            back = {status: {old for old, following in follows.items() if status in following} for status in follows}
            assert _from(last, back) == set(follows), model


def test_no_arrow_is_told_twice() -> None:
    told = list(arrows())
    assert len(told) == len(set(told))


def _from(these: set[str], follows: dict[str, set[str]]) -> set[str]:
    reached, new = set(these), set(these)
    while new:
        new = set().union(*(follows[each] for each in new)) - reached
        reached |= new
    return reached
