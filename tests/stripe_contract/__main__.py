"""`python -m tests.stripe_contract`: the stand-in for whoever has no account at Stripe, until Ctrl-C.

It prints the settings with which Setara takes it for Stripe. With `--tell` it calls a service about what happens, as
`stripe listen` would.
"""

import argparse
import signal
import sys
from contextlib import ExitStack

from tests.stripe_contract.server import serving
from tests.stripe_contract.telling import telling


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.stripe_contract", description=__doc__)
    parser.add_argument("--port", type=int, default=12111, help="its port; files go to the next one (%(default)s)")
    parser.add_argument("--tell", metavar="URL", help="the service that hears of what happens: http://127.0.0.1:8000")
    options = parser.parse_args()
    with ExitStack() as stack:
        standin = stack.enter_context(serving(options.port))
        if options.tell:
            stack.enter_context(telling(standin, options.tell))
        for name, value in standin.settings.items():
            sys.stdout.write(f"export {name}={value}\n")
        sys.stdout.flush()
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    main()
