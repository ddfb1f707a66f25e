"""When the database is away: a request is told so and when to come again, in words that ask nothing of the database."""

import psycopg
import structlog
from flask import Flask, Response, current_app, request
from flask_babel import force_locale
from procrastinate.exceptions import ConnectorException
from sqlalchemy.exc import DBAPIError

from marketplace.core.http import render_problem, wants_json
from marketplace.core.problems import Problem

RETRY_AFTER = 5
"""Seconds until a request may as well be tried again."""
LOST = ("08", "57P")
"""SQLSTATEs of connections that were refused or cut: connection exceptions, and a server that stops, starts or
crashed. Without any SQLSTATE the server said nothing at all (PostgreSQL's documentation, appendix A)."""
log = structlog.get_logger()


class DatabaseAway(Problem):
    """The database cannot be reached, or was lost in the middle. Whether a commit that was lost with it has happened is
    known to the database alone; an Idempotency-Key makes asking again safe."""

    code = "database_away"
    status = 503
    title = "The database does not answer at the moment."
    remedy = (
        "What was answered before is kept. Wait a few seconds and send the same request again, with the same"
        " Idempotency-Key: what it may have done already is not done twice."
    )


def init_app(app: Flask) -> None:
    app.register_error_handler(DBAPIError, _answer)
    # The queue writes on the same connection, and has errors of its own.
    app.register_error_handler(ConnectorException, _answer)


def is_away(error: BaseException) -> bool:
    """Whether the error means that the database was not there. Every other error of the database is one of ours."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, psycopg.OperationalError):
            return cause.sqlstate is None or cause.sqlstate.startswith(LOST)
        cause = cause.__cause__
    return False


def _answer(error: DBAPIError | ConnectorException) -> Response:
    if not is_away(error):
        raise error
    log.error("database away", reason=str(error.__cause__ or error).strip())
    problem = DatabaseAway()
    response = render_problem(problem) if wants_json() else _page(problem)
    response.status_code = problem.status
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def _page(problem: Problem) -> Response:
    """A page without what every other page shows: who is signed in, their language and their inbox stand in the
    database, so the browser's language is taken and no context is added to the template."""
    known, default = current_app.config["LANGUAGES"], current_app.config["BABEL_DEFAULT_LOCALE"]
    language = request.accept_languages.best_match(known, default)
    with force_locale(language):
        template = current_app.jinja_env.get_template("unavailable.html")
        return current_app.make_response(template.render(problem=problem, language=language))
