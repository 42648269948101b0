"""A print server on a loopback port with one raw queue, as CUPS behaves: no printer hangs behind it."""

import http.server
import socket
import socketserver
import sys
import threading
import time
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Any

from hardware.transports import ipp_queues
from hardware.transports.ipp_message import Attribute, Group, GroupTag, IppMessage, ValueTag, decode, encode
from hardware.transports.ipp_queues import SEND_DOCUMENT, JobState, PrinterState

_OK = 0x0000
_NOT_POSSIBLE = 0x0404
_NOT_FOUND = 0x0406
_FORMAT_NOT_SUPPORTED = 0x040A
_NOT_SUPPORTED = 0x0501
_NOT_ACCEPTING = 0x0506
_BYTES_BEFORE_DEATH = 1000


class QueueMode(StrEnum):
    IDLE = "idle"
    """A job is done as soon as it is there."""
    STOPPED = "stopped"
    PAPER_OUT = "paper_out"
    """Stopped, and says why."""
    REJECTING = "rejecting"
    ABORTS = "aborts"
    """A job is begun and given up."""
    NEVER_COMPLETES = "never_completes"
    """A job is begun, and no end of it comes."""
    WAITS = "waits"
    """A job stays behind others."""
    STOPS = "stops"
    """It stops when the job is there, before it is begun."""
    NOT_RAW = "not_raw"
    FORBIDDEN = "forbidden"
    """It answers with HTTP status 403."""
    STALL = "stall"
    """It takes connections and never answers."""
    STALLS_IN_DOCUMENT = "stalls_in_document"
    """It answers all but a document, of which it takes no byte."""
    DIES_IN_DOCUMENT = "dies_in_document"
    """The connection breaks within a document; from then on it never answers."""


@dataclass(slots=True)
class _Job:
    number: int
    state: JobState = JobState.HELD
    has_begun: bool = False
    is_behind_stopped: bool = False
    document: bytes = b""


class SimulatedIppPrinter:
    """Runs on threads of its own from `with` to its end."""

    def __init__(
        self,
        mode: QueueMode = QueueMode.IDLE,
        *,
        queue: str = "receipts",
        drops_document_after: int | None = None,
        drops_job_questions: int = 0,
        socket_path: str = "",
    ) -> None:
        """`drops_document_after`: the connection breaks when so many bytes of a document have come.
        `drops_job_questions`: so often it breaks when it is asked how a job is.

        `socket_path`: it listens there, as CUPS does for its own machine, and on no port (POSIX).
        """
        self.mode = mode
        self.queue = queue
        self.drops_document_after = drops_document_after
        self.drops_job_questions = drops_job_questions
        self._lock = threading.Lock()
        self._jobs: list[_Job] = []
        self._closing = threading.Event()
        self._server = _Server(self, socket_path)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="simulated-ipp")
        self.host = "127.0.0.1"
        self.port: int = 0 if socket_path else self._server.socket.getsockname()[1]

    @property
    def address(self) -> str:
        return f"cups://{self.host}:{self.port}/{self.queue}"

    @property
    def documents(self) -> list[bytes]:
        """Of the jobs that were carried out to their end."""
        with self._lock:
            return [job.document for job in self._jobs if job.state is JobState.COMPLETED]

    @property
    def job_states(self) -> list[JobState]:
        with self._lock:
            return [job.state for job in self._jobs]

    def __enter__(self) -> "SimulatedIppPrinter":
        self._thread.start()
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def stall(self) -> None:
        """Until the end."""
        self._closing.wait()

    def answer(self, request: IppMessage, document: bytes) -> IppMessage:
        operation = request.first(GroupTag.OPERATION)
        with self._lock:
            match request.code:
                case ipp_queues.CUPS_GET_PRINTERS:
                    return _message(_OK, self._printer())
                case _ if not self._is_for_us(operation):
                    return _message(_NOT_FOUND)
                case ipp_queues.GET_PRINTER:
                    return _message(_OK, self._printer())
                case ipp_queues.CREATE_JOB:
                    return self._create_job()
                case ipp_queues.SEND_DOCUMENT:
                    return self._take_document(operation, document)
                case ipp_queues.GET_JOB:
                    return self._tell_job(operation)
                case ipp_queues.CANCEL_JOB:
                    return self._cancel(operation)
                case _:
                    return _message(_NOT_SUPPORTED)

    def _is_for_us(self, operation: Group) -> bool:
        return operation.text("printer-uri").endswith(f"/printers/{self.queue}")

    def _printer(self) -> Group:
        is_stopped = self.mode in (QueueMode.STOPPED, QueueMode.PAPER_OUT)
        state = PrinterState.STOPPED if is_stopped else PrinterState.IDLE
        reasons = ("media-empty-error", "paused") if self.mode is QueueMode.PAPER_OUT else ("none",)
        return Group(
            GroupTag.PRINTER,
            (
                Attribute(ValueTag.NAME, "printer-name", (self.queue,)),
                Attribute(ValueTag.TEXT, "printer-info", ("Receipts at the counter",)),
                Attribute(ValueTag.URI, "device-uri", ("socket://user:secret@192.168.1.40:9100",)),
                Attribute(ValueTag.ENUM, "printer-state", (state,)),
                Attribute(ValueTag.KEYWORD, "printer-state-reasons", reasons),
                Attribute(
                    ValueTag.BOOLEAN,
                    "printer-is-accepting-jobs",
                    (int(self.mode is not QueueMode.REJECTING),),
                ),
            ),
        )

    def _create_job(self) -> IppMessage:
        if self.mode is QueueMode.REJECTING:
            return _message(_NOT_ACCEPTING)
        job = _Job(len(self._jobs) + 1)
        self._jobs.append(job)
        return _message(_OK, _group_of(job))

    def _take_document(self, operation: Group, document: bytes) -> IppMessage:
        job = self._job(operation)
        if job is None:
            return _message(_NOT_FOUND)
        if self.mode is QueueMode.NOT_RAW:
            return _message(_FORMAT_NOT_SUPPORTED)
        job.document = document
        match self.mode:
            case QueueMode.ABORTS:
                job.state, job.has_begun = JobState.ABORTED, True
            case QueueMode.NEVER_COMPLETES:
                job.state, job.has_begun = JobState.PROCESSING, True
            case QueueMode.WAITS:
                job.state = JobState.PENDING
            case QueueMode.STOPS:
                job.state, job.is_behind_stopped = JobState.PENDING, True
            case _:
                job.state, job.has_begun = JobState.COMPLETED, True
        return _message(_OK, _group_of(job))

    def _tell_job(self, operation: Group) -> IppMessage:
        job = self._job(operation)
        return _message(_NOT_FOUND) if job is None else _message(_OK, _group_of(job))

    def _cancel(self, operation: Group) -> IppMessage:
        job = self._job(operation)
        if job is None:
            return _message(_NOT_FOUND)
        if job.state >= JobState.CANCELED:
            return _message(_NOT_POSSIBLE)
        job.state = JobState.CANCELED
        return _message(_OK)

    def _job(self, operation: Group) -> _Job | None:
        number = operation.number("job-id")
        return next((job for job in self._jobs if job.number == number), None)


def _group_of(job: _Job) -> Group:
    began = (
        Attribute(ValueTag.INTEGER, "time-at-processing", (int(time.time()),))
        if job.has_begun
        else Attribute(ValueTag.NO_VALUE, "time-at-processing", (None,))
    )
    reason = "printer-stopped" if job.is_behind_stopped else "none"
    return Group(
        GroupTag.JOB,
        (
            Attribute(ValueTag.INTEGER, "job-id", (job.number,)),
            Attribute(ValueTag.ENUM, "job-state", (job.state,)),
            Attribute(ValueTag.KEYWORD, "job-state-reasons", (reason,)),
            began,
        ),
    )


def _message(code: int, *groups: Group) -> IppMessage:
    operation = Group(
        GroupTag.OPERATION,
        (
            Attribute(ValueTag.CHARSET, "attributes-charset", ("utf-8",)),
            Attribute(ValueTag.LANGUAGE, "attributes-natural-language", ("en",)),
        ),
    )
    return IppMessage(code, (operation, *groups))


class _Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = False
    block_on_close = True
    allow_reuse_address = True

    def __init__(self, printer: SimulatedIppPrinter, socket_path: str) -> None:
        self.printer = printer
        if socket_path and sys.platform != "win32":
            self.address_family = socket.AF_UNIX
        address: Any = socket_path or ("127.0.0.1", 0)
        super().__init__(address, _Handler)


class _Handler(http.server.BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        printer = self.server.printer
        self.close_connection = True
        if printer.mode is QueueMode.STALL:
            printer.stall()
            return
        if printer.mode is QueueMode.FORBIDDEN:
            self.send_error(403)
            return
        body = self._body(int(self.headers["Content-Length"]))
        if body is None:
            return
        request, document = decode(body)
        if request.code == ipp_queues.GET_JOB and printer.drops_job_questions:
            printer.drops_job_questions -= 1
            return
        answer = encode(printer.answer(request, document))
        self.send_response(200)
        self.send_header("Content-Type", "application/ipp")
        self.send_header("Content-Length", str(len(answer)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer)

    def _body(self, length: int) -> bytes | None:
        """None: it did not come whole, or this server does not take it."""
        printer = self.server.printer
        data = self.rfile.read(8)
        is_document = int.from_bytes(data[2:4], "big") == SEND_DOCUMENT
        if is_document and printer.mode is QueueMode.STALLS_IN_DOCUMENT:
            printer.stall()
            return None
        if is_document and printer.mode is QueueMode.DIES_IN_DOCUMENT:
            self.rfile.read(_BYTES_BEFORE_DEATH)
            printer.mode = QueueMode.STALL
            return None
        if is_document and printer.drops_document_after is not None:
            self.rfile.read(printer.drops_document_after)
            return None
        data += self.rfile.read(length - len(data))
        return data if len(data) == length else None

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: a test's output is not for this."""
