"""The checkout's own virtual environment: made once, filled from the lock file, found again in a moment.

A stamp inside it, written last, says what was installed; without a fitting stamp nothing in it is trusted.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import debian_packages
from plain_errors import CannotGoOn

CHECKOUT = Path(__file__).resolve().parent.parent
ENVIRONMENT = CHECKOUT / ".venv"
LOCK_FILE = CHECKOUT / "requirements.lock"
MUTEX_FILE = CHECKOUT / ".venv.lock"
STAMP = ENVIRONMENT / "installed-from-lock"
INSTALL_LOG = ENVIRONMENT / "install.log"

# The first pip that can install into another Python's environment.
_PIP_FOR_OTHERS = (22, 3)
_ANSWER_TIMEOUT_S = 30
_NO_NETWORK = re.compile(
    r"NewConnectionError|ConnectTimeoutError|ReadTimeoutError|NameResolutionError|name resolution|ProxyError"
    r"|Failed to establish a new connection|Connection (?:refused|aborted|broken|reset)|SSLError",
    re.IGNORECASE,
)


def prepare_environment() -> Path:
    """Returns the environment's Python; installs the locked packages only when something changed."""
    _require_lock_file()
    if _read_stamp() == _fitting_stamp():
        return environment_python()
    with _one_at_a_time():
        # Whoever held the mutex before may have done the work.
        if _read_stamp() != _fitting_stamp():
            _install()
    return environment_python()


def environment_python() -> Path:
    if sys.platform == "win32":
        return ENVIRONMENT / "Scripts" / "python.exe"
    return ENVIRONMENT / "bin" / "python"


def _install() -> None:
    found = _read_stamp()
    # First of all, so that an interruption leaves an environment that is not trusted.
    STAMP.unlink(missing_ok=True)
    if found is None or _place_and_python(found) != _place_and_python(_fitting_stamp()):
        _create_environment()
    else:
        print("The locked packages have changed; bringing .venv up to date …", flush=True)
    _install_packages()
    unfinished = STAMP.with_suffix(".new")
    unfinished.write_text(_fitting_stamp(), encoding="utf-8")
    os.replace(unfinished, STAMP)


def _fitting_stamp() -> str:
    """What the stamp says when nothing is to be done: these packages, for this Python, at this place."""
    lock_hash = hashlib.sha256(LOCK_FILE.read_bytes()).hexdigest()
    return f"{lock_hash}\n{_environment_version()}\n{ENVIRONMENT}\n"


def _place_and_python(stamp: str) -> list[str]:
    """If these differ, new packages are not enough: the scripts in a moved or copied environment start the
    Python of the old place, and another Python looks for its packages elsewhere."""
    return stamp.splitlines()[1:]


def _read_stamp() -> str | None:
    try:
        return STAMP.read_text(encoding="utf-8")
    except OSError:
        return None


def _environment_version() -> str | None:
    """Asked of the environment's Python itself, which may be gone or replaced. None: it does not run."""
    command = [
        str(environment_python()),
        "-I",
        "-S",
        "-c",
        "import sys; print('%d.%d' % sys.version_info[:2])",
    ]
    try:
        answer = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=_ANSWER_TIMEOUT_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def _require_lock_file() -> None:
    if not LOCK_FILE.is_file():
        raise CannotGoOn(
            f"{LOCK_FILE} is missing, so it is not known what to install. Get it from the repository."
        )


def _create_environment() -> None:
    what = (
        "Making the virtual environment"
        if not ENVIRONMENT.exists()
        else "Making the virtual environment anew"
    )
    print(f"{what} in {ENVIRONMENT} …", flush=True)
    # The base interpreter: the one that runs this may be the very environment that is to be replaced.
    base_python = getattr(sys, "_base_executable", None) or sys.executable
    made = subprocess.run(
        [base_python, "-I", "-m", "venv", "--without-pip", "--clear", str(ENVIRONMENT)],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        raise CannotGoOn(
            f"The virtual environment could not be made in {ENVIRONMENT}:\n\n"
            + (made.stdout + made.stderr).strip()
        )


def _pip() -> list[str]:
    """The running Python's pip, working on the environment; if it is missing or too old, one inside."""
    python = str(environment_python())
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        if _numbers(importlib.metadata.version("pip")) >= _PIP_FOR_OTHERS:
            return [sys.executable, "-m", "pip", "--python", python]
    if importlib.util.find_spec("ensurepip") is None:
        # Debian splits it off from Python.
        debian_packages.install_or_explain(
            [f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"],
            "This Python has no pip, nor the means to install one (ensurepip).",
        )
    subprocess.run([python, "-I", "-m", "ensurepip"], capture_output=True, check=True)
    return [python, "-I", "-m", "pip"]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:2])


def _install_packages() -> None:
    count = len(
        re.findall(r"^[A-Za-z0-9][A-Za-z0-9._-]*==", LOCK_FILE.read_text(encoding="utf-8"), re.MULTILINE)
    )
    print(f"Installing {count} locked packages (only this once; a minute or two) …", flush=True)
    command = [*_pip(), "install", "--no-input", "--no-deps", "--require-hashes", "--progress-bar", "off"]
    # A user's settings that would put the packages elsewhere than into the environment.
    misplacing = {"PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_DRY_RUN"}
    settings = {name: value for name, value in os.environ.items() if name not in misplacing}
    pip = subprocess.Popen(
        [*command, "-r", str(LOCK_FILE)],
        env={**settings, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    assert pip.stdout is not None
    with pip, INSTALL_LOG.open("w", encoding="utf-8") as log:
        output = _follow(pip.stdout, log, count)
    if pip.returncode != 0:
        raise CannotGoOn(_why_the_installation_failed(output))


def _follow(lines: IO[str], log: IO[str], count: int) -> str:
    """Shows how far the download is on a terminal, and keeps everything that pip said."""
    said = []
    collected = 0
    on_terminal = sys.stdout.isatty()
    for line in lines:
        said.append(line)
        log.write(line)
        if on_terminal and line.startswith("Collecting "):
            collected += 1
            print(f"\r\033[K  {collected} of {count}: {line.split()[1]}", end="", flush=True)
    if on_terminal:
        print("\r\033[K", end="", flush=True)
    return "".join(said)


def _why_the_installation_failed(output: str) -> str:
    if "DO NOT MATCH THE HASHES" in output:
        return (
            "A downloaded package is not the one that was locked (its hash differs), so nothing of it was "
            "used. Try again; if it stays so, the package index or a proxy serves altered files. "
            f"What pip said is in {INSTALL_LOG}."
        )
    if _NO_NETWORK.search(output):
        return (
            "The packages could not be downloaded: the package index does not answer. The first "
            "installation needs the network. Connect this machine (and set HTTPS_PROXY if it goes through a "
            "proxy), then run the same command again. Without any network, set PIP_NO_INDEX=1 and "
            "PIP_FIND_LINKS to a folder that holds the packages."
        )
    if "No space left on device" in output:
        return f"The disk is full: the packages need 500 MB in {ENVIRONMENT}. Free some space and try again."
    end = "\n".join("    " + line for line in output.strip().splitlines()[-6:])
    return f"The packages could not be installed. pip ended with this ({INSTALL_LOG} has it all):\n\n{end}"


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Held while .venv changes; the file lies beside it. The system lets go when its owner dies."""
    try:
        mutex = MUTEX_FILE.open("a")
    except OSError as error:
        raise CannotGoOn(f"{CHECKOUT} cannot be written to: {error.strerror}.") from error
    with mutex:
        if not _try_to_lock(mutex):
            print("Another command is preparing .venv; waiting for it …", flush=True)
            _wait_for_lock(mutex)
        yield


if sys.platform == "win32":
    import msvcrt

    def _try_to_lock(mutex: IO[str]) -> bool:
        try:
            msvcrt.locking(mutex.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _wait_for_lock(mutex: IO[str]) -> None:
        # LK_LOCK itself waits ten seconds between an attempt's start and its failure.
        while True:
            with contextlib.suppress(OSError):
                msvcrt.locking(mutex.fileno(), msvcrt.LK_LOCK, 1)
                return

else:
    import fcntl

    def _try_to_lock(mutex: IO[str]) -> bool:
        try:
            fcntl.flock(mutex, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _wait_for_lock(mutex: IO[str]) -> None:
        fcntl.flock(mutex, fcntl.LOCK_EX)
