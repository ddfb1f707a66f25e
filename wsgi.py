"""The web application, for gunicorn and for `flask --app wsgi`. Plans of files want no settings and no database."""

import gc
import os
import sys

from marketplace.app import create_app
from marketplace.cli import is_of_files, of_files_alone

app = of_files_alone() if is_of_files(sys.argv) and "DATABASE_URL" not in os.environ else create_app()
gc.freeze()  # What was made until here stays: neither is it looked through for cycles, nor copied where workers fork.
