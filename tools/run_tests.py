"""Runs the tests, with a browser where one can be had: what `make test` calls. Standard library only.

The browser is what CHROMIUM names, else one on the PATH, else, for root on a system with apt, Debian's package,
which is installed. With a browser E2E=required is set, so that no browser test can be skipped in silence. Stripe's
command line, a client that we did not write, is what STRIPE_CLI names, else one on the PATH, else, where there is npm,
the pinned package, which is kept in `.venv`; its tests are left out without. PYTEST_ARGS is handed to pytest. Meanwhile
the solver's loops are compiled, unless they are. Exit codes: pytest's own, or 3 when E2E=required was asked for and
there is no browser.
"""

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_BROWSER = 3
STRIPE_CLI = "@stripe/cli@1.52.0"
NPM_SECONDS = 20
INTERRUPTED = 130


def find_browser() -> str | None:
    """Return the path of a Chromium, or None. Raises SystemExit when CHROMIUM names something that is none."""
    if named := os.environ.get("CHROMIUM"):
        found = shutil.which(named)
        if found is None:
            sys.exit(f"CHROMIUM names {named}, which cannot be run; correct or unset it.")
        return found
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def install_browser() -> None:
    """Install Debian's Chromium where that is possible without asking anybody."""
    apt = shutil.which("apt-get")
    if os.geteuid() != 0 or apt is None:
        return
    _say("Installing Debian's Chromium for the browser tests.")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        command = [apt, "--quiet", *arguments]
        if subprocess.run(command, env=environment, check=False).returncode != 0:
            _say(f"apt-get {arguments[0]} failed; its own words are above.")
            return


def find_stripe_cli() -> str | None:
    """Return the path of Stripe's command line, which npm installs once where it can be had, or None."""
    if found := os.environ.get("STRIPE_CLI") or shutil.which("stripe"):
        return found
    folder = PROJECT / ".venv" / STRIPE_CLI.replace("/", "-")
    program = folder / "node_modules" / ".bin" / "stripe"
    npm = shutil.which("npm")
    if not program.exists() and npm is not None:
        _say(f"Installing {STRIPE_CLI} into .venv for the tests of the payment rail.")
        command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), STRIPE_CLI]
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(command, check=False, timeout=NPM_SECONDS)
    return str(program) if program.exists() else None


def main() -> int:
    """Find or install the browser and the client, then run pytest and return its exit code."""
    # The solver's loops are compiled by one process, for a minute. What is installed meanwhile, and the tests of that
    # minute, need none of them.
    compiling = [sys.executable, str(PROJECT / "tools" / "setup_venv.py"), "--solver", "alone"]
    try:
        with subprocess.Popen(compiling, stdout=subprocess.DEVNULL):
            return run_tests() if install() else NO_BROWSER
    except KeyboardInterrupt:  # The terminal has interrupted pytest too, which says what it had done by then.
        return INTERRUPTED


def install() -> bool:
    """Have browser and client in the environment, where they can be had; return whether all is there that must be."""
    with ThreadPoolExecutor(1) as beside:
        fetching = beside.submit(find_stripe_cli)
        if find_browser() is None:
            install_browser()
        browser, stripe_cli = find_browser(), fetching.result()
    if stripe_cli is not None:
        os.environ["STRIPE_CLI"] = stripe_cli
    else:
        _say("The tests by Stripe's command line are LEFT OUT. Install npm, or name it in STRIPE_CLI, to run them.")
    if browser is not None:
        os.environ.update(CHROMIUM=browser, E2E="required")
    elif os.environ.get("E2E") == "required":
        _say("E2E=required, but there is no Chromium: install one, or name it in CHROMIUM.")
        return False
    else:
        _say("No Chromium: the browser tests are LEFT OUT. Install one, or name it in CHROMIUM, to run them.")
    return True


def run_tests() -> int:
    """Return pytest's exit code."""
    # The tests of a file share what took long to make, so they stay on one worker. The files come in their own order:
    # else those with the fewest tests would be last, and they are the longest, of the browser and of whole services.
    # Two processors have three workers, since one of them often waits: for a browser, or for a service that starts.
    spread = ("-n", "3", "--dist", "loadfile", "--no-loadscope-reorder")
    command = [sys.executable, "-m", "pytest", *spread, *shlex.split(os.environ.get("PYTEST_ARGS", ""))]
    return subprocess.call(command, cwd=PROJECT)


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
