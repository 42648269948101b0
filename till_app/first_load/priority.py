"""Working behind the till: no scan and no sale waits for the process that loads a catalogue.

Each call holds for this thread and those that it starts. On Windows whoever starts the process says so.
"""

import contextlib
import os
import sys
from pathlib import Path

_NICENESS = 15
_SCHEDULE = Path("/proc/self/schedstat")
"""Nanoseconds that this thread ran, and those that it waited for a processor."""


def step_back() -> None:
    if sys.platform != "win32":
        with contextlib.suppress(PermissionError):  # a sandbox may forbid it
            os.nice(_NICENESS)


def step_back_further(schedule: Path = _SCHEDULE) -> None:
    """Linux takes the processor from an idle-class thread at once, from a merely nice one after some
    milliseconds. But while others keep every processor busy such a thread gets next to nothing, and it may
    not leave its class again: one that has waited so far for longer than it ran stays as it is."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            ran_ns, waited_ns, _ = map(int, schedule.read_text().split())
            if waited_ns < ran_ns:
                os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
