"""The web application, for gunicorn and for `flask --app wsgi`."""

from marketplace.app import create_app

app = create_app()
