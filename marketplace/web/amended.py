"""What a change of a contract changes, for the pages of both parties."""

from collections.abc import Sequence

from flask_babel import get_locale

from marketplace.accounts.auth import actor
from marketplace.contracts import queries
from marketplace.contracts.models import Contract
from marketplace.contracts.queries import Amendment, SignedVersion


def changes_of(contract: Contract, versions: Sequence[SignedVersion]) -> Amendment | None:
    """What the newest version changes, in the reader's language; None when it is the first, or is signed."""
    newest = versions[0]
    if newest.signed or newest.version.number == 1:
        return None
    return queries.amendment(contract.id, newest.version.number, str(get_locale()), actor())
