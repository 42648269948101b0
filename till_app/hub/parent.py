"""Ending together with whoever started this process: they hold the other end of its input."""

import os
import sys
import threading
from collections.abc import Callable


def when_input_ends(stop: Callable[[], None]) -> None:
    """Calls it on a thread of its own, however the starter ended."""
    threading.Thread(target=_wait, args=(sys.stdin.fileno(), stop), name="parent", daemon=True).start()


def _wait(descriptor: int, stop: Callable[[], None]) -> None:
    """Reads the descriptor itself: a thread inside `sys.stdin` at the end of the process is fatal to it."""
    while os.read(descriptor, 1_024):
        pass
    stop()
