"""The web application, for gunicorn and for `flask --app wsgi`. Plans of files and `--help` want no
settings and no database."""

import gc
import os
import sys

from flask import Flask

from marketplace.app import create_app
from marketplace.cli import asks_for_help, bare, is_of_files, of_files_alone

if "DATABASE_URL" in os.environ:
    app: Flask = create_app()
else:
    app = of_files_alone() if is_of_files(sys.argv) else bare() if asks_for_help(sys.argv) else create_app()
gc.freeze()  # What was made until here stays: neither is it looked through for cycles, nor copied where workers fork.
