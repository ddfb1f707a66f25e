"""Setara from the command line: `python -m marketplace`, which `make run` calls.

Exit codes: 0 stopped on request; 1 a process ended by itself; 2 wrong command line; 3 the port is taken or refused;
4 DATABASE_URL leads to no usable database; 5 the embedded database cannot be had; 6 the migration failed;
7 the demonstration failed; 8 the web server gave no answer; 9 the instance already runs; 130 interrupted before it
was up; 10 a backup or what it is restored into is refused; 11 the books that were restored do not hold.
`with-database`, `with-service`, `with-jobs` and `with-web` end with the code of their command.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from marketplace import backup
from marketplace.core.embedded import EmbeddedError, EmbeddedPostgres
from marketplace.core.processes import Progress, run_to_end
from marketplace.supervisor import (
    Database,
    Exit,
    Listening,
    Refusal,
    Services,
    check_port,
    database_from_environment,
    embedded_database,
    free_port,
    instance_lock,
    knows_revision,
    load_demonstration,
    migrate,
    open_vault,
    prove_books,
    stop_instance,
)

INSTANCE = Path("instance")
FILES = {"backup": "write everything to one file", "restore": "put a backup into an empty database"}


def run(instance: Path, listening: Listening, with_demonstration: bool, progress: Progress) -> Exit:
    """Bring everything up, stay until a signal comes, and take everything down again in the opposite order."""
    with ExitStack() as stack:
        stack.enter_context(instance_lock(instance))
        check_port(listening)
        os.environ.setdefault("SETARA_BASE_URL", listening.url)
        database = database_from_environment(os.environ)
        if database is None:
            database = stack.enter_context(embedded_database(instance / "postgres", progress))
            if with_demonstration:
                os.environ.setdefault("SETARA_DEMO", "1")
        migrate(database, progress)
        if with_demonstration and os.environ.get("SETARA_DEMO") == "1":
            load_demonstration(database, progress)
        progress.say("Starting web and jobs.")
        services = Services(database, listening, instance)
        stack.callback(services.stop)
        services.start()
        services.wait_until_answering()
        progress.say(f"Setara is up. Pages: {listening.url}  API: {listening.url}/api/v1/docs  Logs: {instance}/*.log")
        progress.say("Ctrl-C stops everything; what was done is kept.")
        try:
            services.watch()
        except KeyboardInterrupt:
            progress.say("Stopping web and jobs.")
    progress.say("Stopped.")
    return Exit.STOPPED


def with_database(instance: Path | None, command: Sequence[str], progress: Progress) -> int:
    """Run a command against a migrated embedded database: the instance's own, or one that is thrown away after."""
    with ExitStack() as stack:
        folder = instance / "postgres" if instance else stack.enter_context(_scratch_folder())
        database = stack.enter_context(embedded_database(folder, progress))
        os.environ.setdefault("SETARA_DEMO", "1")
        migrate(database, progress)
        progress.say(f"Running {' '.join(command)}.")
        return run_to_end(command, database.commands_environment(), Path.cwd())


def with_service(
    instance: Path | None, command: Sequence[str], progress: Progress, *, pages: bool = True, jobs: bool = True
) -> int:
    """Run a command beside a service: on the instance's own data, which stay, or an empty one that is removed after.

    SETARA_FOLDER names where the command may leave files, SETARA_URL the service; where `pages` are not wanted there is
    no web server, and the command finds the jobs alone; where no `jobs` are, it finds what it did unanswered.
    """
    with ExitStack() as stack:
        listening = Listening("127.0.0.1", free_port()) if pages else None
        told = {"SETARA_URL": listening.url} if listening else {}
        os.environ.update({"SETARA_BASE_URL": listening.url} if listening else {}, SETARA_DEMO="1")
        if instance is not None:
            stack.enter_context(instance_lock(instance))
        folder = instance / "postgres" if instance else stack.enter_context(_scratch_folder())
        database = stack.enter_context(embedded_database(folder, progress))
        migrate(database, progress)
        wanted = [word for word, is_wanted in (("web", pages), ("jobs", jobs)) if is_wanted]
        progress.say(f"Starting {' and '.join(wanted)}.")
        services = Services(database, listening, folder.parent, jobs=jobs)
        stack.callback(services.stop)
        services.start()
        services.wait_until_answering()
        progress.say(f"Running {' '.join(command)}.")
        told["SETARA_FOLDER"] = str(folder.parent)
        return run_to_end(command, database.commands_environment() | told, Path.cwd())


@contextmanager
def _scratch_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="setara-") as scratch:
        os.chmod(scratch, 0o711)  # noqa: S103 - as root the server is another account and must get through
        yield Path(scratch) / "postgres"


def stop(instance: Path, remove_data: bool, progress: Progress) -> Exit:
    """Stop what runs from the instance folder and, if asked, remove its database and the folder."""
    if instance.exists():
        stop_instance(instance, progress)
        if remove_data:
            shutil.rmtree(EmbeddedPostgres(instance / "postgres").root, ignore_errors=True)
            shutil.rmtree(instance)
    return Exit.STOPPED


@contextmanager
def _own_database(instance: Path, progress: Progress) -> Iterator[Database]:
    """The database that DATABASE_URL names, else that of the instance."""
    named = database_from_environment(os.environ)
    if named is not None:
        yield named
        return
    with embedded_database(instance / "postgres", progress) as database:
        yield database


def back_up(instance: Path, file: Path, progress: Progress) -> Exit:
    """Write everything to a file. The service may go on meanwhile."""
    if not os.environ.get("DATABASE_URL") and not instance.exists():
        raise Refusal(Exit.BACKUP_REFUSED, f"There is no instance at {instance}; name it, or set DATABASE_URL.")
    with _own_database(instance, progress) as database:
        manifest = backup.write(database.owner_url, file, progress)
    progress.say(f"{file}: {manifest.rows:,} rows of revision {manifest.revision}, {file.stat().st_size:,} bytes.")
    if manifest.vault_keys:
        progress.say(f"Keep these keys of SETARA_VAULT_KEYS elsewhere: {', '.join(manifest.vault_keys)}.")
    return Exit.STOPPED


def restore(instance: Path, file: Path, progress: Progress) -> Exit:
    """Put a backup into an empty database, bring it up to date, and have its books prove themselves."""
    manifest = backup.read(file)
    if not knows_revision(manifest.revision):
        raise Refusal(Exit.BACKUP_REFUSED, f"{file} is of revision {manifest.revision}, of a newer version of Setara.")
    progress.say(f"{file} was made at {manifest.made_at}, of revision {manifest.revision}.")
    with ExitStack() as stack:
        if not os.environ.get("DATABASE_URL"):
            stack.enter_context(instance_lock(instance))
        database = stack.enter_context(_own_database(instance, progress))
        backup.check_target(database.owner_url, manifest)
        migrate(database, progress, manifest.revision)
        backup.load(database.owner_url, file, manifest, progress)
        migrate(database, progress)
        prove_books(database, progress)
        opens = open_vault(database, progress)
    if not opens:
        progress.say(
            "Do not put it into service yet: what people have sealed cannot be opened until SETARA_VAULT_KEYS has the"
            f" keys of the backup: {', '.join(manifest.vault_keys)}."
        )
    progress.say("Everything is back.")
    return Exit.STOPPED


def main(arguments: Sequence[str]) -> int:
    """Parse the command line, do it, and turn a refusal into its sentence and exit code."""
    options = _parser().parse_args(arguments)
    progress = Progress()
    instance = options.instance or INSTANCE
    _stop_at_first_signal()
    try:
        if options.mode == "with-database":
            return with_database(options.instance, options.command, progress)
        if options.mode in ("with-service", "with-jobs", "with-web"):
            pages, jobs = options.mode != "with-jobs", options.mode != "with-web"
            return with_service(options.instance, options.command, progress, pages=pages, jobs=jobs)
        if options.mode == "stop":
            return stop(instance, options.remove_data, progress)
        if options.mode in ("backup", "restore"):
            return (back_up if options.mode == "backup" else restore)(instance, options.file, progress)
        return run(instance, Listening(options.host, options.port), not options.no_demo, progress)
    except Refusal as refusal:
        return _complain(refusal.code, str(refusal))
    except backup.NotBackedUp as refused:
        return _complain(Exit.BACKUP_REFUSED, str(refused))
    except EmbeddedError as error:
        return _complain(Exit.EMBEDDED_FAILED, str(error))
    except KeyboardInterrupt:
        return _complain(Exit.INTERRUPTED, "Interrupted; everything that had started is stopped.")


def _complain(code: Exit, sentence: str) -> Exit:
    sys.stdout.flush()
    sys.stderr.write(f"{sentence}\n")
    return code


def _stop_at_first_signal() -> None:
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
        # An impatient second Ctrl-C must not cut the orderly stop short: each of its steps has an end of its own.
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for each in signals:
        signal.signal(each, interrupt)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m marketplace",
        description="Start Setara: database, migrations, demonstration, web server and jobs.",
        epilog=(__doc__ or "").partition("\n\n")[2],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default %(default)s)")
    parser.add_argument("--instance", metavar="DIR", type=Path, help=f"folder for the data (default {INSTANCE})")
    parser.add_argument("--no-demo", action="store_true", help="load no demonstration world")
    modes = parser.add_subparsers(dest="mode", title="instead of starting Setara", metavar="")
    inner = modes.add_parser("with-database", help="run a command against a migrated embedded database")
    _add_instance(inner, "its folder (default: one that is removed afterwards)")
    inner.add_argument("command", nargs="+", metavar="COMMAND", help="the command, after --")
    kinds = {"with-service": "a service", "with-jobs": "a service without pages", "with-web": "a service without jobs"}
    for name, beside in kinds.items():
        inner = modes.add_parser(name, help=f"run a command beside {beside}, an empty one if none is named")
        _add_instance(inner, "its folder (default: one that is removed afterwards)")
        inner.add_argument("command", nargs="+", metavar="COMMAND", help="the command, after --")
    inner = modes.add_parser("stop", help="stop what runs from an instance folder")
    _add_instance(inner, f"the folder (default {INSTANCE})")
    inner.add_argument("--remove-data", action="store_true", help="remove its database and the folder too")
    for name, words in FILES.items():
        inner = modes.add_parser(name, help=words, description=backup.__doc__, formatter_class=parser.formatter_class)
        _add_instance(inner, f"its folder, unless DATABASE_URL is set (default {INSTANCE})")
        inner.add_argument("file", type=Path, metavar="FILE", help="the backup, a ZIP archive")
    return parser


def _add_instance(parser: argparse.ArgumentParser, words: str) -> None:
    # Without a default of its own, so that the option means the same before the mode's name and after it.
    parser.add_argument("--instance", metavar="DIR", type=Path, default=argparse.SUPPRESS, help=words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
