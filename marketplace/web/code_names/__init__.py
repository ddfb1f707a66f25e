"""What a code of the service is called on a page: the values of enums, by the kind of thing they say."""

from marketplace.web.code_names.pay import PAY
from marketplace.web.code_names.people import PEOPLE
from marketplace.web.code_names.work import WORK

NAMES = {**WORK, **PEOPLE, **PAY}
