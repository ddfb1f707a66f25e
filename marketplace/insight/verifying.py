"""The service's own check of a record, for whoever has no command line: the same steps, with its own keys and lists."""

import json

from marketplace.core import clock
from marketplace.core.problems import NotFound
from marketplace.insight import issuer, work_records
from marketplace.insight.verify import Finding, check, key_address


def verify(text: str) -> Finding:
    """What `insight.verify` finds of a record that this service signed. One of another issuer is not checked here: the
    service fetches nothing because a stranger names it."""
    return check(text, clock.now(), fetch=_ours)


def _ours(address: str) -> bytes:
    """What we publish at that address. Raises OSError for everything else."""
    if address == key_address(issuer.did()):
        return json.dumps(issuer.did_document()).encode()
    before, _, number = address.rpartition("/")
    if before == work_records.lists_address() and number.isascii() and number.isdigit() and len(number) < 10:
        try:
            return json.dumps(work_records.status_list(int(number))).encode()
        except NotFound as unknown:
            raise OSError(f"{address} is not known here.") from unknown
    raise OSError("It is another issuer's; check it with the command that the README names.")
