"""The test world: things made through the real verbs. One module for each room; see `tests/factories/accounts.py`."""

from tests.factories import accounts

__all__ = ["accounts"]
