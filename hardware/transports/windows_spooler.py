"""A printer of Windows' spooler, which passes raw bytes on to it. Not tried on Windows yet.

Windows' calls have no deadlines, so each runs on a thread; one that hangs is left behind until it returns.
"""

import queue
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from hardware.errors import DeviceError, DeviceTimeout, NotReadyReason, QueueStopped
from hardware.transports.base import NETWORK_BYTES_PER_S, Deadline, JobEnd
from hardware.transports.winspool import SpoolerJob, SpoolerPrinter, Winspool, load_winspool

OPEN_S = 2.0
STATUS_S = 1.0
_CHUNK_BYTES = 4096
_SHARE_FOR_TAKING_BACK = 0.25
_POLL_S = 0.05

_WORKS_OFFLINE = 0x0400
_PRINTER_TROUBLE = (
    (0x0000_0010 | 0x0000_0040, NotReadyReason.PAPER_OUT.value),
    (0x0040_0000, NotReadyReason.COVER_OPEN.value),
    (0x0000_0002 | 0x0000_0008 | 0x0010_0000, NotReadyReason.PRINTER_ERROR.value),
    (0x0000_0080 | 0x0000_1000, NotReadyReason.OFFLINE.value),
    (0x0000_0001 | 0x0000_0004, QueueStopped.code),
)
"""PRINTER_STATUS_… bits: paper out or problem; door open; error, jam, user; offline, not available; paused,
pending deletion."""
_JOB_DELETED = 0x0004 | 0x0100
_JOB_PRINTING = 0x0010
_JOB_DONE = 0x0080 | 0x1000

T = TypeVar("T")


class WindowsSpoolerTransport:
    """Each write is one raw job; `settle` says what the spooler knows of it."""

    can_read = False
    bytes_per_s: float = NETWORK_BYTES_PER_S

    def __init__(
        self,
        printer: str,
        *,
        winspool: Winspool | None = None,
        open_s: float = OPEN_S,
        status_s: float = STATUS_S,
        poll_s: float = _POLL_S,
    ) -> None:
        """Raises DeviceError; on other systems than Windows DeviceUnavailable."""
        self.sent_bytes = 0
        self._printer = printer
        self._winspool = winspool or load_winspool()
        self._status_s = status_s
        self._poll_s = poll_s
        self._job_id: int | None = None
        self._is_closed = False
        self._lock = threading.Lock()
        self._hanging_calls = 0
        spooler = self._winspool

        def close_late(handle: int | None) -> None:
            if handle is not None:
                spooler.close(handle)

        self._handle = _in_time(lambda: spooler.open(printer), open_s, when_late=close_late)

    def write(self, data: bytes, deadline_s: float) -> None:
        """Returns when the spooler has the job."""
        if not data:
            return
        deadline = Deadline(deadline_s)
        spooler, handle = self._winspool, self._handle
        if trouble := self.trouble():
            raise QueueStopped(f"{self._printer} passes no jobs on: {trouble}")
        self._job_id = self._call(lambda: spooler.start_document(handle, "receipt"), deadline.remaining_s)
        rest = data
        try:
            while rest:
                chunk = rest[:_CHUNK_BYTES]
                taken = self._write_chunk(chunk, deadline)
                self.sent_bytes += taken
                rest = rest[taken:]
            self._call(lambda: spooler.end_document(handle), deadline.remaining_s)
        except DeviceError:
            if not self._hanging_calls:
                self._call(lambda: spooler.abort(handle), self._status_s)
            raise

    def read(self, count: int, deadline_s: float) -> bytes:
        return b""

    def trouble(self) -> str:
        """A code of QueueStopped or a NotReadyReason; empty when jobs are passed on. Raises DeviceError."""
        handle = self._handle
        return _trouble(self._call(lambda: self._winspool.printer(handle), self._status_s))

    def settle(self, deadline_s: float) -> JobEnd:
        """Of the last write. Raises DeviceError when the spooler does not tell."""
        if self._job_id is None:
            return JobEnd.WITHDRAWN
        whole = Deadline(deadline_s)
        waiting = Deadline(deadline_s * (1 - _SHARE_FOR_TAKING_BACK))
        while not waiting.is_over:
            job = self._job(waiting)
            # A job that is done is forgotten, unless the printer is set to keep them.
            if job is None or job.status & _JOB_DONE:
                return JobEnd.COMPLETED
            if job.status & _JOB_DELETED:
                return JobEnd.UNKNOWN
            time.sleep(min(self._poll_s, waiting.remaining_s))
        return self._take_back(self._job_id, whole)

    def close(self) -> None:
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            if self._hanging_calls:
                # The handle is in use; the call that hangs closes it when it returns.
                return
        self._winspool.close(self._handle)

    def _take_back(self, job_id: int, deadline: Deadline) -> JobEnd:
        """Paused first: a job that was not begun then is not begun between the question and the deletion."""
        spooler, handle = self._winspool, self._handle
        self._call(lambda: spooler.pause_job(handle, job_id), deadline.remaining_s)
        job = self._job(deadline)
        self._call(lambda: spooler.delete_job(handle, job_id), deadline.remaining_s)
        if job is None or job.status & _JOB_DONE:
            return JobEnd.COMPLETED
        has_begun = job.status & (_JOB_PRINTING | _JOB_DELETED) or job.pages_printed
        return JobEnd.UNKNOWN if has_begun else JobEnd.WITHDRAWN

    def _job(self, deadline: Deadline) -> SpoolerJob | None:
        handle, job_id = self._handle, self._job_id
        assert job_id is not None
        return self._call(lambda: self._winspool.job(handle, job_id), deadline.remaining_s)

    def _write_chunk(self, chunk: bytes, deadline: Deadline) -> int:
        handle = self._handle
        try:
            taken = self._call(lambda: self._winspool.write(handle, chunk), deadline.remaining_s)
        except DeviceTimeout:
            self.sent_bytes += len(chunk)
            raise
        if not taken:
            raise DeviceTimeout(f"only {self.sent_bytes} bytes were taken")
        return taken

    def _call(self, function: Callable[[], T], deadline_s: float) -> T:
        def close_late(_: T | None) -> None:
            with self._lock:
                self._hanging_calls -= 1
                is_ours_to_close = self._is_closed and not self._hanging_calls
            if is_ours_to_close:
                self._winspool.close(self._handle)

        def count_as_hanging() -> None:
            with self._lock:
                self._hanging_calls += 1

        return _in_time(function, deadline_s, when_late=close_late, on_timeout=count_as_hanging)


def _trouble(printer: SpoolerPrinter) -> str:
    for bits, code in _PRINTER_TROUBLE:
        if printer.status & bits:
            return code
    return NotReadyReason.OFFLINE.value if printer.attributes & _WORKS_OFFLINE else ""


def _in_time(
    function: Callable[[], T],
    deadline_s: float,
    *,
    when_late: Callable[[T | None], None],
    on_timeout: Callable[[], None] = lambda: None,
) -> T:
    """Its result, or its DeviceError. `when_late`: on the thread, with what nobody waits for."""
    answers: queue.SimpleQueue[T | DeviceError] = queue.SimpleQueue()
    lock = threading.Lock()
    is_late = False

    def run() -> None:
        result: T | DeviceError
        try:
            result = function()
        except DeviceError as error:
            result = error
        with lock:
            if not is_late:
                answers.put(result)
                return
        when_late(None if isinstance(result, DeviceError) else result)

    thread = threading.Thread(target=run, name="windows-spooler", daemon=True)
    thread.start()
    thread.join(max(deadline_s, 0.001))
    with lock:
        if answers.empty():
            is_late = True
            on_timeout()
            raise DeviceTimeout("Windows' spooler did not answer in time")
    thread.join()
    answer = answers.get()
    if isinstance(answer, DeviceError):
        raise answer
    return answer
