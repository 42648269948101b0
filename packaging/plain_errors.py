"""How the commands of this folder fail: one plain sentence for what was to be expected, never a traceback."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable

OLDEST_PYTHON = (3, 11)
INTERRUPTED_EXIT_CODE = 130


class CannotGoOn(Exception):
    """Something outside the program stands in the way; the message says what, and what to do about it."""


def run_command(command: Callable[[], int]) -> None:
    """Runs a command to its exit code; a too old Python, an expected failure and Ctrl-C end in a sentence."""
    for stream in (sys.stdout, sys.stderr):
        # A console of few characters, or a file, shows "?" rather than stopping the command.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        require_new_enough_python()
        exit_code = command()
    except CannotGoOn as reason:
        print(f"\n{reason}", file=sys.stderr)
        exit_code = 1
    except KeyboardInterrupt:
        print("\nStopped. Run the same command again to go on.", file=sys.stderr)
        exit_code = INTERRUPTED_EXIT_CODE
    sys.stdout.flush()
    sys.exit(exit_code)


def require_new_enough_python() -> None:
    """These files keep to a syntax that older Pythons can parse, so that this sentence can be said at all."""
    needed = ".".join(map(str, OLDEST_PYTHON))
    found = ".".join(map(str, sys.version_info[:2]))
    if tuple(sys.version_info[:2]) < OLDEST_PYTHON:
        raise CannotGoOn(
            f"This needs Python {needed} or newer; you ran Python {found} ({sys.executable}). "
            "Install a newer Python and start this command with it, for example:\n\n"
            f"    python{needed} {os.path.relpath(sys.argv[0])}"
        )
