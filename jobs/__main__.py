"""The jobs from the command line: `python -m jobs`, beside any number of web servers and of others like itself.

Exit codes: 0 stopped on request, or nothing left to do; 2 wrong command line. A job that raises ends `pending` with 1.
"""

import argparse
import gc
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from types import FrameType

import structlog
from flask import Flask
from prometheus_client import start_http_server

from jobs import clock
from jobs.programs import PROGRAMS
from jobs.runner import run_pending
from jobs.schedule import TIMETABLE, Entry
from jobs.worker import Worker
from marketplace.app import create_app
from marketplace.core import telemetry

log = structlog.get_logger()


def stay(app: Flask, mode: str, metrics_port: int | None = None, timetable: Sequence[Entry] = TIMETABLE) -> None:
    """Runs the clock, the worker or both until a signal comes, then stops them: first the clock, then the worker."""
    asked_to_stop = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        asked_to_stop.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    with ExitStack() as stack:
        if metrics_port is not None:
            server, _thread = start_http_server(metrics_port, addr="127.0.0.1", registry=telemetry.of(app).registry)
            stack.callback(server.shutdown)
        if mode in ("worker", "all"):
            worker = Worker(app)
            stack.callback(worker.stop)
            worker.start()
        if mode in ("clock", "all"):
            stack.callback(clock.start(app, timetable).shutdown)
        log.info("jobs run", mode=mode, modules=[module.__name__ for module in PROGRAMS])
        asked_to_stop.wait()
    log.info("jobs stopped", mode=mode)


def main(arguments: Sequence[str]) -> int:
    """Parses the command line and does what it says."""
    options = _parser().parse_args(arguments)
    app = create_app()
    gc.freeze()  # What was made until here stays, and is not looked through for cycles again and again.
    if options.mode == "pending":
        with app.app_context():
            log.info("jobs run", mode="pending", count=run_pending())
    else:
        stay(app, options.mode, options.metrics_port)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m jobs",
        description="Run Setara's jobs.",
        epilog="The database is named by DATABASE_URL. SIGTERM and SIGINT stop gracefully: running jobs may end.",
    )
    parser.add_argument(
        "mode",
        nargs="?",
        choices=("clock", "worker", "all", "pending"),
        default="all",
        help="clock: fire the timetable; worker: run jobs; all: both in one process (default); "
        "pending: run what is due now and end",
    )
    parser.add_argument(
        "--metrics-port", type=int, metavar="PORT", help="serve this process's metrics at 127.0.0.1:PORT/metrics"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
