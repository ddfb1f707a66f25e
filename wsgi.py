"""The web application, for gunicorn and for `flask --app wsgi`."""

import gc

from marketplace.app import create_app

app = create_app()
gc.freeze()  # What was made until here stays: neither is it looked through for cycles, nor copied where workers fork.
