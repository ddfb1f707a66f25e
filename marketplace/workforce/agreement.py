"""The terms of the service, as people agree to them: a text with a version and a digest, so that it is known for ever
what somebody agreed to. A change is a new version; an old one stays as it was."""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from marketplace.core.problems import Conflict


@dataclass(frozen=True, slots=True)
class ServiceTerms:
    version: int
    valid_from: date
    text: str

    @property
    def sha256(self) -> str:
        return sha256(self.text.encode()).hexdigest()


_FIRST = """\
Between you and whoever runs this service.

1. You are paid for every minute on the clock, waiting and training too, by the rules that are published here. A rate
that you accepted can rise and never fall.
2. You may decline any offer, and stop at any time. Neither has an effect on later offers.
3. You work under the contract that you sign with a company. These terms take nothing from it, and nothing from the law
of the place where you live.
4. What you say about yourself is true, and nobody else works through your account.
5. Your documents are encrypted, looked at by the operators who vet people and by nobody else, and erased after the time
that the rules name. Each look is written down, and you can read who looked at what.
6. A person decides about you, in writing, on the same day. You can contest a refusal and a suspension, and somebody who
did not decide it looks at it again.
7. What you have earned is paid whatever is decided.
8. You may speak with anybody about your pay and your work, join others, and see a doctor, a lawyer or an authority.
9. Your record is yours: you can have all of it at any time, and close your account.
"""
VERSIONS = (ServiceTerms(1, date(2026, 11, 22), _FIRST),)
"""Every version there ever was, the newest last."""
CURRENT = VERSIONS[-1]


class OtherText(Conflict):
    """`version` and `text_sha256` are those of the terms that hold now."""

    code = "other_text"
    title = "These are not the terms that hold now."
    remedy = "Read the present ones, and agree to those if you do."


def check_text(text_sha256: str) -> None:
    """Raises OtherText."""
    if text_sha256 != CURRENT.sha256:
        raise OtherText(field="terms_sha256", version=CURRENT.version, text_sha256=CURRENT.sha256)
