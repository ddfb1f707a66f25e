"""What the service tells those who run it: logs, metrics, and whether it is alive and ready.

Logs are one JSON object a line on stderr. A request's line has its id, route, status and milliseconds, and the person
once the sign-in has bound them; never an address as typed (a reset link is one), a body or a secret.

Metrics belong to the process that counts them. Where several processes stand behind one address (gunicorn's workers,
or web and jobs on one machine), set PROMETHEUS_MULTIPROC_DIR to an empty folder that they share, before they start:
each then writes its numbers there and /metrics of any of them adds all up. Without it /metrics answers for the process
that happened to be asked. The queue and the checks are read from the database, so they are the same everywhere.
"""

import hmac
import logging
import os
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TextIO
from uuid import UUID

import structlog
from alembic.script import ScriptDirectory
from flask import Flask, Response, current_app, g, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from marketplace.core import checks, clock, queue
from marketplace.core.clock import ClockOffset
from marketplace.core.db import db
from marketplace.core.problems import NotFound, Unauthenticated

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
QUIET_ROUTES = frozenset({"/healthz", "/readyz", "/metrics", "/static/<path:filename>"})
"""Asked every few seconds, or a dozen times for each page: measured, but without a line in the log."""
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
"""Counted by name; whatever else a stranger sends is counted together, so that nobody fills the registry with names."""
MOST_DRIFT = 30.0
"""Seconds that the machine's clock and the database's may differ before this process is not to be trusted with time."""
log = structlog.get_logger()


class Telemetry:
    """The metrics of one application, in a registry of its own, so that two applications in a process do not meet."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Histogram(
            "setara_request_seconds",
            "Answers and how long they took.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.jobs = Histogram(
            "setara_job_seconds",
            "Jobs that ended and how long they ran.",
            ["job", "outcome"],
            registry=self.registry,
            buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300),
        )

    def exposition(self) -> bytes:
        """Everything in Prometheus' text format. Reads the database; needs an application context."""
        shown = CollectorRegistry()
        if os.environ.get(SHARED_FOLDER):
            MultiProcessCollector(shown)  # type: ignore[no-untyped-call]  # the client leaves it without types
        else:
            shown.register(_Whole(self.registry))
        shown.register(_FromDatabase())
        return generate_latest(shown)


class _Whole(Collector):
    """All metrics of another registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        yield from self._registry.collect()


class _FromDatabase(Collector):
    """What only the database knows: how deep the queue is, and which truths do not hold."""

    def collect(self) -> Iterator[Metric]:
        jobs = GaugeMetricFamily("setara_queue_jobs", "Jobs in the queue.", labels=["job", "state"])
        for (name, state), count in queue.depth().items():
            jobs.add_metric([name, state], count)
        yield jobs
        waited = GaugeMetricFamily("setara_queue_wait_seconds", "How long the oldest due job has been waiting.")
        waited.add_metric([], queue.oldest_wait())
        yield waited
        broken = GaugeMetricFamily("setara_check_broken", "What a check found wrong; 0 is well.", labels=["check"])
        for name, count in checks.found_broken().items():
            broken.add_metric([name], count)
        yield broken


def init_app(app: Flask) -> None:
    """Sets the logs up and adds /healthz, /readyz and /metrics."""
    configure_logs(app.config["LOG_LEVEL"])
    app.extensions["setara_telemetry"] = Telemetry()
    app.before_request(_begin)
    app.after_request(_measure)
    app.add_url_rule("/healthz", view_func=healthz)
    app.add_url_rule("/readyz", view_func=readyz)
    app.add_url_rule("/metrics", view_func=metrics)


def of(app: Flask) -> Telemetry:
    """The application's metrics."""
    telemetry: Telemetry = app.extensions["setara_telemetry"]
    return telemetry


def know_person(person_id: UUID) -> None:
    """Has every later log line of this request name the person. Called by whoever checks the sign-in."""
    structlog.contextvars.bind_contextvars(person_id=str(person_id))


# --- doors ----------------------------------------------------------------------------------------------------------


def healthz() -> Response:
    """200 while the process can answer at all; it asks nothing of the database."""
    return jsonify(status="alive")


def readyz() -> tuple[Response, int]:
    """200 when requests can be served here, otherwise 503 with what is wrong."""
    wrong = reasons_not_ready()
    return jsonify(status="not ready" if wrong else "ready", reasons=wrong), 503 if wrong else 200


def metrics() -> Response:
    """Prometheus' text. METRICS_TOKEN, where it is set, must be sent as a Bearer; production without shows nothing."""
    token = current_app.config["METRICS_TOKEN"]
    if not token and current_app.config["ENVIRONMENT"] == "production":
        raise NotFound
    if token and not hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()):
        raise Unauthenticated
    return Response(of(current_app).exposition(), content_type=CONTENT_TYPE_LATEST)


def reasons_not_ready() -> list[str]:
    """Sentences that say why this process should get no requests; none when it should."""
    try:
        stands = set(db.session.scalars(text("SELECT version_num FROM alembic_version")))
        # The machine's clocks are compared here, which the business clock must not hide.
        database_clock: datetime = db.session.execute(text("SELECT clock_timestamp()")).scalar_one()
        moved = db.session.get(ClockOffset, 1) is not None
        # Events are written once. Whoever may change them owns the tables, and could change the books too.
        powerful: bool = db.session.execute(text("SELECT has_table_privilege('event', 'UPDATE')")).scalar_one()
    except SQLAlchemyError:
        db.session.rollback()
        log.exception("not ready")
        return ["The database does not answer."]
    wrong = []
    if stands != _heads(current_app):
        wrong.append("The database is not at the newest migration.")
    if abs((database_clock - clock.machine_time()).total_seconds()) > MOST_DRIFT:
        wrong.append(f"The clocks of this machine and of the database differ by more than {MOST_DRIFT:.0f} seconds.")
    if moved and not current_app.config["CLOCK_MOVABLE"]:
        wrong.append("The business clock of this database was moved; production keeps the machine's time.")
    if powerful:
        wrong.append("The application connects as a role that could change what is written once.")
    return wrong


def _heads(app: Flask) -> set[str]:
    if "setara_heads" not in app.extensions:
        migrations = Path(app.root_path).parent / "migrations"
        app.extensions["setara_heads"] = set(ScriptDirectory(str(migrations)).get_heads())
    heads: set[str] = app.extensions["setara_heads"]
    return heads


# --- requests -------------------------------------------------------------------------------------------------------


def _begin() -> None:
    g.began = time.perf_counter()


def _measure(response: Response) -> Response:
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    route = request.url_rule.rule if request.url_rule else "unknown"
    method = request.method if request.method in METHODS else "other"
    of(current_app).requests.labels(method, route, str(response.status_code)).observe(seconds)
    if route not in QUIET_ROUTES:
        status, took = response.status_code, round(seconds * 1000, 1)
        log.info("request", method=method, route=route, status=status, ms=took)
    return response


# --- logs -----------------------------------------------------------------------------------------------------------


class OurHandler(logging.StreamHandler[TextIO]):
    """Tells our own handler from those of a test runner or a server, so that it is added once."""


def configure_logs(level: str) -> None:
    """Sends our logs and those of the libraries to stderr as JSON. Safe to call again."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    root = logging.getLogger()
    root.setLevel(level)
    # These tell of every job, tick and migration by themselves, which our own lines do as far as anybody needs.
    for chatty in ("procrastinate", "apscheduler", "alembic", "fontTools", "fpdf"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    if not any(isinstance(handler, OurHandler) for handler in root.handlers):
        handler = OurHandler(sys.stderr)
        handler.setFormatter(
            structlog.stdlib.ProcessorFormatter(
                foreign_pre_chain=shared,
                processors=[
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(),
                ],
            )
        )
        root.addHandler(handler)
