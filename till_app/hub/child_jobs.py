"""Long work on the hub's database in processes of their own, so that no till waits for it.

A job goes to the process as a line of its input, which is then held open: the process ends when this one
does, however that comes. The database's URL may hold a password: it is never an argument.
"""

import contextlib
import subprocess
import sys
import threading
from pathlib import Path

import msgspec

import till_app

_COMMAND = (sys.executable, "-m", "till_app.hub.child")
_END_S = 5.0
_LOWER_PRIORITY = 0
if sys.platform == "win32":
    _LOWER_PRIORITY = subprocess.BELOW_NORMAL_PRIORITY_CLASS | subprocess.CREATE_NO_WINDOW


class IndexJob(msgspec.Struct, frozen=True, tag="index"):
    """Answers a SweepIndex as MessagePack."""

    database_url: str
    scope: str
    seq: int


class SnapshotJob(msgspec.Struct, frozen=True, tag="snapshot"):
    """Answers nothing: the snapshot is in its folder and its table."""

    database_url: str
    scope: str
    folder: str


Job = IndexJob | SnapshotJob


class JobFailed(Exception):
    """The process ended without a result; its own words are in the hub's log."""


class ChildJobs:
    """Any thread may call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._is_closed = False

    @property
    def is_closed(self) -> bool:
        return self._is_closed

    def run(self, job: Job) -> bytes:
        """Waits for the result. Raises JobFailed."""
        with self._lock:
            if self._is_closed:
                raise JobFailed("the hub is closing")
            process = subprocess.Popen(
                _COMMAND,
                cwd=Path(till_app.__file__).parent.parent,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                creationflags=_LOWER_PRIORITY,
            )
            self._running.add(process)
        try:
            with process:
                assert process.stdin is not None
                assert process.stdout is not None
                with contextlib.suppress(BrokenPipeError):
                    process.stdin.write(msgspec.json.encode(job) + b"\n")
                    process.stdin.flush()
                result = process.stdout.read()
        finally:
            with self._lock:
                self._running.discard(process)
        if process.returncode != 0:
            raise JobFailed(f"{type(job).__name__} ended with {process.returncode}")
        return result

    def close(self) -> None:
        """Ends what is under way; nothing more is begun."""
        with self._lock:
            self._is_closed = True
            running = list(self._running)
        for process in running:
            process.kill()
        for process in running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_END_S)
