"""Several worker processes on one listening socket: started and stopped together, replaced when they die.

All state is in the database, so any worker answers any request, and one that dies takes with it only what it
had not acknowledged.
"""

import contextlib
import logging
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import msgspec

import till_app
from till_app.hub.tls import TlsChoice

_log = logging.getLogger(__name__)
_COMMAND = (sys.executable, "-m", "till_app.hub.worker")
READY = b"ready\n"
_START_S = 60.0
_STOP_S = 15.0
_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 5.0
"""Between two tries of a worker that cannot start, such as while the database is away."""


class WorkersFailed(Exception):
    """The workers could not be started; their own words are on the standard error output."""


class WorkerOptions(msgspec.Struct, frozen=True):
    """What each worker is told, on its standard input: the database's URL may hold a password."""

    database_url: str
    data: str | None
    """Folder of the hub's own files."""
    is_on_loopback: bool
    tls: TlsChoice | None = None
    listener: int = -1
    """File descriptor of the listening socket."""
    family: int = socket.AF_INET


class Supervisor:
    """Takes over the listening socket. However the supervisor ends, its workers do too."""

    def __init__(self, listener: socket.socket, options: WorkerOptions, workers: int) -> None:
        self._listener = listener
        self._options = msgspec.structs.replace(
            options, listener=listener.fileno(), family=int(listener.family)
        )
        self._workers = [_Worker(self._options, number) for number in range(1, workers + 1)]

    @property
    def pids(self) -> list[int]:
        """Of the workers that run at this moment."""
        return [pid for worker in self._workers if (pid := worker.pid) is not None]

    def start(self) -> None:
        """Returns when every worker answers. Raises WorkersFailed, and none is left then."""
        for worker in self._workers:
            worker.start()
        if not all(worker.wait_until_ready() for worker in self._workers):
            self.stop()
            raise WorkersFailed("The hub's worker processes did not start.")

    def stop(self) -> None:
        """Returns when all have ended, each after the requests that it was answering."""
        for worker in self._workers:
            worker.begin_to_stop()
        for worker in self._workers:
            worker.join()
        self._listener.close()


class _Worker:
    """One place among the workers: a process, and after it the next."""

    def __init__(self, options: WorkerOptions, number: int) -> None:
        self._options = options
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_stopping = threading.Event()
        self._was_ready = False
        self._is_settled = threading.Event()
        """The first process answers, or has ended without."""
        self._thread = threading.Thread(target=self._keep_running, name=f"hub-worker-{number}", daemon=True)

    @property
    def pid(self) -> int | None:
        with self._lock:
            return self._process.pid if self._process is not None else None

    def start(self) -> None:
        self._thread.start()

    def wait_until_ready(self) -> bool:
        return self._is_settled.wait(_START_S) and self._was_ready

    def begin_to_stop(self) -> None:
        with self._lock:
            self._is_stopping.set()
            if self._process is not None and self._process.stdin is not None:
                with contextlib.suppress(OSError):
                    self._process.stdin.close()

    def join(self) -> None:
        self._thread.join(_STOP_S)
        with self._lock:
            if self._process is not None:
                self._process.kill()
        self._thread.join()

    def _keep_running(self) -> None:
        pause_s = _FIRST_PAUSE_S
        while True:
            with self._lock:
                if self._is_stopping.is_set():
                    return
                process = self._process = self._spawn()
            is_ready = process.stdout is not None and process.stdout.readline() == READY
            self._was_ready |= is_ready
            self._is_settled.set()
            code = process.wait()
            with self._lock:
                self._process = None
                _close_pipes(process)
            if self._is_stopping.is_set() or not self._was_ready:
                return
            _log.error("worker process %d ended with %d; another takes its place", process.pid, code)
            pause_s = _FIRST_PAUSE_S if is_ready else min(pause_s * 2, _LONGEST_PAUSE_S)
            self._is_stopping.wait(pause_s)

    def _spawn(self) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            _COMMAND,
            cwd=Path(till_app.__file__).parent.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=(self._options.listener,) if os.name == "posix" else (),
            # Ctrl-C reaches the supervisor alone, which then stops all in order.
            start_new_session=True,
        )
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(msgspec.json.encode(self._options) + b"\n")
            process.stdin.flush()
        return process


def _close_pipes(process: "subprocess.Popen[bytes]") -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
